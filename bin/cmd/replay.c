#include "cmd/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/msg.h"

const char *
cd_replay_line(struct cd_replay *r)
{
	ssize_t n = getline(&r->line, &r->room, r->f);

	if (n < 0)
		cd_die("%s: %s", r->path,
		    ferror(r->f) ? strerror(errno) :
				   "ends before the samples do");
	if (n > 0 && r->line[n - 1] == '\n')
		r->line[n - 1] = '\0';
	return r->line;
}

void
cd_replay_open(struct cd_replay *r, const char *path, const char *columns,
    const char *command, struct cd_filter *f)
{
	struct cd_err e = { "" };
	uint64_t hash;
	char more[64];

	r->path = path;
	r->f = cd_log_reopen(path, &hash, &e);
	if (!r->f)
		cd_die("%s", e.msg);
	if (strcmp(cd_replay_line(r), columns) != 0)
		cd_die("%s: is no log of this version of %s", path, command);
	snprintf(more, sizeof more, "--replay (%016" PRIx64 ")", hash);
	cd_filter_made(f, more);
}

void
cd_replay_close(struct cd_replay *r)
{
	if (getline(&r->line, &r->room, r->f) >= 0)
		cd_die("%s: goes on after the last sample", r->path);
	fclose(r->f);
	free(r->line);
}
