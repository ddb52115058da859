#include "cmd/pace.h"

#include "base/clock.h"
#include "cmd/opt.h"

void
cd_pace_tell(const struct cd_pace *p)
{
	double all = cd_seconds() - p->began;
	double scale = all > 0 ? 100 / all : 0;

	if (!cd_opt_verbose())
		return;
	cd_warn("%llu record%s in %.2f s, %.0f/s: busy %.0f %%, waiting for "
		"input %.0f %%, for output %.0f %%",
	    (unsigned long long)p->records, p->records == 1 ? "" : "s", all,
	    all > 0 ? (double)p->records / all : 0,
	    (all - p->input - p->output) * scale, p->input * scale,
	    p->output * scale);
}
