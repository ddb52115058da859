/* Allocation with errors as values, and growable buffers. */
#ifndef CD_BASE_MEM_H
#define CD_BASE_MEM_H

#include <stddef.h>

#include "base/err.h"

/* n * size bytes of zeros, or NULL with e filled. free() it. */
void *cd_calloc(size_t n, size_t size, struct cd_err *e);

/* n bytes, 64-byte aligned, not zeroed, or NULL with e filled. free() it. */
void *cd_alloc_aligned(size_t n, struct cd_err *e);

/* As cd_alloc_aligned, but zeroed, and in huge pages if the system has them:
 * for long-lived arenas. free() it. */
void *cd_alloc_arena(size_t n, struct cd_err *e);

/* n bytes of zeros, in pages that are made when they are first touched, huge
 * ones if the system has them; NULL with e filled. cd_unmap() it, with n. */
void *cd_map(size_t n, struct cd_err *e);
void cd_unmap(void *, size_t n);

/* A copy of n bytes at s plus a NUL, or NULL with e filled. free() it. */
char *cd_copy_text(const char *s, size_t n, struct cd_err *e);

/* A byte buffer of len bytes, capacity room; it never shrinks. data is 64-byte
 * aligned. All zero is empty. */
struct cd_buf {
	unsigned char *data;
	size_t len, room;
};

/* Grows the capacity to at least n bytes; keeps the first len. */
int cd_buf_reserve(struct cd_buf *, size_t n, struct cd_err *) CD_MUST_CHECK;
int cd_buf_add(struct cd_buf *, const void *, size_t,
    struct cd_err *) CD_MUST_CHECK;
void cd_buf_free(struct cd_buf *);

#endif
