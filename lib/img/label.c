/* cd_list_label. */
#include "img/list.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/node.h"
#include "rec/head.h"

enum {
	SHOWN = 256, /* bytes of a name in a message */
};

/* Words that are not NUL-terminated: parts of paths and tables. */
struct word {
	const char *s;
	size_t n;
};

/* A line of a table, or a class and its number. */
struct entry {
	struct word key, value;
	size_t number;
};

static int
order_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int order = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static int
order_entries(const void *a, const void *b)
{
	return order_words(&((const struct entry *)a)->key,
	    &((const struct entry *)b)->key);
}

static const struct entry *
find(const struct entry *entry, size_t n, struct word key)
{
	struct entry wanted = { .key = key };

	return n ? bsearch(&wanted, entry, n, sizeof *entry, order_entries) :
		   NULL;
}

/* Sorts by key; a key that occurs twice is an error. */
static int
sort_entries(struct entry *entry, size_t n, const char *where, struct cd_err *e)
{
	char name[SHOWN];
	size_t i;

	if (n > 0)
		qsort(entry, n, sizeof *entry, order_entries);
	for (i = 1; i < n; i++)
		if (order_entries(&entry[i - 1], &entry[i]) == 0)
			return cd_fail(e, "%s: %s is there twice", where,
			    cd_escape(name, sizeof name, entry[i].key.s,
				entry[i].key.n));
	return 0;
}

static int
read_file(const char *path, struct cd_buf *text, uint64_t *hash,
    struct cd_err *e)
{
	FILE *f = cd_log_reopen(path, hash, e);
	int r = 0;

	if (!f)
		return -1;
	while (r == 0 && !feof(f) && !ferror(f)) {
		r = cd_buf_reserve(text, text->len + (64 << 10), e);
		if (r == 0)
			text->len += fread(text->data + text->len, 1, 64 << 10,
			    f);
	}
	if (r == 0 && ferror(f))
		r = cd_fail_errno(e, "%s", path);
	fclose(f);
	return r;
}

static size_t
count_lines(const struct cd_buf *text)
{
	size_t i, n = 1;

	for (i = 0; i < text->len; i++)
		n += text->data[i] == '\n';
	return n;
}

/* The word from s to end, as the tables of cd-predict have it, unescaped in
 * place. */
static struct word
word(char *s, const char *end)
{
	return (struct word){ s, cd_unescape(s, (size_t)(end - s)) };
}

/* Parses lines of key TAB class; empty ones are skipped. The entries, sorted by
 * key, point into text. The caller frees *entries, after an error too. */
static int
parse_table(const struct cd_buf *text, const char *path, struct entry **entries,
    size_t *count, struct cd_err *e)
{
	struct entry *entry = cd_calloc(count_lines(text), sizeof *entry, e);
	char *s = (char *)text->data, *end = s + text->len;
	size_t n = 0, number;

	if (!entry)
		return -1;
	for (number = 1; s < end; number++) {
		char *nl = memchr(s, '\n', (size_t)(end - s));
		char *stop = nl ? nl : end, *tab;
		char *next = nl ? nl + 1 : end;

		if (stop > s && stop[-1] == '\r')
			stop--;
		tab = memchr(s, '\t', (size_t)(stop - s));
		if (stop > s &&
		    (!tab || tab == s || tab + 1 == stop ||
			memchr(tab + 1, '\t', (size_t)(stop - tab - 1)))) {
			free(entry);
			return cd_fail(e,
			    "%s: line %zu: not a key, a tab and a class", path,
			    number);
		}
		if (stop > s) {
			entry[n].key = word(s, tab);
			entry[n].value = word(tab + 1, stop);
			n++;
		}
		s = next;
	}
	*entries = entry;
	*count = n;
	return sort_entries(entry, n, path, e);
}

/* "PATH: what". */
static int
fail_item(const struct cd_listed *item, const char *what, struct cd_err *e)
{
	char path[SHOWN];

	return cd_fail(e, "%s: %s",
	    cd_escape_end(path, sizeof path, item->path, strlen(item->path)),
	    what);
}

static int
prefix_of(const struct cd_listed *item, struct word *w, struct cd_err *e)
{
	const char *slash = strrchr(item->path, '/');
	const char *base = slash ? slash + 1 : item->path;
	const char *dot = strchr(base, '.');

	if (!dot || dot == base)
		return fail_item(item,
		    "the name has nothing before a '.' to be its label", e);
	*w = (struct word){ base, (size_t)(dot - base) };
	return 0;
}

/* The folder from *s to end, without slashes, that the path from begin to end
 * ends with. */
