/* cd-shuffle: samples -> the same samples in random order, epoch by epoch. */
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "rec/order.h"
#include "rec/spool.h"

static struct {
	int64_t seed, epochs, from;
	const char *output;
} args = { .epochs = 1 };

static const struct cd_opt opts[] = {
	{ .name = "epochs",
	    .type = CD_OPT_INT,
	    .to = &args.epochs,
	    .arg = "count",
	    .help = "how many epochs in all (default: 1)",
	    .min = 1,
	    .max = INT32_MAX,
	    .result = true },
	{ .name = "from-epoch",
	    .type = CD_OPT_INT,
	    .to = &args.from,
	    .arg = "epoch",
	    .help = "the first epoch to write, from 0 (default: 0)",
	    .min = 0,
	    .max = INT32_MAX,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	CD_OPT_SEED(&args.seed, "the order is a function of it (default: 0)"),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-shuffle",
	.usage = "[--epochs count] [--from-epoch epoch] [-o file] [-s seed] "
		 "[file ...]",
	.about = "Puts samples in random order, anew for each epoch.",
	.opts = opts,
};

static struct cd_filter f;
static struct cd_err e;

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

/* Notes the places of samples, and of records of other kinds. */
static void
find_records(struct cd_buf *samples, struct cd_buf *others)
{
	const struct cd_rec *rec;
	int got;

	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		if (rec->kind == CD_MARK) {
			cd_fail(&e,
			    "the mark of an epoch: "
			    "the stream has been shuffled already");
			cd_filter_blame(&f, &e);
		}
		if (cd_order_add(rec->kind == CD_SAMPLE ? samples : others, rec,
			&e) < 0)
			cd_filter_blame(&f, &e);
	}
	must(got);
}

static void
put_all(const struct cd_buf *places, uint64_t epoch)
{
	const struct cd_place *p = (const struct cd_place *)places->data;
	size_t n = places->len / sizeof *p;
	const struct cd_rec *rec;
	struct cd_rec out;

	for (; n > 0; n--, p++) {
		must(cd_reader_at(f.in, p->file, p->offset, &rec, &e));
		out = *rec;
		out.epoch = epoch;
		cd_filter_put(&f, &out);
	}
}

int
main(int argc, char **argv)
{
	struct cd_buf samples = { 0 }, others = { 0 };
	int64_t epoch;
	size_t n;
	int i = cd_opt_parse(&command, argc, argv);

	if (args.from >= args.epochs)
		cd_usage("--from-epoch %lld: the last of %lld epochs is %lld",
		    (long long)args.from, (long long)args.epochs,
		    (long long)args.epochs - 1);

	cd_filter_open(&f, argv + i, argc - i, "samples");
	must(cd_reader_spool(&f.in, &e));
	find_records(&samples, &others);
	n = samples.len / sizeof(struct cd_place);
	must(cd_head_set_number(&f.head, "epochs", args.epochs, &e));
	must(cd_head_set_number(&f.head, "records", (int64_t)n, &e));
	must(cd_head_set_number(&f.head, "skipped",
	    (int64_t)cd_reader_skipped(f.in), &e));
	cd_filter_start(&f, args.output);

	for (epoch = args.from; epoch < args.epochs; epoch++) {
		cd_order_shuffle((struct cd_place *)samples.data, n,
		    (uint64_t)args.seed, (uint64_t)epoch);
		put_all(&others, (uint64_t)epoch);
		put_all(&samples, (uint64_t)epoch);
		must(cd_writer_mark(f.out, (uint64_t)epoch, &e));
	}

	cd_buf_free(&samples);
	cd_buf_free(&others);
	cd_filter_finish(&f, 0);
	return 0;
}
