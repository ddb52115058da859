#include "img/resizer.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "img/fit.h"

enum {
	CHANNELS = 3, /* what pix/resize.h works on */
};

struct worker {
	struct cd_fitter fitter;
	struct cd_err err;
};

struct cd_resizer {
	int threads;
	struct worker *worker; /* [threads] */
	struct cd_fit fit;     /* the fitters' tables are for this size */
	struct cd_buf out;
	/* of the present run */
	const uint8_t *in;
	int h, w;
};

int
cd_resizer_new(struct cd_resizer **out, int threads, int channels,
    struct cd_err *e)
{
	struct cd_resizer *r;

	*out = NULL;
	if (channels != CHANNELS)
		return cd_fail(e,
		    "pictures of %d channels cannot be resized, only those "
		    "of %d",
		    channels, CHANNELS);
	r = cd_calloc(1, sizeof *r, e);
	if (!r)
		return -1;
	r->threads = threads;
	r->fit.filter = CD_RESIZE_TRIANGLE;
	r->worker = cd_calloc((size_t)threads, sizeof *r->worker, e);
	if (!r->worker) {
		free(r);
		return -1;
	}
	*out = r;
	return 0;
}

static void
free_fitters(struct cd_resizer *r)
{
	int i;

	for (i = 0; i < r->threads; i++)
		cd_fitter_free(&r->worker[i].fitter);
}

void
cd_resizer_free(struct cd_resizer *r)
{
	if (!r)
		return;
	free_fitters(r);
	free(r->worker);
	cd_buf_free(&r->out);
	free(r);
}

/* A fitter serves one size of output, so new ones begin with a new size. */
static void
set_size(struct cd_resizer *r, int h, int w)
{
	if (r->fit.h == h && r->fit.w == w)
		return;
	free_fitters(r);
	r->fit.h = h;
	r->fit.w = w;
}

int
cd_resizer_one(struct cd_resizer *r, const uint8_t *in, int h, int w,
    uint8_t *out, int toh, int tow, struct cd_err *e)
{
	set_size(r, toh, tow);
	return cd_fitter_run(&r->worker[0].fitter, &r->fit,
	    &(struct cd_fit_input){ .pixels = in, .w = w, .h = h }, out, e);
}

static void
resize(void *arg, int i, int worker)
{
	struct cd_resizer *r = arg;
	struct worker *k = &r->worker[worker];
	size_t from = (size_t)r->h * (size_t)r->w * CHANNELS;
	size_t to = (size_t)r->fit.h * (size_t)r->fit.w * CHANNELS;

	/* after a failure this worker skips the rest; the run reports it */
	if (!k->err.msg[0])
		(void)!cd_fitter_run(&k->fitter, &r->fit,
		    &(struct cd_fit_input){ .pixels = r->in + i * from,
			.w = r->w,
			.h = r->h },
		    r->out.data + i * to, &k->err);
}

const uint8_t *
cd_resizer_run(struct cd_resizer *r, struct cd_team *team, const uint8_t *in,
    int n, int h, int w, int toh, int tow, struct cd_err *e)
{
	size_t size;
	int i;

	if (h == toh && w == tow)
		return in;
	set_size(r, toh, tow);
	if (!cd_mul((size_t)toh * (size_t)tow * CHANNELS, (size_t)n, &size)) {
		cd_fail(e, "a batch of %d pictures of %dx%d is too large", n,
		    tow, toh);
		return NULL;
	}
	if (cd_buf_reserve(&r->out, size, e) < 0)
		return NULL;
	r->in = in;
	r->h = h;
	r->w = w;
	cd_team_run(team, n, resize, r);
	for (i = 0; i < r->threads; i++)
		if (r->worker[i].err.msg[0]) {
			*e = r->worker[i].err;
			r->worker[i].err.msg[0] = '\0';
			return NULL;
		}
	return r->out.data;
}
