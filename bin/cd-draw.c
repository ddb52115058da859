/* cd-draw: drawings of cats and dogs, a JPEG file each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/team.h"
#include "cmd/opt.h"
#include "img/draw.h"
#include "img/jpegout.h"

enum {
	ROUND = 256,   /* drawings between two checks for failures */
	QUALITY = 88,  /* of JPEG */
	FOLDER = 4096, /* bytes of the folder's name at most */
	NAME = 64,     /* of "cat.1000000000000000.jpg", with room to spare */
};

static mode_t mask; /* the umask, read before there are threads */

struct args {
	int64_t count, first, seed, threads;
	struct cd_wxh size; /* 0: each drawing has its own */
	const char *dir;
};

/* A thread's memory, and its first failure. */
struct worker {
	struct cd_buf pixels;
	struct cd_err err;
	int64_t failed; /* drawing; -1: none */
};

struct job {
	const struct args *a;
	struct worker *workers;
	int64_t base; /* first drawing of the round */
};

/* mkstemp, with the mode that a plain open would give. */
static int
open_new(char *tmp)
{
	int fd = mkstemp(tmp);

	if (fd >= 0 && fchmod(fd, 0666 & ~mask) < 0) {
		close(fd);
		unlink(tmp);
		return -1;
	}
	return fd;
}

/* Do two files hold the same bytes? < 0: errno says why that is not known. */
static int
same_bytes(const char *a, const char *b)
{
	FILE *f = fopen(a, "rb"), *g = f ? fopen(b, "rb") : NULL;
	int c = EOF, d = EOF, why;

	while (g && (c = getc(f)) == (d = getc(g)) && c != EOF)
		;
	why = errno;
	if (g)
		fclose(g);
	if (f)
		fclose(f);
	errno = why;
	return g ? c == d : -1;
}

/* Gives a drawing its name, which may be that of a photograph: what is there
 * already stays, and is an error if it is not this drawing. */
static int
keep(const char *tmp, const char *path, struct cd_err *e)
{
	struct stat st;
	int same;

	if (lstat(path, &st) < 0)
		return rename(tmp, path) < 0 ? cd_fail_errno(e, "rename") : 0;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return cd_fail_errno(e, "rename");
	}
	same = same_bytes(tmp, path);
	if (same < 0)
		return cd_fail_errno(e, "compare");
	if (!same)
		return cd_fail(e, "is there already, and is not this drawing");
	unlink(tmp);
	return 0;
}

/* Writes under a temporary name and renames, so that no one sees half a file.
 * No fsync: a drawing is cheap to make again. */
static int
write_file(const struct args *a, const char *name, const unsigned char *rgb,
    int w, int h, struct cd_err *e)
{
	char tmp[FOLDER + 2 * NAME], path[FOLDER + NAME];
	FILE *f;
	int fd, r;

	snprintf(path, sizeof path, "%s/%s", a->dir, name);
	snprintf(tmp, sizeof tmp, "%s/.%s.XXXXXX", a->dir, name);
	fd = open_new(tmp);
	f = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!f) {
		cd_fail_errno(e, "%s", path);
		if (fd >= 0) {
			close(fd);
			unlink(tmp);
		}
		return -1;
	}
	r = cd_jpeg_write(f, rgb, w, h, QUALITY, e);
	if (fclose(f) == EOF && r == 0)
		r = cd_fail_errno(e, "write");
	if (r == 0)
		r = keep(tmp, path, e);
	if (r < 0) {
		cd_fail_at(e, "%s", path);
		unlink(tmp);
	}
	return r;
}

static int
make_drawing(const struct args *a, int64_t i, struct worker *k)
{
	enum cd_animal animal = i % 2 ? CD_DOG : CD_CAT;
	uint64_t number = (uint64_t)(a->first + i / 2);
	uint64_t seed = (uint64_t)a->seed;
	int w = a->size.w, h = a->size.h;
	char name[NAME];

	if (w == 0)
		cd_draw_size(animal, seed, number, &w, &h);
	if (cd_buf_reserve(&k->pixels, 3 * (size_t)w * (size_t)h, &k->err) < 0)
		return -1;
	cd_draw(k->pixels.data, w, h, animal, seed, number);
	snprintf(name, sizeof name, "%s.%llu.jpg", cd_animal_name(animal),
	    (unsigned long long)number);
	return write_file(a, name, k->pixels.data, w, h, &k->err);
}

static void
task(void *arg, int i, int worker)
{
	struct job *j = arg;
	struct worker *k = &j->workers[worker];

	if (k->failed < 0 && make_drawing(j->a, j->base + i, k) < 0)
		k->failed = j->base + i;
}

/* Dies of the failure with the lowest number, on whichever thread. */
static void
check(const struct worker *workers, int n)
{
	const struct worker *first = NULL;
	int i;

	for (i = 0; i < n; i++)
		if (workers[i].failed >= 0 &&
		    (!first || workers[i].failed < first->failed))
			first = &workers[i];
	if (first)
		cd_die("%s", first->err.msg);
}

static void
make_folder(const char *dir)
{
	struct stat st;

	if (strlen(dir) >= FOLDER)
		cd_die("the folder's name is too long");
	if (mkdir(dir, 0777) == 0)
		return;
	if (errno != EEXIST || stat(dir, &st) < 0)
		cd_die("%s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		cd_die("%s: %s", dir, strerror(ENOTDIR));
}

static struct args args;

static const struct cd_opt opts[] = {
	{ .name = "count",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.count,
	    .arg = "count",
	    .help = "drawings of each class; must be given",
	    .min = 1,
	    .max = 1e9,
	    .result = true },
	{ .name = "first",
	    .type = CD_OPT_INT,
	    .to = &args.first,
	    .arg = "number",
	    .help = "number of the first drawing (default: 0)",
	    .min = 0,
	    .max = 1e15,
	    .result = true },
	CD_OPT_SEED(&args.seed, "which drawings (default: 0)"),
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &args.size,
	    .arg = "WxH",
	    .help = "pixels (default: 120 to 200 a side, varied)",
	    .min = 16,
	    .max = 8192,
	    .result = true },
	CD_OPT_THREADS(&args.threads),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-draw",
	.usage =
	    "-n count [--first number] [-j threads] [-s seed] [--size WxH] "
	    "folder",
	.about = "Draws cats and dogs, as JPEG files.",
	.opts = opts,
};

static void
parse_args(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);

	if (args.count == 0)
		cd_usage("--count must be given");
	if (argc - i != 1)
		cd_usage("one folder must be named");
	if (strcmp(argv[i], "-") == 0)
		cd_usage("-: drawings are files, in a folder");
	args.dir = argv[i];
}

int
main(int argc, char **argv)
{
	struct job job = { .a = &args };
	struct cd_err e = { "" };
	struct cd_team *team;
	int64_t left;
	int i, n;

	args.threads = cd_processors();
	parse_args(argc, argv);

	make_folder(args.dir);
	mask = umask(0);
	umask(mask);
	n = (int)args.threads;
	team = cd_team_new(n, &e);
	job.workers = cd_calloc((size_t)n, sizeof *job.workers, &e);
	if (!team || !job.workers)
		cd_die("%s", e.msg);
	for (i = 0; i < n; i++)
		job.workers[i].failed = -1;

	for (left = 2 * args.count; left > 0; left -= ROUND) {
		cd_team_run(team, left < ROUND ? (int)left : ROUND, task, &job);
		check(job.workers, n);
		job.base += ROUND;
	}

	cd_team_free(team);
	for (i = 0; i < n; i++)
		cd_buf_free(&job.workers[i].pixels);
	free(job.workers);
	return 0;
}
