#include "layer/kinds.h"

#define CD_LAYER_ROW(name) &cd_layer_##name,
const struct cd_layer_kind *const cd_layer_kinds[] = { CD_LAYERS(
    CD_LAYER_ROW) };

_Static_assert(sizeof cd_layer_kinds / sizeof *cd_layer_kinds == CD_LAYER_KINDS,
    "a row for each kind");
