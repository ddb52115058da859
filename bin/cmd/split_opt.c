#include "cmd/split_opt.h"

#include <limits.h>
#include <string.h>

#include "base/num.h"
#include "base/rng.h"
#include "cmd/opt.h"

static struct cd_split_args a = { .seed = -1 };

static int take_fold(void *, const char *, struct cd_err *);
static int take_group(void *, const char *, struct cd_err *);

static const struct cd_opt opts[] = {
	{ .name = "by-hash",
	    .type = CD_OPT_FLAG,
	    .to = &a.by_hash,
	    .help = "choose each sample's file by a hash of its key",
	    .result = true },
	{ .name = "fold",
	    .type = CD_OPT_CALL,
	    .to = &a,
	    .arg = "i/k",
	    .help = "fold i of k, alike in classes, to one file",
	    .fn = take_fold,
	    .result = true },
	{ .name = "group",
	    .type = CD_OPT_CALL,
	    .to = &a,
	    .arg = "pattern",
	    .help = "keep together what this finds alike in keys",
	    .fn = take_group,
	    .result = true },
	{ .name = "per-class",
	    .type = CD_OPT_FLAG,
	    .to = &a.per_class,
	    .help = "counts and shares are of each class",
	    .result = true },
	CD_OPT_SEED(&a.seed,
	    "choose at random (default: in the order of the input)"),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-split",
	.usage = "[--by-hash] [--fold i/k] [--group pattern] [--per-class] "
		 "[-s seed] file=share ...",
	.about = "Divides the samples on standard input among files.",
	.opts = opts,
	.verbose = true,
};

/* "2/5": the second fold of five. */
static int
take_fold(void *to, const char *arg, struct cd_err *e)
{
	struct cd_split_args *split = to;
	const char *slash = strchr(arg, '/');
	char which[24], shown[64];
	int64_t i, k;
	size_t n = slash ? (size_t)(slash - arg) : 0;

	if (n == 0 || n >= sizeof which)
		return cd_fail(e, "'%s' is not of the form i/k",
		    cd_escape(shown, sizeof shown, arg, strlen(arg)));
	memcpy(which, arg, n);
	which[n] = '\0';
	if (cd_parse_int(slash + 1, 2, INT_MAX, &k, e) < 0)
		return -1;
	if (cd_parse_int(which, 1, k, &i, e) < 0)
		return -1;
	split->fold = (int)i - 1;
	split->nfolds = (int)k;
	return 0;
}

/* An extended regular expression. */
static int
take_group(void *to, const char *arg, struct cd_err *e)
{
	struct cd_split_args *split = to;
	char why[128], shown[128];
	int bad;

	if (split->grouped)
		regfree(&split->group);
	bad = regcomp(&split->group, arg, REG_EXTENDED);
	split->grouped = bad == 0;
	if (!bad)
		return 0;
	regerror(bad, &split->group, why, sizeof why);
	return cd_fail(e, "'%s': %s",
	    cd_escape(shown, sizeof shown, arg, strlen(arg)), why);
}

uint64_t
cd_split_together(const struct cd_split_args *split, const char *key)
{
	regmatch_t m[2];
	int i;

	if (!split->grouped || regexec(&split->group, key, 2, m, 0) != 0)
		return cd_hash(key, strlen(key));
	i = split->group.re_nsub > 0 && m[1].rm_so >= 0;
	/* not the number of a key that is the same text */
	return ~cd_hash(key + m[i].rm_so, (size_t)(m[i].rm_eo - m[i].rm_so));
}

/* file=share: cuts the operand at the last sign. */
static void
take_output(char *operand, int i)
{
	char *sign = strrchr(operand, '=');

	if (!sign || sign == operand)
		cd_usage("%s: not of the form file=share; the input is "
			 "standard input",
		    operand);
	*sign = '\0';
	a.outputs[i].path = operand;
	a.outputs[i].words = sign + 1;
	if (strcmp(operand, "-") == 0)
		cd_usage("-: standard output will not do");
	cd_files_written(operand, operand);
}

static void
take_shares(void)
{
	struct cd_err e = { "" };
	int i;

	for (i = 0; i < a.n; i++) {
		if (cd_share_parse(a.outputs[i].words, &a.shares[i], &e) < 0)
			cd_usage("%s: %s", a.outputs[i].path, e.msg);
		if (a.by_hash && a.shares[i].how == CD_SHARE_COUNT)
			cd_usage("%s: a count, with --by-hash",
			    a.outputs[i].path);
	}
	if (cd_share_check(a.shares, a.n, &e) < 0)
		cd_usage("%s", e.msg);
}

static void
take_fold_outputs(void)
{
	int i, folds = 0, rests = 0;

	for (i = 0; i < a.n; i++) {
		if (strcmp(a.outputs[i].words, "fold") == 0) {
			a.fold_at = i;
			folds++;
		} else if (strcmp(a.outputs[i].words, "rest") == 0) {
			rests++;
		}
	}
	if (a.n != 2 || folds != 1 || rests != 1)
		cd_usage("--fold: for one file=fold and one file=rest");
}

struct cd_split_args *
cd_split_parse(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv), k;

	a.n = argc - i;
	if (a.n == 0)
		cd_usage("no outputs named");
	if (a.n > CD_SHARES_MAX)
		cd_usage("%d outputs, more than %d", a.n, CD_SHARES_MAX);
	cd_files_read(NULL, cd_files_input);
	for (k = 0; k < a.n; k++)
		take_output(argv[i + k], k);
	if (a.nfolds)
		take_fold_outputs();
	else
		take_shares();
	if (a.by_hash && a.per_class)
		cd_usage("--by-hash and --per-class: one of them");
	if (a.nfolds && (a.by_hash || a.per_class))
		cd_usage("--fold and %s: one of them",
		    a.by_hash ? "--by-hash" : "--per-class");
	if (a.nfolds)
		a.by_labels = "--fold";
	else if (a.per_class)
		a.by_labels = "--per-class";
	return &a;
}
