#include "img/list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/format.h"
#include "rec/rec.h"

enum {
	SHOWN = 400, /* bytes of a path in a message */
};

/* Fails with "PATH: reason", the reason that of errno. */
static int
fail_path(struct cd_err *e, const char *path)
{
	int why = errno;
	char shown[SHOWN];

	cd_escape_end(shown, sizeof shown, path, strlen(path));
	errno = why;
	return cd_fail_errno(e, "%s", shown);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_letter_or_digit(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* Compares the numbers at *a and *b and steps past them. */
static int
number_order(const char **a, const char **b)
{
	size_t na, nb;
	int order;

	while (**a == '0')
		++*a;
	while (**b == '0')
		++*b;
	for (na = 0; is_digit((*a)[na]); na++)
		;
	for (nb = 0; is_digit((*b)[nb]); nb++)
		;
	order = na != nb ? (na < nb ? -1 : 1) : strncmp(*a, *b, na);
	*a += na;
	*b += nb;
	return order;
}

int
cd_name_order(const char *a, const char *b)
{
	const char *s = a, *t = b;
	int order;

	while (*s && *t) {
		if (is_digit(*s) && is_digit(*t)) {
			order = number_order(&s, &t);
			if (order != 0)
				return order;
		} else if (*s != *t) {
			break;
		} else {
			s++;
			t++;
		}
	}
	if (*s != *t)
		return (unsigned char)*s < (unsigned char)*t ? -1 : 1;
	return strcmp(a, b); /* equal numbers: 07 and 7 */
}

int
cd_path_order(const char *a, const char *b)
{
	char x[CD_KEY_MAX + 1], y[CD_KEY_MAX + 1];
	size_t n, m;

	for (;; a += n + 1, b += m + 1) {
		n = strcspn(a, "/");
		m = strcspn(b, "/");
		if (n != m || memcmp(a, b, n) != 0)
			break;
		if (!a[n] || !b[m])
			return (a[n] != '\0') - (b[m] != '\0');
	}
	snprintf(x, sizeof x, "%.*s", (int)n, a);
	snprintf(y, sizeof y, "%.*s", (int)m, b);
	return cd_name_order(x, y);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The last two parts of a path, "Cat/0.jpg"; NULL where it has only one. */
static const char *
with_folder(const char *path)
{
	const char *base = base_name(path), *p = base;

	while (p > path && p[-1] == '/')
		p--;
	if (p == path)
		return NULL;
	while (p > path && p[-1] != '/')
		p--;
	return p;
}

/* Takes path; key points into it. */
static int
append(struct cd_list *l, char *path, const char *key, bool keep_folder,
    struct cd_err *e)
{
	struct cd_listed *item;

	if (keep_folder && !strchr(key, '/') && with_folder(path))
		key = with_folder(path);
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;

		item = realloc(l->item, room * sizeof *item);
		if (!item) {
			free(path);
			return cd_fail(e, "out of memory (%zu pictures)", room);
		}
		l->item = item;
		l->room = room;
	}
	item = &l->item[l->n++];
	memset(item, 0, sizeof *item);
	item->path = path;
	item->key = key;
	item->label = -1;
	return 0;
}

bool
cd_list_is_picture(const char *name)
{
	static const char *const ends[] = { ".jpg", ".jpeg", ".png", ".webp",
		".pnm", ".pbm", ".pgm", ".ppm" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < sizeof ends / sizeof *ends; i++)
		if (strcasecmp(dot, ends[i]) == 0)
			return true;
	return false;
}

/* Counts a file that is left out. */
static void
leave_out(struct cd_list *l, const char *name)
{
	struct cd_list_ending *end = l->ending;
	const char *dot = strrchr(name, '.');
	char text[sizeof end->text] = "";
	size_t i, n = dot ? strlen(dot) : 0;

	l->others++;
	for (i = 1; i < n && is_letter_or_digit(dot[i]); i++)
		;
	if (n > 1 && n < sizeof text && i == n)
		for (i = 0; i < n; i++)
			text[i] = lower(dot[i]);
	for (i = 0; i < CD_LIST_ENDINGS; i++, end++) {
		if (end->n == 0)
			memcpy(end->text, text, sizeof text);
		if (strcmp(end->text, text) == 0) {
			end->n++;
			return;
		}
	}
}

static int
order_names(const void *a, const void *b)
{
	return cd_name_order(*(char *const *)a, *(char *const *)b);
}

static void
free_names(char **name, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(name[i]);
	free(name);
}

/* The names in a folder, sorted. The folder is closed before any below it is
 * opened, so that one descriptor suffices for any depth. */
static int
read_names(const char *path, char ***names, size_t *count, struct cd_err *e)
{
	char **name = NULL, **more;
	size_t n = 0, room = 0;
	struct dirent *d;
	DIR *dir = opendir(path);

	if (!dir)
		return fail_path(e, path);
	for (errno = 0; (d = readdir(dir)); errno = 0) {
		if (d->d_name[0] == '.')
			continue;
		if (n == room) {
			room = room ? 2 * room : 256;
			more = realloc(name, room * sizeof *name);
			if (!more)
				break;
			name = more;
		}
		name[n] = cd_copy_text(d->d_name, strlen(d->d_name), e);
		if (!name[n])
			break;
		n++;
	}
	if (d || errno) {
		fail_path(e, path);
		closedir(dir);
		free_names(name, n);
		return -1;
	}
	closedir(dir);
	if (n > 0)
		qsort(name, n, sizeof *name, order_names);
	*names = name;
	*count = n;
	return 0;
}

static char *
join(const char *folder, const char *name, struct cd_err *e)
{
	size_t a = strlen(folder), b = strlen(name);
	bool slash = a > 0 && folder[a - 1] != '/';
	char *path = cd_calloc(a + b + 2, 1, e);

	if (!path)
		return NULL;
	memcpy(path, folder, a);
	path[a] = '/';
	memcpy(path + a + slash, name, b + 1);
	return path;
}

/* A folder that is being walked. */
struct walk {
	struct cd_list *l;
	size_t below; /* offset of the keys in paths */
	bool keep_folder;
	const struct stat *folder;
	const struct walk *above;
};

static int walk(const struct walk *, const char *, struct cd_err *);

/* Does a link lead back to a folder that is being walked? */
static bool
is_loop(const struct walk *w, const struct stat *st)
{
	for (; w && w->folder; w = w->above)
		if (w->folder->st_dev == st->st_dev &&
		    w->folder->st_ino == st->st_ino)
			return true;
	return false;
}

/* Takes path. */
static int
visit(const struct walk *w, char *path, struct cd_err *e)
{
	struct walk inner = *w;
	struct stat st;
	bool broken = stat(path, &st) < 0;
	int r = 0;

	if (broken && lstat(path, &st) < 0) {
		r = fail_path(e, path);
	} else if (!broken && S_ISDIR(st.st_mode)) {
		inner.folder = &st;
		inner.above = w;
		if (is_loop(w, &st))
			w->l->loops++;
		else
			r = walk(&inner, path, e);
	} else if (cd_list_is_picture(base_name(path)) &&
	    (broken || S_ISREG(st.st_mode))) {
		/* a broken link fails when it is read */
		return append(w->l, path, path + w->below, w->keep_folder, e);
	} else {
		leave_out(w->l, base_name(path));
	}
	free(path);
	return r;
}

static int
walk(const struct walk *w, const char *folder, struct cd_err *e)
{
	char **name = NULL, *path;
	size_t n = 0, i;
	int r = 0;

	if (read_names(folder, &name, &n, e) < 0)
		return -1;
	for (i = 0; i < n && r == 0; i++) {
		path = join(folder, name[i], e);
		r = path ? visit(w, path, e) : -1;
	}
	free_names(name, n);
	return r;
}

/* A copy of s without slashes at its end (but for "/" itself). */
static char *
without_slashes(const char *s, struct cd_err *e)
{
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		n--;
	return cd_copy_text(s, n, e);
}

int
cd_list_add(struct cd_list *l, const char *operand, bool keep_folder,
    struct cd_err *e)
{
	struct walk w = { .l = l, .keep_folder = keep_folder };
	size_t first = l->n;
	char *path;
	struct stat st;
	int r;

	/* what is missing fails when it is read, like what is damaged */
	if (stat(operand, &st) < 0 || !S_ISDIR(st.st_mode)) {
		path = cd_copy_text(operand, strlen(operand), e);
		return path ? append(l, path, base_name(path), keep_folder, e) :
			      -1;
	}
	path = without_slashes(operand, e);
	if (!path)
		return -1;
	w.folder = &st;
	w.below = strlen(path) + (path[strlen(path) - 1] != '/');
	r = walk(&w, path, e);
	free(path);
	for (; r == 0 && first < l->n; first++)
		l->item[first].in_folder = true;
	return r;
}

/* What a file is that came instead of a list, or NULL: names have no control
 * characters, and the beginnings of files do. */
static const char *
kind_of(const char *line, size_t n)
{
	size_t i, most = n < CD_FORMAT_BYTES ? n : CD_FORMAT_BYTES;

	for (i = 0; i < most; i++)
		if ((unsigned char)line[i] < ' ')
			return cd_format_name(line, n);
	return n > 2 && memcmp(line, "\xff\xd8\xff", 3) == 0 ?
	    cd_format_name(line, n) :
	    NULL;
}

int
cd_list_read(struct cd_list *l, FILE *f, const char *name, int end,
    bool keep_folder, struct cd_err *e)
{
	char *line = NULL, *path;
	size_t room = 0, number;
	const char *what;
	ssize_t n;
	int r = 0;

	for (number = 1; r == 0; number++) {
		n = getdelim(&line, &room, end, f);
		if (n < 0)
			break;
		if (n > 0 && line[n - 1] == (char)end)
			n--;
		if (n == 0)
			continue;
		what = number == 1 ? kind_of(line, (size_t)n) : NULL;
		if (what) {
			r = cd_fail(e,
			    "%s: %s, not a list of names: name pictures as "
			    "operands",
			    name, what);
			break;
		}
		if (strlen(line) < (size_t)n) {
			r = cd_fail(e, "%s: a NUL in line %zu (is -0 missing?)",
			    name, number);
			break;
		}
		path = cd_copy_text(line, (size_t)n, e);
		r = path ? append(l, path, base_name(path), keep_folder, e) :
			   -1;
	}
	/* getdelim may have failed for lack of memory, not at the end */
	if (r == 0 && !feof(f))
		r = cd_fail_errno(e, "%s", name);
	free(line);
	return r;
}

static int
order_keys(const void *a, const void *b)
{
	const struct cd_listed *x = *(struct cd_listed *const *)a;
	const struct cd_listed *y = *(struct cd_listed *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x < y ? -1 : x > y);
}

static int
fail_twice(const struct cd_listed *a, const struct cd_listed *b,
    struct cd_err *e)
{
	char key[SHOWN], first[SHOWN], second[SHOWN];

	cd_escape_end(key, sizeof key, a->key, strlen(a->key));
	cd_escape_end(first, sizeof first, a->path, strlen(a->path));
	cd_escape_end(second, sizeof second, b->path, strlen(b->path));
	return cd_fail(e, "%s and %s: both have the key %s", first, second,
	    key);
}

int
cd_list_check_keys(const struct cd_list *l, struct cd_err *e)
{
	const struct cd_listed **by = cd_calloc(l->n, sizeof *by, e);
	size_t i;
	int r = 0;

	if (!by)
		return -1;
	for (i = 0; i < l->n; i++)
		by[i] = &l->item[i];
	if (l->n > 0)
		qsort(by, l->n, sizeof *by, order_keys);
	for (i = 1; i < l->n && r == 0; i++)
		if (strcmp(by[i - 1]->key, by[i]->key) == 0)
			r = fail_twice(by[i - 1], by[i], e);
	free(by);
	return r;
}

void
cd_list_free(struct cd_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->item[i].path);
	free_names(l->class_name, l->nclasses);
	free(l->item);
	memset(l, 0, sizeof *l);
}
