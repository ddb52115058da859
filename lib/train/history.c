#include "train/history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save.h"

/* Those of version 0.1.0, which goes on with the column behind them. */
#define NAMES_0_1                                                  \
	"epoch\tstep\tpictures\tloss\taccuracy\tvalidation_loss\t" \
	"validation_accuracy\tseconds\tlr\twaited\tsize"

static const char names[] = NAMES_0_1 "\tmemory\n";

/* Copies the lines of epochs 1 .. first to out. */
static int
copy_lines(FILE *in, FILE *out, uint64_t first, const char *path,
    struct cd_err *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool named = false, old = false;

	while ((n = getline(&line, &room, in)) > 0) {
		unsigned long long epoch;

		if (!named) {
			old = strcmp(line, NAMES_0_1 "\n") == 0;
			if (!old && strcmp(line, names) != 0) {
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
		/* a line without a newline was cut by a crash */
		if (epoch >= 1 && epoch <= first && line[n - 1] == '\n')
			fprintf(out, "%.*s%s\n", (int)n - 1, line,
			    old ? "\t-" : "");
	}
	free(line);
	/* getline also stops when memory runs out */
	return feof(in) ? 0 : cd_fail_errno(e, "%s", path);
}

static int
append(const char *path, const char *line, struct cd_err *e)
{
	FILE *f = fopen(path, "a");
	int rc = 0;

	if (!f)
		return cd_fail_errno(e, "%s", path);
	if (fputs(line, f) == EOF)
		rc = cd_fail_errno(e, "%s", path);
	if (fclose(f) == EOF && rc == 0)
		rc = cd_fail_errno(e, "%s", path);
	return rc;
}

/* The most memory that this process had so far, MiB. */
static double
memory(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

/* Replaces path by the names and the lines of epochs 1 .. first of in (NULL: no
 * lines). */
static int
replace(const char *path, FILE *in, uint64_t first, struct cd_err *e)
{
	struct cd_save save;
	FILE *out = NULL;
	int fd, rc = -1;

	if (cd_save_open(&save, path, e) < 0)
		return -1;
	fd = dup(save.fd);
	if (fd >= 0)
		out = fdopen(fd, "w");
	if (out) {
		fputs(names, out);
		rc = in ? copy_lines(in, out, first, path, e) : 0;
		if (rc == 0 && (fflush(out) == EOF || ferror(out)))
			rc = cd_fail_errno(e, "%s", path);
		if (fclose(out) == EOF && rc == 0)
			rc = cd_fail_errno(e, "%s", path);
	} else {
		cd_fail_errno(e, "%s", path);
		if (fd >= 0)
			close(fd);
	}
	if (rc == 0)
		return cd_save_commit(&save, e);
	cd_save_abandon(&save);
	return -1;
}

int
cd_history_begin(const char *path, uint64_t first, struct cd_err *e)
{
	struct stat st;
	FILE *in;
	int rc;

	/* a terminal or FIFO is appended to, not replaced */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return append(path, names, e);
	in = fopen(path, "r");
	if (!in && errno != ENOENT)
		return cd_fail_errno(e, "%s", path);
	rc = replace(path, in, first, e);
	if (in)
		fclose(in);
	return rc;
}

int
cd_history_add(const char *path, const struct cd_epoch *s, struct cd_err *e)
{
	char line[512], validated[64] = "-\t-";

	if (s->validated)
		snprintf(validated, sizeof validated, "%.6f\t%.6f", s->val_loss,
		    s->val_accuracy);
	snprintf(line, sizeof line,
	    "%llu\t%llu\t%llu\t%.6f\t%.6f\t%s\t%.2f\t%.6g\t%.3f\t%dx%d\t%.0f\n",
	    (unsigned long long)s->epoch + 1, (unsigned long long)s->step,
	    (unsigned long long)s->pictures, s->loss, s->accuracy, validated,
	    s->seconds, s->lr, s->waited, s->w, s->h, memory());
	return append(path, line, e);
}
