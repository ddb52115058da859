#include "in/tensors.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

struct tensor {
	struct cd_array array;
	uint64_t begin, end;
};

static const struct {
	const char *name;
	char kind;
	size_t size;
} types[] = {
	{ "F32", 'f', 4 },
	{ "F16", 'f', 2 },
	{ "BF16", 'V', 2 },
	{ "F64", 'f', 8 },
	{ "U8", 'u', 1 },
	{ "I8", 'i', 1 },
	{ "I16", 'i', 2 },
	{ "I32", 'i', 4 },
	{ "I64", 'i', 8 },
	{ "U16", 'u', 2 },
	{ "U32", 'u', 4 },
	{ "U64", 'u', 8 },
	{ "BOOL", 'b', 1 },
};

static int
set_type(struct cd_array *a, const json_t *type, struct cd_err *e)
{
	const char *name = json_string_value(type);
	char shown[64];
	size_t i;

	if (!name)
		return cd_fail(e, "without a dtype");
	for (i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strcmp(name, types[i].name) != 0)
			continue;
		a->kind = types[i].kind;
		a->size = types[i].size;
		return 0;
	}
	return cd_fail(e, "of dtype '%s', which is not read",
	    cd_escape(shown, sizeof shown, name, strlen(name)));
}

/* A whole number that is not negative. */
static int
number(const json_t *j, uint64_t *v)
{
	if (!json_is_integer(j) || json_integer_value(j) < 0)
		return -1;
	*v = (uint64_t)json_integer_value(j);
	return 0;
}

static int
parse_one(struct tensor *t, const json_t *about, struct cd_err *e)
{
	const json_t *shape = json_object_get(about, "shape");
	const json_t *at = json_object_get(about, "data_offsets");
	int i;

	if (set_type(&t->array, json_object_get(about, "dtype"), e) < 0)
		return -1;
	if (!json_is_array(shape) || json_array_size(shape) > CD_ARRAY_RANK)
		return cd_fail(e, "without a shape of at most %d dimensions",
		    CD_ARRAY_RANK);
	t->array.rank = (int)json_array_size(shape);
	for (i = 0; i < t->array.rank; i++)
		if (number(json_array_get(shape, (size_t)i), &t->array.dim[i]) <
		    0)
			return cd_fail(e, "its shape is not of whole numbers");
	if (json_array_size(at) != 2 ||
	    number(json_array_get(at, 0), &t->begin) < 0 ||
	    number(json_array_get(at, 1), &t->end) < 0 || t->end < t->begin)
		return cd_fail(e, "without data_offsets, two numbers");
	if (cd_array_measure(&t->array, e) < 0)
		return -1;
	if (t->end - t->begin != t->array.bytes)
		return cd_fail(e,
		    "its data_offsets are %llu bytes apart, its shape is of "
		    "%zu",
		    (unsigned long long)(t->end - t->begin), t->array.bytes);
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct tensor *s = a, *t = b;

	if (s->begin != t->begin)
		return s->begin < t->begin ? -1 : 1;
	return s->end < t->end ? -1 : s->end > t->end;
}

/* All tensors of the header, in the order of their places. */
static int
collect(struct cd_buf *all, json_t *root, struct cd_err *e)
{
	char shown[CD_ESCAPED(CD_ARRAY_NAME)];
	struct tensor t;
	const char *name;
	json_t *about;

	json_object_foreach(root, name, about)
	{
		if (strcmp(name, "__metadata__") == 0)
			continue;
		cd_escape(shown, sizeof shown, name, strlen(name));
		memset(&t, 0, sizeof t);
		if (strlen(name) > CD_ARRAY_NAME)
			return cd_fail(e, "'%s': a name of more than %d bytes",
			    shown, CD_ARRAY_NAME);
		memcpy(t.array.name, name, strlen(name));
		if (parse_one(&t, about, e) < 0)
			return cd_fail_at(e, "'%s'", shown);
		if (cd_buf_add(all, &t, sizeof t, e) < 0)
			return -1;
	}
	if (all->len > 0)
		qsort(all->data, all->len / sizeof t, sizeof t, by_place);
	return 0;
}

static int
add_all(struct cd_buf *out, const struct cd_buf *all, struct cd_err *e)
{
	const struct tensor *t = (const struct tensor *)all->data;
	const struct tensor *end = t + all->len / sizeof *t;
	char shown[CD_ESCAPED(CD_ARRAY_NAME)];
	uint64_t at = 0;

	for (; t < end; at = t->end, t++) {
		if (t->begin != at)
			return cd_fail(e,
			    "'%s': its numbers begin at byte %llu, those "
			    "before end at %llu",
			    cd_escape(shown, sizeof shown, t->array.name,
				strlen(t->array.name)),
			    (unsigned long long)t->begin,
			    (unsigned long long)at);
		if (cd_buf_add(out, &t->array, sizeof t->array, e) < 0)
			return -1;
	}
	return 0;
}

/* jansson calls a header wrong when memory is short. */
static _Thread_local bool no_memory;

static void *
alloc(size_t n)
{
	void *p = malloc(n);

	no_memory = no_memory || !p;
	return p;
}

int
cd_tensors_parse(struct cd_buf *out, const char *text, size_t n,
    struct cd_err *e)
{
	json_error_t why;
	json_t *root;
	struct cd_buf all = { 0 };
	char shown[CD_ESCAPED(sizeof why.text)];
	int r;

	no_memory = false;
	json_set_alloc_funcs(alloc, free);
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	if (no_memory) {
		r = cd_fail(e, "out of memory");
	} else if (!json_is_object(root)) {
		r = cd_fail(e, "its header is no JSON object: %s",
		    root ? "another value" :
			   cd_escape(shown, sizeof shown, why.text,
			       strlen(why.text)));
	} else {
		r = collect(&all, root, e);
		if (r == 0)
			r = add_all(out, &all, e);
	}
	cd_buf_free(&all);
	json_decref(root);
	return r;
}
