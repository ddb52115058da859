#include "train/elapsed.h"

#include <math.h>

#include "base/clock.h"

double
cd_trainer_elapsed(const struct cd_trainer *t)
{
	return t->elapsed + (cd_seconds() - t->start);
}

double
cd_trainer_epochs_done(const struct cd_trainer *t)
{
	double part = (double)t->position / fmax(t->pictures, 1);

	return (double)t->epoch + fmin(part, 1);
}

bool
cd_trainer_through(const struct cd_trainer *t)
{
	double steps = ceil((double)t->position / t->batch);

	/* a batch may be smaller than the others: not by pictures */
	return t->epochs > 0 &&
	    (double)t->epoch + (steps >= t->steps) >= t->epochs;
}

/* The share of the time that is used. */
static double
time_share(const struct cd_trainer *t)
{
	double used = cd_trainer_elapsed(t);

	if (t->budget > 0)
		return fmin(used / t->budget, 1);
	if (t->limit <= 0)
		return 0;
	used = (used / t->limit - CD_LIMIT_GRACE) / (1 - CD_LIMIT_GRACE);
	return fmax(fmin(used, 1), 0);
}

static double
epochs_share(const struct cd_trainer *t)
{
	if (t->budget > 0 || t->epochs <= 0)
		return 0;
	return fmin(cd_trainer_epochs_done(t) / t->epochs, 1);
}

double
cd_trainer_share(const struct cd_trainer *t)
{
	return fmax(time_share(t), epochs_share(t));
}

double
cd_trainer_passed(struct cd_trainer *t)
{
	double by_epochs = epochs_share(t),
	       now = fmax(time_share(t), by_epochs);
	double passed = fmax(now - t->passed_at, 0);

	t->passed_at = now;
	return now > by_epochs || t->budget > 0 ? passed :
						  1 / (t->epochs * t->steps);
}

double
cd_trainer_lr(const struct cd_trainer *t)
{
	return t->optim.lr *
	    cd_schedule_factor(&t->schedule, cd_trainer_share(t));
}

double
cd_trainer_end(const struct cd_trainer *t)
{
	double most = t->budget;

	if (t->limit > 0 && !cd_trainer_through(t))
		most = t->limit;
	return most > 0 ? t->start + most - t->elapsed : INFINITY;
}

bool
cd_trainer_spent(const struct cd_trainer *t)
{
	return cd_seconds() >= cd_trainer_end(t);
}

bool
cd_trainer_scheduled(const struct cd_trainer *t)
{
	return cd_schedule_moves(&t->schedule) || t->stages.n > 1;
}
