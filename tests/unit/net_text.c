/* The net text's parser: shapes, names, sizes, and every message. */
#include "net/text.h"

#include <stdlib.h>

#include "unit/check.h"

static struct cd_net net;
static struct cd_err e;

static int
parse(const char *text)
{
	e.msg[0] = '\0';
	return cd_net_parse(&net, text, strlen(text), "x.net", &e);
}

/* The text is refused with this message. */
static void
refused(const char *text, const char *message)
{
	CHECK(parse(text) < 0);
	CHECK_TEXT(e.msg, message);
	CHECK(net.layer == NULL && net.text == NULL);
	if (!e.msg[0])
		cd_net_free(&net);
}

static void
book(void)
{
	static const char
	    text[] = "# a comment\n"
		     "input 150 150 3  scale 1/255\n"
		     "\n"
		     "conv 32 3x3 relu\t# the first\n"
		     "pool max 2\r\n"
		     "conv 64 3x3 relu stride 2 pad same as deep\n"
		     "dropout 0.25\n"
		     "flatten\n"
		     "dense 512 relu\n"
		     "dense 1\n"
		     "loss logistic";
	struct cd_param_shape p[CD_LAYER_PARAMS_MAX];

	CHECK(parse(text) == 0);
	CHECK_TEXT(e.msg, "");
	CHECK_TEXT(net.text, text);
	CHECK(net.len == strlen(text));
	CHECK(net.in[0] == 150 && net.in[1] == 150 && net.in[2] == 3);
	CHECK_NEAR(net.scale, 1.0 / 255, 0);
	CHECK(net.loss == CD_LOSS_LOGISTIC && net.init == CD_INIT_GLOROT);
	CHECK(net.noutputs == 1 && net.nclasses == 2 && net.nlayers == 7);

	CHECK_TEXT(net.layer[0].name, "conv1");
	CHECK(net.layer[0].line == 4 && net.layer[0].relu);
	CHECK(net.layer[0].stride == 1 && net.layer[0].pad == 0);
	CHECK(net.layer[0].out[0] == 148 && net.layer[0].out[2] == 32);
	CHECK_TEXT(net.layer[1].name, "pool1");
	CHECK(net.layer[1].kh == 2 && net.layer[1].kw == 2);
	CHECK(net.layer[1].stride == 2);
	CHECK_TEXT(net.layer[2].name, "deep");
	CHECK(net.layer[2].stride == 2 && net.layer[2].pad == 1);
	CHECK(net.layer[2].in[0] == 74 && net.layer[2].out[0] == 37);
	CHECK_NEAR(net.layer[3].rate, 0.25, 0);
	CHECK(net.layer[4].out[0] == 1 && net.layer[4].out[1] == 1);
	CHECK(net.layer[4].out[2] == 37 * 37 * 64);
	CHECK_TEXT(net.layer[6].name, "dense2");
	CHECK(!net.layer[6].relu && net.layer[6].line == 10);

	CHECK(cd_layer_params(&net.layer[2], p) == 2);
	CHECK(p[0].rank == 4 && p[0].dim[0] == 3 && p[0].dim[1] == 3);
	CHECK(p[0].dim[2] == 32 && p[0].dim[3] == 64);
	CHECK(p[1].rank == 1 && p[1].dim[0] == 64);
	CHECK(cd_layer_params(&net.layer[5], p) == 2);
	CHECK(p[0].rank == 2 && p[0].dim[0] == 37 * 37 * 64 &&
	    p[0].dim[1] == 512);
	CHECK(cd_layer_params(&net.layer[1], p) == 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[0]), 2.0 * 148 * 148 * 32 * 27, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[6]), 2.0 * 512, 0);
	CHECK_NEAR(cd_layer_flops(&net.layer[3]), 0, 0);
	cd_net_free(&net);
}

/* What the other tests leave out of the syntax. */
static void
other_words(void)
{
	CHECK(parse("input 5 7 1\ninit he\nconv 4 2x3 pad 1\nrelu\n"
		    "pool max 3 stride 1\nflatten\ndense 3\nloss softmax\n") ==
	    0);
	CHECK_NEAR(net.scale, 1, 0);
	CHECK(net.init == CD_INIT_HE && net.loss == CD_LOSS_SOFTMAX);
	CHECK(net.noutputs == 3 && net.nclasses == 3);
	CHECK(net.layer[0].kh == 2 && net.layer[0].kw == 3);
	CHECK(net.layer[0].out[0] == 6 && net.layer[0].out[1] == 7);
	CHECK(net.layer[1].kind == CD_LAYER_RELU);
	CHECK(net.layer[2].out[0] == 4 && net.layer[2].out[1] == 5);
	CHECK(net.layer[2].out[2] == 4);
	cd_net_free(&net);

	/* 1x1xn is a vector as it is */
	CHECK(parse("input 4 4 3\nconv 2 4x4\nloss softmax\n") == 0);
	cd_net_free(&net);
}

