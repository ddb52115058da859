/* Dividing records among several outputs. */
#ifndef CD_REC_SHARE_H
#define CD_REC_SHARE_H

#include "rec/rec.h"

enum {
	CD_SHARES_MAX = 64,
};

enum cd_share_how { CD_SHARE_COUNT, CD_SHARE_PART, CD_SHARE_REST };

/* What one output is to get. */
struct cd_share {
	enum cd_share_how how;
	uint64_t count; /* COUNT */
	double part;	/* PART: of the whole, 0 to 1 */
};

/* Reads "1000" (a count), "0.7", "70%" or "7/10" (a part), or "rest". */
int cd_share_parse(const char *, struct cd_share *,
    struct cd_err *) CD_MUST_CHECK;

/* Can n shares stand beside each other? At most one rest; parts that come to
 * 1 at most. */
int cd_share_check(const struct cd_share *, int n,
    struct cd_err *) CD_MUST_CHECK;

/* size[i] = how many of total records output i gets. Parts are rounded so that
 * the first k of them together are off by half a record at most. The error,
 * where counts and parts come to more than total: "30 wanted, 20 found". */
int cd_share_sizes(const struct cd_share *, int n, uint64_t total,
    uint64_t *size, struct cd_err *) CD_MUST_CHECK;

/* The output whose interval holds u, from [0, 1): the parts side by side, then
 * the rest; -1: none has it. There are no counts. */
int cd_share_at(const struct cd_share *, int n, double u);

/* A record to be dealt. */
struct cd_feed_batch {
	uint64_t rank;	  /* lots of a group are dealt in this order */
	uint64_t key;	  /* cd_hash of the key */
	uint64_t picture; /* cd_share_picture */
	uint64_t offset;  /* where it was read */
	int file;
	int group; /* 0 ..; -1: not dealt */
	int to;	   /* out: the output, or -1: none */
};

/* Deals n lots, each group apart: the first size[0] of a group by rank (and
 * place, where ranks are equal) go to output 0, and so on. Brings them into
 * the order of their places. Returns -1, with e filled by cd_share_sizes and
 * *group set, where a group is too small. nshares <= CD_SHARES_MAX. */
int cd_share_deal(struct cd_feed_batch *, size_t n, const struct cd_share *,
    int nshares, int ngroups, int *group, struct cd_err *) CD_MUST_CHECK;

/* Sorts lots by key and place, those not dealt last. Returns the index of the
 * lot, first by place, whose key an earlier one has; -1: none. */
int64_t cd_share_same_key(struct cd_feed_batch *, size_t n);

/* 64 bits that tell one picture from another: a hash of the tensor "image",
 * shape and data; 0 where there is none. The payload has been read. */
uint64_t cd_share_picture(const struct cd_rec *);

void cd_share_sort_places(struct cd_feed_batch *, size_t n);
/* Sorts lots by picture, then by place. */
void cd_share_sort_pictures(struct cd_feed_batch *, size_t n);

#endif
