/* cd-average: predictions of several views, sizes or models -> their average,
 * one for each key; or models -> their mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/average_models.h"
#include "cmd/opt.h"
#include "rec/rec.h"
#include "score/gather.h"
#include "score/metrics.h"
#include "score/report.h"

enum {
	WEIGHTS_MAX = 1024,
};

static struct {
	double weight[WEIGHTS_MAX];
	int nweights;
	double temperature;
	const char *output;
	bool logits, tsv;
} args = { .temperature = 1 };

static struct cd_err e;

/* W,W,... */
static int
take_weights(void *to, const char *arg, struct cd_err *err)
{
	char one[64];
	size_t n;

	(void)to;
	for (args.nweights = 0;; arg += n + 1) {
		n = strcspn(arg, ",");
		if (n >= sizeof one || args.nweights == WEIGHTS_MAX)
			return cd_fail(err,
			    "more than %d numbers, or one of "
			    "more than %zu digits",
			    WEIGHTS_MAX, sizeof one - 1);
		memcpy(one, arg, n);
		one[n] = '\0';
		if (cd_parse_real(one, 1e-6, 1e6, &args.weight[args.nweights++],
			err) < 0)
			return -1;
		if (!arg[n])
			return 0;
	}
}

static const struct cd_opt opts[] = {
	{ .name = "logits",
	    .type = CD_OPT_FLAG,
	    .to = &args.logits,
	    .help = "geometric means: average logarithms",
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "temperature",
	    .type = CD_OPT_REAL,
	    .to = &args.temperature,
	    .arg = "t",
	    .help = "then take p to the power 1/t, 1 in all (default: 1)",
	    .min = 0.01,
	    .max = 100,
	    .result = true },
	{ .name = "tsv",
	    .type = CD_OPT_FLAG,
	    .to = &args.tsv,
	    .help = "print a table with tabs instead of a stream" },
	{ .name = "weights",
	    .type = CD_OPT_CALL,
	    .arg = "weight,...",
	    .help = "of the files, in their order (default: all equal)",
	    .fn = take_weights,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-average",
	.usage = "[--logits] [-o file] [--temperature t] [--tsv] "
		 "[--weights weight,...] [file ...]",
	.about = "Averages the predictions of each picture, or models.",
	.opts = opts,
	.operands = CD_OPERANDS_ALIKE,
};

static struct cd_gathered all; /* the first file, then the average */
static struct cd_head head;    /* of the output */
static uint64_t skipped;

/* Adds the lines of one more input: all that it was made by, and its model's
 * unless they are the last ones already. */
static void
add_provenance(const struct cd_head *h)
{
	if (cd_head_copy_lines(&head, "made", h, "made", &e) < 0 ||
	    (!cd_head_ends_with(&head, "model", h, "model") &&
		cd_head_copy_lines(&head, "model", h, "model", &e) < 0))
		cd_die("%s", e.msg);
}

/* Reads the first file, or standard input. Lines that count epochs and records
 * are not true of the average. */
static void
start(const char *path)
{
	static const char *const gone[] = { "epochs", "records", "skipped",
		"shard" };
	size_t i;

	if (cd_gather(&all, path, NULL, args.logits, &e) < 0 ||
	    cd_head_copy(&head, &all.head, &e) < 0)
		cd_die("%s", e.msg);
	for (i = 0; i < sizeof gone / sizeof gone[0]; i++)
		cd_head_remove(&head, gone[i]);
	skipped = all.skipped;
}

/* Averages one more file, of this weight, with those before, of weight sum. */
static void
add(const char *path, double weight, double sum)
{
	struct cd_gathered one;
	size_t *place;

	if (cd_gather(&one, path, &all.head, args.logits, &e) < 0)
		cd_die("%s", e.msg);
	place = cd_tally_pair(all.tally, all.name, one.tally, one.name, &e);
	if (!place)
		cd_die("%s", e.msg);
	cd_tally_merge(all.tally, sum / (sum + weight), one.tally, place,
	    weight / (sum + weight));
	add_provenance(&one.head);
	skipped = one.skipped > skipped ? one.skipped : skipped;
	free(place);
	cd_gathered_free(&one);
}

static void
put(struct cd_writer *out, const char *key, int32_t label, const float *p,
    int nclasses)
{
	uint64_t k = (uint64_t)nclasses;
	struct cd_rec r;

	memset(&r, 0, sizeof r);
	r.kind = CD_PREDICTION;
	r.key = key;
	cd_rec_add(&r, "value", CD_F32, 1, &k, p);
	if (label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
	if (cd_writer_put(out, &r, &e) < 0)
		cd_die("%s", e.msg);
}

/* Writes the predictions, or prints them where out is NULL. */
static void
put_all(struct cd_writer *out, char *const *class_name, int nclasses)
{
	const double *p = cd_tally_p(all.tally);
	const int32_t *label = cd_tally_labels(all.tally);
	float *row = cd_calloc((size_t)nclasses, sizeof *row, &e);
	const char *key;
	size_t i;
	int k;

	if (!row)
		cd_die("%s", e.msg);
	for (i = 0; i < cd_tally_count(all.tally); i++) {
		for (k = 0; k < nclasses; k++)
			row[k] = (float)*p++;
		key = cd_tally_key(all.tally, i);
		if (out)
			put(out, key, label[i], row, nclasses);
		else
			cd_report_prediction(stdout, key, label[i], row,
			    class_name, nclasses);
	}
	free(row);
}

static void
print(void)
{
	char **class_name;
	int n;

	class_name = cd_class_names(&head, &n, &e);
	if (!class_name)
		cd_die("%s", e.msg);
	cd_report_heading(stdout, class_name, n);
	put_all(NULL, class_name, n);
	free(class_name);
	cd_close_stdout();
}

static void
write_stream(void)
{
	struct cd_writer *out;

	if (cd_head_add(&head, "made", cd_opt_provenance(), &e) < 0 ||
	    cd_writer_open(&out, args.output, &head, &e) < 0)
		cd_die("%s", e.msg);
	put_all(out, NULL, cd_head_count(&head, "class"));
	if (cd_writer_close(out, skipped, &e) < 0)
		cd_die("%s", e.msg);
}

static void
models(char *const *paths, int n)
{
	if (args.tsv || args.logits || args.temperature != 1)
		cd_usage("%s is a model: --logits, --temperature and --tsv are "
			 "for predictions",
		    paths[0]);
	cd_average_models(paths, n, args.nweights ? args.weight : NULL,
	    args.output);
}

int
main(int argc, char **argv)
{
	int i, first = cd_opt_parse(&command, argc, argv);
	int n = argc > first ? argc - first : 1;
	double sum;

	if (args.tsv && args.output)
		cd_usage("--tsv prints to standard output: no --output");
	if (args.nweights && args.nweights != n)
		cd_usage("--weights has %d numbers, for %d files",
		    args.nweights, n);
	if (cd_average_is_model(argv[first])) {
		models(argv + first, n);
		return 0;
	}

	start(argv[first]);
	sum = args.nweights ? args.weight[0] : 1;
	for (i = 1; i < n; i++) {
		double weight = args.nweights ? args.weight[i] : 1;

		add(argv[first + i], weight, sum);
		sum += weight;
	}
	cd_tally_probabilities(all.tally, args.temperature);

	if (args.tsv)
		print();
	else
		write_stream();
	cd_gathered_free(&all);
	cd_head_free(&head);
	return 0;
}
