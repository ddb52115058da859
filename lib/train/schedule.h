/* The learning rate and the size of pictures as functions of the share of the
 * run that is done, 0 to 1. */
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
	/* step: shares of the run, rising, > warm_up and < 1 */
	int nsteps;
	double step_at[CD_SCHEDULE_STEPS_MAX];
	double step_factor;
};

/* "constant" and so on, indexed by enum cd_schedule_kind; NULL ends them. */
extern const char *const cd_schedule_names[];

/* Parses "0.5,0.75" to nsteps and step_at. */
int cd_schedule_parse_steps(struct cd_schedule *, const char *text,
    struct cd_err *) CD_MUST_CHECK;

/* Checks step_at against kind and warm_up. */
int cd_schedule_check(const struct cd_schedule *,
    struct cd_err *) CD_MUST_CHECK;

/* Does the rate change, so that the length of the run is needed? */
bool cd_schedule_moves(const struct cd_schedule *);

/* The factor of the learning rate when the share p of the run is done, with
 * w = warm_up; in [0, 1] if step_factor is:
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
	bool own; /* the size that each batch has; n is 0 */
	int n;	  /* 0: the net's own size, all the time */
	struct cd_stage stage[CD_STAGES_MAX];
};

/* Parses "64:0.4,96" or "96x64:0.4,...": sizes (a number is the side of a
 * square), each with its share of the run. Shares add up to 1; the last may be
 * left out. Or "own". */
int cd_stages_parse(struct cd_stages *, const char *text,
    struct cd_err *) CD_MUST_CHECK;

/* May pictures have another size than the net's input? */
bool cd_stages_any_size(const struct cd_stages *);

/* The index of the stage when the share p of the run is done; the end of a
 * stage belongs to the next. */
int cd_stages_at(const struct cd_stages *, double p);

/* Parses "900", "15m", "1h30m", "1.5h" to seconds: more than 0, at most 366
 * days. */
int cd_parse_duration(const char *text, double *seconds,
    struct cd_err *) CD_MUST_CHECK;

#endif
