/* What PyTorch computes (tests/vectors/make-torch.py says how) against what we
 * do: layers by every variant, losses, optimisers; two small nets trained for
 * a few steps. Run it in the root of the source tree. */
#include <math.h>
#include <stdlib.h>

#include "kern/conv.h"
#include "kern/elem.h"
#include "kern/gemm.h"
#include "kern/pool.h"
#include "net/model.h"
#include "net/text.h"
#include "train/optim.h"
#include "plan/plan.h"
#include "unit/check.h"
#include "unit/conv.h"

enum {
	NUMBERS = 12, /* behind a case's kind */
	TENSORS = 32, /* in a case */
	MOST = 4000,  /* numbers in a tensor of ours */
};

/* ---- the file ---- */

struct tensor {
	char *name; /* the line, cut behind its first word */
	float *v;
	size_t n;
};

struct one { /* case */
	struct tensor head, tensors[TENSORS];
	int ntensors;
};

/* Takes the line. */
static struct tensor
parse(char *line)
{
	struct tensor t = { line, NULL, 0 };
	char *p = line + strcspn(line, " \n"), *end;
	float v;

	if (*p)
		*p++ = '\0';
	t.v = malloc((strlen(p) / 2 + 1) * sizeof *t.v);
	CHECK(t.v);
	while (v = strtof(p, &end), end != p) {
		t.v[t.n++] = v;
		p = end;
	}
	return t;
}

static struct tensor
next_line(FILE *f)
{
	char *line = NULL;
	size_t room = 0;

	if (getline(&line, &room, f) > 0 && *line != '\n')
		return parse(line);
	free(line);
	return (struct tensor){ 0 };
}

static void
drop(struct tensor *t)
{
	free(t->name);
	free(t->v);
}

static int
next_case(FILE *f, struct one *c)
{
	struct tensor t;

	c->ntensors = 0;
	c->head = next_line(f);
	if (!c->head.name)
		return 0;
	while (t = next_line(f), t.name) {
		CHECK(c->ntensors < TENSORS);
		c->tensors[c->ntensors++] = t;
	}
	return 1;
}

static int
number(const struct one *c, int i)
{
	return (int)c->head.v[i];
}

static const struct tensor *
find(const struct one *c, const char *name)
{
	int i;

	for (i = 0; i < c->ntensors; i++)
		if (strcmp(c->tensors[i].name, name) == 0)
			return &c->tensors[i];
	printf("%s: no tensor %s\n", c->head.name, name);
	exit(1);
}

static const float *
values(const struct one *c, const char *name)
{
	return find(c, name)->v;
}

/* got is the tensor of this name, within 1e-5 of its largest number. */
static void
same_within(const struct one *c, const char *name, const float *got,
    double relative)
{
	const struct tensor *t = find(c, name);
	double most = 0;
	char what[64];
	size_t i;

	snprintf(what, sizeof what, "%s %s", c->head.name, name);
	for (i = 0; i < t->n; i++)
		most = fmax(most, fabs((double)t->v[i]));
	CHECK(t->n > 0 && most > 0);
	for (i = 0; i < t->n; i++)
		check_near((double)got[i], (double)t->v[i], relative * most,
		    what, __FILE__, __LINE__);
}

static void
same(const struct one *c, const char *name, const float *got)
{
	same_within(c, name, got, 1e-5);
}

/* ---- layers ---- */

static float y[MOST], dx[MOST], dw[MOST], db[MOST], dz[MOST], p[MOST];
static uint8_t which[MOST];

