/* Numbers from the text files in tests/vectors. Unit programs must run in the
 * root of the tree. */
#ifndef CD_TESTS_UNIT_VECTOR_H
#define CD_TESTS_UNIT_VECTOR_H

#include <stdio.h>
#include <stdlib.h>

static inline FILE *
vector_open(const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "tests/vectors/%s", name);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static inline double
vector_number(FILE *f)
{
	double v;

	if (fscanf(f, "%lf", &v) != 1) {
		printf("a vector ends early\n");
		exit(1);
	}
	return v;
}

#endif
