/* Checks for unit programs: failed ones are printed (up to 20), and main
 * returns CHECK_DONE(). */
#ifndef CD_TESTS_UNIT_CHECK_H
#define CD_TESTS_UNIT_CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failed, check_count;

#define CHECK(c) check_that((c) ? 1 : 0, #c, __FILE__, __LINE__)

/* got and want: strings. */
#define CHECK_TEXT(got, want) check_text((got), (want), __FILE__, __LINE__)

/* got and want: numbers, equal within an absolute tolerance. */
#define CHECK_NEAR(got, want, tolerance)                                     \
	check_near((double)(got), (double)(want), (double)(tolerance), #got, \
	    __FILE__, __LINE__)

#define CHECK_DONE() check_done()

static inline void
check_that(int ok, const char *what, const char *file, int line)
{
	check_count++;
	if (!ok && check_failed++ < 20)
		printf("%s:%d: failed: %s\n", file, line, what);
}

static inline void
check_text(const char *got, const char *want, const char *file, int line)
{
	check_count++;
	if (strcmp(got, want) != 0 && check_failed++ < 20)
		printf("%s:%d: got \"%s\", want \"%s\"\n", file, line, got,
		    want);
}

static inline void
check_near(double got, double want, double tolerance, const char *what,
    const char *file, int line)
{
	double d = got - want;

	check_count++;
	if (!(d <= tolerance && -d <= tolerance) && check_failed++ < 20)
		printf("%s:%d: %s is %.17g, want %.17g within %g\n", file, line,
		    what, got, want, tolerance);
}

static inline int
check_done(void)
{
	if (check_failed > 0) {
		printf("failed: %d of %d checks\n", check_failed, check_count);
		return 1;
	}
	printf("ok: %d checks\n", check_count);
	return 0;
}

#endif