static void
test_conv(const struct one *c, const struct cd_conv_variant *v)
{
	struct cd_conv cv = { .h = number(c, 0),
		.w = number(c, 1),
		.cin = number(c, 2),
		.kh = number(c, 3),
		.kw = number(c, 4),
		.stride = number(c, 5),
		.pad = number(c, 6),
		.cout = number(c, 7),
		.relu = number(c, 8),
		.pool = 2 * number(c, 9) };
	struct conv_maps maps = { values(c, "x"), values(c, "w"),
		values(c, "b"), values(c, "dy"), y, dw, db, dx, which };

	cd_conv_shape(&cv);
	if (!v->fits(&cv))
		return;
	CHECK(find(c, "y")->n == (size_t)cv.yh * cv.yw * cv.cout);
	conv_run(v, &cv, 1, &maps);
	same(c, "y", y);
	same(c, "dw", dw);
	same(c, "db", db);
	same(c, "dx", dx);
}

static void
test_pool(const struct one *c)
{
	struct cd_pool pool = { .h = number(c, 0),
		.w = number(c, 1),
		.c = number(c, 2),
		.size = number(c, 3),
		.stride = number(c, 4) };

	pool.yh = (pool.h - pool.size) / pool.stride + 1;
	pool.yw = (pool.w - pool.size) / pool.stride + 1;
	CHECK(find(c, "y")->n == (size_t)pool.yh * pool.yw * pool.c);
	cd_pool_best()->max(&pool, values(c, "x"), y, which);
	cd_pool_best()->max_back(&pool, which, values(c, "dy"), dx);
	same(c, "y", y);
	same(c, "dx", dx);
}

static void
test_dense(const struct one *c, cd_gemm_fn *gemm)
{
	int m = number(c, 0), n = number(c, 1), k = number(c, 2);
	const float *x = values(c, "x"), *w = values(c, "w");

	gemm(false, false, m, n, k, x, k, w, n, 0, y, n);
	cd_add_bias(m, n, values(c, "b"), y);
	cd_relu((size_t)m * n, y);
	same(c, "y", y);
	memcpy(dz, values(c, "dy"), (size_t)m * n * sizeof *dz);
	cd_relu_backward((size_t)m * n, y, dz);
	memset(db, 0, sizeof db);
	cd_sum_rows(m, n, dz, db);
	gemm(true, false, k, n, m, x, k, dz, n, 0, dw, n);
	gemm(false, true, m, k, n, dz, n, w, n, 0, dx, k);
	same(c, "db", db);
	same(c, "dw", dw);
	same(c, "dx", dx);
}

/* ---- losses and optimisers ---- */

static void
test_loss(const struct one *c, int softmax)
{
	const float *z = values(c, "z"), *t = values(c, "t");
	float loss;

	if (softmax)
		loss = (float)cd_softmax_loss(number(c, 0), number(c, 1), z, t,
		    1, p, dz);
	else
		loss = (float)cd_logistic_loss(number(c, 0), z, t, 1, p, dz);
	same(c, "loss", &loss);
	same(c, "p", p);
	same(c, "dz", dz);
}

static void
test_optimiser(const struct one *c)
{
	size_t n = (size_t)number(c, 0), steps = (size_t)number(c, 1), i;
	const float *a = c->head.v + 2, *g = values(c, "g");
	float w[64], s[64] = { 0 }, v[64] = { 0 };
	static float after[MOST];

	CHECK(n <= 64);
	memcpy(w, values(c, "w"), n * sizeof *w);
	for (i = 0; i < steps; i++, g += n) {
		if (c->head.name[0] == 's')
			cd_sgd(n, w, g, v, a[0], a[1], a[2] != 0);
		else if (c->head.name[0] == 'r')
			cd_rmsprop(n, w, g, s, a[0], a[1], a[2]);
		else
			cd_adam(n, w, g, s, v, a[0], a[1], a[2], a[3], i + 1);
		memcpy(after + i * n, w, n * sizeof *w);
	}
	same(c, "after", after);
}

/* ---- nets ---- */

static const char book[] = "input 12 12 3 scale 1/255\n"
			   "conv 4 3x3 relu\npool max 2\n"
			   "conv 6 3x3 relu pad 1\npool max 2\n"
			   "flatten\ndense 8 relu\ndense 1\nloss logistic\n";
