#include "img/exif.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	TAG_ORIENTATION = 0x0112,
	TYPE_SHORT = 3,
	ENTRY = 12, /* bytes of a directory's entry */
};

static unsigned
get16(const unsigned char *p, bool big)
{
	return big ? p[0] * 256U + p[1] : p[1] * 256U + p[0];
}

static uint32_t
get32(const unsigned char *p, bool big)
{
	uint32_t a = get16(p, big), b = get16(p + 2, big);

	return big ? a << 16 | b : b << 16 | a;
}

int
cd_exif_orientation(const unsigned char *p, size_t n)
{
	if (n < 6 || memcmp(p, "Exif\0", 6) != 0)
		return 0;
	return cd_exif_tiff_orientation(p + 6, n - 6);
}

int
cd_exif_tiff_orientation(const unsigned char *p, size_t n)
{
	size_t at, entries, i;
	bool big;

	if (n < 8)
		return 0;
	big = p[0] == 'M';
	if (memcmp(p, big ? "MM\0*" : "II*\0", 4) != 0)
		return 0;
	at = get32(p + 4, big);
	if (at > n || n - at < 2)
		return 0;
	entries = get16(p + at, big);
	at += 2;
	for (i = 0; i < entries && n - at >= ENTRY; i++, at += ENTRY) {
		unsigned value = get16(p + at + 8, big);

		if (get16(p + at, big) != TAG_ORIENTATION)
			continue;
		if (get16(p + at + 2, big) != TYPE_SHORT ||
		    get32(p + at + 4, big) != 1 || value < 1 || value > 8)
			return 0;
		return (int)value;
	}
	return 0;
}
