/* NumPy's NPZ: a ZIP archive, not compressed, of a .npy file an array; or that
 * file alone, a raw archive. */
#ifndef CD_OUT_NPZ_H
#define CD_OUT_NPZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/model.h"
#include "out/archive.h"

/* Begins an array, of which all bytes follow by cd_archive_data. type: NumPy's
 * ("<f4", "|u1", "|S16"), of size bytes an element. In C order; the same arrays
 * give the same bytes. Version 1.0 of the format (numpy.lib.format). */
int cd_npz_array(struct cd_archive *, const char *name, const char *type,
    size_t size, int rank, const uint64_t *dim, struct cd_err *) CD_MUST_CHECK;

/* All parameters of a model by their names, f32: slot < 0 their values, else
 * what is in that slot. only: the one of this name; NULL: all. */
int cd_npz_model(struct cd_archive *, const struct cd_model *, int slot,
    const char *only, struct cd_err *) CD_MUST_CHECK;

#endif
