/* The net text's blocks and definitions; a net at another size, its table. */
#include <stdlib.h>

#include "unit/net_parse.h"

#define INPUT "input 8 8 4\n"
#define LAST "pool avg global\nloss softmax\n"

static void
takes(int i, const char *name, int from)
{
	CHECK(i < net.nlayers);
	CHECK_TEXT(net.layer[i].name, name);
	CHECK(net.layer[i].from == from);
}

static void
adds(int i, const char *name, int from, int other)
{
	takes(i, name, from);
	CHECK(net.layer[i].kind == &cd_layer_add);
	CHECK(net.layer[i].other == other);
	CHECK(memcmp(net.layer[i].in, net.layer[i].out,
		  sizeof net.layer[i].in) == 0);
}

/* Order, inputs, and what a path without layers is. */
static void
blocks(void)
{
	parsed(INPUT "block\n"
		     "  conv 4 3x3 pad same\n"
		     "end relu\n"
		     "block\n"
		     "  conv 8 3x3 norm relu stride 2 pad same\n"
		     "  conv 8 3x3 norm gamma 0 pad same\n"
		     "shortcut\n"
		     "  pool avg 2 pad same\n"
		     "  conv 8 1x1 norm\n"
		     "end as joined\n" LAST);
	CHECK(net.nlayers == 11);
	takes(0, "conv1", CD_NET_PICTURE);
	adds(1, "add1", 0, CD_NET_PICTURE);
	CHECK(net.layer[1].relu && net.layer[1].line == 4);
	takes(2, "conv2", 1);
	takes(3, "conv2-norm", 2);
	takes(4, "conv3", 3);
	takes(5, "conv3-norm", 4);
	takes(6, "pool1", 1);
	takes(7, "conv4", 6);
	takes(8, "conv4-norm", 7);
	adds(9, "joined", 5, 8);
	CHECK(!net.layer[9].relu && net.layer[9].out[0] == 4);
	CHECK(net.layer[9].out[2] == 8);
	takes(10, "pool2", 9);
	cd_net_free(&net);
}

static void
nested(void)
{
	parsed(INPUT "relu\n"
		     "block\n"
		     "  block\n"
		     "    norm\n"
		     "  end\n"
		     "  relu\n"
		     "shortcut\n"
		     "  block\n"
		     "    norm\n"
		     "  shortcut\n"
		     "    block\n"
		     "      norm\n"
		     "    end\n"
		     "  end relu\n"
		     "end\n"
		     "block\n"
		     "  block\n"
		     "    norm\n"
		     "  end\n"
		     "end\n" LAST);
	takes(1, "norm1", 0);
	adds(2, "add1", 1, 0);
	takes(3, "relu2", 2);
	takes(4, "norm2", 0);
	takes(5, "norm3", 0);
	adds(6, "add2", 5, 0);
	adds(7, "add3", 4, 6);
	CHECK(net.layer[7].relu);
	adds(8, "add4", 3, 7);
	takes(9, "norm4", 8);
	adds(10, "add5", 9, 8);
	adds(11, "add6", 10, 8);
	CHECK(net.nlayers == 13);
	cd_net_free(&net);
}

