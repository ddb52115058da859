/* NumPy's NPZ: a ZIP archive, not compressed, of a .npy file an array; or that
 * file alone. */
#ifndef CD_OUT_NPZ_H
#define CD_OUT_NPZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/model.h"

struct cd_npz;

/* Writes to fd, which may be a pipe and stays open. plain: an NPY file, of the
 * one array that follows. */
int cd_npz_open(struct cd_npz **, int fd, bool plain,
    struct cd_err *) CD_MUST_CHECK;

/* Begins an array, of which all bytes follow by cd_npz_data. type: NumPy's
 * ("<f4", "|u1", "|S16"), of size bytes an element. In C order; the same arrays
 * give the same bytes. Version 1.0 of the format (numpy.lib.format). */
int cd_npz_array(struct cd_npz *, const char *name, const char *type,
    size_t size, int rank, const uint64_t *dim, struct cd_err *) CD_MUST_CHECK;
int cd_npz_data(struct cd_npz *, const void *, size_t n,
    struct cd_err *) CD_MUST_CHECK;

/* Ends the archive, after all went well; NULL e: gives it up. Frees. */
int cd_npz_close(struct cd_npz *, struct cd_err *e);

/* All parameters of a model by their names, f32: slot < 0 their values, else
 * what is in that slot. only: the one of this name; NULL: all. */
int cd_npz_model(struct cd_npz *, const struct cd_model *, int slot,
    const char *only, struct cd_err *) CD_MUST_CHECK;

#endif