static struct word
last_folder(const char *begin, const char *end)
{
	const char *s;

	while (end > begin && end[-1] == '/')
		end--;
	for (s = end; s > begin && s[-1] != '/'; s--)
		;
	return (struct word){ s, (size_t)(end - s) };
}

static int
folder_of(const struct cd_listed *item, enum cd_label_how how, struct word *w,
    struct cd_err *e)
{
	const char *path = item->path, *slash = strrchr(path, '/');

	if (how == CD_LABEL_TOP && !item->in_folder)
		return fail_item(item,
		    "no folder was named that it was found in: --label top "
		    "goes with the name of one",
		    e);
	if (how == CD_LABEL_TOP)
		*w = (struct word){ item->key, strcspn(item->key, "/") };
	else
		*w = last_folder(path, slash ? slash : path);
	if (w->n == 0 || (w->n == 1 && *w->s == '.') ||
	    (w->n == 2 && memcmp(w->s, "..", 2) == 0))
		return fail_item(item,
		    "the path has no folder's name to be its label", e);
	return 0;
}

/* A folder of this name, in that one, holds the item. */
struct parent {
	struct word name, in;
	const struct cd_listed *item;
};

static int
order_parents(const void *a, const void *b)
{
	const struct parent *x = a, *y = b;
	int order = order_words(&x->name, &y->name);

	return order ? order : order_words(&x->in, &y->in);
}

/* Are they one folder, named in two ways? */
static bool
same_folder(const struct parent *a, const struct parent *b)
{
	struct cd_node x, y;
	char *s = cd_copy_text(a->item->path, a->in.n + a->name.n, NULL);
	char *t = cd_copy_text(b->item->path, b->in.n + b->name.n, NULL);
	bool same = false;

	if (s && t) {
		cd_node_find(&x, s);
		cd_node_find(&y, t);
		same = x.known && y.known && x.dev == y.dev && x.ino == y.ino;
	}
	free(s);
	free(t);
	return same;
}

/* Where one name is that of folders in several, it may be no class but the
 * likes of cat/2019 and dog/2019. */
static int
check_parents(const struct cd_list *l, const struct word *word,
    struct cd_err *e)
{
	struct parent *p = cd_calloc(l->n, sizeof *p, e);
	char a[SHOWN], b[SHOWN];
	size_t n = 0, i;
	int r = p ? 0 : -1;

	for (i = 0; p && i < l->n; i++)
		p[n++] = (struct parent){ word[i],
			{ l->item[i].path,
			    (size_t)(word[i].s - l->item[i].path) },
			&l->item[i] };
	if (n > 1)
		qsort(p, n, sizeof *p, order_parents);
	for (i = 1; i < n && r == 0; i++)
		if (order_words(&p[i - 1].name, &p[i].name) == 0 &&
		    order_words(&p[i - 1].in, &p[i].in) != 0 &&
		    !same_folder(&p[i - 1], &p[i]))
			r = cd_fail(e,
			    "%s and %s: two folders of one name, and of one "
			    "class? --label top takes the first folder below "
			    "the one named, --labels a table",
			    cd_escape_end(a, sizeof a, p[i - 1].item->path,
				strlen(p[i - 1].item->path)),
			    cd_escape_end(b, sizeof b, p[i].item->path,
				strlen(p[i].item->path)));
	free(p);
	return r;
}

static int
table_of(const struct cd_listed *item, const char *table,
    const struct entry *entry, size_t n, struct word *w, struct cd_err *e)
{
	struct word key = { item->key, strlen(item->key) };
	const struct entry *found = find(entry, n, key);
	char shown[SHOWN];

	if (!found)
		return cd_fail(e, "%s: no line for the key %s", table,
		    cd_escape(shown, sizeof shown, key.s, key.n));
	*w = found->value;
	return 0;
}

/* The label of every picture, as a word. */
static int
find_words(const struct cd_list *l, enum cd_label_how how, const char *table,
    const struct entry *entry, size_t n, struct word *word, struct cd_err *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < l->n && r == 0; i++) {
		const struct cd_listed *item = &l->item[i];

		if (how == CD_LABEL_PREFIX)
			r = prefix_of(item, &word[i], e);
		else if (how == CD_LABEL_FOLDER || how == CD_LABEL_TOP)
			r = folder_of(item, how, &word[i], e);
		else
			r = table_of(item, table, entry, n, &word[i], e);
		if (r == 0 && memchr(word[i].s, '\n', word[i].n))
			r = fail_item(item, "a newline in its label", e);
	}
	if (r == 0 && how == CD_LABEL_FOLDER)
		r = check_parents(l, word, e);
	return r;
}

