/* The parser of net texts: formats/net.md from the reader's side. */
#include "net/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/text_define.h"
#include "net/text_layers.h"

enum {
	CLASSES_MAX = 65536, /* as many as a header may name */
};

/* [WHAT] and a number for each channel; first: where there are none. */
static int
want_channels(struct parser *p, const char *what, double min, double first,
    float **out)
{
	int i, c = p->net->in[2];
	char name[64];
	double v;

	*out = cd_calloc((size_t)c, sizeof **out, p->e);
	if (!*out)
		return -1;
	for (i = 0; i < c; i++)
		(*out)[i] = (float)first;
	if (!cd_words_take(p, what))
		return 0;
	for (i = 0; i < c; i++) {
		snprintf(name, sizeof name, "%s of channel %d", what, i);
		if (cd_words_real(p, name, min, 1e6, &v) < 0)
			return -1;
		(*out)[i] = (float)v;
	}
	return 0;
}

static int
parse_input(struct parser *p)
{
	struct cd_net *net = p->net;

	if (p->have_input)
		return cd_words_fail(p, "a second input");
	p->have_input = true;
	if (cd_words_int(p, "height", 1, CD_SIDE_MAX, &net->in[0]) < 0 ||
	    cd_words_int(p, "width", 1, CD_SIDE_MAX, &net->in[1]) < 0 ||
	    cd_words_int(p, "channels", 1, CD_INPUT_CHANNELS_MAX, &net->in[2]) <
		0)
		return -1;
	net->scale = 1;
	if (cd_words_take(p, "scale") &&
	    cd_words_real(p, "scale", 1e-6, 1e6, &net->scale) < 0)
		return -1;
	if (want_channels(p, "mean", -1e6, 0, &net->mean) < 0 ||
	    want_channels(p, "deviation", 1e-6, 1, &net->deviation) < 0)
		return -1;
	return cd_words_end(p);
}

static int
parse_init(struct parser *p)
{
	const char *how = cd_words_next(p, "'glorot' or 'he'");

	if (!how)
		return -1;
	if (p->have_init)
		return cd_words_fail(p, "a second init");
	p->have_init = true;
	if (strcmp(how, "he") == 0)
		p->net->init = CD_INIT_HE;
	else if (strcmp(how, "glorot") != 0)
		return cd_words_reject(p, "neither 'glorot' nor 'he':", how);
	return cd_words_end(p);
}

/* Do the last layer's outputs suit the loss? */
static int
check_outputs(struct parser *p)
{
	struct cd_net *net = p->net;
	const int *out = net->layer[net->nlayers - 1].out;
	char shape[CD_SHAPE_TEXT];

	if (!cd_shape_is_vector(out))
		return cd_words_fail(p,
		    "the input is a map of %s, a vector "
		    "(1x1xn) is wanted",
		    cd_shape_text(out, shape));
	net->noutputs = net->nclasses = out[2];
	if (net->loss == CD_LOSS_LOGISTIC) {
		if (out[2] != 1)
			return cd_words_fail(p,
			    "the input is %s, logistic "
			    "wants one output (1x1x1)",
			    cd_shape_text(out, shape));
		net->nclasses = 2;
	} else if (out[2] < 2 || out[2] > CLASSES_MAX) {
		return cd_words_fail(p,
		    "the input is %s, softmax wants 2 to "
		    "%d outputs (1x1xn)",
		    cd_shape_text(out, shape), CLASSES_MAX);
	}
	return 0;
}

static int
parse_loss(struct parser *p)
{
	const char *how = cd_words_next(p, "'logistic' or 'softmax'");

	if (!how)
		return -1;
	if (strcmp(how, "logistic") == 0)
		p->net->loss = CD_LOSS_LOGISTIC;
	else if (strcmp(how, "softmax") == 0)
		p->net->loss = CD_LOSS_SOFTMAX;
	else
		return cd_words_reject(p,
		    "neither 'logistic' nor 'softmax':", how);
	p->have_loss = true;
	if (p->nblocks > 0)
		return cd_words_fail(p, "the block of line %d is not closed",
		    p->block[p->nblocks - 1].line);
	if (p->size.params == 0)
		return cd_words_fail(p, "no layer before it has parameters");
	if (cd_words_end(p) < 0)
		return -1;
	return check_outputs(p);
}

static const struct statement {
	const char *word;
	int (*parse)(struct parser *);
	const char *name; /* of its layers; NULL: it is none */
} statements[] = {
	{ .word = "input", .parse = parse_input },
	{ .word = "init", .parse = parse_init },
	{ .word = "loss", .parse = parse_loss },
	{ .word = "conv", .parse = cd_line_conv, .name = "conv" },
	{ .word = "separable",
	    .parse = cd_line_separable,
	    .name = "separable" },
	{ .word = "norm", .parse = cd_line_norm, .name = "norm" },
	{ .word = "relu", .parse = cd_line_relu, .name = "relu" },
	{ .word = "pool", .parse = cd_line_pool, .name = "pool" },
	{ .word = "excite", .parse = cd_line_excite, .name = "excite" },
	{ .word = "flatten", .parse = cd_line_flatten, .name = "flatten" },
	{ .word = "dropout", .parse = cd_line_dropout, .name = "dropout" },
	{ .word = "dense", .parse = cd_line_dense, .name = "dense" },
	{ .word = "block", .parse = cd_line_block },
	{ .word = "shortcut", .parse = cd_line_shortcut },
	{ .word = "end", .parse = cd_line_end, .name = "add" },
};

