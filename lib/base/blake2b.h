/* BLAKE2b (RFC 7693): a hash whose collisions nobody knows how to find. */
#ifndef CD_BASE_BLAKE2B_H
#define CD_BASE_BLAKE2B_H

#include <stddef.h>

/* out = the unkeyed BLAKE2b of the n bytes at data, size bytes of it; 1 <=
 * size <= 64. The size is part of what is hashed: a short hash is not the
 * beginning of a long one. Some 500 MB a second. */
void cd_blake2b(unsigned char *out, size_t size, const void *data, size_t n);

#endif
