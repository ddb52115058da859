/* How two tensors differ. */
#ifndef CD_REC_DIFFER_H
#define CD_REC_DIFFER_H

#include "rec/rec.h"

struct cd_difference {
	uint64_t count; /* of the elements that differ */
	uint64_t first; /* of them: its number, row by row */
	double largest; /* |a - b|; infinite where one is nan */
};

/* Compares a and b, of the same type and shape, element by element: equal
 * where |a - b| <= tolerance, both are nan, or the same infinity. Type i32 and
 * i64 (labels, counts) ignore the tolerance. */
void cd_tensor_differ(const struct cd_tensor *a, const struct cd_tensor *b,
    double tolerance, struct cd_difference *);

/* Do type, rank and dims agree? */
bool cd_tensor_same_shape(const struct cd_tensor *, const struct cd_tensor *);

#endif
