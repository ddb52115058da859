/* The nth system call fails, or does less than asked: the reader and the
 * writer notice, and nothing half-written is left. The calls are the
 * library's; this program puts its own in their place. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "unit/streams.h"

/* Which call is to fail: the fail_at-th from now, with this errno. 0: none. */
static int fail_at, fail_errno, calls;
/* Calls move this many bytes at most; every other one is interrupted. */
static size_t at_most;

static int
fails(void)
{
	calls++;
	if (calls != fail_at)
		return 0;
	errno = fail_errno;
	return 1;
}

static ssize_t
some(int fd, const struct iovec *io, int n, int writing)
{
	static int turn;
	size_t len;
	int i;

	if (at_most && ++turn % 2) {
		errno = EINTR;
		return -1;
	}
	for (i = 0; i < n && io[i].iov_len == 0; i++)
		;
	if (i == n)
		return 0;
	len = at_most && io[i].iov_len > at_most ? at_most : io[i].iov_len;
	return writing ? write(fd, io[i].iov_base, len) :
			 read(fd, io[i].iov_base, len);
}

ssize_t writev(int fd, const struct iovec *io, int n);
ssize_t
writev(int fd, const struct iovec *io, int n)
{
	return fails() ? -1 : some(fd, io, n, 1);
}

ssize_t readv(int fd, const struct iovec *io, int n);
ssize_t
readv(int fd, const struct iovec *io, int n)
{
	return fails() ? -1 : some(fd, io, n, 0);
}

int fsync(int fd);
int
fsync(int fd)
{
	(void)fd;
	return fails() ? -1 : 0;
}

int fchmod(int fd, mode_t mode);
int
fchmod(int fd, mode_t mode)
{
	(void)fd;
	(void)mode;
	return fails() ? -1 : 0;
}

int
rename(const char *from, const char *to)
{
	if (fails())
		return -1;
	if (link(from, to) < 0 &&
	    (errno != EEXIST || unlink(to) < 0 || link(from, to) < 0))
		return -1;
	return unlink(from);
}

/* As write_samples, but failures are the answer. */
static int
write_some(const char *path, struct cd_err *e)
{
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_rec r = { .kind = CD_SAMPLE, .key = "cat.0.jpg" };
	uint64_t dim[2] = { 10, 10 };
	unsigned char pixels[100] = { 1, 2, 3 };
	struct cd_writer *w;
	int rc, i;

	add_line(&h, "holds", "samples");
	rc = cd_writer_open(&w, path, &h, e);
	cd_head_free(&h);
	if (rc < 0)
		return -1;
	cd_rec_add(&r, "image", CD_U8, 2, dim, pixels);
	for (i = 0; i < 3; i++)
		if (cd_writer_put(w, &r, e) < 0) {
			cd_writer_abandon(w);
			return -1;
		}
	return cd_writer_close(w, 0, e);
}

/* How many files in the folder begin with this name? */
static int
files_like(const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	DIR *d = opendir("/tmp");
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n += strncmp(entry->d_name, base, strlen(base)) == 0;
	if (d)
		closedir(d);
	return n;
}

/* The nth call of a write fails, for every n. */
static void
test_write_fails(int number, const char *text)
{
	const char *path = scratch_file();
	struct cd_err e;
	int n, r, status;

	for (n = 1;; n++) {
		write_model(path);
		e.msg[0] = '\0';
		calls = 0;
		fail_at = n;
		fail_errno = number;
		r = write_some(path, &e);
		fail_at = 0;
		if (calls < n)
			break;
		/* the folder's own sync is allowed to fail */
		if (r == 0)
			break;
		CHECK(strstr(e.msg, path) != NULL);
		CHECK(strstr(e.msg, text) != NULL);
		CHECK(files_like(path) == 1);
		/* the old one is still there and whole */
		CHECK(read_all(path, &status, &e) == 2);
		CHECK(status == 0);
	}
	CHECK(n >= 7); /* mode, header, 3 records, END, sync, rename */
	CHECK(read_all(path, &status, &e) == 3);
	CHECK(status == 0);
	unlink(path);
}

static void
test_read_fails(void)
{
	const char *path = scratch_file();
	struct cd_err e;
	int n, status;

	write_samples(path);
	at_most = 64;
	for (n = 1;; n++) {
		calls = 0;
		fail_at = n;
		fail_errno = EIO;
		read_all(path, &status, &e);
		fail_at = 0;
		if (calls < n)
			break;
		CHECK(status < 0);
		CHECK(strstr(e.msg, "at byte") != NULL);
		CHECK(strstr(e.msg, "Input/output error") != NULL);
	}
	at_most = 0;
	CHECK(n > 10);
	CHECK(status == 0);
	unlink(path);
}

/* Calls that move few bytes, and are interrupted: nothing is lost. */
static void
test_short(void)
{
	static const size_t most[] = { 1, 7, 63, 64, 65 };
	const char *path = scratch_file(), *other = scratch_file();
	unsigned char *a, *b;
	struct cd_err e;
	size_t n, m, i;
	int status;

	write_samples(path);
	a = slurp(path, &n);
	for (i = 0; i < sizeof most / sizeof most[0]; i++) {
		at_most = most[i];
		write_samples(other);
		CHECK(read_all(other, &status, &e) == 10);
		CHECK(status == 0);
		at_most = 0;
		b = slurp(other, &m);
		CHECK(n == m && memcmp(a, b, n) == 0);
		free(b);
	}
	free(a);
	unlink(path);
	unlink(other);
}

int
main(void)
{
	test_write_fails(ENOSPC, "No space left");
	test_write_fails(EIO, "Input/output error");
	test_read_fails();
	test_short();
	return CHECK_DONE();
}
