#include "cmd/import_samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/opt.h"
#include "img/fit.h"
#include "rec/rec.h"

enum {
	SIDE_MOST = 1 << 30, /* bytes of labels, keys or classes */
	CLASSES_MOST = 65536,
};

/* An array of strings or whole numbers, in memory. */
struct column {
	bool there;
	struct cd_array about;
	struct cd_buf data;
	const char *file;
	char *text; /* a string, UTF-8 */
};

static struct cd_err e;
static struct column column[CD_PARTS];

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

/* Dies naming the file and the element. */
static void
blame(const struct column *c, size_t i)
{
	cd_die("%s: element %zu%s%s: %s", c->file, i,
	    c->about.name[0] ? " of " : "", c->about.name, e.msg);
}

static void
load_column(struct column *c, struct cd_arrays *in, const struct cd_array *a)
{
	char text[CD_ARRAY_TEXT];
	int d;

	if (c->there) {
		cd_fail(&e, "is there twice");
		must(cd_arrays_blame(in, &e));
	}
	/* [N,1] is how some data sets come */
	for (d = 1; d < a->rank && a->dim[d] == 1; d++)
		;
	if (a->rank < 1 || d < a->rank || !strchr("uibSU", a->kind)) {
		cd_fail(&e, "is %s, expected [N] of whole numbers or strings",
		    cd_array_text(a, text));
		must(cd_arrays_blame(in, &e));
	}
	c->there = true;
	c->about = *a;
	c->file = cd_arrays_name(in);
	must(cd_arrays_load(in, &c->data, SIDE_MOST, &e));
	c->text = cd_calloc(1, a->size + 1, &e);
	if (!c->text)
		must(-1);
}

static bool
is_text(const struct column *c)
{
	return strchr("SU", c->about.kind) != NULL;
}

static size_t
put_utf8(char *to, uint32_t v)
{
	size_t n = v < 0x80 ? 1 : v < 0x800 ? 2 : v < 0x10000 ? 3 : 4, i;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = n; i-- > 1; v >>= 6)
		to[i] = (char)(0x80 | (v & 0x3f));
	to[0] = (char)(lead[n] | v);
	return n;
}

/* The i-th string, valid until the next call. NULs at its end do not count. */
static const char *
text_at(struct column *c, size_t i)
{
	size_t size = c->about.size, n = 0, k;
	const unsigned char *p = c->data.data + i * size;
	size_t width = c->about.kind == 'U' ? 4 : 1;
	uint32_t v;

	while (size > 0 && !p[size - 1])
		size--;
	size = (size + width - 1) / width;
	for (k = 0; k < size; k++) {
		v = width == 4 ? cd_get32(p + 4 * k) : p[k];
		if (v == 0 || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) {
			cd_fail(&e, "a string with the character %u", v);
			blame(c, i);
		}
		if (width == 4)
			n += put_utf8(c->text + n, v);
		else
			c->text[n++] = (char)v;
	}
	c->text[n] = '\0';
	return c->text;
}

/* The i-th number, or -1 where it is none from 0 to most. */
static int64_t
number_at(const struct column *c, size_t i, int64_t most)
{
	const unsigned char *p = c->data.data + i * c->about.size;
	uint64_t v = 0;
	size_t k;

	for (k = c->about.size; k-- > 0;)
		v = v << 8 | p[k];
	if (c->about.kind == 'i' && p[c->about.size - 1] & 0x80)
		return -1;
	return v > (uint64_t)most ? -1 : (int64_t)v;
}

/* ---- classes ---- */

static void
add_class(struct cd_head *h, const char *name, size_t n)
{
	char shown[CD_ESCAPED(64)];

	cd_escape(shown, sizeof shown, name, n);
	if (n == 0)
		cd_die("a class without a name");
	if (cd_head_class(h, name, n) >= 0)
		cd_die("class '%s' is named twice", shown);
	if (cd_head_count(h, "class") == CLASSES_MOST)
		cd_die("more than %d classes", CLASSES_MOST);
	must(cd_head_addn(h, "class", name, n, &e));
}

