#include "rec/differ.h"

#include <math.h>
#include <string.h>

static double
number(const struct cd_tensor *t, uint64_t i)
{
	switch (t->dtype) {
	case CD_U8:
		return ((const unsigned char *)t->data)[i];
	case CD_I32:
		return ((const int32_t *)t->data)[i];
	case CD_I64:
		return (double)((const int64_t *)t->data)[i];
	case CD_F32:
		return (double)((const float *)t->data)[i];
	case CD_F64:
		return ((const double *)t->data)[i];
	}
	return 0;
}

bool
cd_tensor_same_shape(const struct cd_tensor *a, const struct cd_tensor *b)
{
	return a->dtype == b->dtype && a->rank == b->rank &&
	    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

static bool
equal(const struct cd_tensor *a, const struct cd_tensor *b, uint64_t i,
    double tolerance, double *d)
{
	double x = number(a, i), y = number(b, i);

	*d = fabs(x - y);
	if (a->dtype == CD_I64) /* large values may round to one double */
		return ((const int64_t *)a->data)[i] ==
		    ((const int64_t *)b->data)[i];
	if (a->dtype == CD_I32)
		return x == y;
	/* infinities are equal by ==: their difference is nan */
	return x == y || *d <= tolerance || (isnan(x) && isnan(y));
}

void
cd_tensor_differ(const struct cd_tensor *a, const struct cd_tensor *b,
    double tolerance, struct cd_difference *out)
{
	uint64_t n = a->size / cd_dtype_size(a->dtype), i;
	double d;

	memset(out, 0, sizeof *out);
	if (a->size == 0 || memcmp(a->data, b->data, a->size) == 0)
		return;
	for (i = 0; i < n; i++) {
		if (equal(a, b, i, tolerance, &d))
			continue;
		if (out->count++ == 0)
			out->first = i;
		if (!(d <= out->largest))
			out->largest = isnan(d) ? INFINITY : d;
	}
}
