#include "cmd/scored.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/msg.h"

void
cd_short_name(char to[CD_SHORT_NAME], const char *path, const char *ending)
{
	const char *slash = strrchr(path, '/');
	size_t n, end = strlen(ending);

	if (strcmp(path, "-") == 0)
		path = "standard input";
	else if (slash && slash[1])
		path = slash + 1;
	n = strlen(path);
	if (n > end && strcmp(path + n - end, ending) == 0)
		n -= end;
	cd_escape_end(to, CD_SHORT_NAME, path, n);
}

void
cd_scored_read(struct cd_scored *s, const char *path)
{
	struct cd_err e = { "" };
	const struct cd_tally *t;

	memset(s, 0, sizeof *s);
	cd_short_name(s->name, path, ".trs");
	if (cd_gather(&s->all, path, NULL, false, &e) < 0)
		cd_die("%s", e.msg);
	t = s->all.tally;
	if (cd_tally_count(t) == 0)
		cd_die("%s: no predictions in it", s->all.name);
	if (cd_tally_labelled(t, &e) < 0)
		cd_die("%s: %s", s->all.name, e.msg);
	s->class_name = cd_class_names(&s->all.head, &s->nclasses, &e);
	if (!s->class_name ||
	    cd_metrics_of(&s->metrics, cd_tally_p(t), cd_tally_labels(t),
		cd_tally_count(t), s->nclasses, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_scored_free(struct cd_scored *s)
{
	cd_metrics_free(&s->metrics);
	free(s->class_name);
	cd_gathered_free(&s->all);
	memset(s, 0, sizeof *s);
}
