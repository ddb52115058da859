/* cd-target: samples -> samples with predictions as targets. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "rec/pictures.h"
#include "score/gather.h"

static struct {
	const char *from, *output;
	double mix;
} args = { .mix = 1 };

static const struct cd_opt opts[] = {
	{ .name = "from",
	    .type = CD_OPT_PATH,
	    .to = &args.from,
	    .arg = "predictions",
	    .help = "the predictions; must be given",
	    .dash = CD_DASH_STREAM },
	{ .name = "mix",
	    .type = CD_OPT_REAL,
	    .to = &args.mix,
	    .arg = "share",
	    .help = "share of the prediction in the target (default: 1)",
	    .min = 0,
	    .max = 1,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-target",
	.usage = "--from predictions [--mix share] [-o file] [file ...]",
	.about = "Gives samples the predictions of their pictures to learn.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

static struct cd_filter f;
static struct cd_gathered from;
static struct cd_err e;
static float *row; /* [nclasses] */
static int nclasses;

static void
prepare(char *const *paths, int n)
{
	const struct cd_head *like;

	cd_filter_open(&f, paths, n, "samples");
	/* pictures without classes get those of the predictions */
	like = cd_head_count(&f.head, "class") > 0 ? &f.head : NULL;
	if (cd_gather(&from, args.from, like, false, &e) < 0)
		cd_die("%s", e.msg);
	if (!like &&
	    cd_head_copy_lines(&f.head, "class", &from.head, "class", &e) < 0)
		cd_die("%s", e.msg);
	if (cd_head_copy_lines(&f.head, "target-model", &from.head, "model",
		&e) < 0)
		cd_die("%s", e.msg);
	nclasses = cd_head_count(&f.head, "class");
	row = cd_calloc((size_t)nclasses, sizeof *row, &e);
	if (!row)
		cd_die("%s", e.msg);
	cd_filter_start(&f, args.output);
}

/* row = mix * prediction + (1 - mix) * what the sample has to learn so far. */
static int
make_row(const struct cd_picture *one)
{
	double old, mix = args.mix;
	const double *p;
	size_t i;
	int k;

	if (!cd_tally_find(from.tally, one->key, &i))
		return cd_fail(&e, "no prediction in %s", from.name);
	if (mix < 1 && !one->target && one->label < 0)
		return cd_fail(&e, "neither a label nor a target to mix with");
	p = cd_tally_p(from.tally) + i * (size_t)nclasses;
	for (k = 0; k < nclasses; k++) {
		old = one->target ? (double)one->target[k] : one->label == k;
		row[k] = (float)(mix < 1 ? mix * p[k] + (1 - mix) * old : p[k]);
	}
	return 0;
}

static int
put(const struct cd_rec *r)
{
	struct cd_rec out = *r;
	uint64_t k = (uint64_t)nclasses;
	struct cd_pictures all;
	struct cd_picture one;
	struct cd_tensor *t;

	if (cd_pictures_of(&all, r, nclasses, true, &e) < 0)
		return -1;
	cd_pictures_next(&all, &one);
	if (make_row(&one) < 0)
		return -1;
	t = (struct cd_tensor *)(uintptr_t)cd_rec_find(&out, "target");
	if (t)
		t->data = row;
	else if (out.ntensors == CD_TENSORS_MAX)
		return cd_fail(&e, "%d tensors leave no place for the target",
		    CD_TENSORS_MAX);
	else
		cd_rec_add(&out, "target", CD_F32, 1, &k, row);
	out.payload = NULL; /* the tensors no longer match it */
	cd_filter_put(&f, &out);
	return 0;
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	const struct cd_rec *r;

	if (!args.from)
		cd_usage("--from is missing");

	prepare(argv + i, argc - i);

	while ((r = cd_filter_next(&f))) {
		if (r->kind != CD_SAMPLE)
			cd_filter_put(&f, r);
		else if (put(r) < 0)
			cd_filter_blame(&f, &e);
	}

	cd_filter_finish(&f, 0);
	cd_gathered_free(&from);
	free(row);
	return 0;
}
