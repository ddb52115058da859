#include "cmd/pipeline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/opt.h"
#include "cmd/quoted.h"
#include "rec/values.h"

enum {
	DEPTH = 32, /* streams put together of streams put together */
};

static struct {
	FILE *f; /* in memory: all of it is printed, or nothing */
	int depth, files;
	struct {
		char name[64];
		int count;
	} unknown[16]; /* variables; the last is of all further names */
} p;

static int put_stream(const struct cd_value *line, int n, struct cd_err *);

/* A variable for what the header does not tell, named as the option is; from
 * its second on with a number, as no two need be one file. many: words. */
static void
put_unknown(const char *option, bool many, const char *what)
{
	char name[64];
	size_t i;
	int k = 0;

	for (i = 0; option[i] && i < sizeof name - 16; i++)
		name[i] = isalnum((unsigned char)option[i]) ?
		    (char)toupper((unsigned char)option[i]) :
		    '_';
	name[i] = '\0';
	while (k < 15 && p.unknown[k].count &&
	    strcmp(p.unknown[k].name, name) != 0)
		k++;
	memcpy(p.unknown[k].name, name, sizeof name);
	if (++p.unknown[k].count > 1)
		snprintf(name + i, sizeof name - i, "_%d", p.unknown[k].count);
	fprintf(p.f, many ? " ${%s:?}" : " \"${%s:?}\"", name);
	cd_warn("%s: set this to %s", name, what);
}

