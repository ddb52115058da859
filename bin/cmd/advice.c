#include "cmd/advice.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_MAX_HERE = 32, /* longer ones are not compared */
};

/* Names that people bring from other programs. command NULL: any. */
static const struct {
	const char *command, *name, *answer;
} brought[] = {
	{ "cd-train", "epochs", "cd-shuffle --epochs sets that" },
	{ "cd-train", "learning-rate", "it is --lr" },
	{ "cd-train", "batch-size", "it is -n, or cd-batch -n before" },
	{ "cd-train", "model", "the model is the last operand" },
	{ "cd-train", "output", "the model's file is rewritten" },
	{ "cd-train", "resume", "the same command, run again, goes on" },
	{ "cd-train", "early-stopping", "it is --patience" },
	{ "cd-train", "ema", "it is --average" },
	{ "cd-train", "augment", "cd-augment is a stage before this one" },
	{ "cd-train", "mixup", "cd-batch --mixup does that" },
	{ "cd-train", "cutmix", "cd-batch --cutmix does that" },
	{ "cd-train", "shuffle", "cd-shuffle is a stage before this one" },
	{ "cd-train", "validation-split", "cd-split divides data" },
	{ "cd-train", "device", "there is no GPU here" },
	{ "cd-train", "gpu", "there is no GPU here" },
	{ "cd-train", "loss", "it is a line of the net text: cd-net(5)" },
	{ "cd-train", "metrics",
	    "loss and accuracy are told; cd-eval has more" },
	{ "cd-train", "verbose", "each epoch's line says what was waited for" },
	{ "cd-info", "summary", "cd-train --summary shows the net of a model" },
	{ "cd-split", "input", "it is standard input: cd-split ... < all.trs" },
	{ "cd-train", "dropout", "it is a line of the net text: cd-net(5)" },
	{ "cd-augment", "horizontal-flip", "it is --flip" },
	{ "cd-augment", "hflip", "it is --flip" },
	{ "cd-augment", "vertical-flip", "it is --flip-vertical" },
	{ "cd-augment", "rotation", "it is --rotate" },
	{ "cd-augment", "rotation-range", "it is --rotate" },
	{ "cd-augment", "width-shift-range", "it is --shift-x" },
	{ "cd-augment", "height-shift-range", "it is --shift-y" },
	{ "cd-augment", "random-crop", "it is --crop" },
	{ "cd-augment", "random-erasing", "it is --erase" },
	{ "cd-augment", "cutout", "it is --erase" },
	{ "cd-augment", "randaugment", "it is --trivial" },
	{ "cd-augment", "trivialaugment", "it is --trivial" },
	{ "cd-augment", "mixup", "cd-batch --mixup does that" },
	{ "cd-augment", "cutmix", "cd-batch --cutmix does that" },
	{ "cd-augment", "resize", "it is --size" },
	{ "cd-batch", "batch-size", "it is -n" },
	{ "cd-batch", "shuffle", "cd-shuffle is a stage before this one" },
	{ "cd-decode", "resize", "it is --size" },
	{ "cd-decode", "image-size", "it is --size" },
	{ "cd-decode", "recursive", "folders below a folder are always read" },
	{ "cd-decode", "grayscale", "it is --grey" },
	{ "cd-decode", "gray", "it is --grey" },
	{ "cd-split", "test-size", "name each file with its share: b.trs=20%" },
	{ "cd-split", "test", "name each file with its share: b.trs=20%" },
	{ "cd-split", "train", "name each file with its share: a.trs=80%" },
	{ "cd-split", "validation",
	    "name each file with its share: v.trs=10%" },
	{ "cd-split", "stratify", "it is --per-class" },
	{ "cd-split", "groups", "it is --group" },
	{ "cd-shuffle", "repeat", "it is --copies" },
	{ "cd-shuffle", "oversample", "it is --balance" },
	{ "cd-predict", "weights", "it is --model" },
	{ "cd-predict", "tta", "cd-augment --views, and cd-average" },
	{ "cd-predict", "csv", "it is --tsv" },
	{ "cd-eval", "csv", "it is --tsv" },
	{ "cd-eval", "topk", "it is --top" },
	{ "cd-eval", "metrics", "all are printed; --require checks one" },
	{ "cd-init", "weights", "weights are drawn by --seed" },
	{ NULL, "random-state", "it is --seed" },
	{ NULL, "random-seed", "it is --seed" },
	{ NULL, "manual-seed", "it is --seed" },
	{ NULL, "workers", "it is --threads" },
	{ NULL, "num-workers", "it is --threads" },
	{ NULL, "jobs", "it is --threads" },
	{ NULL, "input",
	    "files that are read are operands, without an option" },
	{ NULL, "in", "files that are read are operands, without an option" },
	{ NULL, "out", "it is --output" },
	{ NULL, NULL, NULL },
};

