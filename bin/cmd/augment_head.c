#include "cmd/augment_head.h"

#include <stdio.h>
#include <string.h>

/* Sets the size in the header line "fit"; how pictures were fitted stays. */
static int
set_fit(struct cd_head *h, int width, int height, struct cd_err *e)
{
	size_t n;
	const char *old = cd_head_nth(h, "fit", 0, &n);
	const char *way = old ? memchr(old, ' ', n) : NULL;
	char fit[128];

	snprintf(fit, sizeof fit, "%dx%d%.*s", width, height,
	    way ? (int)(n - (size_t)(way - old)) : 12,
	    way ? way : " squash area");
	return cd_head_set(h, "fit", fit, e);
}

int
cd_augment_head(struct cd_head *h, const struct cd_augment_opt *o,
    struct cd_err *e)
{
	const struct cd_stages *g = &o->size;
	const struct cd_views *v = &o->views;
	int64_t records = cd_head_number(h, "records");
	struct cd_wxh last = { 0, 0 };

	if (g->n > 0)
		last = (struct cd_wxh){ g->stage[g->n - 1].w,
			g->stage[g->n - 1].h };
	if (v->n > 0 && v->view[v->n - 1].w > 0)
		last = (struct cd_wxh){ v->view[v->n - 1].w,
			v->view[v->n - 1].h };
	if (v->n > 1 && records > CD_HEAD_NUMBER_MAX / v->n)
		cd_head_remove(h, "records");
	else if (v->n > 1 && records >= 0 &&
	    cd_head_set_number(h, "records", records * v->n, e) < 0)
		return -1;
	return last.w ? set_fit(h, last.w, last.h, e) : 0;
}
