/* Reading any stream a second time, out of order. */
#ifndef CD_REC_SPOOL_H
#define CD_REC_SPOOL_H

#include "rec/rec.h"

/* Makes the records of *r, of which none has been read yet, readable again
 * (cd_reader_at). A seekable reader is left as it is. Otherwise the stream is
 * copied to an unlinked file in $TMPDIR (default /tmp), which becomes standard
 * input, and *r is replaced by a reader of it. The copy has one member, whose
 * END has the skipped count of all. On failure *r stays open. */
int cd_reader_spool(struct cd_reader **r, struct cd_err *) CD_MUST_CHECK;

#endif