/* "a,b,c". */
static void
classes_named(struct cd_head *h, const char *names)
{
	size_t n;

	for (;; names += n + 1) {
		n = strcspn(names, ",");
		add_class(h, names, n);
		if (!names[n])
			return;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those found among the labels, sorted by bytes. */
static void
classes_found(struct cd_head *h, struct column *c)
{
	struct cd_buf names = { 0 };
	char **name, *last = NULL, *copy;
	size_t i, n = c->about.n;
	const char *s;

	for (i = 0; i < n; i++) {
		s = text_at(c, i);
		/* labels mostly come in runs */
		if (last && strcmp(last, s) == 0)
			continue;
		copy = cd_copy_text(s, strlen(s), &e);
		if (!copy)
			must(-1);
		must(cd_buf_add(&names, &copy, sizeof copy, &e));
		last = copy;
	}
	name = (char **)names.data;
	n = names.len / sizeof *name;
	if (n > 0)
		qsort(name, n, sizeof *name, by_bytes);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(name[i], name[i - 1]) != 0)
			add_class(h, name[i], strlen(name[i]));
	for (i = 0; i < n; i++)
		free(name[i]);
	cd_buf_free(&names);
}

static void
find_classes(struct cd_head *h, const struct cd_import *how)
{
	struct column *c = &column[CD_PART_CLASS];
	const char *s;
	size_t i;

	if (how->classes) {
		classes_named(h, how->classes);
	} else if (c->there) {
		if (!is_text(c))
			cd_die("%s: the classes are no strings", c->file);
		for (i = 0; i < c->about.n; i++) {
			s = text_at(c, i);
			add_class(h, s, strlen(s));
		}
	} else if (column[CD_PART_LABEL].there) {
		if (!is_text(&column[CD_PART_LABEL]))
			cd_die("%s: labels are numbers: name the classes with "
			       "--classes",
			    column[CD_PART_LABEL].file);
		classes_found(h, &column[CD_PART_LABEL]);
	}
}

/* ---- pictures ---- */

/* Height, width and channels; how many pictures. */
static uint64_t
check_images(struct cd_arrays *in, const struct cd_array *a, uint64_t dim[3])
{
	uint64_t last = a->rank > 0 ? a->dim[a->rank - 1] : 0;
	bool one = a->rank == 3 && (last == 1 || last == 3);
	const uint64_t *from = a->dim + (one ? 0 : 1);
	char text[CD_ARRAY_TEXT];

	cd_array_text(a, text);
	dim[2] = 1;
	if (a->kind != 'u' || a->size != 1)
		cd_fail(&e, "is %s: pictures are u1, bytes from 0 to 255",
		    text);
	else if (a->rank != 4 && a->rank != 3)
		cd_fail(&e, "is %s: pictures are [N,H,W,C], [N,H,W] or [H,W,C]",
		    text);
	else if (a->fortran && a->n > 1)
		cd_fail(&e,
		    "is in Fortran order: save numpy.ascontiguousarray of it");
	else
		memcpy(dim, from,
		    (size_t)(a->rank - (one ? 0 : 1)) * sizeof *dim);
	if (!e.msg[0] && dim[2] != 1 && dim[2] != 3)
		cd_fail(&e,
		    "is %s: channels come last, 1 or 3 of them "
		    "(.transpose(0, 2, 3, 1) moves those that come first)",
		    text);
	if (!e.msg[0] && (dim[0] == 0 || dim[1] == 0 || a->n == 0))
		cd_fail(&e, "is %s: no pixels", text);
	if (!e.msg[0] && a->n / (one ? 1 : a->dim[0]) > CD_PAYLOAD_MAX / 2)
		cd_fail(&e, "is %s: pictures that large are not taken", text);
	if (e.msg[0])
		must(cd_arrays_blame(in, &e));
	return one ? 1 : a->dim[0];
}

static void
check_count(const struct column *c, const char *what, uint64_t n)
{
	if (c->there && c->about.n != n)
		cd_die("%s: %zu %s for %llu pictures", c->file, c->about.n,
		    what, (unsigned long long)n);
}

static int32_t
label_at(const struct cd_head *h, size_t i)
{
	struct column *c = &column[CD_PART_LABEL];
	char shown[CD_ESCAPED(64)];
	const char *s;
	int64_t v;

	if (is_text(c)) {
		s = text_at(c, i);
		v = cd_head_class(h, s, strlen(s));
		if (v < 0)
			cd_fail(&e, "'%s' is none of the classes",
			    cd_escape(shown, sizeof shown, s, strlen(s)));
	} else {
		v = number_at(c, i, cd_head_count(h, "class") - 1);
		if (v < 0)
			cd_fail(&e, "no label from 0 to %d, for %d classes",
			    cd_head_count(h, "class") - 1,
			    cd_head_count(h, "class"));
	}
	if (v < 0)
		blame(c, i);
	return (int32_t)v;
}

static const char *
key_at(uint64_t i)
{
	static char number[32];
	struct column *c = &column[CD_PART_KEY];
	const char *s = number;
	int64_t v;

	if (c->there && is_text(c)) {
		s = text_at(c, i);
		if (strlen(s) > CD_KEY_MAX) {
			cd_fail(&e, "a key of more than %d bytes", CD_KEY_MAX);
			blame(c, i);
		}
		return s;
	}
	v = c->there ? number_at(c, i, INT64_MAX) : (int64_t)i;
	if (v < 0) {
		cd_fail(&e, "a negative number is no key");
		blame(c, i);
	}
	snprintf(number, sizeof number, "%lld", (long long)v);
	return number;
}

/* Two pictures of one name could not be told apart. */
static void
check_keys(uint64_t n)
{
	char **key = cd_calloc(n, sizeof *key, &e), shown[CD_ESCAPED(64)];
	uint64_t i;

	if (!key)
		must(-1);
	for (i = 0; i < n; i++) {
		const char *s = key_at(i);

		key[i] = cd_copy_text(s, strlen(s), &e);
		if (!key[i])
			must(-1);
	}
	qsort(key, n, sizeof *key, by_bytes);
	for (i = 1; i < n; i++)
		if (strcmp(key[i], key[i - 1]) == 0)
			cd_die("%s: the key '%s' comes twice",
			    column[CD_PART_KEY].file,
			    cd_escape(shown, sizeof shown, key[i],
				strlen(key[i])));
	for (i = 0; i < n; i++)
		free(key[i]);
	free(key);
}

/* How the pictures were brought to their size, for who made them with
 * cd-decode. */
static void
add_fit(struct cd_head *h, const char *fit, const uint64_t dim[3])
{
	char line[64], words[32];
	int i, k;

	for (i = 0; fit && cd_fit_hows[i]; i++)
		for (k = 0; cd_fit_filters[k]; k++) {
			snprintf(words, sizeof words, "%s %s", cd_fit_hows[i],
			    cd_fit_filters[k]);
			if (strcmp(words, fit) != 0)
				continue;
			snprintf(line, sizeof line, "%llux%llu %s",
			    (unsigned long long)dim[1],
			    (unsigned long long)dim[0], words);
			must(cd_head_add(h, "fit", line, &e));
			return;
		}
	if (fit)
		cd_die("--fit: '%.40s' is not how and filter of cd-decode, as "
		       "in 'squash triangle'",
		    fit);
}

static void
put_all(struct cd_arrays *in, const struct cd_array *a,
    const struct cd_import *how, struct cd_writer *out)
{
	uint64_t dim[3], n = check_images(in, a, dim), i;
	size_t size = a->bytes / n;
	void *pixels = cd_alloc_aligned(size, &e);
	struct cd_head h = { 0 };
	struct cd_rec r;
	int32_t label;

	check_count(&column[CD_PART_LABEL], "labels", n);
	check_count(&column[CD_PART_KEY], "keys", n);
	if (column[CD_PART_KEY].there)
		check_keys(n);
	must(pixels ? cd_head_add(&h, "holds", "samples", &e) : -1);
	find_classes(&h, how);
	add_fit(&h, how->fit, dim);
	must(cd_head_set_number(&h, "records", (int64_t)n, &e));
	must(cd_head_add(&h, "made", cd_opt_provenance(), &e));
	must(cd_writer_head(out, &h, &e));
	for (i = 0; i < n; i++) {
		must(cd_arrays_read(in, pixels, size, &e));
		r = (struct cd_rec){ .kind = CD_SAMPLE, .key = key_at(i) };
		cd_rec_add(&r, "image", CD_U8, 3, dim, pixels);
		if (column[CD_PART_LABEL].there) {
			label = label_at(&h, i);
			cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
		}
		must(cd_writer_put(out, &r, &e));
	}
	/* is that the array's end? */
	must(cd_arrays_next(in, &a, &e));
	must(cd_writer_close(out, 0, &e));
	free(pixels);
	cd_head_free(&h);
}

/* ---- files ---- */

static void
load_file(enum cd_part part, const char *path)
{
	const struct cd_array *a;
	struct cd_arrays *in;

	if (!path)
		return;
	must(cd_arrays_open(&in, path, &e));
	if (!cd_arrays_is_plain(in))
		cd_die("%s: no NPY file", path);
	must(cd_arrays_next(in, &a, &e));
	load_column(&column[part], in, a);
	must(cd_arrays_next(in, &a, &e));
	cd_arrays_close(in);
}

/* Loads what belongs to the pictures, and names what is left out. */
static void
load_columns(struct cd_arrays *in, const struct cd_import *how)
{
	char shown[CD_ESCAPED(CD_ARRAY_NAME)];
	const struct cd_array *a;
	int got, part, out = 0;
	bool image = false;

	while ((got = cd_arrays_next(in, &a, &e)) == 1) {
		for (part = 0; part < CD_PARTS; part++)
			if (strcmp(a->name, how->array[part]) == 0)
				break;
		if (part == CD_PARTS && out++ == 0)
			cd_escape(shown, sizeof shown, a->name,
			    strlen(a->name));
		image = image || part == CD_PART_IMAGE;
		if (part < CD_PARTS && part != CD_PART_IMAGE)
			load_column(&column[part], in, a);
	}
	must(got);
	if (!image)
		cd_die("%s: no array '%s': --array image=NAME names another",
		    cd_arrays_name(in), how->array[CD_PART_IMAGE]);
	if (out > 0)
		cd_warn("%s: %d array%s left out: '%s'%s", cd_arrays_name(in),
		    out, out == 1 ? "" : "s", shown, out == 1 ? "" : ", ...");
}

void
cd_import_samples(struct cd_arrays *in, const struct cd_import *how,
    struct cd_writer *out)
{
	const struct cd_array *a;
	int got, part;

	load_file(CD_PART_LABEL, how->labels);
	load_file(CD_PART_KEY, how->keys);
	if (!cd_arrays_is_plain(in)) {
		load_columns(in, how);
		must(cd_arrays_rewind(in, &e));
	}
	while ((got = cd_arrays_next(in, &a, &e)) == 1)
		if (cd_arrays_is_plain(in) ||
		    strcmp(a->name, how->array[CD_PART_IMAGE]) == 0)
			break;
	must(got);
	put_all(in, a, how, out);
	cd_arrays_close(in);
	for (part = 0; part < CD_PARTS; part++) {
		cd_buf_free(&column[part].data);
		free(column[part].text);
	}
}
