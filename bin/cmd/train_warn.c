#include "cmd/train_warn.h"

#include <stdio.h>

#include "cmd/msg.h"

/* where: "to train on", "to validate on". */
static void
warn_of_missing(const struct cd_trainer *t, const struct cd_census *c,
    const char *where)
{
	int more, class = cd_census_missing(c, &more);
	char shown[128], others[64] = "";
	const char *name;
	size_t len = 0;

	if (class < 0)
		return;
	if (more > 0)
		snprintf(others, sizeof others, ", nor of %d other%s", more,
		    more == 1 ? "" : "s");
	name = cd_head_nth(&t->model.head, "class", class, &len);
	cd_warn("warning: no picture of class '%s' %s%s",
	    cd_escape(shown, sizeof shown, name ? name : "", len), where,
	    others);
}

void
cd_train_warn_validated(const struct cd_trainer *t)
{
	if (t->validate)
		warn_of_missing(t, &t->validated, "to validate on");
}

void
cd_train_warn_trained(struct cd_trainer *t, struct cd_census *c)
{
	uint64_t common, of;

	warn_of_missing(t, c, "to train on");
	common = cd_census_common(&t->validated, c, &of);
	if (common > 0)
		cd_warn("warning: %s: %llu of its %llu pictures are trained on "
			"too, by their keys",
		    t->validate, (unsigned long long)common,
		    (unsigned long long)of);
}

void
cd_train_warn_end(const struct cd_trainer *t, bool idle, bool stalled,
    bool spent)
{
	const char *time = t->budget > 0 ? "budget" : "limit";

	if (stalled)
		cd_warn("validation was best after epoch %llu; stopped",
		    (unsigned long long)t->best_epoch + 1);
	else
		cd_warn("nothing to train on: the model stands at the end of "
			"epoch %llu%s%s%s",
		    (unsigned long long)t->epoch, spent ? ", and the " : "",
		    spent ? time : "", spent ? " is used up" : "");
	if (idle && t->other_data)
		cd_warn("%s is left as it was; these are other data than it "
			"was trained on: to train it on them, give it more "
			"epochs than %llu, or make another with cd-init",
		    t->path, (unsigned long long)t->epoch);
}
