#include "cmd/rates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/save.h"
#include "cmd/msg.h"

const char cd_rates_columns[] = "step\trate\tloss\tsmoothed";

enum {
	COLUMNS = 4,
	LINE = 256, /* bytes */
};

void
cd_rates_write(const char *path, const struct cd_rate_point *p, int n)
{
	struct cd_err e = { "" };
	struct cd_save to;
	FILE *f;
	int i;

	if (cd_save_open(&to, path, &e) < 0)
		cd_die("%s", e.msg);
	f = fdopen(dup(to.fd), "w");
	if (!f)
		cd_die("out of memory");
	fprintf(f, "%s\n", cd_rates_columns);
	for (i = 0; i < n; i++)
		fprintf(f, "%d\t%.6g\t%.6g\t%.6g\n", i + 1, p[i].rate,
		    p[i].loss, p[i].smooth);
	if (ferror(f) | (fclose(f) == EOF)) {
		cd_save_abandon(&to);
		cd_die("%s: write failed", path);
	}
	if (cd_save_commit(&to, &e) < 0)
		cd_die("%s", e.msg);
}

static int
take(const char *line, struct cd_buf *to, struct cd_err *e)
{
	struct cd_rate_point p;
	char copy[LINE], *at[COLUMNS];

	if (cd_log_columns(line, copy, sizeof copy, at, COLUMNS, e) < 0 ||
	    cd_parse_real(at[1], 1e-30, 1e30, &p.rate, e) < 0 ||
	    cd_parse_real(at[2], 0, 1e30, &p.loss, e) < 0 ||
	    cd_parse_real(at[3], 0, 1e30, &p.smooth, e) < 0)
		return -1;
	return cd_buf_add(to, &p, sizeof p, e);
}

void
cd_rates_read(const char *path, struct cd_buf *to)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	FILE *f = standard ? stdin : fopen(path, "re");
	struct cd_err e = { "" };
	size_t room = 0, before = to->len;
	char *line = NULL;
	ssize_t n;
	int i;

	for (i = 0; f && (n = getline(&line, &room, f)) > 0; i++) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (i == 0 && strcmp(line, cd_rates_columns) != 0)
			cd_die("%s: is no table of cd-train --lr-test", name);
		if (i > 0 && take(line, to, &e) < 0)
			cd_die("%s: line %d: %s", name, i + 1, e.msg);
	}
	if (!f || ferror(f))
		cd_die("%s: %s", name, strerror(errno));
	if (to->len == before)
		cd_die("%s: no steps in it", name);
	free(line);
	if (!standard)
		fclose(f);
}
