/* The pictures of samples and batches: what is handed out, and the edges of
 * what is refused. The tensors are of the sizes that their shapes say, so that
 * a sanitizer sees what is read beyond them. */
#include "rec/pictures.h"

#include <math.h>
#include <stdlib.h>

#include "unit/check.h"

static struct cd_err e;

/* A record without tensors. */
static struct cd_rec
record(uint32_t kind, const char *key)
{
	struct cd_rec r = { .kind = kind, .key = key };

	return r;
}

static void
add_image(struct cd_rec *r, uint64_t n, const uint8_t *pixels)
{
	const uint64_t dim[] = { n, 1, 2, 3 };
	int sample = r->kind == CD_SAMPLE;

	cd_rec_add(r, "image", CD_U8, 4 - sample, dim + sample, pixels);
}

/* A batch of two with this tensor [n,more]; more 0: of rank 1. */
static int
take_two(const char *name, enum cd_dtype dtype, uint64_t n, uint64_t more,
    const void *data)
{
	static const uint8_t pixels[12];
	const uint64_t dim[] = { n, more };
	struct cd_rec r = record(CD_BATCH, "");
	struct cd_pictures p;

	e.msg[0] = '\0';
	add_image(&r, 2, pixels);
	cd_rec_add(&r, name, dtype, more ? 2 : 1, dim, data);
	return cd_pictures_of(&p, &r, 2, false, &e);
}

static void
test_sample(void)
{
	const uint8_t pixels[] = { 1, 2, 3, 4, 5, 6 };
	struct cd_rec r = record(CD_SAMPLE, "cat.0.jpg");
	struct cd_pictures p;
	struct cd_picture one;
	int32_t label = 1;

	add_image(&r, 1, pixels);
	CHECK(cd_pictures_of(&p, &r, 0, true, &e) == 0);
	CHECK(p.n == 1 && p.size == 6 && !p.label && !p.target);
	CHECK(p.dim[0] == 1 && p.dim[1] == 2 && p.dim[2] == 3);
	CHECK(cd_pictures_next(&p, &one) && one.label == -1 && !one.target);
	CHECK_TEXT(one.key, "cat.0.jpg");
	CHECK(one.image == pixels);
	CHECK(!cd_pictures_next(&p, &one));

	cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
	CHECK(cd_pictures_of(&p, &r, 2, true, &e) == 0);
	CHECK(cd_pictures_next(&p, &one) && one.label == 1);
	CHECK(cd_pictures_of(&p, &r, 1, true, &e) < 0);
	CHECK_TEXT(e.msg, "label 1, but the header has 1 classes");
}

/* A sample's keys are a tensor like any unknown one; its target is not. */
static void
test_sample_target(void)
{
	const uint8_t pixels[6] = { 0 };
	const uint64_t seven = 7, two = 2;
	float v[] = { 0.25f, 0.75f };
	struct cd_rec r = record(CD_SAMPLE, "a");
	struct cd_pictures p;
	struct cd_picture one;

	add_image(&r, 1, pixels);
	cd_rec_add(&r, "keys", CD_U8, 1, &seven, "surplus");
	CHECK(cd_pictures_of(&p, &r, 2, false, &e) == 0);
	CHECK(cd_pictures_next(&p, &one) && !one.target);
	CHECK_TEXT(one.key, "a");
	cd_rec_add(&r, "target", CD_F32, 1, &two, v);
	CHECK(cd_pictures_of(&p, &r, 2, false, &e) == 0);
	CHECK(cd_pictures_next(&p, &one) && one.target == v);
	CHECK(one.label == -1 && !cd_pictures_next(&p, &one));
	e.msg[0] = '\0';
	CHECK(cd_pictures_of(&p, &r, 3, false, &e) < 0);
	CHECK_TEXT(e.msg, "2 targets a picture, but the header has 3 classes");
	v[0] = 0.5f;
	e.msg[0] = '\0';
	CHECK(cd_pictures_of(&p, &r, 2, false, &e) < 0);
	CHECK_TEXT(e.msg, "the targets of picture 0 add up to 1.25, not 1");
	r.ntensors--;
	cd_rec_add(&r, "target", CD_U8, 1, &seven, "surplus");
	CHECK(cd_pictures_of(&p, &r, 2, false, &e) < 0);
}

static void
test_batch(void)
{
	const uint8_t pixels[18] = { 0 };
	const float targets[] = { 1, 0, 0.5f, 0.5f, 0.25f, 0.75f };
	const uint64_t dim[] = { 3, 2 }, bytes = 7;
	struct cd_rec r = record(CD_BATCH, "");
	struct cd_pictures p;
	struct cd_picture one;
	const int32_t labels[] = { 0, 1, 0 };
	int i;

	add_image(&r, 3, pixels);
	CHECK(cd_pictures_of(&p, &r, 2, false, &e) == 0 && !p.keys);
	CHECK(cd_pictures_next(&p, &one) && !one.key);
	cd_rec_add(&r, "target", CD_F32, 2, dim, targets);
	e.msg[0] = '\0';
	CHECK(cd_pictures_of(&p, &r, 2, true, &e) < 0);
	CHECK_TEXT(e.msg, "no tensor 'keys'");
	cd_rec_add(&r, "keys", CD_U8, 1, &bytes, "a\0\0ccc");
	e.msg[0] = '\0';
	CHECK(cd_pictures_of(&p, &r, 2, true, &e) == 0);
	CHECK_TEXT(e.msg, "");
	cd_rec_add(&r, "label", CD_I32, 1, dim, labels);
	CHECK(cd_pictures_of(&p, &r, 2, true, &e) == 0);
	CHECK(p.n == 3 && p.image == pixels && p.target == targets);
	for (i = 0; cd_pictures_next(&p, &one); i++) {
		CHECK_TEXT(one.key, i == 0 ? "a" : i == 1 ? "" : "ccc");
		CHECK(one.image == pixels + 6 * i);
		CHECK(one.target == targets + 2 * i && one.label == labels[i]);
	}
	CHECK(i == 3);
}

