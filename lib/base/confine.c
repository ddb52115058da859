#define _GNU_SOURCE /* syscall, O_PATH */
#include "base/confine.h"

#include <stddef.h>

/* CD_NO_CONFINE: for builds that write what they counted at their end. */
#if defined(__linux__) && __has_include(<linux/landlock.h>) && \
    !defined(CD_NO_CONFINE)

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/node.h"

enum {
	READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	FINISH = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE,
	/* all rights of the first version, and of later ones by their numbers,
	 * which older headers do not name: REFER, TRUNCATE */
	FIRST = (1 << 13) - 1,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
};

/* Allows the rights below a folder. */
static bool
allow(int rules, const char *folder, unsigned long long rights)
{
	struct landlock_path_beneath_attr a = { .allowed_access = rights };
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long rc = -1;

	if (fd >= 0) {
		a.parent_fd = fd;
		rc = syscall(SYS_landlock_add_rule, rules,
		    LANDLOCK_RULE_PATH_BENEATH, &a, 0);
		close(fd);
	}
	return rc == 0;
}

static bool
allow_output(int rules, const char *output)
{
	char *path = cd_follow(output, NULL);
	char *folder = path ? cd_folder_of(path, NULL) : NULL;
	bool done = folder && allow(rules, folder, READ | FINISH);

	free(folder);
	free(path);
	return done;
}

bool
cd_confine(const char *output)
{
	struct landlock_ruleset_attr a = { .handled_access_fs = FIRST };
	long version, rules;
	bool done;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return false;
	if (version >= 2)
		a.handled_access_fs |= REFER;
	if (version >= 3)
		a.handled_access_fs |= TRUNCATE;
	rules = syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	if (rules < 0)
		return false;
	done = allow((int)rules, "/", READ) &&
	    (!output || allow_output((int)rules, output)) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close((int)rules);
	return done;
}

#else

bool
cd_confine(const char *output)
{
	(void)output;
	return false;
}

#endif
