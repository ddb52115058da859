#include "base/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

int
cd_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > CD_THREADS_MAX ? CD_THREADS_MAX : (int)n;
}

struct member {
	struct cd_team *team;
	int worker;
	pthread_t thread;
};

struct cd_team {
	pthread_mutex_t lock;
	pthread_cond_t start, done;
	struct member *member; /* size - 1; the caller is not one */
	int size, started;
	void (*fn)(void *, int, int);
	void *arg;
	int n, next;
	void (*note)(void *, int, double, double);
	void *note_arg;
	/* changed with the lock held, read without it while spinning */
	atomic_int busy; /* members inside a round */
	atomic_uint round;
	atomic_bool quit;
};

/* A round follows the last one within microseconds where a net is computed, and
 * waking a thread takes several times as long: so wait a moment first. */
enum {
	SPINS = 200, /* 5 to 10 us */
};

static void
pause_briefly(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Takes tasks until none is left. Called with the lock held. */
static void
take_tasks(struct cd_team *t, int worker)
{
	while (t->next < t->n) {
		int i = t->next++;
		double from = t->note ? cd_seconds() : 0;

		pthread_mutex_unlock(&t->lock);
		t->fn(t->arg, i, worker);
		pthread_mutex_lock(&t->lock);
		if (t->note)
			t->note(t->note_arg, i, from, cd_seconds());
	}
}

static void *
team_member(void *p)
{
	struct member *m = p;
	struct cd_team *t = m->team;
	unsigned seen = 0;
	int i;

	for (;;) {
		for (i = 0; i < SPINS && !t->quit && t->round == seen; i++)
			pause_briefly();
		pthread_mutex_lock(&t->lock);
		while (!t->quit && t->round == seen)
			pthread_cond_wait(&t->start, &t->lock);
		if (t->quit)
			break;
		seen = t->round;
		t->busy++;
		take_tasks(t, m->worker);
		if (--t->busy == 0)
			pthread_cond_signal(&t->done);
		pthread_mutex_unlock(&t->lock);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

struct cd_team *
cd_team_new(int n, struct cd_err *e)
{
	struct cd_team *t = cd_calloc(1, sizeof *t, e);
	int i;

	if (!t)
		return NULL;
	t->size = n;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->start, NULL);
	pthread_cond_init(&t->done, NULL);
	t->member = cd_calloc((size_t)n, sizeof *t->member, e);
	for (i = 0; t->member && i < n - 1; i++) {
		t->member[i].team = t;
		t->member[i].worker = i + 1;
		if (pthread_create(&t->member[i].thread, NULL, team_member,
			&t->member[i]) != 0) {
			cd_fail(e, "cannot start thread %d of %d", i + 2, n);
			break;
		}
		t->started++;
	}
	if (!t->member || t->started < n - 1) {
		cd_team_free(t);
		return NULL;
	}
	return t;
}

void
cd_team_free(struct cd_team *t)
{
	int i;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->quit = true;
	pthread_cond_broadcast(&t->start);
	pthread_mutex_unlock(&t->lock);
	for (i = 0; i < t->started; i++)
		pthread_join(t->member[i].thread, NULL);
	pthread_cond_destroy(&t->start);
	pthread_cond_destroy(&t->done);
	pthread_mutex_destroy(&t->lock);
	free(t->member);
	free(t);
}

void
cd_team_watch(struct cd_team *t, void (*note)(void *, int, double, double),
    void *arg)
{
	t->note = note;
	t->note_arg = arg;
}

/* Until no member is inside the round. Called with the lock held. */
static void
wait_for_members(struct cd_team *t)
{
	int i;

	if (t->busy > 0) {
		pthread_mutex_unlock(&t->lock);
		for (i = 0; i < SPINS && t->busy > 0; i++)
			pause_briefly();
		pthread_mutex_lock(&t->lock);
	}
	while (t->busy > 0)
		pthread_cond_wait(&t->done, &t->lock);
}

void
cd_team_run(struct cd_team *t, int n, void (*fn)(void *, int, int), void *arg)
{
	pthread_mutex_lock(&t->lock);
	t->fn = fn;
	t->arg = arg;
	t->n = n;
	t->next = 0;
	t->round++;
	if (t->note)
		t->note(t->note_arg, -1, cd_seconds(), cd_seconds());
	if (t->size > 1 && n > 1)
		pthread_cond_broadcast(&t->start);
	take_tasks(t, 0);
	/* members that wake only now find no task left and need no wait;
	 * those inside a task count in busy */
	wait_for_members(t);
	pthread_mutex_unlock(&t->lock);
}

struct cd_ring {
	pthread_mutex_t lock;
	pthread_cond_t pushed, finished;
	pthread_t *thread;
	int nthreads, nslots;
	void **slot;
	bool *done;
	unsigned long head, take, tail; /* pushed, taken, popped so far */
	void (*work)(void *);
	bool quit;
};

/* Works on the next slot, of which there must be one. Called with the lock
 * held. */
static void
work_on_next(struct cd_ring *r)
{
	int i = (int)(r->take++ % (unsigned long)r->nslots);

	pthread_mutex_unlock(&r->lock);
	r->work(r->slot[i]);
	pthread_mutex_lock(&r->lock);
	r->done[i] = true;
}

static void *
ring_worker(void *p)
{
	struct cd_ring *r = p;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		while (!r->quit && r->take == r->head)
			pthread_cond_wait(&r->pushed, &r->lock);
		if (r->quit)
			break;
		work_on_next(r);
		pthread_cond_signal(&r->finished);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct cd_ring *
cd_ring_new(int n, int nslots, void **slots, void (*work)(void *),
    struct cd_err *e)
{
	struct cd_ring *r = cd_calloc(1, sizeof *r, e);

	if (!r)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->pushed, NULL);
	pthread_cond_init(&r->finished, NULL);
	r->nslots = nslots;
	r->slot = slots;
	r->work = work;
	r->done = cd_calloc((size_t)nslots, sizeof *r->done, e);
	r->thread = cd_calloc((size_t)n, sizeof *r->thread, e);
	if (!r->done || !r->thread) {
		cd_ring_free(r);
		return NULL;
	}
	for (; r->nthreads < n - 1; r->nthreads++)
		if (pthread_create(&r->thread[r->nthreads], NULL, ring_worker,
			r) != 0) {
			cd_fail(e, "cannot start thread %d of %d",
			    r->nthreads + 2, n);
			cd_ring_free(r);
			return NULL;
		}
	return r;
}

void
cd_ring_free(struct cd_ring *r)
{
	int i;

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->quit = true;
	pthread_cond_broadcast(&r->pushed);
	pthread_mutex_unlock(&r->lock);
	for (i = 0; i < r->nthreads; i++)
		pthread_join(r->thread[i], NULL);
	pthread_cond_destroy(&r->pushed);
	pthread_cond_destroy(&r->finished);
	pthread_mutex_destroy(&r->lock);
	free(r->done);
	free(r->thread);
	free(r);
}

void *
cd_ring_free_slot(struct cd_ring *r)
{
	if (r->head - r->tail == (unsigned long)r->nslots)
		return NULL;
	return r->slot[r->head % (unsigned long)r->nslots];
}

void
cd_ring_push(struct cd_ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->done[r->head % (unsigned long)r->nslots] = false;
	r->head++;
	pthread_cond_signal(&r->pushed);
	pthread_mutex_unlock(&r->lock);
}

void *
cd_ring_pop(struct cd_ring *r)
{
	unsigned long i = r->tail % (unsigned long)r->nslots;

	if (r->head == r->tail)
		return NULL;
	pthread_mutex_lock(&r->lock);
	while (!r->done[i])
		if (r->take < r->head)
			work_on_next(r);
		else
			pthread_cond_wait(&r->finished, &r->lock);
	r->tail++;
	pthread_mutex_unlock(&r->lock);
	return r->slot[i];
}
