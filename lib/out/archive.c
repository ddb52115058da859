#include "out/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"

struct cd_archive {
	struct archive *out;
	struct archive_entry *entry;
};

static int
fail(struct cd_archive *a, struct cd_err *e)
{
	const char *why = archive_error_string(a->out);
	int sys = archive_errno(a->out);

	if (e)
		e->sys = sys;
	if (sys == ENOMEM || errno == ENOMEM)
		return cd_fail(e, "out of memory");
	/* which does not say why */
	if (why && sys > 0 && strcmp(why, "Write error") == 0)
		why = strerror(sys);
	return cd_fail(e, "write: %s", why ? why : "libarchive failed");
}

static int
set_format(struct archive *out, enum cd_archive_format format)
{
	int r;

	if (format == CD_ARCHIVE_RAW)
		return archive_write_set_format_raw(out);
	if (format == CD_ARCHIVE_TAR)
		return archive_write_set_format_gnutar(out);
	r = archive_write_set_format_zip(out);
	return r == ARCHIVE_OK ? archive_write_zip_set_compression_store(out) :
				 r;
}

int
cd_archive_open(struct cd_archive **out, int fd, enum cd_archive_format format,
    struct cd_err *e)
{
	struct cd_archive *a = cd_calloc(1, sizeof *a, e);

	*out = a;
	if (!a)
		return -1;
	errno = 0; /* libarchive does not always set its own */
	a->out = archive_write_new();
	a->entry = archive_entry_new();
	if (!a->out || !a->entry) {
		cd_archive_close(a, NULL);
		return cd_fail(e, "out of memory");
	}
	if (set_format(a->out, format) == ARCHIVE_OK &&
	    archive_write_set_bytes_in_last_block(a->out, 1) == ARCHIVE_OK &&
	    archive_write_open_fd(a->out, fd) == ARCHIVE_OK)
		return 0;
	fail(a, e);
	cd_archive_close(a, NULL);
	return -1;
}

int
cd_archive_file(struct cd_archive *a, const char *name, uint64_t bytes,
    struct cd_err *e)
{
	errno = 0;
	archive_entry_clear(a->entry);
	archive_entry_set_pathname(a->entry, name);
	archive_entry_set_filetype(a->entry, AE_IFREG);
	archive_entry_set_perm(a->entry, 0644);
	archive_entry_set_size(a->entry, (int64_t)bytes);
	return archive_write_header(a->out, a->entry) == ARCHIVE_OK ?
	    0 :
	    fail(a, e);
}

int
cd_archive_data(struct cd_archive *a, const void *p, size_t n, struct cd_err *e)
{
	const char *at = p;
	la_ssize_t k;

	for (; n > 0; at += k, n -= (size_t)k) {
		errno = 0;
		k = archive_write_data(a->out, at, n);
		if (k <= 0)
			return fail(a, e);
	}
	return 0;
}

int
cd_archive_close(struct cd_archive *a, struct cd_err *e)
{
	int r = 0;

	if (!a)
		return 0;
	if (e && a->out && archive_write_close(a->out) != ARCHIVE_OK)
		r = fail(a, e);
	if (!e && a->out)
		archive_write_fail(a->out);
	archive_entry_free(a->entry);
	archive_write_free(a->out);
	free(a);
	return r;
}
