#define _GNU_SOURCE /* O_TMPFILE */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

int
cd_temporary_fail(struct cd_err *e)
{
	return cd_fail_errno(e, "a temporary file in %s (see TMPDIR)",
	    folder());
}

/* Where the file system cannot make a file without a name. */
static int
named(struct cd_err *e)
{
	char path[PATH_MAX];
	int fd, n;

	n = snprintf(path, sizeof path, "%s/cd-spool.XXXXXX", folder());
	if (n < 0 || (size_t)n >= sizeof path) {
		errno = ENAMETOOLONG;
		return cd_temporary_fail(e);
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return cd_temporary_fail(e);
	if (unlink(path) == 0)
		return fd;
	cd_fail_errno(e, "%s: remove", path);
	close(fd);
	return -1;
}

int
cd_temporary(struct cd_err *e)
{
	int fd;

#ifdef O_TMPFILE
	do
		fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EINTR);
	if (fd >= 0)
		return fd;
	if (errno != EISDIR && errno != EOPNOTSUPP && errno != EINVAL)
		return cd_temporary_fail(e);
#endif
	return named(e);
}
