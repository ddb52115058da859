/* Learning rates, stages and times: values worked out by hand, and what is
 * refused. */
#include "train/schedule.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "unit/check.h"

static void
test_factors(void)
{
	struct cd_schedule s = { .warm_up = 0.2, .step_factor = 0.1 };

	CHECK(cd_schedule_factor(&s, 0) == 0);
	CHECK_NEAR(cd_schedule_factor(&s, 0.05), 0.25, 1e-15);
	CHECK(cd_schedule_factor(&s, 0.2) == 1);
	CHECK(cd_schedule_factor(&s, 1) == 1);
	CHECK(cd_schedule_moves(&s));
	s.kind = CD_SCHEDULE_LINEAR;
	CHECK_NEAR(cd_schedule_factor(&s, 0.1), 0.5, 1e-15);
	CHECK(cd_schedule_factor(&s, 0.2) == 1);
	CHECK_NEAR(cd_schedule_factor(&s, 0.6), 0.5, 1e-15);
	CHECK(cd_schedule_factor(&s, 1) == 0);
	s.kind = CD_SCHEDULE_COSINE;
	CHECK_NEAR(cd_schedule_factor(&s, 0.1), 0.5, 1e-15);
	CHECK(cd_schedule_factor(&s, 0.2) == 1);
	CHECK_NEAR(cd_schedule_factor(&s, 0.4), (1 + sqrt(0.5)) / 2, 1e-15);
	CHECK_NEAR(cd_schedule_factor(&s, 0.6), 0.5, 1e-15);
	CHECK_NEAR(cd_schedule_factor(&s, 1), 0, 1e-15);
	s.kind = CD_SCHEDULE_CONSTANT;
	s.warm_up = 0;
	CHECK(cd_schedule_factor(&s, 0) == 1);
	CHECK(!cd_schedule_moves(&s));
}

static void
test_steps(void)
{
	struct cd_schedule s = { .kind = CD_SCHEDULE_STEP,
		.warm_up = 0.1,
		.step_factor = 0.5 };
	struct cd_err e = { "" };

	CHECK(cd_schedule_parse_steps(&s, "0.7,9/10", &e) == 0);
	CHECK(s.nsteps == 2 && s.step_at[1] == 0.9);
	CHECK(cd_schedule_check(&s, &e) == 0);
	CHECK_NEAR(cd_schedule_factor(&s, 0.05), 0.5, 1e-15);
	CHECK(cd_schedule_factor(&s, 0.1) == 1);
	CHECK(cd_schedule_factor(&s, 0.6999) == 1);
	/* the seventh of ten, however it is rounded */
	CHECK(cd_schedule_factor(&s, 0.3 + 0.4) == 0.5);
	CHECK(cd_schedule_factor(&s, 0.9) == 0.25);
	CHECK(cd_schedule_factor(&s, 1) == 0.25);
}

static void
refused_steps(const char *text, const char *why)
{
	struct cd_schedule s = { .kind = CD_SCHEDULE_STEP, .warm_up = 0.1 };
	struct cd_err e = { "" };

	CHECK(cd_schedule_parse_steps(&s, text, &e) < 0 ||
	    cd_schedule_check(&s, &e) < 0);
	CHECK_TEXT(e.msg, why);
}

static void
test_refused_steps(void)
{
	struct cd_schedule s = { .kind = CD_SCHEDULE_STEP };
	int k = 0;
	struct cd_err e = { "" }, f = { "" }, g = { "" };

	refused_steps("1.5", "1.5 is not in 0 to 1");
	refused_steps("0.5,", "'': a part is empty or too long");
	refused_steps("0.5,x", "'x' is not a number");
	refused_steps("0.5,0.5", "--step-at: 0.5 does not come behind 0.5");
	refused_steps("0.5,1", "--step-at: 1 is the run's end, or beyond");
	refused_steps("0.1",
	    "--step-at: 0.1 is not behind the warm-up, the first 0.1 of the "
	    "run");
	CHECK(cd_schedule_check(&s, &e) < 0);
	CHECK_TEXT(e.msg, "--schedule step needs --step-at");
	s.kind = CD_SCHEDULE_LINEAR;
	s.nsteps = 1;
	CHECK(cd_schedule_check(&s, &f) < 0);
	CHECK_TEXT(f.msg, "--step-at needs --schedule step");
	CHECK(cd_parse_word("cosine", cd_schedule_names, &k, &g) == 0);
	CHECK(k == CD_SCHEDULE_COSINE);
	CHECK(cd_parse_word("poly", cd_schedule_names, &k, &g) < 0);
	CHECK_TEXT(g.msg, "'poly' is not constant, linear, cosine or step");
}

