#include "cmd/train_ranks.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cpu.h"
#include "cmd/opt.h"
#include "rec/layout.h"
#include "train/feed.h"

/* Each rank's x becomes known to all; all: [n] of them. */
static void
tell(const struct cd_ranks *r, void *all, const void *x, size_t n)
{
	size_t at[CD_RANKS_MAX + 1];
	int i;

	for (i = 0; i <= r->n; i++)
		at[i] = i * n;
	memcpy((char *)all + r->rank * n, x, n);
	cd_ranks_gather(r, all, at);
}

int
cd_train_all(const struct cd_ranks *r, int rc, struct cd_err *e)
{
	struct said {
		int rc;
		struct cd_err e;
	} one = { rc, { "" } }, all[CD_RANKS_MAX];
	int i;

	if (!r)
		return rc;
	if (rc < 0)
		one.e = *e;
	tell(r, all, &one, sizeof one);
	for (i = 0; i < r->n && all[i].rc >= 0; i++)
		;
	if (i == r->n)
		return rc;
	*e = all[i].e;
	return i > 0 ? cd_fail_at(e, "rank %d", i) : -1;
}

void
cd_train_end(const struct cd_ranks *r)
{
	char one = 0, all[CD_RANKS_MAX];

	tell(r, all, &one, 1);
	r->end();
}

static bool
is_null(int fd)
{
	struct stat st;

	/* on Linux, device 1:3 */
	return fstat(fd, &st) < 0 ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
}

bool
cd_train_own_input(const struct cd_ranks *r, int nfiles)
{
	char own = nfiles > 0 || !is_null(STDIN_FILENO), all[CD_RANKS_MAX];

	tell(r, all, &own, 1);
	return !memchr(all + 1, 0, (size_t)r->n - 1);
}

/* ---- are they alike? ---- */

static uint32_t
sum_model(const struct cd_model *m)
{
	uint32_t sum = cd_crc(0, m->net.text, strlen(m->net.text));
	int i, k;

	for (i = 0; i < m->nparams; i++) {
		const struct cd_param *p = &m->param[i];
		size_t bytes = p->n * sizeof *p->value;

		sum = cd_crc(sum, p->value, bytes);
		for (k = 0; k < CD_SLOTS_MAX; k++)
			if (p->slot[k])
				sum = cd_crc(sum, p->slot[k], bytes);
	}
	return sum;
}

/* What must be the same, and what it is called. */
enum {
	BUILD,
	PROCESSOR,
	OPTIONS,
	DATA,
	MODEL,
	ASPECTS,
};
static const char *const aspects[ASPECTS] = {
	[BUILD] = "of another build than rank 0",
	[PROCESSOR] = "has another processor than rank 0: set CD_CPU for both",
	[OPTIONS] = "has other options than rank 0",
	[DATA] = "has other data than rank 0, by their header",
	[MODEL] = "has another model, or it stands elsewhere, than rank 0",
};

static uint32_t
sum_options(const struct cd_train_args *a)
{
	const struct cd_trainer *t = &a->t;
	const char *text = cd_opt_provenance();
	const int64_t n[] = { a->batch, a->patience, t->validate_every,
		t->best_by, !!t->validate, !!t->statistics };

	return cd_crc(cd_crc(0, text, strlen(text)), n, sizeof n);
}

int
cd_train_alike(const struct cd_ranks *r, const struct cd_train_args *a,
    const struct cd_head *data, struct cd_err *e)
{
	static const char build[] = CD_VERSION " " __VERSION__;
	uint32_t own[ASPECTS], all[CD_RANKS_MAX][ASPECTS];
	const struct cd_buf *text = &a->t.model.head.text;
	int i, k;

	own[BUILD] = cd_crc(0, build, sizeof build);
	own[PROCESSOR] = (uint32_t)cd_cpu_level();
	own[OPTIONS] = sum_options(a);
	own[MODEL] = cd_crc(sum_model(&a->t.model), text->data, text->len);
	own[DATA] = cd_crc(0, data->text.data, data->text.len);
	tell(r, all, own, sizeof own);
	for (k = 0; k < ASPECTS; k++)
		for (i = 1; i < r->n; i++)
			if (all[i][k] != all[0][k])
				return cd_fail(e, "rank %d %s%s", i,
				    k == BUILD ? "is " : "", aspects[k]);
	return 0;
}

