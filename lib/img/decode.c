#include "img/decode.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/cpu.h"
#include "base/team.h"

enum {
	SLOTS = 4, /* pictures in flight for each thread */
};

/* One picture in flight. */
struct slot {
	struct cd_decode *d;
	const struct cd_listed *item;
	struct cd_picture picture;
	struct cd_err err;
	bool failed;
};

/* Decoders are kept on a stack, not in the slots: fewer are needed, and the
 * one used last still has its memory in cache. */
struct cd_decode {
	const struct cd_list *list;
	size_t next;
	struct cd_ring *ring;
	struct slot *slot;
	void **slots; /* the same, for the ring */
	int nslots, nidle;
	struct cd_picturer **idle; /* decoders not in use */
	pthread_mutex_t lock;	   /* of idle and nidle */
};

static void
work(void *p)
{
	struct slot *s = p;
	struct cd_decode *d = s->d;
	struct cd_picturer *mine;

	pthread_mutex_lock(&d->lock);
	mine = d->idle[--d->nidle];
	pthread_mutex_unlock(&d->lock);
	s->err = (struct cd_err){ "" };
	s->failed = cd_picturer_run(mine, s->item->path, &s->picture, &s->err) <
	    0;
	pthread_mutex_lock(&d->lock);
	d->idle[d->nidle++] = mine;
	pthread_mutex_unlock(&d->lock);
}

static int
prepare(struct cd_decode *d, const struct cd_still_how *how,
    const struct cd_fit *fit, int threads, struct cd_err *e)
{
	int i;

	(void)cd_cpu_level(); /* looked up once, before there are threads */
	d->slot = cd_calloc((size_t)threads * SLOTS, sizeof *d->slot, e);
	d->slots = cd_calloc((size_t)threads * SLOTS, sizeof *d->slots, e);
	d->idle = cd_calloc((size_t)threads, sizeof *d->idle, e);
	if (!d->slot || !d->slots || !d->idle)
		return -1;
	d->nslots = threads * SLOTS;
	for (; d->nidle < threads; d->nidle++) {
		d->idle[d->nidle] = cd_picturer_new(how, fit, e);
		if (!d->idle[d->nidle])
			return -1;
	}
	for (i = 0; i < d->nslots; i++) {
		d->slot[i].d = d;
		d->slots[i] = &d->slot[i];
	}
	d->ring = cd_ring_new(threads, d->nslots, d->slots, work, e);
	return d->ring ? 0 : -1;
}

struct cd_decode *
cd_decode_new(const struct cd_list *list, const struct cd_still_how *how,
    const struct cd_fit *fit, int threads, struct cd_err *e)
{
	struct cd_decode *d = cd_calloc(1, sizeof *d, e);

	if (!d)
		return NULL;
	d->list = list;
	pthread_mutex_init(&d->lock, NULL);
	if (prepare(d, how, fit, threads, e) < 0) {
		cd_decode_free(d);
		return NULL;
	}
	return d;
}

void
cd_decode_free(struct cd_decode *d)
{
	int i;

	if (!d)
		return;
	cd_ring_free(d->ring); /* first: its threads use the rest */
	for (i = 0; i < d->nslots; i++)
		cd_buf_free(&d->slot[i].picture.pixels);
	for (i = 0; i < d->nidle; i++)
		cd_picturer_free(d->idle[i]);
	pthread_mutex_destroy(&d->lock);
	free(d->slots);
	free(d->slot);
	free(d->idle);
	free(d);
}

int
cd_decode_next(struct cd_decode *d, const struct cd_listed **item,
    const struct cd_picture **picture, struct cd_err *e)
{
	struct slot *s;

	while (d->next < d->list->n && (s = cd_ring_free_slot(d->ring))) {
		s->item = &d->list->item[d->next++];
		cd_ring_push(d->ring);
	}
	s = cd_ring_pop(d->ring);
	if (!s)
		return 0;
	*item = s->item;
	*picture = &s->picture;
	if (!s->failed)
		return 1;
	*e = s->err;
	return -1;
}
