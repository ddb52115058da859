#include "img/png.h"

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <png.h>

#include "base/mem.h"

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
cd_png_write(FILE *f, const unsigned char *rgb, int w, int h, size_t stride,
    struct cd_err *e)
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
	    PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
	    PNG_FILTER_TYPE_BASE);
	png_write_info(p, info);
	for (y = 0; y < h; y++)
		png_write_row(p, rgb + stride * (size_t)y);
	png_write_end(p, NULL);
	png_destroy_write_struct(&p, &info);
	return 0;
}

/* A new file beside path, with the mode of the file that it replaces (old) or
 * that a plain open would have given; its name into tmp, which has room. */
static FILE *
open_temporary(const char *path, const struct stat *old, char *tmp,
    struct cd_err *e)
{
	size_t n = strlen(path);
	mode_t mask = umask(0);
	FILE *f;
	int fd;

	umask(mask);
	memcpy(tmp, path, n);
	memcpy(tmp + n, ".tmpXXXXXX", 11);
	fd = mkstemp(tmp);
	f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (f && fchmod(fd, old ? old->st_mode & 07777 : 0666 & ~mask) == 0)
		return f;
	cd_fail_errno(e, "%s", path);
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	if (fd >= 0)
		unlink(tmp);
	return NULL;
}

static int
save_renamed(const char *path, const struct stat *old, const unsigned char *rgb,
    int w, int h, size_t stride, struct cd_err *e)
{
	char *tmp = cd_calloc(strlen(path) + 12, 1, e);
	FILE *f = tmp ? open_temporary(path, old, tmp, e) : NULL;
	int r = f ? 0 : -1;

	if (r == 0)
		r = cd_png_write(f, rgb, w, h, stride, e);
	if (r == 0 && fflush(f) == EOF)
		r = cd_fail_errno(e, "write");
	while (r == 0 && fsync(fileno(f)) < 0)
		if (errno != EINTR)
			r = cd_fail_errno(e, "sync");
	if (f && fclose(f) == EOF && r == 0)
		r = cd_fail_errno(e, "close");
	if (r == 0 && rename(tmp, path) < 0)
		r = cd_fail_errno(e, "rename");
	if (r < 0 && f) {
		cd_fail_at(e, "%s", path);
		unlink(tmp);
	}
	free(tmp);
	return r;
}

int
cd_png_save(const char *path, const unsigned char *rgb, int w, int h,
    size_t stride, struct cd_err *e)
{
	const char *name = path ? path : "standard output";
	struct stat st;
	bool exists = path && stat(path, &st) == 0;
	FILE *f = stdout;
	int r;

	if (path && strncmp(path, "/dev/", 5) != 0 &&
	    (!exists || S_ISREG(st.st_mode)))
		return save_renamed(path, exists ? &st : NULL, rgb, w, h,
		    stride, e);
	if (path && !(f = fopen(path, "wb")))
		return cd_fail_errno(e, "%s", path);
	r = cd_png_write(f, rgb, w, h, stride, e);
	if (fclose(f) == EOF && r == 0)
		r = cd_fail_errno(e, "close");
	return r < 0 ? cd_fail_at(e, "%s", name) : 0;
}
