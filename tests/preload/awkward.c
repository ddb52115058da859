/* A system that gives way, for LD_PRELOAD:
 *
 *	AWKWARD_ALLOC=n		the nth allocation of the program fails
 *
 *	AWKWARD_COUNT=file	the number of allocations goes there at its end
 *
 *	AWKWARD_BYTES=n		a call reads or writes n bytes at most, and
 *
 *				every other call is interrupted first (EINTR)
 *
 * Calls of the program and its libraries are met, those inside libc are not;
 * nor are the allocations of OpenBLAS and its Fortran, which do not look
 * whether they fail. GNU libc only. */
#define _GNU_SOURCE /* dladdr, syscall */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static bool on; /* only once the program itself runs */
static atomic_long allocs;
static atomic_uint calls;
static long fail_at;
static size_t bytes;
static int count = -1;

static long
number(const char *name)
{
	const char *v = getenv(name);

	return v ? strtol(v, NULL, 10) : 0;
}

__attribute__((constructor)) static void
begin(void)
{
	fail_at = number("AWKWARD_ALLOC");
	bytes = (size_t)number("AWKWARD_BYTES");
	/* opened now: at the end a program may have given up that right */
	if (getenv("AWKWARD_COUNT"))
		count = open(getenv("AWKWARD_COUNT"),
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	on = true;
}

__attribute__((destructor)) static void
end(void)
{
	on = false;
	if (count >= 0)
		dprintf(count, "%ld\n", atomic_load(&allocs));
}

/* caller: the address that the allocation returns to. */
static bool
fails(const void *caller)
{
	Dl_info at;

	if (!on ||
	    (dladdr(caller, &at) &&
		(strstr(at.dli_fname, "openblas") ||
		    strstr(at.dli_fname, "gfortran") ||
		    strstr(at.dli_fname, "quadmath"))))
		return false;
	if (atomic_fetch_add(&allocs, 1) + 1 != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL :
						    __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL :
						    __libc_memalign(align, n);
}

int
posix_memalign(void **p, size_t align, size_t n)
{
	*p = fails(__builtin_return_address(0)) ? NULL :
						  __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}

static bool
interrupted(void)
{
	if (!on || bytes == 0 || atomic_fetch_add(&calls, 1) % 2)
		return false;
	errno = EINTR;
	return true;
}

static size_t
at_most(size_t n)
{
	return on && bytes && n > bytes ? bytes : n;
}

ssize_t
read(int fd, void *to, size_t n)
{
	return interrupted() ? -1 : syscall(SYS_read, fd, to, at_most(n));
}

ssize_t
write(int fd, const void *from, size_t n)
{
	return interrupted() ? -1 : syscall(SYS_write, fd, from, at_most(n));
}

static const struct iovec *
first_piece(const struct iovec *io, int n)
{
	while (n > 1 && io->iov_len == 0) {
		io++;
		n--;
	}
	return io;
}

ssize_t
readv(int fd, const struct iovec *io, int n)
{
	if (!bytes)
		return syscall(SYS_readv, fd, io, n);
	io = first_piece(io, n);
	return read(fd, io->iov_base, io->iov_len);
}

ssize_t
writev(int fd, const struct iovec *io, int n)
{
	if (!bytes)
		return syscall(SYS_writev, fd, io, n);
	io = first_piece(io, n);
	return write(fd, io->iov_base, io->iov_len);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	if (interrupted())
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
fsync(int fd)
{
	return interrupted() ? -1 : (int)syscall(SYS_fsync, fd);
}

/* As Linux does it: interrupted, and closed. */
int
close(int fd)
{
	int r = (int)syscall(SYS_close, fd);

	return interrupted() ? -1 : r;
}
