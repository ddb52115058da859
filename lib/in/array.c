#include "in/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/format.h"
#include "base/num.h"
#include "in/npy.h"
#include "in/tensors.h"

#define MAGIC "\x93NUMPY"

enum {
	STEP = 1 << 20, /* bytes that room is made for at a time */
};

enum format { NPY, NPZ, TENSORS };

struct cd_arrays {
	const char *name;
	int fd;
	bool regular;
	enum format format;
	/* the first bytes, which told the format, and how many were used */
	unsigned char first[CD_FORMAT_BYTES];
	size_t nfirst, used;
	struct archive *zip;
	struct archive_entry *entry;
	struct cd_buf block;  /* what libarchive reads */
	struct cd_buf tensor; /* of struct cd_array, of a safetensors file */
	size_t given;	      /* arrays */
	struct cd_array now;
	size_t left; /* bytes of it that were not read */
	bool open;   /* there is an array before the next */
};

/* libarchive does not always say that memory lacked: malloc did, in errno. */
static int
zip_fail(struct cd_arrays *a, struct cd_err *e)
{
	bool memory = errno == ENOMEM || archive_errno(a->zip) == ENOMEM;
	const char *why = archive_error_string(a->zip);

	return cd_fail(e, "%s",
	    memory  ? "out of memory" :
		why ? why :
		      "libarchive failed");
}

/* Up to n bytes of what the file, or the archive's member, has next; fewer at
 * its end; < 0: an error. */
