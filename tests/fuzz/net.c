/* Fuzz target: a net text. What is parsed, and small, is planned, at its own
 * size and at one of the first two bytes. */
#include "fuzz/fuzz.h"
#include "fuzz/net.h"
#include "net/model.h"
#include "net/text.h"
#include "plan/plan.h"

static void
plan(struct cd_model *m, int h, int w)
{
	struct cd_err e = { "" };
	struct cd_plan *p;

	if (cd_plan_new(&p, m, h, w, 3, 1, true, &e) == 0)
		cd_plan_free(p);
	else if (!e.msg[0])
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct cd_err e = { "" };
	struct cd_model m;
	struct cd_net net;
	FILE *f;

	if (size < 2)
		return 0;
	if (cd_net_parse(&net, (const char *)data + 2, size - 2, "net", &e) <
	    0) {
		if (strncmp(e.msg, "net: ", 5) != 0)
			abort();
		return 0;
	}
	f = fopen("/dev/null", "w");
	if (!f)
		abort();
	cd_net_summary(&net, f);
	fclose(f);
	if (!is_small(&net)) {
		cd_net_free(&net);
		return 0;
	}
	if (cd_model_init(&m, &net, 1, &e) < 0)
		abort();
	plan(&m, 0, 0);
	plan(&m, data[0] % 40, data[1] % 40);
	cd_model_free(&m);
	return 0;
}
