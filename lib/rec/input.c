#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "rec/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

enum {
	AHEAD = 64 << 10,	/* bytes read ahead */
	AHEAD_RANDOM = 4 << 10, /* the same after a seek */
	PIPE_SIZE = 1 << 20,
};

int64_t
cd_input_get(struct cd_input *in, void *to, size_t n, struct cd_err *e)
{
	size_t got = in->len - in->pos < n ? in->len - in->pos : n;
	struct iovec io[2];
	double began;
	ssize_t k;

	if (got)
		memcpy(to, in->ahead + in->pos, got);
	in->pos += got;
	while (got < n) {
		io[0].iov_base = (char *)to + got;
		io[0].iov_len = n - got;
		io[1].iov_base = in->ahead;
		io[1].iov_len = in->ahead_size;
		began = cd_seconds();
		k = readv(in->src[in->cur].fd, io, 2);
		in->waited += cd_seconds() - began;
		/* once told to stop, do not wait for data */
		if (k < 0 && errno == EINTR && !cd_stopped())
			continue;
		if (k < 0)
			return cd_fail_errno(e, "read");
		if (k == 0)
			break;
		if ((size_t)k <= n - got) {
			got += (size_t)k;
		} else {
			in->pos = 0;
			in->len = (size_t)k - (n - got);
			got = n;
		}
	}
	in->offset += got;
	return (int64_t)got;
}

int
cd_input_cut(const struct cd_input *in, uint64_t got, const char *what,
    uint64_t of, struct cd_err *e)
{
	const char *advice = in->src[in->cur].piped ?
	    "; see the message of the stage before, if it "
	    "could leave one" :
	    "";

	if (got == 0)
		return cd_fail(e, "the stream is cut: it ends before %s%s",
		    what, advice);
	return cd_fail(e,
	    "the stream is cut: it ends %llu bytes into %s of %llu%s",
	    (unsigned long long)got, what, (unsigned long long)of, advice);
}

int
cd_input_need(struct cd_input *in, void *to, size_t n, const char *what,
    struct cd_err *e)
{
	int64_t got = cd_input_get(in, to, n, e);

	if (got < 0)
		return -1;
	return (size_t)got < n ? cd_input_cut(in, (uint64_t)got, what, n, e) :
				 0;
}

static int
source_open(struct cd_source *s, const char *path, struct cd_err *e)
{
	struct stat st;
	off_t at;

	if (!path || strcmp(path, "-") == 0) {
		s->name = "standard input";
		s->fd = STDIN_FILENO;
	} else {
		s->name = path;
		do
			s->fd = open(path, O_RDONLY | O_CLOEXEC);
		while (s->fd < 0 && errno == EINTR);
	}
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return cd_fail_errno(e, "%s", s->name);
	if (S_ISDIR(st.st_mode))
		return cd_fail(e, "%s: is a directory", s->name);
	at = lseek(s->fd, 0, SEEK_CUR);
	s->regular = S_ISREG(st.st_mode) && at >= 0;
	s->piped = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
	s->base = s->regular ? (uint64_t)at : 0;
#ifdef F_SETPIPE_SZ
	if (S_ISFIFO(st.st_mode))
		(void)fcntl(s->fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
	return 0;
}

int
cd_input_open(struct cd_input *in, char *const *paths, int n, struct cd_err *e)
{
	int i, std = 0;

	memset(in, 0, sizeof *in);
	for (i = 0; i < n; i++)
		std += strcmp(paths[i], "-") == 0;
	if (std > 1)
		return cd_fail(e, "standard input: named twice");
	in->nsrc = n ? n : 1;
	in->ahead_size = AHEAD;
	in->ahead = cd_alloc_aligned(AHEAD, e);
	in->src = cd_calloc((size_t)in->nsrc, sizeof *in->src, e);
	if (!in->src || !in->ahead)
		return -1;
	for (i = 0; i < in->nsrc; i++)
		in->src[i].fd = -1;
	for (i = 0; i < in->nsrc; i++)
		if (source_open(&in->src[i], n ? paths[i] : NULL, e) < 0)
			return -1;
	return 0;
}

int
cd_input_skip(struct cd_input *in, uint64_t n, struct cd_err *e)
{
	size_t held = in->len - in->pos;

	in->offset += n;
	if (n <= held) {
		in->pos += (size_t)n;
		return 0;
	}
	in->pos = in->len = 0;
	if (lseek(in->src[in->cur].fd, (off_t)(n - held), SEEK_CUR) < 0)
		return cd_fail_errno(e, "seek");
	return 0;
}

int
cd_input_seek(struct cd_input *in, int file, uint64_t offset, struct cd_err *e)
{
	const struct cd_source *s = &in->src[file];

	in->cur = file;
	in->offset = offset;
	in->pos = in->len = 0;
	in->ahead_size = AHEAD_RANDOM;
	if (lseek(s->fd, (off_t)(s->base + offset), SEEK_SET) < 0)
		return cd_fail_errno(e, "%s: seek", s->name);
	return 0;
}

bool
cd_input_next_source(struct cd_input *in)
{
	if (in->cur + 1 == in->nsrc)
		return false;
	in->cur++;
	in->offset = 0;
	in->pos = in->len = 0;
	return true;
}

void
cd_input_close(struct cd_input *in)
{
	int i;

	for (i = 0; in->src && i < in->nsrc; i++)
		if (in->src[i].fd > STDIN_FILENO)
			close(in->src[i].fd);
	free(in->src);
	free(in->ahead);
	memset(in, 0, sizeof *in);
}
