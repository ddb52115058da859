#include "cmd/augment_opt.h"

#include <string.h>

#include "base/num.h"
#include "base/save.h"
#include "cmd/opt.h"

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
	    w->channel_shift >= 0 || w->brightness.lo >= 0 || w->crop.lo >= 0 ||
	    w->contrast.lo >= 0 || w->saturation.lo >= 0 || w->hue >= 0 ||
	    w->grey >= 0 || w->erase.lo >= 0 || w->trivial >= 0 ||
	    w->flip_alternating || o->clean_tail >= 0;
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

/* --shift stands for what is not given of --shift-x and --shift-y; alone, it
 * is one decision for both. */
static void
take_shift(struct cd_augment_opt *o)
{
	struct cd_augment *w = &o->what;

	w->shift_together = w->shift_x < 0 && w->shift_y < 0;
	if (w->shift_x < 0)
		w->skip[CD_AUGMENT_SHIFT_X] = o->shift_skip;
	if (w->shift_y < 0)
		w->skip[CD_AUGMENT_SHIFT_Y] = o->shift_skip;
	real_or(&w->shift_x, o->shift);
	real_or(&w->shift_y, o->shift);
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
	if (w->flip && w->flip_alternating)
		return cd_fail(e,
		    "--flip and --flip-alternating exclude each other");
	take_shift(o);
	w->zoom_uniform = o->zoom_uniform.lo >= 0;
	range_or(&w->zoom, o->zoom_uniform);
	range_or(&w->zoom, d->zoom);
	real_or(&w->rotate, d->rotate);
	real_or(&w->shift_x, d->shift_x);
	real_or(&w->shift_y, d->shift_y);
	real_or(&w->shear, d->shear);
	w->flip = w->flip || d->flip;
	w->flip_vertical = w->flip_vertical || d->flip_vertical;
	real_or(&w->channel_shift, d->channel_shift);
	range_or(&w->brightness, d->brightness);
	range_or(&w->crop, d->crop);
	range_or(&w->contrast, d->contrast);
	range_or(&w->saturation, d->saturation);
	real_or(&w->hue, d->hue);
	real_or(&w->grey, d->grey);
	range_or(&w->erase, d->erase);
	real_or(&w->trivial, d->trivial);
	return 0;
}

static struct cd_augment_opt given = CD_AUGMENT_OPT_NONE;

/* An option with a value that may end in @P. */
struct chanced {
	void *to;     /* of parse; a double where there is none */
	double *skip; /* 1 - P */
	int (*parse)(void *to, const char *, struct cd_err *);
	double min, max; /* of the double */
};

static int
take_chanced(void *to, const char *s, struct cd_err *e)
{
	const struct chanced *c = to;
	char value[CD_CHANCED_TEXT];
	double p = 1;

	if (cd_opt_chanced(s, value, &p, e) < 0)
		return -1;
	*c->skip = 1 - p;
	return c->parse ? c->parse(c->to, value, e) :
			  cd_parse_real(value, c->min, c->max, c->to, e);
}

static struct chanced rotate = { &given.what.rotate,
	&given.what.skip[CD_AUGMENT_ROTATE], NULL, 0, 180 };
static struct chanced shift = { &given.shift, &given.shift_skip, NULL, 0,
	65535 };
static struct chanced shift_x = { &given.what.shift_x,
	&given.what.skip[CD_AUGMENT_SHIFT_X], NULL, 0, 65535 };
static struct chanced shift_y = { &given.what.shift_y,
	&given.what.skip[CD_AUGMENT_SHIFT_Y], NULL, 0, 65535 };
static struct chanced shear = { &given.what.shear,
	&given.what.skip[CD_AUGMENT_SHEAR], NULL, 0, 89 };
static struct chanced zoom = { &given.what.zoom,
	&given.what.skip[CD_AUGMENT_ZOOM], cd_augment_parse_zoom, 0, 0 };
static struct chanced zoom_uniform = { &given.zoom_uniform,
	&given.what.skip[CD_AUGMENT_ZOOM], cd_augment_parse_zoom, 0, 0 };
