#include "cmd/augment_opt.h"

#include <string.h>

#include "base/num.h"
#include "base/save.h"
#include "cmd/opt.h"

static int
parse_pair(const char *s, const char *colon, double min, double max,
    struct cd_range *r, struct cd_err *e)
{
	char lo[64];
	size_t n = (size_t)(colon - s);

	if (n >= sizeof lo)
		return cd_fail(e, "the number before the colon is too long");
	memcpy(lo, s, n);
	lo[n] = '\0';
	if (cd_parse_real(lo, min, max, &r->lo, e) < 0 ||
	    cd_parse_real(colon + 1, min, max, &r->hi, e) < 0)
		return -1;
	if (r->hi < r->lo)
		return cd_fail(e, "the range %g:%g is the wrong way round",
		    r->lo, r->hi);
	return 0;
}

static int
parse_range(const char *s, double min, double max, struct cd_range *r,
    struct cd_err *e)
{
	const char *colon = strchr(s, ':');
	double z;

	if (colon)
		return parse_pair(s, colon, min, max, r, e);
	if (cd_parse_real(s, 0, 1 - min, &z, e) < 0)
		return -1;
	*r = (struct cd_range){ 1 - z, 1 + z };
	return 0;
}

int
cd_augment_parse_zoom(void *to, const char *s, struct cd_err *e)
{
	return parse_range(s, 0.01, 100, to, e);
}

int
cd_augment_parse_brightness(void *to, const char *s, struct cd_err *e)
{
	return parse_range(s, 0, 100, to, e);
}

int
cd_augment_parse_crop(void *to, const char *s, struct cd_err *e)
{
	const char *colon = strchr(s, ':');
	struct cd_range *r = to;

	if (colon)
		return parse_pair(s, colon, 1e-6, 1, r, e);
	r->hi = 1;
	return cd_parse_real(s, 1e-6, 1, &r->lo, e);
}

int
cd_augment_parse_fill(void *to, const char *s, struct cd_err *e)
{
	static const char *const names[] = {
		[CD_FILL_NEAREST] = "nearest",
		[CD_FILL_CONSTANT] = "constant",
		[CD_FILL_REFLECT] = "reflect",
		[CD_FILL_WRAP] = "wrap",
	};
	struct cd_augment *a = to;
	char shown[64];
	int64_t v = 0;
	int i;

	if (strncmp(s, "constant:", 9) == 0) {
		if (cd_parse_int(s + 9, 0, 255, &v, e) < 0)
			return -1;
		s = names[CD_FILL_CONSTANT];
	}
	for (i = 0; i < 4; i++)
		if (strcmp(s, names[i]) == 0) {
			a->fill = (enum cd_fill)i;
			a->value = (uint8_t)v;
			return 0;
		}
	return cd_fail(e,
	    "'%s' is none of nearest, constant, constant:VALUE, "
	    "reflect, wrap",
	    cd_escape(shown, sizeof shown, s, strlen(s)));
}

int
cd_augment_parse_preset(void *to, const char *s, struct cd_err *e)
{
	struct cd_augment_opt *o = to;
	char shown[64];

	if (strcmp(s, "book") != 0)
		return cd_fail(e, "'%s' is no preset; there is book",
		    cd_escape(shown, sizeof shown, s, strlen(s)));
	o->book = true;
	return 0;
}

bool
cd_augment_opt_draws(const struct cd_augment_opt *o)
{
	const struct cd_augment *w = &o->what;

	return o->book || o->shift >= 0 || o->zoom_uniform.lo >= 0 ||
	    w->rotate >= 0 || w->shift_x >= 0 || w->shift_y >= 0 ||
	    w->shear >= 0 || w->zoom.lo >= 0 || w->flip || w->flip_vertical ||
	    w->channel_shift >= 0 || w->brightness.lo >= 0 || w->crop.lo >= 0;
}

static void
real_or(double *given, double otherwise)
{
	if (*given < 0)
		*given = otherwise;
}

static void
range_or(struct cd_range *given, struct cd_range otherwise)
{
	if (given->lo < 0)
		*given = otherwise;
}

int
cd_augment_opt_resolve(struct cd_augment_opt *o, struct cd_err *e)
{
	const struct cd_augment *d = o->book ? &cd_augment_book :
					       &cd_augment_none;
	struct cd_augment *w = &o->what;

	if (w->zoom.lo >= 0 && o->zoom_uniform.lo >= 0)
		return cd_fail(e,
		    "--zoom and --zoom-uniform exclude each "
		    "other");
	w->zoom_uniform = o->zoom_uniform.lo >= 0;
	range_or(&w->zoom, o->zoom_uniform);
	range_or(&w->zoom, d->zoom);
	real_or(&w->rotate, d->rotate);
	real_or(&w->shift_x, o->shift);
	real_or(&w->shift_x, d->shift_x);
	real_or(&w->shift_y, o->shift);
	real_or(&w->shift_y, d->shift_y);
	real_or(&w->shear, d->shear);
	w->flip = w->flip || d->flip;
	w->flip_vertical = w->flip_vertical || d->flip_vertical;
	real_or(&w->channel_shift, d->channel_shift);
	range_or(&w->brightness, d->brightness);
	range_or(&w->crop, d->crop);
	return 0;
}

static struct cd_augment_opt given = CD_AUGMENT_OPT_NONE;

