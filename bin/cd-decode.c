/* cd-decode: JPEG files to a stream of samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/confine.h"
#include "cmd/decode_opt.h"
#include "img/decode.h"
#include "rec/rec.h"

static const struct cd_decode_args *args;

/* Says what was left out of folders: whoever has PNG pictures there believes
 * them in the stream. */
static void
tell_left_out(const struct cd_list *l)
{
	char shown[256];

	if (l->others > 0)
		cd_warn("%zu file%s not named *.jpg or *.jpeg left out, such "
			"as %s",
		    l->others, l->others == 1 ? "" : "s",
		    cd_escape_end(shown, sizeof shown, l->other,
			strlen(l->other)));
	if (l->loops > 0)
		cd_warn("%zu link%s to a folder above left out", l->loops,
		    l->loops == 1 ? "" : "s");
}

static int
add(struct cd_list *l, const char *name, struct cd_err *e)
{
	bool folders = args->label == CD_LABEL_FOLDER ||
	    args->label == CD_LABEL_TOP;

	if (name && strcmp(name, "-") != 0)
		return cd_list_add(l, name, folders, e);
	return cd_list_read(l, stdin, "standard input", args->nul ? '\0' : '\n',
	    folders, e);
}

/* The pictures, from the operands or from standard input. */
static int
list(struct cd_list *l, struct cd_err *e)
{
	size_t k;
	int i;

	if (args->n == 0 && add(l, NULL, e) < 0)
		return -1;
	for (i = 0; i < args->n; i++)
		if (add(l, args->names[i], e) < 0)
			return -1;
	tell_left_out(l);
	if (l->n == 0)
		return cd_fail(e,
		    args->n == 0 ? "no pictures: the list on standard "
				   "input is empty" :
				   "no pictures: no *.jpg or *.jpeg in "
				   "what was named");
	for (k = 0; k < l->n; k++)
		cd_files_look(l->item[k].path, "a picture");
	if (cd_list_check_keys(l, e) < 0)
		return -1;
	return cd_list_label(l, args->label, args->table, args->classes, e);
}

static int
header(struct cd_head *h, const struct cd_list *l, struct cd_err *e)
{
	char fit[64];
	size_t i;

	if (cd_head_add(h, "holds", "samples", e) < 0)
		return -1;
	for (i = 0; i < l->nclasses; i++)
		if (cd_head_add(h, "class", l->class_name[i], e) < 0)
			return -1;
	snprintf(fit, sizeof fit, "%dx%d %s %s", args->size.w, args->size.h,
	    cd_fit_hows[args->fit.how], cd_fit_filters[args->fit.filter]);
	if (args->size.w && cd_head_add(h, "fit", fit, e) < 0)
		return -1;
	if (!args->skip &&
	    cd_head_set_number(h, "records", (int64_t)l->n, e) < 0)
		return -1;
	return cd_head_add(h, "made", cd_opt_provenance(), e);
}

/* Is it the picture's fault? A lack of memory or descriptors must not decide
 * which pictures a data set has. */
static bool
picture_at_fault(const struct cd_err *e)
{
	static const int own[] = { 0, ENOENT, EACCES, ENOTDIR, ELOOP,
		ENAMETOOLONG, ENXIO, EPERM };
	size_t i;

	for (i = 0; i < sizeof own / sizeof own[0]; i++)
		if (e->sys == own[i])
			return true;
	return false;
}

/* Fails naming the picture, or warns that it is skipped. */
static int
bad_picture(const struct cd_listed *item, struct cd_err *e)
{
	char path[CD_ERR_MSG / 2];

	cd_fail_at(e, "%s",
	    cd_escape_end(path, sizeof path, item->path, strlen(item->path)));
	if (!args->skip || !picture_at_fault(e))
		return -1;
	cd_warn("%s (skipped)", e->msg);
	*e = (struct cd_err){ "" };
	return 0;
}

static int
put(struct cd_writer *out, const struct cd_listed *item,
    const struct cd_picture *p, struct cd_err *e)
{
	struct cd_rec r = { .kind = CD_SAMPLE, .key = item->key };
	uint64_t dim[3] = { (uint64_t)p->h, (uint64_t)p->w,
		(uint64_t)p->channels };
	int32_t label = item->label;

	cd_rec_add(&r, "image", CD_U8, 3, dim, p->pixels.data);
	if (label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
	return cd_writer_put(out, &r, e);
}

/* Writes all that can be decoded; counts what is skipped. */
static int
stream(struct cd_decode *d, struct cd_writer *out, uint64_t *skipped,
    struct cd_err *e)
{
	const struct cd_listed *item;
	const struct cd_picture *picture;
	uint64_t n = 0;
	int got;

	for (; (got = cd_decode_next(d, &item, &picture, e)) != 0; n++) {
		if (got > 0 ? put(out, item, picture, e) < 0 :
			      bad_picture(item, e) < 0)
			return -1;
		*skipped += got < 0;
	}
	if (*skipped == n)
		return cd_fail(e,
		    "none of the pictures could be decoded "
		    "(%" PRIu64 " skipped)",
		    n);
	if (*skipped > 0)
		cd_warn("skipped %" PRIu64 " of %" PRIu64 " pictures", *skipped,
		    n);
	return 0;
}

int
main(int argc, char **argv)
{
	struct cd_list l = { 0 };
	struct cd_head h = { 0 };
	struct cd_decode *d;
	struct cd_writer *out;
	struct cd_err e = { "" };
	uint64_t skipped = 0;

	args = cd_decode_parse(argc, argv);
	if (list(&l, &e) < 0 || header(&h, &l, &e) < 0)
		cd_die("%s", e.msg);
	if (cd_writer_open(&out, args->output, &h, &e) < 0)
		cd_die("%s", e.msg);
	/* before there are threads; where it cannot be, all else still holds */
	(void)cd_confine(args->output);
	d = cd_decode_new(&l, &args->limits, &args->fit, (int)args->threads,
	    &e);
	if (!d)
		cd_die("%s", e.msg);

	if (stream(d, out, &skipped, &e) < 0)
		cd_die("%s", e.msg);

	if (cd_writer_close(out, skipped, &e) < 0)
		cd_die("%s", e.msg);
	cd_decode_free(d);
	cd_head_free(&h);
	cd_list_free(&l);
	return 0;
}
