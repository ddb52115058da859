/* Options and operands of cd-split. */
#ifndef CD_CMD_SPLIT_OPT_H
#define CD_CMD_SPLIT_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "rec/share.h"

struct cd_split_output {
	char *path;
	const char *words; /* its share as given: "1000" */
};

struct cd_split_args {
	bool by_hash, per_class;
	int64_t seed;	       /* -1: not given */
	int fold, nfolds;      /* fold from 0; nfolds = 0: no folds */
	const char *by_labels; /* the option that needs them; NULL: none does */
	struct cd_split_output outputs[CD_SHARES_MAX];
	struct cd_share shares[CD_SHARES_MAX]; /* without folds */
	int n;				       /* of both */
	int fold_at; /* with folds: the output that gets the fold */
};

/* Parses argv, as cd_opt_parse does; options and operands that contradict each
 * other are a usage error. Returns a static struct. */
struct cd_split_args *cd_split_parse(int argc, char **argv);

#endif
