/* cd-eval: measures predictions against labels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "score/metrics.h"
#include "score/predict.h"
#include "score/report.h"
#include "score/tally.h"

enum {
	REQUIRE_MAX = 16,
	WORST_MAX = 1 << 30,
};

struct requirement {
	char name[200];
	double value;
	bool known;
};

static struct {
	const char *model;
	int64_t threads, worst;
	struct cd_predict_how how;
	bool tsv;
	struct requirement require[REQUIRE_MAX];
	int nrequire;
} args;

/* NAME=VALUE */
static int
take_requirement(void *to, const char *arg, struct cd_err *e)
{
	struct requirement *r = &args.require[args.nrequire];
	/* class names may hold '=', numbers do not */
	const char *eq = strrchr(arg, '=');

	(void)to;
	if (args.nrequire == REQUIRE_MAX)
		return cd_fail(e, "more than %d of them", REQUIRE_MAX);
	if (!eq || eq == arg || (size_t)(eq - arg) >= sizeof r->name)
		return cd_fail(e,
		    "metric=value is wanted, such as "
		    "accuracy=0.8");
	memcpy(r->name, arg, (size_t)(eq - arg));
	args.nrequire++;
	return cd_parse_real(eq + 1, 0, 1e9, &r->value, e);
}

static const struct cd_opt opts[] = {
	{ .name = "model",
	    .type = CD_OPT_PATH,
	    .to = &args.model,
	    .arg = "model-file",
	    .help = "evaluate this model on samples" },
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
	    .fn = take_requirement },
	{ .name = "size",
	    .type = CD_OPT_CALL,
	    .to = &args.how,
	    .arg = "WxH|own",
	    .help = "bring pictures to this size, or run --model at theirs",
	    .fn = cd_predict_parse_size },
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
	.usage = "[--model model-file] [-j threads] [--no-average] "
		 "[--require metric=value] [--size WxH|own] [--tsv] "
		 "[--worst count] [file ...]",
	.about = "Measures predictions against labels.",
	.opts = opts,
};

static struct cd_filter f;
static struct cd_predictor *predictor;
static struct cd_tally *tally;
static struct cd_metrics metrics;
static char **class_name; /* [nclasses] */
static int nclasses;

static void
prepare(char *const *paths, int n)
{
	struct cd_err e = { "" };
	const struct cd_head *head = &f.head;

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
		head = &cd_predictor_model(predictor)->head;
	}
	class_name = cd_class_names(head, &nclasses, &e);
	if (!class_name)
		cd_die("%s", e.msg);
	if (nclasses < 2)
		cd_die("%s: the header names %d classes, predictions need 2",
		    n ? paths[0] : "standard input", nclasses);
	tally = cd_tally_new(nclasses, &e);
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
	if (cd_tally_record(tally, r, e) < 0)
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
			rc = cd_tally_record(tally, r, &e);
		if (rc < 0)
			cd_filter_blame(&f, &e);
	}
	if ((predictor && cd_predictor_flush(predictor, add, NULL, &e) < 0) ||
	    cd_tally_finish(tally, &e) < 0)
		cd_die("%s", e.msg);
	if (cd_tally_count(tally) == 0)
		cd_die("no predictions to evaluate");
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

/* arg: the exit status. */
static void
check_metric(void *arg, const char *name, double value)
{
	int *status = arg, i;

	for (i = 0; i < args.nrequire; i++) {
		struct requirement *r = &args.require[i];
		bool loss = strcmp(name, "log_loss") == 0;

		if (strcmp(r->name, name) != 0)
			continue;
		r->known = true;
		if (loss ? value <= r->value : value >= r->value)
			continue;
		cd_warn("%s is %.6g, required: at %s %.6g", name, value,
		    loss ? "most" : "least", r->value);
		*status = 1;
	}
}

static int
check_requirements(void)
{
	int i, status = 0;

	cd_metrics_each(&metrics, class_name, check_metric, &status);
	for (i = 0; i < args.nrequire; i++)
		if (!args.require[i].known)
			cd_die("--require: there is no metric '%s'",
			    args.require[i].name);
	return status;
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv), status;
	struct cd_err e = { "" };

	if (args.threads == 0)
		args.threads = cd_processors();
	if (!args.model &&
	    (args.how.w > 0 || args.how.own || args.how.no_average))
		cd_usage("--size and --no-average need --model");

	prepare(argv + i, argc - i);

	read_all();
	if (cd_metrics_of(&metrics, cd_tally_p(tally), cd_tally_labels(tally),
		cd_tally_count(tally), nclasses, &e) < 0)
		cd_die("%s", e.msg);

	status = check_requirements();
	(args.tsv ? cd_report_tsv : cd_report_text)(stdout, &metrics,
	    class_name);
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
