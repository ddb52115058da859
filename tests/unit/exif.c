#include "img/exif.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "unit/check.h"

enum {
	SIZE = 32,  /* of the blocks below */
	VALUE = 24, /* where the little-endian one keeps the number */
};

/* One directory at 8 with one entry: orientation, of type short, one. */
static const unsigned char little[SIZE +
    1] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0";
static const unsigned char big[SIZE +
    1] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0";

/* Through memory of just that size, so that sanitizers see a read outside. */
static int
of(const unsigned char *p, size_t n)
{
	unsigned char *copy = malloc(n ? n : 1);
	int o;

	if (!copy)
		return -1;
	memcpy(copy, p, n);
	o = cd_exif_orientation(copy, n);
	free(copy);
	return o;
}

/* The little-endian block with the byte at a place changed. */
static int
changed(size_t at, unsigned char value)
{
	unsigned char p[SIZE];

	memcpy(p, little, SIZE);
	p[at] = value;
	return of(p, SIZE);
}

static void
test_values(void)
{
	int i;

	CHECK(of(little, SIZE) == 6);
	CHECK(of(big, SIZE) == 6);
	for (i = 1; i <= 8; i++)
		CHECK(changed(VALUE, (unsigned char)i) == i);
	CHECK(changed(VALUE, 0) == 0);
	CHECK(changed(VALUE, 9) == 0);
	CHECK(changed(VALUE + 1, 1) == 0); /* 262 */
}

static void
test_malformed(void)
{
	CHECK(changed(0, 'e') == 0);  /* another APP1, such as XMP */
	CHECK(changed(6, 'X') == 0);  /* byte order */
	CHECK(changed(8, '+') == 0);  /* magic number */
	CHECK(changed(10, 200) == 0); /* the directory lies outside */
	CHECK(changed(13, 255) == 0);
	CHECK(changed(14, 0) == 0);    /* no entry */
	CHECK(changed(15, 255) == 6);  /* more entries than there are bytes */
	CHECK(changed(16, 0x13) == 0); /* another tag */
	CHECK(changed(18, 4) == 0);    /* another type */
	CHECK(changed(20, 2) == 0);    /* two values */
}

static void
test_cut_and_random(void)
{
	unsigned char p[SIZE];
	struct cd_rng r;
	size_t n;
	int i, k, o;

	for (n = 0; n < 28; n++)
		CHECK(of(little, n) == 0);
	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 20000; i++) {
		memcpy(p, i % 2 ? little : big, SIZE);
		for (k = 0; k < 3; k++)
			p[cd_rng_below(&r, SIZE)] = (unsigned char)cd_rng_u32(
			    &r);
		o = of(p, cd_rng_below(&r, SIZE + 1));
		CHECK(o >= 0 && o <= 8);
	}
}

int
main(void)
{
	test_values();
	test_malformed();
	test_cut_and_random();
	return CHECK_DONE();
}