static ssize_t
get(struct cd_arrays *a, void *to, size_t n, struct cd_err *e)
{
	unsigned char *p = to;
	size_t got = 0, k;
	ssize_t r;

	if (a->format != NPZ && a->used < a->nfirst) {
		k = a->nfirst - a->used < n ? a->nfirst - a->used : n;
		memcpy(p, a->first + a->used, k);
		a->used += k;
		got = k;
	}
	while (got < n) {
		errno = 0;
		r = a->format == NPZ ?
		    archive_read_data(a->zip, p + got, n - got) :
		    read(a->fd, p + got, n - got);
		if (r < 0 && a->format != NPZ && errno == EINTR)
			continue;
		if (r < 0)
			return a->format == NPZ ? zip_fail(a, e) :
						  cd_fail_errno(e, "read");
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

static int
get_all(struct cd_arrays *a, void *to, size_t n, struct cd_err *e)
{
	ssize_t got = get(a, to, n, e);

	if (got < 0)
		return -1;
	return (size_t)got == n ? 0 : cd_fail(e, "it is cut: it ends too soon");
}

/* n bytes in b, room made as they come. */
static int
get_buf(struct cd_arrays *a, struct cd_buf *b, size_t n, struct cd_err *e)
{
	size_t k;

	for (b->len = 0; b->len < n; b->len += k) {
		k = n - b->len < STEP ? n - b->len : STEP;
		if (b->room < b->len + k &&
		    cd_buf_reserve(b,
			b->len + k > 2 * b->len ? b->len + k : 2 * b->len,
			e) < 0)
			return -1;
		if (get_all(a, b->data + b->len, k, e) < 0)
			return -1;
	}
	return 0;
}

/* The header of an NPY file. */
static int
npy_header(struct cd_arrays *a, struct cd_err *e)
{
	struct cd_buf text = { 0 };
	unsigned char b[4] = { 0 };
	char magic[8];
	size_t n;
	int r;

	if (get_all(a, magic, sizeof magic, e) < 0)
		return -1;
	if (memcmp(magic, MAGIC, 6) != 0)
		return cd_fail(e, "no NPY file");
	if (magic[6] < 1 || magic[6] > 3)
		return cd_fail(e, "NPY of version %d, which is not read",
		    (unsigned char)magic[6]);
	if (get_all(a, b, magic[6] == 1 ? 2 : 4, e) < 0)
		return -1;
	n = cd_get32(b);
	if (n == 0 || n > CD_NPY_HEADER)
		return cd_fail(e,
		    "an NPY header of %zu bytes, 1 to %d are read", n,
		    CD_NPY_HEADER);
	r = get_buf(a, &text, n, e);
	if (r == 0)
		r = cd_npy_parse(&a->now, (char *)text.data, n, e);
	cd_buf_free(&text);
	return r;
}

static int
tensors_header(struct cd_arrays *a, struct cd_err *e)
{
	/* any first byte may be the size of a header */
	bool likely = a->nfirst > 8 && a->first[8] == '{';
	const char *kind = likely ? NULL : cd_format_name(a->first, a->nfirst);
	struct cd_buf text = { 0 };
	unsigned char b[8];
	uint64_t n;
	int r;

	if (kind)
		return cd_fail(e, "no NPY, NPZ or safetensors file: %s", kind);
	if (get_all(a, b, sizeof b, e) < 0)
		return -1;
	n = cd_get64(b);
	if (n > CD_ARRAY_HEADER)
		return cd_fail(e,
		    "no NPY or NPZ file, nor safetensors: it would have a "
		    "header of %llu bytes, at most %d are read",
		    (unsigned long long)n, CD_ARRAY_HEADER);
	a->tensor.len = 0;
	r = get_buf(a, &text, (size_t)n, e);
	if (r == 0)
		r = cd_tensors_parse(&a->tensor, (char *)text.data, (size_t)n,
		    e);
	cd_buf_free(&text);
	return r;
}

/* What archive_read_open_fd would set, but it does not look whether its memory
 * was given. */
static la_ssize_t
on_read(struct archive *zip, void *data, const void **block)
{
	struct cd_arrays *a = data;
	ssize_t r;

	do
		r = read(a->fd, a->block.data, STEP);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		archive_set_error(zip, errno, "read: %s", strerror(errno));
	*block = a->block.data;
	return r;
}

static la_int64_t
on_seek(struct archive *zip, void *data, la_int64_t offset, int whence)
{
	off_t at = lseek(((struct cd_arrays *)data)->fd, offset, whence);

	if (at < 0)
		archive_set_error(zip, errno, "seek: %s", strerror(errno));
	return at < 0 ? ARCHIVE_FATAL : at;
}

static int
zip_open(struct cd_arrays *a, struct cd_err *e)
{
	if (!a->regular)
		return cd_fail(e,
		    "an NPZ archive must be a file, not a pipe: its list of "
		    "arrays is at its end");
	if (lseek(a->fd, 0, SEEK_SET) < 0)
		return cd_fail_errno(e, "seek");
	if (cd_buf_reserve(&a->block, STEP, e) < 0)
		return -1;
	errno = 0;
	a->zip = archive_read_new();
	/* its own it would not look at */
	a->entry = a->entry ? a->entry : archive_entry_new();
	if (!a->zip || !a->entry)
		return cd_fail(e, "out of memory");
	if (archive_read_support_format_zip_seekable(a->zip) != ARCHIVE_OK ||
	    archive_read_set_read_callback(a->zip, on_read) != ARCHIVE_OK ||
	    archive_read_set_seek_callback(a->zip, on_seek) != ARCHIVE_OK ||
	    archive_read_set_callback_data(a->zip, a) != ARCHIVE_OK ||
	    archive_read_open1(a->zip) != ARCHIVE_OK)
		return zip_fail(a, e);
	return 0;
}

/* Looks at the first bytes. */
static int
begin(struct cd_arrays *a, struct cd_err *e)
{
	ssize_t got;

	a->format = NPY; /* read the file itself */
	a->used = a->nfirst = a->given = 0;
	a->open = false;
	memset(&a->now, 0, sizeof a->now);
	got = get(a, a->first, sizeof a->first, e);
	if (got < 0)
		return -1;
	a->nfirst = (size_t)got;
	if (got == 0)
		return cd_fail(e, "empty");
	if (got >= 6 && memcmp(a->first, MAGIC, 6) == 0)
		return 0;
	a->format = got >= 4 && memcmp(a->first, "PK", 2) == 0 &&
		(a->first[2] == 3 || a->first[2] == 5) ?
	    NPZ :
	    TENSORS;
	return a->format == NPZ ? zip_open(a, e) : tensors_header(a, e);
}

int
cd_arrays_open(struct cd_arrays **out, const char *path, struct cd_err *e)
{
	struct cd_arrays *a = cd_calloc(1, sizeof *a, e);
	struct stat st;
	int r;

	*out = a;
	if (!a)
		return -1;
	a->name = path ? path : "standard input";
	do
		a->fd = path ?
		    open(path, O_RDONLY | O_CLOEXEC) :
		    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	while (a->fd < 0 && errno == EINTR);
	if (a->fd < 0 || fstat(a->fd, &st) < 0) {
		r = cd_fail_errno(e, "%s", a->name);
	} else {
		a->regular = S_ISREG(st.st_mode);
		r = begin(a, e) < 0 ? cd_fail_at(e, "%s", a->name) : 0;
	}
	if (r < 0) {
		cd_arrays_close(a);
		*out = NULL;
	}
	return r;
}

bool
cd_arrays_is_plain(const struct cd_arrays *a)
{
	return a->format == NPY;
}

/* The array before must end where it was read to its end. */
static int
check_end(struct cd_arrays *a, struct cd_err *e)
{
	char more;
	ssize_t got;

	if (!a->open || a->left > 0 || a->format == TENSORS)
		return 0;
	got = get(a, &more, 1, e);
	if (got == 0)
		return 0;
	if (got > 0)
		cd_fail(e, "bytes behind its end");
	return cd_arrays_blame(a, e);
}

/* The next member of the archive that is an array. */
static int
next_member(struct cd_arrays *a, struct cd_err *e)
{
	const char *path;
	size_t n;
	int got;

	do {
		errno = 0;
		got = archive_read_next_header2(a->zip, a->entry);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
			if (a->given == 0 && got == ARCHIVE_FATAL &&
			    errno != ENOMEM)
				cd_fail(e, "the archive is cut, or damaged");
			zip_fail(a, e);
			return cd_fail_at(e, "%s", a->name);
		}
		path = archive_entry_pathname(a->entry);
		n = path ? strlen(path) : 0;
	} while (n < 4 || strcmp(path + n - 4, ".npy") != 0);
	if (n - 4 > CD_ARRAY_NAME)
		return cd_fail(e, "%s: a name of more than %d bytes", a->name,
		    CD_ARRAY_NAME);
	memset(&a->now, 0, sizeof a->now);
	memcpy(a->now.name, path, n - 4);
	return npy_header(a, e) < 0 ? cd_arrays_blame(a, e) : 1;
}

static int
next_tensor(struct cd_arrays *a, struct cd_err *e)
{
	char rest[64 << 10];
	size_t k;

	for (; a->left > 0; a->left -= k) {
		k = a->left < sizeof rest ? a->left : sizeof rest;
		if (get_all(a, rest, k, e) < 0)
			return cd_arrays_blame(a, e);
	}
	if (a->given < a->tensor.len / sizeof a->now) {
		a->now = ((struct cd_array *)a->tensor.data)[a->given];
		return 1;
	}
	if (get(a, rest, 1, e) > 0)
		cd_fail(e, "bytes behind the last tensor");
	return e->msg[0] ? cd_fail_at(e, "%s", a->name) : 0;
}

int
cd_arrays_next(struct cd_arrays *a, const struct cd_array **array,
    struct cd_err *e)
{
	int got = 0;

	if (check_end(a, e) < 0)
		return -1;
	if (a->format == NPZ)
		got = next_member(a, e);
	else if (a->format == TENSORS)
		got = next_tensor(a, e);
	else if (a->given == 0)
		got = npy_header(a, e) < 0 ? cd_arrays_blame(a, e) : 1;
	a->open = got == 1;
	a->left = got == 1 ? a->now.bytes : 0;
	a->given += got == 1;
	*array = &a->now;
	return got;
}

int
cd_arrays_read(struct cd_arrays *a, void *to, size_t n, struct cd_err *e)
{
	a->left -= n;
	return get_all(a, to, n, e) < 0 ? cd_arrays_blame(a, e) : 0;
}

int
cd_arrays_load(struct cd_arrays *a, struct cd_buf *b, size_t most,
    struct cd_err *e)
{
	size_t n = a->left;

	if (n > most)
		cd_fail(e, "%zu bytes, at most %zu are read", n, most);
	a->left = 0;
	if (n > most || get_buf(a, b, n, e) < 0)
		return cd_arrays_blame(a, e);
	return 0;
}

int
cd_arrays_rewind(struct cd_arrays *a, struct cd_err *e)
{
	archive_read_free(a->zip);
	a->zip = NULL;
	if (lseek(a->fd, 0, SEEK_SET) < 0)
		return cd_fail_errno(e, "%s: seek", a->name);
	return begin(a, e) < 0 ? cd_fail_at(e, "%s", a->name) : 0;
}

int
cd_arrays_blame(const struct cd_arrays *a, struct cd_err *e)
{
	char shown[CD_ESCAPED(CD_ARRAY_NAME)];

	if (a->now.name[0])
		cd_fail_at(e, "'%s'",
		    cd_escape(shown, sizeof shown, a->now.name,
			strlen(a->now.name)));
	return cd_fail_at(e, "%s", a->name);
}

const char *
cd_arrays_name(const struct cd_arrays *a)
{
	return a->name;
}

void
cd_arrays_close(struct cd_arrays *a)
{
	if (!a)
		return;
	archive_read_free(a->zip);
	archive_entry_free(a->entry);
	if (a->fd >= 0)
		close(a->fd);
	cd_buf_free(&a->block);
	cd_buf_free(&a->tensor);
	free(a);
}

char *
cd_array_text(const struct cd_array *a, char buf[CD_ARRAY_TEXT])
{
	size_t n;
	int i;

	n = (size_t)(a->kind == 'V' ?
		snprintf(buf, CD_ARRAY_TEXT, "bf16 [") :
		snprintf(buf, CD_ARRAY_TEXT, "%c%zu [", a->kind, a->size));
	for (i = 0; i < a->rank; i++)
		n += (size_t)snprintf(buf + n, CD_ARRAY_TEXT - n, "%s%llu",
		    i ? "," : "", (unsigned long long)a->dim[i]);
	snprintf(buf + n, CD_ARRAY_TEXT - n, "]");
	return buf;
}

int
cd_array_measure(struct cd_array *a, struct cd_err *e)
{
	size_t most = 1, i;

	/* as if none were 0: what 0 hides must not overflow elsewhere */
	a->n = 1;
	for (i = 0; i < (size_t)a->rank; i++) {
		if (!cd_mul(most, a->dim[i] ? a->dim[i] : 1, &most))
			return cd_fail(e, "more elements than can be");
		a->n *= a->dim[i];
	}
	if (!cd_mul(most, a->size, &a->bytes) || a->bytes > INT64_MAX)
		return cd_fail(e, "more bytes than can be");
	a->bytes = a->n * a->size;
	return 0;
}
