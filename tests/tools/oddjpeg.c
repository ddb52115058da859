/* JPEG files of all kinds, to test a decoder.
 *
 *	oddjpeg KIND [N] [WxH] > FILE
 *
 * The picture (64x48, or WxH, best in multiples of 16): top left red, top
 * right green, bottom left blue, bottom right nearly white.
 *
 *	text, text-grey		its pixels as lines "r g b": what to expect
 *	baseline		YCbCr, all samples, nearly no loss
 *	halved			the same with colour at half the resolution
 *	grey, rgb, cmyk		colour spaces; cmyk without Adobe's marker
 *	adobe-cmyk, ycck	with it, inverted as Adobe's programs do
 *	two			two components
 *	progressive, arithmetic
 *	scans N			progressive, N scans (4 to 190)
 *	exif N, exif-be N	EXIF orientation N, little- or big-endian;
 *				stored so that it is seen upright
 *	twelve, lossless	claims to have 12 bits a sample; SOF3
 *	huge			claims to have 65000x65000 pixels
 *	tableless		without the tables that decoding it needs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static int width = 64, height = 48;

/* Pixel (x, y) as it is seen. */
static void
pixel(int x, int y, unsigned char *rgb)
{
	static const unsigned char colour[4][3] = {
		{ 200, 40, 40 },
		{ 40, 180, 60 },
		{ 40, 60, 200 },
		{ 230, 220, 210 },
	};

	memcpy(rgb, colour[(y >= height / 2) * 2 + (x >= width / 2)], 3);
}

static int
luminance(const unsigned char *p)
{
	return (299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000;
}

static void
text(int grey)
{
	unsigned char p[3];
	int x, y;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			pixel(x, y, p);
			if (grey)
				p[0] = p[1] = p[2] = (unsigned char)luminance(
				    p);
			printf("%d %d %d\n", p[0], p[1], p[2]);
		}
}

/* What the standard says of each orientation: the side that is seen where row
 * 0 is stored, and where column 0 is. */
static const char *const sides[9] = { "TL", "TL", "TR", "BR", "BL", "LT", "RT",
	"RB", "LB" };

/* The pixel stored in a row and column. */
static void
stored(int orientation, int row, int column, unsigned char *rgb)
{
	const char *side = sides[orientation];
	int i, x = 0, y = 0;

	for (i = 0; i < 2; i++) {
		int at = i == 0 ? row : column;

		switch (side[i]) {
		case 'T':
			y = at;
			break;
		case 'B':
			y = height - 1 - at;
			break;
		case 'L':
			x = at;
			break;
		default:
			x = width - 1 - at;
			break;
		}
	}
	pixel(x, y, rgb);
}

/* Ink of a colour: black as far as all have it in common. */
static void
to_cmyk(const unsigned char *rgb, unsigned char *cmyk, int inverted)
{
	int max = rgb[0], c;

	for (c = 1; c < 3; c++)
		if (rgb[c] > max)
			max = rgb[c];
	for (c = 0; c < 3; c++)
		cmyk[c] = (unsigned char)(255 - rgb[c] * 255 / max);
	cmyk[3] = (unsigned char)(255 - max);
	for (c = 0; c < 4 && inverted; c++)
		cmyk[c] = (unsigned char)(255 - cmyk[c]);
}

/* Progressive, n scans: the DC, then one scan for each AC coefficient of one
 * component after the other; the last scan of each has all that is left of
 * it. */
static jpeg_scan_info *
script(int n)
{
	static jpeg_scan_info s[200];
	int i, left = n - 1, c, k, per;

	s[0].comps_in_scan = 3;
	for (c = 0; c < 3; c++)
		s[0].component_index[c] = c;
	for (i = 1, c = 0; c < 3; c++) {
		/* one at least for each component behind */
		per = left - (2 - c) < 63 ? left - (2 - c) : 63;
		for (k = 1; k <= per; k++, i++, left--) {
			s[i].comps_in_scan = 1;
			s[i].component_index[0] = c;
			s[i].Ss = k;
			s[i].Se = k == per ? 63 : k;
		}
	}
	return s;
}

