/* What other formats keep of a model besides its numbers. */
#ifndef CD_OUT_PROPERTIES_H
#define CD_OUT_PROPERTIES_H

#include "base/err.h"
#include "base/mem.h"
#include "net/model.h"

enum {
	CD_PROPERTIES = 4,
};

/* "net", "classes", "fit", "provenance". */
extern const char *const cd_property_name[CD_PROPERTIES];

/* Of each the lines, newlines between them, escaped (cd_escape) but for tabs,
 * so that they are UTF-8; NULL where the model has none. */
struct cd_properties {
	char *value[CD_PROPERTIES]; /* in text */
	struct cd_buf text[CD_PROPERTIES];
};

/* made: the last line of provenance. All zero before; cd_properties_free frees,
 * after an error too. */
int cd_properties_of(struct cd_properties *, const struct cd_model *,
    const char *made, struct cd_err *) CD_MUST_CHECK;
void cd_properties_free(struct cd_properties *);

#endif
