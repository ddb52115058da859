/* Options of cd-augment. */
#ifndef CD_CMD_AUGMENT_OPT_H
#define CD_CMD_AUGMENT_OPT_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/augment_value.h"
#include "cmd/opt.h"
#include "img/augment.h"
#include "img/augment_view.h"
#include "train/schedule.h"

/* A number, or the lower end of a range, is below 0 where it is not given. */
struct cd_augment_opt {
	struct cd_augment what;
	double shift; /* of both axes */
	struct cd_range zoom_uniform;
	bool book;	   /* the preset */
	bool draws;	   /* set by cd_augment_opt_parse: is anything drawn? */
	double shift_skip; /* as what.skip, of --shift */
	struct cd_stages size; /* n = 0: the picture's */
	struct cd_views views; /* n = 0: none */
	double clean_tail;     /* share of the run's epochs */
	int64_t seed, threads;
	const char *output, *log, *replay;
	char **files;
	int nfiles;
};

/* Nothing given. */
#define CD_AUGMENT_OPT_NONE                                          \
	{                                                            \
		.what = { .rotate = -1,                              \
			.shift_x = -1,                               \
			.shift_y = -1,                               \
			.shear = -1,                                 \
			.zoom = { -1, -1 },                          \
			.channel_shift = -1,                         \
			.brightness = { -1, -1 },                    \
			.crop = { -1, -1 },                          \
			.contrast = { -1, -1 },                      \
			.saturation = { -1, -1 },                    \
			.hue = -1,                                   \
			.grey = -1,                                  \
			.erase = { -1, -1 },                         \
			.trivial = -1 },                             \
		.shift = -1, .zoom_uniform = { -1, -1 }, .seed = -1, \
		.threads = -1, .clean_tail = -1                      \
	}

/* Parses argv, as cd_opt_parse does; options that contradict each other are a
 * usage error. Returns a static struct with defaults for what is not given. */
struct cd_augment_opt *cd_augment_opt_parse(int argc, char **argv);

/* For struct cd_opt. To the struct cd_augment_opt: book. */
int cd_augment_parse_preset(void *, const char *, struct cd_err *);

/* Is any option given that sets what is drawn? */
bool cd_augment_opt_draws(const struct cd_augment_opt *);

/* Sets what o->what lacks from the preset, else so that nothing is changed,
 * whatever the order of options. An error: options that exclude each other. */
int cd_augment_opt_resolve(struct cd_augment_opt *o,
    struct cd_err *) CD_MUST_CHECK;

#endif
