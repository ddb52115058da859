/* cd-eval: measures predictions against labels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "cmd/require.h"
#include "score/gather.h"
#include "score/metrics.h"
#include "score/paired.h"
#include "score/predict.h"
#include "score/report.h"
#include "score/tally.h"

enum {
	WORST_MAX = 1 << 30,
};

static struct {
	const char *model, *against;
	int64_t threads, top, worst;
	struct cd_predict_how how;
	bool tsv;
} args;

static const struct cd_opt opts[] = {
	{ .name = "against",
	    .type = CD_OPT_PATH,
	    .to = &args.against,
	    .arg = "predictions",
	    .help = "compare with these, of the same pictures",
	    .dash = CD_DASH_STREAM },
	{ .name = "model",
	    .type = CD_OPT_PATH,
	    .to = &args.model,
	    .arg = "model-file",
	    .help = "evaluate this model on samples",
	    .dash = CD_DASH_STREAM },
	{ .name = "threads",
	    .letter = 'j',
	    .type = CD_OPT_INT,
	    .to = &args.threads,
	    .arg = "threads",
	    .help = "for --model (default: one for each processor)",
	    .min = 1,
	    .max = CD_THREADS_MAX },
	{ .name = "no-average",
	    .type = CD_OPT_FLAG,
	    .to = &args.how.no_average,
	    .help = "of --model, use the last parameters, not their average" },
	{ .name = "require",
	    .type = CD_OPT_CALL,
	    .arg = "metric=value",
	    .help = "exit 1 where the metric is worse; may be repeated",
	    .words = CD_WORDS("accuracy=", "log_loss=", "auc=",
		"balanced_accuracy=", "macro_f1="),
	    .fn = cd_require_take,
	    .many = true },
	{ .name = "size",
	    .type = CD_OPT_CALL,
	    .to = &args.how.size,
	    .arg = "WxH|own",
	    .help = "bring pictures to this size, or run --model at theirs",
	    .words = CD_WORDS("own"),
	    .fn = cd_run_size_parse },
	{ .name = "top",
	    .type = CD_OPT_INT,
	    .to = &args.top,
	    .arg = "count",
	    .help = "how often the class is among so many most probable",
	    .min = 1,
	    .max = CD_CLASSES_MAX },
	{ .name = "tsv",
	    .type = CD_OPT_FLAG,
	    .to = &args.tsv,
	    .help = "print lines of metric, tab, value" },
	{ .name = "worst",
	    .type = CD_OPT_INT,
	    .to = &args.worst,
	    .arg = "count",
	    .help = "list the most wrong predictions",
	    .min = 1,
	    .max = WORST_MAX },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-eval",
	.usage = "[--against predictions] [--model model-file] [-j threads] "
		 "[--no-average] [--require metric=value] [--size WxH|own] "
		 "[--top count] [--tsv] [--worst count] [file ...]",
	.about = "Measures predictions against labels.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static struct cd_filter f;
static struct cd_predictor *predictor;
static struct cd_tally *tally;
static struct cd_metrics metrics;
static struct cd_paired paired;	      /* with --against */
static const struct cd_head *classes; /* of the predictions */
static char **class_name;	      /* [nclasses] */
static int nclasses;

static void
prepare(char *const *paths, int n)
{
	struct cd_err e = { "" };

	classes = &f.head;
	args.how.batch = CD_PREDICT_BATCH;
	args.how.threads = (int)args.threads;
	if (args.model &&
	    cd_predictor_open(&predictor, args.model, &args.how, &e) < 0)
		cd_die("%s", e.msg);
	cd_filter_open(&f, paths, n,
	    args.model ? "samples batches" : "predictions");
	if (args.model) {
		if (cd_predictor_start(predictor, &f.head, &e) < 0)
			cd_die("%s: %s", n ? paths[0] : "standard input",
			    e.msg);
		classes = &cd_predictor_model(predictor)->head;
	}
	class_name = cd_class_names(classes, &nclasses, &e);
	if (!class_name)
		cd_die("%s", e.msg);
	if (nclasses < 2)
		cd_die("%s: the header names %d classes, predictions need 2",
		    n ? paths[0] : "standard input", nclasses);
	if (args.top > nclasses)
		cd_die("--top %lld: there are %d classes", (long long)args.top,
		    nclasses);
	tally = cd_tally_new(nclasses, false, &e);
	if (!tally)
		cd_die("%s", e.msg);
}

