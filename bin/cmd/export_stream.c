#include "cmd/export_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/save.h"
#include "cmd/msg.h"
#include "out/json.h"
#include "out/npz.h"
#include "rec/order.h"
#include "rec/spool.h"
#include "score/metrics.h"
#include "score/report.h"

static struct cd_err e;

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

static bool
is_wanted(const struct cd_rec *r)
{
	return r->kind == CD_SAMPLE || r->kind == CD_PREDICTION;
}

/* ---- arrays ---- */

static struct cd_buf places; /* of struct cd_place, of records in order */
static struct cd_rec like;   /* the first record: names, types, shapes */
static size_t longest = 1;   /* bytes of a key */

/* Are the tensors those of the first record? */
static void
check_like(struct cd_reader *in, const struct cd_rec *r)
{
	char had[CD_SHAPE_TEXT], has[CD_SHAPE_TEXT];
	const struct cd_tensor *a = like.tensor, *b = r->tensor;
	int i;

	if (r->ntensors != like.ntensors) {
		cd_fail(&e, "%d tensors, the first record has %d", r->ntensors,
		    like.ntensors);
		cd_reader_blame(in, &e);
		must(-1);
	}
	for (i = 0; i < r->ntensors; i++, a++, b++) {
		if (strcmp(a->name, b->name) == 0 && a->dtype == b->dtype &&
		    a->rank == b->rank &&
		    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) ==
			0)
			continue;
		cd_fail(&e,
		    "'%s' is %s, the first record has '%s' %s: an array has "
		    "one shape (cd-decode --size makes it so)",
		    b->name, cd_tensor_text(b, has), a->name,
		    cd_tensor_text(a, had));
		cd_reader_blame(in, &e);
		must(-1);
	}
}

static void
find_records(struct cd_reader *in)
{
	static char names[CD_TENSORS_MAX][CD_NAME_MAX + 1];
	const struct cd_rec *r;
	int got, i;

	while ((got = cd_reader_next_head(in, &r, &e)) == 1) {
		if (!is_wanted(r))
			continue;
		if (places.len == 0) {
			like = *r;
			for (i = 0; i < r->ntensors; i++)
				like.tensor[i].name = memcpy(names[i],
				    r->tensor[i].name,
				    strlen(r->tensor[i].name) + 1);
		}
		check_like(in, r);
		if (strlen(r->key) > longest)
			longest = strlen(r->key);
		must(cd_order_add(&places, r, 0, &e));
	}
	must(got);
	if (places.len == 0)
		cd_die("%s: no samples or predictions", cd_reader_name(in));
}

static const char *
numpy_type(enum cd_dtype type, size_t *size)
{
	static const struct {
		const char *name;
		size_t size;
	} types[] = {
		[CD_U8] = { "|u1", 1 },
		[CD_I32] = { "<i4", 4 },
		[CD_I64] = { "<i8", 8 },
		[CD_F32] = { "<f4", 4 },
		[CD_F64] = { "<f8", 8 },
	};

	*size = types[type].size;
	return types[type].name;
}

/* tensor < 0: the keys. */
static void
put_array(struct cd_archive *z, struct cd_reader *in, int tensor)
{
	const struct cd_place *p = (struct cd_place *)places.data;
	uint64_t n = places.len / sizeof *p, dim[CD_RANK_MAX + 1] = { n };
	const struct cd_tensor *t = tensor < 0 ? NULL : &like.tensor[tensor];
	char bytes[32], *key = cd_calloc(1, longest, &e);
	const struct cd_rec *r;
	const char *type = bytes;
	size_t size = longest;

	if (!key)
		must(-1);
	snprintf(bytes, sizeof bytes, "|S%zu", longest);
	if (t) {
		type = numpy_type(t->dtype, &size);
		memcpy(dim + 1, t->dim, (size_t)t->rank * sizeof *t->dim);
	}
	must(cd_npz_array(z, t ? t->name : "key", type, size,
	    1 + (t ? t->rank : 0), dim, &e));
	for (; n > 0; n--, p++) {
		must(cd_reader_at(in, p->file, p->offset, &r, &e));
		if (t) {
			must(cd_archive_data(z, r->tensor[tensor].data,
			    r->tensor[tensor].size, &e));
			continue;
		}
		memset(key, 0, longest);
		memcpy(key, r->key, strlen(r->key));
		must(cd_archive_data(z, key, longest, &e));
	}
	free(key);
}

static void
put_classes(struct cd_archive *z, char *const *name, int n)
{
	uint64_t dim = (uint64_t)n;
	size_t size = 1;
	char type[32], *all;
	int i;

	for (i = 0; i < n; i++)
		if (strlen(name[i]) > size)
			size = strlen(name[i]);
	all = cd_calloc((size_t)n, size, &e);
	if (!all)
		must(-1);
	for (i = 0; i < n; i++)
		memcpy(all + (size_t)i * size, name[i], strlen(name[i]));
	snprintf(type, sizeof type, "|S%zu", size);
	must(cd_npz_array(z, "class", type, size, 1, &dim, &e));
	must(cd_archive_data(z, all, (size_t)n * size, &e));
	free(all);
}

/* The array of this name, or dies. */
static void
put_named(struct cd_archive *z, struct cd_reader *in, const char *which,
    char *const *class_name, int nclasses)
{
	int i;

	if (!which)
		which = cd_head_is(cd_reader_head(in), "holds", "samples") ?
		    "image" :
		    "value";
	for (i = -1; i < like.ntensors; i++)
		if (strcmp(which, i < 0 ? "key" : like.tensor[i].name) == 0) {
			put_array(z, in, i);
			return;
		}
	if (strcmp(which, "class") != 0 || nclasses == 0)
		cd_die("%s: no tensor '%s'", cd_reader_name(in), which);
	put_classes(z, class_name, nclasses);
}

