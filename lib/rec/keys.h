/* A list of keys, read from a file. */
#ifndef CD_REC_KEYS_H
#define CD_REC_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct cd_key {
	const char *key;
	size_t line; /* from 0; empty ones not counted */
	bool found;
};

/* All zero is empty. */
struct cd_keys {
	struct cd_buf text;
	struct cd_key *key; /* n of them, sorted, each once */
	size_t n;
	uint64_t hash; /* of the file, as of cd_log_reopen */
};

/* Reads one key per line; skips empty lines. The caller must call cd_keys_free
 * on failure too. */
int cd_keys_read(struct cd_keys *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* The key in the list, of its first line; marked as found. NULL: it is not
 * there. */
const struct cd_key *cd_keys_find(struct cd_keys *, const char *key);
/* How many have not been found; *first: the first of them, if any. */
size_t cd_keys_missing(const struct cd_keys *, const char **first);
void cd_keys_free(struct cd_keys *);

#endif
