#include "img/png.h"

#include <fcntl.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

#include <png.h>

#include "base/save.h"

static void
on_error(png_structp p, png_const_charp text)
{
	/* libpng's "Write Error" does not say why; errno does */
	if (strcmp(text, "Write Error") == 0)
		cd_fail_errno(png_get_error_ptr(p), "write");
	else
		cd_fail(png_get_error_ptr(p), "%s", text);
	png_longjmp(p, 1);
}

static void
on_warning(png_structp p, png_const_charp text)
{
	(void)p;
	(void)text;
}

int
cd_png_write(FILE *f, const unsigned char *pixels, int w, int h, int channels,
    size_t stride, struct cd_err *e)
{
	png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, e,
	    on_error, on_warning);
	png_infop info = p ? png_create_info_struct(p) : NULL;
	int y;

	if (!info) {
		png_destroy_write_struct(&p, NULL);
		return cd_fail(e, "out of memory");
	}
	if (setjmp(png_jmpbuf(p))) {
		png_destroy_write_struct(&p, &info);
		return -1;
	}
	png_init_io(p, f);
	png_set_IHDR(p, info, (png_uint_32)w, (png_uint_32)h, 8,
	    channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
	    PNG_FILTER_TYPE_BASE);
	png_write_info(p, info);
	for (y = 0; y < h; y++)
		png_write_row(p, pixels + stride * (size_t)y);
	png_write_end(p, NULL);
	png_destroy_write_struct(&p, &info);
	return 0;
}

int
cd_png_save(const char *path, const unsigned char *rgb, int w, int h,
    size_t stride, struct cd_err *e)
{
	struct cd_save to;
	FILE *f = NULL;
	int fd, r = -1;

	if (cd_save_open(&to, path, e) < 0)
		return -1;
	/* a duplicate for the stream: fclose must not close to.fd, which the
	 * commit syncs */
	fd = fcntl(to.fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd >= 0)
		f = fdopen(fd, "wb");
	if (f)
		r = cd_png_write(f, rgb, w, h, 3, stride, e);
	else
		cd_fail_errno(e, "open");
	if (f && fclose(f) == EOF && r == 0)
		r = cd_fail_errno(e, "write");
	else if (!f && fd >= 0)
		close(fd);
	if (r == 0)
		return cd_save_commit(&to, e);
	cd_save_abandon(&to);
	return cd_fail_at(e, "%s", to.name);
}
