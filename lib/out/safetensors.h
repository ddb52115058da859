/* A model's parameters as a safetensors file (huggingface/safetensors, format):
 * a JSON header of names, shapes and offsets, then the numbers. */
#ifndef CD_OUT_SAFETENSORS_H
#define CD_OUT_SAFETENSORS_H

#include "base/err.h"
#include "net/model.h"

/* Writes all parameters by their names, F32, to fd: slot < 0 their values, else
 * what is in that slot. __metadata__ has "format" (cd-tools), "net", "classes",
 * "fit" and "provenance", as an ONNX file has (out/onnx.h). */
int cd_safetensors_write(int fd, const struct cd_model *, int slot,
    const char *made, struct cd_err *) CD_MUST_CHECK;

#endif
