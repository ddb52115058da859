#include "img/augment_sample.h"

#include <math.h>

#include "base/num.h"
#include "img/augment_colour.h"
#include "pix/shrink.h"

int
cd_augment_take(struct cd_augment_sample *s, const struct cd_rec *r, int oh,
    int ow, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 3, e);
	char shape[CD_SHAPE_TEXT];
	int i;

	if (!t)
		return -1;
	for (i = 0; i < 3; i++)
		if (t->dim[i] < 1 || t->dim[i] > (i < 2 ? CD_WARP_SIDE_MAX : 4))
			return cd_fail(e,
			    "'image' is %s, expected sides of 1 "
			    "to %d and 1 to 4 channels",
			    cd_tensor_text(t, shape), CD_WARP_SIDE_MAX);
	if (cd_rec_copy(&s->rec, &s->memory, r, CD_WARP_SLACK, e) < 0)
		return -1;
	s->image = &s->rec.tensor[t - r->tensor];
	s->size.h = (int)t->dim[0];
	s->size.w = (int)t->dim[1];
	s->size.oh = oh ? oh : s->size.h;
	s->size.ow = ow ? ow : s->size.w;
	return 0;
}

static int
reserve_picture(struct cd_buf *b, int h, int w, uint64_t channels,
    struct cd_err *e)
{
	return cd_buf_reserve(b,
	    (size_t)h * (size_t)w * channels + CD_WARP_SLACK, e);
}

int
cd_augment_reserve(struct cd_augment_sample *s, struct cd_err *e)
{
	uint64_t c = s->image->dim[2];

	cd_augment_shrunk(&s->draw, &s->size, &s->h, &s->w);
	if (reserve_picture(&s->out, s->size.oh, s->size.ow, c, e) < 0)
		return -1;
	if (cd_augment_spare(&s->draw) &&
	    reserve_picture(&s->spare, s->size.oh, s->size.ow, c, e) < 0)
		return -1;
	if (s->h == s->size.h && s->w == s->size.w)
		return 0;
	if (reserve_picture(&s->shrunk, s->h, s->w, c, e) < 0)
		return -1;
	return cd_buf_reserve(&s->scratch,
	    (size_t)s->size.w * c * sizeof(uint32_t), e);
}

/* An interval of n pixels that contains those between the places a and b, and
 * their neighbours; false: it reaches over an edge. */
static bool
between(double a, double b, int n, int *from, int *to)
{
	double low = floor(fmin(a, b)) - 1, high = ceil(fmax(a, b)) + 2;

	*from = low < 0 ? 0 : low > n - 1 ? n - 1 : (int)low;
	*to = high > n ? n : high < *from + 1 ? *from + 1 : (int)high;
	return low >= 0 && high <= n;
}

/* The part of its source that a warp reads: of one that reflects or wraps, all
 * where it reaches over an edge. */
static struct cd_shrink_part
part_read(const struct cd_warp *w)
{
	struct cd_shrink_part p;
	double low[2], high[2];
	bool in;
	int k;

	for (k = 0; k < 2; k++) {
		const double *m = w->m[k];
		double y = m[0] * (w->oh - 1), x = m[1] * (w->ow - 1);

		low[k] = m[2] + fmin(y, 0) + fmin(x, 0);
		high[k] = m[2] + fmax(y, 0) + fmax(x, 0);
	}
	in = between(low[0], high[0], w->h, &p.top, &p.bottom);
	in &= between(low[1], high[1], w->w, &p.left, &p.right);
	if (!in && (w->fill == CD_FILL_REFLECT || w->fill == CD_FILL_WRAP))
		return (struct cd_shrink_part){ 0, w->h, 0, w->w };
	return p;
}

void
cd_augment_apply(struct cd_augment_sample *s)
{
	struct cd_tensor *t = s->image;
	struct cd_warp w = {
		.src = t->data,
		.dst = s->out.data,
		.h = s->h,
		.w = s->w,
		.oh = s->size.oh,
		.ow = s->size.ow,
		.channels = (int)t->dim[2],
		.fill = s->what->fill,
		.value = s->what->value,
	};
	const struct cd_augment_pixels out = {
		.p = w.dst,
		.h = w.oh,
		.w = w.ow,
		.c = w.channels,
		.spare = s->spare.data,
	};

	cd_augment_matrix(&s->draw, &s->size, w.m);
	if (s->h != s->size.h || s->w != s->size.w) {
		struct cd_shrink_part part = part_read(&w);

		cd_shrink(s->shrunk.data, s->h, s->w, t->data, s->size.h,
		    s->size.w, w.channels, &part, (uint32_t *)s->scratch.data);
		w.src = s->shrunk.data;
	}
	cd_warp(&w);
	cd_augment_colour(&s->draw, &out);
	cd_augment_trivial(&s->draw, &out);
	cd_augment_erase(&s->draw, &out);
	t->data = w.dst;
	t->dim[0] = (uint64_t)w.oh;
	t->dim[1] = (uint64_t)w.ow;
	t->size = (size_t)w.oh * (size_t)w.ow * (size_t)w.channels;
	s->rec.payload = NULL; /* the tensors no longer match it */
}

void
cd_augment_sample_free(struct cd_augment_sample *s)
{
	cd_rec_copy_free(&s->memory);
	cd_buf_free(&s->shrunk);
	cd_buf_free(&s->scratch);
	cd_buf_free(&s->out);
	cd_buf_free(&s->spare);
}
