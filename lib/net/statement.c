#include "net/statement.h"

#include <stdio.h>
#include <string.h>

#include "net/block.h"
#include "net/frame.h"
#include "net/grow.h"

static const struct {
	const char *word;
	int (*parse)(struct cd_parser *);
	const struct cd_layer_kind *makes; /* the layer it adds, or NULL */
} frames[] = {
	{ "input", cd_frame_input, NULL },
	{ "init", cd_frame_init, NULL },
	{ "loss", cd_frame_loss, NULL },
	{ "block", cd_block_begin, NULL },
	{ "shortcut", cd_block_shortcut, NULL },
	{ "end", cd_block_end, &cd_layer_add },
};

enum {
	FRAMES = sizeof frames / sizeof *frames,
	ALL = FRAMES + CD_LAYER_KINDS * CD_KIND_LINES_MAX,
};

_Static_assert((int)FRAMES <= (int)CD_FRAMES_MAX, "a count for each");

/* Fills s for the i-th statement; returns its word, or NULL for an unused
 * element of a kind's lines. */
static const char *
at(int i, struct cd_statement *s)
{
	int k = (i - FRAMES) / CD_KIND_LINES_MAX;

	*s = (struct cd_statement){ .index = i };
	if (i < FRAMES) {
		s->first = frames[i].parse == cd_frame_input;
		s->frame = frames[i].parse;
		s->name = frames[i].makes ? frames[i].makes->name : NULL;
		return frames[i].word;
	}
	s->kind = cd_layer_kinds[k];
	s->line = (i - FRAMES) % CD_KIND_LINES_MAX;
	s->name = s->kind->line[s->line].word;
	return s->name;
}

bool
cd_statement_find(const char *word, struct cd_statement *s)
{
	const char *w;
	int i;

	for (i = 0; i < ALL; i++) {
		w = at(i, s);
		if (w && strcmp(w, word) == 0)
			return true;
	}
	return false;
}

bool
cd_statement_is(const char *word)
{
	struct cd_statement s;

	return strcmp(word, "define") == 0 || cd_statement_find(word, &s);
}

const char *
cd_statement_words(char buf[CD_STATEMENT_WORDS])
{
	struct cd_statement s;
	size_t n = 0;
	const char *w;
	int i;

	for (i = 0; i < ALL && n < CD_STATEMENT_WORDS; i++) {
		w = at(i, &s);
		if (w)
			n += (size_t)snprintf(buf + n, CD_STATEMENT_WORDS - n,
			    "%s, ", w);
	}
	if (n < CD_STATEMENT_WORDS)
		snprintf(buf + n, CD_STATEMENT_WORDS - n, "define");
	return buf;
}

/* Takes "as NAME" off the end of a layer's line, or makes up a name. */
static int
take_name(struct cd_parser *p, const struct cd_statement *s)
{
	struct cd_words *w = &p->w;

	snprintf(p->name, sizeof p->name, "%s%d", s->name,
	    ++p->count[s->index]);
	if (w->n < 3 || strcmp(w->word[w->n - 2], "as") != 0)
		return 0;
	if (cd_words_name(w, w->word[w->n - 1]) < 0)
		return -1;
	snprintf(p->name, sizeof p->name, "%s", w->word[w->n - 1]);
	w->n -= 2;
	return 0;
}

static int
parse_layers(struct cd_parser *p, const struct cd_statement *s)
{
	struct cd_layer_line line = { .n = 0 };
	int i;

	if (s->kind->line[s->line].parse(&p->w, cd_grow_input(p), &line) < 0)
		return -1;
	for (i = 0; i < line.n; i++) {
		line.layer[i].other = CD_LAYER_NONE;
		if (cd_grow(p, &line.layer[i], line.suffix[i]) < 0)
			return -1;
	}
	return 0;
}

int
cd_statement_parse(struct cd_parser *p, const struct cd_statement *s)
{
	if (s->name && take_name(p, s) < 0)
		return -1;
	return s->frame ? s->frame(p) : parse_layers(p, s);
}
