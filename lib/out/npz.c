#include "out/npz.h"

#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"

enum {
	HEADER = 1024, /* most bytes of a .npy header here */
	ALIGN = 64,
};

struct cd_npz {
	struct archive *zip;
	struct archive_entry *entry;
};

static int
fail(struct cd_npz *z, struct cd_err *e)
{
	const char *why = archive_error_string(z->zip);

	if (e)
		e->sys = archive_errno(z->zip);
	return cd_fail(e, "write: %s", why ? why : "libarchive failed");
}

int
cd_npz_open(struct cd_npz **out, int fd, bool plain, struct cd_err *e)
{
	struct cd_npz *z = cd_calloc(1, sizeof *z, e);

	*out = z;
	if (!z)
		return -1;
	z->zip = archive_write_new();
	z->entry = archive_entry_new();
	if (!z->zip || !z->entry) {
		cd_npz_close(z, NULL);
		return cd_fail(e, "out of memory");
	}
	if ((plain ? archive_write_set_format_raw(z->zip) :
		     archive_write_set_format_zip(z->zip)) == ARCHIVE_OK &&
	    (plain ||
		archive_write_zip_set_compression_store(z->zip) ==
		    ARCHIVE_OK) &&
	    archive_write_set_bytes_in_last_block(z->zip, 1) == ARCHIVE_OK &&
	    archive_write_open_fd(z->zip, fd) == ARCHIVE_OK)
		return 0;
	fail(z, e);
	cd_npz_close(z, NULL);
	return -1;
}

/* The header of a .npy file, padded so that data begin at a multiple of 64.
 * Returns its length. */
static size_t
npy_header(char buf[HEADER], const char *type, int rank, const uint64_t *dim)
{
	size_t n, room = HEADER - ALIGN;
	int i;

	memcpy(buf, "\x93NUMPY\1\0", 8);
	n = 10 +
	    (size_t)snprintf(buf + 10, room - 10,
		"{'descr': '%s', "
		"'fortran_order': False,"
		" 'shape': (",
		type);
	for (i = 0; i < rank; i++)
		n += (size_t)snprintf(buf + n, room - n, "%llu%s",
		    (unsigned long long)dim[i],
		    rank == 1	     ? "," :
			i + 1 < rank ? ", " :
				       "");
	n += (size_t)snprintf(buf + n, room - n, "), }");
	while ((n + 1) % ALIGN != 0)
		buf[n++] = ' ';
	buf[n++] = '\n';
	buf[8] = (char)((n - 10) & 0xff);
	buf[9] = (char)((n - 10) >> 8);
	return n;
}

int
cd_npz_array(struct cd_npz *z, const char *name, const char *type, size_t size,
    int rank, const uint64_t *dim, struct cd_err *e)
{
	char head[HEADER], path[512];
	uint64_t bytes = size;
	size_t n;
	int i;

	for (i = 0; i < rank; i++)
		bytes *= dim[i];
	n = npy_header(head, type, rank, dim);
	snprintf(path, sizeof path, "%s.npy", name);
	archive_entry_clear(z->entry);
	archive_entry_set_pathname(z->entry, path);
	archive_entry_set_filetype(z->entry, AE_IFREG);
	archive_entry_set_perm(z->entry, 0644);
	archive_entry_set_size(z->entry, (int64_t)(n + bytes));
	if (archive_write_header(z->zip, z->entry) != ARCHIVE_OK)
		return fail(z, e);
	return cd_npz_data(z, head, n, e);
}

int
cd_npz_data(struct cd_npz *z, const void *p, size_t n, struct cd_err *e)
{
	const char *at = p;
	la_ssize_t k;

	for (; n > 0; at += k, n -= (size_t)k) {
		k = archive_write_data(z->zip, at, n);
		if (k <= 0)
			return fail(z, e);
	}
	return 0;
}

int
cd_npz_close(struct cd_npz *z, struct cd_err *e)
{
	int r = 0;

	if (!z)
		return 0;
	if (e && z->zip && archive_write_close(z->zip) != ARCHIVE_OK)
		r = fail(z, e);
	if (!e && z->zip)
		archive_write_fail(z->zip);
	archive_entry_free(z->entry);
	archive_write_free(z->zip);
	free(z);
	return r;
}

int
cd_npz_model(struct cd_npz *z, const struct cd_model *m, int slot,
    const char *only, struct cd_err *e)
{
	const struct cd_param *p;
	int i, n = 0;

	for (i = 0; i < m->nparams; i++) {
		p = &m->param[i];
		if (only && strcmp(only, p->name) != 0)
			continue;
		n++;
		if (cd_npz_array(z, p->name, "<f4", 4, p->rank, p->dim, e) <
			0 ||
		    cd_npz_data(z, slot < 0 ? p->value : p->slot[slot],
			4 * p->n, e) < 0)
			return -1;
	}
	return n > 0 || !only ? 0 : cd_fail(e, "no parameter of that name");
}
