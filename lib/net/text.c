/* Parses net texts: formats/net.md. */
#include "net/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "base/mem.h"
#include "base/num.h"
#include "net/define.h"
#include "net/statement.h"

static int parse_lines(struct cd_parser *, int, int, const struct cd_use *);

/* Parses the current line. */
static int
parse_words(struct cd_parser *p)
{
	struct cd_statement s;
	bool known = cd_statement_find(p->w.word[0], &s);
	struct cd_use use;

	if (!known && cd_define_use(p, &use) < 0)
		return -1;
	if (p->have_loss)
		return cd_words_fail(&p->w, "nothing may follow the loss");
	if (!p->have_input && !(known && s.first))
		return cd_words_fail(&p->w, "'input' comes first");
	if (known)
		return cd_statement_parse(p, &s);
	return parse_lines(p, use.of->line + 1, use.of->end, &use);
}

/* Parses lines first .. end - 1; use: if they are a definition's, else NULL. */
static int
parse_lines(struct cd_parser *p, int first, int end, const struct cd_use *use)
{
	char *filled[CD_WORDS_MAX];
	const struct cd_definition *d;
	const struct cd_line *l;
	int i;

	for (i = first; i < end; i = p->lines[i - 1].next) {
		l = &p->lines[i - 1];
		p->use = use;
		p->w.use = use ? &use->at : NULL;
		p->w.line = i;
		p->w.word = use ? filled : l->word;
		p->w.n = l->n;
		p->w.at = 1;
		if (use)
			cd_define_fill(use, l, filled);
		d = cd_define_at(p, i);
		if (d && p->have_loss)
			return cd_words_fail(&p->w,
			    "nothing may follow the loss");
		if (d)
			i = d->end;
		else if (p->w.n > 0 && parse_words(p) < 0)
			return -1;
	}
	return 0;
}

/* Cuts text, in place, into lines and words. */
static int
split(struct cd_parser *p, char *text, size_t len)
{
	char *s, **word, *next;
	int i, used;

	for (p->nlines = 1, s = text; (s = strchr(s, '\n')); s++)
		p->nlines++;
	p->lines = cd_calloc((size_t)p->nlines, sizeof *p->lines, p->w.e);
	/* each word but the last takes at least two bytes */
	p->words = cd_calloc(len / 2 + 1, sizeof *p->words, p->w.e);
	if (!p->lines || !p->words)
		return -1;
	p->nlines = 0;
	for (s = text, word = p->words; s; s = next) {
		struct cd_line *l = &p->lines[p->nlines++];

		next = strchr(s, '\n');
		if (next)
			*next++ = '\0';
		l->word = word;
		l->n = cd_words_split(s, word);
		word += l->n;
	}
	for (i = p->nlines, used = i + 1; i > 0; i--) {
		p->lines[i - 1].next = used;
		if (p->lines[i - 1].n > 0)
			used = i;
	}
	return 0;
}

/* text is a copy, to be cut into words. */
static int
parse_text(struct cd_parser *p, char *text, size_t len)
{
	int r = split(p, text, len);

	p->from = CD_NET_PICTURE;
	if (r == 0)
		r = cd_define_collect(p);
	if (r == 0)
		r = parse_lines(p, 1, p->nlines + 1, NULL);
	if (r == 0 && p->nblocks > 0)
		r = cd_fail(p->w.e, "%s: line %d: block: no 'end' closes it",
		    p->w.file, p->block[p->nblocks - 1].line);
	if (r == 0 && !p->have_loss)
		r = cd_fail(p->w.e, "%s: no '%s' line", p->w.file,
		    p->have_input ? "loss" : "input");
	free(p->lines);
	free(p->words);
	free(p->definitions);
	return r;
}

static int
line_of(const char *text, const char *at)
{
	int n = 1;

	for (; text < at; text++)
		n += *text == '\n';
	return n;
}

int
cd_net_parse(struct cd_net *net, const char *text, size_t len, const char *file,
    struct cd_err *e)
{
	struct cd_parser p = { .net = net, .w = { .file = file, .e = e } };
	const char *nul = memchr(text, '\0', len);
	char *copy;
	int r = -1;

	memset(net, 0, sizeof *net);
	if (len > CD_NET_TEXT_MAX)
		return cd_fail(e, "%s: a net text of more than %d bytes", file,
		    CD_NET_TEXT_MAX);
	if (nul)
		return cd_fail(e, "%s: line %d: a NUL byte: this is no text",
		    file, line_of(text, nul));
	net->text = cd_copy_text(text, len, e);
	net->len = len;
	copy = cd_copy_text(text, len, e);
	if (net->text && copy)
		r = parse_text(&p, copy, len);
	free(copy);
	if (r < 0)
		cd_net_free(net);
	return r;
}

/* Reads up to size bytes; < 0 on failure. */
static int64_t
slurp(const char *path, const char *name, char *to, size_t size,
    struct cd_err *e)
{
	FILE *f = path ? fopen(path, "rb") : stdin;
	int64_t n;

	if (!f)
		return cd_fail_errno(e, "%s", name);
	n = (int64_t)fread(to, 1, size, f);
	if (ferror(f))
		n = cd_fail_errno(e, "%s", name);
	if (path)
		fclose(f);
	return n;
}

int
cd_net_load(struct cd_net *net, const char *path, struct cd_err *e)
{
	const char *name = path ? path : "standard input";
	char *text = cd_calloc(CD_NET_TEXT_MAX + 1, 1, e);
	const char *what;
	int64_t n;
	int r = -1;

	memset(net, 0, sizeof *net);
	if (!text)
		return -1;
	n = slurp(path, name, text, CD_NET_TEXT_MAX + 1, e);
	what = n > 0 ? cd_format_name(text, (size_t)n) : NULL;
	if (what && memcmp(text + 1, "TRS", 3) == 0)
		n = cd_fail(e,
		    "%s: a stream, not a net text; cd-train --summary shows "
		    "the net of a model",
		    name);
	else if (what)
		n = cd_fail(e, "%s: %s, not a net text", name, what);
	if (n >= 0)
		r = cd_net_parse(net, text, (size_t)n, name, e);
	free(text);
	return r;
}
