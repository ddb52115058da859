#include "img/mix.h"

#include <math.h>

#include "base/rng.h"
#include "pix/mix.h"

const char *const cd_mix_names[] = { "none", "mixup", "cutmix", 0 };

double
cd_mix_outside(const struct cd_mix_draw *d, int h, int w)
{
	return 1 -
	    (double)d->height * (double)d->width / ((double)h * (double)w);
}

/* The part [*from, *from + *size) of n that a side of share about the pixel at
 * covers. */
static void
side(int n, double share, uint32_t at, int *from, int *size)
{
	int whole = (int)floor(n * share + 0.5);
	int a = (int)at - whole / 2, b = a + whole;

	a = a < 0 ? 0 : a;
	b = b > n ? n : b;
	*from = a;
	*size = b - a;
}

struct cd_mix_draw
cd_mix_draw(const struct cd_mix *m, uint64_t epoch, const char *key,
    uint32_t view, int h, int w)
{
	struct cd_mix_draw d = { .op = CD_MIX_NONE, .lambda = 1 };
	struct cd_rng rng;
	uint32_t y, x;
	double u, share;

	if (epoch >= m->tail)
		return d;
	cd_rng_start(&rng, m->seed, epoch, cd_hash_view(key, view), CD_RNG_MIX);
	u = cd_rng_unit(&rng);
	y = cd_rng_below(&rng, (uint32_t)h);
	x = cd_rng_below(&rng, (uint32_t)w);
	if (u < m->mixup.p) {
		d.op = CD_MIX_MIXUP;
		d.lambda = cd_rng_beta(&rng, m->mixup.alpha, m->mixup.alpha);
		d.lambda = floor(d.lambda * CD_MIX_ONE + 0.5) / CD_MIX_ONE;
	} else if (u < m->mixup.p + m->cutmix.p) {
		d.op = CD_MIX_CUTMIX;
		share = sqrt(
		    1 - cd_rng_beta(&rng, m->cutmix.alpha, m->cutmix.alpha));
		side(h, share, y, &d.top, &d.height);
		side(w, share, x, &d.left, &d.width);
		d.lambda = cd_mix_outside(&d, h, w);
	}
	return d;
}

uint32_t
cd_mix_distance(const struct cd_mix *m, uint64_t epoch, const char *key,
    uint32_t view, uint32_t n)
{
	struct cd_rng rng;

	if (n < 2)
		return 0;
	cd_rng_start(&rng, m->seed, epoch, cd_hash_view(key, view),
	    CD_RNG_PARTNER);
	return 1 + cd_rng_below(&rng, n - 1);
}
