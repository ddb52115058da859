/* A model: a net, its parameters, the optimiser's state and the progress of
 * training. It is stored as a stream (formats/stream.md, "Models"). */
#ifndef CD_NET_MODEL_H
#define CD_NET_MODEL_H

#include <stdint.h>

#include "base/err.h"
#include "net/net.h"
#include "rec/head.h"

enum {
	CD_SLOTS_MAX = 3, /* tensors of a parameter besides its value */
	CD_AVERAGE_SLOT = CD_SLOTS_MAX - 1,
};

#define CD_AVERAGE_NAME "average" /* the slot with the moving average */

/* One parameter tensor, statistics of norms included. The record's key is its
 * name ("conv1/weight", "norm1/mean"), its tensors "value" and the slots
 * ("square", "momentum", "average", ...), all f32 of the parameter's shape. */
struct cd_param {
	char name[CD_LAYER_NAME_MAX + 16];
	int layer; /* index into net.layer */
	enum cd_param_role role;
	double fan_in, fan_out; /* of weights */
	double start;		/* of others: their first value */
	int rank;
	uint64_t dim[4];
	size_t n;		   /* elements */
	float *value;		   /* [n], 64-byte aligned */
	float *slot[CD_SLOTS_MAX]; /* [n], or NULL where not in use */
};

struct cd_writer; /* rec/rec.h */

struct cd_model {
	struct cd_net net;
	struct cd_head head; /* the stream's header lines, unknown ones
				 * included, holds and net excluded */
	int nparams;
	struct cd_param *param;
	const char *slot_name[CD_SLOTS_MAX]; /* NULL: not in use */
	char slot_names[CD_SLOTS_MAX][64];   /* storage for the above */
};

/* An untrained model of a net, whose ownership it takes (on failure too). Draws
 * weights by net.init from (seed, parameter name, element) alone; biases and
 * means are 0, variances 1, gammas as in the text. */
int cd_model_init(struct cd_model *, struct cd_net *, uint64_t seed,
    struct cd_err *) CD_MUST_CHECK;

/* Reads a model from path (NULL: standard input) and parses its net text. Every
 * parameter must be there once, with its shape, all numbers finite; where there
 * is no value, its average is taken. A parameter unknown to the net is an
 * error. On failure nothing is held. */
int cd_model_load(struct cd_model *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

/* Is every number finite, those of slots too? The error names the first that is
 * not. */
int cd_model_check_finite(const struct cd_model *,
    struct cd_err *) CD_MUST_CHECK;

/* Writes it to path (NULL: standard output), atomically as cd_writer does. What
 * is not finite should have been refused before. */
int cd_model_save(const struct cd_model *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* The same to a writer of cd_writer_begin, which it closes, after an error
 * too. */
int cd_model_write(const struct cd_model *, struct cd_writer *,
    struct cd_err *) CD_MUST_CHECK;

/* Gives all parameters the slot i, saved under this name: zeroed, or the one of
 * this name that the model has, moved to i. An error if slot i is in use under
 * another name. */
int cd_model_slot(struct cd_model *, int i, const char *name,
    struct cd_err *) CD_MUST_CHECK;

/* The slot of this name, of the moving average; or -1. */
int cd_model_find_slot(const struct cd_model *, const char *name);
int cd_model_average(const struct cd_model *);

/* Leaves parameters only: frees all slots, and removes what the header says of
 * the training that is not done, or was best; the epoch stays. Returns how many
 * slots there were. */
int cd_model_forget(struct cd_model *);

void cd_model_free(struct cd_model *);

#endif
