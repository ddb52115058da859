/* cd-decode: picture files to a stream of samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/confine.h"
#include "cmd/decode_opt.h"
#include "cmd/pace.h"
#include "img/decode.h"
#include "rec/rec.h"

static const struct cd_decode_args *args;

/* Says what was left out of folders: whoever has HEIC pictures there believes
 * them in the stream. */
static void
tell_left_out(const struct cd_list *l)
{
	const struct cd_list_ending *end = l->ending;
	char text[256];
	size_t n = 0, named = 0, i;

	for (i = 0; i < CD_LIST_ENDINGS && end[i].n > 0; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu %s",
		    i > 0 ? ", " : "", end[i].n,
		    end[i].text[0] ? end[i].text : "other");
		named += end[i].n;
	}
	if (named < l->others)
		snprintf(text + n, sizeof text - n, ", and %zu more",
		    l->others - named);
	if (l->others > 0)
		cd_warn(
		    "%zu file%s not named as a picture of a known kind left "
		    "out: %s%s",
		    l->others, l->others == 1 ? "" : "s", text,
		    strstr(text, ".heic") || strstr(text, ".gif") ||
			    strstr(text, ".avif") || strstr(text, ".tif") ?
			" (cd-decode(1), PICTURES OF OTHER KINDS)" :
			"");
	if (l->loops > 0)
		cd_warn("%zu link%s to a folder above left out", l->loops,
		    l->loops == 1 ? "" : "s");
}

/* The classes found, where they were not given: names that are none show. */
static int
tell_classes(const struct cd_list *l, struct cd_err *e)
{
	enum { SHOWN = 12 };
	size_t *count = cd_calloc(l->nclasses, sizeof *count, e), i;
	char text[1024], name[64];
	size_t n = 0;

	if (!count)
		return -1;
	for (i = 0; i < l->n; i++)
		if (l->item[i].label >= 0)
			count[l->item[i].label]++;
	for (i = 0; i < l->nclasses && i < SHOWN; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %zu",
		    i > 0 ? ", " : "",
		    cd_escape_end(name, sizeof name, l->class_name[i],
			strlen(l->class_name[i])),
		    count[i]);
	free(count);
	if (l->nclasses > SHOWN)
		snprintf(text + n, sizeof text - n, ", and %zu more",
		    l->nclasses - SHOWN);
	if (l->nclasses > 0)
		cd_warn("%zu class%s: %s", l->nclasses,
		    l->nclasses == 1 ? "" : "es", text);
	for (i = 0; i < l->n && args->label == CD_LABEL_FOLDER; i++) {
		const char *key = l->item[i].key, *first = strchr(key, '/');

		if (!l->item[i].in_folder || !first || !strchr(first + 1, '/'))
			continue;
		cd_warn("these are the last folders of the paths; --label top "
			"takes the first, such as %.*s",
		    (int)(first - key), key);
		break;
	}
	return 0;
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
				   "no pictures: none of a known kind in "
				   "what was named");
	for (k = 0; k < l->n; k++)
		cd_files_look(l->item[k].path, "a picture");
	if (cd_list_check_keys(l, e) < 0)
		return -1;
	if (cd_list_label(l, args->label, args->table, args->classes, e) < 0)
		return -1;
	return args->classes ? 0 : tell_classes(l, e);
}

static int
header(struct cd_head *h, const struct cd_list *l, struct cd_err *e)
{
	struct cd_shard shard = args->shard;
	char fit[64], labels[40] = "";
	struct cd_buf made = { 0 };
	size_t i;
	int rc;

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
	if (shard.n > 0) {
		cd_list_run(l, shard.run);
		if (cd_shard_mark(h, &shard, e) < 0)
			return -1;
	}
	if (args->table)
		snprintf(labels, sizeof labels, " --labels (%016" PRIx64 ")",
		    l->table_hash);
	if (cd_buf_add(&made, cd_opt_provenance(), strlen(cd_opt_provenance()),
		e) < 0 ||
	    cd_buf_add(&made, labels, strlen(labels), e) < 0)
		rc = -1;
	else
		rc = cd_head_addn(h, "made", (char *)made.data, made.len, e);
	cd_buf_free(&made);
	return rc;
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
	if (!picture_at_fault(e))
		return -1;
	if (!args->skip) {
		struct cd_err why = *e;

		return cd_fail(e, "%s; --on-error skip leaves such out",
		    why.msg);
	}
	cd_warn("%s (skipped)", e->msg);
	*e = (struct cd_err){ "" };
	return 0;
}

static int
put(struct cd_writer *out, const struct cd_listed *item,
    const struct cd_picture *p, struct cd_err *e)
{
	struct cd_rec r = { .kind = CD_SAMPLE,
		.key = item->key,
		.seq = item->number };
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
	const struct cd_listed *first = NULL;
	char shown[256];
	uint64_t n = 0, several = 0;
	int got;

	for (; (got = cd_decode_next(d, &item, &picture, e)) != 0; n++) {
		if (got > 0 ? put(out, item, picture, e) < 0 :
			      bad_picture(item, e) < 0)
			return -1;
		*skipped += got < 0;
		if (got > 0 && picture->more && several++ == 0)
			first = item;
	}
	if (several > 0)
		cd_warn("%" PRIu64 " with several pictures or frames, such as "
			"%s: the first was taken",
		    several,
		    cd_escape_end(shown, sizeof shown, first->path,
			strlen(first->path)));
	/* of a shard cd-merge says it, which knows of the others */
	if (*skipped == n && args->shard.n == 0)
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
	struct cd_pace pace = { .began = cd_seconds() };

	args = cd_decode_parse(argc, argv);
	if (list(&l, &e) < 0 || header(&h, &l, &e) < 0)
		cd_die("%s", e.msg);
	if (args->shard.n > 0)
		cd_list_shard(&l, &args->shard);
	if (cd_writer_open(&out, args->output, &h, &e) < 0)
		cd_die("%s", e.msg);
	/* before there are threads; where it cannot be, all else still holds */
	(void)cd_confine(args->output);
	d = cd_decode_new(&l, &args->how, &args->fit, (int)args->threads, &e);
	if (!d)
		cd_die("%s", e.msg);

	if (stream(d, out, &skipped, &e) < 0)
		cd_die("%s", e.msg);

	pace.records = l.n;
	pace.output = cd_writer_waited(out) - cd_seconds();
	if (cd_writer_close(out, skipped, &e) < 0)
		cd_die("%s", e.msg);
	pace.output += cd_seconds();
	cd_pace_tell(&pace);
	cd_decode_free(d);
	cd_head_free(&h);
	cd_list_free(&l);
	return 0;
}
