/* Records in memory. */
#include "rec/rec.h"

#include <libdeflate.h>
#include <stdio.h>
#include <string.h>

#include "rec/layout.h"

uint32_t
cd_crc(uint32_t crc, const void *data, uint64_t n)
{
	return libdeflate_crc32(crc, data, (size_t)n);
}

size_t
cd_dtype_size(enum cd_dtype d)
{
	switch (d) {
	case CD_U8:
		return 1;
	case CD_I32:
	case CD_F32:
		return 4;
	case CD_I64:
	case CD_F64:
		return 8;
	}
	return 0;
}

const char *
cd_dtype_name(enum cd_dtype d)
{
	static const char *const names[] = { "?", "u8", "i32", "i64", "f32",
		"f64" };

	return d >= CD_U8 && d <= CD_F64 ? names[d] : names[0];
}

int
cd_tensor_size(enum cd_dtype d, int rank, const uint64_t *dim, uint64_t *size)
{
	uint64_t n = cd_dtype_size(d);
	int i;

	for (i = 0; i < rank; i++)
		if (__builtin_mul_overflow(n, dim[i], &n))
			return -1;
	if (n > UINT64_MAX / 2)
		return -1;
	*size = n;
	return 0;
}

const struct cd_tensor *
cd_rec_find(const struct cd_rec *r, const char *name)
{
	int i;

	for (i = 0; i < r->ntensors; i++)
		if (strcmp(r->tensor[i].name, name) == 0)
			return &r->tensor[i];
	return NULL;
}

char *
cd_tensor_text(const struct cd_tensor *t, char buf[CD_SHAPE_TEXT])
{
	size_t n = (size_t)snprintf(buf, CD_SHAPE_TEXT, "%s [",
	    cd_dtype_name(t->dtype));
	int i;

	for (i = 0; i < t->rank; i++)
		n += (size_t)snprintf(buf + n, CD_SHAPE_TEXT - n, "%s%llu",
		    i ? "," : "", (unsigned long long)t->dim[i]);
	snprintf(buf + n, CD_SHAPE_TEXT - n, "]");
	return buf;
}

const struct cd_tensor *
cd_rec_want(const struct cd_rec *r, const char *name, enum cd_dtype dtype,
    int rank, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_find(r, name);
	char shape[CD_SHAPE_TEXT];

	if (t && t->dtype == dtype && t->rank == rank)
		return t;
	if (!t) {
		cd_fail(e, "no tensor '%s'", name);
	} else {
		cd_fail(e, "'%s' is %s, expected %s of rank %d", name,
		    cd_tensor_text(t, shape), cd_dtype_name(dtype), rank);
	}
	return NULL;
}

void
cd_rec_add(struct cd_rec *r, const char *name, enum cd_dtype dtype, int rank,
    const uint64_t *dim, const void *data)
{
	struct cd_tensor *t = &r->tensor[r->ntensors++];
	uint64_t size = 0;

	memset(t, 0, sizeof *t);
	t->name = name;
	t->dtype = dtype;
	t->rank = rank;
	if (rank)
		memcpy(t->dim, dim, (size_t)rank * sizeof *dim);
	/* the writer reports the overflow */
	if (cd_tensor_size(dtype, rank, dim, &size) < 0)
		size = 0;
	t->size = (size_t)size;
	t->data = data;
}

int
cd_label_check(int32_t label, int nclasses, struct cd_err *e)
{
	if (label >= 0 && label < nclasses)
		return 0;
	return cd_fail(e, "label %d, but the header has %d classes", label,
	    nclasses);
}

int
cd_rec_label(const struct cd_rec *r, int nclasses, struct cd_err *e)
{
	const struct cd_tensor *t;
	int32_t v;

	if (!cd_rec_find(r, "label"))
		return -1;
	t = cd_rec_want(r, "label", CD_I32, 0, e);
	if (!t)
		return -2;
	memcpy(&v, t->data, sizeof v);
	return cd_label_check(v, nclasses, e) < 0 ? -2 : v;
}

char *
cd_rec_where(const struct cd_rec *r, char *buf, size_t size)
{
	char key[160];

	if (r->key && r->key[0])
		snprintf(buf, size, "record %llu (%s)",
		    (unsigned long long)r->number,
		    cd_escape(key, sizeof key, r->key, strlen(r->key)));
	else
		snprintf(buf, size, "record %llu",
		    (unsigned long long)r->number);
	return buf;
}
