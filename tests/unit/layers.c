/* The table of layers: every row is whole, and the words are each one's own. */
#include "layer/kinds.h"
#include "layer/op.h"
#include "net/statement.h"
#include "unit/check.h"

#define WANT(kind, what, condition)                               \
	do {                                                      \
		if (!(condition))                                 \
			printf("layer '%s': %s\n", (kind), what); \
		CHECK(condition);                                 \
	} while (0)

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
	WANT(k->name, "its step has no forward()", s->forward);
	WANT(k->name, "its step has no backward()", s->backward);
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
}

int
main(void)
{
	int i, j, lines = 0;

	for (i = 0; i < CD_LAYER_KINDS; i++) {
		row(cd_layer_kinds[i]);
		for (j = 0; j < CD_KIND_LINES_MAX; j++) {
			line(cd_layer_kinds[i], j);
			lines += cd_layer_kinds[i]->line[j].word != NULL;
		}
	}
	/* a block's sum has no line of its own, separable is a second one */
	CHECK(lines >= CD_LAYER_KINDS);
	CHECK(!cd_statement_is("nothing") && cd_statement_is("define"));
	return CHECK_DONE();
}
