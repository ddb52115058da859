/* BLAKE2b (RFC 7693), a cryptographic hash. */
#ifndef CD_BASE_BLAKE2B_H
#define CD_BASE_BLAKE2B_H

#include <stddef.h>

/* out = the unkeyed BLAKE2b of n bytes at data, as size bytes; 1 <= size <= 64.
 * size is a parameter of the hash: a short hash is no prefix of a longer one.
 * About 500 MB/s. */
void cd_blake2b(unsigned char *out, size_t size, const void *data, size_t n);

#endif
