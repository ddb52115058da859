/* Dividing the records of a stream among several outputs. */
#ifndef CD_REC_SHARE_H
#define CD_REC_SHARE_H

#include <stdbool.h>

#include "rec/rec.h"

enum {
	CD_SHARES_MAX = 64,
};

enum cd_share_how { CD_SHARE_COUNT, CD_SHARE_PART, CD_SHARE_REST };

/* One output's share. */
struct cd_share {
	enum cd_share_how how;
	uint64_t count; /* COUNT */
	double part;	/* PART: fraction of the whole, 0 to 1 */
};

/* Parses "1000" (a count), "0.7", "70%" or "7/10" (a part), or "rest". */
int cd_share_parse(const char *, struct cd_share *,
    struct cd_err *) CD_MUST_CHECK;

/* Are the n shares compatible: at most one rest, and parts that sum to at most
 * 1? */
int cd_share_check(const struct cd_share *, int n,
    struct cd_err *) CD_MUST_CHECK;

/* size[i] = the records, of total, that output i gets. Parts are rounded so
 * that the sum of the first k is within half a record of exact, for every k. If
 * counts and parts exceed total the error is "30 wanted, 20 found". */
int cd_share_sizes(const struct cd_share *, int n, uint64_t total,
    uint64_t *size, struct cd_err *) CD_MUST_CHECK;

/* The output whose interval contains u, in [0, 1): the parts in order, then the
 * rest; -1: none. Counts are not allowed. */
int cd_share_at(const struct cd_share *, int n, double u);

/* A record to be dealt to an output. */
struct cd_share_record {
	uint64_t rank;	  /* records of a group are dealt in this order */
	uint64_t key;	  /* cd_hash of the key */
	uint64_t picture; /* cd_share_picture */
	uint64_t offset;  /* place: where it was read */
	int file;
	int group;	   /* from 0; -1: not dealt */
	int to;		   /* out: the output, or -1: none */
	uint32_t view;	   /* 0 where the views of a key are not told apart */
	uint64_t together; /* records of one number are dealt together; of each
			    * key its own unless cd_share_bundle is called */
};

/* Deals n records, each group by itself: its first size[0] by rank go to output
 * 0, and so on (cd_share_sizes); those that belong together to the output that
 * the middle one of them would go to, so that sizes come as near as whole
 * bundles allow. Of equal ranks the lesser `together` comes first: give each
 * bundle a rank of its own. Sorts the records by place. If a group is too
 * small, returns -1 with e filled and *group set. nshares <= CD_SHARES_MAX. */
int cd_share_deal(struct cd_share_record *, size_t n, const struct cd_share *,
    int nshares, int ngroups, int *group, struct cd_err *) CD_MUST_CHECK;

/* Gives n records, of which those with one `together` are to be dealt together,
 * one rank for each of these: that of the first by place, or, ordered, its
 * number by place. A bundle of two groups is an error: returns the index of a
 * record of it; else -1. Sorts the records by place. */
int64_t cd_share_bundle(struct cd_share_record *, size_t n, bool ordered);

/* Deals n records to the folds of a cross-validation, 0 to nfolds - 1: the keys
 * of each group, by rank, which must depend on the key and not on the place,
 * then by key, go to one fold after the other, and each group goes on where the
 * one before it ended. So folds differ by at most one key, in each group and in
 * all, and the records of a key (that belong together) are in one fold. Sorts
 * the records by place. If
 * a group has fewer than nfolds keys, returns -1 with e filled and *group
 * set. */
int cd_share_fold(struct cd_share_record *, size_t n, int nfolds, int ngroups,
    int *group, struct cd_err *) CD_MUST_CHECK;

/* Sorts records by key, view and place, those not dealt last. Of the records
 * that repeat key and view of an earlier one, returns the index of the first by
 * place; -1: none. */
int64_t cd_share_same_key(struct cd_share_record *, size_t n);

/* As cd_share_same_key, of a record in another group than the one of its key
 * that is next to it in that order. */
int64_t cd_share_two_groups(struct cd_share_record *, size_t n);

/* A 64-bit hash of the tensor "image", type, shape and data, to tell pictures
 * apart; 0: there is none. The payload must have been read. */
uint64_t cd_share_picture(const struct cd_rec *);

void cd_share_sort_places(struct cd_share_record *, size_t n);
/* Sorts records by picture, then by place. */
void cd_share_sort_pictures(struct cd_share_record *, size_t n);

#endif