static struct chanced channel_shift = { &given.what.channel_shift,
	&given.what.skip[CD_AUGMENT_CHANNEL_SHIFT], NULL, 0, 255 };
static struct chanced brightness = { &given.what.brightness,
	&given.what.skip[CD_AUGMENT_BRIGHTNESS], cd_augment_parse_factor, 0,
	0 };
static struct chanced contrast = { &given.what.contrast,
	&given.what.skip[CD_AUGMENT_CONTRAST], cd_augment_parse_factor, 0, 0 };
static struct chanced saturation = { &given.what.saturation,
	&given.what.skip[CD_AUGMENT_SATURATION], cd_augment_parse_factor, 0,
	0 };
static struct chanced hue = { &given.what.hue, &given.what.skip[CD_AUGMENT_HUE],
	NULL, 0, 0.5 };
static struct chanced crop = { &given.what.crop,
	&given.what.skip[CD_AUGMENT_CROP], cd_augment_parse_crop, 0, 0 };
static struct chanced erase = { &given.what.erase,
	&given.what.skip[CD_AUGMENT_ERASE], cd_augment_parse_erase, 0, 0 };

static int
parse_size(void *to, const char *s, struct cd_err *e)
{
	return cd_stages_parse(to, s, e);
}

static int
parse_views(void *to, const char *s, struct cd_err *e)
{
	return cd_views_parse(to, s, e);
}

