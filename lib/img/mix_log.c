#include "img/mix_log.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "pix/mix.h"

const char cd_mix_columns[] = "key\tepoch\tview\toperation\tlambda\tpartner\t"
			      "distance\ttop\tleft\theight\twidth";

enum {
	KEY,
	EPOCH,
	VIEW,
	OPERATION,
	LAMBDA,
	PARTNER,
	DISTANCE,
	TOP,
	LEFT,
	HEIGHT,
	WIDTH,
	COLUMNS,
};

/* Appends an escaped key to the n bytes of buf; returns the length. */
static size_t
add_key(char *buf, size_t n, const char *key)
{
	cd_escape(buf + n, CD_ESCAPED(CD_KEY_MAX), key, strlen(key));
	return n + strlen(buf + n);
}

/* "KEY\tEPOCH\tVIEW\t" */
static size_t
put_name(const struct cd_mix_batch *b, uint64_t i, char buf[CD_MIX_LINE])
{
	size_t n = add_key(buf, 0, b->picture[i].key);

	snprintf(buf + n, CD_MIX_LINE - n, "\t%" PRIu64 "\t%" PRIu32 "\t",
	    b->epoch, b->picture[i].view);
	return n + strlen(buf + n);
}

char *
cd_mix_print(const struct cd_mix_batch *b, uint64_t i, char buf[CD_MIX_LINE])
{
	const struct cd_mix_draw *d = &b->picture[i].draw;
	size_t n = put_name(b, i, buf);

	/* %.17g is read back as the same number */
	snprintf(buf + n, CD_MIX_LINE - n, "%s\t%.17g\t", cd_mix_names[d->op],
	    d->lambda);
	n += strlen(buf + n);
	if (d->op != CD_MIX_NONE)
		n = add_key(buf, n, cd_mix_partner(b, i)->key);
	snprintf(buf + n, CD_MIX_LINE - n, "\t%" PRIu32 "\t%d\t%d\t%d\t%d",
	    d->distance, d->top, d->left, d->height, d->width);
	return buf;
}

/* The partner, by its distance; that of all pictures mixed in a batch is the
 * same. */
static int
scan_partner(struct cd_mix_batch *b, uint64_t i, char **c, struct cd_err *e)
{
	struct cd_mix_draw *d = &b->picture[i].draw;
	char key[CD_ESCAPED(CD_KEY_MAX)];
	uint64_t k;
	int distance;

	if (b->n < 2)
		return cd_fail(e, "it is mixed, but in a batch of one here");
	if (cd_log_whole(c[DISTANCE], 1, (int64_t)b->n - 1, &distance, e) < 0)
		return -1;
	d->distance = (uint32_t)distance;
	for (k = 0; k < i; k++)
		if (b->picture[k].draw.distance != 0 &&
		    b->picture[k].draw.distance != d->distance)
			return cd_fail(e,
			    "the distance differs from that of '%s' in the "
			    "same batch",
			    b->picture[k].key);
	add_key(key, 0, cd_mix_partner(b, i)->key);
	if (strcmp(key, c[PARTNER]) != 0)
		return cd_fail(e,
		    "its partner in this batch is %s, in the log %s", key,
		    c[PARTNER]);
	return 0;
}

static int
scan_draw(const struct cd_mix_batch *b, struct cd_mix_draw *d, char **c,
    struct cd_err *e)
{
	double k;

	if (cd_log_whole(c[TOP], 0, b->h, &d->top, e) < 0 ||
	    cd_log_whole(c[LEFT], 0, b->w, &d->left, e) < 0 ||
	    cd_log_whole(c[HEIGHT], 0, b->h - d->top, &d->height, e) < 0 ||
	    cd_log_whole(c[WIDTH], 0, b->w - d->left, &d->width, e) < 0 ||
	    cd_parse_real(c[LAMBDA], 0, 1, &d->lambda, e) < 0)
		return -1;
	k = d->lambda * CD_MIX_ONE;
	if (d->op == CD_MIX_MIXUP && floor(k) != k)
		return cd_fail(e, "lambda %s is no multiple of 1/%d", c[LAMBDA],
		    CD_MIX_ONE);
	if (d->op == CD_MIX_CUTMIX &&
	    fabs(d->lambda - cd_mix_outside(d, b->h, b->w)) > 1e-9)
		return cd_fail(e,
		    "lambda %s is not the share outside the box, %.17g",
		    c[LAMBDA], cd_mix_outside(d, b->h, b->w));
	if (d->op == CD_MIX_NONE && d->lambda < 1)
		return cd_fail(e, "lambda %s, but nothing is mixed", c[LAMBDA]);
	return 0;
}

int
cd_mix_scan(struct cd_mix_batch *b, uint64_t i, const char *line,
    struct cd_err *e)
{
	struct cd_mix_draw *d = &b->picture[i].draw;
	char copy[CD_MIX_LINE], *c[COLUMNS];
	int op;

	*d = (struct cd_mix_draw){ .lambda = 1 };
	if (strncmp(line, copy, put_name(b, i, copy)) != 0)
		return cd_fail(e, "the log has another picture here: %.*s",
		    (int)strcspn(line, "\t"), line);
	if (cd_log_columns(line, copy, sizeof copy, c, COLUMNS, e) < 0 ||
	    cd_parse_word(c[OPERATION], cd_mix_names, &op, e) < 0)
		return -1;
	d->op = (enum cd_mix_op)op;
	if (scan_draw(b, d, c, e) < 0)
		return -1;
	return op == CD_MIX_NONE ? 0 : scan_partner(b, i, c, e);
}
