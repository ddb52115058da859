/* Threads, in two forms: a team that does one thing n times and waits (the
 * trainer), and a ring that works on records and keeps their order (filters).
 * Both block when idle; neither spins. */
#ifndef CD_BASE_TEAM_H
#define CD_BASE_TEAM_H

#include <stddef.h>

#include "base/err.h"

enum {
	CD_THREADS_MAX = 1024, /* that a user may ask for */
};

/* The processors online, 1 to CD_THREADS_MAX. */
int cd_processors(void);

struct cd_team;

/* A team of n threads in all, the caller's among them (n = 1: no thread is
 * made). NULL with e filled where threads cannot be had. */
struct cd_team *cd_team_new(int n, struct cd_err *);
void cd_team_free(struct cd_team *);

/* Calls fn(arg, i, worker) for i in 0 .. n-1, each once, on any thread
 * (worker: 0 .. size-1, for scratch memory), and returns when all are done.
 * Results must not depend on who did what. */
void cd_team_run(struct cd_team *, int n,
    void (*fn)(void *arg, int i, int worker), void *arg);

struct cd_ring;

/* A ring of slots worked on by n threads (n = 1: in the caller, at push). Up
 * to nslots are in flight. slots: nslots pointers, the caller's to own;
 * work(slot) runs on any thread and reports failure inside the slot. */
struct cd_ring *cd_ring_new(int n, int nslots, void **slots,
    void (*work)(void *slot), struct cd_err *);
void cd_ring_free(struct cd_ring *);

/* The free slot to fill next; NULL: all are in flight, pop one first. */
void *cd_ring_free_slot(struct cd_ring *);
/* Hands the slot that cd_ring_free_slot gave to the workers. */
void cd_ring_push(struct cd_ring *);
/* The oldest slot in flight, waiting until it is done; NULL: none in flight.
 * It is the caller's until the next call of cd_ring_free_slot or
 * cd_ring_pop. */
void *cd_ring_pop(struct cd_ring *);

#endif
