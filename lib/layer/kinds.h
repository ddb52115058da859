/* The table of all kinds of layers. */
#ifndef CD_LAYER_KINDS_H
#define CD_LAYER_KINDS_H

#include "layer/layer.h"

enum {
#define CD_LAYER_COUNT(name) +1
	CD_LAYER_KINDS = 0 CD_LAYERS(CD_LAYER_COUNT)
#undef CD_LAYER_COUNT
};

/* In the order of CD_LAYERS. */
extern const struct cd_layer_kind *const cd_layer_kinds[CD_LAYER_KINDS];

#endif
