/* A command's arguments: one table gives the parsing, the checks, --help and
 * the words for provenance. */
#ifndef CD_BASE_OPT_H
#define CD_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CD_VERSION "0.1.0" /* the one place */

enum cd_opt_type {
	CD_OPT_FLAG, /* bool: set to true */
	CD_OPT_INT,  /* int64_t in [min, max] */
	CD_OPT_REAL, /* double in [min, max]; a/b too */
	CD_OPT_SIZE, /* int64_t, bytes, K M G */
	CD_OPT_TEXT, /* const char *; "-" of an option "output" gives NULL */
	CD_OPT_CALL, /* fn: called at once with the argument (NULL: none) */
};

struct cd_opt {
	const char *name; /* long name; NULL ends the table */
	int letter;	  /* 0: none */
	enum cd_opt_type type;
	void *to;	  /* where the value goes; first argument of fn */
	const char *arg;  /* its argument's name, as the manual has it; NULL:
			   * a flag, or a CALL without one */
	const char *help; /* one line, with the default where there is one */
	double min, max;  /* INT, REAL, SIZE */
	int (*fn)(void *to, const char *arg, struct cd_err *);
	bool result; /* changes the result: goes into provenance */
};

/* Rows that several tables share. */
#define CD_OPT_OUTPUT(to)                                      \
	{                                                      \
		"output", 'o', CD_OPT_TEXT, to, "file",        \
		    "write to file (default: standard output)" \
	}
#define CD_OPT_THREADS(to)                                          \
	{                                                           \
		"threads", 'j', CD_OPT_INT, to, "threads",          \
		    "threads (default: one for each processor)", 1, \
		    CD_THREADS_MAX                                  \
	}

enum {
	CD_THREADS_MAX = 1024,
};

/* What a command is. Every command has -h/--help and -V/--version besides its
 * table; they print to standard output and exit 0. */
struct cd_command {
	const char *name;  /* cd-batch */
	const char *usage; /* "[-n count] [file ...]": what follows the name in
				 * the manual's SYNOPSIS, without -h and -V */
	const char *about; /* one line */
	const struct cd_opt *opts;
};

/* Parses argv by the table; options and operands may be mixed, "--" ends the
 * options. Returns the index of the first operand in argv (which getopt
 * permutes). On a usage error prints the message and the usage line to
 * standard error and exits 2: this module and rec/filter.h are the mains' own
 * paragraphs, and all of the library that exits. Also says to which name
 * messages are attributed (cd_name): the command must live as long as the
 * program. */
int cd_opt_parse(const struct cd_command *, int argc, char **argv);

/* The processors online, 1 to CD_THREADS_MAX: the default of -j. */
int cd_processors(void);

/* "cd-batch 0.1.0 --n 20 --drop-last": the options that were given and change
 * the result, in the table's order with their long names, words quoted as the
 * shell would need. Valid after cd_opt_parse, until the program ends. */
const char *cd_opt_provenance(void);

/* The name given by cd_opt_parse. */
const char *cd_name(void);

/* "NAME: message\n" to standard error, in one write. */
void cd_warn(const char *fmt, ...) CD_PRINTF(1, 2);

/* cd_warn, then exit 2. */
void cd_die(const char *fmt, ...) CD_PRINTF(1, 2) __attribute__((noreturn));

/* A usage error found after parsing: message, usage line, exit 2. */
void cd_usage(const char *fmt, ...) CD_PRINTF(1, 2) __attribute__((noreturn));

/* The end of a main whose standard output was text: flushes and closes it,
 * and dies with a message where that fails (a full disk). */
void cd_close_stdout(void);

#endif
