/* BLAKE2b against RFC 7693 and Python's hashlib; lengths about a block. */
#include "base/blake2b.h"

#include <string.h>

#include "unit/check.h"

static const char *
hex(const void *data, size_t n, size_t size)
{
	static char text[129];
	unsigned char out[64];
	size_t i;

	cd_blake2b(out, size, data, n);
	for (i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", out[i]);
	return text;
}

/* hashlib.blake2b(data, digest_size=32) of the first n of 0, 1, 2, ... */
static const struct {
	size_t n;
	const char *want;
} counted[] = {
	{ 0,
	    "0e5751c026e543b2e8ab2eb06099daa1"
	    "d1e5df47778f7787faab45cdf12fe3a8" },
	{ 1,
	    "03170a2e7597b7b7e3d84c05391d139a"
	    "62b157e78786d8c082f29dcf4c111314" },
	{ 127,
	    "f2fe67ff342e21b8f45e8f2e0bcd1d92"
	    "43245d50ee6c78042e9c491388791c72" },
	{ 128,
	    "c3582f71ebb2be66fa5dd750f80baae9"
	    "7554f3b015663c8be377cfcb2488c1d1" },
	{ 129,
	    "f7f3c46ba2564ff4c4c162da1f5b605f"
	    "9f1c4aa6a20652a9f9a337c1a2f5b9c9" },
	{ 256,
	    "39a7eb9fedc19aabc83425c6755dd90e"
	    "6f9d0c804964a1f4aaeea3b9fb599835" },
	{ 257,
	    "45f7f084c30bac7cbae2e1963bc6e6b0"
	    "d8cb227a12927e97fb941d288fb1f9a3" },
	{ 1000,
	    "c636324d47d89f2b2434dc2c99410066"
	    "3fbbaea880ff020fc5de89dd0f77a1ec" },
};

int
main(void)
{
	unsigned char data[1000];
	size_t i;

	/* RFC 7693, appendix A */
	CHECK_TEXT(hex("abc", 3, 64),
	    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	CHECK_TEXT(hex("abc", 3, 1), "6b");
	for (i = 0; i < sizeof data; i++)
		data[i] = (unsigned char)i;
	for (i = 0; i < sizeof counted / sizeof *counted; i++)
		CHECK_TEXT(hex(data, counted[i].n, 32), counted[i].want);
	return CHECK_DONE();
}
