/* The transforms of Winograd's F(4x4,3x3), eight channels at a time (Lavin and
 * Gray, CVPR 2016; the matrices B, G and A are theirs). A tile's 36 points lie
 * in 36 planes, `plane` floats apart. Channels are a multiple of 8. Private to
 * the convolutions made of them. */
#ifndef CD_KERN_WINO_H
#define CD_KERN_WINO_H

#include <stddef.h>

enum {
	CD_WINO_POINTS = 36,
};

/* V = B' d B of a 6x6 patch of cin channels, `line` floats from row to row; v:
 * the tile's place in plane 0, out. */
void cd_wino_in(const float *d, size_t line, int cin, float *v, size_t plane);
/* The adjoint, d = B V B': to a patch [6,6,cin], out. */
void cd_wino_in_back(const float *v, size_t plane, int cin, float *d);

/* Y = A' M A: to a tile [4,4,cout], out. */
void cd_wino_out(const float *m, size_t plane, int cout, float *y);
/* The adjoint, Z = A Y A'; z: the tile's place in plane 0, out. */
void cd_wino_out_back(const float *y, int cout, float *z, size_t plane);

/* U = G w G' of n filters' taps: w: [3,3] of n floats each, `tap` floats apart;
 * u: [36,n] out, `plane` floats from point to point. */
void cd_wino_weights(int n, const float *w, size_t tap, float *u, size_t plane);
/* The adjoint, w = G' U G. */
void cd_wino_weights_back(int n, const float *u, size_t plane, float *w,
    size_t tap);

#endif
