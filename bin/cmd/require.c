#include "cmd/require.h"

#include <stdbool.h>
#include <string.h>

#include "base/num.h"
#include "cmd/msg.h"

enum {
	REQUIRE_MAX = 16,
};

static struct requirement {
	char name[200];
	double value;
	bool known;
} require[REQUIRE_MAX];
static int nrequire;

int
cd_require_take(void *to, const char *arg, struct cd_err *e)
{
	struct requirement *r = &require[nrequire];
	/* class names may hold '=', numbers do not */
	const char *eq = strrchr(arg, '=');

	(void)to;
	if (nrequire == REQUIRE_MAX)
		return cd_fail(e, "more than %d of them", REQUIRE_MAX);
	if (!eq || eq == arg || (size_t)(eq - arg) >= sizeof r->name)
		return cd_fail(e,
		    "metric=value is wanted, such as "
		    "accuracy=0.8");
	memcpy(r->name, arg, (size_t)(eq - arg));
	nrequire++;
	return cd_parse_real(eq + 1, -1, 1e9, &r->value, e);
}

void
cd_require_check(void *status, const char *name, double value)
{
	bool loss = strcmp(name, "log_loss") == 0;
	int i;

	for (i = 0; i < nrequire; i++) {
		struct requirement *r = &require[i];

		if (strcmp(r->name, name) != 0)
			continue;
		r->known = true;
		if (loss ? value <= r->value : value >= r->value)
			continue;
		cd_warn("%s is %.6g, required: at %s %.6g", name, value,
		    loss ? "most" : "least", r->value);
		*(int *)status = 1;
	}
}

void
cd_require_known(void)
{
	int i;

	for (i = 0; i < nrequire; i++)
		if (!require[i].known)
			cd_die("--require: there is no metric '%s'",
			    require[i].name);
}
