/* The parser of net texts: formats/net.md from the reader's side. */
#include "net/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/text_words.h"

enum {
	IN_SIDE_MAX = 8192,
	IN_CHANNELS_MAX = 1024,
	OUT_MAX = 1 << 20,   /* filters of a conv, outputs of a dense */
	CLASSES_MAX = 65536, /* as many as a header may name */
	WINDOW_MAX = 64,
	POOL_MAX = 15, /* kern/pool.h */
};

static int
name_layer(struct parser *p, struct cd_layer *l, const char *kind)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	int i, n = ++p->count[l->kind];

	if (!p->as) {
		snprintf(l->name, sizeof l->name, "%s%d", kind, n);
	} else {
		if (strlen(p->as) >= sizeof l->name ||
		    strspn(p->as, chars) != strlen(p->as))
			return cd_words_fail(p,
			    "a name has at most %d "
			    "letters, digits and characters of '_.-'",
			    CD_LAYER_NAME_MAX - 1);
		snprintf(l->name, sizeof l->name, "%s", p->as);
	}
	for (i = 0; i < p->net->nlayers; i++)
		if (strcmp(p->net->layer[i].name, l->name) == 0)
			return cd_words_fail(p,
			    "the layer of line %d has the "
			    "name %s already",
			    p->net->layer[i].line, l->name);
	return 0;
}

/* The end of every layer's statement: checks its shape and adds it. */
static int
add_layer(struct parser *p, struct cd_layer *l)
{
	struct cd_net *net = p->net;
	struct cd_layer *more;
	int room;

	if (cd_words_end(p) < 0)
		return -1;
	if (net->nlayers == CD_LAYERS_MAX)
		return cd_words_fail(p, "more than %d layers", CD_LAYERS_MAX);
	l->line = p->line;
	if (name_layer(p, l, p->word[0]) < 0)
		return -1;
	l->from = net->nlayers - 1;
	memcpy(l->in, net->nlayers ? net->layer[net->nlayers - 1].out : net->in,
	    sizeof l->in);
	if (cd_layer_shape(l, &p->size, p->e) < 0)
		return cd_words_blame(p);
	if (net->nlayers == p->room) {
		room = p->room ? 2 * p->room : 16;
		more = realloc(net->layer, (size_t)room * sizeof *more);
		if (!more)
			return cd_words_fail(p, "out of memory");
		net->layer = more;
		p->room = room;
	}
	net->layer[net->nlayers++] = *l;
	return 0;
}

static int
want_stride(struct parser *p, struct cd_layer *l)
{
	if (cd_words_take(p, "stride"))
		return cd_words_int(p, "stride", 1, WINDOW_MAX, &l->stride);
	return 0;
}

/* HEIGHTxWIDTH of a window. */
static int
want_window(struct parser *p, struct cd_layer *l)
{
	const char *w = cd_words_next(p, "the window (3x3)");

	if (!w)
		return -1;
	if (cd_parse_wxh(w, &l->kh, &l->kw, NULL) < 0 || l->kh > WINDOW_MAX ||
	    l->kw > WINDOW_MAX)
		return cd_words_reject(p,
		    "a window is HEIGHTxWIDTH, each "
		    "1 to 64, not",
		    w);
	return 0;
}

static int
want_pad(struct parser *p, struct cd_layer *l)
{
	int least = l->kh < l->kw ? l->kh : l->kw;

	if (!cd_words_take(p, "pad"))
		return 0;
	if (!cd_words_take(p, "same"))
		return cd_words_int(p, "pad", 0, least - 1, &l->pad);
	if (l->kh != l->kw || l->kh % 2 == 0)
		return cd_words_fail(p,
		    "'pad same' wants a square window of "
		    "odd size, not %dx%d",
		    l->kh, l->kw);
	l->pad = (l->kh - 1) / 2;
	return 0;
}

static int
parse_conv(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_CONV,
		.stride = 1,
		.groups = 1,
		.bias = true };

	if (cd_words_int(p, "the number of filters", 1, OUT_MAX, &l.out[2]) <
		0 ||
	    want_window(p, &l) < 0)
		return -1;
	l.relu = cd_words_take(p, "relu");
	if (want_stride(p, &l) < 0 || want_pad(p, &l) < 0)
		return -1;
	return add_layer(p, &l);
}