/* How many letters must be changed, put in or left out (Levenshtein), or two
 * neighbours exchanged. */
static int
distance(const char *a, const char *b)
{
	int d[NAME_MAX_HERE + 1][NAME_MAX_HERE + 1];
	int n = (int)strlen(a), m = (int)strlen(b), i, k, least;

	for (i = 0; i <= n; i++)
		for (k = 0; k <= m; k++) {
			if (i == 0 || k == 0) {
				d[i][k] = i + k;
				continue;
			}
			least = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
			if (d[i - 1][k] + 1 < least)
				least = d[i - 1][k] + 1;
			if (d[i][k - 1] + 1 < least)
				least = d[i][k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1] && d[i - 2][k - 2] + 1 < least)
				least = d[i - 2][k - 2] + 1;
			d[i][k] = least;
		}
	return d[n][m];
}

static bool
has(const struct cd_opt *o, const char *name)
{
	while (o->name && strcmp(o->name, name) != 0)
		o++;
	return o->name != NULL;
}

/* An answer that names an option is for commands that have it. */
static const char *
brought_answer(const struct cd_command *c, const char *name)
{
	static const char own[] = "it is --";
	const char *a;
	int i;

	for (i = 0; brought[i].name; i++) {
		a = brought[i].answer;
		/* in long words a letter may be wrong */
		if (distance(brought[i].name, name) >
			(strlen(brought[i].name) > 7) ||
		    (brought[i].command &&
			strcmp(brought[i].command, c->name) != 0))
			continue;
		if (brought[i].command ||
		    strncmp(a, own, sizeof own - 1) != 0 ||
		    has(c->opts, a + sizeof own - 1))
			return a;
	}
	return NULL;
}

/* The option that is nearest, if at most a third of the letters are wrong. */
static const char *
nearest(const struct cd_opt *o, const char *name)
{
	const char *best = NULL;
	int least = 1 + (int)strlen(name) / 3, d; /* one more than may be */

	for (; o->name; o++) {
		if (strlen(o->name) > NAME_MAX_HERE)
			continue;
		d = distance(name, o->name);
		if (d < least) {
			least = d;
			best = o->name;
		}
	}
	return best;
}

const char *
cd_advice(const struct cd_command *c, const char *name, size_t n,
    char buf[CD_ADVICE])
{
	char word[NAME_MAX_HERE + 1];
	const char *a;
	size_t i;

	buf[0] = '\0';
	if (n == 0 || n >= sizeof word)
		return buf;
	/* --batch_size, --batchSize of elsewhere */
	for (i = 0; i < n; i++)
		word[i] = name[i] == '_' ? '-' : name[i];
	word[n] = '\0';
	a = brought_answer(c, word);
	if (a)
		snprintf(buf, CD_ADVICE, "; %s", a);
	else if ((a = nearest(c->opts, word)))
		snprintf(buf, CD_ADVICE, "; did you mean --%s?", a);
	return buf;
}

/* The end of the group that begins at s: of a bracket its partner, else of the
 * word. */
static const char *
group_end(const char *s)
{
	int depth = 0;

	do {
		depth += *s == '[';
		depth -= *s == ']';
		s++;
	} while (*s && (depth > 0 || *s != ' '));
	return s;
}

const char *
cd_advice_usage(const struct cd_command *c, char buf[CD_ADVICE])
{
	const char *s = c->usage, *end;
	bool said = false;
	size_t n = 0;

	buf[0] = '\0';
	for (; *s && n < CD_ADVICE; s = *end ? end + 1 : end) {
		end = group_end(s);
		if (s[0] != '[' || s[1] != '-') {
			n += (size_t)snprintf(buf + n, CD_ADVICE - n, " %.*s",
			    (int)(end - s), s);
		} else if (!said) {
			n += (size_t)snprintf(buf + n, CD_ADVICE - n,
			    " [option ...]");
			said = true;
		}
	}
	return buf;
}
