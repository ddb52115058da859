/* The net text's parser: shapes, names, sizes, and every message. */
#include <stdlib.h>

#include "unit/net_parse.h"

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

/* The words of conv and pool, and the layers they become. */
static void
conv_words(void)
{
	const struct cd_layer *l;

	parsed("input 9 9 8\n"
	       "conv 16 3x3 norm gamma 0.5 relu stride 2 pad same groups 4 "
	       "nobias as c\n"
	       "conv 16 3x5 relu pad 2 groups 16\n"
	       "conv 4 1x1 nobias\n"
	       "norm relu gamma -2 momentum 0.5 epsilon 1e-3\n"
	       "norm\n"
	       "pool avg global\n"
	       "loss softmax\n");
	l = net.layer;
	CHECK(net.nlayers == 7);
	CHECK_TEXT(l[0].name, "c");
	CHECK(l[0].kind == &cd_layer_conv && !l[0].bias && !l[0].relu);
	CHECK(l[0].groups == 4 && l[0].stride == 2 && l[0].pad == 1);
	CHECK(l[0].out[0] == 5 && l[0].out[2] == 16 && l[0].from == -1);
	CHECK_TEXT(l[1].name, "c-norm");
	CHECK(l[1].kind == &cd_layer_norm && l[1].relu && l[1].from == 0);
	CHECK_NEAR(l[1].gamma, 0.5, 0);
	CHECK_NEAR(l[1].momentum, 0.9, 0);
	CHECK_NEAR(l[1].epsilon, 1e-5, 0);
	CHECK(l[1].out[0] == 5 && l[1].out[1] == 5 && l[1].out[2] == 16);
	CHECK(l[1].line == 2);
	CHECK_TEXT(l[2].name, "conv2");
	CHECK(l[2].bias && l[2].relu && l[2].groups == 16 && l[2].kw == 5);
	CHECK(l[2].out[0] == 7 && l[2].out[1] == 5);
	CHECK(!l[3].bias && !l[3].relu && l[3].groups == 1);
	CHECK_TEXT(l[4].name, "norm1");
	CHECK(l[4].relu);
	CHECK_NEAR(l[4].gamma, -2, 0);
	CHECK_NEAR(l[4].momentum, 0.5, 0);
	CHECK_NEAR(l[4].epsilon, 1e-3, 0);
	CHECK_TEXT(l[5].name, "norm2");
	CHECK(!l[5].relu);
	CHECK_NEAR(l[5].gamma, 1, 0);
	CHECK(l[6].pool == CD_POOL_GLOBAL && l[6].out[0] == 1);
	CHECK(l[6].out[1] == 1 && l[6].out[2] == 4 && l[6].kh == 0);
	cd_net_free(&net);
}

static void
separable(void)
{
	const struct cd_layer *l;

	parsed("input 8 8 6\n"
	       "separable 10 3x3 norm gamma 0 relu stride 2 pad same\n"
	       "separable 4 3x3 relu pad 1\n"
	       "separable 3 1x1 nobias as s\n"
	       "pool avg global\n"
	       "loss softmax\n");
	l = net.layer;
	CHECK(net.nlayers == 8);
	CHECK_TEXT(l[0].name, "separable1-depthwise");
	CHECK(l[0].groups == 6 && l[0].out[2] == 6 && !l[0].bias);
	CHECK(!l[0].relu && l[0].stride == 2 && l[0].out[0] == 4);
	CHECK_TEXT(l[1].name, "separable1-pointwise");
	CHECK(l[1].kh == 1 && l[1].kw == 1 && l[1].groups == 1);
	CHECK(l[1].out[2] == 10 && !l[1].bias && !l[1].relu);
	CHECK(l[1].stride == 1 && l[1].pad == 0);
	CHECK_TEXT(l[2].name, "separable1-norm");
	CHECK(l[2].relu);
	CHECK_NEAR(l[2].gamma, 0, 0);
	CHECK(!l[3].bias && !l[3].relu && l[4].bias && l[4].relu);
	CHECK(l[3].groups == 10 && l[3].pad == 1);
	CHECK_TEXT(l[5].name, "s-depthwise");
	CHECK_TEXT(l[6].name, "s-pointwise");
	CHECK(!l[6].bias && l[6].line == 4);
	cd_net_free(&net);
}

