#include "cmd/export_pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/save.h"
#include "cmd/msg.h"
#include "cmd/whole.h"
#include "img/list.h"
#include "img/png.h"
#include "out/archive.h"
#include "out/json.h"
#include "rec/pictures.h"
#include "score/metrics.h"

enum {
	NAME_MOST = 200, /* bytes of a name, without what follows it */
	NAME = 256,	 /* and with that, and its NUL */
};

/* What a sample is written as. */
struct item {
	const struct cd_rec *r;
	struct cd_pictures all;
	struct cd_picture one;
	char name[NAME];
	struct cd_memory png;
};

/* A name that was given, in a tree by name. */
struct given {
	char *name, *shown;
};

static struct cd_err e;

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

static void
must_here(struct cd_reader *in, int rc)
{
	if (rc < 0) {
		cd_reader_blame(in, &e);
		must(-1);
	}
}

static const char *output_name;

static void
must_out(int rc)
{
	if (rc < 0)
		must(cd_fail_at(&e, "%s", output_name));
}

/* ---- names ---- */

/* What is printable as the name of one file or folder: no path leads out of
 * where it is, none is hidden. */
static int
safe_name(char to[NAME], const char *shown, bool dots)
{
	size_t i, n = strlen(shown);

	if (n > NAME_MOST)
		return cd_fail(&e, "as a file's name it has more than %d bytes",
		    NAME_MOST);
	snprintf(to, NAME, "%s", n > 0 ? shown : "_");
	for (i = 0; i < n; i++)
		if (to[i] == '/' || to[i] == '\\' ||
		    (to[i] == '.' && (!dots || i == 0)))
			to[i] = '_';
	return 0;
}

/* in: the class whose folder it comes into, or NULL: a key of that folder loses
 * its name. */
static int
name_sample(struct item *it, bool dots, const char *in)
{
	char shown[CD_ESCAPED(CD_KEY_MAX)], *to = it->name;
	const char *key = it->r->key;
	size_t n = in ? strlen(in) : 0;

	if (n > 0 && strncmp(key, in, n) == 0 && key[n] == '/')
		key += n + 1;
	n = strlen(key);
	if (cd_list_is_picture(key))
		n = (size_t)(strrchr(key, '.') - key);
	if (safe_name(to, cd_escape(shown, sizeof shown, key, n), dots) < 0)
		return -1;
	n = strlen(to);
	if (it->r->epoch > 0)
		n += (size_t)snprintf(to + n, NAME - n, "-e%llu",
		    (unsigned long long)it->r->epoch);
	if (it->r->view > 0)
		snprintf(to + n, NAME - n, "-v%lu", (unsigned long)it->r->view);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct given *)a)->name,
	    ((const struct given *)b)->name);
}

/* Gives a name to what is called so, printable; an error if it is given. */
static int
give(void **tree, const char *name, const char *shown)
{
	struct given *g = cd_calloc(1, sizeof *g, &e), **found;

	if (!g)
		must(-1);
	g->name = cd_copy_text(name, strlen(name), &e);
	g->shown = cd_copy_text(shown, strlen(shown), &e);
	if (!g->name || !g->shown)
		must(-1);
	found = tsearch(g, tree, by_name);
	if (!found)
		cd_die("out of memory");
	return *found == g ?
	    0 :
	    cd_fail(&e, "its file would be that of %s", (*found)->shown);
}

static void
give_sample(struct cd_reader *in, const struct item *it, void **tree,
    const char *name)
{
	char shown[CD_ESCAPED(64)];
	const char *key = it->r->key;

	must_here(in,
	    give(tree, name, cd_escape(shown, sizeof shown, key, strlen(key))));
}

static void
forget(void **tree)
{
	struct given *g;

	while (*tree) {
		g = *(struct given **)*tree;
		tdelete(g, tree, by_name);
		free(g->name);
		free(g->shown);
		free(g);
	}
}

/* ---- samples ---- */

/* The next sample, as PNG; false: there are no more. */
static bool
next_sample(struct cd_reader *in, struct item *it)
{
	int n = cd_head_count(cd_reader_head(in), "class"), got;
	const uint64_t *dim;

	do
		must(got = cd_reader_next(in, &it->r, &e));
	while (got == 1 && it->r->kind != CD_SAMPLE);
	if (got == 0)
		return false;
	must_here(in, cd_pictures_of(&it->all, it->r, n, true, &e));
	(void)cd_pictures_next(&it->all, &it->one);
	dim = it->all.dim;
	if (dim[0] > INT_MAX || dim[1] > INT_MAX ||
	    (dim[2] != 1 && dim[2] != 3))
		must_here(in,
		    cd_fail(&e, "PNG takes no %llux%llu pixels of %llu values",
			(unsigned long long)dim[1], (unsigned long long)dim[0],
			(unsigned long long)dim[2]));
	cd_memory_open(&it->png);
	must_here(in,
	    cd_png_write(it->png.f, it->one.image, (int)dim[1], (int)dim[0],
		(int)dim[2], (size_t)(dim[1] * dim[2]), &e));
	cd_memory_close(&it->png);
	return true;
}

/* ---- WebDataset ---- */

static void
put_member(struct cd_archive *a, const struct item *it, const char *ending,
    const void *p, size_t n)
{
	char name[NAME + 8];

	snprintf(name, sizeof name, "%s.%s", it->name, ending);
	must_out(cd_archive_file(a, name, n, &e));
	must_out(cd_archive_data(a, p, n, &e));
}

