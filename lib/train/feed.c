#include "train/feed.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/match.h"
#include "rec/pictures.h"

/* Makes room for the targets and labels of n pictures, and keeps those of the
 * batch. */
static int
reserve(struct cd_feed *f, int n, struct cd_err *e)
{
	size_t k = (size_t)f->model->net.nclasses;

	f->targets.len = (size_t)f->batch.n * k * sizeof(float);
	f->labels.len = (size_t)f->batch.n * sizeof(int32_t);
	if (cd_buf_reserve(&f->targets, (size_t)n * k * sizeof(float), e) < 0 ||
	    cd_buf_reserve(&f->labels, (size_t)n * sizeof(int32_t), e) < 0)
		return -1;
	f->batch.targets = (float *)(void *)f->targets.data;
	f->batch.labels = (int32_t *)(void *)f->labels.data;
	return 0;
}

/* The pictures of a batch by its front, which may lie: 1 to CD_BATCH_MAX. */
static uint64_t
pictures_in(const struct cd_feed *f, const struct cd_rec *r)
{
	const struct cd_tensor *t = cd_rec_find(r, "image");

	if (!f->batches || !t || t->rank != 4 || t->dim[0] == 0)
		return 1;
	return t->dim[0] < CD_BATCH_MAX ? t->dim[0] : CD_BATCH_MAX;
}

/* Takes the size of batches from the first one. The header's is a promise, for
 * which no memory is spent. */
static int
peek(struct cd_feed *f, struct cd_err *e)
{
	int got;

	while ((got = cd_reader_next_head(f->in, &f->peeked, e)) == 1)
		if (f->peeked->kind == CD_BATCH || f->peeked->kind == CD_MARK)
			break;
	if (got == 1 && f->peeked->kind == CD_BATCH)
		f->size = (int)pictures_in(f, f->peeked);
	if (f->size > f->most)
		f->size = f->most;
	return got;
}

int
cd_feed_open(struct cd_feed *f, const struct cd_model *m, char *const *paths,
    int n, int size, enum cd_feed_sizes sizes, struct cd_err *e)
{
	const struct cd_head *h;
	int64_t batch;

	memset(f, 0, sizeof *f);
	f->model = m;
	f->sizes = sizes;
	if (sizes == CD_FEED_NET_SIZE) {
		f->h = m->net.in[0];
		f->w = m->net.in[1];
	}
	if (cd_reader_open(&f->in, paths, n, e) < 0)
		return -1;
	h = cd_reader_head(f->in);
	f->batches = cd_head_is(h, "holds", "batches");
	if (!f->batches && !cd_head_is(h, "holds", "samples")) {
		cd_fail(e, "%s: neither samples nor batches",
		    n ? paths[0] : "standard input");
		goto fail;
	}
	batch = cd_head_number(h, "batch");
	f->size = f->most = size;
	if (f->batches && batch > 0)
		f->most = (int)batch;
	if ((f->batches && peek(f, e) < 0) || reserve(f, f->size, e) < 0)
		goto fail;
	return 0;
fail:
	cd_feed_close(f);
	return -1;
}

int
cd_feed_check_size(const struct cd_feed *f, struct cd_err *e)
{
	if (f->batches || f->batch.n == f->size ||
	    f->position > (uint64_t)f->batch.n)
		return 0;
	return cd_fail(e,
	    "batches of %d pictures, but an epoch has only %d: give a "
	    "smaller -n",
	    f->size, f->batch.n);
}

void
cd_feed_from(struct cd_feed *f, uint64_t epoch, uint64_t position)
{
	f->from_epoch = epoch;
	f->from_position = position;
}

const uint8_t *
cd_feed_keep_images(struct cd_feed *f, struct cd_buf *b, struct cd_err *e)
{
	const struct cd_feed_batch *l = &f->batch;

	if (f->batches) {
		cd_reader_exchange(f->in, b);
		return l->images;
	}
	b->len = 0;
	if (cd_buf_add(b, l->images,
		(size_t)l->n * l->h * l->w * f->model->net.in[2], e) < 0)
		return NULL;
	return b->data;
}

bool
cd_feed_again(const struct cd_feed *f)
{
	return cd_reader_seekable(f->in);
}

const struct cd_head *
cd_feed_head(const struct cd_feed *f)
{
	return cd_reader_head(f->in);
}

uint64_t
cd_feed_skipped(const struct cd_feed *f)
{
	return cd_reader_skipped(f->in);
}

void
cd_feed_close(struct cd_feed *f)
{
	cd_reader_close(f->in);
	free(f->label);
	free(f->layer);
	free(f->held);
	cd_buf_free(&f->targets);
	cd_buf_free(&f->labels);
	memset(f, 0, sizeof *f);
}

