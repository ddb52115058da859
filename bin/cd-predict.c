/* cd-predict: samples or batches -> predictions of a model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "cmd/pace.h"
#include "score/metrics.h"
#include "score/predict.h"
#include "score/report.h"

static struct {
	const char *model, *output;
	int64_t batch, threads;
	struct cd_predict_how how;
	bool tsv;
} args = { .batch = CD_PREDICT_BATCH };

static const struct cd_opt opts[] = {
	{ .name = "model",
	    .type = CD_OPT_PATH,
	    .to = &args.model,
	    .arg = "model-file",
	    .help = "the model; must be given",
	    .dash = CD_DASH_STREAM },
	CD_OPT_THREADS(&args.threads),
	{ .name = "batch",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.batch,
	    .arg = "count",
	    .help = "pictures computed at a time (default: 32)",
	    .min = 1,
	    .max = 65536,
	    .result = true },
	{ .name = "no-average",
	    .type = CD_OPT_FLAG,
	    .to = &args.how.no_average,
	    .help = "not the model's moving average, its last parameters",
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "size",
	    .type = CD_OPT_CALL,
	    .to = &args.how.size,
	    .arg = "WxH|own",
	    .help = "bring pictures to this size, or run the net at theirs",
	    .words = CD_WORDS("own"),
	    .fn = cd_run_size_parse,
	    .result = true },
	{ .name = "tsv",
	    .type = CD_OPT_FLAG,
	    .to = &args.tsv,
	    .help = "print a table with tabs instead of a stream" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-predict",
	.usage = "--model model-file [-j threads] [-n count] [--no-average] "
		 "[-o file] [--size WxH|own] [--tsv] [file ...]",
	.about = "Predicts the classes of pictures.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_READ,
};

static struct cd_filter f;
static struct cd_predictor *predictor;
static char **class_name; /* [nclasses] */
static int nclasses;

/* Turns the header of pictures into that of predictions. "fit" is dropped:
 * predictions made at several sizes may be averaged. So is "records", which
 * counts samples or batches. */
static int
make_head(struct cd_head *h, const struct cd_head *model, struct cd_err *e)
{
	static const char *const gone[] = { "holds", "class", "fit", "batch",
		"records" };
	struct cd_head old = *h;
	size_t i;

	memset(h, 0, sizeof *h);
	for (i = 0; i < sizeof gone / sizeof gone[0]; i++)
		cd_head_remove(&old, gone[i]);
	if (cd_head_add(h, "holds", "predictions", e) < 0 ||
	    cd_head_copy_lines(h, "class", model, "class", e) < 0 ||
	    cd_head_copy_lines(h, "model", model, "made", e) < 0 ||
	    cd_buf_add(&h->text, old.text.data, old.text.len, e) < 0)
		return -1;
	cd_head_free(&old);
	return 0;
}

static int
put_record(void *arg, const struct cd_rec *r, struct cd_err *e)
{
	(void)arg;
	(void)e;
	cd_filter_put(&f, r);
	return 0;
}

static int
print_row(void *arg, const struct cd_rec *r, struct cd_err *e)
{
	(void)arg;
	cd_report_prediction(stdout, r->key, cd_rec_label(r, nclasses, e),
	    r->tensor[0].data, class_name, nclasses);
	return 0;
}

static void
prepare(char *const *paths, int n)
{
	const struct cd_model *m;
	struct cd_err e = { "" };

	args.how.batch = (int)args.batch;
	args.how.threads = (int)args.threads;
	if (cd_predictor_open(&predictor, args.model, &args.how, &e) < 0)
		cd_die("%s", e.msg);
	cd_filter_open(&f, paths, n, "samples batches");
	if (cd_predictor_start(predictor, &f.head, &e) < 0)
		cd_die("%s: %s", n ? paths[0] : "standard input", e.msg);
	m = cd_predictor_model(predictor);
	class_name = cd_class_names(&m->head, &nclasses, &e);
	if (!class_name || make_head(&f.head, &m->head, &e) < 0)
		cd_die("%s", e.msg);
	if (!args.tsv) {
		cd_filter_start(&f, args.output);
		return;
	}
	cd_report_heading(stdout, class_name, nclasses);
}

static void
finish(void)
{
	cd_predictor_close(predictor);
	free(class_name);
	if (!args.tsv) {
		cd_filter_finish(&f, 0);
		return;
	}
	cd_close_stdout();
	cd_pace_tell(&(struct cd_pace){ .began = f.began,
	    .input = cd_reader_waited(f.in, 0),
	    .records = cd_reader_count(f.in) });
	cd_reader_close(f.in);
	cd_head_free(&f.head);
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	cd_prediction_fn *sink = args.tsv ? print_row : put_record;
	struct cd_err e = { "" };
	const struct cd_rec *r;

	if (!args.model)
		cd_usage("--model is missing");
	if (args.tsv && args.output)
		cd_usage("--tsv prints to standard output: no --output");
	if (args.threads == 0)
		args.threads = cd_processors();

	prepare(argv + i, argc - i);

	while ((r = cd_filter_next(&f))) {
		if (r->kind == CD_SAMPLE || r->kind == CD_BATCH) {
			if (cd_predictor_put(predictor, r, sink, NULL, &e) < 0)
				cd_filter_blame(&f, &e);
			continue;
		}
		/* marks and unknown records keep their place */
		if (cd_predictor_flush(predictor, sink, NULL, &e) < 0)
			cd_die("%s", e.msg);
		if (!args.tsv)
			cd_filter_put(&f, r);
	}
	if (cd_predictor_flush(predictor, sink, NULL, &e) < 0)
		cd_die("%s", e.msg);

	finish();
	return 0;
}
