#include "cmd/sniff.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temporary.h"
#include "cmd/msg.h"

/* What streams of records begin with (formats/stream.md). */
static const char magic[4] = "\x89TRS";

static ssize_t
read_some(int fd, char *buf, size_t size)
{
	ssize_t k;

	do
		k = read(fd, buf, size);
	while (k < 0 && errno == EINTR);
	return k;
}

/* Copies standard input to a temporary file, which becomes it. */
static void
keep_standard_input(void)
{
	struct cd_err e = { "" };
	int to = cd_temporary(&e);
	char buf[1 << 16];
	ssize_t k, done, w;

	if (to < 0)
		cd_die("%s", e.msg);
	while ((k = read_some(STDIN_FILENO, buf, sizeof buf)) > 0)
		for (done = 0; done < k; done += w) {
			w = write(to, buf + done, (size_t)(k - done));
			if (w < 0 && errno == EINTR)
				w = 0;
			if (w < 0) {
				cd_temporary_fail(&e);
				cd_die("%s", e.msg);
			}
		}
	if (k < 0)
		cd_die("standard input: %s", strerror(errno));
	if (lseek(to, 0, SEEK_SET) < 0 || dup2(to, STDIN_FILENO) < 0)
		cd_die("standard input: %s", strerror(errno));
	close(to);
}

static bool
begins(const char *path, const char *with, size_t n, const char *advice)
{
	bool standard = strcmp(path, "-") == 0;
	char begin[64] = "";
	struct stat st;
	ssize_t k;
	int fd;

	if ((standard ? fstat(STDIN_FILENO, &st) : stat(path, &st)) < 0)
		cd_die("%s: %s", standard ? "standard input" : path,
		    strerror(errno));
	if (standard && !S_ISREG(st.st_mode))
		keep_standard_input();
	else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		cd_die("%s: no regular file: %s", path, advice);
	fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		cd_die("%s: %s", path, strerror(errno));
	k = pread(fd, begin, n, standard ? lseek(fd, 0, SEEK_CUR) : 0);
	if (k < 0)
		cd_die("%s: %s", standard ? "standard input" : path,
		    strerror(errno));
	if (!standard)
		close(fd);
	return k == (ssize_t)n && memcmp(begin, with, n) == 0;
}

bool
cd_sniff_records(const char *path, const char *advice)
{
	return begins(path, magic, sizeof magic, advice);
}

bool
cd_sniff_text(const char *path, const char *text, const char *advice)
{
	return begins(path, text, strlen(text), advice);
}
