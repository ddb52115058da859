/* The font: only the blank is empty, and no two letters look the same. */
#include "img/font.h"

#include <stdint.h>

#include "unit/check.h"

static uint64_t
shape_of(int c)
{
	uint64_t bits = 0;
	int x, y;

	for (y = 0; y < CD_FONT_H; y++)
		for (x = 0; x < CD_FONT_W; x++)
			bits = bits << 1 | cd_font_ink((unsigned char)c, x, y);
	return bits;
}

int
main(void)
{
	int i, j;

	CHECK(shape_of(' ') == 0);
	for (i = ' '; i <= '~'; i++)
		for (j = i + 1; j <= '~' + 1; j++)
			CHECK(shape_of(i) != shape_of(j));
	CHECK(shape_of(0xc3) == shape_of('\n'));
	CHECK(cd_font_ink('L', 0, 0) && cd_font_ink('L', 4, 6));
	CHECK(!cd_font_ink('L', 4, 0));
	return CHECK_DONE();
}
