/* What -v/--verbose tells at the end: how fast a stage was, and what it waited
 * for. */
#ifndef CD_CMD_PACE_H
#define CD_CMD_PACE_H

#include <stdint.h>

struct cd_pace {
	double began;	      /* cd_seconds */
	double input, output; /* seconds spent in reading, in writing */
	uint64_t records;     /* read or written, whichever are more */
};

/* "cd-augment: 8000 records in 2.1 s, 3810/s: busy 71 %, waiting for input 4 %,
 * for output 25 %", if -v was given. In a pipeline the slowest stage is the one
 * that hardly waits. */
void cd_pace_tell(const struct cd_pace *);

#endif
