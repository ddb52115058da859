/* Division among outputs. */
#include "rec/share.h"

#include <string.h>

#include "unit/check.h"

static struct cd_share
share(const char *s)
{
	struct cd_err e = { "" };
	struct cd_share sh;

	CHECK(cd_share_parse(s, &sh, &e) == 0);
	return sh;
}

static void
test_parse(void)
{
	static const char *const bad[] = { "", "x", "-1", "1.5", "101%", "%",
		"0.7x", "nan", "Rest", "1e3%", "9223372036854775808" };
	struct cd_share sh;
	size_t i;

	CHECK(share("1000").how == CD_SHARE_COUNT);
	CHECK(share("1000").count == 1000);
	CHECK(share("0").count == 0);
	CHECK(share("1").how == CD_SHARE_COUNT);
	CHECK(share("1.0").how == CD_SHARE_PART);
	CHECK_NEAR(share("1.0").part, 1, 0);
	CHECK_NEAR(share("70%").part, 0.7, 0);
	CHECK_NEAR(share("12.5%").part, 0.125, 0);
	CHECK_NEAR(share("7/10").part, 0.7, 0);
	CHECK(share("rest").how == CD_SHARE_REST);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cd_err e = { "" };

		CHECK(cd_share_parse(bad[i], &sh, &e) < 0);
		CHECK(e.msg[0] != '\0');
	}
}

static void
test_check(void)
{
	struct cd_share tenths[10], s[3];
	struct cd_err e = { "" };
	int i;

	for (i = 0; i < 10; i++)
		tenths[i] = share("0.1");
	CHECK(cd_share_check(tenths, 10, &e) == 0);
	s[0] = share("0.7");
	s[1] = share("31%");
	CHECK(cd_share_check(s, 2, &e) < 0);
	CHECK_TEXT(e.msg, "the shares come to 1.01, more than 1");
	e.msg[0] = '\0';
	s[0] = s[2] = share("rest");
	CHECK(cd_share_check(s, 3, &e) < 0);
	CHECK_TEXT(e.msg, "2 outputs get 'rest'; one can");
}

static void
test_sizes(void)
{
	struct cd_share s[10];
	uint64_t size[10], total, sum;
	struct cd_err e = { "" };
	int i;

	s[0] = share("3");
	s[1] = share("rest");
	s[2] = share("50%");
	CHECK(cd_share_sizes(s, 3, 10, size, &e) == 0);
	CHECK(size[0] == 3 && size[1] == 2 && size[2] == 5);
	CHECK(cd_share_sizes(s, 3, 6, size, &e) == 0);
	CHECK(size[0] == 3 && size[1] == 0 && size[2] == 3);
	CHECK(cd_share_sizes(s, 3, 5, size, &e) < 0);
	CHECK_TEXT(e.msg, "6 wanted, 5 found");

	/* no count of them is off by more than one, none is left */
	for (i = 0; i < 10; i++)
		s[i] = share("0.1");
	for (total = 0; total < 100; total++) {
		CHECK(cd_share_sizes(s, 10, total, size, &e) == 0);
		for (sum = 0, i = 0; i < 10; i++) {
			sum += size[i];
			CHECK(size[i] <= total / 10 + 1);
			CHECK(size[i] >= total / 10);
		}
		CHECK(sum == total);
	}

	/* counts that do not fit a number */
	e.msg[0] = '\0';
	s[0] = s[1] = s[2] = share("9223372036854775807");
	CHECK(cd_share_sizes(s, 3, 5, size, &e) < 0);
}

static void
test_at(void)
{
	struct cd_share s[3];

	s[0] = share("0.7");
	s[1] = share("rest");
	s[2] = share("0.1");
	CHECK(cd_share_at(s, 3, 0) == 0);
	CHECK(cd_share_at(s, 3, 0.69) == 0);
	CHECK(cd_share_at(s, 3, 0.71) == 2);
	CHECK(cd_share_at(s, 3, 0.79) == 2);
	CHECK(cd_share_at(s, 3, 0.81) == 1);
	s[1] = share("0.2");
	CHECK(cd_share_at(s, 3, 1 - 0x1p-53) == 2);
	s[1] = share("0.1");
	CHECK(cd_share_at(s, 3, 0.95) == -1);
}

/* Ten records: even ones of group 0, odd ones of group 1, the last of none. */
static void
make_records(struct cd_share_record *l)
{
	int i;

	memset(l, 0, 10 * sizeof *l);
	for (i = 0; i < 10; i++) {
		l[i].offset = (uint64_t)(100 * i);
		l[i].group = i < 9 ? i % 2 : -1;
		l[i].key = l[i].together = (uint64_t)(1000 - i);
	}
}

