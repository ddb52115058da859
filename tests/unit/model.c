/* Models: what a fresh one is, saving and loading without loss, slots, and
 * streams that are no models. */
#include "net/model.h"
#include "net/text.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "rec/rec.h"
#include "unit/check.h"

static const char text[] = "# a net\n"
			   "input 4 4 3\n"
			   "conv 8 3x3 relu\n"
			   "flatten\n"
			   "dense 2 as out\n"
			   "loss softmax\n";
static char path[128];
static struct cd_err e;

static int
fresh(struct cd_model *m, const char *net_text, uint64_t seed)
{
	struct cd_net net;

	e.msg[0] = '\0';
	if (cd_net_parse(&net, net_text, strlen(net_text), "x", &e) < 0)
		return -1;
	return cd_model_init(m, &net, seed, &e);
}

static void
initial(void)
{
	struct cd_model a, b, c;
	double sum = 0, squares = 0, limit = sqrt(6.0 / (9 * 3 + 9 * 8));
	size_t i;

	CHECK(fresh(&a, text, 1) == 0);
	CHECK(fresh(&b, text, 1) == 0);
	CHECK(fresh(&c, text, 2) == 0);
	CHECK(a.nparams == 4);
	CHECK_TEXT(a.param[0].name, "conv1/weight");
	CHECK_TEXT(a.param[3].name, "out/bias");
	CHECK(a.param[0].n == 216 && a.param[0].rank == 4);
	CHECK(a.param[2].n == 64 && a.param[2].layer == 2);
	CHECK(memcmp(a.param[0].value, b.param[0].value, 216 * 4) == 0);
	CHECK(memcmp(a.param[0].value, c.param[0].value, 216 * 4) != 0);
	for (i = 0; i < 216; i++) {
		CHECK(fabs((double)a.param[0].value[i]) <= limit);
		sum += (double)a.param[0].value[i];
		squares += pow((double)a.param[0].value[i], 2);
	}
	/* uniform: variance limit^2 / 3 */
	CHECK_NEAR(sum / 216 / limit, 0, 0.15);
	CHECK_NEAR(squares / 216 / (limit * limit / 3), 1, 0.2);
	for (i = 0; i < 8; i++)
		CHECK(a.param[1].value[i] == 0);
	cd_model_free(&a);
	cd_model_free(&b);
	cd_model_free(&c);
}

/* He's is normal, by the inputs alone. */
static void
initial_he(void)
{
	struct cd_model m;
	double squares = 0, fourth = 0, v = 2.0 / 500;
	size_t i;

	CHECK(fresh(&m, "input 1 1 500\ninit he\ndense 40\nloss softmax\n",
		  1) == 0);
	for (i = 0; i < 20000; i++) {
		squares += pow((double)m.param[0].value[i], 2);
		fourth += pow((double)m.param[0].value[i], 4);
	}
	CHECK_NEAR(squares / 20000 / v, 1, 0.03);
	CHECK_NEAR(fourth / 20000 / (v * v), 3, 0.2);
	cd_model_free(&m);
}

/* Parameters of a norm and of excite, and what they start at. */
static void
initial_norm(void)
{
	static const struct {
		const char *name;
		enum cd_param_role role;
		int n;
		float first;
	} want[] = {
		{ "conv1-norm/gamma", CD_PARAM_GAMMA, 8, 0.25f },
		{ "conv1-norm/beta", CD_PARAM_BIAS, 8, 0 },
		{ "conv1-norm/mean", CD_PARAM_MEAN, 8, 0 },
		{ "conv1-norm/variance", CD_PARAM_VARIANCE, 8, 1 },
		{ "excite1/reduce-weight", CD_PARAM_WEIGHT, 16, NAN },
		{ "excite1/reduce-bias", CD_PARAM_BIAS, 2, 0 },
		{ "excite1/expand-weight", CD_PARAM_WEIGHT, 16, NAN },
		{ "excite1/expand-bias", CD_PARAM_BIAS, 8, 0 },
	};
	struct cd_model m;
	int i, k;

	CHECK(fresh(&m,
		  "input 4 4 3\nconv 8 3x3 norm gamma 1/4\nexcite 4\n"
		  "pool avg global\nloss softmax\n",
		  1) == 0);
	CHECK(m.nparams == 9);
	for (i = 0; i < 8; i++) {
		const struct cd_param *p = &m.param[i + 1];

		CHECK_TEXT(p->name, want[i].name);
		CHECK(p->role == want[i].role && (int)p->n == want[i].n);
		CHECK(p->layer == (i < 4 ? 1 : 2));
		for (k = 0; k < want[i].n; k++)
			CHECK(isnan(want[i].first) ?
				p->value[k] != 0 :
				p->value[k] == want[i].first);
	}
	cd_model_free(&m);
}