static int
blame(struct cd_feed *f, struct cd_err *e)
{
	return cd_reader_blame(f->in, e);
}

/* Takes the size of the pictures from one, if it is a size. In a batch of its
 * own size, which may be another than before, the net must take it. */
static int
take_size(struct cd_feed *f, const uint64_t *d, struct cd_err *e)
{
	const struct cd_net *net = &f->model->net;
	int h = f->h, w = f->w;

	if (d[0] - 1 >= UINT16_MAX || d[1] - 1 >= UINT16_MAX)
		return 0;
	f->h = (int)d[0];
	f->w = (int)d[1];
	if (f->sizes != CD_FEED_OWN_SIZE || (f->h == h && f->w == w))
		return 0;
	if (!f->layer)
		f->layer = cd_calloc((size_t)net->nlayers, sizeof *f->layer, e);
	return f->layer ? cd_net_at_size(net, f->h, f->w, f->layer, e) : -1;
}

/* Are d (height, width, channels) those of the net's input or, where others are
 * possible, of the pictures before? */
static int
check_image(struct cd_feed *f, const uint64_t *d, struct cd_err *e)
{
	const int *in = f->model->net.in;
	bool own = f->sizes == CD_FEED_OWN_SIZE;
	bool first = f->h == 0 || (own && f->batch.n == 0);
	const char *others = own ? "those of its batch are" :
				   "those before were";

	if (first && take_size(f, d, e) < 0)
		return -1;
	f->batch.h = f->h;
	f->batch.w = f->w;
	if (d[0] == (uint64_t)f->h && d[1] == (uint64_t)f->w &&
	    d[2] == (uint64_t)in[2])
		return 0;
	first = first || f->sizes == CD_FEED_NET_SIZE;
	return cd_fail(e,
	    "picture of %llux%llux%llu (height, width, channels), %s %dx%dx%d",
	    (unsigned long long)d[0], (unsigned long long)d[1],
	    (unsigned long long)d[2], first ? "the net's input is" : others,
	    first ? in[0] : f->h, first ? in[1] : f->w, in[2]);
}

/* Appends the targets and labels of the pictures, in the model's order of
 * classes. */
static void
put_targets(struct cd_feed *f, const struct cd_pictures *p)
{
	int k = f->model->net.nclasses, j;
	float *to = f->batch.targets + (size_t)f->batch.n * (size_t)k;
	int32_t *label = f->batch.labels + f->batch.n;
	const float *from = p->target;
	uint64_t i;

	memset(to, 0, p->n * (size_t)k * sizeof *to);
	for (i = 0; i < p->n; i++, to += k) {
		for (j = 0; from && j < f->nlabels; j++)
			to[f->label[j]] = *from++;
		label[i] = p->label ? f->label[p->label[i]] : cd_largest(to, k);
		if (!from)
			to[label[i]] = 1;
	}
}

static int
hold_sample(struct cd_feed *f, const struct cd_pictures *p, struct cd_err *e)
{
	if (f->held_size < p->size) {
		free(f->held);
		f->held = cd_calloc((size_t)f->size, p->size, e);
		f->held_size = f->held ? p->size : 0;
	}
	if (!f->held)
		return -1;
	memcpy(f->held + (size_t)f->batch.n * p->size, p->image, p->size);
	f->batch.images = f->held;
	return 0;
}

/* Adds a sample to the batch, or takes a whole batch, its images in place. */
static int
take(struct cd_feed *f, const struct cd_rec *r, struct cd_err *e)
{
	struct cd_pictures p;

	if (cd_pictures_of(&p, r, f->nlabels, false, e) < 0 ||
	    check_image(f, p.dim, e) < 0)
		return blame(f, e);
	if (p.n > (uint64_t)f->most) {
		cd_fail(e, "a batch of %llu pictures; wanted: 1 to %d",
		    (unsigned long long)p.n, f->most);
		return blame(f, e);
	}
	if (p.n > (uint64_t)f->size) {
		f->size = (int)p.n;
		if (reserve(f, f->size, e) < 0)
			return -1;
	}
	if (!p.label && !p.target && !f->unlabelled) {
		cd_fail(e, "no label to learn");
		return blame(f, e);
	}
	if (!f->unlabelled)
		put_targets(f, &p);
	if (f->census &&
	    cd_census_add(f->census, &p,
		f->unlabelled ? NULL : f->batch.labels + f->batch.n, e) < 0)
		return -1;
	if (f->batches)
		f->batch.images = p.image;
	else if (hold_sample(f, &p, e) < 0)
		return -1;
	f->batch.epoch = r->epoch;
	f->batch.n += (int)p.n;
	return 0;
}

