/* Reads what history.c wrote. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "train/history.h"

enum {
	COLUMNS = 64, /* most that are looked at */
	SIZE = -2,    /* the column "size", which is no number */
	UNKNOWN = -1,
};

/* The columns that are numbers, and where they go. */
static const struct column {
	const char *name;
	size_t at;
} columns[] = {
	{ "epoch", offsetof(struct cd_past_epoch, epoch) },
	{ "loss", offsetof(struct cd_past_epoch, loss) },
	{ "accuracy", offsetof(struct cd_past_epoch, accuracy) },
	{ "validation_loss", offsetof(struct cd_past_epoch, val_loss) },
	{ "validation_accuracy", offsetof(struct cd_past_epoch, val_accuracy) },
	{ "pictures", offsetof(struct cd_past_epoch, pictures) },
	{ "seconds", offsetof(struct cd_past_epoch, seconds) },
	{ "lr", offsetof(struct cd_past_epoch, lr) },
	{ "waited", offsetof(struct cd_past_epoch, waited) },
	{ "memory", offsetof(struct cd_past_epoch, memory) },
};
enum {
	KNOWN = sizeof columns / sizeof columns[0],
	NEEDED = 3, /* the first ones */
};

struct table {
	int kind[COLUMNS]; /* an index into columns, SIZE or UNKNOWN */
	int n;
};

/* Cuts a line at its tabs, in place. */
static int
cut(char *line, char *at[COLUMNS])
{
	int n = 0;
	char *tab;

	for (; n < COLUMNS; line = tab + 1) {
		at[n++] = line;
		tab = strchr(line, '\t');
		if (!tab)
			break;
		*tab = '\0';
	}
	return n;
}

static int
take_names(struct table *t, char *line, struct cd_err *e)
{
	char *name[COLUMNS];
	bool seen[KNOWN] = { false };
	int i, k;

	t->n = cut(line, name);
	for (i = 0; i < t->n; i++) {
		t->kind[i] = strcmp(name[i], "size") == 0 ? SIZE : UNKNOWN;
		for (k = 0; k < KNOWN; k++)
			if (strcmp(name[i], columns[k].name) == 0 && !seen[k]) {
				seen[k] = true;
				t->kind[i] = k;
			}
	}
	for (k = 0; k < NEEDED; k++)
		if (!seen[k])
			return cd_fail(e,
			    "not a history of training: no column '%s'",
			    columns[k].name);
	return 0;
}

/* A number, "-" for none, or what printf makes of one that is not finite. */
static int
take_number(double *to, const char *name, const char *s, struct cd_err *e)
{
	char shown[64], *end;
	double v = strtod(s, &end);

	if (strcmp(s, "-") == 0)
		return 0;
	if (end == s || *end)
		return cd_fail(e, "%s: '%s' is no number", name,
		    cd_escape(shown, sizeof shown, s, strlen(s)));
	if (isfinite(v))
		*to = v;
	return 0;
}

static int
take_line(const struct table *t, struct cd_past_epoch *p, char *line,
    struct cd_err *e)
{
	char *field[COLUMNS];
	int i, n = cut(line, field);

	memset(p, 0, sizeof *p);
	for (i = 0; i < KNOWN; i++)
		*(double *)((char *)p + columns[i].at) = NAN;
	if (n != t->n)
		return cd_fail(e, "%d columns, not %d", n, t->n);
	for (i = 0; i < n; i++) {
		const struct column
		    *c = &columns[t->kind[i] < 0 ? 0 : t->kind[i]];

		if (t->kind[i] == SIZE && strcmp(field[i], "-") != 0 &&
		    cd_parse_wxh(field[i], 1, CD_WXH_MAX, &p->w, &p->h, e) < 0)
			return -1;
		if (t->kind[i] >= 0 &&
		    take_number((double *)((char *)p + c->at), c->name,
			field[i], e) < 0)
			return -1;
	}
	return isnan(p->epoch) ? cd_fail(e, "no epoch") : 0;
}

static int
read_lines(struct cd_past *h, FILE *f, struct cd_err *e)
{
	struct cd_buf all = { 0 };
	struct cd_past_epoch p;
	struct table t = { .n = 0 };
	unsigned long long lines = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &room, f)) > 0) {
		if (line[n - 1] != '\n')
			break;
		line[n - 1] = '\0';
		if (lines++ == 0)
			rc = take_names(&t, line, e);
		else if (take_line(&t, &p, line, e) < 0)
			rc = cd_fail_at(e, "line %llu", lines);
		else
			rc = cd_buf_add(&all, &p, sizeof p, e);
	}
	/* getline also stops when memory runs out */
	if (rc == 0 && !feof(f))
		rc = cd_fail_errno(e, "read");
	if (rc == 0 && lines == 0)
		rc = cd_fail(e, "empty: not a history of training");
	free(line);
	h->at = (struct cd_past_epoch *)all.data;
	h->n = all.len / sizeof p;
	return rc;
}

int
cd_past_read(struct cd_past *h, const char *path, struct cd_err *e)
{
	bool standard = !path || strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "r");
	int rc;

	memset(h, 0, sizeof *h);
	if (!f)
		return cd_fail_errno(e, "%s", path);
	rc = read_lines(h, f, e);
	if (!standard)
		fclose(f);
	if (rc < 0)
		cd_fail_at(e, "%s", standard ? "standard input" : path);
	return rc;
}

void
cd_past_free(struct cd_past *h)
{
	free(h->at);
	memset(h, 0, sizeof *h);
}
