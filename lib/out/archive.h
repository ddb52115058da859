/* Archives of files, one after the other, by libarchive. */
#ifndef CD_OUT_ARCHIVE_H
#define CD_OUT_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum cd_archive_format {
	CD_ARCHIVE_ZIP, /* not compressed */
	CD_ARCHIVE_TAR, /* GNU's; as POSIX's where names have < 100 bytes */
	CD_ARCHIVE_RAW, /* the bytes of one file alone */
};

struct cd_archive;

/* Writes to fd, which may be a pipe and stays open. */
int cd_archive_open(struct cd_archive **, int fd, enum cd_archive_format,
    struct cd_err *) CD_MUST_CHECK;

/* Begins a file, of which all bytes follow by cd_archive_data: mode 0644, no
 * owner and no date, so that the same files give the same bytes. */
int cd_archive_file(struct cd_archive *, const char *name, uint64_t bytes,
    struct cd_err *) CD_MUST_CHECK;
int cd_archive_data(struct cd_archive *, const void *, size_t n,
    struct cd_err *) CD_MUST_CHECK;

/* Ends the archive, after all went well; NULL e: gives it up. Frees. */
int cd_archive_close(struct cd_archive *, struct cd_err *e);

#endif
