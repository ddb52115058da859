/* Jobs beside the caller: each is begun once, in order, and seen when it has
 * ended. */
#include "base/aside.h"

#include "unit/check.h"

enum { JOBS = 5000 };

static int done; /* by the jobs alone */

static void
job(void *arg)
{
	int *at = arg;

	*at = done++;
}

int
main(void)
{
	static int at[JOBS];
	struct cd_err e = { "" };
	struct cd_aside *a = cd_aside_new(&e);
	int i;

	CHECK(a != NULL);
	if (!a)
		return CHECK_DONE();
	cd_aside_wait(a); /* for nothing */
	CHECK(cd_aside_idle(a));
	for (i = 0; i < JOBS; i++) {
		cd_aside_begin(a, job, &at[i]);
		if (i % 3 == 0) {
			cd_aside_wait(a);
			CHECK(done == i + 1);
		}
	}
	cd_aside_wait(a);
	CHECK(cd_aside_idle(a));
	for (i = 0; i < JOBS; i++)
		CHECK(at[i] == i);
	cd_aside_begin(a, job, &at[0]);
	cd_aside_free(a); /* waits too */
	CHECK(at[0] == JOBS);
	cd_aside_free(NULL);
	return CHECK_DONE();
}
