#include "cmd/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/node.h"
#include "cmd/msg.h"

/* A file that is in use; of operands there may be many. */
struct used {
	struct cd_node node;
	const char *what;
	bool written, replaced;
};

const char cd_files_input[] = "an input";

static struct cd_buf all; /* of struct used */
static const char *reads_standard_input;

static bool
is_standard_input(const char *path)
{
	return !path || strcmp(path, "-") == 0 ||
	    strcmp(path, "/dev/stdin") == 0 || strcmp(path, "/dev/fd/0") == 0;
}

/* May two uses have one file? */
static bool
go_together(const struct used *a, const struct used *b)
{
	if (!a->written && !b->written)
		return true;
	return (a->replaced && b->what == cd_files_input) ||
	    (b->replaced && a->what == cd_files_input);
}

static void
check(const struct used *u, const char *name)
{
	const struct used *p = (struct used *)all.data, *end;

	end = p + all.len / sizeof *p;
	for (; p < end; p++)
		if (!go_together(p, u) && cd_node_same(&p->node, &u->node))
			cd_die("%s: %s and %s are one file", name, p->what,
			    u->what);
}

static void
find(struct cd_node *node, const char *path, bool written)
{
	if (!written && is_standard_input(path))
		cd_node_of(node, STDIN_FILENO);
	else if (path)
		cd_node_find(node, path);
	else
		cd_node_of(node, STDOUT_FILENO);
}

static void
use(const char *path, const char *what, bool written, bool replaced)
{
	struct used u = { .what = what,
		.written = written,
		.replaced = replaced };
	struct cd_err e = { "" };

	find(&u.node, path, written);
	check(&u, path ? path : written ? "standard output" : "standard input");
	if (cd_buf_add(&all, &u, sizeof u, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_files_begin(void)
{
	all.len = 0;
	reads_standard_input = NULL;
}

void
cd_files_read(const char *path, const char *what)
{
	if (is_standard_input(path)) {
		if (reads_standard_input == what)
			cd_die("standard input: named twice");
		if (reads_standard_input)
			cd_die("standard input cannot be both %s and %s",
			    reads_standard_input, what);
		reads_standard_input = what;
		if (isatty(STDIN_FILENO))
			cd_warn("reading %s from the terminal (Ctrl-D ends it)",
			    what);
	}
	use(path, what, false, false);
}

void
cd_files_look(const char *path, const char *what)
{
	struct used u = { .what = what };
	const struct used *p = (struct used *)all.data;
	size_t n = all.len / sizeof *p;

	/* an output yet to be made is no picture: nothing to look for */
	while (n > 0 && (!p->written || !p->node.known || p->node.name[0])) {
		p++;
		n--;
	}
	if (n == 0)
		return;
	find(&u.node, path, false);
	check(&u, path);
}

void
cd_files_written(const char *path, const char *what)
{
	use(path, what, true, false);
}

void
cd_files_replaced(const char *path, const char *what)
{
	/* a descriptor, which is open already, is written as it is */
	use(path, what, true,
	    strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0);
}