_Static_assert(sizeof statements <= CD_STATEMENTS_MAX * sizeof statements[0],
    "a count for each");

static const struct statement *
find_statement(const char *word)
{
	const struct statement *s = statements;
	size_t n = sizeof statements / sizeof *s;

	for (; n > 0; s++, n--)
		if (strcmp(s->word, word) == 0)
			return s;
	return NULL;
}

bool
cd_text_has_statement(const char *word)
{
	return strcmp(word, "define") == 0 || find_statement(word);
}

/* Takes "as NAME" off the end of a layer's line, or makes up a name. */
static int
take_name(struct parser *p, const struct statement *s)
{
	int n = ++p->count[s - statements];

	snprintf(p->name, sizeof p->name, "%s%d", s->name, n);
	if (p->n < 3 || strcmp(p->word[p->n - 2], "as") != 0)
		return 0;
	if (cd_words_name(p, p->word[p->n - 1]) < 0)
		return -1;
	snprintf(p->name, sizeof p->name, "%s", p->word[p->n - 1]);
	p->n -= 2;
	return 0;
}

static int parse_lines(struct parser *, int, int, const struct cd_use *);

/* A line whose words are taken apart. */
static int
parse_words(struct parser *p)
{
	const struct statement *s = find_statement(p->word[0]);
	struct cd_use use;

	if (!s && cd_define_use(p, &use) < 0)
		return -1;
	if (p->have_loss)
		return cd_words_fail(p, "nothing may follow the loss");
	if (!p->have_input && (!s || s->parse != parse_input))
		return cd_words_fail(p, "'input' comes first");
	if (!s)
		return parse_lines(p, use.of->line + 1, use.of->end, &use);
	if (s->name && take_name(p, s) < 0)
		return -1;
	return s->parse(p);
}

/* The lines from first to before end; use: those of a definition. */
static int
parse_lines(struct parser *p, int first, int end, const struct cd_use *use)
{
	char *filled[CD_WORDS_MAX];
	const struct cd_definition *d;
	const struct cd_line *l;
	int i;

	for (i = first; i < end; i++) {
		l = &p->lines[i - 1];
		p->line = i;
		p->use = use;
		p->word = use ? filled : l->word;
		p->n = l->n;
		p->at = 1;
		if (use)
			cd_define_fill(use, l, filled);
		d = cd_define_at(p, i);
		if (d && p->have_loss)
			return cd_words_fail(p, "nothing may follow the loss");
		if (d)
			i = d->end;
		else if (p->n > 0 && parse_words(p) < 0)
			return -1;
	}
	return 0;
}

/* Cuts text, which it changes, into lines and words. */
static int
split(struct parser *p, char *text, size_t len)
{
	char *s, **word, *next;

	for (p->nlines = 1, s = text; (s = strchr(s, '\n')); s++)
		p->nlines++;
	p->lines = cd_calloc((size_t)p->nlines, sizeof *p->lines, p->e);
	/* a word takes two bytes, but the last one */
	p->words = cd_calloc(len / 2 + 1, sizeof *p->words, p->e);
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
	return 0;
}

/* text is a copy, to be cut into words. */
static int
parse_text(struct parser *p, char *text, size_t len)
{
	int r = split(p, text, len);

	p->from = CD_NET_PICTURE;
	if (r == 0)
		r = cd_define_collect(p);
	if (r == 0)
		r = parse_lines(p, 1, p->nlines + 1, NULL);
	if (r == 0 && p->nblocks > 0)
		r = cd_fail(p->e, "%s: line %d: block: no 'end' closes it",
		    p->file, p->block[p->nblocks - 1].line);
	if (r == 0 && !p->have_loss)
		r = cd_fail(p->e, "%s: no '%s' line", p->file,
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
	struct parser p = { .net = net, .file = file, .e = e };
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
	int64_t n;
	int r = -1;

	memset(net, 0, sizeof *net);
	if (!text)
		return -1;
	n = slurp(path, name, text, CD_NET_TEXT_MAX + 1, e);
	if (n >= 0)
		r = cd_net_parse(net, text, (size_t)n, name, e);
	free(text);
	return r;
}

void
cd_net_free(struct cd_net *net)
{
	free(net->text);
	free(net->mean);
	free(net->deviation);
	free(net->layer);
	memset(net, 0, sizeof *net);
}
