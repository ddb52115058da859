#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/save.h"
#include "unit/check.h"

static bool
can_make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0666);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* In a child, which cannot tidy up: nothing is made or changed, but what is
 * open is finished. */
static int
confined(void)
{
	struct cd_save save;
	struct cd_err e = { "" };

	CHECK(cd_save_open(&save, "out/new", &e) == 0);
	if (cd_confine("out/new")) {
		CHECK(!can_make("in/not") && errno == EACCES);
		CHECK(open("in/there", O_WRONLY) < 0 && errno == EACCES);
		CHECK(unlink("in/there") < 0 && errno == EACCES);
		CHECK(open("in/there", O_RDONLY) >= 0);
		CHECK(execl("/bin/true", "true", (char *)NULL) < 0);
	} else {
		printf("no Landlock here\n");
	}
	CHECK(write(save.fd, "x", 1) == 1);
	CHECK(cd_save_commit(&save, &e) == 0);
	return CHECK_DONE();
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char folder[1024];
	struct stat st;
	int status;
	pid_t child;

	snprintf(folder, sizeof folder, "%s/cd-confine.XXXXXX",
	    tmp ? tmp : "/tmp");
	CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
	CHECK(mkdir("in", 0777) == 0 && mkdir("out", 0777) == 0);
	CHECK(can_make("in/there"));
	child = fork();
	if (child == 0)
		exit(confined());
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(stat("out/new", &st) == 0 && st.st_size == 1);
	CHECK(unlink("out/new") == 0 && unlink("in/there") == 0);
	CHECK(rmdir("in") == 0 && rmdir("out") == 0 && rmdir(folder) == 0);
	return CHECK_DONE();
}
