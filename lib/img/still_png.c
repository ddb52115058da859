#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "img/exif.h"
#include "img/still.h"

enum {
	CHUNK_MEMORY = 8 << 20, /* of one that is not pixels */
};

struct reading {
	const unsigned char *data;
	size_t n, at;
	bool animated;
	struct cd_err *e;
};

static void
on_error(png_structp p, png_const_charp text)
{
	struct reading *r = png_get_error_ptr(p);

	if (r->e)
		r->e->sys = strstr(text, "memory") ? ENOMEM : 0;
	cd_fail(r->e, "%s", text);
	png_longjmp(p, 1);
}

static void
on_warning(png_structp p, png_const_charp text)
{
	(void)p;
	(void)text;
}

static void
read_data(png_structp p, png_bytep to, size_t n)
{
	struct reading *r = png_get_io_ptr(p);

	if (n > r->n - r->at)
		png_error(p, "the picture is cut");
	memcpy(to, r->data + r->at, n);
	r->at += n;
}

static int
take_chunk(png_structp p, png_unknown_chunkp chunk)
{
	struct reading *r = png_get_user_chunk_ptr(p);

	if (memcmp(chunk->name, "acTL", 4) == 0)
		r->animated = true;
	return 1;
}

/* All to 8-bit RGBA. Chunks that change no stored value are passed over:
 * libpng's complaints about them, a profile say, concern nothing here. */
static void
set_up(png_structp p, struct reading *r)
{
	static const unsigned char ignored[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0"
					       "iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0"
					       "sCAL\0sPLT\0sRGB\0tEXt\0tIME\0"
					       "zTXt";

	png_set_read_fn(p, r, read_data);
	png_set_read_user_chunk_fn(p, r, take_chunk);
	png_set_keep_unknown_chunks(p, PNG_HANDLE_CHUNK_NEVER, ignored,
	    (int)(sizeof ignored / 5));
	png_set_chunk_malloc_max(p, CHUNK_MEMORY);
	png_set_user_limits(p, 0x7fffffff, 0x7fffffff); /* ours are below */
	png_set_benign_errors(p, 0);			/* errors all */
}

static void
read_pixels(png_structp p, png_infop info, const struct cd_still_how *how,
    size_t n, struct cd_buf *out, struct cd_still *s, struct cd_err *e)
{
	int passes, y;

	png_read_info(p, info);
	s->w = (int)png_get_image_width(p, info);
	s->h = (int)png_get_image_height(p, info);
	/* RGBA, and the pixels again where they are turned */
	if (cd_still_room(how, s->w, s->h, n, 4 + 3, out, e) < 0)
		png_longjmp(p, 1);
	png_set_expand(p); /* palettes, 1 to 4 bits, tRNS */
	png_set_scale_16(p);
	png_set_gray_to_rgb(p);
	png_set_add_alpha(p, 255, PNG_FILLER_AFTER);
	passes = png_set_interlace_handling(p);
	png_read_update_info(p, info);
	for (; passes > 0; passes--)
		for (y = 0; y < s->h; y++)
			png_read_row(p,
			    out->data + 4 * (size_t)s->w * (size_t)y, NULL);
	png_read_end(p, info);
}

int
cd_still_png(const struct cd_still_how *how, const unsigned char *data,
    size_t n, struct cd_buf *out, struct cd_still *s, struct cd_err *e)
{
	struct reading r = { .data = data, .n = n, .e = e };
	png_structp p = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r,
	    on_error, on_warning);
	png_infop info = p ? png_create_info_struct(p) : NULL;
	png_bytep exif;
	png_uint_32 nexif;

	if (!info) {
		png_destroy_read_struct(&p, NULL, NULL);
		if (e)
			e->sys = ENOMEM;
		return cd_fail(e, "out of memory in libpng");
	}
	if (setjmp(png_jmpbuf(p))) {
		png_destroy_read_struct(&p, &info, NULL);
		return -1;
	}
	set_up(p, &r);
	read_pixels(p, info, how, n, out, s, e);
	s->orientation = 0;
	if (png_get_eXIf_1(p, info, &nexif, &exif))
		s->orientation = cd_exif_tiff_orientation(exif, nexif);
	if (s->orientation == 0)
		s->orientation = 1;
	s->more = r.animated;
	png_destroy_read_struct(&p, &info, NULL);
	cd_still_flatten(how, out, (size_t)s->w * (size_t)s->h);
	return 0;
}