/* Groups: a filter sees its group's channels alone, and so do the fans. */
static void
initial_groups(void)
{
	struct cd_model m;
	double limit = sqrt(6.0 / (9 + 9)), largest = 0, squares = 0;
	size_t i;

	CHECK(fresh(&m,
		  "input 4 4 400\nseparable 2 3x3\npool avg global\n"
		  "loss softmax\n",
		  1) == 0);
	CHECK(m.nparams == 3 && m.param[0].n == 3600);
	CHECK(m.param[0].dim[2] == 1 && m.param[0].dim[3] == 400);
	for (i = 0; i < 3600; i++)
		if (fabs((double)m.param[0].value[i]) > largest)
			largest = fabs((double)m.param[0].value[i]);
	CHECK(largest <= limit && largest > 0.99 * limit);
	cd_model_free(&m);

	CHECK(fresh(&m,
		  "input 4 4 100\ninit he\nconv 200 3x3 groups 2\n"
		  "pool avg global\nloss softmax\n",
		  1) == 0);
	CHECK(m.param[0].n == 9 * 50 * 200 && m.param[0].dim[2] == 50);
	for (i = 0; i < m.param[0].n; i++)
		squares += pow((double)m.param[0].value[i], 2);
	CHECK_NEAR(squares / (double)m.param[0].n / (2.0 / (9 * 50)), 1, 0.02);
	cd_model_free(&m);
}

/* Statistics are kept as other parameters are, slots and all. */
static void
round_trip_norm(void)
{
	static const char norm_text[] = "define last N\n"
					"  conv $N 1x1\n"
					"  pool avg global\n"
					"end\n"
					"input 4 4 3\n"
					"block\n"
					"  norm relu\n"
					"end relu\n"
					"last 2\n"
					"loss softmax\n";
	struct cd_model a, b;
	int i;

	CHECK(fresh(&a, norm_text, 1) == 0);
	CHECK(a.nparams == 6);
	CHECK_TEXT(a.param[3].name, "norm1/variance");
	a.param[3].value[2] = 7.5f;
	CHECK(cd_model_slot(&a, 0, "average", &e) == 0);
	a.param[2].slot[0][1] = -3;
	CHECK(cd_model_save(&a, path, &e) == 0);
	CHECK(cd_model_load(&b, path, &e) == 0);
	CHECK_TEXT(e.msg, "");
	CHECK_TEXT(b.net.text, norm_text);
	for (i = 0; i < 6; i++) {
		CHECK(b.param[i].role == a.param[i].role);
		CHECK(memcmp(a.param[i].value, b.param[i].value,
			  a.param[i].n * 4) == 0);
		CHECK(memcmp(a.param[i].slot[0], b.param[i].slot[0],
			  a.param[i].n * 4) == 0);
	}
	CHECK(b.param[3].value[2] == 7.5f && b.param[2].slot[0][1] == -3);
	cd_model_free(&a);
	cd_model_free(&b);
}

