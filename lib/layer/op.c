#include "layer/op.h"

#include <string.h>

#include "kern/elem.h"

void
cd_op_run(struct cd_op *op, const struct cd_run *r, int n,
    void (*fn)(void *, int, int))
{
	struct cd_op_job j = { op, r };

	cd_team_run(r->team, n, fn, &j);
}

void
cd_op_pass(size_t n, const float *from, float *to, bool add)
{
	if (!to || to == from)
		return;
	if (add)
		cd_add(n, from, to);
	else
		memcpy(to, from, n * sizeof *to);
}
