#include "img/stat.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

enum {
	SIZES = 64, /* slots to begin with; a power of two */
};

static void
widen(struct cd_stat_range *r, uint64_t v)
{
	if (r->n++ == 0)
		r->least = r->most = v;
	r->least = v < r->least ? v : r->least;
	r->most = v > r->most ? v : r->most;
}

/* ---- sizes ---- */

/* The slot of this size, or the empty one (n is 0) where it would go. */
static struct cd_stat_size *
find(const struct cd_stat *s, uint32_t w, uint32_t h)
{
	uint64_t v = ((uint64_t)h << 32 | w) * 0x9E3779B97F4A7C15u;
	size_t i = (size_t)(v >> 32) & (s->room - 1);

	while (s->size[i].n && (s->size[i].w != w || s->size[i].h != h))
		i = (i + 1) & (s->room - 1);
	return &s->size[i];
}

static int
grow(struct cd_stat *s, struct cd_err *e)
{
	struct cd_stat_size *old = s->size;
	size_t room = s->room, i;

	s->room = room ? 2 * room : SIZES;
	s->size = cd_calloc(s->room, sizeof *s->size, e);
	for (i = 0; s->size && i < room; i++)
		if (old[i].n)
			*find(s, old[i].w, old[i].h) = old[i];
	free(old);
	return s->size ? 0 : -1;
}

static int
count_size(struct cd_stat *s, uint32_t w, uint32_t h, struct cd_err *e)
{
	struct cd_stat_size *size;

	if (s->nsizes >= s->room / 2 && grow(s, e) < 0)
		return -1;
	size = find(s, w, h);
	size->w = w;
	size->h = h;
	s->nsizes += size->n++ == 0;
	widen(&s->width, w);
	widen(&s->height, h);
	return 0;
}

/* By area, then by width. */
static bool
smaller(const struct cd_stat_size *a, const struct cd_stat_size *b)
{
	uint64_t x = (uint64_t)a->w * a->h, y = (uint64_t)b->w * b->h;

	return x != y ? x < y : a->w < b->w;
}

static int
by_count(const void *va, const void *vb)
{
	const struct cd_stat_size *a = va, *b = vb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	if (a->w != b->w)
		return a->w < b->w ? -1 : 1;
	return (a->h > b->h) - (a->h < b->h);
}

/* ---- pictures ---- */

/* Are d (height, width, channels) those of a picture like the ones before?
 * None without pixels: a record of no bytes could hold any number of them. */
static int
check_shape(const struct cd_stat *s, const uint64_t d[3], uint64_t n,
    struct cd_err *e)
{
	if (d[0] == 0 || d[0] > UINT32_MAX || d[1] == 0 || d[1] > UINT32_MAX ||
	    d[2] == 0 || d[2] > CD_STAT_CHANNELS_MAX)
		return cd_fail(e,
		    "picture of %" PRIu64 "x%" PRIu64 "x%" PRIu64
		    " (height, width, channels); wanted: at least one pixel, "
		    "1 to %d channels",
		    d[0], d[1], d[2], CD_STAT_CHANNELS_MAX);
	if (s->channels && d[2] != (uint64_t)s->channels)
		return cd_fail(e,
		    "picture of %" PRIu64 " channels, those before it have %d",
		    d[2], s->channels);
	if (n > 0 && d[0] * d[1] > (CD_STAT_PIXELS_MAX - s->pixels) / n)
		return cd_fail(e,
		    "more than %" PRIu64 " pixels in all: the "
		    "sums have no room for them",
		    CD_STAT_PIXELS_MAX);
	return 0;
}

/* The first picture says how many channels there are. */
static int
start(struct cd_stat *s, int channels, struct cd_err *e)
{
	s->sum = cd_calloc((size_t)channels, sizeof *s->sum, e);
	s->square = cd_calloc((size_t)channels, sizeof *s->square, e);
	if (!s->sum || !s->square)
		return -1;
	s->channels = channels;
	return 0;
}

static void
add_pixels(struct cd_stat *s, const uint8_t *p, uint64_t n)
{
	const uint8_t *end = p + n * (uint64_t)s->channels;
	uint64_t v;
	int c;

	for (; p < end; p += s->channels)
		for (c = 0; c < s->channels; c++) {
			v = p[c];
			s->sum[c] += v;
			s->square[c] += v * v;
		}
	s->pixels += n;
}

