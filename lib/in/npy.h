/* The header of an NPY file (numpy.lib.format). Private to lib/in. */
#ifndef CD_IN_NPY_H
#define CD_IN_NPY_H

#include "in/array.h"

/* Parses the dictionary behind magic, version and length: 'descr',
 * 'fortran_order' and 'shape', each once. Fills all of the array but its name.
 * Refused: Python objects (pickled), structures, big-endian numbers, types that
 * no array here has. */
int cd_npy_parse(struct cd_array *, const char *text, size_t n,
    struct cd_err *) CD_MUST_CHECK;

#endif
