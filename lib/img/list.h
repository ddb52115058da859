/* The list of pictures to decode: paths, keys and labels, from folders, files
 * and lists of files. */
#ifndef CD_IMG_LIST_H
#define CD_IMG_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "rec/shard.h"

enum cd_label_how {
	CD_LABEL_NONE,
	CD_LABEL_PREFIX, /* the basename up to its first '.' */
	CD_LABEL_FOLDER, /* the folder that the picture lies in */
	CD_LABEL_TOP,	 /* the first folder below the one that was named */
	CD_LABEL_TABLE,	 /* lines of key TAB class */
};

struct cd_listed {
	char *path;	 /* owned */
	const char *key; /* points into path */
	int label;	 /* -1: none */
	size_t number;	 /* in the whole list; set by cd_list_shard */
	bool in_folder;	 /* found in a folder that was named */
};

enum {
	CD_LIST_ENDINGS = 8, /* that are told apart */
};

/* The end of a name: ".heic", lower case; "" where a name has none, or one that
 * is long or not of letters and digits. */
struct cd_list_ending {
	char text[8];
	size_t n; /* files; 0: unused */
};

/* All zero is an empty list. */
struct cd_list {
	struct cd_listed *item;
	size_t n, room;
	char **class_name; /* owned; [nclasses], by label; cd_list_label */
	size_t nclasses;
	uint64_t table_hash; /* cd_list_label; as of cd_log_reopen */
	/* left out of folders: files of other names, and how many of them end
	 * so; links to folders that they lie in */
	size_t others, loops;
	struct cd_list_ending ending[CD_LIST_ENDINGS];
};

/* Does a name end in .jpg, .jpeg, .png, .webp, .pnm, .pbm, .pgm or .ppm, in any
 * case? */
bool cd_list_is_picture(const char *name);

/* Adds an operand: a file, whatever its name, keyed by its basename; or the
 * names that cd_list_is_picture takes below a folder, keyed by their paths
 * relative to it, links to folders followed. Names in a folder are taken in the
 * order of cd_name_order; those that begin with a dot are skipped. A folder
 * that cannot be read is an error; a file that is not there is one when it is
 * decoded. With keep_folder (labels are folders) a key keeps at least the last
 * folder of its path. */
int cd_list_add(struct cd_list *, const char *path, bool keep_folder,
    struct cd_err *) CD_MUST_CHECK;

/* Adds the files whose names f holds, each ended by end ('\n' or '\0'), which
 * the last may lack; empty names are skipped. Errors call f name. */
int cd_list_read(struct cd_list *, FILE *f, const char *name, int end,
    bool keep_folder, struct cd_err *) CD_MUST_CHECK;

/* Fails if two pictures have the same key; the error names both paths. */
int cd_list_check_keys(const struct cd_list *, struct cd_err *) CD_MUST_CHECK;

/* Labels all pictures and fills class_name: with the names in classes, in that
 * order ("cat,dog"; any other name is an error), or, where classes is NULL,
 * with the names found, sorted by bytes. table: the path of the table, for
 * CD_LABEL_TABLE. */
int cd_list_label(struct cd_list *, enum cd_label_how, const char *table,
    const char *classes, struct cd_err *) CD_MUST_CHECK;

/* Writes a name of the run to run: a hash of all keys, their order and labels,
 * the same wherever the same pictures were listed. */
void cd_list_run(const struct cd_list *, char run[CD_SHARD_RUN]);
/* Keeps the pictures of that shard, and notes their numbers in the whole. */
void cd_list_shard(struct cd_list *, const struct cd_shard *);

void cd_list_free(struct cd_list *);

/* As strcmp, but runs of digits compare as numbers: cat.2.jpg comes before
 * cat.10.jpg. */
int cd_name_order(const char *, const char *);
/* The same of paths, folder by folder, as pictures below one are listed: a/x
 * comes before a.b. Parts of at most CD_KEY_MAX bytes. */
int cd_path_order(const char *, const char *);

#endif
