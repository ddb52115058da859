#include "img/augment_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"

const char cd_augment_columns[] =
    "key\tepoch\tview\trotate\tshear\tshift-y\t"
    "shift-x\tzoom-y\tzoom-x\tflip\tflip-vertical\tchannel-shift\t"
    "brightness\ttop\tleft\theight\twidth\t"
    "contrast\tsaturation\thue\tgrey\ttrivial\tmagnitude\t"
    "erase-top\terase-left\terase-height\terase-width\tnoise";

enum {
	COLUMNS = 28,
	FIRST = 3, /* column of the draw */
};

char *
cd_augment_print(const struct cd_rec *r, const struct cd_augment_draw *d,
    char buf[CD_AUGMENT_LINE])
{
	size_t n;

	cd_escape(buf, CD_ESCAPED(CD_KEY_MAX), r->key, strlen(r->key));
	n = strlen(buf);
	/* %.17g is read back as the same number */
	snprintf(buf + n, CD_AUGMENT_LINE - n,
	    "\t%" PRIu64 "\t%" PRIu32
	    "\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g\t%d\t%d\t%.17g\t%.17g"
	    "\t%d\t%d\t%d\t%d",
	    r->epoch, r->view, d->rotate, d->shear, d->shift_y, d->shift_x,
	    d->zoom_y, d->zoom_x, d->flip, d->flip_vertical, d->channel_shift,
	    d->brightness, d->top, d->left, d->height, d->width);
	n += strlen(buf + n);
	snprintf(buf + n, CD_AUGMENT_LINE - n,
	    "\t%.17g\t%.17g\t%.17g\t%d\t%s\t%.17g"
	    "\t%d\t%d\t%d\t%d\t%" PRIu64,
	    d->contrast, d->saturation, d->hue, d->grey,
	    cd_trivial_names[d->trivial], d->magnitude, d->erase_top,
	    d->erase_left, d->erase_height, d->erase_width, d->noise);
	return buf;
}

/* Is this line's key, epoch and view those of the sample? */
static int
same_sample(const char *line, const struct cd_rec *r, struct cd_err *e)
{
	static const struct cd_augment_draw none;
	char want[CD_AUGMENT_LINE];
	char *p = cd_augment_print(r, &none, want);
	size_t n;
	int i;

	for (i = 0; i < FIRST; i++)
		p = strchr(p, '\t') + 1;
	n = (size_t)(p - want);
	if (strncmp(line, want, n) == 0)
		return 0;
	return cd_fail(e, "the log has another sample here: %.*s",
	    (int)strcspn(line, "\t"), line);
}

static int
scan_flag(const char *s, bool *out, struct cd_err *e)
{
	int v;

	if (cd_log_whole(s, 0, 1, &v, e) < 0)
		return -1;
	*out = v;
	return 0;
}

/* Of the operation read before it. */
static int
scan_magnitude(const char *s, struct cd_augment_draw *d, struct cd_err *e)
{
	struct cd_range r = cd_trivial_range(d->trivial);

	return cd_parse_real(s, r.lo, r.hi, &d->magnitude, e);
}

/* The columns up to width. */
static int
scan_first(char **c, const struct cd_augment_size *s, struct cd_augment_draw *d,
    struct cd_err *e)
{
	if (cd_parse_real(c[0], -180, 180, &d->rotate, e) < 0 ||
	    cd_parse_real(c[1], -89, 89, &d->shear, e) < 0 ||
	    cd_parse_real(c[2], -65535, 65535, &d->shift_y, e) < 0 ||
	    cd_parse_real(c[3], -65535, 65535, &d->shift_x, e) < 0 ||
	    cd_parse_real(c[4], 0.01, 100, &d->zoom_y, e) < 0 ||
	    cd_parse_real(c[5], 0.01, 100, &d->zoom_x, e) < 0 ||
	    scan_flag(c[6], &d->flip, e) < 0 ||
	    scan_flag(c[7], &d->flip_vertical, e) < 0 ||
	    cd_parse_real(c[8], -255, 255, &d->channel_shift, e) < 0 ||
	    cd_parse_real(c[9], 0, 100, &d->brightness, e) < 0 ||
	    cd_log_whole(c[10], 0, s->h - 1, &d->top, e) < 0 ||
	    cd_log_whole(c[11], 0, s->w - 1, &d->left, e) < 0 ||
	    cd_log_whole(c[12], 1, s->h - d->top, &d->height, e) < 0 ||
	    cd_log_whole(c[13], 1, s->w - d->left, &d->width, e) < 0)
		return -1;
	return 0;
}

/* Those from contrast on. */
static int
scan_rest(char **c, const struct cd_augment_size *s, struct cd_augment_draw *d,
    struct cd_err *e)
{
	int64_t noise;
	int which;

	if (cd_parse_real(c[0], 0, 100, &d->contrast, e) < 0 ||
	    cd_parse_real(c[1], 0, 100, &d->saturation, e) < 0 ||
	    cd_parse_real(c[2], -0.5, 0.5, &d->hue, e) < 0 ||
	    scan_flag(c[3], &d->grey, e) < 0 ||
	    cd_parse_word(c[4], cd_trivial_names, &which, e) < 0)
		return -1;
	d->trivial = (enum cd_trivial)which;
	if (scan_magnitude(c[5], d, e) < 0 ||
	    cd_log_whole(c[6], 0, s->oh - 1, &d->erase_top, e) < 0 ||
	    cd_log_whole(c[7], 0, s->ow - 1, &d->erase_left, e) < 0 ||
	    cd_log_whole(c[8], 0, s->oh - d->erase_top, &d->erase_height, e) <
		0 ||
	    cd_log_whole(c[9], 0, s->ow - d->erase_left, &d->erase_width, e) <
		0 ||
	    cd_parse_int(c[10], 0, ((int64_t)1 << 53) - 1, &noise, e) < 0)
		return -1;
	d->noise = (uint64_t)noise;
	return 0;
}

int
cd_augment_scan(const char *line, const struct cd_rec *r,
    const struct cd_augment_size *s, struct cd_augment_draw *d,
    struct cd_err *e)
{
	char copy[CD_AUGMENT_LINE], *at[COLUMNS], **c = at + FIRST;

	if (cd_log_columns(line, copy, sizeof copy, at, COLUMNS, e) < 0 ||
	    same_sample(line, r, e) < 0)
		return -1;
	if (scan_first(c, s, d, e) < 0 || scan_rest(c + 14, s, d, e) < 0)
		return cd_fail_at(e, "the log");
	return 0;
}
