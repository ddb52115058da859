/* Fuzz target: a model from a stream, its checksums put right where the first
 * byte is odd. What is loaded, and small, predicts and takes a step of
 * training; what is finite then is saved and read again. */
#include "fuzz/fuzz.h"
#include "fuzz/net.h"
#include "train/optim.h"

enum {
	BATCH = 2,
	PIXELS = 32 * 32 * 8,
	CLASSES = 64,
};

static void
run(struct cd_model *m)
{
	static uint8_t x[BATCH * PIXELS];
	static float p[BATCH * CLASSES];
	struct cd_optim o = { .kind = CD_OPTIM_SGD, .lr = 0.01 };
	struct cd_err e = { "" };
	struct cd_plan *plan;
	int32_t labels[BATCH] = { 0, 1 };
	size_t k = (size_t)m->net.nclasses, i;

	for (i = 0; i < sizeof x; i++)
		x[i] = (uint8_t)(i * 37);
	if (cd_plan_new(&plan, m, 0, 0, BATCH, 1, true, &e) < 0) {
		if (!e.msg[0])
			abort();
		return;
	}
	cd_plan_predict(plan, x, BATCH, p);
	memset(p, 0, sizeof p);
	p[0] = p[k + (k > 1)] = 1;
	if (cd_optim_prepare(&o, m, 0, &e) == 0) {
		cd_plan_gradient(plan, x, p, labels, NULL, BATCH, 1, 1);
		cd_optim_step(&o, m, plan, 1);
	}
	cd_plan_free(plan);
}

/* Is what is saved what is loaded? */
static void
save_and_load(const struct cd_model *m)
{
	FILE *f = tmpfile();
	struct cd_model again;
	struct cd_err e = { "" };
	char path[32];

	if (!f)
		abort();
	snprintf(path, sizeof path, "/dev/fd/%d", fileno(f));
	if (cd_model_save(m, path, &e) < 0) {
		/* a net of lines that no header holds */
		fclose(f);
		return;
	}
	if (dup2(fileno(f), STDIN_FILENO) < 0 ||
	    lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
		abort();
	fclose(f);
	if (cd_model_load(&again, NULL, &e) < 0) {
		fprintf(stderr, "%s\n", e.msg);
		abort();
	}
	cd_model_free(&again);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct cd_err e = { "" };
	struct cd_model m;
	unsigned char *copy;
	size_t n;

	if (size == 0)
		return 0;
	copy = sealed_copy(data, size, &n);
	stdin_of(copy, n);
	free(copy);
	if (cd_model_load(&m, NULL, &e) < 0) {
		if (!e.msg[0])
			abort();
		return 0;
	}
	if (is_small(&m.net))
		run(&m);
	if (cd_model_check_finite(&m, &e) == 0)
		save_and_load(&m);
	cd_model_free(&m);
	return 0;
}
