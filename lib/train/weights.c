#include "train/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "net/match.h"
#include "rec/rec.h"
#include "rec/values.h"

static const char balanced[] = "balanced:";

const char *
cd_weights_file(const char *text)
{
	size_t n = sizeof balanced - 1;

	return strncmp(text, balanced, n) == 0 ? text + n : NULL;
}

static int
parse(float *weight, const struct cd_values *class, const char *p,
    struct cd_err *e)
{
	const char *eq;
	char part[512], shown[128];
	double v;
	size_t n;
	int i, k;

	for (i = 0; i < class->n; i++)
		weight[i] = 1;
	for (; *p; p += n + (p[n] == ',')) {
		n = strcspn(p, ",");
		snprintf(part, sizeof part, "%.*s", (int)(n < 512 ? n : 511),
		    p);
		/* a class name may contain '=' */
		eq = strrchr(part, '=');
		cd_escape(shown, sizeof shown, part, strlen(part));
		if (!eq || eq == part)
			return cd_fail(e, "'%s' is not class=weight", shown);
		k = cd_values_find(class, part, (size_t)(eq - part));
		if (k < 0)
			return cd_fail(e, "'%s': the model has no such class",
			    shown);
		if (cd_parse_real(eq + 1, 0, 1e6, &v, e) < 0)
			return -1;
		weight[k] = (float)v;
	}
	return 0;
}

/* count[i]: samples of class i of the model. */
static int
count_labels(struct cd_reader *in, const struct cd_model *m, uint64_t *count,
    struct cd_err *e)
{
	const struct cd_rec *rec;
	int n, k, got, *class;

	class = cd_model_classes(m, cd_reader_head(in), &n, e);
	if (!class)
		return -1;
	while ((got = cd_reader_next_head(in, &rec, e)) == 1) {
		if (rec->kind != CD_SAMPLE)
			continue;
		got = cd_reader_payload(in, e); /* a label is in it */
		if (got < 0)
			break;
		k = cd_rec_label(rec, n, e);
		if (k == -1)
			cd_fail(e, "no label to count");
		else if (k >= 0 && class[k] < 0)
			cd_fail(e, "its class is none of the model's");
		if (k < 0 || class[k] < 0) {
			got = cd_reader_blame(in, e);
			break;
		}
		count[class[k]]++;
	}
	free(class);
	return got;
}

static int
tell(struct cd_buf *told, const struct cd_model *m, const uint64_t *count,
    struct cd_err *e)
{
	const char *name;
	char number[32];
	size_t len, at = 0;
	int i;

	for (i = 0; (name = cd_head_next(&m->head, "class", &at, &len)); i++) {
		snprintf(number, sizeof number, "%s%llu ", i ? ", " : " (",
		    (unsigned long long)count[i]);
		if (cd_buf_add(told, number, strlen(number), e) < 0 ||
		    cd_buf_add(told, name, len, e) < 0)
			return -1;
	}
	return cd_buf_add(told, ")", 1, e);
}

static int
balance(float *weight, const struct cd_model *m, const uint64_t *count,
    struct cd_err *e)
{
	int i, k = m->net.nclasses;
	double n = 0;
	char shown[128];
	const char *name;
	size_t len;

	for (i = 0; i < k; i++)
		n += (double)count[i];
	for (i = 0; i < k; i++) {
		if (count[i] == 0) {
			name = cd_head_nth(&m->head, "class", i, &len);
			return cd_fail(e, "no sample of class '%s'",
			    cd_escape(shown, sizeof shown, name, len));
		}
		weight[i] = (float)(n / (k * (double)count[i]));
	}
	return 0;
}

static int
count_file(float *weight, const struct cd_model *m, const char *path,
    struct cd_buf *told, struct cd_err *e)
{
	char *paths[] = { (char *)(size_t)path };
	uint64_t *count;
	struct cd_reader *in;
	int rc = -1;

	if (cd_reader_open(&in, paths, 1, e) < 0)
		return -1;
	count = cd_calloc((size_t)m->net.nclasses, sizeof *count, e);
	if (!cd_head_is(cd_reader_head(in), "holds", "samples"))
		cd_fail(e, "%s: no samples", path);
	else if (count && count_labels(in, m, count, e) == 0) {
		rc = balance(weight, m, count, e);
		if (rc < 0)
			cd_fail_at(e, "%s", path);
		else
			rc = tell(told, m, count, e);
	}
	free(count);
	cd_reader_close(in);
	return rc;
}

int
cd_weights_find(float *weight, const struct cd_model *m, const char *text,
    struct cd_buf *told, struct cd_err *e)
{
	const char *path = cd_weights_file(text);
	struct cd_values class;
	int rc;

	if (path)
		return count_file(weight, m, path, told, e);
	if (cd_values_list(&class, &m->head, "class", e) < 0)
		return -1;
	rc = parse(weight, &class, text, e);
	cd_values_free(&class);
	return rc;
}
