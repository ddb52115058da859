/* The parts of a report (cd-report): what was read, and the sections of the
 * page that show it. Each function ends the program (cd_die) where it fails. */
#ifndef CD_CMD_PAGE_H
#define CD_CMD_PAGE_H

#include <stdio.h>

#include "cmd/scored.h"
#include "img/stat.h"
#include "net/model.h"
#include "train/history.h"

enum {
	CD_PAGE_MAX = 64, /* files of a kind */
};

/* A file: its path, and its name without folder and ending, escaped. */
struct cd_page_file {
	const char *path;
	char name[CD_SHORT_NAME];
};

struct cd_page_samples {
	struct cd_page_file file;
	struct cd_head head;
	struct cd_stat stat; /* finished */
	uint64_t skipped;
	char **class_name; /* [stat.nclasses] */
};

struct cd_page_model {
	struct cd_page_file file;
	struct cd_model model;
};

struct cd_page_history {
	struct cd_page_file file;
	struct cd_past past;
};

struct cd_page_scored {
	struct cd_page_file file;
	struct cd_scored scored;
	/* the samples that it predicts most of; -1: none of those read */
	int samples;
	uint64_t matched; /* how many of theirs */
};

struct cd_page {
	FILE *f;
	int count; /* pictures shown of a kind */
	int nmodels, nhistories, nsamples, nscored;
	struct cd_page_model model[CD_PAGE_MAX];
	struct cd_page_history history[CD_PAGE_MAX];
	struct cd_page_samples samples[CD_PAGE_MAX];
	struct cd_page_scored scored[CD_PAGE_MAX];
};

/* Reads a file of whatever kind it is: a model, samples, predictions or a
 * history. */
void cd_page_read(struct cd_page *, const char *path);
/* Call after the last: reads the samples. */
void cd_page_match(struct cd_page *);
void cd_page_free(struct cd_page *);

/* The sections, each under its heading; nothing where nothing of the kind was
 * read. */
void cd_page_results(struct cd_page *);
void cd_page_training(struct cd_page *);
void cd_page_data(struct cd_page *);
void cd_page_nets(struct cd_page *);
void cd_page_provenance(struct cd_page *);

/* The pictures that predictions i get most wrong; samples i drawn by chance. */
void cd_page_worst(struct cd_page *, int i);
void cd_page_drawn(struct cd_page *, int i);

/* Draws a chart as part of the page, unless it is empty, and frees it. id: of
 * the page; title: what it shows, printable. */
struct cd_chart;
void cd_page_chart(struct cd_page *, struct cd_chart *, const char *id,
    const char *title);

#endif
