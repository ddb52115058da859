#include "train/progress.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "rec/shard.h"
#include "train/elapsed.h"

void
cd_progress_begin(struct cd_progress *p, const struct cd_head *h)
{
	int64_t batch = cd_head_number(h, "batch");

	p->start = p->epoch_start = p->last_live = cd_seconds();
	p->seen = p->seen_now = 0;
	p->waited = p->epoch_waited = 0;
	p->epochs = cd_head_number(h, "epochs");
	p->pictures = cd_shard_records(h);
	/* the last batch of an epoch may be smaller: near enough to tell the
	 * time left, until the first epoch has shown */
	p->about = batch > 1;
	if (p->pictures > 0 && batch > 0)
		p->pictures = p->pictures > INT64_MAX / batch ?
		    -1 :
		    p->pictures * batch;
}

/* Appends to buf at *n; cuts text that does not fit. */
static void
append(char *buf, size_t *n, const char *text)
{
	int k = snprintf(buf + *n, CD_PROGRESS_LINE - *n, "%s", text);

	*n += (size_t)k;
	if (*n >= CD_PROGRESS_LINE)
		*n = CD_PROGRESS_LINE - 1;
}

static void
append_left(const struct cd_progress *p, const struct cd_trainer *t,
    double rate, char *buf, size_t *used)
{
	double all = (double)p->epochs * (double)p->pictures;
	double done = (double)t->epoch * (double)p->pictures +
	    (double)t->position;
	double seconds = done < all ? (all - done) / rate : 0;
	char part[96];
	long left;

	if (t->budget > 0)
		seconds = fmax(t->budget - cd_trainer_elapsed(t), 0);
	else if (p->epochs <= 0 || p->pictures <= 0)
		return;
	else if (t->limit > 0)
		seconds = fmin(seconds,
		    fmax(t->limit - cd_trainer_elapsed(t), 0));
	if (!(seconds < 1e9))
		return;
	left = (long)seconds;
	snprintf(part, sizeof part, ", %ld:%02ld min left", left / 60,
	    left % 60);
	append(buf, used, part);
}

/* Appended only where it matters: the stages before are then too slow. */
static void
append_waiting(double share, double seconds, char *buf, size_t *used)
{
	char part[96];

	if (share < 0.05 || seconds < 1)
		return;
	snprintf(part, sizeof part, ", waiting for input %.0f %%", 100 * share);
	append(buf, used, part);
}

const char *
cd_progress_live(struct cd_progress *p, const struct cd_trainer *t,
    char buf[CD_PROGRESS_LINE])
{
	double now = cd_seconds(), rate, n = (double)t->position;
	char part[96];
	size_t used = 0;

	buf[0] = '\0';
	if (now - p->last_live < 0.5)
		return buf;
	p->last_live = now;
	rate = (double)p->seen / (now - p->start);
	snprintf(part, sizeof part, "epoch %llu: %llu",
	    (unsigned long long)t->epoch + 1, (unsigned long long)t->position);
	append(buf, &used, part);
	if (p->pictures > 0 && !p->about) {
		snprintf(part, sizeof part, " of %lld", (long long)p->pictures);
		append(buf, &used, part);
	}
	snprintf(part, sizeof part,
	    " pictures, loss %.4f, accuracy %.3f, "
	    "%.0f pictures/s",
	    t->sum_loss / n, (double)t->sum_correct / n, rate);
	append(buf, &used, part);
	append_waiting(p->waited / (now - p->start), now - p->start, buf,
	    &used);
	append_left(p, t, rate, buf, &used);
	return buf;
}

const char *
cd_progress_epoch(struct cd_progress *p, struct cd_epoch *s,
    char buf[CD_PROGRESS_LINE])
{
	double now = cd_seconds();
	char part[96];
	size_t used = 0;

	s->seconds = now - p->epoch_start;
	s->waited = fmin((p->waited - p->epoch_waited) /
		fmax(s->seconds - s->val_seconds, 1e-9),
	    1);
	p->epoch_start = now;
	p->epoch_waited = p->waited;
	snprintf(part, sizeof part, "epoch %llu",
	    (unsigned long long)s->epoch + 1);
	append(buf, &used, part);
	if (p->epochs > 0) {
		snprintf(part, sizeof part, " of %lld", (long long)p->epochs);
		append(buf, &used, part);
	}
	snprintf(part, sizeof part, ": loss %.4f accuracy %.4f", s->loss,
	    s->accuracy);
	append(buf, &used, part);
	if (s->validated) {
		snprintf(part, sizeof part,
		    "; validation loss %.4f "
		    "accuracy %.4f",
		    s->val_loss, s->val_accuracy);
		append(buf, &used, part);
	}
	snprintf(part, sizeof part, "; %.1f s, training %.0f pictures/s",
	    s->seconds, (double)p->seen_now / (s->seconds - s->val_seconds));
	if (s->pictures > 0) {
		p->pictures = (int64_t)s->pictures;
		p->about = false;
	}
	p->seen_now = 0;
	append(buf, &used, part);
	append_waiting(s->waited, s->seconds, buf, &used);
	return buf;
}
