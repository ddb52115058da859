#include "cmd/opt.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/num.h"
#include "cmd/advice.h"
#include "cmd/options.h"

enum {
	MAX_OPTS = 64,
	LONG_BASE = 256, /* getopt's value of option i is LONG_BASE + i */
	PROVENANCE_MAX = 4096,
};

static struct cd_command command; /* a copy: the caller's may be local */
static bool verbose;
static char provenance[PROVENANCE_MAX];

bool
cd_opt_verbose(void)
{
	return verbose;
}

const char *
cd_opt_provenance(void)
{
	return provenance;
}

/* Where something was wrong: not all options, of which some have many. */
static void
usage_line(void)
{
	char text[CD_ADVICE];

	fprintf(stderr, "usage: %s%s (--help lists the options)\n",
	    command.name, cd_advice_usage(&command, text));
}

void
cd_usage(const char *fmt, ...)
{
	char text[CD_ERR_MSG];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cd_warn("%s", text);
	usage_line();
	exit(2);
}

static void
help_row(int letter, const char *name, const char *arg, const char *text)
{
	char left[64];
	int n;

	if (letter)
		n = snprintf(left, sizeof left, "  -%c, --%s", letter, name);
	else
		n = snprintf(left, sizeof left, "      --%s", name);
	if (arg)
		snprintf(left + n, sizeof left - (size_t)n, " %s", arg);
	printf("%-28s  %s\n", left, text);
}

static void
help(void)
{
	const struct cd_opt *o;

	printf("usage: %s %s\n%s\n\n", command.name, command.usage,
	    command.about);
	if (command.like)
		printf("  the options of %s, and\n", command.like);
	for (o = command.opts; o->name && !command.like; o++)
		help_row(o->letter, o->name, o->arg, o->help);
	if (command.verbose)
		help_row('v', "verbose", NULL, "say how fast it was, and why");
	help_row('h', "help", NULL, "this text");
	help_row('V', "version", NULL, "the version");
	cd_close_stdout();
	exit(0);
}

static void
version(void)
{
	printf("%s %s\n", command.name, CD_VERSION);
	cd_close_stdout();
	exit(0);
}

static void
add_provenance(const char *s)
{
	size_t n = strlen(provenance);
	int left = (int)(sizeof provenance - n);

	if (snprintf(provenance + n, (size_t)left, "%s", s) >= left)
		cd_die("the options are longer than %d bytes", PROVENANCE_MAX);
}

static void
add_provenance_word(const char *s)
{
	static const char
	    plain[] = "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./%@^";
	char one[3] = " ";

	add_provenance(" ");
	if (*s && strspn(s, plain) == strlen(s)) {
		add_provenance(s);
		return;
	}
	add_provenance("'");
	for (; *s; s++) {
		one[0] = *s == '\n' ? ' ' : *s; /* a header line is one line */
		one[1] = '\0';
		add_provenance(*s == '\'' ? "'\\''" : one);
	}
	add_provenance("'");
}

static int
take_path(const struct cd_opt *o, const char *path, struct cd_err *e)
{
	if (strcmp(path, "-") == 0) {
		if (o->dash == CD_DASH_REFUSED)
			return cd_fail(e, "standard %s will not do",
			    o->written ? "output" : "input");
		if (o->dash == CD_DASH_DEVICE)
			path = o->written ? "/dev/stdout" : "/dev/stdin";
		else if (o->written)
			path = NULL;
	}
	*(const char **)o->to = path;
	return 0;
}

static int
apply(const struct cd_opt *o, const char *arg, struct cd_err *e)
{
	struct cd_wxh *wxh;

	switch (o->type) {
	case CD_OPT_FLAG:
		*(bool *)o->to = true;
		return 0;
	case CD_OPT_INT:
		return cd_parse_int(arg, (int64_t)o->min, (int64_t)o->max,
		    o->to, e);
	case CD_OPT_REAL:
		return cd_parse_real(arg, o->min, o->max, o->to, e);
	case CD_OPT_SIZE:
		return cd_parse_size(arg, (int64_t)o->min, (int64_t)o->max,
		    o->to, e);
	case CD_OPT_WXH:
		wxh = o->to;
		return cd_parse_wxh(arg, (int)o->min, (int)o->max, &wxh->w,
		    &wxh->h, e);
	case CD_OPT_CHOICE:
		return cd_parse_word(arg, o->words, o->to, e);
	case CD_OPT_TEXT:
		*(const char **)o->to = arg;
		return 0;
	case CD_OPT_PATH:
		return take_path(o, arg, e);
	case CD_OPT_CALL:
		return o->fn(o->to, arg, e);
	}
	return cd_fail(e, "option table");
}

/* getopt's two tables, made from ours; returns the number of options. */
static int
getopt_tables(struct option *longs, char *shorts)
{
	const struct cd_opt *opts = command.opts;
	size_t s = 0;
	int i;

	shorts[s++] = ':'; /* tell a missing argument from an unknown option */
	for (i = 0; opts[i].name; i++) {
		if (i >= MAX_OPTS)
			cd_die("more than %d options in the table", MAX_OPTS);
		if (opts[i].type == CD_OPT_PATH && opts[i].result)
			cd_die("--%s: a path in the provenance", opts[i].name);
		longs[i] = (struct option){ opts[i].name,
			opts[i].arg ? required_argument : no_argument, NULL,
			LONG_BASE + i };
		if (!opts[i].letter)
			continue;
		shorts[s++] = (char)opts[i].letter;
		if (opts[i].arg)
			shorts[s++] = ':';
	}
	longs[i] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[i + 1] = (struct option){ "version", no_argument, NULL, 'V' };
	longs[i + 2] = (struct option){ NULL, 0, NULL, 0 };
	memcpy(shorts + s, "hV", 3);
	if (command.verbose) {
		longs[i + 2] = (struct option){ "verbose", no_argument, NULL,
			'v' };
		longs[i + 3] = (struct option){ NULL, 0, NULL, 0 };
		memcpy(shorts + s, "hVv", 4);
	}
	return i;
}

