/* What cd_stat found, as text. */
#ifndef CD_IMG_STAT_REPORT_H
#define CD_IMG_STAT_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "img/stat.h"

struct cd_stat_report {
	FILE *f;
	const struct cd_stat *stat; /* finished */
	const char *holds;	    /* "samples" */
	uint64_t skipped;
	char *const *class_name; /* [stat->nclasses], escaped */
	double scale;		 /* of bytes, and */
	const char *scale_text;	 /* as a net text has it */
	uint64_t list;		 /* most sizes and groups listed */
};

/* For people. The line with means and deviations is the first one of a net
 * text, but for "input H W C" where there are several sizes. */
void cd_stat_report_text(const struct cd_stat_report *);

/* Lines of name, tab, value; those of what there is nothing of are missing. */
void cd_stat_report_tsv(const struct cd_stat_report *);

#endif
