/* What changes while a run goes on, as functions of the share of it that is
 * done (0 to 1): the learning rate and the size of the pictures. */
#ifndef CD_TRAIN_SCHEDULE_H
#define CD_TRAIN_SCHEDULE_H

#include <stdbool.h>

#include "base/err.h"

enum {
	CD_STAGES_MAX = 16,
	CD_SCHEDULE_STEPS_MAX = 16,
};

enum cd_schedule_kind {
	CD_SCHEDULE_CONSTANT,
	CD_SCHEDULE_LINEAR,
	CD_SCHEDULE_COSINE,
	CD_SCHEDULE_STEP,
};

struct cd_schedule {
	enum cd_schedule_kind kind;
	double warm_up; /* share of the run, in [0, 1) */
	/* step: shares of the run, rising, behind the warm-up and below 1 */
	int nsteps;
	double step_at[CD_SCHEDULE_STEPS_MAX];
	double step_factor;
};

/* "constant" and so on, by number; NULL behind the last. */
extern const char *const cd_schedule_names[];

/* "0.5,0.75" to nsteps and step_at. */
int cd_schedule_parse_steps(struct cd_schedule *, const char *text,
    struct cd_err *) CD_MUST_CHECK;

/* Does it make sense as a whole? */
int cd_schedule_check(const struct cd_schedule *,
    struct cd_err *) CD_MUST_CHECK;

/* Does the rate change, so that the length of the run must be known? */
bool cd_schedule_moves(const struct cd_schedule *);

/* What the learning rate is multiplied with when the share p of the run is
 * done, w being the warm-up; 0 to 1 where step_factor is:
 *
 *	p < w		p / w
 *	constant	1
 *	linear		(1 - p) / (1 - w)
 *	cosine		(1 + cos(pi (p - w) / (1 - w))) / 2	(Loshchilov and
 *							Hutter 2017, one cycle)
 *	step		step_factor^(how many of step_at are <= p)
 */
double cd_schedule_factor(const struct cd_schedule *, double p);

/* A size of pictures, until the share `end` of the run. */
struct cd_stage {
	int w, h;
	double end;
};

struct cd_stages {
	int n; /* 0: the net's own size, all the time */
	struct cd_stage stage[CD_STAGES_MAX];
};

/* "64:0.4,96" or "96x64:0.4,...": sizes (a number is a square's side), each
 * with the share of the run that it lasts. The last share may be left out;
 * where it is not, they add up to 1. */
int cd_stages_parse(struct cd_stages *, const char *text,
    struct cd_err *) CD_MUST_CHECK;

/* The stage when the share p of the run is done; its own end is not in it. */
int cd_stages_at(const struct cd_stages *, double p);

/* "900", "15m", "1h30m", "1.5h": seconds, more than 0 and at most a year. */
int cd_parse_duration(const char *text, double *seconds,
    struct cd_err *) CD_MUST_CHECK;

#endif
