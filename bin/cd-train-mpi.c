/* cd-train-mpi: cd-train in the processes that mpirun starts. */
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/ranks.h"
#include "cmd/opt.h"
#include "cmd/train_run.h"

enum {
	PIECE = 1 << 30, /* most bytes of a message: MPI counts in int */
	NAP = 50000,	 /* ns */
};
static const double patience = 0.002; /* s: then others may need this core */

static bool ended;

static void
check(int rc)
{
	if (rc != MPI_SUCCESS)
		cd_die("MPI failed");
}

/* Waits for both; MPI's own wait would keep the processor busy while rank 0
 * waits for pictures, which are made on the same machine. */
static void
wait_for(MPI_Request *both)
{
	const struct timespec nap = { .tv_nsec = NAP };
	double since = cd_seconds();
	int done = 0;

	for (;;) {
		check(MPI_Testall(2, both, &done, MPI_STATUSES_IGNORE));
		if (done)
			return;
		if (cd_seconds() - since > patience)
			nanosleep(&nap, NULL);
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
swap(const struct cd_ranks *r, int with, const void *out, size_t nout, void *in,
    size_t nin)
{
	const char *from = out;
	char *to = in;
	size_t a, b;

	(void)r;
	do {
		MPI_Request both[2];

		a = least(nout, PIECE);
		b = least(nin, PIECE);
		check(MPI_Irecv(to, (int)b, MPI_BYTE, with, 0, MPI_COMM_WORLD,
		    &both[0]));
		check(MPI_Isend(from, (int)a, MPI_BYTE, with, 0, MPI_COMM_WORLD,
		    &both[1]));
		wait_for(both);
		from += a;
		to += b;
		nout -= a;
		nin -= b;
	} while (nout > 0 || nin > 0);
}

static void
end(void)
{
	ended = true;
	MPI_Finalize();
}

/* One that ends for itself leaves the others waiting for it. */
static void
end_all(void)
{
	if (!ended)
		MPI_Abort(MPI_COMM_WORLD, 2);
}

/* The processors of this machine, divided by the ranks on it. */
static int
threads(void)
{
	MPI_Comm machine;
	int n = 1, each;

	check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0,
	    MPI_INFO_NULL, &machine));
	check(MPI_Comm_size(machine, &n));
	check(MPI_Comm_free(&machine));
	each = cd_processors() / n;
	return each > 0 ? each : 1;
}

/* What cannot be done; NULL: nothing. */
static const char *
wrong(const struct cd_train_args *a, int n)
{
	if (n > CD_RANKS_MAX || (n & (n - 1)) != 0)
		return "1, 2, 4, 8 or 16 processes are wanted, so that sums "
		       "are added in the order of cd-train";
	if (n > 1 && (a->t.budget > 0 || a->t.limit > 0))
		return "--budget and --limit: each process has a clock of its "
		       "own; give a number of epochs";
	if (n > 1 && a->lr_test)
		return "--lr-test: cd-train does that, in one process";
	return NULL;
}

static void
begin(struct cd_ranks *r, int *argc, char ***argv)
{
	static char name[64];
	int level;

	check(MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &level));
	if (atexit(end_all) != 0)
		cd_die("out of memory");
	check(MPI_Comm_rank(MPI_COMM_WORLD, &r->rank));
	check(MPI_Comm_size(MPI_COMM_WORLD, &r->n));
	snprintf(name, sizeof name, "cd-train-mpi: rank %d", r->rank);
	if (r->rank > 0)
		cd_msg_name(name);
}

int
main(int argc, char **argv)
{
	struct cd_train_args *a = cd_train_parse_mpi(argc, argv);
	struct cd_ranks r = { .swap = swap, .end = end };
	const char *why;
	int status = 2;

	begin(&r, &argc, &argv);
	if (a->t.threads == 0)
		a->t.threads = threads();
	why = wrong(a, r.n);
	if (why && r.rank == 0)
		cd_warn("%s", why);
	if (!why)
		status = cd_train_run(a, &r);
	end();
	return status;
}
