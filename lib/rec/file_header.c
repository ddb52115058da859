#include <string.h>

#include "base/format.h"
#include "base/num.h"
#include "rec/layout.h"

/* What does not begin like a stream. */
static int
not_a_stream(const unsigned char *h, size_t n, bool first, struct cd_err *e)
{
	const char *name;

	if (n >= 4 && memcmp(h + 1, "TRS", 3) == 0)
		return cd_fail(e,
		    "the magic is mangled: the stream was sent as text");
	if (!first)
		return cd_fail(e, "bytes behind the end that are no stream");
	name = cd_format_name(h, n);
	if (name)
		return cd_fail(e, "not a tensor-record stream but %s", name);
	return cd_fail(e, "not a tensor-record stream (no magic)");
}

int
cd_file_header_check(const unsigned char *h, size_t n, bool first,
    struct cd_err *e)
{
	uint32_t text;

	if (n == 0)
		return cd_fail(e, "empty: not even the header of a stream");
	if (memcmp(h, CD_MAGIC, n < 8 ? n : 8) != 0)
		return not_a_stream(h, n, first, e);
	if (n < CD_BLOCK)
		return cd_fail(e, "the stream is cut in its header");
	text = cd_get32(h + HEAD_TEXT_SIZE);
	if (cd_crc(0, h, HEAD_CRC) != cd_get32(h + HEAD_CRC))
		return cd_fail(e, "the header's checksum does not match");
	if (cd_get16(h + HEAD_MAJOR) != CD_MAJOR)
		return cd_fail(e,
		    "unsupported version %d.%d of the stream "
		    "(this program reads %d.x)",
		    cd_get16(h + HEAD_MAJOR), cd_get16(h + HEAD_MINOR),
		    CD_MAJOR);
	if (text > CD_HEAD_TEXT_MAX)
		return cd_fail(e, "header text of %u bytes, more than %d", text,
		    CD_HEAD_TEXT_MAX);
	return 0;
}