/* ---- what rank 0 hands out ---- */

int
cd_train_share_head(const struct cd_ranks *r, struct cd_head *h, int *size,
    struct cd_err *e)
{
	uint64_t of[2] = { h->text.len, (uint64_t)*size };
	int rc;

	cd_ranks_share(r, of, sizeof of);
	rc = r->rank == 0 ? 0 : cd_buf_reserve(&h->text, of[0], e);
	if (cd_train_all(r, rc, e) < 0)
		return -1;
	cd_ranks_share(r, h->text.data, of[0]);
	h->text.len = of[0];
	*size = (int)of[1];
	return 0;
}

int
cd_train_share_batch(const struct cd_ranks *r, struct cd_feed_batch *b,
    int channels, int classes, struct cd_buf *memory, struct cd_err *e)
{
	void *at[3] = { (void *)(uintptr_t)b->images, b->targets, b->labels };
	size_t n[3];
	int i, rc = 0;

	cd_ranks_share(r, b, sizeof *b);
	n[0] = (size_t)b->n * b->h * b->w * channels;
	n[1] = (size_t)b->n * classes * sizeof *b->targets;
	n[2] = (size_t)b->n * sizeof *b->labels;
	for (i = 0; i < 3 && r->rank > 0 && rc == 0; i++) {
		memory[i].len = 0;
		rc = cd_buf_reserve(&memory[i], n[i], e);
		at[i] = memory[i].data;
	}
	if (cd_train_all(r, rc, e) < 0)
		return -1;
	for (i = 0; i < 3; i++)
		cd_ranks_share(r, at[i], n[i]);
	b->images = at[0];
	b->targets = at[1];
	b->labels = at[2];
	return 0;
}

/* ---- before a step ---- */

struct told {
	int event, stop;
	uint32_t batch;
};

static uint32_t
sum_batch(const struct cd_feed_batch *b, const struct cd_model *m)
{
	uint64_t k = (uint64_t)m->net.nclasses, n = (uint64_t)b->n;
	uint64_t of[] = { n, (uint64_t)b->h, (uint64_t)b->w, b->epoch };
	uint32_t sum = cd_crc(0, of, sizeof of);

	if (n == 0)
		return sum;
	sum = cd_crc(sum, b->images, n * of[1] * of[2] * m->net.in[2]);
	sum = cd_crc(sum, b->targets, n * k * sizeof *b->targets);
	return cd_crc(sum, b->labels, n * sizeof *b->labels);
}

/* Do all have the event and the batch of rank 0? */
static int
compare(const struct told *all, int n, struct cd_err *e)
{
	int i;

	for (i = 1; i < n; i++)
		if (all[i].event != all[0].event ||
		    all[i].batch != all[0].batch)
			return cd_fail(e,
			    "rank %d reads other pictures than rank 0, or in "
			    "other batches",
			    i);
	return 0;
}

int
cd_train_agree(const struct cd_ranks *r, struct cd_train_found *found,
    const struct cd_feed_batch *b, const struct cd_model *m, bool own,
    struct cd_err *e)
{
	struct told one = { found->event, found->stop, 0 };
	struct told all[CD_RANKS_MAX];
	bool failed = false;
	int i;

	/* one that waited for a batch when it was told to stop has none */
	if (own && one.event > 0 && !one.stop)
		one.batch = sum_batch(b, m);
	tell(r, all, &one, sizeof one);
	for (i = 0; i < r->n; i++) {
		found->stop = found->stop || all[i].stop;
		failed = failed || all[i].event < 0;
	}
	if (failed)
		return cd_train_all(r, one.event, e);
	if (found->stop)
		return 0;
	if (own)
		return compare(all, r->n, e);
	found->event = all[0].event;
	return 0;
}

int
cd_train_same_model(const struct cd_ranks *r, const struct cd_model *m,
    struct cd_err *e)
{
	uint32_t own = sum_model(m), all[CD_RANKS_MAX];
	int i;

	tell(r, all, &own, sizeof own);
	for (i = 1; i < r->n; i++)
		if (all[i] != all[0])
			return cd_fail(e,
			    "rank %d has computed another model than rank 0: "
			    "their processors or libraries differ",
			    i);
	return 0;
}
