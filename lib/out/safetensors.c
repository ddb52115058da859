#include "out/safetensors.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "out/json.h"
#include "out/properties.h"

enum {
	ALIGN = 8, /* of the numbers, by blanks behind the header */
};

static int
put_metadata(struct cd_buf *b, const struct cd_model *m, const char *made,
    struct cd_err *e)
{
	struct cd_properties p = { 0 };
	int i, r = cd_properties_of(&p, m, made, e);

	if (r == 0)
		r = cd_json_add(b, e,
		    "{\"__metadata__\":{\"format\":\"cd-tools\"");
	for (i = 0; i < CD_PROPERTIES && r == 0; i++) {
		if (!p.value[i])
			continue;
		r = cd_json_add(b, e, ",\"%s\":", cd_property_name[i]);
		if (r == 0)
			r = cd_json_string(b, p.value[i], e);
	}
	cd_properties_free(&p);
	return r < 0 ? r : cd_json_add(b, e, "}");
}

static int
put_header(struct cd_buf *b, const struct cd_model *m, const char *made,
    struct cd_err *e)
{
	const struct cd_param *p;
	uint64_t at = 0;
	int i, k;

	if (put_metadata(b, m, made, e) < 0)
		return -1;
	for (i = 0; i < m->nparams; i++) {
		p = &m->param[i];
		if (cd_json_add(b, e, ",") < 0 ||
		    cd_json_string(b, p->name, e) < 0 ||
		    cd_json_add(b, e, ":{\"dtype\":\"F32\",\"shape\":[") < 0)
			return -1;
		for (k = 0; k < p->rank; k++)
			if (cd_json_add(b, e, "%s%llu", k ? "," : "",
				(unsigned long long)p->dim[k]) < 0)
				return -1;
		if (cd_json_add(b, e, "],\"data_offsets\":[%llu,%llu]}",
			(unsigned long long)at,
			(unsigned long long)(at + 4 * p->n)) < 0)
			return -1;
		at += 4 * p->n;
	}
	if (cd_json_add(b, e, "}") < 0)
		return -1;
	while (b->len % ALIGN != 0)
		if (cd_buf_add(b, " ", 1, e) < 0)
			return -1;
	return 0;
}

static int
put(int fd, const void *data, size_t n, struct cd_err *e)
{
	const char *p = data;
	ssize_t k;

	for (; n > 0; p += k, n -= (size_t)k) {
		k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			k = 0;
		else if (k < 0)
			return cd_fail_errno(e, "write");
	}
	return 0;
}

int
cd_safetensors_write(int fd, const struct cd_model *m, int slot,
    const char *made, struct cd_err *e)
{
	struct cd_buf head = { 0 };
	unsigned char size[8];
	int i, r = put_header(&head, m, made, e);

	for (i = 0; i < 8; i++)
		size[i] = (unsigned char)((uint64_t)head.len >> 8 * i);
	if (r == 0)
		r = put(fd, size, sizeof size, e);
	if (r == 0)
		r = put(fd, head.data, head.len, e);
	for (i = 0; i < m->nparams && r == 0; i++)
		r = put(fd,
		    slot < 0 ? m->param[i].value : m->param[i].slot[slot],
		    4 * m->param[i].n, e);
	cd_buf_free(&head);
	return r;
}