static void
put_file(struct cd_reader **in, bool plain, const char *which,
    const char *output)
{
	struct cd_save to;
	struct cd_archive *z;
	char **class_name;
	int nclasses, i;

	must(cd_reader_spool(in, &e));
	class_name = cd_class_names(cd_reader_head(*in), &nclasses, &e);
	if (!class_name)
		must(-1);
	find_records(*in);
	must(cd_save_open(&to, output, &e));
	must(cd_archive_open(&z, to.fd, plain ? CD_ARCHIVE_RAW : CD_ARCHIVE_ZIP,
	    &e));
	if (plain)
		put_named(z, *in, which, class_name, nclasses);
	else
		put_array(z, *in, -1);
	for (i = 0; !plain && i < like.ntensors; i++)
		put_array(z, *in, i);
	if (!plain && nclasses > 0)
		put_classes(z, class_name, nclasses);
	must(cd_archive_close(z, &e));
	must(cd_save_commit(&to, &e));
	free(class_name);
	cd_buf_free(&places);
}

void
cd_export_arrays(struct cd_reader **in, const char *output)
{
	put_file(in, false, NULL, output);
}

void
cd_export_array(struct cd_reader **in, const char *which, const char *output)
{
	put_file(in, true, which, output);
}

/* ---- tables of predictions ---- */

typedef int put_line(FILE *, const struct cd_rec *, int label, const float *p,
    char *const *class_name, int nclasses);

static int
put_row(FILE *f, const struct cd_rec *r, int label, const float *p,
    char *const *class_name, int nclasses)
{
	cd_report_prediction(f, r->key, label, p, class_name, nclasses);
	return 0;
}

/* A name as the table shows it, escaped, in quotes. */
static int
add_name(struct cd_buf *b, const char *name)
{
	char shown[CD_ESCAPED(CD_KEY_MAX)];

	return cd_json_string(b,
	    cd_escape(shown, sizeof shown, name, strlen(name)), &e);
}

static int
put_object(FILE *f, const struct cd_rec *r, int label, const float *p,
    char *const *class_name, int nclasses)
{
	static struct cd_buf b;
	int i;

	b.len = 0;
	if (cd_json_add(&b, &e, "{\"key\":") < 0 || add_name(&b, r->key) < 0 ||
	    cd_json_add(&b, &e, ",\"label\":") < 0 ||
	    (label < 0 ? cd_json_add(&b, &e, "null") :
			 cd_json_string(&b, class_name[label], &e)) < 0 ||
	    cd_json_add(&b, &e, ",\"predicted\":") < 0 ||
	    cd_json_string(&b, class_name[cd_largest(p, nclasses)], &e) < 0 ||
	    cd_json_add(&b, &e, ",\"p\":{") < 0)
		return -1;
	for (i = 0; i < nclasses; i++)
		if (cd_json_add(&b, &e, i > 0 ? "," : "") < 0 ||
		    cd_json_string(&b, class_name[i], &e) < 0 ||
		    cd_json_add(&b, &e, ":%.9g", (double)p[i]) < 0)
			return -1;
	if (cd_json_add(&b, &e, "}}\n") < 0)
		return -1;
	fwrite(b.data, 1, b.len, f);
	return 0;
}

static void
put_lines(struct cd_reader *in, FILE *f, put_line *put, char *const *class_name,
    int nclasses)
{
	const struct cd_rec *r;
	const struct cd_tensor *t;
	int got, label;

	while ((got = cd_reader_next(in, &r, &e)) == 1) {
		if (r->kind != CD_PREDICTION)
			continue;
		t = cd_rec_want(r, "value", CD_F32, 1, &e);
		if (t && t->dim[0] != (uint64_t)nclasses) {
			cd_fail(&e, "%llu values for %d classes",
			    (unsigned long long)t->dim[0], nclasses);
			t = NULL;
		}
		label = t ? cd_rec_label(r, nclasses, &e) : -2;
		if (label < -1) {
			cd_reader_blame(in, &e);
			must(-1);
		}
		must(put(f, r, label, t->data, class_name, nclasses));
	}
	must(got);
}

static void
tell(struct cd_reader *in, const char *output, put_line *put)
{
	struct cd_save to;
	char **class_name;
	int nclasses;
	FILE *f;

	class_name = cd_class_names(cd_reader_head(in), &nclasses, &e);
	if (!class_name)
		must(-1);
	/* a table may go to a terminal */
	must(output ? cd_save_open(&to, output, &e) : 0);
	f = output ? fdopen(dup(to.fd), "w") : stdout;
	if (!f)
		cd_die("out of memory");
	if (put == put_row)
		cd_report_heading(f, class_name, nclasses);
	put_lines(in, f, put, class_name, nclasses);
	if (!output) {
		cd_close_stdout();
	} else {
		if (fclose(f) == EOF)
			must(cd_fail_errno(&e, "%s: write", to.name));
		must(cd_save_commit(&to, &e));
	}
	free(class_name);
}

void
cd_export_tsv(struct cd_reader *in, const char *output)
{
	tell(in, output, put_row);
}

void
cd_export_jsonl(struct cd_reader *in, const char *output)
{
	tell(in, output, put_object);
}
