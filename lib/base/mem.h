/* Memory that can run out, and buffers that grow. */
#ifndef CD_BASE_MEM_H
#define CD_BASE_MEM_H

#include <stddef.h>

#include "base/err.h"

/* n * size bytes of zeros, or NULL with e filled. free() it. */
void *cd_calloc(size_t n, size_t size, struct cd_err *e);

/* n bytes, 64-byte aligned, not zeroed, or NULL with e filled. free() it. */
void *cd_alloc_aligned(size_t n, struct cd_err *e);

/* n bytes as cd_alloc_aligned, zeroed and in huge pages where the system gives
 * them: for arenas that live as long as the program. free() it. */
void *cd_alloc_arena(size_t n, struct cd_err *e);

/* A copy of the n bytes at s and a NUL, or NULL with e filled. free() it. */
char *cd_copy_text(const char *s, size_t n, struct cd_err *e);

/* Bytes that only grow; data is 64-byte aligned. All zero is empty. */
struct cd_buf {
	unsigned char *data;
	size_t len, room;
};

/* Makes room for at least n bytes in all; keeps the first len. */
int cd_buf_reserve(struct cd_buf *, size_t n, struct cd_err *) CD_MUST_CHECK;
int cd_buf_add(struct cd_buf *, const void *, size_t,
    struct cd_err *) CD_MUST_CHECK;
void cd_buf_free(struct cd_buf *);

#endif