/* One picture; label: its own, or one of the enum's. */
static int
add_picture(struct cd_stat *s, const struct cd_rec *r, const char *key,
    const uint64_t d[3], const uint8_t *pixels, int32_t label, struct cd_err *e)
{
	s->pictures++;
	widen(&s->epoch, r->epoch);
	widen(&s->view, r->view);
	add_pixels(s, pixels, d[0] * d[1]);
	if (label >= 0)
		s->label[label]++;
	else if (label == CD_STAT_TARGET)
		s->targets++;
	else
		s->unlabelled++;
	if (count_size(s, (uint32_t)d[1], (uint32_t)d[0], e) < 0)
		return -1;
	return s->equal ? cd_same_add(&s->same, key, label, d, pixels, e) : 0;
}

static int
add_sample(struct cd_stat *s, const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 3, e);
	char name[64];
	int label;

	if (!t || check_shape(s, t->dim, 1, e) < 0 ||
	    (!s->channels && start(s, (int)t->dim[2], e) < 0))
		return -1;
	label = cd_rec_label(r, s->nclasses, e);
	if (label < CD_STAT_NO_LABEL)
		return -1;
	snprintf(name, sizeof name, "record %" PRIu64, r->number);
	return add_picture(s, r, *r->key ? r->key : name, t->dim, t->data,
	    label, e);
}

/* ---- batches ---- */

/* The tensor of that name, its first dim n, or NULL with e filled. */
static const struct cd_tensor *
of_each(const struct cd_rec *r, const char *name, enum cd_dtype dtype, int rank,
    uint64_t n, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, name, dtype, rank, e);
	char shape[CD_SHAPE_TEXT];

	if (!t || t->dim[0] == n)
		return t;
	cd_fail(e, "'%s' is %s, for %" PRIu64 " pictures", name,
	    cd_tensor_text(t, shape), n);
	return NULL;
}

/* Sums the targets of n pictures. */
static int
add_targets(struct cd_stat *s, const struct cd_rec *r, uint64_t n,
    struct cd_err *e)
{
	const struct cd_tensor *t = of_each(r, "target", CD_F32, 2, n, e);
	const float *v;
	uint64_t i;
	int k;

	if (!t)
		return -1;
	if (t->dim[1] != (uint64_t)s->nclasses)
		return cd_fail(e,
		    "%" PRIu64 " targets a picture, but the "
		    "header has %d classes",
		    t->dim[1], s->nclasses);
	for (i = 0, v = t->data; i < n; i++)
		for (k = 0; k < s->nclasses; k++, v++) {
			if (!(*v >= 0 && *v <= 1))
				return cd_fail(e,
				    "target %g of picture %" PRIu64
				    " is not in 0 to 1",
				    (double)*v, i);
			s->target[k] += (double)*v;
		}
	return 0;
}

/* *out: the labels of n pictures, or NULL where there are none. */
static int
get_labels(const struct cd_stat *s, const struct cd_rec *r, uint64_t n,
    const int32_t **out, struct cd_err *e)
{
	const struct cd_tensor *t;
	uint64_t i;

	*out = NULL;
	if (!cd_rec_find(r, "label"))
		return 0;
	t = of_each(r, "label", CD_I32, 1, n, e);
	if (!t)
		return -1;
	*out = t->data;
	for (i = 0; i < n; i++)
		if ((*out)[i] < 0 || (*out)[i] >= s->nclasses)
			return cd_fail(e,
			    "label %d, but the header has %d classes",
			    (*out)[i], s->nclasses);
	return 0;
}

/* The next of a batch's keys, which end at end; moves *at behind it. */
static const char *
next_key(const char **at, const char *end)
{
	const char *key = *at;
	const char *nul = memchr(key, '\0', (size_t)(end - key));

	if (nul)
		*at = nul + 1;
	return nul ? key : NULL;
}

