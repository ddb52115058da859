/* The history file of cd-train. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/train.h"

static const char names[] = "epoch\tstep\tpictures\tloss\taccuracy\t"
			    "validation_loss\tvalidation_accuracy\tseconds\n";

/* Copies the lines of epochs before first (they count from 1) to out. */
static int
copy_lines(FILE *in, FILE *out, uint64_t first, const char *path,
    struct cd_err *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool named = false;

	while ((n = getline(&line, &room, in)) > 0) {
		unsigned long long epoch;

		if (!named) {
			if (strcmp(line, names) != 0) {
				free(line);
				return cd_fail(e,
				    "%s: not a history of "
				    "training; it is left as it is",
				    path);
			}
			named = true;
			continue;
		}
		epoch = strtoull(line, NULL, 10);
		/* a line without its end was cut by a crash */
		if (epoch >= 1 && epoch <= first && line[n - 1] == '\n')
			fputs(line, out);
	}
	free(line);
	return 0;
}

int
cd_history_begin(const char *path, uint64_t first, struct cd_err *e)
{
	size_t n = strlen(path);
	char *temporary = cd_calloc(n + 5, 1, e);
	FILE *in = fopen(path, "r"), *out = NULL;
	int rc = -1;

	if (temporary) {
		memcpy(temporary, path, n);
		memcpy(temporary + n, ".tmp", 5);
		out = fopen(temporary, "w");
		if (!out)
			cd_fail_errno(e, "%s", temporary);
	}
	if (out) {
		fputs(names, out);
		rc = in ? copy_lines(in, out, first, path, e) : 0;
		if (fclose(out) == EOF && rc == 0)
			rc = cd_fail_errno(e, "%s", temporary);
		if (rc == 0 && rename(temporary, path) < 0)
			rc = cd_fail_errno(e, "%s: rename", path);
		if (rc < 0)
			unlink(temporary);
	}
	if (in)
		fclose(in);
	free(temporary);
	return rc;
}

int
cd_history_add(const char *path, const struct cd_epoch *s, struct cd_err *e)
{
	FILE *f = fopen(path, "a");

	if (!f)
		return cd_fail_errno(e, "%s", path);
	fprintf(f, "%llu\t%llu\t%llu\t%.6f\t%.6f\t",
	    (unsigned long long)s->epoch + 1, (unsigned long long)s->step,
	    (unsigned long long)s->pictures, s->loss, s->accuracy);
	if (s->validated)
		fprintf(f, "%.6f\t%.6f\t", s->val_loss, s->val_accuracy);
	else
		fprintf(f, "-\t-\t");
	fprintf(f, "%.2f\n", s->seconds);
	if (fclose(f) == EOF)
		return cd_fail_errno(e, "%s", path);
	return 0;
}
