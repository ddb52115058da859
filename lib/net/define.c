#include "net/define.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/statement.h"

static bool
is(const struct cd_parser *p, const char *word)
{
	return p->w.n > 0 && strcmp(p->w.word[0], word) == 0;
}

/* Makes line the current one. */
static void
look_at(struct cd_parser *p, int line)
{
	p->w.line = line;
	p->w.word = p->lines[line - 1].word;
	p->w.n = p->lines[line - 1].n;
	p->w.at = 1;
}

static const struct cd_definition *
named(const struct cd_parser *p, const char *name)
{
	int i;

	for (i = 0; i < p->ndefinitions; i++)
		if (strcmp(p->definitions[i].word[1], name) == 0)
			return &p->definitions[i];
	return NULL;
}

const struct cd_definition *
cd_define_at(const struct cd_parser *p, int line)
{
	int i;

	for (i = 0; i < p->ndefinitions; i++)
		if (p->definitions[i].line == line)
			return &p->definitions[i];
	return NULL;
}

/* The index of the parameter that a word such as $NAME stands for, or -1. */
static int
param(const struct cd_definition *d, const char *word)
{
	int i;

	for (i = 0; i < d->nparams; i++)
		if (strcmp(d->word[2 + i], word + 1) == 0)
			return i;
	return -1;
}

static int
check_words(struct cd_parser *p, const struct cd_definition *d)
{
	int i;

	for (i = 0; i < p->w.n; i++) {
		if (p->w.word[i][0] != '$')
			continue;
		if (!d)
			return cd_words_reject(&p->w,
			    "outside of a definition:", p->w.word[i]);
		if (i == 0)
			return cd_words_fail(&p->w,
			    "a line cannot begin with a parameter");
		if (param(d, p->w.word[i]) < 0)
			return cd_words_reject(&p->w,
			    "the definition has no parameter", p->w.word[i]);
	}
	if (p->w.n > CD_WORDS_MAX && !is(p, "input")) {
		p->w.n = 1;
		return cd_words_fail(&p->w, "more than %d words", CD_WORDS_MAX);
	}
	return 0;
}

/* define NAME PARAM... */
static int
check_head(struct cd_parser *p, struct cd_definition *d)
{
	const struct cd_definition *other;
	int i, k;

	*d = (struct cd_definition){ p->w.word, p->w.n - 2, p->w.line, 0 };
	if (!cd_words_next(&p->w, "the definition's name"))
		return -1;
	for (i = 1; i < p->w.n; i++) {
		if (cd_words_name(&p->w, p->w.word[i]) < 0)
			return -1;
		for (k = 2; k < i; k++)
			if (strcmp(p->w.word[k], p->w.word[i]) == 0)
				return cd_words_reject(&p->w,
				    "two parameters have the name",
				    p->w.word[i]);
	}
	if (cd_statement_is(p->w.word[1]))
		return cd_words_reject(&p->w, "there is a statement",
		    p->w.word[1]);
	other = named(p, p->w.word[1]);
	if (other)
		return cd_words_fail(&p->w, "line %d defines '%s' already",
		    other->line, p->w.word[1]);
	return 0;
}

/* A line between define and its end; depth: blocks open. */
static int
check_inner(struct cd_parser *p, const struct cd_definition *d, int depth)
{
	if (is(p, "define"))
		return cd_words_fail(&p->w,
		    "the definition of line %d is not closed", d->line);
	if (is(p, "input") || is(p, "init") || is(p, "loss"))
		return cd_words_fail(&p->w, "cannot stand in a definition");
	if (is(p, "shortcut") && depth == 0)
		return cd_words_fail(&p->w, "no block is open");
	return check_words(p, d);
}

/* Checks the lines from a define, where p is, to its end. */
static int
collect(struct cd_parser *p, struct cd_definition *d)
{
	int line = p->w.line, depth = 0, lines = 0;

	if (check_head(p, d) < 0)
		return -1;
	while (++line <= p->nlines) {
		look_at(p, line);
		if (is(p, "end") && depth == 0) {
			d->end = line;
			if (lines == 0)
				return cd_words_fail(&p->w,
				    "the definition of line %d is empty",
				    d->line);
			return cd_words_end(&p->w);
		}
		lines += p->w.n > 0;
		depth += is(p, "block") - is(p, "end");
		if (check_inner(p, d, depth) < 0)
			return -1;
	}
	look_at(p, d->line);
	return cd_words_fail(&p->w, "no 'end' closes the definition");
}

