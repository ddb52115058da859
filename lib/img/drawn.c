#include "img/drawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/rng.h"
#include "img/mix_log.h"

enum {
	FIRST = 3, /* column behind key, epoch, view */
};

int
cd_drawn_head(struct cd_drawn *d, const char *line, struct cd_err *e)
{
	char *at[CD_DRAWN_COLUMNS];
	const char *p;
	int i;

	if (strcmp(line, cd_augment_columns) != 0 &&
	    strcmp(line, cd_mix_columns) != 0)
		return cd_fail(e,
		    "is no log of this version of cd-augment or cd-batch");
	for (d->columns = 1, p = line; (p = strchr(p, '\t')); p++)
		d->columns++;
	if (cd_log_columns(line, d->head, sizeof d->head, at, d->columns, e) <
	    0)
		return -1;
	for (i = 0; i < d->columns; i++)
		d->name[i] = at[i];
	return 0;
}

/* Do a rectangle's columns begin here: this prefix and top, left, height,
 * width? */
static bool
at_box(const struct cd_drawn *d, int i, const char *prefix)
{
	size_t n = strlen(prefix);

	return i + 4 <= d->columns && strncmp(d->name[i], prefix, n) == 0 &&
	    strcmp(d->name[i] + n, "top") == 0;
}

/* "crop 81x90+3+4", width and height first, as X11 and ImageMagick have it. */
static void
put_box(struct cd_drawn *d, const char *name, char **at)
{
	if (strcmp(at[2], "0") == 0)
		return;
	snprintf(d->item[d->n++], CD_DRAWN_ITEM, "%s %.9sx%.9s+%.9s+%.9s", name,
	    at[3], at[2], at[1], at[0]);
}

/* The value with which nothing is changed. */
static const char *
neutral(const char *name)
{
	static const char *const ones[] = { "zoom-y", "zoom-x", "brightness",
		"contrast", "saturation", "lambda" };
	size_t i;

	for (i = 0; i < sizeof ones / sizeof *ones; i++)
		if (strcmp(name, ones[i]) == 0)
			return "1";
	return "0";
}

static void
put_value(struct cd_drawn *d, const char *name, const char *s)
{
	char *item = d->item[d->n], *end;
	double v = strtod(s, &end);

	if (strcmp(s, neutral(name)) == 0 || strcmp(s, "none") == 0 || !*s ||
	    strcmp(name, "noise") == 0 || strcmp(name, "distance") == 0)
		return; /* a seed; where the partner stands */
	d->n++;
	if (strcmp(name, "partner") == 0)
		snprintf(item, CD_DRAWN_ITEM, "with %.*s", CD_DRAWN_ITEM - 8,
		    s);
	else if (*end)
		snprintf(item, CD_DRAWN_ITEM, "%.*s", CD_DRAWN_ITEM - 1, s);
	else if (strcmp(name, "flip") == 0 || strcmp(name, "grey") == 0 ||
	    strcmp(name, "flip-vertical") == 0)
		snprintf(item, CD_DRAWN_ITEM, "%s", name);
	else
		snprintf(item, CD_DRAWN_ITEM, "%s %.3g", name, v);
}

/* "shift y 7.66 x 21.4", of two columns that end in -y and -x. */
static bool
put_pair(struct cd_drawn *d, int i, char **at)
{
	size_t n = strlen(d->name[i]);
	const char *one = neutral(d->name[i]);

	if (n < 3 || strcmp(d->name[i] + n - 2, "-y") != 0)
		return false;
	if (strcmp(at[i], one) != 0 || strcmp(at[i + 1], one) != 0)
		snprintf(d->item[d->n++], CD_DRAWN_ITEM, "%.*s y %.3g x %.3g",
		    (int)n - 2, d->name[i], strtod(at[i], NULL),
		    strtod(at[i + 1], NULL));
	return true;
}

int
cd_drawn_line(struct cd_drawn *d, const char *line, struct cd_err *e)
{
	char *at[CD_DRAWN_COLUMNS];
	bool mixed = strcmp(d->name[FIRST], "operation") == 0;
	int64_t epoch, view;
	int i;

	d->n = 0;
	if (cd_log_columns(line, d->line, sizeof d->line, at, d->columns, e) <
		0 ||
	    cd_parse_int(at[1], 0, INT64_MAX, &epoch, e) < 0 ||
	    cd_parse_int(at[2], 0, UINT32_MAX, &view, e) < 0)
		return -1;
	d->key = cd_hash(at[0], strlen(at[0]));
	d->epoch = (uint64_t)epoch;
	d->view = (uint32_t)view;
	for (i = FIRST; i < d->columns; i++) {
		if (at_box(d, i, "")) {
			put_box(d, mixed ? "box" : "crop", at + i);
			i += 3;
		} else if (at_box(d, i, "erase-")) {
			put_box(d, "erase", at + i);
			i += 3;
		} else if (put_pair(d, i, at)) {
			i++;
		} else {
			put_value(d, d->name[i], at[i]);
		}
	}
	return 0;
}
