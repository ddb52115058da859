/* The size at which a net is run. */
#ifndef CD_SCORE_RUN_SIZE_H
#define CD_SCORE_RUN_SIZE_H

#include <stdbool.h>

#include "base/err.h"

struct cd_run_size {
	int w, h; /* pictures are resized to it; 0: the net's, which they must
		   * have */
	bool own; /* that of each picture; w, h: 0 */
};

/* For struct cd_opt, to a struct cd_run_size: WxH or "own". */
int cd_run_size_parse(void *to, const char *arg, struct cd_err *);

#endif