/* pad same: rounded up, for any size and stride. */
static void
pool_same(void)
{
	int h, k, s;
	char text[128];

	for (h = 1; h <= 9; h++)
		for (k = 1; k <= 5; k++)
			for (s = 1; s <= 4; s++) {
				snprintf(text, sizeof text,
				    "input %d %d 2\npool %s %d stride %d pad "
				    "same\npool avg global\ndense 1\n"
				    "loss logistic\n",
				    h, h + 3, k % 2 ? "avg" : "max", k, s);
				parsed(text);
				CHECK(net.layer[0].same);
				CHECK(net.layer[0].pad == (k - 1) / 2);
				CHECK(net.layer[0].out[0] == (h + s - 1) / s);
				CHECK(
				    net.layer[0].out[1] == (h + 3 + s - 1) / s);
				CHECK(net.layer[0].pool ==
				    (k % 2 ? CD_POOL_AVERAGE : CD_POOL_MAX));
				cd_net_free(&net);
			}
	parsed("input 5 5 2\npool avg 2\npool avg global\ndense 1\n"
	       "loss logistic\n");
	CHECK(net.layer[0].stride == 2 && net.layer[0].out[0] == 2);
	CHECK(!net.layer[0].same && net.layer[0].pad == 0);
	cd_net_free(&net);
}

static void
excite(void)
{
	struct cd_param_shape p[CD_LAYER_PARAMS_MAX];
	const struct cd_layer *l;

	parsed("input 4 4 20\nexcite 8\nexcite 20\nexcite 1\n"
	       "pool avg global\nloss softmax\n");
	l = net.layer;
	CHECK(l[0].reduce == 2 && l[1].reduce == 1 && l[2].reduce == 20);
	CHECK(l[0].out[0] == 4 && l[0].out[2] == 20);
	CHECK(cd_layer_params(&l[0], p) == 4);
	CHECK(p[0].dim[0] == 20 && p[0].dim[1] == 2 && p[1].dim[0] == 2);
	CHECK(p[2].dim[0] == 2 && p[2].dim[1] == 20 && p[3].dim[0] == 20);
	CHECK_TEXT(p[0].name, "reduce-weight");
	CHECK_TEXT(p[3].name, "expand-bias");
	CHECK(p[2].role == CD_PARAM_WEIGHT && p[3].role == CD_PARAM_BIAS);
	CHECK_NEAR(p[2].fan_in, 2, 0);
	CHECK_NEAR(p[2].fan_out, 20, 0);
	cd_net_free(&net);
}

static void
normalised(void)
{
	parsed("input 1 1 3 scale 1/255 mean 0.5 1/4 -1 deviation 2 3 4\n"
	       "dense 1\nloss logistic\n");
	CHECK_NEAR(net.mean[0], 0.5, 0);
	CHECK_NEAR(net.mean[1], 0.25, 0);
	CHECK_NEAR(net.mean[2], -1, 0);
	CHECK_NEAR(net.deviation[0], 2, 0);
	CHECK_NEAR(net.deviation[2], 4, 0);
	cd_net_free(&net);

	parsed("input 1 1 2 deviation 1/2 1\ndense 1\nloss logistic\n");
	CHECK_NEAR(net.mean[1], 0, 0);
	CHECK_NEAR(net.deviation[0], 0.5, 0);
	cd_net_free(&net);

	parsed("input 1 1 2\ndense 1\nloss logistic\n");
	CHECK_NEAR(net.mean[1], 0, 0);
	CHECK_NEAR(net.deviation[1], 1, 0);
	cd_net_free(&net);

	refused("input 8 8 3 mean 1 2\n",
	    "x.net: line 1: input: mean of channel 2 is missing");
	refused("input 8 8 3 mean 1 2 deviation 1 1 1\n",
	    "x.net: line 1: input: mean of channel 2: 'deviation' is not a "
	    "number");
	refused("input 8 8 3 deviation 1 1 0\n",
	    "x.net: line 1: input: deviation of channel 2: 0 is not in 1e-06 "
	    "to 1e+06");
	refused("input 8 8 3 deviation 1 1 1 mean 1 1 1\n",
	    "x.net: line 1: input: unexpected word 'mean'");
}

/* As many words as the channels want. */
static void
many_channels(void)
{
	static char text[16384];
	size_t n = 0;
	int i;

	n += (size_t)snprintf(text, sizeof text, "input 1 1 1024 mean");
	for (i = 0; i < 1024; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, " %d", i);
	snprintf(text + n, sizeof text - n, "\ndense 1\nloss logistic\n");
	parsed(text);
	CHECK_NEAR(net.mean[1023], 1023, 0);
	cd_net_free(&net);
}