static const struct cd_opt opts[] = {
	{ .name = "rotate",
	    .type = CD_OPT_CALL,
	    .to = &rotate,
	    .arg = "degrees",
	    .help = "by an angle within +-degrees",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "shift",
	    .type = CD_OPT_CALL,
	    .to = &shift,
	    .arg = "f",
	    .help = "--shift-x and --shift-y",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "shift-x",
	    .type = CD_OPT_CALL,
	    .to = &shift_x,
	    .arg = "f",
	    .help = "within +-f of the width; pixels if f >= 1",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "shift-y",
	    .type = CD_OPT_CALL,
	    .to = &shift_y,
	    .arg = "f",
	    .help = "within +-f of the height; pixels if f >= 1",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "shear",
	    .type = CD_OPT_CALL,
	    .to = &shear,
	    .arg = "degrees",
	    .help = "by an angle within +-degrees",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "zoom",
	    .type = CD_OPT_CALL,
	    .to = &zoom,
	    .arg = "z",
	    .help = "by 1-z to 1+z, or lo:hi, each axis by its own",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "zoom-uniform",
	    .type = CD_OPT_CALL,
	    .to = &zoom_uniform,
	    .arg = "z",
	    .help = "the same, both axes alike",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "flip",
	    .type = CD_OPT_FLAG,
	    .to = &given.what.flip,
	    .help = "left to right, one in two",
	    .result = true },
	{ .name = "flip-alternating",
	    .type = CD_OPT_FLAG,
	    .to = &given.what.flip_alternating,
	    .help = "left to right, every other epoch",
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
	    .words = cd_augment_fills,
	    .fn = cd_augment_parse_fill,
	    .result = true },
	{ .name = "channel-shift",
	    .type = CD_OPT_CALL,
	    .to = &channel_shift,
	    .arg = "c",
	    .help = "adds a number within +-c to all channels",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "brightness",
	    .type = CD_OPT_CALL,
	    .to = &brightness,
	    .arg = "b",
	    .help = "times 1-b to 1+b, or lo:hi",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "crop",
	    .type = CD_OPT_CALL,
	    .to = &crop,
	    .arg = "share",
	    .help = "random resized crop, lo or lo:hi of the area",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "contrast",
	    .type = CD_OPT_CALL,
	    .to = &contrast,
	    .arg = "c",
	    .help = "from the mean grey: times 1-c to 1+c, or lo:hi",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "saturation",
	    .type = CD_OPT_CALL,
	    .to = &saturation,
	    .arg = "s",
	    .help = "from the pixel's grey: times 1-s to 1+s, or lo:hi",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "hue",
	    .type = CD_OPT_CALL,
	    .to = &hue,
	    .arg = "h",
	    .help = "turns the hue within +-h of the circle",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "grey",
	    .type = CD_OPT_REAL,
	    .to = &given.what.grey,
	    .arg = "P",
	    .help = "makes it grey with probability P",
	    .min = 0,
	    .max = 1,
	    .result = true },
	{ .name = "erase",
	    .type = CD_OPT_CALL,
	    .to = &erase,
	    .arg = "area",
	    .help = "noise in a rectangle, hi or lo:hi of the area",
	    .fn = take_chanced,
	    .result = true },
	{ .name = "trivial",
	    .type = CD_OPT_REAL,
	    .to = &given.what.trivial,
	    .arg = "P",
	    .help = "TrivialAugment with probability P",
	    .min = 0,
	    .max = 1,
	    .result = true },
	{ .name = "size",
	    .type = CD_OPT_CALL,
	    .to = &given.size,
	    .arg = "WxH",
	    .help = "the result's size, or WxH:share,... of the epochs",
	    .fn = parse_size,
	    .result = true },
	{ .name = "views",
	    .type = CD_OPT_CALL,
	    .to = &given.views,
	    .arg = "list",
	    .help = "these views of each picture, nothing at random",
	    .fn = parse_views,
	    .result = true },
	{ .name = "clean-tail",
	    .type = CD_OPT_REAL,
	    .to = &given.clean_tail,
	    .arg = "share",
	    .help = "only crop, size and flips in the last epochs",
	    .min = 0,
	    .max = 1,
	    .result = true },
	{ .name = "preset",
	    .type = CD_OPT_CALL,
	    .to = &given,
	    .arg = "name",
	    .help = "book: rotate 40, shift .2, shear 11.46, zoom .2, flip",
	    .words = CD_WORDS("book"),
	    .fn = cd_augment_parse_preset,
	    .result = true },
	{ .name = "replay",
	    .type = CD_OPT_PATH,
	    .to = &given.replay,
	    .arg = "file",
	    .help = "do again what this log says",
	    .dash = CD_DASH_DEVICE },
	{ .name = "log-parameters",
	    .type = CD_OPT_PATH,
	    .to = &given.log,
	    .arg = "file",
	    .help = "what was drawn, a line a sample",
	    .dash = CD_DASH_DEVICE,
	    .written = true },
	CD_OPT_SEED(&given.seed,
	    "what is drawn is a function of it (default: 0)"),
	CD_OPT_THREADS(&given.threads),
	CD_OPT_OUTPUT(&given.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-augment",
	.usage = "[-j threads] [-o file] [-s seed] [--brightness b] "
		 "[--channel-shift c] [--clean-tail share] [--contrast c] "
		 "[--crop share] [--erase area] [--fill mode] [--flip] "
		 "[--flip-alternating] [--flip-vertical] [--grey P] [--hue h] "
		 "[--log-parameters file] [--preset name] [--replay file] "
		 "[--rotate degrees] [--saturation s] [--shear degrees] "
		 "[--shift f] [--shift-x f] [--shift-y f] [--size WxH] "
		 "[--trivial P] [--views list] [--zoom z] [--zoom-uniform z] "
		 "[file ...]",
	.about = "Transforms the pictures of samples at random.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

/* Views are made of what is not drawn. */
static void
check_views(const struct cd_augment_opt *o)
{
	if (o->views.n == 0)
		return;
	if (o->replay || o->log || o->seed >= 0 || cd_augment_opt_draws(o))
		cd_usage("--views draws nothing: it goes with --fill, --size, "
			 "-j and -o only");
	if (o->size.n > 1)
		cd_usage("--views: the sizes of --size go by epoch; name one, "
			 "or give each view its own");
}

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
	check_views(&given);
	given.draws = cd_augment_opt_draws(&given);
	if (cd_augment_opt_resolve(&given, &e) < 0)
		cd_usage("%s", e.msg);
	if (given.seed < 0)
		given.seed = 0;
	if (given.threads < 0)
		given.threads = cd_processors();
	return &given;
}