static void
wrong_blocks(void)
{
	char text[1024];
	size_t n = (size_t)snprintf(text, sizeof text, INPUT);
	int i;

	refused(INPUT "block\nconv 8 3x3\nend\n",
	    "x.net: line 4: end: the block's paths do not meet: its layers "
	    "give 6x6x8, its shortcut 8x8x4");
	refused(INPUT "block\nconv 8 3x3\nshortcut\npool max 2\nend relu\n",
	    "x.net: line 6: end: the block's paths do not meet: its layers "
	    "give 6x6x8, its shortcut 4x4x4");
	refused(INPUT "\nblock\nend\n",
	    "x.net: line 4: end: the block of line 3 has no layers");
	refused(INPUT "block\nshortcut\nrelu\nend\n",
	    "x.net: line 3: shortcut: the block of line 2 has no layers");
	refused(INPUT "block\nrelu\nshortcut\nend\n",
	    "x.net: line 5: end: the shortcut of the block of line 2 has no "
	    "layers: without 'shortcut' it is the input itself");
	refused(INPUT "block\nrelu\nshortcut\nrelu\nshortcut\n",
	    "x.net: line 6: shortcut: the block of line 2 has a shortcut "
	    "already");
	refused(INPUT "end\n", "x.net: line 2: end: no block is open");
	refused(INPUT "shortcut\n",
	    "x.net: line 2: shortcut: no block is open");
	refused(INPUT "block\nrelu\n",
	    "x.net: line 2: block: no 'end' closes it");
	refused(INPUT "block\npool avg global\nloss softmax\n",
	    "x.net: line 4: loss: the block of line 2 is not closed");
	refused(INPUT "block relu\n",
	    "x.net: line 2: block: unexpected word 'relu'");
	refused(INPUT "block as b\n",
	    "x.net: line 2: block: unexpected word 'as'");
	refused(INPUT "block\nrelu\nshortcut 1\n",
	    "x.net: line 4: shortcut: unexpected word '1'");
	refused(INPUT "block\nrelu\nend norm\n",
	    "x.net: line 4: end: unexpected word 'norm'");
	refused("block\n", "x.net: line 1: block: 'input' comes first");
	for (i = 0; i < 33; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "block\n");
	refused(text, "x.net: line 34: block: blocks more than 32 deep");
}

/* ---- definitions ---- */

static void
definitions(void)
{
	parsed("define last C # before the input\n"
	       "  conv $C 1x1 as out\n"
	       "  pool avg global\n"
	       "end\n"
	       "input 8 8 4\n"
	       "define stage C S\n"
	       "  block\n"
	       "    conv $C 3x3 norm relu stride $S pad same\n"
	       "  shortcut\n"
	       "    pool avg $S pad same\n"
	       "    conv $C 1x1\n"
	       "  end relu\n"
	       "end\n"
	       "stage 8 2\n"
	       "define twice C\n"
	       "  stage $C 1\n"
	       "  stage $C 1\n"
	       "end\n"
	       "block\n"
	       "  twice 8\n"
	       "end\n"
	       "last 3\n"
	       "loss softmax\n");
	CHECK(net.nlayers == 18);
	takes(0, "conv1", CD_NET_PICTURE);
	CHECK(net.layer[0].line == 8 && net.layer[0].stride == 2);
	CHECK(net.layer[0].out[2] == 8);
	takes(2, "pool1", CD_NET_PICTURE);
	CHECK(net.layer[2].stride == 2 && net.layer[2].same);
	adds(4, "add1", 1, 3);
	takes(5, "conv3", 4);
	adds(9, "add2", 6, 8);
	adds(14, "add3", 11, 13);
	adds(15, "add4", 14, 4);
	CHECK(net.layer[15].line == 21);
	takes(16, "out", 15);
	CHECK(net.layer[16].line == 2 && net.noutputs == 3);
	cd_net_free(&net);
}

