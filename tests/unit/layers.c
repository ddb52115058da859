/* The table of layers: every row is whole, its words are its own, and
 * formats/net.md and cd-net(5) have its lines and parameters. To be run from
 * the top of the tree. */
#include "layer/kinds.h"
#include "layer/op.h"
#include "net/model.h"
#include "net/statement.h"
#include "net/text.h"
#include "unit/layer_double.h"

static char format[1 << 17], page[1 << 17];

#define WANT(kind, what, condition)                               \
	do {                                                      \
		if (!(condition))                                 \
			printf("layer '%s': %s\n", (kind), what); \
		CHECK(condition);                                 \
	} while (0)

static void
slurp(const char *path, char *to, size_t room)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f) {
		printf("%s: not there: run this from the top of the tree\n",
		    path);
		exit(1);
	}
	n = fread(to, 1, room - 1, f);
	CHECK(n > 0 && n < room - 1);
	to[n] = '\0';
	fclose(f);
}

/* Does the text have a line that begins with what and word, which ends there?
 */
static bool
has_line(const char *text, const char *what, const char *word)
{
	char begin[64];
	size_t n;

	n = (size_t)snprintf(begin, sizeof begin, "\n%s%s", what, word);
	for (; (text = strstr(text, begin)); text += n)
		if (strchr(" `\n", text[n]))
			return true;
	return false;
}

static void
row(const struct cd_layer_kind *k)
{
	const struct cd_op_kind *s = k->step;

	CHECK(k->name && k->name[0]);
	WANT(k->name, "no shape()", k->shape);
	WANT(k->name, "no params()", k->params);
	WANT(k->name, "no flops()", k->flops);
	if (!s)
		return;
	WANT(k->name, "its step has no name", s->name && s->name[0]);
	WANT(k->name, "its step has no forward()",
	    s->forward || s->forward_one);
	WANT(k->name, "its step has no backward()",
	    s->backward || s->backward_one);
}

/* A line's word finds its own row, and stands in the list for messages. */
static void
line(const struct cd_layer_kind *k, int i)
{
	const char *word = k->line[i].word, *at;
	char words[CD_STATEMENT_WORDS];
	struct cd_statement s;

	if (!word) {
		WANT(k->name, "parse() without a word", !k->line[i].parse);
		return;
	}
	WANT(k->name, "no parse()", k->line[i].parse);
	WANT(k->name, "another statement has its word",
	    cd_statement_find(word, &s) && s.kind == k && s.line == i);
	at = strstr(cd_statement_words(words), word);
	WANT(k->name, "its word is not in the list for messages",
	    at && strchr(at, ','));
	WANT(k->name, "formats/net.md has no row for its line",
	    has_line(format, "| `", word));
	WANT(k->name, "man/cd-net.5 has no item for its line",
	    has_line(page, ".It Ic ", word));
}

/* formats/net.md, "Parameters", has the keys of those of the kind's own net. */
static void
params(const struct cd_layer_kind *k)
{
	struct cd_err e = { "" };
	struct cd_model m;
	struct cd_net net;
	char text[400], key[CD_LAYER_NAME_MAX + 32];
	int i;

	snprintf(text, sizeof text,
	    "input 10 10 3\n%s\nflatten\ndense 3\nloss softmax\n",
	    layers[nd_row(k)].net);
	if (cd_net_parse(&net, text, strlen(text), k->name, &e) < 0 ||
	    cd_model_init(&m, &net, 1, &e) < 0) {
		printf("%s\n", e.msg);
		CHECK(0);
		return;
	}
	for (i = 0; i < m.nparams; i++) {
		snprintf(key, sizeof key, "`NAME%s`",
		    strchr(m.param[i].name, '/'));
		if (!strstr(format, key))
			printf("%s\n", key);
		WANT(k->name, "formats/net.md has no such parameter",
		    strstr(format, key));
	}
	cd_model_free(&m);
}

int
main(void)
{
	int i, j, lines = 0;

	slurp("formats/net.md", format, sizeof format);
	slurp("man/cd-net.5", page, sizeof page);
	for (i = 0; i < CD_LAYER_KINDS; i++) {
		row(cd_layer_kinds[i]);
		for (j = 0; j < CD_KIND_LINES_MAX; j++) {
			line(cd_layer_kinds[i], j);
			lines += cd_layer_kinds[i]->line[j].word != NULL;
		}
		params(cd_layer_kinds[i]);
	}
	/* a block's sum has no line of its own, separable is a second one */
	CHECK(lines >= CD_LAYER_KINDS);
	CHECK(!cd_statement_is("nothing") && cd_statement_is("define"));
	return CHECK_DONE();
}