/* Adds a prediction. Its picture need not be the record read last, so the error
 * names its key. */
static int
add(void *arg, const struct cd_rec *r, struct cd_err *e)
{
	char key[160];

	(void)arg;
	if (cd_tally_record(tally, r, NULL, e) < 0)
		cd_die("%s: %s",
		    cd_escape(key, sizeof key, r->key, strlen(r->key)), e->msg);
	return 0;
}

static void
read_all(void)
{
	struct cd_err e = { "" };
	const struct cd_rec *r;
	int rc = 0;

	while ((r = cd_filter_next(&f))) {
		if (predictor)
			rc = cd_predictor_put(predictor, r, add, NULL, &e);
		else if (r->kind == CD_PREDICTION)
			rc = cd_tally_record(tally, r, NULL, &e);
		if (rc < 0)
			cd_filter_blame(&f, &e);
	}
	if ((predictor && cd_predictor_flush(predictor, add, NULL, &e) < 0) ||
	    cd_tally_labelled(tally, &e) < 0)
		cd_die("%s", e.msg);
	cd_tally_finish(tally);
	if (cd_tally_count(tally) == 0)
		cd_die("no predictions to evaluate");
}

static void
compute(const char *name)
{
	struct cd_gathered other;
	struct cd_err e = { "" };

	if (cd_metrics_of(&metrics, cd_tally_p(tally), cd_tally_labels(tally),
		cd_tally_count(tally), nclasses, &e) < 0)
		cd_die("%s", e.msg);
	if (args.top > 0)
		cd_metrics_top(&metrics, cd_tally_p(tally),
		    cd_tally_labels(tally), (int)args.top);
	if (!args.against)
		return;
	if (cd_gather(&other, args.against, classes, false, &e) < 0 ||
	    cd_paired_compare(&paired, tally, name, other.tally, other.name,
		nclasses, &e) < 0)
		cd_die("%s", e.msg);
	cd_gathered_free(&other);
}

static void
print_paired(void)
{
	char shown[160];

	if (args.tsv)
		cd_report_paired_tsv(stdout, &paired);
	else
		cd_report_paired_text(stdout, &paired,
		    cd_escape(shown, sizeof shown, args.against,
			strlen(args.against)));
}

static void
print_worst(void)
{
	struct cd_err e = { "" };

	if (!args.tsv)
		puts("\nworst: key, true class, predicted, p(true class)");
	if (cd_report_worst(stdout, tally, &metrics, class_name,
		(size_t)args.worst, args.tsv ? "worst\t" : "", &e) < 0)
		cd_die("%s", e.msg);
}

static int
check_requirements(void)
{
	int status = 0;

	cd_metrics_each(&metrics, class_name, cd_require_check, &status);
	if (args.against)
		cd_paired_each(&paired, cd_require_check, &status);
	cd_require_known();
	return status;
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv), status;

	if (args.threads == 0)
		args.threads = cd_processors();
	if (!args.model &&
	    (args.how.size.w > 0 || args.how.size.own || args.how.no_average))
		cd_usage("--size and --no-average need --model");

	prepare(argv + i, argc - i);

	read_all();
	compute(argc - i == 1 ? argv[i] : "the predictions read");

	status = check_requirements();
	(args.tsv ? cd_report_tsv : cd_report_text)(stdout, &metrics,
	    class_name);
	if (args.against)
		print_paired();
	if (args.worst > 0)
		print_worst();
	cd_metrics_free(&metrics);
	cd_tally_free(tally);
	free(class_name);
	cd_predictor_close(predictor);
	cd_reader_close(f.in);
	cd_head_free(&f.head);
	cd_close_stdout();
	return status;
}
