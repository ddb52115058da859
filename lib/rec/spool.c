#include "rec/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An unlinked file, open for reading and writing. */
static int
nameless(struct cd_err *e)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd, n;

	if (!dir || !*dir)
		dir = "/tmp";
	n = snprintf(path, sizeof path, "%s/cd-spool.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof path)
		return cd_fail(e, "the name in TMPDIR is too long");
	fd = mkstemp(path);
	if (fd < 0)
		return cd_fail_errno(e, "%s", path);
	if (unlink(path) < 0) {
		cd_fail_errno(e, "%s", path);
		close(fd);
		return -1;
	}
	return fd;
}

static int
copy(struct cd_reader *in, int fd, struct cd_err *e)
{
	const struct cd_rec *rec;
	struct cd_writer *out;
	char path[32];
	int got;

	snprintf(path, sizeof path, "/dev/fd/%d", fd);
	if (cd_writer_open(&out, path, cd_reader_head(in), e) < 0)
		return -1;
	while ((got = cd_reader_next(in, &rec, e)) == 1) {
		if (cd_writer_put(out, rec, e) < 0) {
			cd_fail_at(e, "temporary file");
			got = -1;
			break;
		}
	}
	if (got < 0) {
		cd_writer_abandon(out);
		return -1;
	}
	return cd_writer_close(out, cd_reader_skipped(in), e);
}

int
cd_reader_spool(struct cd_reader **r, struct cd_err *e)
{
	struct cd_reader *again;
	int fd;

	if (cd_reader_seekable(*r))
		return 0;
	fd = nameless(e);
	if (fd < 0)
		return -1;
	if (copy(*r, fd, e) < 0)
		goto fail;
	/* as standard input, because messages should still name that */
	if (lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0) {
		cd_fail_errno(e, "temporary file");
		goto fail;
	}
	close(fd);
	if (cd_reader_open(&again, NULL, 0, e) < 0)
		return -1;
	cd_reader_close(*r);
	*r = again;
	return 0;
fail:
	close(fd);
	return -1;
}
