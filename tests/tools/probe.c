/* What the tests need of a stream and no command offers.
 *
 *	probe cuts < STREAM	the byte offset of every record, END too
 *	probe cut PREFIX < FILE	writes what is left of it when it is cut there,
 *				in the header, in END, and in and behind the
 *				first prefixes, to files named PREFIX and the
 *				offset
 *	probe unfinished [FILE ...]
 *				exit 0 where none reads to its END, else 2
 *	probe whole < STREAM	exit 0 where it reads to its END, else 2
 *	probe empty < STREAM	its header and END, no record
 *	probe odd < STREAM	with an unknown header line, an unknown record
 *				kind, and an unknown tensor in every record
 *	probe made < STREAM	the number of its "made" lines
 *	probe unknown < STREAM	what of probe odd's additions is in it: header
 *				lines, records, tensors */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/msg.h"
#include "rec/rec.h"

#define ODD_KIND CD_KIND('O', 'D', 'D', '!')

static const uint64_t odd_dim[] = { 2, 3 };
static const double odd_data[6] = { 1, -2, 0.5, 0, 1e300, -0.0 };

static void
die_of(struct cd_err *e)
{
	cd_die("%s", e->msg);
}

static void
write_odd(struct cd_reader *in, struct cd_head *head)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_rec odd = { .kind = ODD_KIND, .key = "odd" };
	struct cd_writer *out;
	int got;

	cd_rec_add(&odd, "odd", CD_F64, 2, odd_dim, odd_data);
	if (cd_head_add(head, "x-odd", "a line", &e) < 0 ||
	    cd_writer_open(&out, NULL, head, &e) < 0 ||
	    cd_writer_put(out, &odd, &e) < 0)
		die_of(&e);
	while ((got = cd_reader_next(in, &r, &e)) > 0) {
		struct cd_rec copy = *r;

		copy.payload = NULL;
		if (copy.kind != CD_MARK)
			cd_rec_add(&copy, "odd", CD_F64, 2, odd_dim, odd_data);
		if (cd_writer_put(out, &copy, &e) < 0)
			die_of(&e);
	}
	if (got < 0 || cd_writer_close(out, 0, &e) < 0)
		die_of(&e);
}

static void
write_empty(const struct cd_head *head)
{
	struct cd_err e = { "" };
	struct cd_writer *out;

	if (cd_writer_open(&out, NULL, head, &e) < 0 ||
	    cd_writer_close(out, 0, &e) < 0)
		die_of(&e);
}

static void
count_unknown(struct cd_reader *in, const struct cd_head *head)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int got, records = 0, tensors = 0;

	while ((got = cd_reader_next(in, &r, &e)) > 0) {
		const struct cd_tensor *t = cd_rec_find(r, "odd");

		if (r->kind == ODD_KIND)
			records++;
		else if (t && t->size == sizeof odd_data &&
		    memcmp(t->data, odd_data, sizeof odd_data) == 0)
			tensors++;
	}
	if (got < 0)
		die_of(&e);
	printf("%d %d %d\n", cd_head_count(head, "x-odd"), records, tensors);
}

static void
read_all(struct cd_reader *in, int print)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int got;

	while ((got = cd_reader_next(in, &r, &e)) > 0)
		if (print)
			printf("%" PRIu64 "\n", r->offset);
	if (got < 0)
		die_of(&e);
}

/* The first `at` bytes of standard input, a file. */
static void
write_cut(const char *prefix, size_t at)
{
	char path[4096], piece[65536];
	size_t done = 0;
	ssize_t got;
	FILE *f;

	snprintf(path, sizeof path, "%s%zu", prefix, at);
	if (!(f = fopen(path, "w")))
		cd_die("%s: cannot be written", path);
	while (done < at &&
	    (got = pread(0, piece,
		 sizeof piece < at - done ? sizeof piece : at - done,
		 (off_t)done)) > 0) {
		fwrite(piece, 1, (size_t)got, f);
		done += (size_t)got;
	}
	if (done < at || fclose(f) != 0)
		cd_die("%s: cannot be written", path);
}

static void
write_cuts(struct cd_reader *in, const char *prefix)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int got, n = 0;
	size_t at, end;

	write_cut(prefix, 7);
	write_cut(prefix, 100);
	for (; (got = cd_reader_next(in, &r, &e)) > 0; n++) {
		at = (size_t)r->offset;
		write_cut(prefix, at);
		if (n < 3) {
			write_cut(prefix, at + 9);
			write_cut(prefix, at + 200);
		}
	}
	if (got < 0)
		die_of(&e);
	end = (size_t)lseek(0, 0, SEEK_END);
	write_cut(prefix, end - 64);
	write_cut(prefix, end - 1);
}

/* Whether none of the files is a stream to its END. */
static void
want_unfinished(char **file)
{
	for (; *file; file++) {
		const struct cd_rec *r;
		struct cd_reader *in;
		struct cd_err e = { "" };
		int got;

		if (cd_reader_open(&in, file, 1, &e) < 0)
			continue;
		while ((got = cd_reader_next(in, &r, &e)) > 0)
			;
		if (got == 0)
			cd_die("%s: is finished", *file);
		cd_reader_close(in);
	}
}

int
main(int argc, char **argv)
{
	struct cd_reader *in;
	struct cd_head head = { { 0 } };
	struct cd_err e = { "" };
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "unfinished") == 0) {
		want_unfinished(argv + 2);
		return 0;
	}
	if (cd_reader_open(&in, NULL, 0, &e) < 0 ||
	    cd_head_copy(&head, cd_reader_head(in), &e) < 0)
		die_of(&e);
	if (strcmp(what, "cuts") == 0 || strcmp(what, "whole") == 0)
		read_all(in, what[0] == 'c');
	else if (strcmp(what, "cut") == 0 && argc == 3)
		write_cuts(in, argv[2]);
	else if (strcmp(what, "empty") == 0)
		write_empty(&head);
	else if (strcmp(what, "odd") == 0)
		write_odd(in, &head);
	else if (strcmp(what, "made") == 0)
		printf("%d\n", cd_head_count(&head, "made"));
	else if (strcmp(what, "unknown") == 0)
		count_unknown(in, &head);
	else
		cd_die(
		    "usage: probe cuts|cut PREFIX|whole|unfinished [FILE ...]|"
		    "empty|odd|made|unknown");
	cd_head_free(&head);
	cd_reader_close(in);
	if (strcmp(what, "empty") != 0 && strcmp(what, "odd") != 0)
		cd_close_stdout();
	return 0;
}
