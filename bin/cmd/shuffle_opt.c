#include "cmd/shuffle_opt.h"

#include "cmd/filter.h"
#include "cmd/shard_opt.h"

static struct cd_shuffle_args args = { .epochs = 1,
	.from = -1,
	.to = -1,
	.copies = 1 };

static const struct cd_opt opts[] = {
	{ .name = "balance",
	    .type = CD_OPT_FLAG,
	    .to = &args.balance,
	    .help = "each class as often as the largest, in every epoch",
	    .result = true },
	{ .name = "copies",
	    .type = CD_OPT_INT,
	    .to = &args.copies,
	    .arg = "count",
	    .help = "how often a sample comes in an epoch (default: 1)",
	    .min = 1,
	    .max = INT32_MAX,
	    .result = true },
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
	{ .name = "from-model",
	    .type = CD_OPT_PATH,
	    .to = &args.model,
	    .arg = "model",
	    .help = "begin with the epoch that this model has come to",
	    .dash = CD_DASH_STREAM },
	CD_OPT_OUTPUT(&args.output),
	CD_OPT_SEED(&args.seed, "the order is a function of it (default: 0)"),
	CD_OPT_SHARD(&args.shard),
	{ .name = "to-epoch",
	    .type = CD_OPT_INT,
	    .to = &args.to,
	    .arg = "epoch",
	    .help = "the last epoch to write (default: the last of all)",
	    .min = 0,
	    .max = INT32_MAX,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-shuffle",
	.usage = "[--balance] [--copies count] [--epochs count] "
		 "[--from-epoch epoch | --from-model model] [-o file] "
		 "[-s seed] [--shard i/n] [--to-epoch epoch] [file ...]",
	.about = "Puts samples in random order, anew for each epoch.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

const struct cd_shuffle_args *
cd_shuffle_parse(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);

	if (args.model && args.from >= 0)
		cd_usage("--from-epoch and --from-model: one of them");
	if (args.from < 0)
		args.from = 0;
	if (args.from >= args.epochs)
		cd_usage("--from-epoch %lld: the last of %lld epochs is %lld",
		    (long long)args.from, (long long)args.epochs,
		    (long long)args.epochs - 1);
	if (args.to >= args.epochs)
		cd_usage("--to-epoch %lld: the last of %lld epochs is %lld",
		    (long long)args.to, (long long)args.epochs,
		    (long long)args.epochs - 1);
	if (args.to < 0)
		args.to = args.epochs - 1;
	if (args.to < args.from)
		cd_usage("--to-epoch %lld is before --from-epoch %lld",
		    (long long)args.to, (long long)args.from);
	if (args.model)
		args.from = cd_filter_epoch_of(args.model, args.to);
	args.names = argv + i;
	args.count = argc - i;
	return &args;
}
