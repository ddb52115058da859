#include "cmd/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/temporary.h"

extern char **environ;

enum {
	MESSAGE = 4096, /* bytes of its messages looked at, the last ones */
};

/* Its standard input, output and error: files, not pipes, so that neither side
 * ever waits for the other, and one that fails early ends nobody by SIGPIPE. */
struct child {
	int fd[3];
};

static int
write_all(int fd, const char *p, size_t n, struct cd_err *e)
{
	ssize_t k;

	while (n > 0) {
		k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return cd_temporary_fail(e);
		p += k;
		n -= (size_t)k;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? cd_temporary_fail(e) : 0;
}

/* Appends the last `most` bytes of the file to *to; 0: all. */
static int
read_back(int fd, off_t most, struct cd_buf *to, struct cd_err *e)
{
	struct stat st;
	ssize_t k;

	if (fstat(fd, &st) < 0 ||
	    lseek(fd, most && st.st_size > most ? st.st_size - most : 0,
		SEEK_SET) < 0)
		return cd_temporary_fail(e);
	for (;;) {
		if (cd_buf_reserve(to, to->len + (1 << 16), e) < 0)
			return -1;
		k = read(fd, to->data + to->len, to->room - to->len);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k < 0 ? cd_temporary_fail(e) : 0;
		to->len += (size_t)k;
	}
}

/* Runs it to its end. Returns its status as waitpid tells it; -1: an error. */
static int
run(const struct child *c, struct cd_err *e)
{
	char name[] = "gnuplot", defaults[] = "-d";
	char *const argv[] = { name, defaults, NULL };
	posix_spawn_file_actions_t actions;
	int i, status, rc;
	pid_t pid;

	rc = posix_spawn_file_actions_init(&actions);
	for (i = 0; rc == 0 && i < 3; i++)
		rc = posix_spawn_file_actions_adddup2(&actions, c->fd[i], i);
	if (rc == 0)
		rc = posix_spawnp(&pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc == ENOENT)
		return cd_fail(e,
		    "gnuplot is not installed: it draws the curves");
	if (rc != 0) {
		errno = rc;
		return cd_fail_errno(e, "gnuplot");
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return cd_fail_errno(e, "gnuplot");
	return status;
}

/* Makes e the last line of what gnuplot said. */
static int
complain(const struct child *c, int status, struct cd_err *e)
{
	char shown[CD_ERR_MSG / 2];
	struct cd_buf said = { 0 };
	size_t from, to;

	if (WIFSIGNALED(status))
		return cd_fail(e, "gnuplot was ended by signal %d",
		    WTERMSIG(status));
	if (read_back(c->fd[2], MESSAGE, &said, e) < 0) {
		cd_buf_free(&said);
		return -1;
	}
	for (to = said.len; to > 0 && said.data[to - 1] <= ' ';)
		to--;
	for (from = to; from > 0 && said.data[from - 1] != '\n';)
		from--;
	if (from == to)
		cd_fail(e, "gnuplot ended with status %d and drew nothing",
		    WEXITSTATUS(status));
	else
		cd_fail(e, "gnuplot: %s",
		    cd_escape(shown, sizeof shown,
			(const char *)said.data + from, to - from));
	cd_buf_free(&said);
	return -1;
}

static int
draw(const struct child *c, const char *script, size_t n, struct cd_buf *out,
    struct cd_err *e)
{
	size_t before = out->len;
	int status;

	if (write_all(c->fd[0], script, n, e) < 0)
		return -1;
	status = run(c, e);
	if (status < 0)
		return -1;
	if (status == 0 && read_back(c->fd[1], 0, out, e) < 0)
		return -1;
	return status != 0 || out->len == before ? complain(c, status, e) : 0;
}

int
cd_gnuplot(const char *script, size_t n, struct cd_buf *out, struct cd_err *e)
{
	struct child c = { { -1, -1, -1 } };
	int i, rc = 0;

	for (i = 0; rc == 0 && i < 3; i++) {
		c.fd[i] = cd_temporary(e);
		rc = c.fd[i] < 0 ? -1 : 0;
	}
	if (rc == 0)
		rc = draw(&c, script, n, out, e);
	for (i = 0; i < 3; i++)
		if (c.fd[i] >= 0)
			close(c.fd[i]);
	return rc;
}
