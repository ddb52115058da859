/* Colours of 8-bit pictures: tables, contrast, saturation, hue, sharpness.
 *
 * p is a picture of n pixels of c channels, 1 to 4, interleaved, changed in
 * place. With 3 or 4 channels the first three are red, green and blue; grey is
 * 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). With 1 or 2 channels it is the
 * first channel. */
#ifndef CD_PIX_COLOUR_H
#define CD_PIX_COLOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CD_COLOUR_CHANNELS = 4,
};

/* How often each value occurs, by channel. */
struct cd_histogram {
	uint32_t of[CD_COLOUR_CHANNELS][256];
};

void cd_histogram(struct cd_histogram *, const uint8_t *p, size_t n, int c);

/* The mean grey of the picture of this histogram after table. */
double cd_mean_grey(const struct cd_histogram *, size_t n, int c,
    const float table[256]);

/* One pass, rounded once at its end, halves up:
 *
 *	v = table[p]			all channels
 *	v = clamp(g + saturation (v - g))	g: the pixel's grey
 *	hue turned by `hue` of the circle	HSV: value and chroma stay
 *	v = g				where grey is set
 *
 * clamp is to 0 .. 255. The last three act on red, green and blue, and do
 * nothing with 1 or 2 channels. */
struct cd_colour {
	float table[256]; /* 0 to 255 */
	float saturation; /* 1: as it is */
	float hue;	  /* -1 to 1; 0: as it is */
	bool grey;
};

void cd_colour(uint8_t *p, size_t n, int c, const struct cd_colour *);

/* From n pixels of 3 channels to n of one, in place: their grey, rounded. */
void cd_to_grey(uint8_t *p, size_t n);

/* p = table[channel][p]. */
void cd_lookup_channels(uint8_t *p, size_t n, int c,
    const uint8_t table[CD_COLOUR_CHANNELS][256]);

/* p = clamp(b + f (p - b)), b = p smoothed by [1 1 1; 1 5 1; 1 1 1] / 13, the
 * outermost pixels being left as they are. spare: h w c bytes, overwritten. */
void cd_sharpen(uint8_t *p, int h, int w, int c, double f, uint8_t *spare);

#endif
