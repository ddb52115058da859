/* cd-augment: samples -> randomly transformed samples (img/augment.h). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "base/team.h"
#include "cmd/augment_head.h"
#include "cmd/augment_opt.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "cmd/replay.h"
#include "base/log.h"
#include "img/augment_log.h"
#include "img/augment_sample.h"
#include "rec/seen.h"

enum {
	SLOTS_A_THREAD = 4,
};

static struct cd_augment_opt *args;

static struct {
	struct cd_filter f;
	int n; /* samples that may be in flight */
	struct cd_augment_sample *sample;
	void **slots; /* to each sample, for the ring */
	struct cd_ring *ring;
	int flying; /* samples in flight */
	struct cd_log log;
	struct cd_replay replay;
	struct cd_augment clean; /* in the epochs from tail on */
	uint64_t tail;
	int64_t epochs; /* of the header, where sizes go by it */
	bool warned;	/* of a sample that came twice */
	struct cd_seen seen;
} run;

static void
work(void *slot)
{
	cd_augment_apply(slot);
}

/* Reads what goes by epoch: the sizes, and the tail in which the strong
 * operations are off. */
static void
plan_epochs(void)
{
	run.tail = UINT64_MAX;
	if (args->clean_tail >= 0) {
		run.clean = cd_augment_clean(&args->what);
		run.tail = cd_filter_tail(&run.f, args->clean_tail);
	}
	if (args->size.n > 1)
		run.epochs = cd_filter_epochs(&run.f, "--size");
}

/* Allocates samples, starts threads, opens the logs and the output. */
static void
prepare(struct cd_err *e)
{
	int i;

	plan_epochs();
	(void)cd_cpu_level(); /* looked up once, before there are threads */
	run.n = args->threads > 1 ? (int)args->threads * SLOTS_A_THREAD : 1;
	run.sample = cd_calloc((size_t)run.n, sizeof *run.sample, e);
	run.slots = cd_calloc((size_t)run.n, sizeof *run.slots, e);
	if (!run.sample || !run.slots)
		cd_die("%s", e->msg);
	for (i = 0; i < run.n; i++) {
		run.sample[i].what = &args->what;
		run.slots[i] = &run.sample[i];
	}
	run.ring = cd_ring_new((int)args->threads, run.n, run.slots, work, e);
	if (!run.ring || cd_augment_head(&run.f.head, args, e) < 0)
		cd_die("%s", e->msg);
	if (args->replay)
		cd_replay_open(&run.replay, args->replay, cd_augment_columns,
		    "cd-augment", &run.f);
	if (args->log) {
		if (cd_log_open(&run.log, args->log, e) < 0)
			cd_die("%s", e->msg);
		fprintf(run.log.f, "%s\n", cd_augment_columns);
	}
	cd_filter_start(&run.f, args->output);
}

/* The size of the result: the view's, else that of the epoch, else 0. */
static struct cd_wxh
size_of(const struct cd_rec *r, const struct cd_view *v)
{
	const struct cd_stage *g = args->size.stage;

	if (v && v->w > 0)
		return (struct cd_wxh){ v->w, v->h };
	if (args->size.n == 0)
		return (struct cd_wxh){ 0, 0 };
	if (args->size.n > 1)
		g += cd_stages_at(&args->size,
		    (double)r->epoch / (double)run.epochs);
	return (struct cd_wxh){ g->w, g->h };
}

static int
draw(struct cd_augment_sample *s, const struct cd_view *v, struct cd_err *e)
{
	const struct cd_rec *r = &s->rec;

	if (run.replay.f)
		return cd_augment_scan(cd_replay_line(&run.replay), r, &s->size,
		    &s->draw, e);
	if (v)
		s->draw = cd_view_draw(v, &s->size);
	else
		s->draw = cd_augment_draw(r->epoch < run.tail ? &args->what :
								&run.clean,
		    &s->size, (uint64_t)args->seed, r->epoch, r->key, r->view);
	return 0;
}

/* Of two samples alike in key, view and epoch, as from `cat a a`. */
static void
warn_of_twins(const struct cd_rec *r, struct cd_err *e)
{
	char where[4 * CD_KEY_MAX + 64];
	int twice;

	if (!args->draws || run.warned)
		return;
	twice = cd_seen_before(&run.seen, r, e);
	if (twice < 0)
		cd_die("%s", e->msg);
	if (twice == 0)
		return;
	cd_warn("%s: this key has come before in the epoch; the same is drawn "
		"for both",
	    cd_rec_where(r, where, sizeof where));
	run.warned = true;
	cd_seen_free(&run.seen);
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

/* v: the view to make; NULL: what is drawn. */
static void
take(const struct cd_rec *r, const struct cd_view *v, struct cd_err *e)
{
	struct cd_wxh size = size_of(r, v);
	struct cd_augment_sample *s;

	while (!(s = cd_ring_free_slot(run.ring)))
		put_oldest();
	if (cd_augment_take(s, r, size.h, size.w, e) < 0 || draw(s, v, e) < 0 ||
	    cd_augment_reserve(s, e) < 0)
		cd_filter_blame(&run.f, e);
	cd_ring_push(run.ring);
	run.flying++;
}

/* View i of a sample's view j of those that came is view j * n + i. */
static void
take_views(const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_views *v = &args->views;
	struct cd_rec one = *r;
	int i;

	if (r->view > (UINT32_MAX - CD_VIEWS_MAX) / CD_VIEWS_MAX) {
		cd_fail(e, "its view %" PRIu32 " is too high", r->view);
		cd_filter_blame(&run.f, e);
	}
	for (i = 0; i < v->n; i++) {
		one.view = r->view * (uint32_t)v->n + (uint32_t)i;
		take(&one, &v->view[i], e);
	}
}

static void
finish(struct cd_err *e)
{
	if (run.replay.f)
		cd_replay_close(&run.replay);
	if (run.log.f && cd_log_commit(&run.log, e) < 0)
		cd_die("%s", e->msg);
	cd_filter_finish(&run.f, 0);
	cd_ring_free(run.ring);
	while (run.n > 0)
		cd_augment_sample_free(&run.sample[--run.n]);
	cd_seen_free(&run.seen);
	free(run.sample);
	free(run.slots);
}

int
main(int argc, char **argv)
{
	struct cd_err e = { "" };
	const struct cd_rec *r;

	args = cd_augment_opt_parse(argc, argv);
	cd_filter_open(&run.f, args->files, args->nfiles, "samples");
	prepare(&e);
	while ((r = cd_filter_next(&run.f))) {
		cd_filter_check_epoch(&run.f, r);
		if (r->kind == CD_SAMPLE) {
			warn_of_twins(r, &e);
			if (args->views.n > 0)
				take_views(r, &e);
			else
				take(r, NULL, &e);
			continue;
		}
		while (run.flying > 0) /* the samples before it go first */
			put_oldest();
		cd_filter_put(&run.f, r);
	}
	while (run.flying > 0)
		put_oldest();
	finish(&e);
	return 0;
}
