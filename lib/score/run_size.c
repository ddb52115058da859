#include "score/run_size.h"

#include <string.h>

#include "base/num.h"

int
cd_run_size_parse(void *to, const char *arg, struct cd_err *e)
{
	struct cd_run_size *s = to;

	*s = (struct cd_run_size){ .own = strcmp(arg, "own") == 0 };
	if (s->own || cd_parse_wxh(arg, 1, CD_WXH_MAX, &s->w, &s->h, e) == 0)
		return 0;
	return cd_fail_at(e, "neither 'own' nor a size");
}
