/* Stacking records: a batch of samples. */
#ifndef CD_REC_STACK_H
#define CD_REC_STACK_H

#include "base/mem.h"
#include "rec/rec.h"

/* All zero is empty. Its memory only grows: when each batch is like the one
 * before, it is allocated once. */
struct cd_stack {
	uint64_t n;	/* samples so far */
	uint64_t epoch; /* of the first */
	int ntensors;
	struct cd_tensor like[CD_TENSORS_MAX]; /* the first's; data: unused */
	char names[CD_TENSORS_MAX][CD_NAME_MAX + 1];
	struct cd_buf data[CD_TENSORS_MAX];
	struct cd_buf keys; /* each with its NUL */
};

/* Adds a sample, whose payload has been read, to a stack that is to have most
 * samples. It must have the tensors that the first has, of the same types and
 * shapes; the error names the tensor and both shapes. */
int cd_stack_add(struct cd_stack *, const struct cd_rec *, uint64_t most,
    struct cd_err *) CD_MUST_CHECK;

/* Makes *rec the batch (CD_BATCH): every tensor [d, ...] of the samples as
 * [n, d, ...], and "keys", u8 [bytes], NUL after each key. Its data stay the
 * stack's. */
void cd_stack_rec(const struct cd_stack *, struct cd_rec *rec);

/* Empties it, keeps the memory. */
void cd_stack_clear(struct cd_stack *);
void cd_stack_free(struct cd_stack *);

#endif
