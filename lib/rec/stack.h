/* Stacking samples into a batch. */
#ifndef CD_REC_STACK_H
#define CD_REC_STACK_H

#include "base/mem.h"
#include "rec/rec.h"

/* All zero is empty. Memory is kept: batches of one size and shape allocate
 * once. */
struct cd_stack {
	uint64_t n;	/* samples so far */
	uint64_t epoch; /* of the first */
	int ntensors;
	struct cd_tensor like[CD_TENSORS_MAX]; /* the first's; data unused */
	char names[CD_TENSORS_MAX][CD_NAME_MAX + 1];
	struct cd_buf data[CD_TENSORS_MAX];
	struct cd_buf keys; /* each with its NUL */
};

/* Adds a sample, whose payload has been read, to a stack of capacity most. It
 * must have the tensors of the first sample, of the same types and shapes; the
 * error names the tensor and both shapes. */
int cd_stack_add(struct cd_stack *, const struct cd_rec *, uint64_t most,
    struct cd_err *) CD_MUST_CHECK;

/* Makes *rec the batch (CD_BATCH): every tensor [d, ...] of the samples as
 * [n, d, ...], and "keys", u8 [bytes], a NUL after each key. Its data belong to
 * the stack. */
void cd_stack_rec(const struct cd_stack *, struct cd_rec *rec);

/* The way back: makes *row the sample that was put i-th into a batch of n, of
 * which it is given the key. Its data belong to the batch; tensors that are not
 * [n, ...], and the keys, are left out. */
void cd_stack_row(struct cd_rec *row, const struct cd_rec *batch, uint64_t n,
    uint64_t i, const char *key);

/* Empties the stack, keeps its memory. */
void cd_stack_clear(struct cd_stack *);
void cd_stack_free(struct cd_stack *);

#endif