/* The n pictures of a batch, one by one. */
static int
add_each(struct cd_stat *s, const struct cd_rec *r, const struct cd_tensor *t,
    const int32_t *label, int32_t without, struct cd_err *e)
{
	const struct cd_tensor *keys = NULL;
	const char *at = NULL, *key;
	const uint8_t *p = t->data;
	uint64_t i, size = t->dim[1] * t->dim[2] * t->dim[3];
	char name[64];

	if (cd_rec_find(r, "keys")) {
		keys = cd_rec_want(r, "keys", CD_U8, 1, e);
		if (!keys)
			return -1;
		at = keys->data;
	}
	for (i = 0; i < t->dim[0]; i++, p += size) {
		snprintf(name, sizeof name,
		    "record %" PRIu64 ", picture %" PRIu64, r->number, i);
		key = keys ?
		    next_key(&at, (const char *)keys->data + keys->size) :
		    name;
		if (!key)
			return cd_fail(e, "the keys do not fit the pictures");
		if (add_picture(s, r, *key ? key : name, t->dim + 1, p,
			label ? label[i] : without, e) < 0)
			return -1;
	}
	return 0;
}

static int
add_batch(struct cd_stat *s, const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 4, e);
	int32_t without = CD_STAT_NO_LABEL;
	const int32_t *label = NULL;
	uint64_t n;

	if (!t)
		return -1;
	n = t->dim[0];
	if (check_shape(s, t->dim + 1, n, e) < 0 ||
	    (!s->channels && start(s, (int)t->dim[3], e) < 0))
		return -1;
	if (cd_rec_find(r, "target")) {
		without = CD_STAT_TARGET;
		if (add_targets(s, r, n, e) < 0)
			return -1;
	} else if (get_labels(s, r, n, &label, e) < 0) {
		return -1;
	}
	widen(&s->batch, n);
	return add_each(s, r, t, label, without, e);
}

/* ---- all ---- */

int
cd_stat_open(struct cd_stat *s, int nclasses, bool equal, struct cd_err *e)
{
	memset(s, 0, sizeof *s);
	s->nclasses = nclasses;
	s->equal = equal;
	s->label = cd_calloc((size_t)nclasses, sizeof *s->label, e);
	s->target = cd_calloc((size_t)nclasses, sizeof *s->target, e);
	return s->label && s->target ? 0 : -1;
}

int
cd_stat_record(struct cd_stat *s, const struct cd_rec *r, struct cd_err *e)
{
	switch (r->kind) {
	case CD_SAMPLE:
		s->records++;
		return add_sample(s, r, e);
	case CD_BATCH:
		s->records++;
		return add_batch(s, r, e);
	case CD_MARK:
		s->marks++;
		return 0;
	default:
		s->others++;
		return 0;
	}
}

int
cd_stat_finish(struct cd_stat *s, struct cd_err *e)
{
	size_t i, n = 0;

	for (i = 0; i < s->room; i++)
		if (s->size[i].n)
			s->size[n++] = s->size[i];
	if (n > 1)
		qsort(s->size, n, sizeof *s->size, by_count);
	for (i = 0; i < n; i++) {
		if (i == 0 || smaller(&s->size[i], &s->smallest))
			s->smallest = s->size[i];
		if (i == 0 || smaller(&s->largest, &s->size[i]))
			s->largest = s->size[i];
	}
	return cd_same_finish(&s->same, e);
}

double
cd_stat_mean(const struct cd_stat *s, int c)
{
	return s->pixels ? (double)s->sum[c] / (double)s->pixels : NAN;
}

/* About the whole number m next to the mean m + f, the sum of squares is a
 * whole number below 2^64: arithmetic modulo 2^64 gives it exactly. f^2, at
 * most 1/4, is all that is left to subtract, and equal bytes give 0. */
double
cd_stat_deviation(const struct cd_stat *s, int c)
{
	uint64_t n = s->pixels, m, about;
	double f;

	if (n == 0)
		return NAN;
	m = (s->sum[c] + n / 2) / n;
	f = (double)(int64_t)(s->sum[c] - m * n) / (double)n;
	about = s->square[c] - 2 * m * s->sum[c] + n * m * m;
	return sqrt((double)about / (double)n - f * f);
}

void
cd_stat_free(struct cd_stat *s)
{
	free(s->sum);
	free(s->square);
	free(s->label);
	free(s->target);
	free(s->size);
	cd_same_free(&s->same);
	memset(s, 0, sizeof *s);
}
