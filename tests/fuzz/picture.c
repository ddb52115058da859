/* Fuzz target: a picture file, decoded and fitted as the first byte says. */
#include "fuzz/fuzz.h"
#include "img/picture.h"

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct cd_picturer *by[CD_FIT_HOWS][CD_RESIZE_FILTERS + 1];
	static const struct cd_still_how how = { .limits = { .pixels = 1 << 20,
						     .density = 1000,
						     .scans = 20,
						     .memory = 64 << 20 } };
	struct cd_picture picture = { 0 };
	struct cd_err e = { "" };
	struct cd_picturer **p;
	struct cd_fit fit;
	char path[32];
	FILE *f;

	if (size == 0)
		return 0;
	fit = (struct cd_fit){ .how = data[0] % CD_FIT_HOWS,
		.filter = data[0] / CD_FIT_HOWS % (CD_RESIZE_FILTERS + 1),
		.grey = data[0] >> 7 };
	p = &by[fit.how][fit.filter];
	if (fit.filter < CD_RESIZE_FILTERS) {
		fit.w = 17;
		fit.h = 12;
	}
	if (!*p && !(*p = cd_picturer_new(&how, &fit, &e)))
		abort();
	f = file_of(data + 1, size - 1);
	snprintf(path, sizeof path, "/dev/fd/%d", fileno(f));
	if (cd_picturer_run(*p, path, &picture, &e) < 0) {
		if (!e.msg[0])
			abort();
	} else if (picture.pixels.len !=
	    (size_t)picture.w * (size_t)picture.h * (size_t)picture.channels) {
		abort();
	}
	cd_buf_free(&picture.pixels);
	fclose(f);
	return 0;
}
