#include "train/average.h"

#include <math.h>

#include "train/elapsed.h"

/* 0 would mean that there is no average. */
static const double LEAST = 1e-30;

double
cd_average_decay(struct cd_trainer *t)
{
	const struct cd_average *a = &t->average;

	if (a->epochs > 0)
		return fmax(exp(-1 / (a->epochs * t->steps)), LEAST);
	if (a->share > 0)
		return fmax(exp(-cd_trainer_passed(t) / a->share), LEAST);
	return a->decay;
}
