/* Copies of records, which outlive the reader's next call. */
#ifndef CD_REC_COPY_H
#define CD_REC_COPY_H

#include "base/mem.h"
#include "rec/rec.h"

/* The memory of one copy; it only grows. All zero is empty. */
struct cd_rec_copy {
	struct cd_buf text; /* key and names of tensors */
	struct cd_buf payload;
};

/* Makes *to a copy of a reader's record, whose payload has been read, or of one
 * whose tensors lie anywhere (payload NULL). slack bytes past its last tensor
 * are readable, their values undefined. Key, names and data lie in *memory and
 * are valid until its next use. */
int cd_rec_copy(struct cd_rec *to, struct cd_rec_copy *memory,
    const struct cd_rec *from, size_t slack, struct cd_err *) CD_MUST_CHECK;
void cd_rec_copy_free(struct cd_rec_copy *);

#endif
