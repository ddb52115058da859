#include "cmd/filter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/rng.h"
#include "cmd/opt.h"
#include "cmd/pace.h"

/* Is what the stream holds one of the words of wanted? */
static int
holds_one_of(const struct cd_head *h, const char *wanted)
{
	const char *p = wanted, *held;
	size_t n, len;

	held = cd_head_nth(h, "holds", 0, &len);
	for (; held && *p; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		if (n == len && memcmp(p, held, n) == 0)
			return 1;
	}
	return 0;
}

void
cd_filter_open(struct cd_filter *f, char *const *paths, int n,
    const char *holds)
{
	struct cd_err e = { "" };
	const char *held;
	char shown[64];
	size_t first, len = 0;

	memset(f, 0, sizeof *f);
	f->began = cd_seconds();
	if (cd_reader_open(&f->in, paths, n, &e) < 0 ||
	    cd_head_copy(&f->head, cd_reader_head(f->in), &e) < 0)
		cd_die("%s", e.msg);
	/* these lines are true of the first stream only */
	if (n > 1) {
		cd_head_remove(&f->head, "records");
		cd_head_remove(&f->head, "epochs");
		cd_head_remove(&f->head, "skipped");
		cd_head_remove(&f->head, "shard");
	}
	if (holds && !holds_one_of(&f->head, holds)) {
		held = cd_head_nth(&f->head, "holds", 0, &len);
		first = strcspn(holds, " ");
		cd_die("%s: the stream holds %s; wanted: %.*s%s%s%s",
		    n ? paths[0] : "standard input",
		    cd_escape(shown, sizeof shown, held ? held : "", len),
		    (int)first, holds, holds[first] ? " or " : "",
		    holds + first + (holds[first] != '\0'),
		    strcmp(holds, "predictions") == 0 ?
			", which cd-predict makes" :
			"");
	}
	if (cd_head_add(&f->head, "made", cd_opt_provenance(), &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_filter_made(struct cd_filter *f, const char *more)
{
	const struct cd_head *from = cd_reader_head(f->in);
	struct cd_head *h = &f->head;
	struct cd_err e = { "" };
	char made[8192];

	snprintf(made, sizeof made, "%s %s", cd_opt_provenance(), more);
	cd_head_remove(h, "made");
	if (cd_head_copy_lines(h, "made", from, "made", &e) < 0 ||
	    cd_head_add(h, "made", made, &e) < 0)
		cd_die("%s", e.msg);
}

int64_t
cd_filter_epochs(struct cd_filter *f, const char *option)
{
	int64_t n = cd_head_number(&f->head, "epochs");

	if (n < 0)
		cd_die("%s: the header does not say how many epochs there are; "
		       "cd-shuffle writes that",
		    option);
	f->by_epochs = option;
	f->epochs = (uint64_t)n;
	return n;
}

void
cd_filter_check_epoch(struct cd_filter *f, const struct cd_rec *r)
{
	struct cd_err e = { "" };

	if (cd_epochs_take(&f->order, r, &e) < 0)
		cd_filter_blame(f, &e);
	if (!f->by_epochs || r->epoch < f->epochs)
		return;
	cd_fail(&e,
	    "epoch %llu, but the first header says that there are %llu, and "
	    "%s goes by that: cd-shuffle --epochs says how many in all, and "
	    "--from-epoch and --to-epoch which of them",
	    (unsigned long long)r->epoch, (unsigned long long)f->epochs,
	    f->by_epochs);
	cd_filter_blame(f, &e);
}

int64_t
cd_filter_epoch_of(const char *model, int64_t last)
{
	char *path[1] = { (char *)(uintptr_t)model };
	struct cd_err e = { "" };
	struct cd_reader *in;
	int64_t epoch;

	if (cd_reader_open(&in, path, 1, &e) < 0)
		cd_die("%s", e.msg);
	if (!cd_head_is(cd_reader_head(in), "holds", "model"))
		cd_die("%s: not a model", model);
	epoch = cd_head_number(cd_reader_head(in), "epoch");
	cd_reader_close(in);
	if (epoch < 0) /* never trained */
		return 0;
	return epoch < last ? epoch : last;
}

uint64_t
cd_filter_tail(struct cd_filter *f, double share)
{
	int64_t n = cd_filter_epochs(f, "--clean-tail");

	return (uint64_t)(n - llround(share * (double)n));
}

void
cd_filter_shard(struct cd_filter *f, const struct cd_shard *s)
{
	struct cd_err e = { "" };
	struct cd_shard old;

	if (s->n == 0)
		return;
	if (cd_shard_of(&f->head, &old, &e) < 0)
		cd_die("%s", e.msg);
	if (old.n > 0)
		cd_die("--shard: the stream is a shard already, %u/%u", old.i,
		    old.n);
	f->shard = *s;
	/* what was skipped before is counted once, by the first */
	if ((s->i > 1 && cd_head_count(&f->head, "skipped") > 0 &&
		cd_head_set_skipped(&f->head, 0, &e) < 0) ||
	    cd_shard_mark(&f->head, s, &e) < 0)
		cd_die("%s", e.msg);
}

bool
cd_filter_takes_key(struct cd_filter *f, uint64_t key)
{
	f->seq = f->next++;
	return cd_shard_has(&f->shard, key);
}

bool
cd_filter_takes(struct cd_filter *f, const struct cd_rec *r)
{
	return f->shard.n == 0 || r->kind == CD_MARK ||
	    cd_filter_takes_key(f, cd_hash(r->key, strlen(r->key)));
}

void
cd_filter_start(struct cd_filter *f, const char *path)
{
	struct cd_err e = { "" };

	if (cd_writer_open(&f->out, path, &f->head, &e) < 0)
		cd_die("%s", e.msg);
}

const struct cd_rec *
cd_filter_next(struct cd_filter *f)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int got = cd_reader_next(f->in, &r, &e);

	if (got < 0)
		cd_die("%s", e.msg);
	return got ? r : NULL;
}

void
cd_filter_put(struct cd_filter *f, const struct cd_rec *r)
{
	struct cd_err e = { "" };
	struct cd_rec out;

	if (r->kind == CD_MARK)
		f->next = 0;
	if (f->shard.n > 0) {
		out = *r;
		out.seq = f->seq;
		r = &out;
	}
	if (cd_writer_put(f->out, r, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_filter_mark(struct cd_filter *f, uint64_t epoch)
{
	struct cd_err e = { "" };

	f->next = 0;
	if (cd_writer_mark(f->out, epoch, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_filter_finish(struct cd_filter *f, uint64_t more)
{
	struct cd_pace pace = { .began = f->began,
		.input = cd_reader_waited(f->in, 0),
		.output = cd_writer_waited(f->out) - cd_seconds(),
		.records = cd_reader_count(f->in) };
	uint64_t before = f->shard.i > 1 ? 0 : cd_reader_skipped(f->in);
	struct cd_err e = { "" };

	if (cd_writer_count(f->out) > pace.records)
		pace.records = cd_writer_count(f->out);
	if (cd_writer_close(f->out, cd_add_most(before, more), &e) < 0)
		cd_die("%s", e.msg);
	pace.output += cd_seconds(); /* closing is waiting too */
	cd_pace_tell(&pace);
	cd_reader_close(f->in);
	cd_head_free(&f->head);
}

void
cd_filter_blame(struct cd_filter *f, struct cd_err *e)
{
	cd_reader_blame(f->in, e);
	cd_die("%s", e->msg);
}
