#define _GNU_SOURCE /* memmem */
#include "cmd/train_warn.h"

#include <stdio.h>
#include <string.h>

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

/* Does a line of provenance say another than a, but for its --epochs? */
static bool
differ(const char *a, size_t na, const char *b, size_t nb)
{
	static const char epochs[] = " --epochs ";
	const char *endless[2] = { a, b };
	size_t n[2] = { na, nb }, cut[2], rest[2];
	int i;

	for (i = 0; i < 2; i++) {
		const char *p = memmem(endless[i], n[i], epochs,
		    sizeof epochs - 1);

		cut[i] = p ? (size_t)(p - endless[i]) : n[i];
		rest[i] = cut[i];
		if (p)
			for (rest[i] += sizeof epochs - 1;
			     rest[i] < n[i] && endless[i][rest[i]] != ' ';)
				rest[i]++;
	}
	return cut[0] != cut[1] || memcmp(a, b, cut[0]) != 0 ||
	    na - rest[0] != nb - rest[1] ||
	    memcmp(a + rest[0], b + rest[1], na - rest[0]) != 0;
}

/* Of two lines of the model's header, what it was made by and what now. */
static void
warn_of_other(const struct cd_head *h, const char *name, int was, int is)
{
	char shown[2][400];
	size_t n[2] = { 0, 0 };
	const char *s[2] = { cd_head_nth(h, name, was, &n[0]),
		cd_head_nth(h, name, is, &n[1]) };

	if (s[0] && s[1] && differ(s[0], n[0], s[1], n[1]))
		cd_warn("warning: the model was trained with '%s', and goes on "
			"with '%s'",
		    cd_escape(shown[0], sizeof shown[0], s[0], n[0]),
		    cd_escape(shown[1], sizeof shown[1], s[1], n[1]));
}

void
cd_train_warn_continued(const struct cd_trainer *t, const struct cd_head *data)
{
	const struct cd_head *h = &t->model.head;
	int n = cd_head_count(h, "made"), k = cd_head_count(data, "made"), i;

	if (t->step == 0)
		return;
	if (t->other_how)
		warn_of_other(h, "made", n - 2, n - 1);
	n = cd_head_count(h, "data");
	for (i = 0; t->other_data && n >= 2 * k && i < k; i++)
		warn_of_other(h, "data", n - 2 * k + i, n - k + i);
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