static void
set_kind(struct jpeg_compress_struct *c, const char *kind, int n)
{
	int i, space = c->in_color_space;

	jpeg_set_defaults(c);
	jpeg_set_quality(c, 100, TRUE);
	if (strcmp(kind, "grey") == 0)
		jpeg_set_colorspace(c, JCS_GRAYSCALE);
	else if (strcmp(kind, "rgb") == 0)
		jpeg_set_colorspace(c, JCS_RGB);
	else if (strcmp(kind, "ycck") == 0)
		jpeg_set_colorspace(c, JCS_YCCK);
	else if (space != JCS_RGB)
		jpeg_set_colorspace(c, space);
	for (i = 0; i < c->num_components && strcmp(kind, "halved"); i++)
		c->comp_info[i].h_samp_factor = c->comp_info[i]
						    .v_samp_factor = 1;
	c->write_Adobe_marker = c->write_Adobe_marker &&
	    strcmp(kind, "cmyk") != 0;
	c->arith_code = strcmp(kind, "arithmetic") == 0;
	if (strcmp(kind, "progressive") == 0)
		jpeg_simple_progression(c);
	if (strcmp(kind, "scans") == 0) {
		c->scan_info = script(n);
		c->num_scans = n;
	}
}

static void
write_exif(struct jpeg_compress_struct *c, int n, int big)
{
	unsigned char
	    le[] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0N\0\0\0"
		   "\0\0\0\0";
	unsigned char
	    be[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0N\0\0"
		   "\0\0\0\0";

	le[24] = be[25] = (unsigned char)n;
	jpeg_write_marker(c, JPEG_APP0 + 1, big ? be : le, 32);
}

static void
write_rows(struct jpeg_compress_struct *c, const char *kind, int orientation)
{
	unsigned char *row = malloc(4 * c->image_width), rgb[3];
	int i, space = c->in_color_space;
	unsigned x;

	if (!row)
		exit(2);
	while (c->next_scanline < c->image_height) {
		for (x = 0; x < c->image_width; x++) {
			stored(orientation, (int)c->next_scanline, (int)x, rgb);
			if (space == JCS_CMYK)
				to_cmyk(rgb, row + 4 * x,
				    strcmp(kind, "cmyk") != 0);
			for (i = 0;
			     i < c->input_components && space != JCS_CMYK; i++)
				row[c->input_components * (int)x + i] = rgb[i];
		}
		jpeg_write_scanlines(c, &row, 1);
	}
	free(row);
}

/* Changes the frame header, so that it claims something else. */
static void
falsify(unsigned char *p, unsigned long n, const char *kind)
{
	unsigned long i;

	for (i = 0; i + 9 < n; i++)
		if (p[i] == 0xff && p[i + 1] == 0xc0)
			break;
	if (strcmp(kind, "twelve") == 0)
		p[i + 4] = 12;
	else if (strcmp(kind, "lossless") == 0)
		p[i + 1] = 0xc3;
	else if (strcmp(kind, "huge") == 0)
		memcpy(p + i + 5, "\xfd\xe8\xfd\xe8", 4);
}

static void
write_jpeg(const char *kind, int n)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr error;
	unsigned char *out = NULL;
	unsigned long size = 0;
	int exif = strncmp(kind, "exif", 4) == 0;
	int orientation = exif && n >= 1 && n <= 8 ? n : 1;

	c.err = jpeg_std_error(&error);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &size);
	c.image_width = (unsigned)(orientation >= 5 ? height : width);
	c.image_height = (unsigned)(orientation >= 5 ? width : height);
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	if (strstr(kind, "cmyk") || strcmp(kind, "ycck") == 0) {
		c.input_components = 4;
		c.in_color_space = JCS_CMYK;
	} else if (strcmp(kind, "two") == 0) {
		c.input_components = 2;
		c.in_color_space = JCS_UNKNOWN;
	}
	set_kind(&c, kind, n);
	if (strcmp(kind, "tableless") == 0)
		jpeg_suppress_tables(&c, TRUE);
	jpeg_start_compress(&c, strcmp(kind, "tableless") != 0);
	if (exif)
		write_exif(&c, n, strcmp(kind, "exif-be") == 0);
	write_rows(&c, kind, orientation);
	jpeg_finish_compress(&c);
	falsify(out, size, kind);
	if (fwrite(out, 1, size, stdout) != size || fflush(stdout) == EOF)
		exit(2);
	jpeg_destroy_compress(&c);
	free(out);
}

int
main(int argc, char **argv)
{
	int i, w, h, n = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: oddjpeg kind [n] [WxH]\n");
		return 2;
	}
	for (i = 2; i < argc; i++)
		if (sscanf(argv[i], "%dx%d", &w, &h) == 2) {
			width = w;
			height = h;
		} else {
			n = (int)strtol(argv[i], NULL, 10);
		}
	if (strncmp(argv[1], "text", 4) == 0)
		text(strcmp(argv[1], "text-grey") == 0);
	else
		write_jpeg(argv[1], n);
	return 0;
}
