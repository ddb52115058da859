#include "train/schedule.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

/* Tolerance: 0.3 + 0.4 must equal 7 / 10. */
static const double TINY = 1e-9;

const char *const cd_schedule_names[] = {
	[CD_SCHEDULE_CONSTANT] = "constant",
	[CD_SCHEDULE_LINEAR] = "linear",
	[CD_SCHEDULE_COSINE] = "cosine",
	[CD_SCHEDULE_STEP] = "step",
	NULL,
};

/* Copies the part of *text before the next comma and moves *text past it, to
 * NULL after the last part. */
static int
next_part(const char **text, char *part, size_t size, struct cd_err *e)
{
	size_t n = strcspn(*text, ",");
	char shown[64];

	if (n == 0 || n >= size)
		return cd_fail(e, "'%s': a part is empty or too long",
		    cd_escape(shown, sizeof shown, *text, strlen(*text)));
	memcpy(part, *text, n);
	part[n] = '\0';
	*text = (*text)[n] ? *text + n + 1 : NULL;
	return 0;
}

int
cd_schedule_parse_steps(struct cd_schedule *s, const char *text,
    struct cd_err *e)
{
	char part[32];

	for (s->nsteps = 0; text; s->nsteps++) {
		if (s->nsteps == CD_SCHEDULE_STEPS_MAX)
			return cd_fail(e, "more than %d of them",
			    CD_SCHEDULE_STEPS_MAX);
		if (next_part(&text, part, sizeof part, e) < 0 ||
		    cd_parse_real(part, 0, 1, &s->step_at[s->nsteps], e) < 0)
			return -1;
	}
	return 0;
}

int
cd_schedule_check(const struct cd_schedule *s, struct cd_err *e)
{
	double before = s->warm_up;
	int i;

	if (s->kind != CD_SCHEDULE_STEP)
		return s->nsteps == 0 ?
		    0 :
		    cd_fail(e, "--step-at needs --schedule step");
	if (s->nsteps == 0)
		return cd_fail(e, "--schedule step needs --step-at");
	for (i = 0; i < s->nsteps; i++) {
		if (s->step_at[i] <= before && i > 0)
			return cd_fail(e,
			    "--step-at: %g does not come behind %g",
			    s->step_at[i], before);
		if (s->step_at[i] <= before)
			return cd_fail(e,
			    "--step-at: %g is not behind the warm-up, the "
			    "first %g of the run",
			    s->step_at[i], before);
		if (s->step_at[i] >= 1)
			return cd_fail(e,
			    "--step-at: %g is the run's end, or beyond",
			    s->step_at[i]);
		before = s->step_at[i];
	}
	return 0;
}

bool
cd_schedule_moves(const struct cd_schedule *s)
{
	return s->kind != CD_SCHEDULE_CONSTANT || s->warm_up > 0;
}

double
cd_schedule_factor(const struct cd_schedule *s, double p)
{
	static const double pi = 3.14159265358979323846;
	double w = s->warm_up, f = 1;
	int i;

	if (p < w)
		return p / w;
	switch (s->kind) {
	case CD_SCHEDULE_LINEAR:
		return (1 - p) / (1 - w);
	case CD_SCHEDULE_COSINE:
		return (1 + cos(pi * (p - w) / (1 - w))) / 2;
	case CD_SCHEDULE_STEP:
		for (i = 0; i < s->nsteps && p >= s->step_at[i] - TINY; i++)
			f *= s->step_factor;
		return f;
	default:
		return 1;
	}
}

/* "96", "96x64" or either with ":SHARE"; *share is < 0 if there is none. */
static int
parse_stage(struct cd_stage *s, char *part, double *share, struct cd_err *e)
{
	char *colon = strchr(part, ':');
	int64_t side;

	*share = -1;
	if (colon) {
		*colon = '\0';
		if (cd_parse_real(colon + 1, 0, 1, share, e) < 0)
			return cd_fail_at(e, "share");
		if (*share <= 0)
			return cd_fail(e, "a stage of no length");
	}
	if (strchr(part, 'x'))
		return cd_parse_wxh(part, 1, CD_WXH_MAX, &s->w, &s->h, e);
	if (cd_parse_int(part, 1, CD_WXH_MAX, &side, e) < 0)
		return -1;
	s->w = s->h = (int)side;
	return 0;
}

int
cd_stages_parse(struct cd_stages *s, const char *text, struct cd_err *e)
{
	double end = 0, share;
	char part[64];

	s->own = strcmp(text, "own") == 0;
	for (s->n = 0; text && !s->own; s->n++) {
		struct cd_stage *g = &s->stage[s->n];

		if (s->n == CD_STAGES_MAX)
			return cd_fail(e, "more than %d stages", CD_STAGES_MAX);
		if (next_part(&text, part, sizeof part, e) < 0 ||
		    parse_stage(g, part, &share, e) < 0)
			return -1;
		if (share < 0 && text)
			return cd_fail(e,
			    "stage %d has no share of the run; only the last "
			    "may go without",
			    s->n + 1);
		end += share < 0 ? 1 - end : share;
		if (end > 1 + TINY || (end > 1 - TINY && text) ||
		    (share < 0 && s->n > 0 && end - g[-1].end < TINY))
			return cd_fail(e,
			    "stage %d leaves the run: the shares add up to "
			    "%g and more",
			    s->n + 1, end);
		if (end < 1 - TINY && !text)
			return cd_fail(e,
			    "the shares add up to %g, not 1: leave out the "
			    "last",
			    end);
		g->end = end;
	}
	return 0;
}

bool
cd_stages_any_size(const struct cd_stages *s)
{
	return s->own || s->n > 0;
}

int
cd_stages_at(const struct cd_stages *s, double p)
{
	int i;

	for (i = 0; i < s->n - 1 && p >= s->stage[i].end - TINY; i++)
		;
	return i;
}

int
cd_parse_duration(const char *text, double *seconds, struct cd_err *e)
{
	static const char units[] = "hms";
	static const double length[] = { 3600, 60, 1 };
	const char *p = text, *unit;
	char number[24], shown[64];
	double v, sum = 0;
	int last = -1; /* unit */
	size_t n;

	cd_escape(shown, sizeof shown, text, strlen(text));
	do {
		n = strspn(p, "0123456789.");
		unit = p[n] ? strchr(units, p[n]) : units + 2;
		/* a number alone is seconds */
		if (n == 0 || n >= sizeof number || !unit ||
		    unit - units <= last || (!p[n] && p != text))
			return cd_fail(e,
			    "'%s' is no time: such as 900, 15m or 1h30m "
			    "is wanted",
			    shown);
		memcpy(number, p, n);
		number[n] = '\0';
		if (cd_parse_real(number, 0, 1e9, &v, e) < 0)
			return -1;
		sum += v * length[unit - units];
		last = (int)(unit - units);
		p += n + (p[n] != '\0');
	} while (*p);
	if (sum <= 0)
		return cd_fail(e, "'%s' is no time to train in", shown);
	if (sum > 366 * 86400.0)
		return cd_fail(e, "'%s' is more than a year", shown);
	*seconds = sum;
	return 0;
}
