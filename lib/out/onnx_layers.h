/* A net's layers as nodes of an ONNX graph. Private to lib/out. */
#ifndef CD_OUT_ONNX_LAYERS_H
#define CD_OUT_ONNX_LAYERS_H

#include "net/model.h"
#include "out/onnx_graph.h"

#define CD_ONNX_PICTURES "pictures"	      /* the graph's input */
#define CD_ONNX_PROBABILITIES "probabilities" /* and its output */

/* Adds the nodes and tensors from the pictures [N,C,h,w], 0 to 255, to the
 * probabilities [N,nclasses]. slot: that of the parameters; -1: their values.
 * The error, in g->e, names the layer that cannot have this size or has no
 * operator. */
int cd_onnx_layers(struct cd_onnx *g, const struct cd_model *, int slot, int h,
    int w) CD_MUST_CHECK;

#endif
