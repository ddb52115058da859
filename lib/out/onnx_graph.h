/* The nodes and tensors of an ONNX graph being made. Private to lib/out.
 *
 * A node has one output; node and output have the same name, LAYER/WHAT, or
 * WHAT where layer is NULL. Functions that add something return its name, valid
 * until cd_onnx_free, for other nodes to take. When one has failed, for want of
 * memory, e is filled, and the others do nothing and return "". */
#ifndef CD_OUT_ONNX_GRAPH_H
#define CD_OUT_ONNX_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "out/onnx.pb-c.h"

enum {
	CD_ONNX_INPUTS = 5, /* most of a node: batch norm's */
	CD_ONNX_ATTRIBUTES = 4,
	CD_ONNX_INTS = 4, /* most in an attribute */
	CD_ONNX_RANK = 4,
};

/* e set and the rest zero is an empty graph. */
struct cd_onnx {
	struct cd_buf node;   /* of Onnx__NodeProto * */
	struct cd_buf tensor; /* of Onnx__TensorProto * */
	struct cd_err *e;
	bool failed;
};

/* Adds a node. op: the operator, a literal. input: names, ended by NULL where
 * there are fewer. */
const char *cd_onnx_node(struct cd_onnx *, const char *op, const char *layer,
    const char *what, const char *const input[CD_ONNX_INPUTS]);

/* Give the node added last an attribute; name: a literal. */
void cd_onnx_int(struct cd_onnx *, const char *name, int64_t);
void cd_onnx_ints(struct cd_onnx *, const char *name, int n, const int *);
void cd_onnx_real(struct cd_onnx *, const char *name, double);

/* Adds a tensor of floats [dim[0],..,dim[rank-1]], rank <= 4, as an
 * initializer: its number at (i,j,..) is that at from[i step[0] + j step[1]
 * + ..]. */
const char *cd_onnx_tensor(struct cd_onnx *, const char *layer,
    const char *what, int rank, const int *dim, const size_t *step,
    const float *from);

void cd_onnx_free(struct cd_onnx *);

#endif
