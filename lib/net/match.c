#include "net/match.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"

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

/* Were the pictures fitted as the model's were? */
static int
match_fit(const struct cd_head *model, const struct cd_head *data,
    bool any_size, struct cd_err *e)
{
	size_t len, wlen;
	const char *v = cd_head_nth(model, "fit", 0, &len);
	const char *w = cd_head_nth(data, "fit", 0, &wlen);
	char a[128], b[128];

	if (!v && !w)
		return 0;
	cd_escape(a, sizeof a, v ? v : "", v ? len : 0);
	cd_escape(b, sizeof b, w ? w : "", w ? wlen : 0);
	if (!v)
		return cd_fail(e,
		    "the model's pictures have their natural sizes, these "
		    "were brought to size by '%s'",
		    b);
	if (!w)
		return cd_fail(e,
		    "the model's pictures were brought to size by '%s', "
		    "these have their natural sizes",
		    a);
	if (any_size) {
		v = way_of(v, &len);
		w = way_of(w, &wlen);
	}
	if (len == wlen && memcmp(v, w, len) == 0)
		return 0;
	return cd_fail(e,
	    "the model's pictures were brought to size by '%s', "
	    "these by '%s'",
	    a, b);
}

int
cd_model_match(struct cd_model *m, const struct cd_head *h, bool any_size,
    struct cd_err *e)
{
	const char *v;
	size_t len;
	char a[128];
	int i, n = cd_head_count(h, "class");

	if (cd_head_count(&m->head, "class") == 0) {
		if (n != m->net.nclasses)
			return cd_fail(e, "the net has %d classes, the data %d",
			    m->net.nclasses, n);
		if (cd_head_copy_lines(&m->head, "class", h, "class", e) < 0 ||
		    cd_head_copy_lines(&m->head, "fit", h, "fit", e) < 0)
			return -1;
	}
	if (cd_head_count(&m->head, "class") != m->net.nclasses)
		return cd_fail(e, "the model names %d classes, its net has %d",
		    cd_head_count(&m->head, "class"), m->net.nclasses);
	/* more classes than the model's: one of them is unknown */
	for (i = 0; (v = cd_head_nth(h, "class", i, &len)); i++)
		if (i == m->net.nclasses || cd_head_class(&m->head, v, len) < 0)
			return cd_fail(e,
			    "class '%s' of the data is unknown "
			    "to the model",
			    cd_escape(a, sizeof a, v, len));
	return match_fit(&m->head, h, any_size, e);
}

int *
cd_model_classes(const struct cd_model *m, const struct cd_head *h, int *n,
    struct cd_err *e)
{
	const char *v;
	size_t len;
	int i, *class;

	*n = cd_head_count(h, "class");
	class = cd_calloc((size_t)*n, sizeof *class, e);
	for (i = 0; class && (v = cd_head_nth(h, "class", i, &len)); i++)
		class[i] = cd_head_class(&m->head, v, len);
	return class;
}
