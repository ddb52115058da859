#include "base/team.h"

#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "unit/check.h"

enum {
	TASKS = 1000,
	SLOTS = 8,
	THREADS_MAX = 5,
};

struct job {
	int done[TASKS];
	int by_worker[THREADS_MAX];
	int size;
};

static void
one_task(void *arg, int i, int worker)
{
	struct job *j = arg;

	j->done[i]++;
	if (worker >= 0 && worker < j->size)
		j->by_worker[worker]++; /* a worker is one thread at a time */
}

/* Every task is done once, in every round, whatever the number of threads. */
static void
test_team(int threads)
{
	struct cd_err e = { "" };
	struct cd_team *t = cd_team_new(threads, &e);
	struct job j;
	int round, i, n, sum;

	CHECK(t != NULL);
	for (round = 0; t && round < 300; round++) {
		n = round % 5 == 0 ? round : round % 3;
		memset(&j, 0, sizeof j);
		j.size = threads;
		cd_team_run(t, n, one_task, &j);
		for (i = 0; i < TASKS; i++)
			CHECK(j.done[i] == (i < n));
		for (sum = 0, i = 0; i < threads; i++)
			sum += j.by_worker[i];
		CHECK(sum == n);
	}
	cd_team_free(t);
}

struct slot {
	int number;
	uint64_t result;
};

static uint64_t
answer(int number)
{
	return cd_hash(&number, sizeof number);
}

/* Takes longer for some than for others, so that they end out of order. */
static void
work(void *p)
{
	struct slot *s = p;
	struct timespec nap = { 0, s->number % 7 == 0 ? 200000 : 0 };

	if (nap.tv_nsec)
		nanosleep(&nap, NULL);
	s->result = answer(s->number);
}

static int
pop_in_order(struct cd_ring *r, int want)
{
	struct slot *s = cd_ring_pop(r);

	if (!s)
		return 0;
	CHECK(s->number == want);
	CHECK(s->result == answer(want));
	return 1;
}

static void
test_ring(int threads, int nslots, int items)
{
	struct slot slot[SLOTS];
	void *slots[SLOTS];
	struct cd_err e = { "" };
	struct cd_ring *r;
	struct slot *s;
	int i, in, out = 0;

	for (i = 0; i < nslots; i++)
		slots[i] = &slot[i];
	r = cd_ring_new(threads, nslots, slots, work, &e);
	CHECK(r != NULL);
	if (!r)
		return;
	CHECK(!cd_ring_pop(r));
	for (in = 0; in < items; in++) {
		while (!(s = cd_ring_free_slot(r)))
			out += pop_in_order(r, out);
		s->number = in;
		s->result = 0;
		cd_ring_push(r);
		CHECK(in + 1 - out <= nslots);
	}
	while (pop_in_order(r, out))
		out++;
	CHECK(out == items);
	CHECK(!cd_ring_pop(r));
	cd_ring_free(r);
}

/* A ring that is given up with work in flight: what an error does. */
static void
test_ring_given_up(int threads)
{
	struct slot slot[SLOTS];
	void *slots[SLOTS];
	struct cd_err e = { "" };
	struct cd_ring *r;
	struct slot *s;
	int i;

	for (i = 0; i < SLOTS; i++)
		slots[i] = &slot[i];
	r = cd_ring_new(threads, SLOTS, slots, work, &e);
	CHECK(r != NULL);
	for (i = 0; r && (s = cd_ring_free_slot(r)); i++) {
		s->number = i;
		cd_ring_push(r);
	}
	CHECK(i == SLOTS);
	cd_ring_free(r);
}

int
main(void)
{
	int n;

	for (n = 1; n <= THREADS_MAX; n++) {
		test_team(n);
		test_ring(n, SLOTS, 500);
		test_ring(n, 1, 50);
		test_ring(n, SLOTS, 3);
		test_ring(n, SLOTS, 0);
		test_ring_given_up(n);
	}
	cd_team_free(NULL);
	cd_ring_free(NULL);
	return CHECK_DONE();
}
