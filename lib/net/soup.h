/* The mean of models of one net: a model soup (Wortsman et al., "Model soups:
 * averaging weights of multiple fine-tuned models improves accuracy without
 * increasing inference time", ICML 2022), or the step of local SGD that brings
 * the workers together. */
#ifndef CD_NET_SOUP_H
#define CD_NET_SOUP_H

#include "base/err.h"
#include "net/model.h"

/* All zero is an empty soup. Free with cd_soup_free. */
struct cd_soup {
	struct cd_model first; /* which the mean becomes */
	const char *name;      /* of the first, for messages */
	double **sum;	       /* [nparams][n] */
	double weight;	       /* of all so far */
	int n;		       /* models so far */
	bool has_state;	       /* one of them had an optimiser's */
	bool unlike;	       /* they did not begin as one untrained model */
};

/* Adds weight times the numbers that the model in path predicts with: its
 * moving average, if it has one, else the parameters; statistics of norms too.
 * The nets must be the same text, and classes and the way pictures were brought
 * to size the same. path must last. */
int cd_soup_add(struct cd_soup *, const char *path, double weight,
    struct cd_err *) CD_MUST_CHECK;

/* soup->first becomes the mean: the sum, in double and in the order in which
 * models were added, divided by the sum of the weights. It has no moving
 * average and no optimiser's state; of the lines of training that of the epoch
 * stays, where all stand at the end of the same one. */
void cd_soup_settle(struct cd_soup *);

void cd_soup_free(struct cd_soup *);

#endif