static void
put_json(struct cd_archive *a, const struct item *it, char *const *class_name)
{
	static struct cd_buf b;
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	const struct cd_picture *p = &it->one;
	const char *key = it->r->key;
	int i;

	cd_escape(shown, sizeof shown, key, strlen(key));
	b.len = 0;
	must(cd_json_add(&b, &e, "{\"key\":"));
	must(cd_json_string(&b, shown, &e));
	must(cd_json_add(&b, &e, ",\"class\":"));
	must(p->label < 0 ? cd_json_add(&b, &e, "null") :
			    cd_json_string(&b, class_name[p->label], &e));
	must(cd_json_add(&b, &e, ",\"epoch\":%llu,\"view\":%lu",
	    (unsigned long long)it->r->epoch, (unsigned long)it->r->view));
	for (i = 0; p->target && i < it->all.nclasses; i++)
		must(cd_json_add(&b, &e, "%s%.9g", i ? "," : ",\"target\":[",
		    (double)p->target[i]));
	must(cd_json_add(&b, &e, p->target ? "]}\n" : "}\n"));
	put_member(a, it, "json", b.data, b.len);
}

void
cd_export_webdataset(struct cd_reader *in, const char *output)
{
	struct cd_archive *a;
	struct cd_save to;
	struct item it;
	void *names = NULL;
	char class[16], **class_name;
	int n;

	class_name = cd_class_names(cd_reader_head(in), &n, &e);
	if (!class_name)
		must(-1);
	must(cd_save_open(&to, output, &e));
	output_name = to.name;
	must_out(cd_archive_open(&a, to.fd, CD_ARCHIVE_TAR, &e));
	while (next_sample(in, &it)) {
		must_here(in, name_sample(&it, false, NULL));
		give_sample(in, &it, &names, it.name);
		put_member(a, &it, "png", it.png.data, it.png.size);
		free(it.png.data);
		n = snprintf(class, sizeof class, "%d", it.one.label);
		if (it.one.label >= 0)
			put_member(a, &it, "cls", class, (size_t)n);
		put_json(a, &it, class_name);
	}
	must_out(cd_archive_close(a, &e));
	must(cd_save_commit(&to, &e));
	free(class_name);
	forget(&names);
}

/* ---- a folder ---- */

/* Below it no link is followed, which could lead anywhere. */
static void
make_folder(const char *path, bool below)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return;
	if (errno == EEXIST &&
	    (below ? lstat(path, &st) : stat(path, &st)) == 0) {
		if (S_ISDIR(st.st_mode))
			return;
		errno = ENOTDIR;
	}
	must(cd_fail_errno(&e, "%s", path));
}

/* The folders of the classes, by label. */
static char **
name_folders(const struct cd_reader *in, const char *dir,
    char *const *class_name, int n)
{
	size_t room = strlen(dir) + 1 + NAME;
	char **folder = cd_calloc((size_t)n + 1, sizeof *folder, &e);
	char name[NAME];
	void *names = NULL;
	int i;

	if (!folder)
		must(-1);
	for (i = 0; i < n; i++) {
		if (safe_name(name, class_name[i], true) < 0 ||
		    give(&names, name, class_name[i]) < 0)
			cd_die("%s: class %s: %s", cd_reader_name(in),
			    class_name[i], e.msg);
		folder[i] = cd_calloc(1, room, &e);
		if (!folder[i])
			must(-1);
		snprintf(folder[i], room, "%s/%s", dir, name);
	}
	forget(&names);
	return folder;
}

static void
put_file(const char *path, const void *p, size_t n)
{
	struct cd_save to;
	struct stat st;
	FILE *f;

	if (lstat(path, &st) == 0) {
		errno = EEXIST;
		must(cd_fail_errno(&e, "%s", path));
	}
	must(cd_save_open(&to, path, &e));
	f = fdopen(dup(to.fd), "w");
	if (!f)
		cd_die("out of memory");
	fwrite(p, 1, n, f);
	if (fclose(f) == EOF)
		must(cd_fail_errno(&e, "%s: write", path));
	must(cd_save_commit_new(&to, &e));
}

void
cd_export_png(struct cd_reader *in, const char *dir)
{
	size_t room = strlen(dir) + NAME + NAME + 8;
	char **class_name, **folder, *path = cd_calloc(1, room, &e);
	const char *to;
	void *names = NULL;
	struct item it;
	int n, i;

	class_name = cd_class_names(cd_reader_head(in), &n, &e);
	if (!path || !class_name)
		must(-1);
	folder = name_folders(in, dir, class_name, n);
	make_folder(dir, false);
	while (next_sample(in, &it)) {
		i = it.one.label;
		must_here(in,
		    name_sample(&it, true, i < 0 ? NULL : class_name[i]));
		to = i < 0 ? dir : folder[i];
		if (to != dir)
			make_folder(to, true);
		snprintf(path, room, "%s/%s.png", to, it.name);
		give_sample(in, &it, &names, path);
		put_file(path, it.png.data, it.png.size);
		free(it.png.data);
	}
	for (i = 0; i < n; i++)
		free(folder[i]);
	free(folder);
	free(class_name);
	free(path);
	forget(&names);
}
