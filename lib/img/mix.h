/* How pictures of a batch are mixed: mixup (Zhang et al., "mixup: Beyond
 * empirical risk minimization", ICLR 2018) and cutmix (Yun et al., "CutMix:
 * regularization strategy to train strong classifiers with localizable
 * features", ICCV 2019). */
#ifndef CD_IMG_MIX_H
#define CD_IMG_MIX_H

#include <stdint.h>

enum cd_mix_op {
	CD_MIX_NONE,
	CD_MIX_MIXUP,
	CD_MIX_CUTMIX,
};

/* "none", "mixup", "cutmix", NULL. */
extern const char *const cd_mix_names[];

struct cd_mix_way {
	double alpha; /* lambda ~ Beta(alpha, alpha); 0.01 to 100 */
	double p;     /* the probability of this way, 0 to 1 */
};

struct cd_mix {
	struct cd_mix_way mixup, cutmix; /* both p: at most 1 */
	uint64_t seed;
	uint64_t tail; /* from this epoch on nothing is mixed */
};

/* Of picture a, mixed with b: lambda is a's share. */
struct cd_mix_draw {
	enum cd_mix_op op;
	double lambda;		      /* mixup: a multiple of 2^-16; cutmix: 1
				       * less the box's share of the area */
	uint32_t distance;	      /* b is picture (i + distance) mod n; 0
				       * where nothing is mixed */
	int top, left, height, width; /* of the box that is b's; cutmix */
};

/* What is drawn for a picture of h x w, but for the distance: a function of the
 * arguments. The box has the sides h and w times sqrt(1 - lambda), rounded,
 * about a uniformly drawn pixel, clipped to the picture. */
struct cd_mix_draw cd_mix_draw(const struct cd_mix *, uint64_t epoch,
    const char *key, uint32_t view, int h, int w);

/* The distance of a batch of n pictures, 1 to n - 1 (0 where n is 1), by the
 * epoch and its first picture. */
uint32_t cd_mix_distance(const struct cd_mix *, uint64_t epoch, const char *key,
    uint32_t view, uint32_t n);

/* The share of the picture that is not in the box. */
double cd_mix_outside(const struct cd_mix_draw *, int h, int w);

#endif