static void
test_stages(void)
{
	struct cd_stages s;
	struct cd_err e = { "" };

	CHECK(cd_stages_parse(&s, "64:0.3,96x80:0.4,128", &e) == 0);
	CHECK(s.n == 3 && s.stage[0].w == 64 && s.stage[0].h == 64);
	CHECK(s.stage[1].w == 96 && s.stage[1].h == 80);
	CHECK(s.stage[2].w == 128 && s.stage[2].end == 1);
	CHECK(cd_stages_at(&s, 0) == 0);
	CHECK(cd_stages_at(&s, 0.2999) == 0);
	CHECK(cd_stages_at(&s, 0.3) == 1);
	CHECK(cd_stages_at(&s, 0.7) == 2);
	CHECK(cd_stages_at(&s, 1) == 2);
	CHECK(cd_stages_parse(&s, "150", &e) == 0);
	CHECK(s.n == 1 && cd_stages_at(&s, 0.5) == 0);
	CHECK(cd_stages_parse(&s, "32:.5,48:.25,64:.25", &e) == 0);
	CHECK(s.n == 3 && fabs(s.stage[2].end - 1) < 1e-9);
	CHECK(!s.own && cd_stages_any_size(&s));
	CHECK(cd_stages_parse(&s, "own", &e) == 0);
	CHECK(s.own && s.n == 0 && cd_stages_any_size(&s));
	CHECK(!cd_stages_any_size(&(struct cd_stages){ .n = 0 }));
}

static void
refused_stages(const char *text, const char *why)
{
	struct cd_stages s;
	struct cd_err e = { "" };

	CHECK(cd_stages_parse(&s, text, &e) < 0);
	CHECK_TEXT(e.msg, why);
}

static void
test_refused_stages(void)
{
	char many[256] = "1:.01";
	int i;

	for (i = 0; i < CD_STAGES_MAX; i++)
		memcpy(many + strlen(many), ",1:.01", 7);
	refused_stages(many, "more than 16 stages");
	refused_stages("", "'': a part is empty or too long");
	refused_stages("0", "0 is not in 1 to 65535");
	refused_stages("64x:0.4,96", "'' is not a whole number");
	refused_stages("64:0,96", "a stage of no length");
	refused_stages("64:2,96", "share: 2 is not in 0 to 1");
	refused_stages("64,96",
	    "stage 1 has no share of the run; only the last may go without");
	refused_stages("64:0.7,96:0.7",
	    "stage 2 leaves the run: the shares add up to 1.4 and more");
	refused_stages("64:1,96",
	    "stage 1 leaves the run: the shares add up to 1 and more");
	refused_stages("64:0.4,96:0.4",
	    "the shares add up to 0.8, not 1: leave out the last");
}

static void
test_durations(void)
{
	static const struct {
		const char *text;
		double seconds; /* 0: refused */
	} cases[] = {
		{ "900", 900 },
		{ "15m", 900 },
		{ "1h30m", 5400 },
		{ "1.5h", 5400 },
		{ "1h10s", 3610 },
		{ "0.5", 0.5 },
		{ "90s", 90 },
		{ "0", 0 },
		{ "0m", 0 },
		{ "", 0 },
		{ "m", 0 },
		{ "15 m", 0 },
		{ "30m1h", 0 },
		{ "1h30", 0 },
		{ "1m1m", 0 },
		{ "-5", 0 },
		{ "1d", 0 },
		{ "1..5h", 0 },
		{ "9999h", 0 },
		{ "nan", 0 },
	};
	struct cd_err e;
	double got;
	size_t i;
	int rc;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		e.msg[0] = '\0';
		rc = cd_parse_duration(cases[i].text, &got, &e);
		CHECK((rc == 0) == (cases[i].seconds > 0));
		CHECK((rc == 0) == (e.msg[0] == '\0'));
		if (rc == 0)
			CHECK_NEAR(got, cases[i].seconds, 1e-9);
		if (rc == 0 && cases[i].seconds == 0)
			printf("%s was accepted\n", cases[i].text);
	}
}

int
main(void)
{
	test_factors();
	test_steps();
	test_refused_steps();
	test_stages();
	test_refused_stages();
	test_durations();
	return CHECK_DONE();
}