static const char strided[] = "input 9 9 3 scale 1/255\n"
			      "conv 4 3x3 stride 2 pad 1\nrelu\n"
			      "pool max 3 stride 1\nflatten\ndense 3\n"
			      "loss softmax\n";

static void
test_net(const struct one *c, const char *text, int threads)
{
	int n = number(c, 0), steps = number(c, 1), i, k;
	struct cd_optim how = { .kind = CD_OPTIM_SGD,
		.lr = (double)c->head.v[2],
		.momentum = (double)c->head.v[3],
		.nesterov = true };
	const struct tensor *images = find(c, "images");
	static uint8_t bytes[MOST];
	struct cd_batch_result r;
	struct cd_err err = { { 0 } };
	struct cd_model model;
	struct cd_plan *plan;
	struct cd_net net;
	char name[24];
	float loss[8];

	for (i = 0; i < (int)images->n; i++)
		bytes[i] = (uint8_t)images->v[i];
	if (cd_net_parse(&net, text, strlen(text), "net", &err) < 0 ||
	    cd_model_init(&model, &net, 1, &err) < 0 ||
	    cd_optim_prepare(&how, &model, 0, &err) < 0 ||
	    cd_plan_new(&plan, &model, 0, 0, n, threads, true, &err) < 0) {
		printf("%s\n", err.msg);
		CHECK(0);
		return;
	}
	for (i = 0; i < model.nparams; i++) {
		snprintf(name, sizeof name, "start%d", i);
		CHECK(find(c, name)->n == model.param[i].n);
		memcpy(model.param[i].value, values(c, name),
		    model.param[i].n * sizeof(float));
	}
	for (k = 0; k < steps; k++) {
		r = cd_plan_gradient(plan, bytes, values(c, "t"), NULL, NULL, n,
		    1, (uint64_t)k);
		loss[k] = (float)(r.loss / n);
		for (i = 0; k == 0 && i < model.nparams; i++) {
			snprintf(name, sizeof name, "grad%d", i);
			same(c, name, cd_plan_grad(plan, i));
		}
		cd_optim_step(&how, &model, plan, (uint64_t)k + 1);
	}
	same(c, "loss", loss);
	for (i = 0; i < model.nparams; i++) {
		snprintf(name, sizeof name, "end%d", i);
		same(c, name, model.param[i].value);
	}
	cd_plan_free(plan);
	cd_model_free(&model);
}

static int
test_case(const struct one *c)
{
	const char *kind = c->head.name;
	const struct cd_conv_row *conv;
	const struct cd_gemm_row *gemm;
	int i;

	if (strcmp(kind, "conv") == 0)
		CD_EACH_VARIANT (conv, cd_conv_table)
			test_conv(c, conv->variant);
	else if (strcmp(kind, "pool") == 0)
		test_pool(c);
	else if (strcmp(kind, "dense") == 0)
		CD_EACH_VARIANT (gemm, cd_gemm_table)
			test_dense(c, gemm->variant->gemm);
	else if (strcmp(kind, "logistic") == 0 || strcmp(kind, "softmax") == 0)
		test_loss(c, kind[0] == 's');
	else if (strcmp(kind, "book") == 0 || strcmp(kind, "strided") == 0)
		for (i = 1; i <= 2; i++)
			test_net(c, kind[0] == 'b' ? book : strided, i);
	else
		test_optimiser(c);
	return 1;
}

int
main(void)
{
	static const char path[] = "tests/vectors/torch.txt";
	FILE *f = fopen(path, "r");
	struct one c;
	int cases = 0;

	if (!f) {
		perror(path);
		return 1;
	}
	cd_gemm_best(); /* before its variants: they share settings */
	while (next_case(f, &c)) {
		cases += test_case(&c);
		drop(&c.head);
		while (c.ntensors > 0)
			drop(&c.tensors[--c.ntensors]);
	}
	fclose(f);
	CHECK(cases == 21);
	return CHECK_DONE();
}
