/* A model as an ONNX file, for other programs to predict with. */
#ifndef CD_OUT_ONNX_H
#define CD_OUT_ONNX_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"

struct cd_onnx_how {
	int h, w;	     /* of the pictures; 0: the net's */
	bool no_average;     /* the parameters, not their moving average */
	const char *version; /* of the program that writes it */
	const char *made;    /* its line of provenance */
};

/* Writes the model to path (NULL: standard output), as cd_save_open does, for
 * IR version 6 and operator set 11. The graph computes what cd_plan_predict
 * does: from "pictures" f32 [N,C,h,w], 0 to 255, channels in the model's order,
 * to "probabilities" f32 [N,nclasses], in the order of classes. metadata_props:
 * "net", "classes" (where it was trained), "fit" (where it is known) and
 * "provenance", a line each, with \xNN for what cd_escape escapes, but for
 * tabs. The same arguments give the same bytes. The error names the layer that
 * cannot have this size, or has no operator; then nothing is written. */
int cd_onnx_save(const struct cd_model *, const char *path,
    const struct cd_onnx_how *, struct cd_err *) CD_MUST_CHECK;

#endif
