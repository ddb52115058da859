#include "train/prefetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

enum {
	SLOTS = 2,	     /* one with the caller, one being filled */
	LOOK_UP = 100000000, /* ns between checks for a request to stop */
};

struct slot {
	bool full;
	int event;
	struct cd_feed_batch batch;
	struct cd_buf images, targets, labels;
	struct cd_err err;
};

struct cd_prefetch {
	struct cd_feed *feed;
	struct slot slot[SLOTS];
	int at;	   /* the caller's next slot */
	bool held; /* the caller has the slot before it */
	double waited;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	bool quit;
};

/* The thread may be cancelled here, while it waits for input: all memory then
 * in use belongs to the feed. */
static int
read_feed(struct cd_feed *f, struct cd_err *e)
{
	int got, old;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	got = cd_feed_next(f, e);
	pthread_setcancelstate(old, &old);
	if (got == CD_FEED_BATCH && cd_feed_check_size(f, e) < 0)
		return -1;
	return got;
}

/* Keeps the batch, because the feed overwrites its memory with the next. */
static int
keep_batch(struct slot *s, struct cd_feed *f, struct cd_err *e)
{
	const struct cd_feed_batch *l = &f->batch;
	size_t k = (size_t)f->model->net.nclasses;

	s->batch = *l;
	s->targets.len = s->labels.len = 0;
	s->batch.images = cd_feed_keep_images(f, &s->images, e);
	if (!s->batch.images ||
	    cd_buf_add(&s->targets, l->targets,
		(size_t)l->n * k * sizeof *l->targets, e) < 0 ||
	    cd_buf_add(&s->labels, l->labels, (size_t)l->n * sizeof *l->labels,
		e) < 0)
		return -1;
	s->batch.targets = (float *)(void *)s->targets.data;
	s->batch.labels = (int32_t *)(void *)s->labels.data;
	return CD_FEED_BATCH;
}

static void
fill(struct cd_prefetch *a, struct slot *s)
{
	s->event = read_feed(a->feed, &s->err);
	s->batch = a->feed->batch;
	if (s->event == CD_FEED_BATCH)
		s->event = keep_batch(s, a->feed, &s->err);
}

static void *
read_ahead(void *arg)
{
	struct cd_prefetch *a = arg;
	bool last = false;
	int i = 0, old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_mutex_lock(&a->lock);
	for (; !last; i = (i + 1) % SLOTS) {
		while (a->slot[i].full && !a->quit)
			pthread_cond_wait(&a->emptied, &a->lock);
		if (a->quit)
			break;
		pthread_mutex_unlock(&a->lock);
		fill(a, &a->slot[i]);
		last = a->slot[i].event <= 0;
		pthread_mutex_lock(&a->lock);
		a->slot[i].full = true;
		pthread_cond_signal(&a->filled);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

int
cd_prefetch_new(struct cd_prefetch **out, struct cd_feed *f, struct cd_err *e)
{
	struct cd_prefetch *a = cd_calloc(1, sizeof *a, e);
	pthread_condattr_t attr;

	*out = NULL;
	if (!a)
		return -1;
	a->feed = f;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->filled, &attr);
	pthread_condattr_destroy(&attr);
	pthread_cond_init(&a->emptied, NULL);
	if (pthread_create(&a->thread, NULL, read_ahead, a) == 0) {
		*out = a;
		return 0;
	}
	pthread_cond_destroy(&a->filled);
	pthread_cond_destroy(&a->emptied);
	pthread_mutex_destroy(&a->lock);
	free(a);
	return cd_fail(e, "cannot start thread that reads ahead");
}

/* Waits until the slot is full, the program is told to stop, or `until`. Each
 * wait is short: a signal does not end it, and may come just before it. */
static void
wait_filled(struct cd_prefetch *a, const struct slot *s, double until)
{
	struct timespec t;

	while (!s->full && !cd_stopped() && cd_seconds() < until) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_nsec += LOOK_UP;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&a->filled, &a->lock, &t);
	}
}

int
cd_prefetch_next(struct cd_prefetch *a, struct cd_feed_batch *batch,
    double until, struct cd_err *e)
{
	struct slot *s = &a->slot[a->at];
	double start = cd_seconds();
	bool full;

	pthread_mutex_lock(&a->lock);
	if (a->held) {
		a->slot[(a->at + SLOTS - 1) % SLOTS].full = false;
		a->held = false;
		pthread_cond_signal(&a->emptied);
	}
	wait_filled(a, s, until);
	full = s->full;
	pthread_mutex_unlock(&a->lock);
	a->waited += cd_seconds() - start;
	if (!full)
		return CD_FEED_END;
	*batch = s->batch;
	if (s->event < 0)
		*e = s->err;
	if (s->event <= 0)
		return s->event;
	a->held = true;
	a->at = (a->at + 1) % SLOTS;
	return s->event;
}

double
cd_prefetch_waited(const struct cd_prefetch *a)
{
	return a->waited;
}

void
cd_prefetch_free(struct cd_prefetch *a)
{
	int i;

	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->quit = true;
	pthread_cond_signal(&a->emptied);
	pthread_mutex_unlock(&a->lock);
	pthread_cancel(a->thread);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->filled);
	pthread_cond_destroy(&a->emptied);
	pthread_mutex_destroy(&a->lock);
	for (i = 0; i < SLOTS; i++) {
		cd_buf_free(&a->slot[i].images);
		cd_buf_free(&a->slot[i].targets);
		cd_buf_free(&a->slot[i].labels);
	}
	free(a);
}
