/* Options of a command: one table for parsing, checks, --help and
 * provenance. */
#ifndef CD_CMD_OPT_H
#define CD_CMD_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/team.h"
#include "cmd/files.h"
#include "cmd/msg.h"

#define CD_VERSION "0.2.0"

enum cd_opt_type {
	CD_OPT_FLAG,   /* bool: set to true */
	CD_OPT_INT,    /* int64_t in [min, max] */
	CD_OPT_REAL,   /* double in [min, max]; a/b too */
	CD_OPT_SIZE,   /* int64_t in [min, max], bytes, K M G */
	CD_OPT_WXH,    /* struct cd_wxh, both in [min, max] */
	CD_OPT_CHOICE, /* int: the index of one of words */
	CD_OPT_TEXT,   /* const char * */
	CD_OPT_PATH,   /* const char *: a file's name, see below */
	CD_OPT_CALL,   /* parsed and stored by fn */
};

/* Width and height of pictures. */
struct cd_wxh {
	int w, h;
};

/* What "-" is as a PATH: standard input or, of what is written, output. */
enum cd_dash {
	CD_DASH_REFUSED,
	CD_DASH_STREAM, /* read: stored as it is, for cd_reader_open; written:
			 * NULL is stored, as without the option */
	CD_DASH_DEVICE, /* stored as /dev/stdin or /dev/stdout */
};

/* An option.
 *
 * A PATH is stored as given, except for "-". The empty path fails with ENOENT
 * when it is opened or, for an output, renamed to. */
struct cd_opt {
	const char *name; /* long name; NULL ends the table */
	int letter;	  /* 0: none */
	enum cd_opt_type type;
	void *to;	  /* where the value goes; first argument of fn */
	const char *arg;  /* name of its argument in the manual; NULL: a
			   * flag */
	const char *help; /* one line, with the default where there is one */
	double min, max;  /* INT, REAL, SIZE, WXH */
	/* ends in NULL; of a CHOICE all, of a TEXT or CALL those that stand in
	 * place of or before something else: they are only completed */
	const char *const *words;
	/* CALL: stores arg in to; an error is a usage error */
	int (*fn)(void *to, const char *arg, struct cd_err *);
	bool many;	   /* may be given several times */
	enum cd_dash dash; /* PATH */
	bool written;	   /* PATH: an output */
	bool result; /* changes the result: goes into provenance. Never a PATH:
		      * a name does not tell what the file contains */
	/* TEXT: not with this argument, which names a file: the command tells
	 * what it found there */
	bool (*untold)(const char *arg);
};

#define CD_WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Rows that several tables share. */
#define CD_OPT_OUTPUT(dest)                                           \
	{                                                             \
		.name = "output", .letter = 'o', .type = CD_OPT_PATH, \
		.to = dest, .arg = "file",                            \
		.help = "write to file (default: standard output)",   \
		.dash = CD_DASH_STREAM, .written = true               \
	}
#define CD_OPT_SEED(dest, text)                                                \
	{                                                                      \
		.name = "seed", .letter = 's', .type = CD_OPT_INT, .to = dest, \
		.arg = "seed", .help = text, .min = 0, .max = 0x1p53,          \
		.result = true                                                 \
	}
#define CD_OPT_THREADS(dest)                                                   \
	{                                                                      \
		.name = "threads", .letter = 'j', .type = CD_OPT_INT,          \
		.to = dest, .arg = "threads",                                  \
		.help = "threads (default: one for each processor)", .min = 1, \
		.max = CD_THREADS_MAX                                          \
	}

/* A command. Besides the options of its table it has -h/--help and
 * -V/--version, and --options where it is alone, which print to standard output
 * and exit 0. */
struct cd_command {
	const char *name;  /* cd-batch */
	const char *usage; /* "[-n count] [file ...]": what follows the name in
				 * the manual's SYNOPSIS, without -h and -V */
	const char *about; /* one line */
	const struct cd_opt *opts;
	enum cd_operands operands;
	bool verbose; /* it has -v/--verbose too, and calls cd_pace_tell */
	/* NULL, or a command whose options these are: --help refers to it, and
	 * so does provenance, as the result is the same */
	const char *like;
};

/* Parses argv by the table; options and operands may be mixed, "--" ends the
 * options. Returns the index of the first operand in argv (which getopt
 * permutes). A usage error ends the program, as cd_usage does. Also sets the
 * name for messages (cd_msg_name), and warns later of an unknown word in CD_CPU
 * (cd_cpu_unknown). Ends it too where a file is named for two things
 * (cmd/files.h). */
int cd_opt_parse(const struct cd_command *, int argc, char **argv);

/* Was -v given? */
bool cd_opt_verbose(void);

/* "cd-batch 0.2.0 --batch 20 --drop-last": the options that were given and
 * change the result, by their long names in the table's order, arguments quoted
 * for the shell. Valid after cd_opt_parse, until the program ends. */
const char *cd_opt_provenance(void);

enum {
	CD_CHANCED_TEXT = 1024, /* bytes of a value before @P, with its NUL */
};

/* For fn of a CALL: takes "VALUE@P" apart. P is a probability, 0 to 1; without
 * it *p stays. */
int cd_opt_chanced(const char *arg, char value[CD_CHANCED_TEXT], double *p,
    struct cd_err *) CD_MUST_CHECK;

/* For a usage error: cd_warn, the usage line to standard error, exit 2. */
void cd_usage(const char *fmt, ...) CD_PRINTF(1, 2) __attribute__((noreturn));

#endif
