/* Sums at their limits, exact deviations, and equal pictures. */
#include "img/stat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/check.h"

static struct cd_err e;

/* A sample of one row of n grey pixels. */
static int
add(struct cd_stat *s, const char *key, uint64_t n, const void *pixels)
{
	const uint64_t dim[3] = { 1, n, 1 };
	struct cd_rec r = { .kind = CD_SAMPLE, .key = key };

	e.msg[0] = '\0';
	cd_rec_add(&r, "image", CD_U8, 3, dim, pixels);
	return cd_stat_record(s, &r, &e);
}

static void
deviations(void)
{
	const unsigned char two[] = { 7, 8 }, one[] = { 7 };
	struct cd_stat s;
	int i;

	CHECK(cd_stat_open(&s, 0, false, &e) == 0);
	CHECK(isnan(cd_stat_mean(&s, 0)) && isnan(cd_stat_deviation(&s, 0)));
	for (i = 0; i < 3; i++)
		CHECK(add(&s, "a", 1, one) == 0);
	CHECK(cd_stat_mean(&s, 0) == 7 && cd_stat_deviation(&s, 0) == 0);
	CHECK(add(&s, "a", 2, two) == 0);
	/* 7, 7, 7, 7, 8 */
	CHECK_NEAR(cd_stat_mean(&s, 0), 7.2, 1e-15);
	CHECK_NEAR(cd_stat_deviation(&s, 0), 0.4, 1e-15);
	cd_stat_free(&s);
}

/* As if many pictures had come: the sums stand just below what 64 bits hold,
 * and the formula, whose products do not fit, is exact all the same. */
static void
full(void)
{
	const unsigned char bytes[] = { 255, 255, 255 };
	struct cd_stat s;

	CHECK(cd_stat_open(&s, 0, false, &e) == 0);
	CHECK(add(&s, "a", 1, bytes) == 0);
	s.pixels = CD_STAT_PIXELS_MAX - 2;
	s.sum[0] = s.pixels * 255;
	s.square[0] = s.pixels * 255 * 255;
	CHECK(add(&s, "b", 3, bytes) < 0);
	CHECK(strstr(e.msg, "more than 281474976710656 pixels"));
	CHECK(add(&s, "b", 2, bytes) == 0);
	CHECK(s.pixels == CD_STAT_PIXELS_MAX);
	CHECK(cd_stat_mean(&s, 0) == 255 && cd_stat_deviation(&s, 0) == 0);
	/* half of them 0, half 255 */
	s.sum[0] /= 2;
	s.square[0] /= 2;
	CHECK(cd_stat_mean(&s, 0) == 127.5);
	CHECK(cd_stat_deviation(&s, 0) == 127.5);
	cd_stat_free(&s);
}

/* Enough sizes and keys for the tables to grow, and to be asked again. */
static void
tables(void)
{
	unsigned char bytes[4000] = { 0 };
	char key[16];
	struct cd_stat s;
	size_t i;

	CHECK(cd_stat_open(&s, 0, true, &e) == 0);
	for (i = 0; i < 8000; i++) {
		snprintf(key, sizeof key, "%zu", i % 4000);
		CHECK(add(&s, key, 1 + i % 4000, bytes) == 0);
	}
	for (i = 0; i < 3000; i++) {
		snprintf(key, sizeof key, "copy %zu", i);
		CHECK(add(&s, key, 3000, bytes) == 0);
	}
	CHECK(cd_stat_finish(&s, &e) == 0);
	CHECK(s.nsizes == 4000 && s.size[0].w == 3000 && s.size[0].n == 3002);
	CHECK(s.size[1].w == 1 && s.size[3999].w == 4000);
	CHECK(s.smallest.w == 1 && s.largest.w == 4000);
	CHECK(s.duplicates.ngroups == 1 && s.duplicates.equal == 3001);
	CHECK_TEXT(cd_duplicates_key(&s.duplicates,
		       cd_duplicates_picture(&s.duplicates,
			   cd_duplicates_group(&s.duplicates, 0), 0)),
	    "2999");
	cd_stat_free(&s);
}

int
main(void)
{
	deviations();
	full();
	tables();
	return CHECK_DONE();
}
