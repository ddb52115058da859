#include "cmd/mixing.h"

#include <string.h>

#include "base/num.h"
#include "base/save.h"
#include "img/mix_log.h"

int
cd_mixing_way(void *to, const char *s, struct cd_err *e)
{
	struct cd_mix_way *w = to;
	char value[CD_CHANCED_TEXT];

	w->p = -1;
	if (cd_opt_chanced(s, value, &w->p, e) < 0)
		return -1;
	return cd_parse_real(value, 0.01, 100, &w->alpha, e);
}

/* Probabilities that were not given: what the other leaves, or halves. */
static void
share_out(struct cd_mix_way *a, struct cd_mix_way *b)
{
	bool both = a->alpha >= 0 && b->alpha >= 0;

	if (a->p < 0)
		a->p = a->alpha < 0 ? 0 : !both ? 1 : b->p < 0 ? 0.5 : 1 - b->p;
	if (b->p < 0)
		b->p = b->alpha < 0 ? 0 : 1 - a->p;
}

void
cd_mixing_check(struct cd_mixing *m)
{
	bool draws = m->mixup.alpha >= 0 || m->cutmix.alpha >= 0;

	if (m->replay_from && (draws || m->seed >= 0 || m->clean_tail >= 0))
		cd_usage("--replay goes with --drop-last, --log-parameters, -n "
			 "and -o only");
	m->on = draws || m->replay_from;
	if (!m->on && (m->seed >= 0 || m->clean_tail >= 0 || m->log_to))
		cd_usage("--clean-tail, --log-parameters and --seed go with "
			 "--mixup or --cutmix");
	if (draws)
		share_out(&m->mixup, &m->cutmix);
	if (m->mixup.p + m->cutmix.p > 1 + 1e-9)
		cd_usage("the probabilities of --mixup and --cutmix add up to "
			 "%g, more than 1",
		    m->mixup.p + m->cutmix.p);
	m->what = (struct cd_mix){ .mixup = m->mixup,
		.cutmix = m->cutmix,
		.seed = m->seed < 0 ? 0 : (uint64_t)m->seed,
		.tail = UINT64_MAX };
}

void
cd_mixing_open(struct cd_mixing *m, struct cd_filter *f)
{
	struct cd_err e = { "" };

	if (!m->on)
		return;
	m->batch.nclasses = cd_head_count(&f->head, "class");
	if (m->clean_tail >= 0)
		m->what.tail = cd_filter_tail(f, m->clean_tail);
	if (m->replay_from)
		cd_replay_open(&m->replay, m->replay_from, cd_mix_columns,
		    "cd-batch", f);
	if (!m->log_to)
		return;
	if (cd_log_open(&m->log, m->log_to, &e) < 0)
		cd_die("%s", e.msg);
	fprintf(m->log.f, "%s\n", cd_mix_columns);
}

void
cd_mixing_take(struct cd_mixing *m, struct cd_filter *f, const struct cd_rec *r)
{
	struct cd_err e = { "" };

	if (m->on && cd_mix_take(&m->batch, r, &e) < 0)
		cd_filter_blame(f, &e);
}

static void
replay(struct cd_mixing *m)
{
	struct cd_mix_batch *b = &m->batch;
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	struct cd_err e = { "" };
	const char *key;
	uint64_t i;

	for (i = 0; i < b->n; i++) {
		if (cd_mix_scan(b, i, cd_replay_line(&m->replay), &e) == 0)
			continue;
		key = b->picture[i].key;
		cd_die("%s: %s: %s", m->replay_from,
		    cd_escape(shown, sizeof shown, key, strlen(key)), e.msg);
	}
}

void
cd_mixing_batch(struct cd_mixing *m, struct cd_stack *s, struct cd_rec *rec)
{
	struct cd_err e = { "" };
	char line[CD_MIX_LINE];
	uint64_t i;

	if (!m->on) {
		cd_stack_rec(s, rec);
		return;
	}
	cd_mix_begin(&m->batch, s);
	if (m->replay.f)
		replay(m);
	else
		cd_mix_draws(&m->batch, &m->what);
	for (i = 0; m->log.f && i < m->batch.n; i++)
		fprintf(m->log.f, "%s\n", cd_mix_print(&m->batch, i, line));
	if (cd_mix_apply(&m->batch, s, rec, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_mixing_drop(struct cd_mixing *m)
{
	cd_mix_clear(&m->batch);
}

void
cd_mixing_close(struct cd_mixing *m)
{
	struct cd_err e = { "" };

	if (m->replay.f)
		cd_replay_close(&m->replay);
	if (m->log.f && cd_log_commit(&m->log, &e) < 0)
		cd_die("%s", e.msg);
	cd_mix_free(&m->batch);
}
