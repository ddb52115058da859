/* The font: only the blank is empty, and no two letters look the same. */
#include "img/font.h"

#include <stdint.h>

#include "unit/check.h"

/* Bits of 11 rows of 5. */
static uint64_t
shape_of(int c)
{
	uint64_t bits = 0;
	int x, y;

	for (y = -CD_FONT_ABOVE; y < CD_FONT_H; y++)
		for (x = 0; x < CD_FONT_W; x++)
			bits = bits << 1 | cd_font_ink((unsigned)c, x, y);
	return bits;
}

int
main(void)
{
	const char *p = "\u00e4b\u20ac\xa4\xc3";
	int i, j, accented = 0;

	CHECK(shape_of(' ') == 0);
	for (i = ' '; i <= '~'; i++)
		for (j = i + 1; j <= '~' + 1; j++)
			CHECK(shape_of(i) != shape_of(j));
	CHECK(shape_of(0x416) == shape_of('\n'));
	CHECK(shape_of(CD_FONT_ELLIPSIS) != shape_of('.'));
	/* all accented letters differ, from each other and from plain ones */
	for (i = 0xc0; i < 0x180; i++) {
		if (shape_of(i) == shape_of('\n'))
			continue;
		accented++;
		for (j = i + 1; j < 0x180; j++)
			CHECK(shape_of(j) == shape_of('\n') ||
			    shape_of(i) != shape_of(j));
		for (j = ' '; j <= '~'; j++)
			CHECK(shape_of(i) != shape_of(j));
	}
	CHECK(accented > 160);
	CHECK(cd_font_next(&p) == 0xe4 && cd_font_next(&p) == 'b');
	CHECK(cd_font_next(&p) == 0x20ac && cd_font_next(&p) == 0xfffd);
	CHECK(cd_font_next(&p) == 0xfffd && cd_font_next(&p) == 0);
	CHECK(cd_font_ink('L', 0, 0) && cd_font_ink('L', 4, 6));
	CHECK(!cd_font_ink('L', 4, 0));
	return CHECK_DONE();
}
