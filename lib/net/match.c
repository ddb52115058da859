#include "net/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "rec/values.h"

enum {
	WAY_OUT = 160, /* bytes of advice */
};

/* The fit without its size: " squash triangle" of "150x150 squash triangle". */
static const char *
way_of(const char *fit, size_t *len)
{
	const char *way = memchr(fit, ' ', *len);

	if (!way)
		return fit;
	*len -= (size_t)(way - fit);
	return way;
}

/* "; cd-decode --size 32x32 --fit squash --filter triangle makes them so": how
 * pictures are fitted as the model's were, fit [len], were; "" if that is not
 * known. */
static const char *
way_out(const char *fit, size_t len, char buf[WAY_OUT])
{
	char text[64], size[16], how[16], filter[16];

	buf[0] = '\0';
	if (len >= sizeof text)
		return buf;
	memcpy(text, fit, len);
	text[len] = '\0';
	if (len == 0)
		snprintf(buf, WAY_OUT,
		    "; cd-decode without --size leaves them so");
	else if (sscanf(text, "%15[0-9x] %15[a-z] %15[a-z0-9]", size, how,
		     filter) == 3)
		snprintf(buf, WAY_OUT,
		    strcmp(filter, "area") ?
			"; cd-decode --size %s --fit %s --filter %s makes "
			"them so" :
			"; cd-augment --size %s, behind a cd-decode without "
			"--size, makes them so",
		    size, how, filter);
	return buf;
}

/* Were the pictures fitted as the model's were? */
static int
match_fit(const struct cd_head *model, const struct cd_head *data,
    bool any_size, struct cd_err *e)
{
	size_t len, wlen;
	const char *v = cd_head_nth(model, "fit", 0, &len);
	const char *w = cd_head_nth(data, "fit", 0, &wlen);
	char a[128], b[128], way[WAY_OUT];

	if (!v && !w)
		return 0;
	way_out(v ? v : "", v ? len : 0, way);
	cd_escape(a, sizeof a, v ? v : "", v ? len : 0);
	cd_escape(b, sizeof b, w ? w : "", w ? wlen : 0);
	if (!v)
		return cd_fail(e,
		    "the model's pictures have their natural sizes, these "
		    "were brought to size by '%s'%s",
		    b, way);
	if (!w)
		return cd_fail(e,
		    "the model's pictures were brought to size by '%s', "
		    "these have their natural sizes%s",
		    a, way);
	if (any_size) {
		v = way_of(v, &len);
		w = way_of(w, &wlen);
	}
	if (len == wlen && memcmp(v, w, len) == 0)
		return 0;
	return cd_fail(e,
	    "the model's pictures were brought to size by '%s', "
	    "these by '%s'%s",
	    a, b, way);
}

/* Has the model all classes of the data? */
static int
match_classes(const struct cd_model *m, const struct cd_head *h,
    struct cd_err *e)
{
	int i, n, *class = cd_model_classes(m, h, &n, e);
	char shown[128];
	const char *v;
	size_t len;

	if (!class)
		return -1;
	/* more classes than the model's: one of them is unknown, or twice */
	for (i = 0; i < n && i < m->net.nclasses && class[i] >= 0; i++)
		;
	free(class);
	if (i == n)
		return 0;
	v = cd_head_nth(h, "class", i, &len);
	return cd_fail(e, "class '%s' of the data is unknown to the model",
	    cd_escape(shown, sizeof shown, v, len));
}

int
cd_model_match(struct cd_model *m, const struct cd_head *h, bool any_size,
    struct cd_err *e)
{
	int n = cd_head_count(h, "class");

	if (cd_head_count(&m->head, "class") == 0) {
		if (n != m->net.nclasses)
			return cd_fail(e,
			    "the net has %d classes, the data %d: its last "
			    "line 'dense' says how many",
			    m->net.nclasses, n);
		if (cd_head_copy_lines(&m->head, "class", h, "class", e) < 0 ||
		    cd_head_copy_lines(&m->head, "fit", h, "fit", e) < 0)
			return -1;
	}
	if (cd_head_count(&m->head, "class") != m->net.nclasses)
		return cd_fail(e, "the model names %d classes, its net has %d",
		    cd_head_count(&m->head, "class"), m->net.nclasses);
	if (match_classes(m, h, e) < 0)
		return -1;
	return match_fit(&m->head, h, any_size, e);
}

int *
cd_model_classes(const struct cd_model *m, const struct cd_head *h, int *n,
    struct cd_err *e)
{
	struct cd_values mine;
	size_t at = 0, len;
	const char *v;
	int i, *class;

	*n = cd_head_count(h, "class");
	class = cd_calloc((size_t)*n, sizeof *class, e);
	if (!class || cd_values_list(&mine, &m->head, "class", e) < 0) {
		free(class);
		return NULL;
	}
	for (i = 0; (v = cd_head_next(h, "class", &at, &len)); i++)
		class[i] = cd_values_find(&mine, v, len);
	cd_values_free(&mine);
	return class;
}
