#include "train/elapsed.h"

#include <math.h>

#include "base/clock.h"

double
cd_trainer_elapsed(const struct cd_trainer *t)
{
	return t->elapsed + (cd_seconds() - t->start);
}

double
cd_trainer_share(const struct cd_trainer *t)
{
	double part;

	if (t->budget > 0)
		return fmin(cd_trainer_elapsed(t) / t->budget, 1);
	if (t->epochs <= 0)
		return 0;
	part = fmin((double)t->position / t->pictures, 1);
	return fmin(((double)t->epoch + part) / t->epochs, 1);
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
	return t->budget > 0 ? t->start + t->budget - t->elapsed : INFINITY;
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