static int
parse_pool(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_POOL };
	const char *how = cd_words_next(p, "'max'");

	if (!how)
		return -1;
	if (strcmp(how, "max") != 0)
		return cd_words_reject(p, "unknown kind of pooling", how);
	if (cd_words_int(p, "the window's size", 1, POOL_MAX, &l.kh) < 0)
		return -1;
	l.kw = l.stride = l.kh;
	if (want_stride(p, &l) < 0)
		return -1;
	return add_layer(p, &l);
}

static int
parse_relu(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_RELU };

	return add_layer(p, &l);
}

static int
parse_flatten(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_FLATTEN };

	return add_layer(p, &l);
}

static int
parse_dropout(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_DROPOUT };

	if (cd_words_real(p, "the rate", 0, 0.99, &l.rate) < 0)
		return -1;
	return add_layer(p, &l);
}

static int
parse_dense(struct parser *p)
{
	struct cd_layer l = { .kind = CD_LAYER_DENSE };

	if (cd_words_int(p, "the number of outputs", 1, OUT_MAX, &l.out[2]) < 0)
		return -1;
	l.relu = cd_words_take(p, "relu");
	return add_layer(p, &l);
}

static int
parse_input(struct parser *p)
{
	struct cd_net *net = p->net;

	if (p->have_input)
		return cd_words_fail(p, "a second input");
	p->have_input = true;
	if (cd_words_int(p, "height", 1, IN_SIDE_MAX, &net->in[0]) < 0 ||
	    cd_words_int(p, "width", 1, IN_SIDE_MAX, &net->in[1]) < 0 ||
	    cd_words_int(p, "channels", 1, IN_CHANNELS_MAX, &net->in[2]) < 0)
		return -1;
	net->scale = 1;
	if (cd_words_take(p, "scale") &&
	    cd_words_real(p, "scale", 1e-6, 1e6, &net->scale) < 0)
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
	if (p->size.params == 0)
		return cd_words_fail(p, "no layer before it has parameters");
	if (cd_words_end(p) < 0)
		return -1;
	return check_outputs(p);
}

static const struct statement {
	const char *word;
	int (*parse)(struct parser *);
	bool layer;
} statements[] = {
	{ "input", parse_input, false },
	{ "init", parse_init, false },
	{ "loss", parse_loss, false },
	{ "conv", parse_conv, true },
	{ "pool", parse_pool, true },
	{ "relu", parse_relu, true },
	{ "flatten", parse_flatten, true },
	{ "dropout", parse_dropout, true },
	{ "dense", parse_dense, true },
};

/* Takes "as NAME" off the end of a layer's line. */
static void
take_name(struct parser *p)
{
	p->as = NULL;
	if (p->n >= 3 && strcmp(p->word[p->n - 2], "as") == 0) {
		p->as = p->word[p->n - 1];
		p->n -= 2;
	}
}

static int
parse_line(struct parser *p, char *line)
{
	const size_t n = sizeof statements / sizeof statements[0];
	const struct statement *s = statements;

	if (cd_words_split(p, line) < 0)
		return -1;
	if (p->n == 0)
		return 0;
	while (s < statements + n && strcmp(s->word, p->word[0]) != 0)
		s++;
	if (s == statements + n)
		return cd_words_fail(p, "unknown word");
	if (p->have_loss)
		return cd_words_fail(p, "nothing may follow the loss");
	if (!p->have_input && s->parse != parse_input)
		return cd_words_fail(p, "'input' comes first");
	if (s->layer)
		take_name(p);
	return s->parse(p);
}

/* text is a copy, to be cut into words. */
static int
parse_text(struct parser *p, char *text)
{
	char *next;

	for (; text; text = next) {
		p->line++;
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		if (parse_line(p, text) < 0)
			return -1;
	}
	if (p->have_loss)
		return 0;
	return cd_fail(p->e, "%s: no '%s' line", p->file,
	    p->have_input ? "loss" : "input");
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
		r = parse_text(&p, copy);
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
	free(net->layer);
	memset(net, 0, sizeof *net);
}
