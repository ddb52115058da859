#include "cmd/whole.h"

#include <stdio.h>

#include "base/log.h"
#include "cmd/msg.h"

void
cd_write_whole(const char *path, const void *p, size_t n)
{
	static struct cd_log to; /* stays in place until the end */
	struct cd_err e = { "" };

	if (!path) {
		fwrite(p, 1, n, stdout);
		cd_close_stdout();
		return;
	}
	if (cd_log_open(&to, path, &e) < 0)
		cd_die("%s", e.msg);
	fwrite(p, 1, n, to.f);
	if (cd_log_commit(&to, &e) < 0)
		cd_die("%s", e.msg);
}