static void
test_labels(void)
{
	const int32_t good[] = { 0, 1 }, over[] = { 0, 2 },
		      least[] = { INT32_MIN, 0 };

	CHECK(take_two("label", CD_I32, 2, 0, good) == 0);
	CHECK(take_two("label", CD_I32, 2, 0, over) < 0);
	CHECK_TEXT(e.msg, "label 2, but the header has 2 classes");
	CHECK(take_two("label", CD_I32, 2, 0, least) < 0);
	CHECK(take_two("label", CD_I32, 1, 0, good) < 0);
	CHECK_TEXT(e.msg, "'label' is i32 [1], for 2 pictures");
	CHECK(take_two("label", CD_I32, 2, 1, good) < 0);
	CHECK(take_two("label", CD_F32, 2, 0, good) < 0);
}

static void
test_targets(void)
{
	float v[] = { 1, 0, 0.5f, 0.5f };

	CHECK(take_two("target", CD_F32, 2, 2, v) == 0);
	v[3] = 0.5009f;
	CHECK(take_two("target", CD_F32, 2, 2, v) == 0);
	v[3] = 0.5011f;
	CHECK(take_two("target", CD_F32, 2, 2, v) < 0);
	CHECK_TEXT(e.msg, "the targets of picture 1 add up to 1.0011, not 1");
	v[3] = 0.4989f;
	CHECK(take_two("target", CD_F32, 2, 2, v) < 0);
	v[3] = NAN;
	CHECK(take_two("target", CD_F32, 2, 2, v) < 0);
	CHECK_TEXT(e.msg, "target nan of picture 1 is not in 0 to 1");
	v[3] = -0.0f;
	v[2] = 1;
	CHECK(take_two("target", CD_F32, 2, 2, v) == 0);
	CHECK(take_two("target", CD_F32, 2, 1, v) < 0);
	CHECK(take_two("target", CD_F32, 1, 2, v) < 0);
}

/* Each list in memory of its own size. */
static int
take_keys(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int got;

	if (!copy)
		exit(2);
	memcpy(copy, bytes, n);
	got = take_two("keys", CD_U8, n, 0, copy);
	free(copy);
	return got;
}

static void
test_keys(void)
{
	char long_key[CD_KEY_MAX + 3];

	CHECK(take_keys("a\0b", 4) == 0);
	CHECK(take_keys("\0", 2) == 0);
	CHECK(take_keys("", 0) < 0);
	CHECK_TEXT(e.msg, "0 keys for 2 pictures");
	CHECK(take_keys("a", 2) < 0);
	CHECK_TEXT(e.msg, "1 keys for 2 pictures");
	CHECK(take_keys("a\0b\0", 5) < 0);
	CHECK_TEXT(e.msg, "3 keys for 2 pictures");
	CHECK(take_keys("a\0b", 3) < 0);
	CHECK_TEXT(e.msg, "the last key has no NUL behind it");
	CHECK(take_keys("a\0b\0c", 5) < 0);
	CHECK_TEXT(e.msg, "the last key has no NUL behind it");
	memset(long_key, 'a', sizeof long_key);
	long_key[CD_KEY_MAX] = long_key[CD_KEY_MAX + 1] = '\0';
	CHECK(take_keys(long_key, CD_KEY_MAX + 2) == 0);
	long_key[CD_KEY_MAX] = 'a';
	long_key[CD_KEY_MAX + 2] = '\0';
	CHECK(take_keys(long_key, CD_KEY_MAX + 3) < 0);
	CHECK_TEXT(e.msg, "a key of 4097 bytes, most 4096");
}

/* Dimensions of 0: no bytes, so any number of pictures would fit. */
static void
test_nothing(void)
{
	const uint64_t dim[][4] = { { 0, 1, 1, 3 }, { 1u << 31, 0, 1, 3 },
		{ 1u << 31, 1, 0, 3 }, { 1u << 31, 1, 1, 0 } };
	struct cd_pictures p;
	struct cd_rec r;
	int i;

	for (i = 0; i < 4; i++) {
		r = record(CD_BATCH, "");
		cd_rec_add(&r, "image", CD_U8, 4, dim[i], "");
		e.msg[0] = '\0';
		CHECK(cd_pictures_of(&p, &r, 0, false, &e) < 0);
		CHECK(strstr(e.msg, i ? "no pixels" : "no pictures"));
		r = record(CD_SAMPLE, "a");
		cd_rec_add(&r, "image", CD_U8, 3, dim[i] + 1, "rgb");
		CHECK(cd_pictures_of(&p, &r, 0, false, &e) == (i ? -1 : 0));
	}
}

int
main(void)
{
	test_sample();
	test_sample_target();
	test_batch();
	test_labels();
	test_targets();
	test_keys();
	test_nothing();
	return CHECK_DONE();
}