static void
wrong_definitions(void)
{
	refused("define\n",
	    "x.net: line 1: define: the definition's name is missing");
	refused("define conv\nrelu\nend\n",
	    "x.net: line 1: define: there is a statement 'conv'");
	refused("define define\nrelu\nend\n",
	    "x.net: line 1: define: there is a statement 'define'");
	refused("define a/b\nrelu\nend\n",
	    "x.net: line 1: define: a name has at most 63 letters, digits and "
	    "characters of '_.-'");
	refused("define a x y x\nrelu\nend\n",
	    "x.net: line 1: define: two parameters have the name 'x'");
	refused("define a\nrelu\nend\ndefine a\nrelu\nend\n",
	    "x.net: line 4: define: line 1 defines 'a' already");
	refused("define a\nrelu\n",
	    "x.net: line 1: define: no 'end' closes the definition");
	refused("define a\nblock\nrelu\nend\n",
	    "x.net: line 1: define: no 'end' closes the definition");
	refused("define a\nrelu\nend relu\n",
	    "x.net: line 3: end: unexpected word 'relu'");
	refused("define a\n# nothing\nend\n",
	    "x.net: line 3: end: the definition of line 1 is empty");
	refused("define a\nrelu\ndefine b\n",
	    "x.net: line 3: define: the definition of line 1 is not closed");
	refused("define a\nloss softmax\nend\n",
	    "x.net: line 2: loss: cannot stand in a definition");
	refused("define a\ninit he\nend\n",
	    "x.net: line 2: init: cannot stand in a definition");
	refused("define a\n" INPUT "end\n",
	    "x.net: line 2: input: cannot stand in a definition");
	refused("define a\nrelu\nshortcut\nrelu\nend\n",
	    "x.net: line 3: shortcut: no block is open");
	refused("define a c\nconv $c $k\nend\n",
	    "x.net: line 2: conv: the definition has no parameter '$k'");
	refused("define a c\n$c 3\nend\n",
	    "x.net: line 2: $c: a line cannot begin with a parameter");
	refused(INPUT "conv $c 3x3\n",
	    "x.net: line 2: conv: outside of a definition: '$c'");
	refused("define $a\nrelu\nend\n",
	    "x.net: line 1: define: outside of a definition: '$a'");
	refused("define a\nrelu\nend\na\n",
	    "x.net: line 4: a: 'input' comes first");
	refused(INPUT "dense 1\nloss logistic\ndefine a\nrelu\nend\n",
	    "x.net: line 2: dense: the input is a map of 8x8x4, a vector "
	    "(1x1xn) is wanted: write 'flatten' before it");
	refused("input 1 1 4\ndense 1\nloss logistic\ndefine a\nrelu\nend\n",
	    "x.net: line 4: define: nothing may follow the loss");
	refused("define a\nrelu\nend\ninput 1 1 4\ndense 1\nloss logistic\na\n",
	    "x.net: line 7: a: nothing may follow the loss");
}

static void
wrong_uses(void)
{
	char text[4096];
	size_t n;
	int i;

	refused(INPUT "a 3\ndefine a c\nconv $c 3x3\nend\n",
	    "x.net: line 2: a: its definition comes later, in line 3");
	refused(INPUT "define a c\nconv 1 1x1\na 3\nend\na 4\n",
	    "x.net: line 4, used in line 6: a: a definition cannot use itself");
	refused(INPUT "define a\nb\nend\ndefine b\nrelu\nend\na\n",
	    "x.net: line 3, used in line 8: b: its definition comes later, in "
	    "line 5");
	unknown(INPUT "define a\nblur\nend\na\n",
	    "x.net: line 3, used in line 5: blur");
	refused(INPUT "define a n s\nconv $n 3x3 stride $s\nend\na 4\n",
	    "x.net: line 5: a: 1 arguments, not 2: the definition of line 2 "
	    "takes (n s)");
	refused(INPUT "define a\nrelu\nend\na as b\n",
	    "x.net: line 5: a: 2 arguments, not 0: the definition of line 2 "
	    "takes ()");
	refused(INPUT "define a n\nconv 8 $n\nend\n"
		      "define b n\nrelu\na $n\nend\nb 9x9\n",
	    "x.net: line 3, used in line 7, used in line 9: conv: a window of "
	    "9x9 does not fit on the input of 8x8x4 (padding 0)");
	refused(INPUT "define a name\nrelu as $name\nend\na x\na x\n",
	    "x.net: line 3, used in line 6: relu: the layer of line 3 has the "
	    "name x already");
	refused(INPUT "define a n\nconv $n 1x1\nend\na x\n",
	    "x.net: line 3, used in line 5: conv: the number of filters: 'x' "
	    "is not a whole number");

	/* each uses the one before it twice: no text of 64 KiB is a net of
	 * 2^31 layers */
	n = (size_t)snprintf(text, sizeof text, INPUT "define d0\nrelu\nend\n");
	for (i = 1; i < 32; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
		    "define d%d\nd%d\nd%d\nend\n", i, i - 1, i - 1);
	snprintf(text + n, sizeof text - n, "d31\n");
	CHECK(parse(text) < 0);
	CHECK(strstr(e.msg, "relu: more than 1024 layers") != NULL);
	CHECK(strncmp(e.msg, "x.net: line 3, used in line 7", 28) == 0);
	snprintf(text + n, sizeof text - n, "define d\nd31\nend\nd\n");
	CHECK(parse(text) < 0);
	CHECK(strstr(e.msg, "d0: definitions more than 32 deep") != NULL);
}

