#include "img/mix_batch.h"

#include <string.h>

#include "pix/mix.h"
#include "rec/pictures.h"

int
cd_mix_take(struct cd_mix_batch *b, const struct cd_rec *r, struct cd_err *e)
{
	struct cd_mixed one = { .view = r->view };
	struct cd_pictures p;

	if (cd_pictures_of(&p, r, b->nclasses, false, e) < 0)
		return -1;
	if (!p.label && !p.target)
		return cd_fail(e,
		    "it has neither label nor target, which mixing needs");
	if (p.dim[0] > INT32_MAX || p.dim[1] > INT32_MAX)
		return cd_fail(e, "the picture is too large to be mixed");
	b->h = (int)p.dim[0];
	b->w = (int)p.dim[1];
	return cd_buf_add(&b->pictures, &one, sizeof one, e);
}

void
cd_mix_begin(struct cd_mix_batch *b, const struct cd_stack *s)
{
	const char *key = (const char *)s->keys.data;
	uint64_t i;

	b->picture = (struct cd_mixed *)b->pictures.data;
	b->n = s->n;
	b->epoch = s->epoch;
	for (i = 0; i < b->n; i++, key += strlen(key) + 1)
		b->picture[i].key = key;
}

void
cd_mix_draws(struct cd_mix_batch *b, const struct cd_mix *m)
{
	struct cd_mixed *p = b->picture;
	uint32_t distance = cd_mix_distance(m, b->epoch, p->key, p->view,
	    (uint32_t)b->n);
	uint64_t i;

	for (i = 0; i < b->n; i++, p++) {
		if (distance == 0)
			p->draw = (struct cd_mix_draw){ .lambda = 1 };
		else
			p->draw = cd_mix_draw(m, b->epoch, p->key, p->view,
			    b->h, b->w);
		if (p->draw.op != CD_MIX_NONE)
			p->draw.distance = distance;
	}
}

const struct cd_mixed *
cd_mix_partner(const struct cd_mix_batch *b, uint64_t i)
{
	return &b->picture[(i + b->picture[i].draw.distance) % b->n];
}

static void
mix_pixels(const struct cd_mix_batch *b, const struct cd_mix_draw *d,
    uint8_t *to, const uint8_t *from, size_t size)
{
	size_t stride = size / (size_t)b->h, pixel = stride / (size_t)b->w, at;

	if (d->op == CD_MIX_MIXUP)
		cd_mix_bytes(to, from, size,
		    (uint32_t)(d->lambda * CD_MIX_ONE));
	if (d->op != CD_MIX_CUTMIX || d->height == 0 || d->width == 0)
		return;
	at = (size_t)d->top * stride + (size_t)d->left * pixel;
	cd_mix_rows(to + at, from + at, (size_t)d->height,
	    (size_t)d->width * pixel, stride);
}

/* In place: each picture is mixed before the one that it is mixed with, but
 * for the last of a cycle i, i + r, i + 2r, ..., whose partner, the first, was
 * kept. */
static int
mix_images(struct cd_mix_batch *b, uint8_t *image, size_t size,
    struct cd_err *e)
{
	uint64_t i, k, first, next, r = 0;

	for (i = 0; i < b->n && r == 0; i++)
		r = b->picture[i].draw.distance;
	if (r == 0)
		return 0;
	if (cd_buf_reserve(&b->spare, size, e) < 0)
		return -1;
	for (first = 0, k = 0; k < b->n; first++) {
		memcpy(b->spare.data, image + first * size, size);
		for (i = first;; i = next) {
			next = (i + r) % b->n;
			mix_pixels(b, &b->picture[i].draw, image + i * size,
			    next == first ? b->spare.data : image + next * size,
			    size);
			k++;
			if (next == first)
				break;
		}
	}
	return 0;
}

/* Adds share times picture i's target. */
static void
add_target(float *row, const struct cd_mix_batch *b, const float *target,
    const int32_t *label, uint64_t i, float share)
{
	int k;

	if (!target) {
		row[label[i]] += share;
		return;
	}
	target += i * (uint64_t)b->nclasses;
	for (k = 0; k < b->nclasses; k++)
		row[k] += share * target[k];
}

/* "target" takes the place of the samples' own or, without these, of "label";
 * a "label" beside it goes. */
static void
replace_targets(struct cd_mix_batch *b, struct cd_rec *rec)
{
	struct cd_tensor *t = rec->tensor, *end = t + rec->ntensors, *to = t;
	uint64_t dim[2] = { b->n, (uint64_t)b->nclasses };
	bool own = cd_rec_find(rec, "target") != NULL;
	struct cd_rec one = { 0 };

	cd_rec_add(&one, "target", CD_F32, 2, dim, b->targets.data);
	for (; t < end; t++) {
		if (strcmp(t->name, own ? "target" : "label") == 0)
			*to++ = one.tensor[0];
		else if (strcmp(t->name, "label") != 0)
			*to++ = *t;
	}
	rec->ntensors = (int)(to - rec->tensor);
}

static int
mix_targets(struct cd_mix_batch *b, struct cd_rec *rec, struct cd_err *e)
{
	const struct cd_tensor *target = cd_rec_find(rec, "target");
	const struct cd_tensor *label = cd_rec_find(rec, "label");
	size_t row = (size_t)b->nclasses, i;
	const float *old = target ? target->data : NULL;
	float *f;

	if (b->n * row > CD_PAYLOAD_MAX / sizeof *f)
		return cd_fail(e, "targets of %llu pictures are too many",
		    (unsigned long long)b->n);
	if (cd_buf_reserve(&b->targets, b->n * row * sizeof *f, e) < 0)
		return -1;
	f = (float *)b->targets.data;
	memset(f, 0, b->n * row * sizeof *f);
	for (i = 0; i < b->n; i++, f += row) {
		const struct cd_mixed *p = &b->picture[i];
		const int32_t *l = label ? label->data : NULL;

		add_target(f, b, old, l, i, (float)p->draw.lambda);
		if (p->draw.op != CD_MIX_NONE)
			add_target(f, b, old, l,
			    (uint64_t)(cd_mix_partner(b, i) - b->picture),
			    (float)(1 - p->draw.lambda));
	}
	replace_targets(b, rec);
	return 0;
}

int
cd_mix_apply(struct cd_mix_batch *b, struct cd_stack *s, struct cd_rec *rec,
    struct cd_err *e)
{
	const struct cd_tensor *t;

	cd_stack_rec(s, rec);
	t = cd_rec_find(rec, "image"); /* cd_mix_take has seen one */
	if (mix_images(b, s->data[t - rec->tensor].data, t->size / b->n, e) < 0)
		return -1;
	cd_mix_clear(b);
	return mix_targets(b, rec, e);
}

void
cd_mix_clear(struct cd_mix_batch *b)
{
	b->pictures.len = 0;
}

void
cd_mix_free(struct cd_mix_batch *b)
{
	cd_buf_free(&b->pictures);
	cd_buf_free(&b->targets);
	cd_buf_free(&b->spare);
}
