/* The share of a run that is done, by epochs and by time, and the decay of
 * averages that go by it. */
#include "train/elapsed.h"

#include <math.h>

#include "base/clock.h"
#include "unit/check.h"

/* A run of 10 epochs of 50 pictures in steps of 8: 7, the last of 2. */
static struct cd_trainer
run(void)
{
	return (struct cd_trainer){ .epochs = 10,
		.pictures = 50,
		.steps = 7,
		.batch = 8 };
}

/* So long that the time which a test takes does not matter. */
#define HOUR 3600.0

/* As if it had begun so many hours ago. */
static void
used(struct cd_trainer *t, double hours)
{
	t->start = cd_seconds() - hours * HOUR;
}

static void
test_epochs(void)
{
	struct cd_trainer t = run();

	CHECK(cd_trainer_share(&t) == 0);
	CHECK(cd_trainer_passed(&t) == 1.0 / 70);
	t.epoch = 3;
	t.position = 40;
	CHECK_NEAR(cd_trainer_epochs_done(&t), 3.8, 1e-15);
	CHECK_NEAR(cd_trainer_share(&t), 0.38, 1e-15);
	/* the same wherever it is asked for */
	CHECK(cd_trainer_passed(&t) == 1.0 / 70);
	CHECK(!cd_trainer_through(&t));
	t.epoch = 9;
	CHECK(!cd_trainer_through(&t));
	t.position = 48;
	CHECK(!cd_trainer_through(&t));
	t.position = 50;
	CHECK(cd_trainer_through(&t));
	CHECK(cd_trainer_share(&t) == 1);
	t.epoch = 10;
	t.position = 0;
	CHECK(cd_trainer_through(&t));
	CHECK(isinf(cd_trainer_end(&t)) && !cd_trainer_spent(&t));
}

/* Batches: the header tells how many, and the last has fewer pictures. */
static void
test_batches(void)
{
	struct cd_trainer t = run();

	t.pictures = 56;
	t.epoch = 9;
	t.position = 50;
	CHECK(cd_trainer_share(&t) < 1);
	CHECK(cd_trainer_through(&t));
	t.position = 48;
	CHECK(!cd_trainer_through(&t));
}

static void
test_budget(void)
{
	struct cd_trainer t = run();

	t.budget = 100 * HOUR;
	t.elapsed = 20 * HOUR;
	t.passed_at = 0.4;
	used(&t, 30);
	CHECK_NEAR(cd_trainer_share(&t), 0.5, 1e-3);
	CHECK_NEAR(cd_trainer_passed(&t), 0.1, 1e-3);
	CHECK_NEAR(cd_trainer_passed(&t), 0, 1e-3);
	used(&t, 60);
	CHECK_NEAR(cd_trainer_passed(&t), 0.3, 1e-3);
	CHECK_NEAR(cd_trainer_end(&t) - cd_seconds(), 20 * HOUR, 60);
	used(&t, 81);
	CHECK(cd_trainer_share(&t) == 1 && cd_trainer_spent(&t));
	/* whatever the epochs: they do not count */
	t.epoch = 10;
	CHECK(cd_trainer_spent(&t));
}

/* The share is the larger of that of the epochs and that of the time. */
static void
test_limit(void)
{
	struct cd_trainer t = run();

	t.limit = 100 * HOUR;
	used(&t, 9);
	CHECK(cd_trainer_share(&t) == 0);
	t.epoch = 5;
	used(&t, 20);
	CHECK(cd_trainer_share(&t) == 0.5);
	CHECK(cd_trainer_passed(&t) == 1.0 / 70);
	CHECK_NEAR(cd_trainer_end(&t) - cd_seconds(), 80 * HOUR, 60);
	/* a tenth does not count: (73 - 10) / 90 */
	t.elapsed = 53 * HOUR;
	CHECK_NEAR(cd_trainer_share(&t), 0.7, 1e-3);
	CHECK_NEAR(cd_trainer_passed(&t), 0.2, 1e-3);
	/* the epochs are ahead again */
	t.epoch = 8;
	CHECK(cd_trainer_share(&t) == 0.8);
	CHECK(cd_trainer_passed(&t) == 1.0 / 70);
	CHECK(!cd_trainer_spent(&t));
	used(&t, 48);
	CHECK(cd_trainer_share(&t) == 1 && cd_trainer_spent(&t));
	/* a run that is through reads its data to their end */
	t.epoch = 9;
	t.position = 50;
	CHECK(!cd_trainer_spent(&t));
}

static void
test_decay(void)
{
	struct cd_trainer t = run(), u = run();

	CHECK(cd_average_decay(&t) == 0);
	t.average.decay = 0.99;
	CHECK(cd_average_decay(&t) == 0.99);
	t.average = (struct cd_average){ .epochs = 3 };
	CHECK_NEAR(cd_average_decay(&t), exp(-1 / 21.0), 1e-15);
	u.average = (struct cd_average){ .share = 0.3 };
	CHECK_NEAR(cd_average_decay(&u), cd_average_decay(&t), 1e-15);
	/* by time, 3 % of the run since the call before */
	u.budget = 100 * HOUR;
	used(&u, 50);
	u.passed_at = 0.47;
	CHECK_NEAR(cd_average_decay(&u), exp(-0.1), 1e-3);
	/* never 0, which would mean that there is no average */
	u.average.share = 1e-6;
	u.passed_at = 0;
	CHECK(cd_average_decay(&u) > 0 && cd_average_decay(&u) < 1);
}

int
main(void)
{
	test_epochs();
	test_batches();
	test_budget();
	test_limit();
	test_decay();
	return CHECK_DONE();
}
