#include "cmd/whole.h"

#include <stdbool.h>

#include "base/log.h"
#include "cmd/msg.h"

void
cd_memory_open(struct cd_memory *m)
{
	m->f = open_memstream(&m->data, &m->size);
	if (!m->f)
		cd_die("out of memory");
}

void
cd_memory_close(struct cd_memory *m)
{
	bool bad = ferror(m->f);

	/* where the last allocation fails, glibc's fclose may not say so */
	if (fclose(m->f) == EOF || bad || !m->data)
		cd_die("out of memory");
}

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
