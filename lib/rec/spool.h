/* Reading a stream twice. */
#ifndef CD_REC_SPOOL_H
#define CD_REC_SPOOL_H

#include "rec/rec.h"

/* Makes *r, of which no record has been read yet, a reader whose records can
 * be read again (cd_reader_at). One that is seekable stays as it is. Otherwise
 * the whole stream is copied to a file in $TMPDIR (default /tmp) that has no
 * name any more, *r is closed, and a reader of the copy, which has become
 * standard input, takes its place. The copy is one member; its END has the
 * skipped count of all. On failure *r stays open. */
int cd_reader_spool(struct cd_reader **r, struct cd_err *) CD_MUST_CHECK;

#endif
