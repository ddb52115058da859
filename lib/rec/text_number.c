/* Numbers as text and back, bit for bit. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "rec/text.h"

/* A NaN's sign and payload are data too: all but the default quiet NaN show
 * their bits. */
static void
put_f32(char *out, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	if (v != v && bits == 0x7fc00000) {
		snprintf(out, CD_TEXT_NUMBER, "nan");
	} else if (v != v) {
		snprintf(out, CD_TEXT_NUMBER, "nan(0x%08" PRIx32 ")", bits);
	} else {
		/* 7 digits print 0.3f as 0.3; 9 always round-trip */
		snprintf(out, CD_TEXT_NUMBER, "%.7g", (double)v);
		if (strtof(out, NULL) != v)
			snprintf(out, CD_TEXT_NUMBER, "%.9g", (double)v);
	}
}

static void
put_f64(char *out, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	if (v != v && bits == UINT64_C(0x7ff8000000000000)) {
		snprintf(out, CD_TEXT_NUMBER, "nan");
	} else if (v != v) {
		snprintf(out, CD_TEXT_NUMBER, "nan(0x%016" PRIx64 ")", bits);
	} else {
		snprintf(out, CD_TEXT_NUMBER, "%.15g", v);
		if (strtod(out, NULL) != v)
			snprintf(out, CD_TEXT_NUMBER, "%.17g", v);
	}
}

/* The bits of element i, little-endian, on any machine. */
static uint64_t
element(const void *data, size_t size, uint64_t i)
{
	const unsigned char *p = (const unsigned char *)data + i * size;
	uint64_t v = 0;

	while (size-- > 0)
		v = v << 8 | p[size];
	return v;
}

char *
cd_text_number(char *out, enum cd_dtype dtype, const void *data, uint64_t i)
{
	uint64_t bits = element(data, cd_dtype_size(dtype), i);
	uint32_t low = (uint32_t)bits;
	double d;
	float f;

	switch (dtype) {
	case CD_U8:
		snprintf(out, CD_TEXT_NUMBER, "%u", low);
		break;
	case CD_I32:
		snprintf(out, CD_TEXT_NUMBER, "%" PRId32, (int32_t)low);
		break;
	case CD_I64:
		snprintf(out, CD_TEXT_NUMBER, "%" PRId64, (int64_t)bits);
		break;
	case CD_F32:
		memcpy(&f, &low, sizeof f);
		put_f32(out, f);
		break;
	case CD_F64:
		memcpy(&d, &bits, sizeof d);
		put_f64(out, d);
		break;
	}
	return out;
}

/* nan or nan(0xBITS), BITS being a NaN of width bytes. */
static bool
take_nan(const char *word, int width, uint64_t *bits)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t exponent = width == 4 ? UINT64_C(0x7f800000) :
					 UINT64_C(0x7ff0000000000000);
	uint64_t sign = UINT64_C(1) << (8 * width - 1);
	size_t i, n = 2 * (size_t)width;

	*bits = exponent | (exponent >> 1 & ~exponent);
	if (strcmp(word, "nan") == 0)
		return true;
	if (strncmp(word, "nan(0x", 6) != 0 || strspn(word + 6, digits) != n ||
	    strcmp(word + 6 + n, ")") != 0)
		return false;
	for (*bits = 0, i = 0; i < n; i++)
		*bits = *bits << 4 |
		    (uint64_t)(strchr(digits, word[6 + i]) - digits);
	/* an exponent of ones and a fraction that is not zero */
	return (*bits & ~sign) > exponent;
}

/* The bits of a decimal number, inf or nan. */
static bool
take_float(const char *word, int width, uint64_t *bits)
{
	const char *digits = word + (word[0] == '-');
	bool inf = strcmp(digits, "inf") == 0;
	uint32_t low;
	char *end;
	double d;
	float f;

	if (take_nan(word, width, bits))
		return true;
	if (!inf && strspn(digits, "0123456789.e+-") != strlen(digits))
		return false;
	if (width == 4) {
		f = strtof(word, &end);
		d = f;
		memcpy(&low, &f, sizeof low);
		*bits = low;
	} else {
		d = strtod(word, &end);
		memcpy(bits, &d, sizeof *bits);
	}
	/* strtof and strtod turn too large a number into infinity */
	return end != word && *end == '\0' && (inf || isfinite(d));
}

static bool
take_whole(const char *word, int64_t min, int64_t max, uint64_t *bits)
{
	const char *p = word;
	int64_t v;

	/* fast path for bytes, the usual case */
	for (*bits = 0; p - word < 3 && *p >= '0' && *p <= '9'; p++)
		*bits = 10 * *bits + (uint64_t)(*p - '0');
	if (*p == '\0' && p > word)
		return *bits <= (uint64_t)max;
	if (cd_parse_int(word, min, max, &v, NULL) < 0)
		return false;
	*bits = (uint64_t)v;
	return true;
}

int
cd_text_parse(unsigned char out[8], enum cd_dtype dtype, const char *word)
{
	size_t width = cd_dtype_size(dtype), i;
	uint64_t bits = 0;
	bool ok = false;

	switch (dtype) {
	case CD_U8:
		ok = take_whole(word, 0, UINT8_MAX, &bits);
		break;
	case CD_I32:
		ok = take_whole(word, INT32_MIN, INT32_MAX, &bits);
		break;
	case CD_I64:
		ok = take_whole(word, INT64_MIN, INT64_MAX, &bits);
		break;
	case CD_F32:
	case CD_F64:
		ok = take_float(word, (int)width, &bits);
		break;
	}
	for (i = 0; ok && i < width; i++)
		out[i] = (unsigned char)(bits >> 8 * i);
	return ok ? 0 : -1;
}
