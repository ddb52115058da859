/* Replaying a log of what was drawn (--replay). Dies on failure: for mains. */
#ifndef CD_CMD_REPLAY_H
#define CD_CMD_REPLAY_H

#include <stdio.h>

#include "cmd/filter.h"

/* f is NULL where nothing is replayed. */
struct cd_replay {
	FILE *f;
	const char *path;
	char *line;
	size_t room;
};

/* Opens a log with this first line, of this command. Its hash goes into the
 * filter's provenance, in place of its path. */
void cd_replay_open(struct cd_replay *, const char *path, const char *columns,
    const char *command, struct cd_filter *);
/* The next line, without its newline, until the next call. */
const char *cd_replay_line(struct cd_replay *);
/* Dies if there are more lines. */
void cd_replay_close(struct cd_replay *);

#endif
