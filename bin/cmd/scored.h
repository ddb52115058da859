/* Predictions that were read and measured, for commands that show them. */
#ifndef CD_CMD_SCORED_H
#define CD_CMD_SCORED_H

#include "score/curve.h"
#include "score/gather.h"
#include "score/metrics.h"

enum {
	CD_SHORT_NAME = CD_ESCAPED(60), /* bytes of cd_short_name */
};

struct cd_scored {
	char name[CD_SHORT_NAME]; /* of the file, printable, for headings */
	struct cd_gathered all;	  /* averaged by key */
	int nclasses;
	char **class_name; /* [nclasses], escaped */
	struct cd_metrics metrics;
};

/* Reads the predictions in path ("-": standard input). Dies (cd_die) where they
 * cannot be read, there are none, or one has no label. */
void cd_scored_read(struct cd_scored *, const char *path);
void cd_scored_free(struct cd_scored *);

/* The name of a file without its folder and the ending given, escaped, for
 * headings and legends. */
void cd_short_name(char to[CD_SHORT_NAME], const char *path,
    const char *ending);

#endif