/* What is not finite is neither of those that save nor that load. */
static void
not_finite(void)
{
	struct cd_model a, b;

	CHECK(fresh(&a, text, 1) == 0);
	CHECK(cd_model_slot(&a, 0, "square", &e) == 0);
	CHECK(cd_model_check_finite(&a, &e) == 0);
	a.param[1].slot[0][3] = INFINITY;
	CHECK(cd_model_check_finite(&a, &e) < 0);
	CHECK(strstr(e.msg, " square[3] is inf") != NULL);
	e.msg[0] = '\0';
	a.param[1].slot[0][3] = 0;
	a.param[0].value[2] = NAN;
	CHECK(cd_model_check_finite(&a, &e) < 0);
	CHECK(strstr(e.msg, "[2] is nan") != NULL);
	e.msg[0] = '\0';
	CHECK(cd_model_save(&a, path, &e) == 0);
	CHECK(cd_model_load(&b, path, &e) < 0);
	CHECK(strstr(e.msg, "'value'[2] is nan") != NULL);
	e.msg[0] = '\0';
	cd_model_free(&a);
}

static void
round_trip(void)
{
	struct cd_model a, b;
	int i;

	CHECK(fresh(&a, text, 1) == 0);
	CHECK(cd_head_add(&a.head, "class", "cat", &e) == 0);
	CHECK(cd_head_add(&a.head, "unheard-of", "x", &e) == 0);
	a.param[1].value[3] = -1e30f;
	CHECK(cd_model_slot(&a, 0, "square", &e) == 0);
	CHECK(cd_model_slot(&a, 1, "momentum", &e) == 0);
	CHECK(a.param[2].slot[1] && a.param[2].slot[1][63] == 0);
	a.param[2].slot[1][5] = 2.5f;
	CHECK(cd_model_save(&a, path, &e) == 0);
	CHECK(cd_model_load(&b, path, &e) == 0);
	CHECK_TEXT(e.msg, "");

	CHECK_TEXT(b.net.text, text);
	CHECK(b.head.text.len == a.head.text.len);
	CHECK(cd_head_is(&b.head, "unheard-of", "x"));
	CHECK(b.nparams == a.nparams && b.slot_name[2] == NULL);
	CHECK_TEXT(b.slot_name[0], "square");
	CHECK_TEXT(b.slot_name[1], "momentum");
	for (i = 0; i < b.nparams; i++) {
		CHECK(memcmp(a.param[i].value, b.param[i].value,
			  a.param[i].n * 4) == 0);
		CHECK(memcmp(a.param[i].slot[1], b.param[i].slot[1],
			  a.param[i].n * 4) == 0);
	}

	/* the slot is there and keeps its numbers, also at another place */
	CHECK(cd_model_slot(&b, 1, "momentum", &e) == 0);
	CHECK(b.param[2].slot[1][5] == 2.5f);
	CHECK(cd_model_slot(&b, 2, "momentum", &e) == 0);
	CHECK(b.slot_name[1] == NULL && b.param[2].slot[2][5] == 2.5f);
	CHECK(b.param[2].slot[1] == NULL);
	CHECK(cd_model_slot(&b, 0, "average", &e) < 0);
	CHECK_TEXT(e.msg, "the model has 'square' where 'average' would go");
	cd_model_free(&a);
	cd_model_free(&b);
}

/* ---- streams that are no models ---- */

static const uint64_t shapes[4][4] = { { 3, 3, 3, 8 }, { 8 }, { 32, 2 },
	{ 2 } };
static const int ranks[4] = { 4, 1, 2, 1 };
static const char *const keys[4] = { "conv1/weight", "conv1/bias", "out/weight",
	"out/bias" };
static float zeros[216];

/* What is wrong with the stream; all zero: nothing. */
struct wrong {
	const char *holds, *net, *key2;	       /* instead of the right ones */
	int leave_out, twice, shape, no_value; /* 1 + which */
	int slots;			       /* for the first parameter */
	int slot_everywhere;
};

