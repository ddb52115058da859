/* Samples to randomly transformed samples. What is drawn and what it means is
 * in lib/img/augment.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/team.h"
#include "img/augment_file.h"
#include "img/augment_log.h"
#include "img/augment_opt.h"
#include "img/augment_sample.h"
#include "rec/filter.h"

enum {
	SLOTS_A_THREAD = 4,
};

static struct cd_augment_opt how = CD_AUGMENT_OPT_NONE;
static struct {
	int ow, oh;	       /* 0: as the picture is */
	int64_t seed, threads; /* below 0: not given */
	const char *output, *log, *replay;
} args = { .seed = -1, .threads = -1 };

static struct {
	struct cd_filter f;
	int n; /* samples that may be in flight */
	struct cd_augment_sample *sample;
	void **slots; /* each of them, for the ring */
	struct cd_ring *ring;
	int flying; /* samples in it */
	struct cd_augment_file log;
	FILE *replay;
	char *line; /* of replay */
	size_t room;
} run;

static int
parse_size(void *to, const char *s, struct cd_err *e)
{
	return cd_parse_wxh(s, to, &args.oh, e);
}

static const struct cd_opt opts[] = {
	{ "rotate", 0, CD_OPT_REAL, &how.what.rotate, "degrees",
	    "by an angle within +-degrees", 0, 180, NULL, true },
	{ "shift", 0, CD_OPT_REAL, &how.shift, "f", "--shift-x and --shift-y",
	    0, 65535, NULL, true },
	{ "shift-x", 0, CD_OPT_REAL, &how.what.shift_x, "f",
	    "within +-f of the width; pixels if f >= 1", 0, 65535, NULL, true },
	{ "shift-y", 0, CD_OPT_REAL, &how.what.shift_y, "f",
	    "within +-f of the height; pixels if f >= 1", 0, 65535, NULL,
	    true },
	{ "shear", 0, CD_OPT_REAL, &how.what.shear, "degrees",
	    "by an angle within +-degrees", 0, 89, NULL, true },
	{ "zoom", 0, CD_OPT_CALL, &how.what.zoom, "z",
	    "by 1-z to 1+z, or lo:hi, each axis by its own", 0, 0,
	    cd_augment_parse_zoom, true },
	{ "zoom-uniform", 0, CD_OPT_CALL, &how.zoom_uniform, "z",
	    "the same, both axes alike", 0, 0, cd_augment_parse_zoom, true },
	{ "flip", 0, CD_OPT_FLAG, &how.what.flip, NULL,
	    "left to right, one in two", 0, 0, NULL, true },
	{ "flip-vertical", 0, CD_OPT_FLAG, &how.what.flip_vertical, NULL,
	    "upside down, one in two", 0, 0, NULL, true },
	{ "fill", 0, CD_OPT_CALL, &how.what, "mode",
	    "nearest (default), constant[:value], reflect, wrap", 0, 0,
	    cd_augment_parse_fill, true },
	{ "channel-shift", 0, CD_OPT_REAL, &how.what.channel_shift, "c",
	    "adds a number within +-c to all channels", 0, 255, NULL, true },
	{ "brightness", 0, CD_OPT_CALL, &how.what.brightness, "b",
	    "times 1-b to 1+b, or lo:hi", 0, 0, cd_augment_parse_brightness,
	    true },
	{ "crop", 0, CD_OPT_CALL, &how.what.crop, "share",
	    "random resized crop, lo or lo:hi of the area", 0, 0,
	    cd_augment_parse_crop, true },
	{ "size", 0, CD_OPT_CALL, &args.ow, "WxH",
	    "the result's size (default: as it is)", 0, 0, parse_size, true },
	{ "preset", 0, CD_OPT_CALL, &how, "name",
	    "book: rotate 40, shift .2, shear 11.46, zoom .2, flip", 0, 0,
	    cd_augment_parse_preset, true },
	{ "replay", 0, CD_OPT_TEXT, &args.replay, "file",
	    "do again what this log says", 0, 0, NULL, false },
	{ "log-parameters", 0, CD_OPT_TEXT, &args.log, "file",
	    "what was drawn, a line a sample", 0, 0, NULL, false },
	{ "seed", 's', CD_OPT_INT, &args.seed, "seed",
	    "what is drawn is a function of it (default: 0)", 0, 0x1p53, NULL,
	    true },
	CD_OPT_THREADS(&args.threads),
	CD_OPT_OUTPUT(&args.output),
	{ 0 },
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

static void
arguments_together(void)
{
	struct cd_err e = { "" };

	if (args.replay && (args.seed >= 0 || cd_augment_opt_draws(&how)))
		cd_usage("--replay goes with --fill, --size, "
			 "--log-parameters, -j and -o only");
	if (args.log && args.output && cd_save_same(args.log, args.output))
		cd_usage("--log-parameters and -o name one file");
	if (cd_augment_opt_resolve(&how, &e) < 0)
		cd_usage("%s", e.msg);
	if (args.seed < 0)
		args.seed = 0;
	if (args.threads < 0)
		args.threads = cd_processors();
}

/* The next line of the log that is replayed, without its newline. */
static const char *
replay_line(void)
{
	ssize_t n = getline(&run.line, &run.room, run.replay);

	if (n < 0)
		cd_die("%s: %s", args.replay,
		    ferror(run.replay) ? strerror(errno) :
					 "ends before the samples do");
	if (n > 0 && run.line[n - 1] == '\n')
		run.line[n - 1] = '\0';
	return run.line;
}

/* Provenance has no paths: of a log it has the hash. */
static void
open_replay(struct cd_err *e)
{
	struct cd_head *h = &run.f.head;
	char made[8192];
	uint64_t hash;

	run.replay = cd_augment_open_log(args.replay, &hash, e);
	if (!run.replay)
		cd_die("%s", e->msg);
	if (strcmp(replay_line(), cd_augment_columns) != 0)
		cd_die("%s: is no log of cd-augment", args.replay);
	snprintf(made, sizeof made, "%s --replay (%016" PRIx64 ")",
	    cd_opt_provenance(), hash);
	cd_head_remove(h, "made");
	if (cd_head_copy_lines(h, "made", cd_reader_head(run.f.in), "made", e) <
		0 ||
	    cd_head_add(h, "made", made, e) < 0)
		cd_die("%s", e->msg);
}

static void
work(void *slot)
{
	cd_augment_apply(slot);
}

/* The head's line that says how pictures were brought to size: the size is
 * another now, the way stays. */
static int
set_fit(struct cd_head *h, struct cd_err *e)
{
	size_t n;
	const char *old = cd_head_nth(h, "fit", 0, &n);
	const char *way = old ? memchr(old, ' ', n) : NULL;
	char fit[128];

	snprintf(fit, sizeof fit, "%dx%d%.*s", args.ow, args.oh,
	    way ? (int)(n - (size_t)(way - old)) : 12,
	    way ? way : " squash area");
	return cd_head_set(h, "fit", fit, e);
}

/* Workers' memory and threads; the logs; the output's header. */
static void
prepare(struct cd_err *e)
{
	int i;

	(void)cd_cpu_level(); /* asked for once, before there are threads */
	run.n = args.threads > 1 ? (int)args.threads * SLOTS_A_THREAD : 1;
	run.sample = cd_calloc((size_t)run.n, sizeof *run.sample, e);
	run.slots = cd_calloc((size_t)run.n, sizeof *run.slots, e);
	if (!run.sample || !run.slots)
		cd_die("%s", e->msg);
	for (i = 0; i < run.n; i++) {
		run.sample[i].what = &how.what;
		run.slots[i] = &run.sample[i];
	}
	run.ring = cd_ring_new((int)args.threads, run.n, run.slots, work, e);
	if (!run.ring || (args.ow && set_fit(&run.f.head, e) < 0))
		cd_die("%s", e->msg);
	if (args.replay)
		open_replay(e);
	if (args.log) {
		if (cd_augment_file_open(&run.log, args.log, e) < 0)
			cd_die("%s", e->msg);
		fprintf(run.log.f, "%s\n", cd_augment_columns);
	}
	cd_filter_start(&run.f, args.output);
}

static int
draw(struct cd_augment_sample *s, struct cd_err *e)
{
	const struct cd_rec *r = &s->rec;

	if (run.replay)
		return cd_augment_scan(replay_line(), r, &s->size, &s->draw, e);
	s->draw = cd_augment_draw(&how.what, &s->size, (uint64_t)args.seed,
	    r->epoch, r->key, r->view);
	return 0;
}

static void
put_oldest(void)
{
	const struct cd_augment_sample *s = cd_ring_pop(run.ring);
	char line[CD_AUGMENT_LINE];

	if (run.log.f)
		fprintf(run.log.f, "%s\n",
		    cd_augment_print(&s->rec, &s->draw, line));
	cd_filter_put(&run.f, &s->rec);
	run.flying--;
}

static void
take(const struct cd_rec *r, struct cd_err *e)
{
	struct cd_augment_sample *s;

	while (!(s = cd_ring_free_slot(run.ring)))
		put_oldest();
	if (cd_augment_take(s, r, args.oh, args.ow, e) < 0 || draw(s, e) < 0 ||
	    cd_augment_reserve(s, e) < 0)
		cd_filter_blame(&run.f, e);
	cd_ring_push(run.ring);
	run.flying++;
}

static void
finish(struct cd_err *e)
{
	if (run.replay) {
		if (getline(&run.line, &run.room, run.replay) >= 0)
			cd_die("%s: goes on after the last sample",
			    args.replay);
		fclose(run.replay);
		free(run.line);
	}
	if (run.log.f && cd_augment_file_commit(&run.log, e) < 0)
		cd_die("%s", e->msg);
	cd_filter_finish(&run.f, 0);
	cd_ring_free(run.ring);
	while (run.n > 0)
		cd_augment_sample_free(&run.sample[--run.n]);
	free(run.sample);
	free(run.slots);
}

int
main(int argc, char **argv)
{
	struct cd_err e = { "" };
	const struct cd_rec *r;
	int first = cd_opt_parse(&command, argc, argv);

	arguments_together();
	cd_filter_open(&run.f, argv + first, argc - first, "samples");
	prepare(&e);
	while ((r = cd_filter_next(&run.f))) {
		if (r->kind == CD_SAMPLE) {
			take(r, &e);
			continue;
		}
		while (run.flying > 0) /* what comes before it goes first */
			put_oldest();
		cd_filter_put(&run.f, r);
	}
	while (run.flying > 0)
		put_oldest();
	finish(&e);
	return 0;
}
