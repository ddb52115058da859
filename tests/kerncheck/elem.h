/* Checks a variant of the elementwise loops: bit-identical to the reference
 * (NaN payloads aside) for any length and values, infinity and NaN included. */
#ifndef CD_TESTS_KERNCHECK_ELEM_H
#define CD_TESTS_KERNCHECK_ELEM_H

#include "kern/elem.h"
#include "kerncheck/compare.h"

enum {
	ELEM_CASES = 2000,
	ELEM_MAX = 300,
	ELEM_CHANNELS = 20,
};

/* Inputs (x, mul, sub, bytes) and outputs. */
struct elem_case {
	struct guarded guards[10];
	int nguards;
	float *x, *add, *relu, *back, *drop, *floats, *mul, *sub;
	uint8_t *bytes;
};

static void *
elem_buf(struct elem_case *c, size_t bytes, size_t skew)
{
	return guarded_new(&c->guards[c->nguards++], bytes, skew);
}

static void
elem_open(struct elem_case *c, size_t n, size_t channels, struct cd_rng *r)
{
	size_t skew = 4 * cd_rng_below(r, 3);
	float **all[] = { &c->x, &c->add, &c->relu, &c->back, &c->drop };
	size_t i;

	c->nguards = 0;
	for (i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = elem_buf(c, n * sizeof(float), skew);
	c->floats = elem_buf(c, n * channels * sizeof(float), skew);
	c->mul = elem_buf(c, channels * sizeof(float), skew);
	c->sub = elem_buf(c, channels * sizeof(float), skew);
	c->bytes = elem_buf(c, n * channels, skew);
}

/* Gives both the same input. */
static void
elem_fill(struct elem_case *a, struct elem_case *b, size_t n, size_t channels,
    enum values values, struct cd_rng *r)
{
	float *from[] = { a->x, a->add, a->relu, a->back, a->mul, a->sub };
	float *to[] = { b->x, b->add, b->relu, b->back, b->mul, b->sub };
	size_t i, len;

	for (i = 0; i < sizeof from / sizeof *from; i++) {
		len = i < 4 ? n : channels;
		fill(from[i], len, values, r);
		if (i < 4 && cd_rng_below(r, 3) == 0)
			spoil(from[i], len, r);
		memcpy(to[i], from[i], len * sizeof **to);
	}
	for (i = 0; i < n * channels; i++)
		a->bytes[i] = b->bytes[i] = (uint8_t)cd_rng_u32(r);
}

static void
elem_run(const struct cd_elem_variant *v, const struct elem_case *c, size_t n,
    int channels, float rate, uint64_t step, uint64_t first)
{
	v->add(n, c->x, c->add);
	v->relu(n, c->relu);
	v->relu_backward(n, c->x, c->back);
	v->dropout(n, rate, 5, step, first, c->x, c->drop);
	v->bytes_to_floats(n, channels, c->bytes, c->mul, c->sub, c->floats);
}

static void
elem_compare(struct check *ck, const struct elem_case *got,
    const struct elem_case *want, size_t n, size_t channels)
{
	same_floats(ck, "add", got->add, want->add, n);
	same_floats(ck, "relu", got->relu, want->relu, n);
	same_floats(ck, "relu_backward", got->back, want->back, n);
	same_floats(ck, "dropout", got->drop, want->drop, n);
	same_floats(ck, "bytes_to_floats", got->floats, want->floats,
	    n * channels);
}

static void
check_elem(const struct cd_elem_variant *v)
{
	/* at and off a block of draws; where the block's low word overflows */
	static const uint64_t firsts[] = { 0, 1, 3, 1000,
		((uint64_t)1 << 34) - 100, ((uint64_t)1 << 34) + 6 };
	struct check ck = { .op = "elem", .variant = v->name };
	struct elem_case a, b;
	struct cd_rng r;
	char what[100];
	int i;

	cd_rng_start(&r, 1, 0, 9, CD_RNG_TEST);
	for (i = 0; i < ELEM_CASES; i++) {
		size_t n = cd_rng_below(&r, ELEM_MAX);
		size_t channels = 1 + cd_rng_below(&r, ELEM_CHANNELS);
		float rate = (float)cd_rng_unit(&r);
		uint64_t step = cd_rng_u64(&r) >> cd_rng_below(&r, 64);
		uint64_t first = firsts[i % 6];

		snprintf(what, sizeof what, "%zu from %llu, %zu channels", n,
		    (unsigned long long)first, channels);
		begin(&ck, (enum values)(i % VALUES), what);
		elem_open(&a, n, channels, &r);
		elem_open(&b, n, channels, &r);
		elem_fill(&a, &b, n, channels, (enum values)(i % VALUES), &r);
		elem_run(&cd_elem_ref, &a, n, (int)channels, rate, step, first);
		elem_run(v, &b, n, (int)channels, rate, step, first);
		elem_compare(&ck, &b, &a, n, channels);
		if (!guards_end(a.guards, a.nguards))
			fail(&ck, "ref wrote outside", 0, 0, 0);
		if (!guards_end(b.guards, b.nguards))
			fail(&ck, "wrote outside", 0, 0, 0);
		end(&ck);
	}
	report(&ck);
}

#endif
