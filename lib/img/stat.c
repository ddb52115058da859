#include "img/stat.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "rec/pictures.h"

enum {
	SIZES = 64, /* first number of slots; a power of two */
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

/* Can n pictures of d (height, width, channels) be added to those before? */
static int
check_shape(const struct cd_stat *s, const uint64_t d[3], uint64_t n,
    struct cd_err *e)
{
	if (d[0] > UINT32_MAX || d[1] > UINT32_MAX ||
	    d[2] > CD_STAT_CHANNELS_MAX)
		return cd_fail(e,
		    "picture of %" PRIu64 "x%" PRIu64 "x%" PRIu64
		    " (height, width, channels); wanted: 1 to %d channels",
		    d[0], d[1], d[2], CD_STAT_CHANNELS_MAX);
	if (s->channels && d[2] != (uint64_t)s->channels)
		return cd_fail(e,
		    "picture of %" PRIu64 " channels, those before it have %d",
		    d[2], s->channels);
	if (d[0] * d[1] > (CD_STAT_PIXELS_MAX - s->pixels) / n)
		return cd_fail(e,
		    "more than %" PRIu64 " pixels in all: the "
		    "sums have no room for them",
		    CD_STAT_PIXELS_MAX);
	return 0;
}

/* The first picture sets the number of channels. */
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

/* Adds a picture of these dims; name stands in for a missing key. */
static int
add_picture(struct cd_stat *s, const struct cd_rec *r,
    const struct cd_picture *p, const char *name, const uint64_t d[3],
    struct cd_err *e)
{
	int32_t label = p->target && p->label < 0 ? CD_STAT_TARGET : p->label;
	int k;

	s->pictures++;
	widen(&s->epoch, r->epoch);
	widen(&s->view, r->view);
	add_pixels(s, p->image, d[0] * d[1]);
	if (p->target) {
		s->targets++;
		for (k = 0; k < s->nclasses; k++)
			s->target[k] += (double)p->target[k];
	}
	if (label >= 0)
		s->label[label]++;
	else if (!p->target)
		s->unlabelled++;
	if (count_size(s, (uint32_t)d[1], (uint32_t)d[0], e) < 0)
		return -1;
	if (!s->equal)
		return 0;
	return cd_duplicates_add(&s->duplicates,
	    p->key && *p->key ? p->key : name, label, d, p->image, e);
}

/* The pictures of a sample or a batch. */
static int
add_record(struct cd_stat *s, const struct cd_rec *r, struct cd_err *e)
{
	struct cd_pictures all;
	struct cd_picture one;
	char name[64];
	uint64_t i;
	int n;

	if (cd_pictures_of(&all, r, s->nclasses, false, e) < 0 ||
	    check_shape(s, all.dim, all.n, e) < 0 ||
	    (!s->channels && start(s, (int)all.dim[2], e) < 0))
		return -1;
	s->records++;
	if (r->kind == CD_BATCH)
		widen(&s->batch, all.n);
	n = snprintf(name, sizeof name, "record %" PRIu64, r->number);
	for (i = 0; cd_pictures_next(&all, &one); i++) {
		if (r->kind == CD_BATCH)
			snprintf(name + n, sizeof name - (size_t)n,
			    ", picture %" PRIu64, i);
		if (add_picture(s, r, &one, name, all.dim, e) < 0)
			return -1;
	}
	return 0;
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
	case CD_BATCH:
		return add_record(s, r, e);
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
	return cd_duplicates_finish(&s->duplicates, e);
}

double
cd_stat_mean(const struct cd_stat *s, int c)
{
	return s->pixels ? (double)s->sum[c] / (double)s->pixels : NAN;
}

/* The mean is m + f, m the nearest integer. The sum of (byte - m)^2 is an
 * integer below 2^64, so arithmetic modulo 2^64 gives it exactly. Only f^2, at
 * most 1/4, is left to subtract, and equal bytes give 0. */
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
	cd_duplicates_free(&s->duplicates);
	memset(s, 0, sizeof *s);
}
