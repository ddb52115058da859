#include "out/npz.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER = 1024, /* most bytes of a .npy header here */
	ALIGN = 64,
};

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
cd_npz_array(struct cd_archive *z, const char *name, const char *type,
    size_t size, int rank, const uint64_t *dim, struct cd_err *e)
{
	char head[HEADER], path[512];
	uint64_t bytes = size;
	size_t n;
	int i;

	for (i = 0; i < rank; i++)
		bytes *= dim[i];
	n = npy_header(head, type, rank, dim);
	snprintf(path, sizeof path, "%s.npy", name);
	if (cd_archive_file(z, path, n + bytes, e) < 0)
		return -1;
	return cd_archive_data(z, head, n, e);
}

int
cd_npz_model(struct cd_archive *z, const struct cd_model *m, int slot,
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
		    cd_archive_data(z, slot < 0 ? p->value : p->slot[slot],
			4 * p->n, e) < 0)
			return -1;
	}
	return n > 0 || !only ? 0 : cd_fail(e, "no parameter of that name");
}
