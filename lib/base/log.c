#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/temporary.h"

enum {
	CHUNK = 16 << 10,
};

/* Hashes all of f, and copies it unless copy is NULL. *at_copy: is it the copy
 * that failed? */
static int
hash_all(FILE *f, FILE *copy, uint64_t *hash, bool *at_copy)
{
	unsigned char b[CHUNK];
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
	size_t n, i;

	*at_copy = false;
	while ((n = fread(b, 1, sizeof b, f)) > 0) {
		for (i = 0; i < n; i++)
			h = (h ^ b[i]) * 0x100000001b3u;
		if (copy && fwrite(b, 1, n, copy) < n) {
			*at_copy = true;
			return -1;
		}
	}
	*hash = h;
	if (ferror(f))
		return -1;
	*at_copy = true;
	return copy && fflush(copy) == EOF ? -1 : 0;
}

static FILE *
temporary(struct cd_err *e)
{
	int fd = cd_temporary(e);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!f && fd >= 0) {
		cd_temporary_fail(e);
		close(fd);
	}
	return f;
}

/* Hashes f and returns it, or a copy of what cannot seek, at its beginning.
 * NULL on an error, with f closed. */
static FILE *
reread(FILE *f, const char *path, uint64_t *hash, struct cd_err *e)
{
	FILE *copy = NULL;
	bool at_copy;

	if (fseeko(f, 0, SEEK_SET) < 0 && !(copy = temporary(e))) {
		fclose(f);
		return NULL;
	}
	if (hash_all(f, copy, hash, &at_copy) == 0 &&
	    fseeko(copy ? copy : f, 0, SEEK_SET) == 0) {
		if (copy)
			fclose(f);
		return copy ? copy : f;
	}
	if (copy && at_copy)
		cd_temporary_fail(e);
	else
		cd_fail_errno(e, "%s", path);
	fclose(f);
	if (copy)
		fclose(copy);
	return NULL;
}

FILE *
cd_log_reopen(const char *path, uint64_t *hash, struct cd_err *e)
{
	FILE *f = fopen(path, "r");

	if (f)
		return reread(f, path, hash, e);
	cd_fail_errno(e, "%s", path);
	return NULL;
}

/* cd_save_open refuses a terminal, which may well show a log. */
static int
open_device(const char *path)
{
	int fd;

	do
		fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd;
}

int
cd_log_open(struct cd_log *l, const char *path, struct cd_err *e)
{
	struct stat st;
	int fd;

	*l = (struct cd_log){ .path = path };
	if (stat(path, &st) == 0 && S_ISCHR(st.st_mode)) {
		fd = open_device(path);
	} else {
		if (cd_save_open(&l->save, path, e) < 0)
			return -1;
		l->saved = true;
		fd = fcntl(l->save.fd, F_DUPFD_CLOEXEC, 3);
	}
	l->f = fd < 0 ? NULL : fdopen(fd, "w");
	if (l->f)
		return 0;
	cd_fail_errno(e, "%s", path);
	if (fd >= 0)
		close(fd);
	if (l->saved)
		cd_save_abandon(&l->save);
	return -1;
}

int
cd_log_commit(struct cd_log *l, struct cd_err *e)
{
	bool bad = ferror(l->f) || fflush(l->f) == EOF;

	if (bad)
		cd_fail_errno(e, "%s", l->path);
	if (fclose(l->f) == EOF && !bad) {
		bad = true;
		cd_fail_errno(e, "%s", l->path);
	}
	l->f = NULL;
	if (l->saved && bad)
		cd_save_abandon(&l->save);
	else if (l->saved)
		return cd_save_commit(&l->save, e);
	return bad ? -1 : 0;
}

int
cd_log_columns(const char *line, char *copy, size_t room, char **at, int n,
    struct cd_err *e)
{
	char *p = copy;
	int i = 0;

	if (strlen(line) >= room)
		return cd_fail(e, "a line of %zu bytes", strlen(line));
	memcpy(copy, line, strlen(line) + 1);
	while (p && i < n) {
		at[i++] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	if (i < n || p)
		return cd_fail(e, "a line has not %d columns", n);
	return 0;
}

int
cd_log_whole(const char *s, int64_t min, int64_t max, int *out,
    struct cd_err *e)
{
	int64_t v;

	if (cd_parse_int(s, min, max, &v, e) < 0)
		return -1;
	*out = (int)v;
	return 0;
}