static int
option_of(int c, int n)
{
	int i;

	if (c >= LONG_BASE)
		return c - LONG_BASE;
	for (i = 0; i < n; i++)
		if (command.opts[i].letter == c)
			return i;
	return -1;
}

/* Of getopt_long's '?' and ':'; arg: the last argument it looked at. */
static void
bad_option(int c, const struct option *longs, const char *arg)
{
	size_t n = strcspn(arg, "=");
	char advice[CD_ADVICE];
	int same = 0;

	if (c == ':')
		cd_usage("%s: an argument is missing", arg);
	/* a long option's is its value, that of an unknown one 0 */
	if (optopt > 0 && optopt < LONG_BASE && optopt != 'h' &&
	    optopt != 'V' && optopt != 'v')
		cd_usage("-%c: there is no such option", optopt);
	for (; longs->name; longs++)
		same += n > 2 && strncmp(longs->name, arg + 2, n - 2) == 0;
	if (same == 0)
		cd_usage("%s: there is no such option%s", arg,
		    cd_advice(&command, arg + 2, n > 2 ? n - 2 : 0, advice));
	cd_usage(same == 1 ? "%s: it takes no argument" :
			     "%s: several options begin so",
	    arg);
}

/* Standard streams that were closed are opened on /dev/null, lest a file get
 * their number and a message be written into it. Reading standard input and
 * writing the others still fails. */
static void
hold_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null",
		    fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void
warn_of_level(const char *why)
{
	cd_warn("CD_CPU: %s; using ref", why);
}

/* Names the files to cmd/files.h. */
static void
name_files(char *const *operand, int n)
{
	static char what[MAX_OPTS][40];
	bool prints = command.operands != CD_OPERANDS_OWN;
	bool alike = command.operands == CD_OPERANDS_ALIKE, output;
	const struct cd_opt *o;
	const char *path;
	int i;

	cd_files_begin();
	for (i = 0, o = command.opts; o->name; o++, i++) {
		if (o->type != CD_OPT_PATH)
			continue;
		path = *(const char **)o->to;
		output = o->written && o->dash == CD_DASH_STREAM;
		if (output)
			prints = !path;
		if (!path)
			continue;
		snprintf(what[i], sizeof what[i], "--%s", o->name);
		(!o->written		? cd_files_read :
			output && alike ? cd_files_replaced :
					  cd_files_written)(path, what[i]);
	}
	if (prints)
		cd_files_written(NULL, "standard output");
	if (command.operands != CD_OPERANDS_OWN && n == 0)
		cd_files_read(NULL, cd_files_input);
	for (i = 0; command.operands != CD_OPERANDS_OWN && i < n; i++)
		cd_files_read(operand[i], cd_files_input);
}

int
cd_opt_parse(const struct cd_command *cmd, int argc, char **argv)
{
	struct option longs[MAX_OPTS + 4];
	char shorts[2 * MAX_OPTS + 5];
	const struct cd_opt *opts = cmd->opts;
	const char *args[MAX_OPTS] = { NULL };
	bool given[MAX_OPTS] = { false };
	int c, i, n;

	hold_standard_streams();
	command = *cmd;
	cd_msg_name(cmd->name);
	cd_cpu_unknown = warn_of_level;
	if (argc == 2 && strcmp(argv[1], "--options") == 0) {
		cd_options_print(&command);
		cd_close_stdout();
		exit(0);
	}
	opterr = 0; /* its messages show what was typed as it is */
	n = getopt_tables(longs, shorts);
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		struct cd_err e = { "" };

		if (c == 'h')
			help();
		if (c == 'V')
			version();
		if (c == 'v' && cmd->verbose) {
			verbose = true;
			continue;
		}
		if (c == '?' || c == ':')
			bad_option(c, longs, argv[optind - 1]);
		i = option_of(c, n);
		if (given[i] && opts[i].arg && !opts[i].many)
			cd_usage("--%s: given twice", opts[i].name);
		if (apply(&opts[i], optarg, &e) < 0)
			cd_usage("--%s: %s", opts[i].name, e.msg);
		given[i] = true;
		args[i] = optarg;
	}
	provenance[0] = '\0';
	add_provenance(cmd->like ? cmd->like : cmd->name);
	add_provenance(" " CD_VERSION);
	for (i = 0; i < n; i++) {
		if (!given[i] || !opts[i].result ||
		    (opts[i].untold && opts[i].untold(args[i])))
			continue;
		add_provenance(" --");
		add_provenance(opts[i].name);
		if (args[i])
			add_provenance_word(args[i]);
	}
	name_files(argv + optind, argc - optind);
	return optind;
}

int
cd_opt_chanced(const char *arg, char value[CD_CHANCED_TEXT], double *p,
    struct cd_err *e)
{
	const char *at = strrchr(arg, '@');
	size_t n = at ? (size_t)(at - arg) : strlen(arg);

	if (n >= CD_CHANCED_TEXT)
		return cd_fail(e, "the value is too long");
	memcpy(value, arg, n);
	value[n] = '\0';
	if (at && cd_parse_real(at + 1, 0, 1, p, e) < 0)
		return cd_fail_at(e, "probability");
	return 0;
}
