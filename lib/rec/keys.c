#include "rec/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static int
read_text(struct cd_buf *text, const char *path, uint64_t *hash,
    struct cd_err *e)
{
	FILE *in = cd_log_reopen(path, hash, e);
	char part[4096];
	size_t n;
	int rc = 0;

	if (!in)
		return -1;
	while (rc == 0 && (n = fread(part, 1, sizeof part, in)) > 0)
		rc = cd_buf_add(text, part, n, e);
	if (rc == 0 && ferror(in))
		rc = cd_fail_errno(e, "%s", path);
	if (rc == 0 && text->len && memchr(text->data, '\0', text->len))
		rc = cd_fail(e, "%s: not a text file: it holds a NUL", path);
	fclose(in);
	/* a newline, which the last line may lack, and a NUL */
	return rc < 0 ? rc : cd_buf_add(text, "\n", 2, e);
}

static int
compare(const void *va, const void *vb)
{
	const struct cd_key *a = va, *b = vb;

	return strcmp(a->key, b->key);
}

static int
compare_lines(const void *va, const void *vb)
{
	const struct cd_key *a = va, *b = vb;
	int order = compare(a, b);

	return order ? order : a->line < b->line ? -1 : a->line > b->line;
}

int
cd_keys_read(struct cd_keys *k, const char *path, struct cd_err *e)
{
	size_t i, lines = 0, n = 0;
	char *p, *nl;

	memset(k, 0, sizeof *k);
	if (read_text(&k->text, path, &k->hash, e) < 0)
		return -1;
	for (p = (char *)k->text.data; (nl = strchr(p, '\n')); p = nl + 1)
		lines++;
	k->key = cd_calloc(lines, sizeof *k->key, e);
	if (!k->key)
		return -1;
	for (p = (char *)k->text.data; (nl = strchr(p, '\n')); p = nl + 1) {
		p[cd_unescape(p, (size_t)(nl - p))] = '\0';
		*nl = '\0';
		if (nl > p) {
			k->key[n].key = p;
			k->key[n].line = n;
			n++;
		}
	}
	if (n > 1)
		qsort(k->key, n, sizeof *k->key, compare_lines);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(k->key[i].key, k->key[i - 1].key) != 0)
			k->key[k->n++] = k->key[i];
	return 0;
}

const struct cd_key *
cd_keys_find(struct cd_keys *k, const char *key)
{
	struct cd_key wanted = { .key = key }, *found = NULL;

	if (k->n > 0)
		found = bsearch(&wanted, k->key, k->n, sizeof *k->key, compare);
	if (found)
		found->found = true;
	return found;
}

size_t
cd_keys_missing(const struct cd_keys *k, const char **first)
{
	size_t i, missing = 0;

	for (i = 0; i < k->n; i++)
		if (!k->key[i].found && missing++ == 0)
			*first = k->key[i].key;
	return missing;
}

void
cd_keys_free(struct cd_keys *k)
{
	cd_buf_free(&k->text);
	free(k->key);
	memset(k, 0, sizeof *k);
}
