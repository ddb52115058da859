/* Threads: a team that runs n tasks and waits for them (the trainer), and a
 * ring that works on records and keeps their order (filters). Both block when
 * idle, the team after some microseconds. */
#ifndef CD_BASE_TEAM_H
#define CD_BASE_TEAM_H

#include <stddef.h>

#include "base/err.h"

enum {
	CD_THREADS_MAX = 1024, /* most that a user may request */
};

/* Processors online, 1 to CD_THREADS_MAX. */
int cd_processors(void);

struct cd_team;

/* A team of n threads, the caller included (n = 1: none is created). NULL with
 * e filled if threads cannot be created. */
struct cd_team *cd_team_new(int n, struct cd_err *);
void cd_team_free(struct cd_team *);

/* Calls fn(arg, i, worker) once for each i in 0 .. n-1, on any thread, and
 * returns when all are done. worker: 0 .. size-1, to index scratch memory.
 * Results must not depend on which worker ran which task. */
void cd_team_run(struct cd_team *, int n,
    void (*fn)(void *arg, int i, int worker), void *arg);

/* To be called when a round begins (task -1) and after each of its tasks, with
 * the seconds (base/clock.h) when that began and ended; NULL: no longer. For a
 * team of one, between rounds. */
void cd_team_watch(struct cd_team *,
    void (*note)(void *arg, int task, double from, double to), void *arg);

struct cd_ring;

/* A ring of slots worked on by n threads, the caller included, which works
 * where it would wait: in pop. Up to nslots are in flight. slots: nslots
 * pointers, owned by the caller, which must outlive the ring; work(slot) runs
 * on any thread and reports failure inside the slot. One thread calls the
 * functions below. */
struct cd_ring *cd_ring_new(int n, int nslots, void **slots,
    void (*work)(void *slot), struct cd_err *);
void cd_ring_free(struct cd_ring *);

/* The next free slot, to fill; NULL: all are in flight, pop one first. */
void *cd_ring_free_slot(struct cd_ring *);
/* Hands the slot that cd_ring_free_slot returned to the workers. */
void cd_ring_push(struct cd_ring *);
/* Waits for the oldest slot in flight; NULL: none in flight. The slot is the
 * caller's until the next call of cd_ring_free_slot or cd_ring_pop. */
void *cd_ring_pop(struct cd_ring *);

#endif