/* Copies n words to l->class_name. */
static int
name_classes(struct cd_list *l, const struct word *word, size_t n,
    struct cd_err *e)
{
	size_t i;

	if (n > CD_CLASSES_MAX)
		return cd_fail(e, "%zu classes, more than the limit of %d", n,
		    (int)CD_CLASSES_MAX);
	l->class_name = cd_calloc(n, sizeof *l->class_name, e);
	if (!l->class_name)
		return -1;
	for (i = 0; i < n; i++) {
		l->class_name[i] = cd_copy_text(word[i].s, word[i].n, e);
		if (!l->class_name[i])
			return -1;
		l->nclasses++;
	}
	return 0;
}

/* Makes the distinct words the classes, sorted by bytes; reorders word. */
static int
classes_found(struct cd_list *l, struct word *word, struct cd_err *e)
{
	size_t i, n = 0;

	if (l->n > 0)
		qsort(word, l->n, sizeof *word, order_words);
	for (i = 0; i < l->n; i++)
		if (n == 0 || order_words(&word[n - 1], &word[i]) != 0)
			word[n++] = word[i];
	return name_classes(l, word, n, e);
}

/* Makes the words between the commas of s the classes, in their order. */
static int
classes_given(struct cd_list *l, const char *s, struct cd_err *e)
{
	struct word *word;
	size_t n = 0, i;
	int r;

	for (i = 0; s[i]; i++)
		n += s[i] == ',';
	word = cd_calloc(n + 1, sizeof *word, e);
	if (!word)
		return -1;
	for (n = 0;; n++) {
		word[n].s = s;
		word[n].n = strcspn(s, ",");
		if (word[n].n == 0) {
			free(word);
			return cd_fail(e, "--classes: an empty name");
		}
		s += word[n].n;
		if (*s++ == '\0')
			break;
	}
	r = name_classes(l, word, n + 1, e);
	free(word);
	return r;
}

/* The classes by name, with their numbers; the caller frees them. */
static struct entry *
index_classes(const struct cd_list *l, struct cd_err *e)
{
	struct entry *entry = cd_calloc(l->nclasses, sizeof *entry, e);
	size_t i;

	for (i = 0; entry && i < l->nclasses; i++) {
		entry[i].key.s = l->class_name[i];
		entry[i].key.n = strlen(l->class_name[i]);
		entry[i].number = i;
	}
	if (entry && sort_entries(entry, l->nclasses, "--classes", e) < 0) {
		free(entry);
		return NULL;
	}
	return entry;
}

static int
set_labels(struct cd_list *l, const struct word *word, struct cd_err *e)
{
	struct entry *entry = index_classes(l, e);
	const struct entry *found;
	char name[SHOWN];
	size_t i;
	int r = entry ? 0 : -1;

	for (i = 0; r == 0 && i < l->n; i++) {
		found = find(entry, l->nclasses, word[i]);
		if (found) {
			l->item[i].label = (int)found->number;
			continue;
		}
		cd_escape(name, sizeof name, word[i].s, word[i].n);
		cd_fail(e, "class %s is not one of --classes", name);
		cd_escape_end(name, sizeof name, l->item[i].path,
		    strlen(l->item[i].path));
		r = cd_fail_at(e, "%s", name);
	}
	free(entry);
	return r;
}

/* Sets classes and labels from the words; copy: scratch for as many. */
static int
label_all(struct cd_list *l, const struct word *word, struct word *copy,
    const char *classes, struct cd_err *e)
{
	if (classes) {
		if (classes_given(l, classes, e) < 0)
			return -1;
	} else {
		memcpy(copy, word, l->n * sizeof *word);
		if (classes_found(l, copy, e) < 0)
			return -1;
	}
	return set_labels(l, word, e);
}

int
cd_list_label(struct cd_list *l, enum cd_label_how how, const char *table,
    const char *classes, struct cd_err *e)
{
	struct cd_buf text = { 0 };
	struct entry *entry = NULL;
	struct word *word = cd_calloc(2 * l->n, sizeof *word, e);
	size_t n = 0;
	int r = word ? 0 : -1;

	if (r == 0 && how == CD_LABEL_TABLE) {
		r = read_file(table, &text, &l->table_hash, e);
		if (r == 0)
			r = parse_table(&text, table, &entry, &n, e);
	}
	if (r == 0 && how != CD_LABEL_NONE)
		r = find_words(l, how, table, entry, n, word, e);
	if (r == 0 && how != CD_LABEL_NONE)
		r = label_all(l, word, word + l->n, classes, e);
	free(word);
	free(entry);
	cd_buf_free(&text);
	return r;
}
