#include "img/augment_opt.h"

#include <string.h>

#include "base/num.h"

static int
parse_pair(const char *s, const char *colon, double min, double max,
    struct cd_range *r, struct cd_err *e)
{
	char lo[64];
	size_t n = (size_t)(colon - s);

	if (n >= sizeof lo)
		return cd_fail(e, "the number before the colon is too long");
	memcpy(lo, s, n);
	lo[n] = '\0';
	if (cd_parse_real(lo, min, max, &r->lo, e) < 0 ||
	    cd_parse_real(colon + 1, min, max, &r->hi, e) < 0)
		return -1;
	if (r->hi < r->lo)
		return cd_fail(e, "the range %g:%g is the wrong way round",
		    r->lo, r->hi);
	return 0;
}

static int
parse_range(const char *s, double min, double max, struct cd_range *r,
    struct cd_err *e)
{
	const char *colon = strchr(s, ':');
	double z;

	if (colon)
		return parse_pair(s, colon, min, max, r, e);
	if (cd_parse_real(s, 0, 1 - min, &z, e) < 0)
		return -1;
	*r = (struct cd_range){ 1 - z, 1 + z };
	return 0;
}

int
cd_augment_parse_zoom(void *to, const char *s, struct cd_err *e)
{
	return parse_range(s, 0.01, 100, to, e);
}

int
cd_augment_parse_brightness(void *to, const char *s, struct cd_err *e)
{
	return parse_range(s, 0, 100, to, e);
}

int
cd_augment_parse_crop(void *to, const char *s, struct cd_err *e)
{
	const char *colon = strchr(s, ':');
	struct cd_range *r = to;

	if (colon)
		return parse_pair(s, colon, 1e-6, 1, r, e);
	r->hi = 1;
	return cd_parse_real(s, 1e-6, 1, &r->lo, e);
}

int
cd_augment_parse_fill(void *to, const char *s, struct cd_err *e)
{
	static const char *const names[] = {
		[CD_FILL_NEAREST] = "nearest",
		[CD_FILL_CONSTANT] = "constant",
		[CD_FILL_REFLECT] = "reflect",
		[CD_FILL_WRAP] = "wrap",
	};
	struct cd_augment *a = to;
	char shown[64];
	int64_t v = 0;
	int i;

	if (strncmp(s, "constant:", 9) == 0) {
		if (cd_parse_int(s + 9, 0, 255, &v, e) < 0)
			return -1;
		s = names[CD_FILL_CONSTANT];
	}
	for (i = 0; i < 4; i++)
		if (strcmp(s, names[i]) == 0) {
			a->fill = (enum cd_fill)i;
			a->value = (uint8_t)v;
			return 0;
		}
	return cd_fail(e,
	    "'%s' is none of nearest, constant, constant:VALUE, "
	    "reflect, wrap",
	    cd_escape(shown, sizeof shown, s, strlen(s)));
}

int
cd_augment_parse_preset(void *to, const char *s, struct cd_err *e)
{
	struct cd_augment_opt *o = to;
	char shown[64];

	if (strcmp(s, "book") != 0)
		return cd_fail(e, "'%s' is no preset; there is book",
		    cd_escape(shown, sizeof shown, s, strlen(s)));
	o->book = true;
	return 0;
}

bool
cd_augment_opt_draws(const struct cd_augment_opt *o)
{
	const struct cd_augment *w = &o->what;

	return o->book || o->shift >= 0 || o->zoom_uniform.lo >= 0 ||
	    w->rotate >= 0 || w->shift_x >= 0 || w->shift_y >= 0 ||
	    w->shear >= 0 || w->zoom.lo >= 0 || w->flip || w->flip_vertical ||
	    w->channel_shift >= 0 || w->brightness.lo >= 0 || w->crop.lo >= 0;
}

static void
real_or(double *given, double otherwise)
{
	if (*given < 0)
		*given = otherwise;
}

static void
range_or(struct cd_range *given, struct cd_range otherwise)
{
	if (given->lo < 0)
		*given = otherwise;
}

int
cd_augment_opt_resolve(struct cd_augment_opt *o, struct cd_err *e)
{
	const struct cd_augment *d = o->book ? &cd_augment_book :
					       &cd_augment_none;
	struct cd_augment *w = &o->what;

	if (w->zoom.lo >= 0 && o->zoom_uniform.lo >= 0)
		return cd_fail(e,
		    "--zoom and --zoom-uniform exclude each "
		    "other");
	w->zoom_uniform = o->zoom_uniform.lo >= 0;
	range_or(&w->zoom, o->zoom_uniform);
	range_or(&w->zoom, d->zoom);
	real_or(&w->rotate, d->rotate);
	real_or(&w->shift_x, o->shift);
	real_or(&w->shift_x, d->shift_x);
	real_or(&w->shift_y, o->shift);
	real_or(&w->shift_y, d->shift_y);
	real_or(&w->shear, d->shear);
	w->flip = w->flip || d->flip;
	w->flip_vertical = w->flip_vertical || d->flip_vertical;
	real_or(&w->channel_shift, d->channel_shift);
	range_or(&w->brightness, d->brightness);
	range_or(&w->crop, d->crop);
	return 0;
}
