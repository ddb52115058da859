/* base/save.h where two write one name: cd_save_commit_new. The rest is tested
 * by promises.bats. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save.h"
#include "unit/check.h"

static int
files(void)
{
	DIR *d = opendir(".");
	const struct dirent *at;
	int n = 0;

	while ((at = readdir(d)))
		n += at->d_name[0] != '.';
	closedir(d);
	return n;
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char folder[1024], was[8] = "";
	struct cd_save a, b;
	struct cd_err e = { "" };
	struct stat st;
	int fd;

	snprintf(folder, sizeof folder, "%s/cd-save.XXXXXX",
	    tmp ? tmp : "/tmp");
	CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
	umask(027);
	CHECK(cd_save_open(&a, "new", &e) == 0);
	CHECK(cd_save_open(&b, "new", &e) == 0);
	CHECK(write(a.fd, "a", 1) == 1 && write(b.fd, "bb", 2) == 2);
	CHECK(files() == 2 && stat("new", &st) < 0);
	CHECK(cd_save_commit_new(&a, &e) == 0);
	CHECK(files() == 2);
	CHECK(stat("new", &st) == 0 && (st.st_mode & 0777) == 0640);
	/* the second one comes too late */
	CHECK(cd_save_commit_new(&b, &e) < 0 && e.sys == EEXIST);
	CHECK_TEXT(e.msg, "new: File exists");
	fd = open("new", O_RDONLY);
	CHECK(read(fd, was, sizeof was) == 1 && was[0] == 'a');
	close(fd);
	CHECK(files() == 1);
	CHECK(unlink("new") == 0 && rmdir(folder) == 0);
	return CHECK_DONE();
}
