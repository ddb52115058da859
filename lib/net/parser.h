/* The state of parsing a net text. Private to lib/net. */
#ifndef CD_NET_PARSER_H
#define CD_NET_PARSER_H

#include "layer/kinds.h"
#include "net/net.h"

enum {
	CD_INPUT_CHANNELS_MAX = 1024,
	CD_FRAMES_MAX = 8,
	CD_STATEMENTS_MAX = CD_FRAMES_MAX + CD_KIND_LINES_MAX * CD_LAYER_KINDS,
};

/* A line of the text, cut into words; the first names the statement. */
struct cd_line {
	char **word;
	int n;
	int next; /* the next line that has words, or the one after the last:
		   * a definition full of empty lines costs them once */
};

/* `define NAME PARAM...` in line `line`, its `end` in line `end`; lines count
 * from 1. word: the 2 + nparams words of the define line. */
struct cd_definition {
	char **word;
	int nparams, line, end;
};

/* The definition whose lines are being parsed, and the arguments that stand for
 * its parameters. */
struct cd_use {
	struct cd_words_use at;
	const struct cd_definition *of;
	char **arg;
	int depth;
};

/* A block whose `end` has not come yet. */
struct cd_block {
	int line;
	int input; /* the layer that both paths take */
	int main;  /* the last layer of the main path, after `shortcut` */
	bool shortcut;
};

struct cd_parser {
	struct cd_net *net;
	struct cd_words w; /* the line being parsed, parameters replaced */

	char **words; /* of all the text */
	struct cd_line *lines;
	int nlines;
	struct cd_definition *definitions;
	int ndefinitions;
	const struct cd_use *use; /* NULL: in no definition */

	char name[CD_LAYER_NAME_MAX]; /* of the line's layers */
	int count[CD_STATEMENTS_MAX]; /* of each statement, for names */

	int room; /* of net->layer */
	int from; /* the layer that the next one takes */
	struct cd_block block[CD_DEPTH_MAX];
	int nblocks;
	struct cd_net_size size;
	bool have_input, have_init, have_loss;
};

#endif
