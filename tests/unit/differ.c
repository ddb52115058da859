/* How tensors differ. */
#include "rec/differ.h"

#include <math.h>

#include "unit/check.h"

static struct cd_tensor
tensor(enum cd_dtype dtype, uint64_t n, const void *data)
{
	struct cd_rec r = { .kind = CD_SAMPLE };

	cd_rec_add(&r, "x", dtype, 1, &n, data);
	return r.tensor[0];
}

static void
compare(enum cd_dtype dtype, uint64_t n, const void *a, const void *b,
    double tolerance, uint64_t count, uint64_t first, double largest)
{
	struct cd_tensor x = tensor(dtype, n, a), y = tensor(dtype, n, b);
	struct cd_difference d;

	cd_tensor_differ(&x, &y, tolerance, &d);
	CHECK(d.count == count);
	CHECK(d.first == first);
	CHECK(d.largest == largest);
	/* it is the same from the other side */
	cd_tensor_differ(&y, &x, tolerance, &d);
	CHECK(d.count == count && d.first == first && d.largest == largest);
}

int
main(void)
{
	unsigned char u[2][3] = { { 1, 2, 255 }, { 1, 4, 0 } };
	int32_t i[2][2] = { { 1, INT32_MIN }, { 2, INT32_MAX } };
	int64_t l[2][2] = { { 1, INT64_MAX }, { 1, INT64_MAX - 1 } };
	float f[2][4] = { { NAN, INFINITY, 0.f, 1 },
		{ -NAN, INFINITY, -0.f, 1.5f } };
	double g[2][4] = { { NAN, INFINITY, -INFINITY, 1 },
		{ 1, 2, INFINITY, 1 } };
	struct cd_tensor a, b;

	compare(CD_U8, 3, u[0], u[1], 0, 2, 1, 255);
	compare(CD_U8, 3, u[0], u[1], 2, 1, 2, 255);
	compare(CD_U8, 3, u[0], u[1], 255, 0, 0, 0);
	compare(CD_U8, 0, u[0], u[1], 0, 0, 0, 0);
	/* labels have no tolerance */
	compare(CD_I32, 2, i[0], i[1], 10, 2, 0, 4294967295.0);
	/* a double cannot tell these two apart */
	compare(CD_I64, 2, l[0], l[1], 10, 1, 1, 0);
	compare(CD_F32, 4, f[0], f[1], 0, 1, 3, 0.5);
	compare(CD_F32, 4, f[0], f[1], 0.5, 0, 0, 0);
	compare(CD_F64, 4, g[0], g[1], 1e300, 3, 0, INFINITY);

	a = tensor(CD_U8, 3, u[0]);
	b = a;
	CHECK(cd_tensor_same_shape(&a, &b));
	b.dim[0] = 2;
	CHECK(!cd_tensor_same_shape(&a, &b));
	b = a;
	b.rank = 2;
	b.dim[1] = 1;
	CHECK(!cd_tensor_same_shape(&a, &b));
	b = a;
	b.dtype = CD_I32;
	CHECK(!cd_tensor_same_shape(&a, &b));
	return CHECK_DONE();
}
