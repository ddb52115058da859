#include <string.h>

#include "base/num.h"
#include "rec/layout.h"

int64_t
cd_rec_take_tensor(struct cd_rec *r, char *to, uint64_t limit,
    const unsigned char *p, size_t n, struct cd_err *e)
{
	int i = r->ntensors;
	struct cd_tensor *t = &r->tensor[i];
	size_t name = n >= 4 ? p[0] : 0, used;
	uint64_t size;
	int k;

	if (n < 4 || name == 0 || p[3] != 0)
		return cd_fail(e, "the description of tensor %d is malformed",
		    i);
	if (p[2] > CD_RANK_MAX)
		return cd_fail(e, "rank %d > %d", p[2], CD_RANK_MAX);
	if (cd_dtype_size((enum cd_dtype)p[1]) == 0)
		return cd_fail(e, "unknown element type %d", p[1]);
	used = 4 + name + 8 * (size_t)p[2];
	if (used > n || memchr(p + 4, '\0', name))
		return cd_fail(e, "the description of tensor %d is malformed",
		    i);
	memcpy(to, p + 4, name);
	to[name] = '\0';
	memset(t, 0, sizeof *t);
	if (cd_rec_find(r, to))
		return cd_fail(e, "two tensors have the same name");
	t->name = to;
	t->dtype = (enum cd_dtype)p[1];
	t->rank = p[2];
	for (k = 0; k < t->rank; k++)
		t->dim[k] = cd_get64(p + 4 + name + 8 * (size_t)k);
	if (cd_tensor_size(t->dtype, t->rank, t->dim, &size) < 0)
		return cd_fail(e,
		    "tensor %d: its dimensions multiply to more than any "
		    "tensor has",
		    i);
	if (size > limit)
		return cd_fail(e, "tensor %d has more than %llu bytes", i,
		    (unsigned long long)limit);
	t->size = (size_t)size;
	return (int64_t)used;
}
