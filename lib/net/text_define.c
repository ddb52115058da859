#include "net/text_define.h"

#include <stdlib.h>
#include <string.h>

#include "net/text_layers.h"

static bool
is(const struct parser *p, const char *word)
{
	return p->n > 0 && strcmp(p->word[0], word) == 0;
}

/* Makes line the one that messages name. */
static void
look_at(struct parser *p, int line)
{
	p->line = line;
	p->word = p->lines[line - 1].word;
	p->n = p->lines[line - 1].n;
	p->at = 1;
}

static const struct cd_definition *
named(const struct parser *p, const char *name)
{
	int i;

	for (i = 0; i < p->ndefinitions; i++)
		if (strcmp(p->definitions[i].word[1], name) == 0)
			return &p->definitions[i];
	return NULL;
}

const struct cd_definition *
cd_define_at(const struct parser *p, int line)
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
check_words(struct parser *p, const struct cd_definition *d)
{
	int i;

	for (i = 0; i < p->n; i++) {
		if (p->word[i][0] != '$')
			continue;
		if (!d)
			return cd_words_reject(p,
			    "outside of a definition:", p->word[i]);
		if (i == 0)
			return cd_words_fail(p,
			    "a line cannot begin with a parameter");
		if (param(d, p->word[i]) < 0)
			return cd_words_reject(p,
			    "the definition has no parameter", p->word[i]);
	}
	if (p->n > CD_WORDS_MAX && !is(p, "input")) {
		p->n = 1;
		return cd_words_fail(p, "more than %d words", CD_WORDS_MAX);
	}
	return 0;
}

/* define NAME PARAM... */
static int
check_head(struct parser *p, struct cd_definition *d)
{
	const struct cd_definition *other;
	int i, k;

	*d = (struct cd_definition){ p->word, p->n - 2, p->line, 0 };
	if (!cd_words_next(p, "the definition's name"))
		return -1;
	for (i = 1; i < p->n; i++) {
		if (cd_words_name(p, p->word[i]) < 0)
			return -1;
		for (k = 2; k < i; k++)
			if (strcmp(p->word[k], p->word[i]) == 0)
				return cd_words_reject(p,
				    "two parameters have the name", p->word[i]);
	}
	if (cd_text_has_statement(p->word[1]))
		return cd_words_reject(p, "there is a statement", p->word[1]);
	other = named(p, p->word[1]);
	if (other)
		return cd_words_fail(p, "line %d defines '%s' already",
		    other->line, p->word[1]);
	return 0;
}

/* A line between define and its end; depth: blocks open. */
static int
check_inner(struct parser *p, const struct cd_definition *d, int depth)
{
	if (is(p, "define"))
		return cd_words_fail(p,
		    "the definition of line %d is not closed", d->line);
	if (is(p, "input") || is(p, "init") || is(p, "loss"))
		return cd_words_fail(p, "cannot stand in a definition");
	if (is(p, "shortcut") && depth == 0)
		return cd_words_fail(p, "no block is open");
	return check_words(p, d);
}

/* From a define, which p is at, to its end. */
static int
collect(struct parser *p, struct cd_definition *d)
{
	int line = p->line, depth = 0, lines = 0;

	if (check_head(p, d) < 0)
		return -1;
	while (++line <= p->nlines) {
		look_at(p, line);
		if (is(p, "end") && depth == 0) {
			d->end = line;
			if (lines == 0)
				return cd_words_fail(p,
				    "the definition of line %d is empty",
				    d->line);
			return cd_words_end(p);
		}
		lines += p->n > 0;
		depth += is(p, "block") - is(p, "end");
		if (check_inner(p, d, depth) < 0)
			return -1;
	}
	look_at(p, d->line);
	return cd_words_fail(p, "no 'end' closes the definition");
}

int
cd_define_collect(struct parser *p)
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
				return cd_fail(p->e, "out of memory");
			p->definitions = more;
		}
		p->definitions[p->ndefinitions++] = d;
		line = d.end;
	}
	return 0;
}

/* "SIZE, STRIDE" */
static void
list_params(const struct cd_definition *d, char *buf, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < d->nparams && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "",
		    d->word[2 + i]);
}

int
cd_define_use(struct parser *p, struct cd_use *use)
{
	const struct cd_definition *d = named(p, p->word[0]);
	char params[128] = "";

	if (!d)
		return cd_words_fail(p, "unknown word");
	if (d->line > p->line)
		return cd_words_fail(p,
		    "its definition comes later, in line %d", d->line);
	if (d->end > p->line)
		return cd_words_fail(p, "a definition cannot use itself");
	list_params(d, params, sizeof params);
	if (p->n - 1 != d->nparams)
		return cd_words_fail(p,
		    "%d arguments, not %d: the definition of line %d takes "
		    "(%s)",
		    p->n - 1, d->nparams, d->line, params);
	*use = (struct cd_use){ d, p->word + 1, p->line,
		p->use ? p->use->depth + 1 : 1, p->use };
	if (use->depth > CD_DEPTH_MAX)
		return cd_words_fail(p, "definitions more than %d deep",
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
