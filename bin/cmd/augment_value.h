/* Values of the options of cd-augment. */
#ifndef CD_CMD_AUGMENT_VALUE_H
#define CD_CMD_AUGMENT_VALUE_H

#include "base/err.h"

/* For struct cd_opt. To a struct cd_range: "z", { 1 - z, 1 + z }, or "lo:hi",
 * both in 0.01 .. 100 (factors of colours: 0 .. 100). */
int cd_augment_parse_zoom(void *, const char *, struct cd_err *);
int cd_augment_parse_factor(void *, const char *, struct cd_err *);
/* To a struct cd_range: "lo", { lo, 1 }, or "lo:hi", 0 < lo <= hi <= 1. */
int cd_augment_parse_crop(void *, const char *, struct cd_err *);
/* To a struct cd_range: "hi", { min(0.02, hi), hi }, or "lo:hi",
 * 0 < lo <= hi <= 1. */
int cd_augment_parse_erase(void *, const char *, struct cd_err *);
/* To the struct cd_augment: nearest, constant, constant:VALUE, reflect,
 * wrap. */
int cd_augment_parse_fill(void *, const char *, struct cd_err *);
/* The words of enum cd_fill; ends in NULL. */
extern const char *const cd_augment_fills[];

#endif