static bool
is_ours(const char *command)
{
	static const char *const ours[] = { "cd-average", "cd-augment",
		"cd-batch", "cd-decode", "cd-init", "cd-predict", "cd-saliency",
		"cd-select", "cd-shuffle", "cd-split", "cd-target", "cd-train",
		"cat" };
	size_t i;

	for (i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (strcmp(command, ours[i]) == 0)
			return true;
	return false;
}

/* The command of a line; w stands behind it. */
static const char *
command_of(const struct cd_value *line, struct cd_words *w)
{
	w->at = line->s;
	w->end = line->s + line->len;
	return cd_next_word(w) ? w->word : "";
}

static bool
is(const struct cd_value *line, const char *command)
{
	struct cd_words w;

	return strcmp(command_of(line, &w), command) == 0;
}

/* "(HASH)" and the like, in place of a file's name. */
static void
put_hashed(struct cd_words *w, const char *option)
{
	char what[160];

	snprintf(what, sizeof what, "the file of --%.40s %.60s", option,
	    w->word);
	while (w->word[w->len - 1] != ')' && cd_next_word(w) && w->len > 0)
		;
	put_unknown(option, false, what);
}

/* The options, as they were given. */
static void
put_options(struct cd_words *w)
{
	char option[64] = "";

	while (cd_next_word(w)) {
		if (strncmp(w->word, "--", 2) == 0)
			snprintf(option, sizeof option, "%.60s", w->word + 2);
		if (w->word[0] == '(' && option[0]) {
			put_hashed(w, option);
			continue;
		}
		fputc(' ', p.f);
		cd_put_quoted(p.f, w->word, w->len);
	}
}

/* Options, shares and ": part N": part N goes on, the others nowhere. */
static void
put_split(struct cd_words *w)
{
	const char *colon = w->end;
	int part, i = 0;

	while (colon > w->at && *colon != ':')
		colon--;
	part = (int)strtol(colon + strcspn(colon, "0123456789"), NULL, 10);
	w->end = colon;
	while (cd_next_word(w)) {
		bool named = strcmp(w->word, "--seed") == 0 ||
		    strcmp(w->word, "--group") == 0 ||
		    strcmp(w->word, "--fold") == 0;

		fputc(' ', p.f);
		if (w->word[0] != '-')
			fputs(++i == part ? "/dev/stdout=" : "/dev/null=", p.f);
		cd_put_quoted(p.f, w->word, w->len);
		if (named && cd_next_word(w)) {
			fputc(' ', p.f);
			cd_put_quoted(p.f, w->word, w->len);
		}
	}
}

/* What a command reads besides its input. */
static void
put_operands(const char *command)
{
	if (strcmp(command, "cd-decode") == 0)
		put_unknown("pictures", true,
		    "the pictures and folders that cd-decode was given, in "
		    "that order");
	if (strcmp(command, "cd-target") == 0) {
		fputs(" --from", p.f);
		put_unknown("from", false, "the predictions of cd-target");
	}
	if (strcmp(command, "cd-predict") == 0 ||
	    strcmp(command, "cd-saliency") == 0) {
		fputs(" --model", p.f);
		put_unknown("model", false, "the model");
	}
}

static void
put_command(const struct cd_value *line)
{
	char command[CD_WORD], version[CD_WORD];
	struct cd_words w;

	snprintf(command, sizeof command, "%s", command_of(line, &w));
	snprintf(version, sizeof version, "%s", cd_next_word(&w) ? w.word : "");
	if (strcmp(version, CD_VERSION) != 0)
		cd_warn("%s was of version %s; this is " CD_VERSION, command,
		    version);
	fputs(command, p.f);
	if (strcmp(command, "cd-split") == 0)
		put_split(&w);
	else
		put_options(&w);
	put_operands(command);
}

/* Of n lines: where those of the last stream begin. */
static int
start_of(const struct cd_value *line, int n)
{
	int64_t k, members = 0;
	struct cd_words w;
	int i = n - 1;

	while (i > 0 && !is(&line[i], "cd-decode") && !is(&line[i], "cat"))
		i--;
	if (strcmp(command_of(&line[i], &w), "cat") != 0)
		return i;
	while (cd_next_word(&w)) {
		k = strtol(w.word, NULL, 10);
		if (k < 0 || k > i - members)
			return 0;
		members += k;
	}
	return i - (int)members;
}

/* Where each stream that the lines are of begins, and at the end n; free() it.
 */
static int *
find_starts(const struct cd_value *line, int n, int *count, struct cd_err *e)
{
	int *start = cd_calloc((size_t)n + 1, sizeof *start, e);
	int at = n, end = n;

	if (!start)
		return NULL;
	start[n] = n;
	while (end > 0)
		start[--at] = end = start_of(line, end);
	*count = n - at;
	memmove(start, start + at, (size_t)(*count + 1) * sizeof *start);
	return start;
}

/* Streams in place of files: <(...) for each. */
static int
put_member(const struct cd_value *line, int n, struct cd_err *e)
{
	fputs(" <(\n", p.f);
	if (put_stream(line, n, e) < 0)
		return -1;
	fputc(')', p.f);
	return 0;
}

/* The line `cat 2 3` behind 5 lines, of two streams: files, as the command that
 * follows can tell of those what they were made by; operands: their names. */
static int
put_members(const struct cd_value *line, int n, struct cd_buf *operands,
    struct cd_err *e)
{
	int at = start_of(line, n);
	char text[32];
	struct cd_words w;
	int64_t k;

	if (at != 0)
		return cd_fail(e, "a line `cat` that counts wrong");
	command_of(&line[n - 1], &w);
	for (; cd_next_word(&w); at += (int)k) {
		k = strtol(w.word, NULL, 10);
		if (k < 1 || k > n - 1 - at)
			return cd_fail(e, "a line `cat` that counts wrong");
		if (put_stream(&line[at], (int)k, e) < 0)
			return -1;
		snprintf(text, sizeof text, " \"$dir/%d.trs\"", ++p.files);
		fprintf(p.f, " >%s\n", text + 1);
		if (cd_buf_add(operands, text, strlen(text), e) < 0)
			return -1;
	}
	return 0;
}

/* All that stand before it, one stream after another, are its inputs. */
static int
put_average(const struct cd_value *line, int n, struct cd_err *e)
{
	int i, count, rc = 0;
	int *start = find_starts(line, n - 1, &count, e);

	if (!start)
		return -1;
	put_command(&line[n - 1]);
	for (i = 0; rc == 0 && i < count; i++)
		rc = put_member(&line[start[i]], start[i + 1] - start[i], e);
	free(start);
	return rc;
}

/* What stands first in a pipeline: the stages from there on are filters. */
static int
put_source(const struct cd_value *line, int n, struct cd_err *e)
{
	char what[128], shown[64];
	struct cd_words w;

	if (is(&line[n - 1], "cd-average"))
		return put_average(line, n, e);
	if (is(&line[n - 1], "cd-decode")) {
		put_command(&line[n - 1]);
		return 0;
	}
	command_of(&line[n - 1], &w);
	snprintf(what, sizeof what, "the stream that comes of '%s'",
	    cd_escape_end(shown, sizeof shown, w.word, w.len));
	fputs("cat", p.f);
	put_unknown("stream", false, what);
	return 0;
}

static int
put_stream(const struct cd_value *line, int n, struct cd_err *e)
{
	struct cd_buf operands = { 0 };
	struct cd_words w;
	int i = n - 1, rc;

	if (++p.depth > DEPTH)
		return cd_fail(e, "streams within streams, more than %d deep",
		    DEPTH);
	while (i > 0 && !is(&line[i], "cat") && !is(&line[i], "cd-average") &&
	    !is(&line[i], "cd-decode") && is_ours(command_of(&line[i], &w)))
		i--;
	if (is(&line[i], "cat")) {
		rc = put_members(line, i + 1, &operands, e);
		if (++i < n)
			put_command(&line[i]);
		else
			fputs("cat", p.f);
		fwrite(operands.data, 1, operands.len, p.f);
		cd_buf_free(&operands);
	} else {
		rc = put_source(line, i + 1, e);
	}
	while (++i < n) {
		fputs(" |\n  ", p.f);
		put_command(&line[i]);
	}
	p.depth--;
	return rc;
}

/* The epochs that the data would go on for; 0: unknown. */
static int64_t
epochs_of(const struct cd_value *data, int n)
{
	struct cd_words w;

	while (n > 0 && !is(&data[n - 1], "cd-shuffle"))
		n--;
	if (n == 0)
		return 0;
	command_of(&data[n - 1], &w);
	while (cd_next_word(&w))
		if (strcmp(w.word, "--epochs") == 0 && cd_next_word(&w))
			return strtol(w.word, NULL, 10);
	return 1;
}

/* One training. Returns whether the model is the best, not the last. */
static int
put_training(const struct cd_head *h, const struct cd_value *made,
    const struct cd_value *data, int n, struct cd_err *e)
{
	int64_t best = cd_head_number(h, "best-epoch");
	int64_t epoch = cd_head_number(h, "epoch");
	bool early = epoch < epochs_of(data, n);
	struct cd_buf operands = { 0 };
	int kept = early && best >= 0 && best + 1 == epoch;
	if (early && !kept)
		cd_warn("the model stands at the end of epoch %lld, where it "
			"was stopped; the script goes on",
		    (long long)epoch);
	if (is(&data[n - 1], "cat")) {
		kept = put_members(data, n, &operands, e) < 0 ? -1 : kept;
	} else {
		kept = put_stream(data, n, e) < 0 ? -1 : kept;
		fputs(" |\n  ", p.f);
	}
	put_command(made);
	if (best >= 0) {
		fputs(" --validate", p.f);
		put_unknown("validate", false,
		    "the stream that was validated on");
	}
	if (kept > 0)
		fputs(" --best \"$dir/best.trs\"", p.f);
	if (operands.len > 0)
		fwrite(operands.data, 1, operands.len, p.f);
	fputs(" \"$dir/model.trs\"\n", p.f);
	cd_buf_free(&operands);
	return kept;
}

static int
put_trainings(const struct cd_head *h, const struct cd_values *made,
    const struct cd_values *data, struct cd_err *e)
{
	int trainings = made->n - 1, count, i, kept = 0;
	int *start = find_starts(data->at, data->n, &count, e);

	if (!start)
		return -1;
	if (count == 0 && trainings > 0)
		kept = cd_fail(e, "a model without lines `data`");
	else if (count > 1 && trainings > 1 && count != trainings)
		kept = cd_fail(e,
		    "trained %d times, on %d streams: the header does not tell "
		    "which on which",
		    trainings, count);
	for (i = 0; kept >= 0 && trainings > 0 &&
	     i < (count > trainings ? count : trainings);
	     i++) {
		int k = count > 1 ? i : 0;

		kept = put_training(h, &made->at[trainings > 1 ? 1 + i : 1],
		    &data->at[start[k]], start[k + 1] - start[k], e);
	}
	free(start);
	if (kept >= 0)
		fprintf(p.f, "cat \"$dir/%s.trs\"\n", kept ? "best" : "model");
	return kept < 0 ? -1 : 0;
}

static int
put_model(const struct cd_head *h, const struct cd_values *made,
    const struct cd_values *data, struct cd_err *e)
{
	size_t at = 0, len;
	const char *net;

	if (!is(&made->at[0], "cd-init"))
		return cd_fail(e, "not a model of cd-init");
	fputs("printf '%s\\n'", p.f);
	while ((net = cd_head_next(h, "net", &at, &len))) {
		fputs(" \\\n  ", p.f);
		cd_put_quoted(p.f, net, len);
	}
	fputs(" |\n  ", p.f);
	put_command(&made->at[0]);
	fputs(" >\"$dir/model.trs\"\n", p.f);
	return put_trainings(h, made, data, e);
}

static int
put_script(const struct cd_head *h, struct cd_err *e)
{
	struct cd_values made, data = { 0 };
	int rc = -1;

	if (cd_values_list(&made, h, "made", e) < 0)
		return -1;
	if (made.n == 0) {
		cd_fail(e, "the header has no line `made`");
	} else if (!cd_head_is(h, "holds", "model")) {
		rc = put_stream(made.at, made.n, e);
		fputc('\n', p.f);
	} else if (cd_values_list(&data, h, "data", e) == 0) {
		rc = put_model(h, &made, &data, e);
	}
	cd_values_free(&made);
	cd_values_free(&data);
	return rc;
}

int
cd_pipeline_print(const struct cd_head *h, struct cd_err *e)
{
	char *text = NULL;
	size_t n = 0;
	int rc;

	memset(&p, 0, sizeof p);
	p.f = open_memstream(&text, &n);
	if (!p.f)
		return cd_fail_errno(e, "memory for the script");
	rc = put_script(h, e);
	if (fclose(p.f) == EOF)
		rc = cd_fail_errno(e, "memory for the script");
	if (rc == 0)
		printf("set -e\n%s%s",
		    strstr(text, "$dir/") ? "dir=$(mktemp -d)\n"
					    "trap 'rm -rf \"$dir\"' EXIT\n" :
					    "",
		    text);
	free(text);
	return rc;
}
