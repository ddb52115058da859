/* Fuzz target: the arguments of options, and lines of logs. The first byte
 * chooses the parser; what it refuses has a message. */
#include "fuzz/fuzz.h"
#include "base/rng.h"
#include "img/augment_log.h"
#include "img/augment_view.h"
#include "rec/share.h"
#include "score/run_size.h"
#include "train/schedule.h"

static int
parse(int which, const char *s, struct cd_err *e)
{
	static union {
		int64_t whole;
		double real;
		struct cd_schedule schedule;
		struct cd_stages stages;
		struct cd_views views;
		struct cd_share share;
		struct cd_run_size size;
		struct cd_augment_draw draw;
	} u;
	struct cd_augment_size picture = { .h = 20, .w = 30 };
	struct cd_rec r = { .key = "k" };
	int w, h;

	memset(&u, 0, sizeof u);
	switch (which) {
	case 0:
		return cd_parse_int(s, -5, INT64_MAX, &u.whole, e);
	case 1:
		return cd_parse_real(s, -1e300, 1e300, &u.real, e);
	case 2:
		return cd_parse_size(s, 0, INT64_MAX, &u.whole, e);
	case 3:
		return cd_parse_wxh(s, 1, CD_WXH_MAX, &w, &h, e);
	case 4:
		return cd_schedule_parse_steps(&u.schedule, s, e);
	case 5:
		return cd_stages_parse(&u.stages, s, e);
	case 6:
		return cd_parse_duration(s, &u.real, e);
	case 7:
		return cd_views_parse(&u.views, s, e);
	case 8:
		return cd_share_parse(s, &u.share, e);
	case 9:
		return cd_run_size_parse(&u.size, s, e);
	default:
		return cd_augment_scan(s, &r, &picture, &u.draw, e);
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct cd_err e = { "" };
	char *s, shown[64];

	if (size == 0)
		return 0;
	s = malloc(size);
	if (!s)
		abort();
	memcpy(s, data + 1, size - 1);
	s[size - 1] = '\0';
	if (parse(data[0] % 11, s, &e) < 0 && !e.msg[0])
		abort();
	cd_escape(shown, sizeof shown, s, size - 1);
	cd_escape_end(shown, sizeof shown, s, size - 1);
	(void)cd_unescape(s, size - 1);
	free(s);
	return 0;
}