static void
order(void)
{
	refused("", "x.net: no 'input' line");
	refused("# nothing\n", "x.net: no 'input' line");
	refused("input 8 8 3\nflatten\n", "x.net: no 'loss' line");
	refused("flatten\n", "x.net: line 1: flatten: 'input' comes first");
	refused("input 8 8 3\n\ninput 8 8 3\n",
	    "x.net: line 3: input: a second input");
	refused("input 1 1 1\ndense 1\nloss logistic\nloss logistic\n",
	    "x.net: line 4: loss: nothing may follow the loss");
	refused("input 1 1 1\ndense 1\nloss logistic\ndense 1\n",
	    "x.net: line 4: dense: nothing may follow the loss");
	refused("input 1 1 1\nloss logistic\n",
	    "x.net: line 2: loss: no layer before it has parameters");
	refused("input 1 1 2\nrelu\nloss softmax\n",
	    "x.net: line 3: loss: no layer before it has parameters");
	refused("input 1 1 1\ninit he\ninit he\n",
	    "x.net: line 3: init: a second init");
}

static void
words(void)
{
	refused("input 8 8 3\nconf 3 3x3\n",
	    "x.net: line 2: conf: unknown word");
	refused("\x1b[2J\n", "x.net: line 1: \\x1b[2J: unknown word");
	refused("input\n", "x.net: line 1: input: height is missing");
	refused("input 8 8\n", "x.net: line 1: input: channels is missing");
	refused("input 8 8 0\n",
	    "x.net: line 1: input: channels: 0 is not in 1 to 1024");
	refused("input 8 9000 3\n",
	    "x.net: line 1: input: width: 9000 is not in 1 to 8192");
	refused("input 8 8 3 scale x\n",
	    "x.net: line 1: input: scale: 'x' is not a number");
	refused("input 8 8 3 1/255\n",
	    "x.net: line 1: input: unexpected word '1/255'");
	refused("input 8 8 3\nconv 8\n",
	    "x.net: line 2: conv: the window (3x3) is missing");
	refused("input 8 8 3\nconv 8 3\n",
	    "x.net: line 2: conv: a window is "
	    "HEIGHTxWIDTH, each 1 to 64, not '3'");
	refused("input 8 8 3\nconv 8 65x3\n",
	    "x.net: line 2: conv: a window "
	    "is HEIGHTxWIDTH, each 1 to 64, not '65x3'");
	refused("input 8 8 3\nconv 8 3x3 stride 0\n",
	    "x.net: line 2: conv: stride: 0 is not in 1 to 64");
	refused("input 8 8 3\nconv 8 3x3 pad 3\n",
	    "x.net: line 2: conv: pad: 3 is not in 0 to 2");
	refused("input 8 8 3\nconv 8 2x2 pad same\n",
	    "x.net: line 2: conv: "
	    "'pad same' wants a square window of odd size, not 2x2");
	refused("input 8 8 3\nconv 8 3x3 relu relu\n",
	    "x.net: line 2: conv: unexpected word 'relu'");
	refused("input 8 8 3\npool avg 2\n",
	    "x.net: line 2: pool: unknown kind of pooling 'avg'");
	refused("input 8 8 3\npool max 16\n",
	    "x.net: line 2: pool: the window's size: 16 is not in 1 to 15");
	refused("input 8 8 3\ndropout 1\n",
	    "x.net: line 2: dropout: the rate: 1 is not in 0 to 0.99");
	refused("input 8 8 3\ndense 99999999999999999999\n",
	    "x.net: line 2: dense: the number of outputs: "
	    "99999999999999999999 is not in 1 to 1048576");
	refused("input 1 1 1\ninit zero\n",
	    "x.net: line 2: init: neither 'glorot' nor 'he': 'zero'");
	refused("input 1 1 1\ndense 1\nloss hinge\n",
	    "x.net: line 3: loss: neither 'logistic' nor 'softmax': 'hinge'");
	refused("a b c d e f g h i j k l m n o p q\n",
	    "x.net: line 1: a: more than 16 words");
}