static void
write_param(struct cd_writer *out, int i, const struct wrong *w)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct cd_rec r;
	int k;

	memset(&r, 0, sizeof r);
	r.kind = CD_PARAMETER;
	r.key = i == 2 && w->key2 ? w->key2 : keys[i];
	cd_rec_add(&r, w->no_value == i + 1 ? "vatue" : "value", CD_F32,
	    w->shape == i + 1 ? ranks[i] - 1 : ranks[i], shapes[i], zeros);
	for (k = 0; k < w->slots && (i == 0 || w->slot_everywhere); k++)
		cd_rec_add(&r, names[k], CD_F32, ranks[i], shapes[i], zeros);
	CHECK(cd_writer_put(out, &r, &e) == 0);
}

static int
load(const struct wrong *w)
{
	struct cd_head head = { .text = { NULL, 0, 0 } };
	struct cd_writer *out;
	struct cd_model m;
	int i;

	e.msg[0] = '\0';
	CHECK(cd_head_add(&head, "holds", w->holds ? w->holds : "model", &e) ==
	    0);
	CHECK(cd_head_add(&head, "net", w->net ? w->net : "input 4 4 3", &e) ==
	    0);
	CHECK(cd_head_add(&head, "net", "conv 8 3x3 relu", &e) == 0);
	CHECK(cd_head_add(&head, "net", "flatten", &e) == 0);
	CHECK(cd_head_add(&head, "net", "dense 2 as out", &e) == 0);
	CHECK(cd_head_add(&head, "net", "loss softmax", &e) == 0);
	CHECK(cd_writer_open(&out, path, &head, &e) == 0);
	for (i = 0; i < 4; i++) {
		if (w->leave_out != i + 1)
			write_param(out, i, w);
		if (w->twice == i + 1)
			write_param(out, i, w);
	}
	CHECK(cd_writer_close(out, 0, &e) == 0);
	cd_head_free(&head);
	if (cd_model_load(&m, path, &e) < 0)
		return -1;
	cd_model_free(&m);
	return 0;
}

/* The stream is refused with "PATH: " and this. */
static void
refused(struct wrong w, const char *message)
{
	size_t n = strlen(path);

	CHECK(load(&w) < 0);
	CHECK(strncmp(e.msg, path, n) == 0);
	CHECK_TEXT(e.msg + n, message);
}

static void
bad_models(void)
{
	CHECK(load(&(struct wrong){ .slots = 3, .slot_everywhere = 1 }) == 0);
	CHECK_TEXT(e.msg, "");

	refused((struct wrong){ .holds = "samples" },
	    ": the stream holds samples, not a model");
	refused((struct wrong){ .net = "input 2 2 3" },
	    ": net text: line 2: "
	    "conv: a window of 3x3 does not fit on the input of 2x2x3 "
	    "(padding 0)");
	refused((struct wrong){ .net = "input 5 5 3" },
	    ": record 2 "
	    "(out/weight): 'value' is f32 [32,2], the net wants f32 [72,2]");
	refused((struct wrong){ .leave_out = 4 },
	    ": no record of parameter out/bias");
	refused((struct wrong){ .twice = 2 },
	    ": record 2 (conv1/bias): the parameter is there twice");
	refused((struct wrong){ .key2 = "x" },
	    ": record 2 (x): the net has no such parameter");
	refused((struct wrong){ .shape = 1 },
	    ": record 0 (conv1/weight): "
	    "'value' is f32 [3,3,3], the net wants f32 [3,3,3,8]");
	refused((struct wrong){ .no_value = 3 },
	    ": record 2 (out/weight): no tensor 'value'");
	refused((struct wrong){ .slots = 1 },
	    ": parameter conv1/bias: no tensor 'a', which others have");
	refused((struct wrong){ .slots = 4, .slot_everywhere = 1 },
	    ": record 0 (conv1/weight): 'd': more than 3 tensors beside "
	    "'value'");
}

int
main(void)
{
	const char *dir = getenv("TMPDIR");

	snprintf(path, sizeof path, "%.60s/cd-model-%ld.trs",
	    dir ? dir : "/tmp", (long)getpid());
	initial();
	initial_he();
	initial_norm();
	initial_groups();
	round_trip();
	not_finite();
	round_trip_norm();
	bad_models();
	unlink(path);
	return CHECK_DONE();
}
