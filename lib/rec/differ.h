/* Comparing two tensors element by element. */
#ifndef CD_REC_DIFFER_H
#define CD_REC_DIFFER_H

#include "rec/rec.h"

struct cd_difference {
	uint64_t count; /* elements that differ */
	uint64_t first; /* row-major index of the first of them */
	double largest; /* |a - b| of them; infinite if one is nan */
};

/* Compares a and b, of the same type and shape. Elements are equal if |a - b|
 * <= tolerance, or both are nan or the same infinity. Types i32 and i64
 * (labels, counts) must match exactly. */
void cd_tensor_differ(const struct cd_tensor *a, const struct cd_tensor *b,
    double tolerance, struct cd_difference *);

/* Do type, rank and dims agree? */
bool cd_tensor_same_shape(const struct cd_tensor *, const struct cd_tensor *);

#endif
