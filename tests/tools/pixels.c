/* Looks into a PNG, so that tests need no image tools: pixels at X Y prints
 * "R G B", pixels count R G B how many pixels have that colour, pixels size
 * "W H". Reads standard input; exits 2 where that is no whole PNG. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *rgb;
static long w, h;

static void
die(const char *what)
{
	fprintf(stderr, "pixels: %s\n", what);
	exit(2);
}

static void
read_png(void)
{
	png_image image;

	memset(&image, 0, sizeof image);
	image.version = PNG_IMAGE_VERSION;
	if (!png_image_begin_read_from_stdio(&image, stdin))
		die(image.message);
	image.format = PNG_FORMAT_RGB;
	rgb = malloc(PNG_IMAGE_SIZE(image));
	if (!rgb || !png_image_finish_read(&image, NULL, rgb, 0, NULL))
		die(image.message);
	w = (long)image.width;
	h = (long)image.height;
}

static long
number(const char *s)
{
	return strtol(s, NULL, 10);
}

static long
count(long r, long g, long b)
{
	long i, n = 0;

	for (i = 0; i < w * h; i++)
		n += rgb[3 * i] == r && rgb[3 * i + 1] == g &&
		    rgb[3 * i + 2] == b;
	return n;
}

int
main(int argc, char **argv)
{
	const unsigned char *p;

	read_png();
	if (argc == 2 && strcmp(argv[1], "size") == 0) {
		printf("%ld %ld\n", w, h);
	} else if (argc == 4 && strcmp(argv[1], "at") == 0) {
		long x = number(argv[2]), y = number(argv[3]);

		if (x < 0 || y < 0 || x >= w || y >= h)
			die("no such pixel");
		p = rgb + 3 * (y * w + x);
		printf("%d %d %d\n", p[0], p[1], p[2]);
	} else if (argc == 5 && strcmp(argv[1], "count") == 0) {
		printf("%ld\n",
		    count(number(argv[2]), number(argv[3]), number(argv[4])));
	} else {
		die("at X Y, count R G B or size");
	}
	free(rgb);
	return 0;
}
