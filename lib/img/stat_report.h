/* Prints struct cd_stat, for people or programs. */
#ifndef CD_IMG_STAT_REPORT_H
#define CD_IMG_STAT_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "img/stat.h"

struct cd_stat_report {
	FILE *f;
	const struct cd_stat *stat; /* finished */
	const char *holds;	    /* "samples" */
	uint64_t skipped;	    /* pictures, by earlier programs */
	char *const *class_name;    /* [stat->nclasses], escaped */
	double scale;		    /* factor of means and deviations */
	const char *scale_text;	    /* the same as in a net text */
	uint64_t list;		    /* at most so many sizes, and groups */
};

/* For people. The line of means and deviations can begin a net text; where
 * there are several sizes it lacks "input H W C". */
void cd_stat_report_text(const struct cd_stat_report *);

/* Lines of name, tab and value; statistics without a value are left out. */
void cd_stat_report_tsv(const struct cd_stat_report *);

#endif
