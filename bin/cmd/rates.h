/* The table of a learning rate range test (cmd/lr_test.h): written by cd-train,
 * read by cd-plot. For mains: trouble ends the program. */
#ifndef CD_CMD_RATES_H
#define CD_CMD_RATES_H

#include "base/mem.h"

struct cd_rate_point {
	double rate, loss;
	double smooth; /* loss, smoothed */
};

/* The table's first line, without its newline. */
extern const char cd_rates_columns[];

void cd_rates_write(const char *path, const struct cd_rate_point *, int n);

/* Appends the points, at least one, to *to. path: "-" is standard input. */
void cd_rates_read(const char *path, struct cd_buf *to);

#endif