static void
test_deal(void)
{
	static const int in_order[10] = { 0, 0, 0, 0, 1, 1, 1, 1, 1, -1 };
	static const int by_rank[10] = { 1, 1, 1, 1, 1, 0, 0, 0, 0, -1 };
	struct cd_share_record l[10];
	struct cd_share s[2];
	struct cd_err e = { "" };
	int i, group;

	s[0] = share("2");
	s[1] = share("rest");
	make_records(l);
	CHECK(cd_share_bundle(l, 10, true) == -1);
	CHECK(cd_share_deal(l, 10, s, 2, 2, &group, &e) == 0);
	for (i = 0; i < 10; i++) {
		CHECK(l[i].offset == (uint64_t)(100 * i));
		CHECK(l[i].to == in_order[i]);
	}
	for (i = 0; i < 10; i++)
		l[i].rank = (uint64_t)(10 - i);
	CHECK(cd_share_deal(l, 10, s, 2, 2, &group, &e) == 0);
	for (i = 0; i < 10; i++)
		CHECK(l[i].to == by_rank[i]);

	/* what no share wants goes nowhere */
	CHECK(cd_share_deal(l, 10, s, 1, 2, &group, &e) == 0);
	CHECK(l[0].to == -1 && l[8].to == 0);

	/* group 1 has four, a third group none */
	s[0] = share("5");
	CHECK(cd_share_deal(l, 10, s, 2, 2, &group, &e) < 0);
	CHECK(group == 1);
	CHECK_TEXT(e.msg, "5 wanted, 4 found");
	e.msg[0] = '\0';
	s[0] = share("1");
	CHECK(cd_share_deal(l, 10, s, 2, 3, &group, &e) < 0);
	CHECK(group == 2);
}

static void
test_same_key(void)
{
	struct cd_share_record l[10];
	int64_t i;

	make_records(l);
	CHECK(cd_share_same_key(l, 10) == -1);
	make_records(l);
	l[7].key = l[2].key;
	l[6].key = l[5].key;
	i = cd_share_same_key(l, 10);
	CHECK(i >= 0 && l[i].offset == 600);
	/* what is not dealt may have any */
	make_records(l);
	l[9].key = l[8].key;
	CHECK(cd_share_same_key(l, 10) == -1);
}

/* Records 0 3, 1 2 5, 4 7 belong together, the others to themselves. */
static void
test_bundles(void)
{
	static const uint64_t together[9] = { 1, 2, 2, 1, 3, 2, 4, 3, 5 };
	static const int halves[9] = { 0, 0, 0, 0, 1, 0, 1, 1, 1 };
	struct cd_share_record l[10];
	struct cd_share s[2];
	struct cd_err e = { "" };
	int i, group;

	s[0] = share("0.5");
	s[1] = share("rest");
	make_records(l);
	for (i = 0; i < 9; i++) {
		l[i].together = together[i];
		l[i].group = 0;
	}
	CHECK(cd_share_bundle(l, 10, true) == -1);
	CHECK(cd_share_deal(l, 10, s, 2, 1, &group, &e) == 0);
	for (i = 0; i < 9; i++)
		CHECK(l[i].to == halves[i]);
	CHECK(l[9].to == -1);
	/* of one class only */
	l[5].group = 1;
	i = (int)cd_share_bundle(l, 10, false);
	CHECK(i >= 0 && l[i].together == 2);
}

/* Two keys of equal rank, their views in turn: a key stays in one fold. */
static void
test_fold(void)
{
	static const int want[6] = { 0, 1, 0, 1, 1, 0 };
	struct cd_share_record l[6];
	struct cd_err e = { "" };
	int i, group = 0;

	memset(l, 0, sizeof l);
	for (i = 0; i < 6; i++) {
		l[i].key = i < 4 ? (uint64_t)i % 2 : (uint64_t)i;
		l[i].together = l[i].key;
		l[i].view = (uint32_t)i / 2;
		l[i].offset = (uint64_t)i;
		l[i].group = i / 4;
	}
	l[4].rank = 1;
	CHECK(cd_share_same_key(l, 6) == -1);
	CHECK(cd_share_two_groups(l, 6) == -1);
	CHECK(cd_share_fold(l, 6, 2, 2, &group, &e) == 0);
	for (i = 0; i < 6; i++)
		CHECK(l[i].offset == (uint64_t)i && l[i].to == want[i]);
	CHECK(cd_share_fold(l, 6, 3, 2, &group, &e) < 0);
	CHECK(group == 0);
	CHECK_TEXT(e.msg, "3 wanted, one a fold, 2 found");
}

static void
test_picture(void)
{
	unsigned char a[24] = { 1, 2, 3 }, b[24] = { 1, 2, 3 };
	uint64_t wide[3] = { 2, 4, 3 }, high[3] = { 4, 2, 3 };
	uint64_t odd[3] = { 7, 1, 3 }, first;
	struct cd_rec r;
	int i;

	memset(&r, 0, sizeof r);
	CHECK(cd_share_picture(&r) == 0);
	cd_rec_add(&r, "image", CD_U8, 3, wide, a);
	first = cd_share_picture(&r);
	CHECK(first != 0);
	r.tensor[0].data = b;
	CHECK(cd_share_picture(&r) == first);
	for (i = 0; i < 24; i++) {
		b[i] ^= 1;
		CHECK(cd_share_picture(&r) != first);
		b[i] ^= 1;
	}
	r.ntensors = 0;
	cd_rec_add(&r, "image", CD_U8, 3, high, a);
	CHECK(cd_share_picture(&r) != first);
	/* bytes behind the last eight */
	r.ntensors = 0;
	cd_rec_add(&r, "image", CD_U8, 3, odd, b);
	first = cd_share_picture(&r);
	b[20] ^= 1;
	CHECK(cd_share_picture(&r) != first);
	b[20] ^= 1;
	b[21] ^= 1;
	CHECK(cd_share_picture(&r) == first);
}

int
main(void)
{
	test_parse();
	test_check();
	test_sizes();
	test_at();
	test_deal();
	test_same_key();
	test_bundles();
	test_fold();
	test_picture();
	return CHECK_DONE();
}
