#include "base/format.h"

#include <string.h>
#include <strings.h>

/* After `at` bytes come those of magic. More than one line may match: the first
 * counts. */
static const struct {
	int at, n;
	const char *magic, *name;
} known[] = {
	{ 0, 4, "\x89TRS", "a tensor-record stream" },
	{ 0, 3, "\xff\xd8\xff", "a JPEG picture" },
	{ 0, 4, "\x89PNG", "a PNG picture" },
	{ 0, 4, "GIF8", "a GIF picture" },
	{ 8, 4, "WEBP", "a WebP picture" },
	{ 4, 8, "ftypavif", "an AVIF picture" },
	{ 4, 8, "ftypavis", "an AVIF picture" },
	{ 4, 7, "ftyphei", "a HEIC picture" },
	{ 4, 7, "ftyphev", "a HEIC picture" },
	{ 4, 8, "ftypmif1", "a HEIC picture" },
	{ 4, 8, "ftypmsf1", "a HEIC picture" },
	{ 4, 4, "ftyp", "a film, or a picture of that family" },
	{ 0, 12, "\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture" },
	{ 0, 2, "\xff\x0a", "a JPEG XL picture" },
	{ 0, 12, "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture" },
	{ 0, 4, "\xff\x4f\xff\x51", "a JPEG 2000 picture" },
	{ 0, 4, "II*\0", "a TIFF picture" },
	{ 0, 4, "MM\0*", "a TIFF picture" },
	{ 0, 4, "8BPS", "a Photoshop picture (PSD)" },
	{ 0, 4, "\0\0\1\0", "an icon (ICO)" },
	{ 0, 5, "%PDF-", "a PDF document" },
	{ 0, 2, "\x1f\x8b", "gzip data" },
	{ 0, 3, "BZh", "bzip2 data" },
	{ 0, 6, "\xfd\x37zXZ\0", "xz data" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "zstd data" },
	{ 0, 4, "\x04\x22\x4d\x18", "lz4 data" },
	{ 0, 4, "PK\3\4", "a ZIP archive" },
	{ 0, 6, "\x93NUMPY", "a NumPy array" },
	{ 0, 8, "\x89HDF\r\n\x1a\n", "an HDF5 file" },
	{ 0, 4,
	    "\x7f"
	    "ELF",
	    "a program" },
	{ 0, 9, "stream 1\n", "the text of one (cd-text -r reads it)" },
	{ 0, 2, "BM", "a BMP picture" },
};

const char *
cd_format_name(const void *p, size_t n)
{
	const char *s = p;
	size_t i, white;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= (size_t)(known[i].at + known[i].n) &&
		    memcmp(s + known[i].at, known[i].magic,
			(size_t)known[i].n) == 0)
			return known[i].name;
	if (n > CD_FORMAT_BYTES)
		n = CD_FORMAT_BYTES;
	for (white = 0; white < n && memchr("\r\n\t ", s[white], 4); white++)
		;
	if (n > white && s[white] == '<')
		return "HTML or XML";
	return NULL;
}
