/* Records put in the order of a list of keys, by seeking. For mains: trouble
 * ends the program. */
#ifndef CD_CMD_IN_ORDER_H
#define CD_CMD_IN_ORDER_H

#include "cmd/filter.h"
#include "rec/keys.h"

/* Remembers the place of a record; a sample's or prediction's key must be in
 * the list. */
void cd_in_order_add(const struct cd_rec *, struct cd_keys *);

/* Puts what was added: epoch by epoch in the order of the list's lines, those
 * of one key in the order in which they were added, records of other kinds at
 * the end of their epoch. The input must be seekable and read to its end. */
void cd_in_order_put(struct cd_filter *);

#endif
