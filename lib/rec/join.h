/* The provenance of several files read as one stream. Private to lib/rec. */
#ifndef CD_REC_JOIN_H
#define CD_REC_JOIN_H

#include "rec/head.h"
#include "rec/input.h"

/* Adds to the header of the first of the files the `made` lines of the others,
 * and a line `made cat N ...`, which says how many are of each. Nothing where
 * one is not a regular file, whose header would be gone, or has no such lines,
 * or is damaged, which the reader says when it comes there. Reads without
 * moving in the files. */
int cd_join_made(struct cd_head *, const struct cd_input *,
    struct cd_err *) CD_MUST_CHECK;

#endif
