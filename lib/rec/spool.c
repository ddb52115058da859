#include "rec/spool.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/temporary.h"

/* Of a copy that could not be written. */
static int
blame_copy(const struct cd_err *why, struct cd_err *e)
{
	if (!why->sys)
		return cd_fail(e, "a copy of the input: %s", why->msg);
	errno = why->sys;
	return cd_temporary_fail(e);
}

static int
copy(struct cd_reader *in, int fd, struct cd_err *e)
{
	const struct cd_rec *rec;
	struct cd_err why = { "" }; /* it knows the file by its number only */
	struct cd_writer *out;
	char path[32];
	int got;

	snprintf(path, sizeof path, "/dev/fd/%d", fd);
	if (cd_writer_open(&out, path, cd_reader_head(in), &why) < 0)
		return blame_copy(&why, e);
	while ((got = cd_reader_next(in, &rec, e)) == 1)
		if (cd_writer_put(out, rec, &why) < 0)
			break;
	if (got != 0) {
		cd_writer_abandon(out);
		return got < 0 ? -1 : blame_copy(&why, e);
	}
	if (cd_writer_close(out, cd_reader_skipped(in), &why) < 0)
		return blame_copy(&why, e);
	return 0;
}

int
cd_reader_spool(struct cd_reader **r, struct cd_err *e)
{
	struct cd_reader *again;
	int fd;

	if (cd_reader_seekable(*r))
		return 0;
	fd = cd_temporary(e);
	if (fd < 0)
		return -1;
	if (copy(*r, fd, e) < 0)
		goto fail;
	/* as standard input, because messages should still name that */
	if (lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0) {
		cd_temporary_fail(e);
		goto fail;
	}
	close(fd);
	if (cd_reader_open(&again, NULL, 0, e) < 0)
		return -1;
	cd_reader_waited(again, cd_reader_waited(*r, 0));
	cd_reader_close(*r);
	*r = again;
	return 0;
fail:
	close(fd);
	return -1;
}