static void
names(void)
{
	refused("input 8 8 3\nrelu as a\nflatten as a\n",
	    "x.net: line 3: "
	    "flatten: the layer of line 2 has the name a already");
	refused("input 8 8 3\nrelu as flatten1\nflatten\n",
	    "x.net: line 3: "
	    "flatten: the layer of line 2 has the name flatten1 already");
	refused("input 8 8 3\nrelu as a/b\n",
	    "x.net: line 2: relu: a name "
	    "has at most 63 letters, digits and characters of '_.-'");
	refused("input 8 8 3\nrelu as\n",
	    "x.net: line 2: relu: unexpected word 'as'");
}

static void
shapes(void)
{
	refused("input 8 8 3\ndense 4\n",
	    "x.net: line 2: dense: the input is "
	    "a map of 8x8x3, a vector (1x1xn) is wanted: write 'flatten' "
	    "before it");
	refused("input 8 2 3\nconv 4 3x3\n",
	    "x.net: line 2: conv: a window "
	    "of 3x3 does not fit on the input of 8x2x3 (padding 0)");
	refused("input 3 3 3\npool max 2\npool max 2\n",
	    "x.net: line 3: pool:"
	    " a window of 2x2 does not fit on the input of 1x1x3 (padding 0)");
	refused("input 1 1 8\ndense 2\nloss logistic\n",
	    "x.net: line 3: loss:"
	    " the input is 1x1x2, logistic wants one output (1x1x1)");
	refused("input 1 1 8\ndense 1\nloss softmax\n",
	    "x.net: line 3: loss:"
	    " the input is 1x1x1, softmax wants 2 to 65536 outputs (1x1xn)");
	refused("input 8 8 3\nconv 4 3x3\nloss softmax\n",
	    "x.net: line 3: "
	    "loss: the input is a map of 6x6x4, a vector (1x1xn) is wanted");
}

static void
limits(void)
{
	static char text[CD_NET_TEXT_MAX + 2];
	size_t n, i;

	refused("input 8192 8192 3\nconv 1000000 1x1\n",
	    "x.net: line 2: conv:"
	    " with an output of 8192x8192x1000000 the net has more than "
	    "268435456 numbers a layer or 1073741824 in all");
	refused("input 8192 8192 1024\nflatten\n",
	    "x.net: line 2: flatten: "
	    "8192x8192x1024 is more than 268435456 numbers");
	refused("input 8192 8192 4\nflatten\ndense 2\n",
	    "x.net: line 3: "
	    "dense: with an input of 1x1x268435456 the net has more than "
	    "268435456 parameters");
	refused("input 64 64 1024\nconv 1048576 64x64\n",
	    "x.net: line 2: "
	    "conv: with an input of 64x64x1024 the net has more than "
	    "268435456 parameters");

	n = (size_t)snprintf(text, sizeof text, "input 8 8 3\n");
	for (i = 0; i <= CD_LAYERS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "relu\n");
	refused(text, "x.net: line 1026: relu: more than 1024 layers");

	memset(text, '#', sizeof text - 1);
	refused(text, "x.net: a net text of more than 65536 bytes");

	e.msg[0] = '\0';
	CHECK(cd_net_parse(&net, "input 8 8 3\nre\0lu\n", 18, "x.net", &e) < 0);
	CHECK_TEXT(e.msg, "x.net: line 2: a NUL byte: this is no text");
}

static void
summary(void)
{
	char got[1024] = "";
	FILE *f = tmpfile();

	CHECK(f != NULL);
	CHECK(parse("input 6 6 3\nconv 4 3x3\nflatten\ndense 2 as out\n"
		    "loss softmax\n") == 0);
	cd_net_summary(&net, f);
	rewind(f);
	CHECK(fread(got, 1, sizeof got - 1, f) > 0);
	CHECK_TEXT(got,
	    "layer            kind              output   parameters"
	    "        MFLOP\n"
	    "input                               6x6x3            0"
	    "        0.000\n"
	    "conv1            conv               4x4x4          112"
	    "        0.003\n"
	    "flatten1         flatten           1x1x64            0"
	    "        0.000\n"
	    "out              dense              1x1x2          130"
	    "        0.000\n"
	    "total            softmax                2          242"
	    "        0.004\n");
	fclose(f);
	cd_net_free(&net);
}

int
main(void)
{
	book();
	other_words();
	order();
	words();
	names();
	shapes();
	limits();
	summary();
	return CHECK_DONE();
}
