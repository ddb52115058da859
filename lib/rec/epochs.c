#include "rec/epochs.h"

int
cd_epochs_take(struct cd_epochs *s, const struct cd_rec *r, struct cd_err *e)
{
	if (r->epoch < s->least)
		return cd_fail(e,
		    "epoch %llu comes after the end of epoch %llu: a stream "
		    "that follows another goes on with the next one, as by "
		    "cd-shuffle --from-epoch %llu; cd-merge --by round-robin "
		    "puts the samples of each epoch together",
		    (unsigned long long)r->epoch,
		    (unsigned long long)s->least - 1,
		    (unsigned long long)s->least);
	s->least = r->epoch;
	if (r->kind == CD_MARK && s->least < UINT64_MAX)
		s->least++;
	return 0;
}
