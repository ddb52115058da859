/* Which pictures there are: paths, keys and labels, from folders, names and
 * lists. */
#ifndef CD_IMG_LIST_H
#define CD_IMG_LIST_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"

enum cd_label_how {
	CD_LABEL_NONE,
	CD_LABEL_PREFIX, /* the basename up to its first '.' */
	CD_LABEL_FOLDER, /* the folder that the picture lies in */
	CD_LABEL_TABLE,	 /* lines of key TAB class */
};

struct cd_listed {
	char *path;	 /* owned */
	const char *key; /* in path */
	int label;	 /* -1: none */
};

/* All zero is an empty list. */
struct cd_list {
	struct cd_listed *item;
	size_t n, room;
	char **class_name; /* owned; by label, after cd_list_label */
	size_t nclasses;
};

/* Adds an operand: a file, whatever its name, with its basename as the key;
 * or a folder with the *.jpg and *.jpeg (any case) below it, whose keys are
 * the paths below it. Names in a folder are taken in the order of
 * cd_name_order; those beginning with a dot and links to folders are passed
 * over. Where keep_folder (labels are folders), a key has at least the
 * folder that the picture lies in before its basename. */
int cd_list_add(struct cd_list *, const char *path, bool keep_folder,
    struct cd_err *) CD_MUST_CHECK;

/* Adds the files that f lists, one ended by each end ('\n' or '\0'), the last
 * end may be missing. name says in messages what f is. */
int cd_list_read(struct cd_list *, FILE *f, const char *name, int end,
    bool keep_folder, struct cd_err *) CD_MUST_CHECK;

/* No key twice? The error names both paths. */
int cd_list_check_keys(const struct cd_list *, struct cd_err *) CD_MUST_CHECK;

/* Labels all pictures and fills class_name: the names in classes, in that
 * order ("cat,dog"; another name is then an error), or, where classes is NULL,
 * the names found, sorted by bytes. table: the path of the file, for
 * CD_LABEL_TABLE. */
int cd_list_label(struct cd_list *, enum cd_label_how, const char *table,
    const char *classes, struct cd_err *) CD_MUST_CHECK;

void cd_list_free(struct cd_list *);

/* strcmp by bytes, but runs of digits compare as numbers: cat.2.jpg comes
 * before cat.10.jpg. */
int cd_name_order(const char *, const char *);

#endif