static const struct cd_opt opts[] = {
	{ .name = "rotate",
	    .type = CD_OPT_REAL,
	    .to = &given.what.rotate,
	    .arg = "degrees",
	    .help = "by an angle within +-degrees",
	    .min = 0,
	    .max = 180,
	    .result = true },
	{ .name = "shift",
	    .type = CD_OPT_REAL,
	    .to = &given.shift,
	    .arg = "f",
	    .help = "--shift-x and --shift-y",
	    .min = 0,
	    .max = 65535,
	    .result = true },
	{ .name = "shift-x",
	    .type = CD_OPT_REAL,
	    .to = &given.what.shift_x,
	    .arg = "f",
	    .help = "within +-f of the width; pixels if f >= 1",
	    .min = 0,
	    .max = 65535,
	    .result = true },
	{ .name = "shift-y",
	    .type = CD_OPT_REAL,
	    .to = &given.what.shift_y,
	    .arg = "f",
	    .help = "within +-f of the height; pixels if f >= 1",
	    .min = 0,
	    .max = 65535,
	    .result = true },
	{ .name = "shear",
	    .type = CD_OPT_REAL,
	    .to = &given.what.shear,
	    .arg = "degrees",
	    .help = "by an angle within +-degrees",
	    .min = 0,
	    .max = 89,
	    .result = true },
	{ .name = "zoom",
	    .type = CD_OPT_CALL,
	    .to = &given.what.zoom,
	    .arg = "z",
	    .help = "by 1-z to 1+z, or lo:hi, each axis by its own",
	    .fn = cd_augment_parse_zoom,
	    .result = true },
	{ .name = "zoom-uniform",
	    .type = CD_OPT_CALL,
	    .to = &given.zoom_uniform,
	    .arg = "z",
	    .help = "the same, both axes alike",
	    .fn = cd_augment_parse_zoom,
	    .result = true },
	{ .name = "flip",
	    .type = CD_OPT_FLAG,
	    .to = &given.what.flip,
	    .help = "left to right, one in two",
	    .result = true },
	{ .name = "flip-vertical",
	    .type = CD_OPT_FLAG,
	    .to = &given.what.flip_vertical,
	    .help = "upside down, one in two",
	    .result = true },
	{ .name = "fill",
	    .type = CD_OPT_CALL,
	    .to = &given.what,
	    .arg = "mode",
	    .help = "nearest (default), constant[:value], reflect, wrap",
	    .fn = cd_augment_parse_fill,
	    .result = true },
	{ .name = "channel-shift",
	    .type = CD_OPT_REAL,
	    .to = &given.what.channel_shift,
	    .arg = "c",
	    .help = "adds a number within +-c to all channels",
	    .min = 0,
	    .max = 255,
	    .result = true },
	{ .name = "brightness",
	    .type = CD_OPT_CALL,
	    .to = &given.what.brightness,
	    .arg = "b",
	    .help = "times 1-b to 1+b, or lo:hi",
	    .fn = cd_augment_parse_brightness,
	    .result = true },
	{ .name = "crop",
	    .type = CD_OPT_CALL,
	    .to = &given.what.crop,
	    .arg = "share",
	    .help = "random resized crop, lo or lo:hi of the area",
	    .fn = cd_augment_parse_crop,
	    .result = true },
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &given.size,
	    .arg = "WxH",
	    .help = "the result's size (default: as it is)",
	    .min = 1,
	    .max = CD_WXH_MAX,
	    .result = true },
	{ .name = "preset",
	    .type = CD_OPT_CALL,
	    .to = &given,
	    .arg = "name",
	    .help = "book: rotate 40, shift .2, shear 11.46, zoom .2, flip",
	    .fn = cd_augment_parse_preset,
	    .result = true },
	{ .name = "replay",
	    .type = CD_OPT_PATH,
	    .to = &given.replay,
	    .arg = "file",
	    .help = "do again what this log says" },
	{ .name = "log-parameters",
	    .type = CD_OPT_PATH,
	    .to = &given.log,
	    .arg = "file",
	    .help = "what was drawn, a line a sample" },
	CD_OPT_SEED(&given.seed,
	    "what is drawn is a function of it (default: 0)"),
	CD_OPT_THREADS(&given.threads),
	CD_OPT_OUTPUT(&given.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-augment",
	.usage =
	    "[-j threads] [-o file] [-s seed] [--brightness b] "
	    "[--channel-shift c] [--crop share] [--fill mode] [--flip] "
	    "[--flip-vertical] [--log-parameters file] [--preset name] "
	    "[--replay file] [--rotate degrees] [--shear degrees] [--shift f] "
	    "[--shift-x f] [--shift-y f] [--size WxH] [--zoom z] "
	    "[--zoom-uniform z] [file ...]",
	.about = "Transforms the pictures of samples at random.",
	.opts = opts,
};

struct cd_augment_opt *
cd_augment_opt_parse(int argc, char **argv)
{
	struct cd_err e = { "" };
	int first = cd_opt_parse(&command, argc, argv);

	given.files = argv + first;
	given.nfiles = argc - first;
	if (given.replay && (given.seed >= 0 || cd_augment_opt_draws(&given)))
		cd_usage("--replay goes with --fill, --size, "
			 "--log-parameters, -j and -o only");
	if (given.log && given.output && cd_save_same(given.log, given.output))
		cd_usage("--log-parameters and -o name one file");
	if (cd_augment_opt_resolve(&given, &e) < 0)
		cd_usage("%s", e.msg);
	if (given.seed < 0)
		given.seed = 0;
	if (given.threads < 0)
		given.threads = cd_processors();
	return &given;
}
