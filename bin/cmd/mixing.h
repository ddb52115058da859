/* What cd-batch mixes: its options, the log and its replay. Dies on failure:
 * for mains. */
#ifndef CD_CMD_MIXING_H
#define CD_CMD_MIXING_H

#include "base/log.h"
#include "cmd/opt.h"
#include "cmd/replay.h"
#include "img/mix_batch.h"

struct cd_mixing {
	/* options; numbers are below 0 where they are not given */
	struct cd_mix_way mixup, cutmix;
	double clean_tail;
	int64_t seed;
	const char *log_to, *replay_from;

	bool on; /* batches have targets; set by cd_mixing_check */
	struct cd_mix what;
	struct cd_mix_batch batch;
	struct cd_log log;
	struct cd_replay replay;
};

#define CD_MIXING_NONE                                                       \
	{                                                                    \
		.mixup = { -1, -1 }, .cutmix = { -1, -1 }, .clean_tail = -1, \
		.seed = -1                                                   \
	}

/* For struct cd_opt: "ALPHA[@P]" to a struct cd_mix_way. */
int cd_mixing_way(void *, const char *, struct cd_err *);

/* Rows of a table of options. */
#define CD_MIXING_OPTS(m)                                                \
	{ .name = "mixup",                                               \
		.type = CD_OPT_CALL,                                     \
		.to = &(m)->mixup,                                       \
		.arg = "alpha",                                          \
		.help = "mix pictures, by Beta(alpha, alpha); alpha@P",  \
		.fn = cd_mixing_way,                                     \
		.result = true },                                        \
	    { .name = "cutmix",                                          \
		    .type = CD_OPT_CALL,                                 \
		    .to = &(m)->cutmix,                                  \
		    .arg = "alpha",                                      \
		    .help = "put boxes into pictures; alpha@P",          \
		    .fn = cd_mixing_way,                                 \
		    .result = true },                                    \
	    { .name = "clean-tail",                                      \
		    .type = CD_OPT_REAL,                                 \
		    .to = &(m)->clean_tail,                              \
		    .arg = "share",                                      \
		    .help = "mix nothing in the last epochs",            \
		    .min = 0,                                            \
		    .max = 1,                                            \
		    .result = true },                                    \
	    { .name = "replay",                                          \
		    .type = CD_OPT_PATH,                                 \
		    .to = &(m)->replay_from,                             \
		    .arg = "file",                                       \
		    .help = "do again what this log says",               \
		    .dash = CD_DASH_DEVICE },                            \
	    { .name = "log-parameters",                                  \
		    .type = CD_OPT_PATH,                                 \
		    .to = &(m)->log_to,                                  \
		    .arg = "file",                                       \
		    .help = "how pictures were mixed, a line a picture", \
		    .dash = CD_DASH_DEVICE,                              \
		    .written = true },                                   \
	    CD_OPT_SEED(&(m)->seed, "mixing is a function of it (default: 0)")

/* After the options were parsed: a usage error where they contradict each
 * other. */
void cd_mixing_check(struct cd_mixing *);
/* Reads the head; opens the logs. */
void cd_mixing_open(struct cd_mixing *, struct cd_filter *);
/* Notes a sample that was just read, before it is stacked. */
void cd_mixing_take(struct cd_mixing *, struct cd_filter *,
    const struct cd_rec *);
/* Makes *rec the batch, mixed where mixing is on. */
void cd_mixing_batch(struct cd_mixing *, struct cd_stack *, struct cd_rec *rec);
/* The samples taken since the last batch are dropped. */
void cd_mixing_drop(struct cd_mixing *);
void cd_mixing_close(struct cd_mixing *);

#endif
