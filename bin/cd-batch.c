/* cd-batch: samples -> batches, stacked tensor by tensor. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/filter.h"
#include "cmd/mixing.h"
#include "cmd/opt.h"
#include "rec/stack.h"

static struct {
	int64_t n;
	bool drop_last;
	const char *output;
	struct cd_mixing mixing;
} args = { .n = 32, .mixing = CD_MIXING_NONE };

static const struct cd_opt opts[] = {
	{ .name = "drop-last",
	    .type = CD_OPT_FLAG,
	    .to = &args.drop_last,
	    .help = "drop an epoch's last batch if not full",
	    .result = true },
	{ .name = "batch",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.n,
	    .arg = "count",
	    .help = "samples in a batch (default: 32)",
	    .min = 1,
	    .max = CD_BATCH_MAX,
	    .result = true },
	CD_MIXING_OPTS(&args.mixing),
	CD_OPT_OUTPUT(&args.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-batch",
	.usage = "[-n count] [-o file] [-s seed] [--clean-tail share] "
		 "[--cutmix alpha] [--drop-last] [--log-parameters file] "
		 "[--mixup alpha] [--replay file] [file ...]",
	.about = "Puts samples together in batches; mixes them.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

static struct cd_filter f;
static struct cd_stack stack;
static struct cd_err e;
static bool written; /* a batch of this epoch */

static void
prepare_head(void)
{
	int64_t records = cd_shard_records(&f.head);

	cd_shard_forget(&f.head);
	if (cd_head_set(&f.head, "holds", "batches", &e) < 0 ||
	    cd_head_set_number(&f.head, "batch", args.n, &e) < 0)
		cd_die("%s", e.msg);
	if (records < 0)
		return;
	records = records / args.n + (!args.drop_last && records % args.n > 0);
	if (cd_head_set_number(&f.head, "records", records, &e) < 0)
		cd_die("%s", e.msg);
}

static void
put_batch(void)
{
	struct cd_rec rec;

	cd_mixing_batch(&args.mixing, &stack, &rec);
	cd_filter_put(&f, &rec);
	cd_stack_clear(&stack);
	written = true;
}

/* At the end of an epoch, or of the stream. */
static void
flush(void)
{
	if (stack.n > 0 && !written)
		cd_die("a batch of %lld is larger than the data: "
		       "%llu samples in an epoch",
		    (long long)args.n, (unsigned long long)stack.n);
	if (stack.n > 0 && !args.drop_last)
		put_batch();
	cd_mixing_drop(&args.mixing);
	cd_stack_clear(&stack);
	written = false;
}

static void
take(const struct cd_rec *rec)
{
	cd_mixing_take(&args.mixing, &f, rec);
	if (cd_stack_add(&stack, rec, (uint64_t)args.n, &e) < 0)
		cd_filter_blame(&f, &e);
	if (stack.n == (uint64_t)args.n)
		put_batch();
}

int
main(int argc, char **argv)
{
	const struct cd_rec *rec;
	int i = cd_opt_parse(&command, argc, argv);

	cd_mixing_check(&args.mixing);
	cd_filter_open(&f, argv + i, argc - i, "samples");
	prepare_head();
	cd_mixing_open(&args.mixing, &f);
	cd_filter_start(&f, args.output);

	while ((rec = cd_filter_next(&f))) {
		cd_filter_check_epoch(&f, rec);
		if (rec->kind == CD_SAMPLE) {
			take(rec);
			continue;
		}
		if (rec->kind == CD_MARK)
			flush();
		cd_filter_put(&f, rec);
	}

	flush();
	cd_mixing_close(&args.mixing);
	cd_filter_finish(&f, 0);
	cd_stack_free(&stack);
	return 0;
}
