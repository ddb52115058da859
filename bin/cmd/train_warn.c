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

/* A line of provenance. */
struct made {
	const char *s;
	size_t n;
};

static struct made
made(const struct cd_head *h, const char *name, int i)
{
	struct made m = { NULL, 0 };

	m.s = cd_head_nth(h, name, i, &m.n);
	return m;
}

static size_t
word_of(const struct made *m)
{
	const char *end = m->s ? memchr(m->s, ' ', m->n) : NULL;

	return end ? (size_t)(end - m->s) : m->n;
}

static bool
same_command(const struct made *a, const struct made *b)
{
	size_t n = word_of(a);

	return a->s && b->s && n == word_of(b) && memcmp(a->s, b->s, n) == 0;
}

/* Was and is: of one command, or one of them NULL. */
static void
warn_of_other(const struct made *was, const struct made *is)
{
	char shown[2][400] = { "", "" };

	if (was)
		cd_escape(shown[0], sizeof shown[0], was->s, was->n);
	if (is)
		cd_escape(shown[1], sizeof shown[1], is->s, is->n);
	if (was && is && differ(was->s, was->n, is->s, is->n))
		cd_warn("warning: the model was trained with '%s', and goes on "
			"with '%s'",
		    shown[0], shown[1]);
	else if (was && !is)
		cd_warn("warning: the model was trained with '%s', and goes on "
			"without",
		    shown[0]);
	else if (is && !was)
		cd_warn("warning: the model was trained without '%s'",
		    shown[1]);
}

/* Compares the lines "data" from i to n of the head with those from n on, each
 * with the next of the same command. */
static void
warn_of_data(const struct cd_head *h, int i, int n, int of)
{
	int k, at;

	for (k = n; k < of; k++) {
		struct made is = made(h, "data", k), was;

		for (at = i; at < n; at++) {
			was = made(h, "data", at);
			if (same_command(&was, &is))
				break;
		}
		if (at == n) {
			warn_of_other(NULL, &is);
			continue;
		}
		for (; i < at; i++) {
			struct made gone = made(h, "data", i);

			warn_of_other(&gone, NULL);
		}
		i = at + 1;
		warn_of_other(&was, &is);
	}
	for (; i < n; i++) {
		struct made gone = made(h, "data", i);

		warn_of_other(&gone, NULL);
	}
}

/* The first of the lines "data" before the nth that are of one stream: such
 * begin with what makes pictures. */
static int
first_of_data(const struct cd_head *h, int n)
{
	static const struct made sources[] = { { "cd-decode", 9 },
		{ "cd-import", 9 } };
	int i;

	for (i = n - 1; i > 0; i--) {
		struct made m = made(h, "data", i);

		if (same_command(&m, &sources[0]) ||
		    same_command(&m, &sources[1]))
			break;
	}
	return i > 0 ? i : 0;
}

void
cd_train_warn_continued(const struct cd_trainer *t, const struct cd_head *data)
{
	const struct cd_head *h = &t->model.head;
	int n = cd_head_count(h, "made"), k = cd_head_count(data, "made");

	if (t->step == 0)
		return;
	if (t->other_how && n >= 2) {
		struct made was = made(h, "made", n - 2);
		struct made is = made(h, "made", n - 1);

		warn_of_other(&was, &is);
	}
	n = cd_head_count(h, "data");
	if (t->other_data && n > k)
		warn_of_data(h, first_of_data(h, n - k), n - k, n);
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