/* ---- another size ---- */

static void
at_size(void)
{
	struct cd_layer l[16];

	parsed(INPUT "block\n"
		     "  conv 6 3x3 norm stride 2 pad same\n"
		     "shortcut\n"
		     "  pool avg 2 pad same\n"
		     "  conv 6 1x1\n"
		     "end relu\n"
		     "conv 2 4x4\n" LAST);
	CHECK(cd_net_at_size(&net, 17, 9, l, &e) == 0);
	CHECK(l[0].out[0] == 9 && l[0].out[1] == 5 && l[0].out[2] == 6);
	CHECK(l[4].out[0] == 9 && l[4].out[1] == 5 && l[4].relu);
	CHECK(l[5].in[0] == 9 && l[5].out[0] == 6 && l[5].out[1] == 2);
	CHECK(l[6].out[0] == 1 && l[6].out[2] == 2);
	CHECK_TEXT(l[4].name, "add1");
	CHECK(l[4].from == 1 && l[4].other == 3);
	CHECK(net.layer[0].out[0] == 4);
	CHECK(cd_net_at_size(&net, 5, 8, l, &e) < 0);
	CHECK_TEXT(e.msg,
	    "pictures of 5x8: line 8: conv3: a window of 4x4 does not fit on "
	    "the input of 3x4x6 (padding 0)");
	e.msg[0] = '\0';
	CHECK(cd_net_at_size(&net, 8, 8193, l, &e) < 0);
	CHECK_TEXT(e.msg, "pictures of 8x8193: height and width are 1 to 8192");
	cd_net_free(&net);

	/* the paths meet at even sizes alone */
	parsed(INPUT "block\npool max 2\nshortcut\npool avg 2 pad same\nend\n"
		     "conv 2 1x1\n" LAST);
	CHECK(cd_net_at_size(&net, 10, 6, l, &e) == 0);
	CHECK(cd_net_at_size(&net, 10, 7, l, &e) < 0);
	CHECK_TEXT(e.msg,
	    "pictures of 10x7: line 6: add1: the block's paths do not meet: "
	    "its layers give 5x3x4, its shortcut 5x4x4");
	cd_net_free(&net);
}

static void
fixed_size(void)
{
	struct cd_layer l[4];

	parsed(INPUT "pool max 2\nflatten\ndense 2\nloss softmax\n");
	CHECK(cd_net_at_size(&net, 9, 9, l, &e) == 0);
	CHECK(cd_net_at_size(&net, 10, 10, l, &e) < 0);
	CHECK_TEXT(e.msg,
	    "pictures of 10x10: line 4: dense1: the input is 1x1x100, its "
	    "parameters are for 1x1x64");
	cd_net_free(&net);

	parsed(INPUT "conv 2 8x8\nloss softmax\n");
	CHECK(cd_net_at_size(&net, 8, 9, l, &e) < 0);
	CHECK_TEXT(e.msg,
	    "pictures of 8x9: line 2: conv1: the output is 1x2x2, the loss "
	    "wants 1x1x2");
	cd_net_free(&net);
}