/* Names of a statement's layers. */
static void
part_names(void)
{
	char text[256], name[64];

	memset(name, 'n', 63);
	name[63] = '\0';
	snprintf(text, sizeof text,
	    "input 8 8 3\nconv 1 8x8 as %s\nloss logistic\n", name);
	parsed(text);
	CHECK_TEXT(net.layer[0].name, name);
	cd_net_free(&net);
	snprintf(text, sizeof text, "input 8 8 3\nconv 1 8x8 norm as %s\n",
	    name + 4);
	CHECK(parse(text) < 0);
	CHECK(strstr(e.msg, "-norm has more than 63 characters") != NULL);
	refused("input 8 8 3\nrelu as conv1-norm\nconv 1 1x1 norm\n",
	    "x.net: line 3: conv: the layer of line 2 has the name conv1-norm "
	    "already");
}

static void
options(void)
{
	refused("input 8 8 6\nconv 8 3x3 groups 3\n",
	    "x.net: line 2: conv: 3 groups do not divide both the 6 channels "
	    "of the input and the 8 filters");
	refused("input 8 8 6\nconv 6 3x3 groups 0\n",
	    "x.net: line 2: conv: groups: 0 is not in 1 to 1048576");
	refused("input 8 8 6\nconv 6 3x3 relu norm\n",
	    "x.net: line 2: conv: 'norm' comes before 'relu'");
	refused("input 8 8 6\nseparable 6 3x3 relu nobias pad 1\n",
	    "x.net: line 2: separable: 'pad' comes before 'nobias'");
	refused("input 8 8 6\npool max 2 pad same stride 2\n",
	    "x.net: line 2: pool: 'stride' comes before 'pad'");
	refused("input 8 8 6\nconv 6 3x3 gamma 0\n",
	    "x.net: line 2: conv: unexpected word 'gamma'");
	refused("input 8 8 6\nconv 6 3x3 norm gamma\n",
	    "x.net: line 2: conv: gamma is missing");
	refused("input 8 8 6\nseparable 6 3x3 groups 2\n",
	    "x.net: line 2: separable: unexpected word 'groups'");
	refused("input 8 8 6\nseparable 6 9x9\n",
	    "x.net: line 2: separable: a window of 9x9 does not fit on the "
	    "input of 8x8x6 (padding 0)");
	refused("input 8 8 6\nnorm momentum 1\n",
	    "x.net: line 2: norm: momentum: 1 is not in 0 to 0.9999");
	refused("input 8 8 6\nnorm epsilon 0\n",
	    "x.net: line 2: norm: epsilon: 0 is not in 1e-10 to 1");
	refused("input 8 8 6\nnorm epsilon 1 gamma 1\n",
	    "x.net: line 2: norm: unexpected word 'gamma'");
	refused("input 8 8 6\npool avg 2 pad 1\n",
	    "x.net: line 2: pool: the only padding of a pool is 'same'");
	refused("input 8 8 6\npool max global\n",
	    "x.net: line 2: pool: the window's size: 'global' is not a "
	    "whole number");
	refused("input 8 8 6\npool avg global stride 2\n",
	    "x.net: line 2: pool: unexpected word 'stride'");
	refused("input 8 8 6\nexcite 8\n",
	    "x.net: line 2: excite: a reduction by 8 wants as many channels, "
	    "the input is 8x8x6");
	refused("input 8 8 6\nexcite 0\n",
	    "x.net: line 2: excite: the reduction: 0 is not in 1 to 1048576");
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
	CHECK(net.layer[1].kind == &cd_layer_relu);
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
	unknown("input 8 8 3\nconf 3 3x3\n", "x.net: line 2: conf");
	unknown("\x1b[2J\n", "x.net: line 1: \\x1b[2J");
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
	refused("input 8 8 3\npool mean 2\n",
	    "x.net: line 2: pool: neither 'max' nor 'avg': 'mean'");
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

int
main(void)
{
	book();
	conv_words();
	separable();
	pool_same();
	excite();
	normalised();
	many_channels();
	part_names();
	options();
	other_words();
	order();
	words();
	names();
	shapes();
	limits();
	return CHECK_DONE();
}
