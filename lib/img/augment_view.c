#include "img/augment_view.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

static const char *const corners[] = {
	[CD_CORNER_NONE] = "middle",
	[CD_CORNER_TL] = "tl",
	[CD_CORNER_TR] = "tr",
	[CD_CORNER_BL] = "bl",
	[CD_CORNER_BR] = "br",
	NULL,
};

/* "S" or "S:CORNER". */
static int
parse_crop(struct cd_view *v, char *s, struct cd_err *e)
{
	char *colon = strchr(s, ':');
	int corner = CD_CORNER_NONE;

	if (colon) {
		*colon = '\0';
		if (cd_parse_word(colon + 1, corners, &corner, e) < 0)
			return -1;
		v->corner = (enum cd_corner)corner;
	}
	return cd_parse_real(s, 1e-6, 1, &v->crop, e);
}

/* What a word sets, as a bit, or -1. */
static int
parse_word(struct cd_view *v, char *s, struct cd_err *e)
{
	enum { SIZE = 1, FLIP = 2, CROP = 4, WHOLE = 8 };

	if (strcmp(s, "flip") == 0) {
		v->flip = true;
		return FLIP;
	}
	if (strcmp(s, "whole") == 0)
		return WHOLE | CROP; /* not together */
	if (strncmp(s, "crop=", 5) == 0)
		return parse_crop(v, s + 5, e) < 0 ? -1 : CROP;
	if (*s < '0' || *s > '9')
		return cd_fail(e,
		    "none of WxH, flip, crop=SHARE[:CORNER], "
		    "whole");
	return cd_parse_wxh(s, 1, CD_WXH_MAX, &v->w, &v->h, e) < 0 ? -1 : SIZE;
}

/* Words joined by +. */
static int
parse_view(struct cd_view *v, char *s, struct cd_err *e)
{
	char shown[64], *next;
	int seen = 0, bit;

	*v = (struct cd_view){ .crop = 1 };
	for (; s; s = next) {
		next = strchr(s, '+');
		if (next)
			*next++ = '\0';
		cd_escape(shown, sizeof shown, s, strlen(s));
		bit = parse_word(v, s, e);
		if (bit < 0)
			return cd_fail_at(e, "'%s'", shown);
		if (seen & bit)
			return cd_fail(e,
			    "'%s' comes after a word that "
			    "excludes it",
			    shown);
		seen |= bit;
	}
	return 0;
}

int
cd_views_parse(struct cd_views *views, const char *text, struct cd_err *e)
{
	char part[128];
	size_t n;

	for (views->n = 0;; views->n++) {
		n = strcspn(text, ",");
		if (views->n == CD_VIEWS_MAX)
			return cd_fail(e, "more than %d views", CD_VIEWS_MAX);
		if (n == 0 || n >= sizeof part)
			return cd_fail(e, "view %d is empty or too long",
			    views->n);
		memcpy(part, text, n);
		part[n] = '\0';
		if (parse_view(&views->view[views->n], part, e) < 0)
			return cd_fail_at(e, "view %d", views->n);
		if (!text[n])
			break;
		text += n + 1;
	}
	views->n++;
	return 0;
}

static int
part_of(double share, int side)
{
	int n = (int)lrint(share * side);

	return n < 1 ? 1 : n;
}

struct cd_augment_draw
cd_view_draw(const struct cd_view *v, const struct cd_augment_size *s)
{
	struct cd_augment_draw d = cd_augment_draw_none(s);

	d.flip = v->flip;
	d.height = part_of(v->crop, s->h);
	d.width = part_of(v->crop, s->w);
	d.top = s->h - d.height;
	d.left = s->w - d.width;
	switch (v->corner) {
	case CD_CORNER_NONE:
		d.top /= 2;
		d.left /= 2;
		break;
	case CD_CORNER_TL:
		d.top = d.left = 0;
		break;
	case CD_CORNER_TR:
		d.top = 0;
		break;
	case CD_CORNER_BL:
		d.left = 0;
		break;
	case CD_CORNER_BR:
		break;
	}
	return d;
}
