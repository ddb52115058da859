/* Options: what each type stores, and what never gets into provenance. */
#include "cmd/opt.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/check.h"

static const char *const colours[] = { "red", "green", NULL };
static struct cd_wxh size;
static const char *in, *out;
static int colour;

static struct cd_opt opts[] = {
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &size,
	    .arg = "WxH",
	    .help = "",
	    .min = 2,
	    .max = 20,
	    .result = true },
	{ .name = "colour",
	    .type = CD_OPT_CHOICE,
	    .to = &colour,
	    .arg = "name",
	    .help = "",
	    .words = colours,
	    .result = true },
	{ .name = "in",
	    .type = CD_OPT_PATH,
	    .to = &in,
	    .arg = "file",
	    .help = "",
	    .dash = CD_DASH_STREAM },
	CD_OPT_OUTPUT(&out),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "test",
	.usage = "",
	.about = "",
	.opts = opts,
};

/* The first operand's index; argv ends in NULL. */
static int
parse(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	optind = 1;
	return cd_opt_parse(&command, argc, argv);
}

/* As parse, in a child. Returns its exit status, 0 where it goes on, and its
 * messages in text. */
static int
parse_apart(char **argv, char *text, size_t n)
{
	size_t len = 0;
	int fd[2], status = -1;
	ssize_t got;
	pid_t pid;

	if (pipe(fd) < 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		dup2(fd[1], STDERR_FILENO);
		parse(argv);
		_exit(0);
	}
	close(fd[1]);
	while (len < n - 1 && (got = read(fd[0], text + len, n - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(fd[0]);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	    WEXITSTATUS(status) :
	    -1;
}

static void
test_stored(void)
{
	char *argv[] = { "x", "--size", "3x20", "--in", "-", "a", "-o", "b",
		"--colour", "green", NULL };
	char *again[] = { "x", "--in", "", "-o", "-", NULL };

	CHECK(parse(argv) == 9);
	CHECK(size.w == 3 && size.h == 20);
	CHECK(colour == 1);
	CHECK_TEXT(in, "-");
	CHECK_TEXT(out, "b");
	CHECK_TEXT(cd_opt_provenance(),
	    "test " CD_VERSION " --size 3x20 --colour green");
	CHECK(parse(again) == 5);
	CHECK_TEXT(in, "");
	CHECK(!out);
	CHECK_TEXT(cd_opt_provenance(), "test " CD_VERSION);
}

static void
test_refused(void)
{
	char *wide[] = { "x", "--size", "3x21", NULL };
	char *blue[] = { "x", "--colour", "blue", NULL };
	char text[1024];

	CHECK(parse_apart(wide, text, sizeof text) == 2);
	CHECK_TEXT(text,
	    "test: --size: 21 is not in 2 to 20\n"
	    "usage: test (--help lists the options)\n");
	CHECK(parse_apart(blue, text, sizeof text) == 2);
	CHECK_TEXT(text,
	    "test: --colour: 'blue' is not red or green\n"
	    "usage: test (--help lists the options)\n");
}

static void
test_path_is_no_result(void)
{
	char *none[] = { "x", NULL };
	char text[1024];

	in = out = NULL;
	CHECK(parse_apart(none, text, sizeof text) == 0);
	opts[2].result = true;
	CHECK(parse_apart(none, text, sizeof text) == 2);
	CHECK_TEXT(text, "test: --in: a path in the provenance\n");
	opts[2].result = false;
}

int
main(void)
{
	test_stored();
	test_refused();
	test_path_is_no_result();
	return CHECK_DONE();
}