/* 1: skip the record, 0: read it; *n: its pictures. */
static int
passable(struct cd_feed *f, const struct cd_rec *r, uint64_t *n,
    struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_find(r, "image");

	*n = pictures_in(f, r);
	if (t && t->rank == 3 + f->batches && t->dim[f->batches] <= INT_MAX &&
	    t->dim[1 + f->batches] <= INT_MAX) {
		f->batch.h = (int)t->dim[f->batches];
		f->batch.w = (int)t->dim[1 + f->batches];
	}
	if (r->epoch > f->from_epoch ||
	    (r->epoch == f->from_epoch && f->position >= f->from_position))
		return 0;
	if (r->epoch == f->from_epoch && f->position + *n > f->from_position) {
		cd_fail(e,
		    "training stopped inside this batch: give the "
		    "batch size it was trained with");
		return blame(f, e);
	}
	return 1;
}

static int
next_front(struct cd_feed *f, const struct cd_rec **r, struct cd_err *e)
{
	if (!f->peeked)
		return cd_reader_next_head(f->in, r, e);
	*r = f->peeked;
	f->peeked = NULL;
	return 1;
}

static int
check_epoch(struct cd_feed *f, const struct cd_rec *r, struct cd_err *e)
{
	if (r->epoch < f->epochs)
		return cd_epochs_take(&f->order, r, e);
	return cd_fail(e,
	    "epoch %llu, but the first header says that there are %llu, and "
	    "the rate, sizes or average go by that: cd-shuffle --epochs says "
	    "how many in all, and --from-epoch and --to-epoch which of them",
	    (unsigned long long)r->epoch, (unsigned long long)f->epochs);
}

/* The next record to train on, or mark: 1; 0: the end; or < 0. */
static int
next_record(struct cd_feed *f, const struct cd_rec **r, struct cd_err *e)
{
	uint32_t kind = f->batches ? CD_BATCH : CD_SAMPLE;
	uint64_t n;
	int got;

	while ((got = next_front(f, r, e)) == 1) {
		if (f->epochs > 0 && check_epoch(f, *r, e) < 0)
			return blame(f, e);
		if ((*r)->kind == CD_MARK)
			return 1;
		if ((*r)->kind != kind)
			continue; /* records of other kinds are ignored */
		f->open_epoch = true;
		f->mark = (*r)->epoch;
		got = passable(f, *r, &n, e);
		if (got < 0)
			return -1;
		f->position += n;
		if (got == 0)
			return cd_reader_payload(f->in, e) < 0 ? -1 : 1;
		f->batch.passed += n;
	}
	return got;
}

/* Closes the open epoch: an event, 0 if the epoch was skipped, or < 0. */
static int
close_epoch(struct cd_feed *f, uint64_t epoch, struct cd_err *e)
{
	if (epoch == f->from_epoch && f->position < f->from_position)
		return cd_fail(e,
		    "%s: epoch %llu has %llu pictures, but training stopped "
		    "behind picture %llu of it: these are other data",
		    cd_reader_name(f->in), (unsigned long long)epoch + 1,
		    (unsigned long long)f->position,
		    (unsigned long long)f->from_position);
	/* of an epoch that began in another process only a part was seen */
	if (f->census)
		cd_census_end(f->census,
		    epoch > f->from_epoch || f->from_position == 0);
	f->batch.counted = f->census && f->census->full;
	f->open_epoch = false;
	f->position = 0;
	f->mark_waits = false;
	f->batch.n = 0;
	f->batch.epoch = epoch;
	return epoch >= f->from_epoch ? CD_FEED_EPOCH : 0;
}

int
cd_feed_next(struct cd_feed *f, struct cd_err *e)
{
	const struct cd_rec *r;
	int got;

	if (!f->label)
		f->label = cd_model_classes(f->model, cd_reader_head(f->in),
		    &f->nlabels, e);
	if (!f->label)
		return -1;
	f->batch.n = 0;
	if (f->mark_waits && (got = close_epoch(f, f->mark, e)) != 0)
		return got;
	while ((got = next_record(f, &r, e)) == 1) {
		if (r->kind == CD_MARK) {
			f->mark = r->epoch;
			f->mark_waits = true;
			if (f->batch.n > 0)
				return CD_FEED_BATCH;
			got = close_epoch(f, r->epoch, e);
			if (got != 0)
				return got;
			continue;
		}
		if (take(f, r, e) < 0)
			return -1;
		if (f->batches || f->batch.n == f->size)
			return CD_FEED_BATCH;
	}
	if (got < 0)
		return -1;
	if (f->batch.n > 0)
		return CD_FEED_BATCH;
	return f->open_epoch ? close_epoch(f, f->mark, e) : CD_FEED_END;
}
