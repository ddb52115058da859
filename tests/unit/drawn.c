/* Words for what a log of draws says: columns paired, what changes nothing left
 * out. */
#include <string.h>

#include "base/rng.h"
#include "img/drawn.h"
#include "img/mix_log.h"
#include "unit/check.h"

static struct cd_drawn d;
static struct cd_err e;

/* The items of the line, joined by '|'. */
static const char *
said(const char *line)
{
	static char got[CD_DRAWN_ITEMS * (CD_DRAWN_ITEM + 1)];
	size_t n = 0;
	int i;

	got[0] = '\0';
	if (cd_drawn_line(&d, line, &e) < 0)
		return e.msg;
	for (i = 0; i < d.n; i++)
		n += (size_t)snprintf(got + n, sizeof got - n, "%s%s",
		    i ? "|" : "", d.item[i]);
	return got;
}

static void
augmented(void)
{
	char line[9000];

	CHECK(cd_drawn_head(&d, cd_augment_columns, &e) == 0);
	CHECK_TEXT(
	    said("a\\tb\t2\t1\t0\t0\t0\t0\t1\t1\t0\t0\t0\t1\t0\t0\t4\t5\t1"
		 "\t1\t0\t0\tnone\t0\t0\t0\t0\t0\t17"),
	    "crop 5x4+0+0");
	CHECK(d.key == cd_hash("a\\tb", 4) && d.epoch == 2 && d.view == 1);
	CHECK_TEXT(
	    said("k\t0\t0\t-12.3456\t0\t0\t-0.5\t0.987654\t1\t1\t0\t-7\t1.5\t3"
		 "\t4\t81\t90\t1\t0\t0.1\t1\tshear-x\t-0.25\t1\t2\t3\t4\t17"),
	    "rotate -12.3|shift y 0 x -0.5|zoom y 0.988 x 1|flip|"
	    "channel-shift -7|brightness 1.5|crop 90x81+4+3|saturation 0|"
	    "hue 0.1|grey|shear-x|magnitude -0.25|erase 4x3+2+1");
	/* not lines of it */
	CHECK(cd_drawn_line(&d, "", &e) < 0);
	CHECK(cd_drawn_line(&d, "k\t0\t0\t1", &e) < 0);
	memset(line, '\t', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	CHECK(cd_drawn_line(&d, line, &e) < 0);
	line[27] = '\0'; /* as many columns as there must be, all empty */
	CHECK(cd_drawn_line(&d, line, &e) < 0);
}

static void
mixed(void)
{
	CHECK(cd_drawn_head(&d, cd_mix_columns, &e) == 0);
	CHECK_TEXT(said("k\t0\t0\tnone\t1\t\t0\t0\t0\t0\t0"), "");
	CHECK_TEXT(said("k\t7\t0\tcutmix\t0.75\tdog.1\t3\t1\t2\t3\t4"),
	    "cutmix|lambda 0.75|with dog.1|box 4x3+2+1");
	CHECK(d.epoch == 7);
	CHECK_TEXT(said("k\t0\t0\tmixup\t0\tdog.1\t3\t0\t0\t0\t0"),
	    "mixup|lambda 0|with dog.1");
}

int
main(void)
{
	augmented();
	mixed();
	CHECK(cd_drawn_head(&d, "key\tepoch", &e) < 0);
	return CHECK_DONE();
}
