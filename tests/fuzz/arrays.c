/* Fuzz target: the readers of NPY, NPZ and safetensors, and weights taken from
 * them. What is refused has a message that names the file. */
#include "fuzz/fuzz.h"
#include "in/weights.h"
#include "net/text.h"

static const char net_text[] = "input 2 2 1\nflatten\ndense 1\nloss logistic\n";

static void
refused(const struct cd_err *e)
{
	if (strncmp(e->msg, "standard input: ", 16) != 0)
		abort();
}

static void
read_arrays(void)
{
	struct cd_err e = { "" };
	struct cd_buf b = { 0 };
	const struct cd_array *a;
	char text[CD_ARRAY_TEXT];
	struct cd_arrays *in;
	int got;

	if (cd_arrays_open(&in, NULL, &e) < 0) {
		refused(&e);
		return;
	}
	while ((got = cd_arrays_next(in, &a, &e)) == 1) {
		cd_array_text(a, text);
		if (a->bytes % 2 == 0)
			got = cd_arrays_load(in, &b, 1 << 20, &e);
		if (got < 0)
			break;
	}
	if (got < 0)
		refused(&e);
	cd_buf_free(&b);
	cd_arrays_close(in);
}

static void
take_weights(void)
{
	struct cd_err e = { "" };
	struct cd_arrays *in;
	struct cd_model m;
	struct cd_net net;
	int slots;

	if (cd_net_parse(&net, net_text, sizeof net_text - 1, "net", &e) < 0 ||
	    cd_model_init(&m, &net, 0, &e) < 0)
		abort();
	if (cd_arrays_open(&in, NULL, &e) < 0 ||
	    cd_weights_take(&m, in, &slots, &e) < 0)
		refused(&e);
	else if (cd_model_check_finite(&m, &e) < 0)
		abort();
	cd_arrays_close(in);
	cd_model_free(&m);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	stdin_of(data, size);
	read_arrays();
	if (lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
		abort();
	take_weights();
	return 0;
}