int
cd_define_collect(struct cd_parser *p)
{
	struct cd_definition d, *more;
	int line, room = 0;

	for (line = 1; line <= p->nlines; line++) {
		look_at(p, line);
		if (check_words(p, NULL) < 0)
			return -1;
		if (!is(p, "define"))
			continue;
		if (collect(p, &d) < 0)
			return -1;
		if (p->ndefinitions == room) {
			room = room ? 2 * room : 16;
			more = realloc(p->definitions,
			    (size_t)room * sizeof *more);
			if (!more)
				return cd_fail(p->w.e, "out of memory");
			p->definitions = more;
		}
		p->definitions[p->ndefinitions++] = d;
		line = d.end;
	}
	return 0;
}

/* "SIZE STRIDE" */
static void
list_params(const struct cd_definition *d, char *buf, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < d->nparams && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "",
		    d->word[2 + i]);
}

/* What a layer of other programs is called here, or NULL. */
static const char *
known_elsewhere(const char *word)
{
	static const char *const names[][2] = {
		{ "conv2d", "conv" },
		{ "convolution", "conv" },
		{ "maxpool", "pool max" },
		{ "maxpool2d", "pool max" },
		{ "maxpooling2d", "pool max" },
		{ "avgpool", "pool avg" },
		{ "avgpool2d", "pool avg" },
		{ "averagepooling2d", "pool avg" },
		{ "gap", "pool avg global" },
		{ "globalaveragepooling2d", "pool avg global" },
		{ "batchnorm", "norm" },
		{ "batchnorm2d", "norm" },
		{ "batchnormalization", "norm" },
		{ "bn", "norm" },
		{ "linear", "dense" },
		{ "fc", "dense" },
		{ "depthwise", "conv ... groups" },
		{ "separableconv2d", "separable" },
		{ "residual", "block ... end" },
		{ "add", "block ... end" },
		{ "se", "excite" },
		{ "squeeze", "excite" },
		{ "leakyrelu", "leaky" },
		{ "softmax", "loss softmax" },
		{ "crossentropy", "loss softmax" },
		{ "sigmoid", "loss logistic" },
		{ "activation", "relu" },
		{ "output", "dense, then loss" },
	};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(names[i][0], word) == 0)
			return names[i][1];
	return NULL;
}

int
cd_define_use(struct cd_parser *p, struct cd_use *use)
{
	const struct cd_definition *d = named(p, p->w.word[0]);
	char params[128] = "", words[CD_STATEMENT_WORDS];
	const char *answer;

	if (!d && (answer = known_elsewhere(p->w.word[0])))
		return cd_words_fail(&p->w, "unknown word; here it is '%s'",
		    answer);
	if (!d)
		return cd_words_fail(&p->w,
		    "unknown word; a line begins with a definition's name or "
		    "one of: %s",
		    cd_statement_words(words));
	if (d->line > p->w.line)
		return cd_words_fail(&p->w,
		    "its definition comes later, in line %d", d->line);
	if (d->end > p->w.line)
		return cd_words_fail(&p->w, "a definition cannot use itself");
	list_params(d, params, sizeof params);
	if (p->w.n - 1 != d->nparams)
		return cd_words_fail(&p->w,
		    "%d arguments, not %d: the definition of line %d takes "
		    "(%s)",
		    p->w.n - 1, d->nparams, d->line, params);
	*use = (struct cd_use){ .at = { p->w.line, p->w.use },
		.of = d,
		.arg = p->w.word + 1,
		.depth = p->use ? p->use->depth + 1 : 1 };
	if (use->depth > CD_DEPTH_MAX)
		return cd_words_fail(&p->w, "definitions more than %d deep",
		    CD_DEPTH_MAX);
	return 0;
}

void
cd_define_fill(const struct cd_use *use, const struct cd_line *line,
    char *word[CD_WORDS_MAX])
{
	int i;

	for (i = 0; i < line->n; i++)
		word[i] = line->word[i][0] == '$' ?
		    use->arg[param(use->of, line->word[i])] :
		    line->word[i];
}
