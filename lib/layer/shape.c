#include "layer/shape.h"

#include <stdio.h>

char *
cd_shape_text(const int s[3], char buf[CD_SHAPE_TEXT])
{
	snprintf(buf, CD_SHAPE_TEXT, "%dx%dx%d", s[0], s[1], s[2]);
	return buf;
}

bool
cd_shape_is_vector(const int s[3])
{
	return s[0] == 1 && s[1] == 1;
}

uint64_t
cd_shape_volume(const int s[3])
{
	return (uint64_t)s[0] * (uint64_t)s[1] * (uint64_t)s[2];
}
