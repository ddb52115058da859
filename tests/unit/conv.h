/* One convolution by one variant, forward and backward, for unit programs. */
#ifndef CD_TESTS_UNIT_CONV_H
#define CD_TESTS_UNIT_CONV_H

#include <stdlib.h>
#include <string.h>

#include "kern/conv.h"
#include "unit/check.h"

/* As the arguments of cd_conv_forward_fn and cd_conv_backward_fn, but w and dw
 * are [kh,kw,cin,cout], not prepared; dw and db are overwritten. */
struct conv_maps {
	const float *x, *w, *b, *dy;
	float *y, *dw, *db, *dx;
	uint8_t *which;
};

static inline float *
conv_floats(size_t n)
{
	float *p = aligned_alloc(64, (n * sizeof *p / 64 + 1) * 64);

	CHECK(p);
	memset(p, 0, n * sizeof *p);
	return p;
}

static inline void
conv_run(const struct cd_conv_variant *v, const struct cd_conv *cv, int n,
    const struct conv_maps *m)
{
	size_t nw = (size_t)cv->kh * cv->kw * cv->cin * cv->cout;
	float *scratch = conv_floats(v->scratch(cv));
	float *pw = conv_floats(v->prepare ? v->prepared(cv) : nw);
	float *dpw = conv_floats(v->prepare ? v->gradient(cv) : nw);

	if (v->prepare)
		v->prepare(cv, 0, cv->cin, m->w, pw);
	else
		memcpy(pw, m->w, nw * sizeof *pw);
	memset(m->db, 0, (size_t)cv->cout * sizeof *m->db);
	v->forward(cv, n, m->x, pw, m->b, m->y, m->which, scratch);
	v->backward(cv, n, m->x, pw, m->y, m->which, m->dy, dpw, m->db, m->dx,
	    scratch);
	if (v->prepare)
		v->gather(cv, 0, cv->cin, dpw, m->dw);
	else
		memcpy(m->dw, dpw, nw * sizeof *dpw);
	free(scratch);
	free(pw);
	free(dpw);
}

#endif