static void
flops(void)
{
	parsed(INPUT "separable 6 3x3 norm pad same\n"
		     "excite 3\n"
		     "conv 6 3x3 pad same groups 2\n"
		     "pool avg 2\n"
		     "block\nrelu\nend\n"
		     "pool max 2\n" LAST);
	CHECK_NEAR(cd_layer_flops(&net.layer[0]), 2 * 64 * 4 * 9, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[1]), 2 * 64 * 4 * 6, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[2]), 2 * 64 * 6, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[3]),
	    2 * 64 * 6 + 2 * (6 * 2 + 2 * 6), 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[4]), 2 * 64 * 6 * 9 * 3, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[5]), 64 * 6, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[6]), 0, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[7]), 16 * 6, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[8]), 0, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[9]), 4 * 6, 0);
	cd_net_free(&net);
}

static void
summary(void)
{
	char got[2048] = "";
	FILE *f = tmpfile();

	CHECK(f != NULL);
	parsed("input 6 6 3\nblock\nseparable 4 3x3 norm\nshortcut\n"
	       "conv 4 3x3\nend\npool max 2\npool avg 1\npool avg global\n"
	       "dense 2 as out\nloss softmax\n");
	cd_net_summary(&net, f);
	rewind(f);
	CHECK(fread(got, 1, sizeof got - 1, f) > 0);
	CHECK_TEXT(got,
	    "layer                  kind               output parameters"
	    "      MFLOP\n"
	    "input                                      6x6x3          0"
	    "      0.000\n"
	    "separable1-depthwise   depthwise           4x4x3         27"
	    "      0.001\n"
	    "separable1-pointwise   conv                4x4x4         12"
	    "      0.000\n"
	    "separable1-norm        norm                4x4x4         16"
	    "      0.000\n"
	    "conv1                  conv                4x4x4        112"
	    "      0.003 < input\n"
	    "add1                   add                 4x4x4          0"
	    "      0.000 < separable1-norm + conv1\n"
	    "pool1                  pool-max            2x2x4          0"
	    "      0.000\n"
	    "pool2                  pool-avg            2x2x4          0"
	    "      0.000\n"
	    "pool3                  pool-global         1x1x4          0"
	    "      0.000\n"
	    "out                    dense               1x1x2         10"
	    "      0.000\n"
	    "total                  softmax                 2        177"
	    "      0.005\n"
	    "trained                                                 169\n");
	fclose(f);
	cd_net_free(&net);
}

/* Texts damaged at random are refused or parsed, never more; one that is a net
 * is one at its own size. */
static void
damaged(void)
{
	static const char from[] =
	    "define st C S\nblock\nconv $C 3x3 norm relu stride $S pad same\n"
	    "shortcut\npool avg $S pad same\nconv $C 1x1\nend relu\nend\n"
	    "input 8 8 4 scale 1/255 mean 1 2 3 4\nst 8 2\nseparable 6 3x3 "
	    "norm pad 1\nexcite 2\nst 9 1\npool avg global\ndense 2\n"
	    "loss softmax\n";
	static const char bytes[] = "\n\n $#0123456789abcdehlmnoprstx.-";
	char text[sizeof from];
	struct cd_layer *l;
	uint32_t r = 1;
	int i, k, good = 0;

	for (i = 0; i < 20000; i++) {
		memcpy(text, from, sizeof text);
		for (k = 0; k < 1 + i % 4; k++) {
			r = r * 1664525 + 1013904223;
			text[(r >> 8) % (sizeof from - 1)] = bytes[(r >> 24) %
			    (sizeof bytes - 1)];
		}
		if (parse(text) < 0) {
			CHECK(strncmp(e.msg, "x.net: ", 7) == 0);
			continue;
		}
		good++;
		l = malloc((size_t)net.nlayers * sizeof *l);
		CHECK(l &&
		    cd_net_at_size(&net, net.in[0], net.in[1], l, &e) == 0);
		for (k = 0; l && k < net.nlayers; k++)
			CHECK(memcmp(l[k].out, net.layer[k].out,
				  sizeof l[k].out) == 0);
		free(l);
		cd_net_free(&net);
	}
	CHECK(good > 100);
}

int
main(void)
{
	blocks();
	nested();
	wrong_blocks();
	definitions();
	wrong_definitions();
	wrong_uses();
	at_size();
	fixed_size();
	flops();
	summary();
	damaged();
	return CHECK_DONE();
}
