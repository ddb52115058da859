/* Options and operands of cd-split. */
#ifndef CD_CMD_SPLIT_OPT_H
#define CD_CMD_SPLIT_OPT_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "rec/share.h"

struct cd_split_output {
	char *path;
	const char *words; /* its share as given: "1000" */
};

struct cd_split_args {
	bool by_hash, per_class;
	bool grouped; /* --group, by this expression */
	regex_t group;
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

/* A number that is the same for keys that belong together: in which the
 * expression finds the same, its first parenthesis or all that it matches. A
 * key in which it finds nothing belongs to itself. */
uint64_t cd_split_together(const struct cd_split_args *, const char *key);

#endif
