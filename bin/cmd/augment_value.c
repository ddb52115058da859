#include "cmd/augment_value.h"

#include <string.h>

#include "base/num.h"
#include "img/augment.h"

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
cd_augment_parse_factor(void *to, const char *s, struct cd_err *e)
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
cd_augment_parse_erase(void *to, const char *s, struct cd_err *e)
{
	const char *colon = strchr(s, ':');
	struct cd_range *r = to;

	if (colon)
		return parse_pair(s, colon, 1e-6, 1, r, e);
	if (cd_parse_real(s, 1e-6, 1, &r->hi, e) < 0)
		return -1;
	r->lo = r->hi < 0.02 ? r->hi : 0.02;
	return 0;
}

const char *const cd_augment_fills[] = {
	[CD_FILL_NEAREST] = "nearest",
	[CD_FILL_CONSTANT] = "constant",
	[CD_FILL_REFLECT] = "reflect",
	[CD_FILL_WRAP] = "wrap",
	NULL,
};

int
cd_augment_parse_fill(void *to, const char *s, struct cd_err *e)
{
	struct cd_augment *a = to;
	char shown[64];
	int64_t v = 0;
	int i;

	if (strncmp(s, "constant:", 9) == 0) {
		if (cd_parse_int(s + 9, 0, 255, &v, e) < 0)
			return -1;
		s = cd_augment_fills[CD_FILL_CONSTANT];
	}
	for (i = 0; cd_augment_fills[i]; i++)
		if (strcmp(s, cd_augment_fills[i]) == 0) {
			a->fill = (enum cd_fill)i;
			a->value = (uint8_t)v;
			return 0;
		}
	return cd_fail(e,
	    "'%s' is none of nearest, constant, constant:VALUE, "
	    "reflect, wrap",
	    cd_escape(shown, sizeof shown, s, strlen(s)));
}
