/* cd-import of samples. For mains: trouble ends the program, and nothing
 * appears under the output's name. */
#ifndef CD_CMD_IMPORT_SAMPLES_H
#define CD_CMD_IMPORT_SAMPLES_H

#include "in/array.h"
#include "rec/rec.h"

enum cd_part {
	CD_PART_IMAGE,
	CD_PART_LABEL,
	CD_PART_KEY,
	CD_PART_CLASS,
	CD_PARTS,
};

struct cd_import {
	const char *array[CD_PARTS]; /* names in the file of several arrays */
	const char *labels, *keys;   /* NPY files, or NULL */
	const char *classes;	     /* "a,b,c", or NULL */
	const char *fit;	     /* "squash triangle", or NULL */
};

/* Pictures u1 [N,H,W,C], [N,H,W] (grey) or [H,W,C] (one), with their labels and
 * keys, become a stream of samples, by a writer of cd_writer_begin. Closes
 * both. */
void cd_import_samples(struct cd_arrays *, const struct cd_import *,
    struct cd_writer *);

#endif
