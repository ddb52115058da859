/* Giving up rights that a program will not need, so that a fault in what it
 * reads cannot use them. */
#ifndef CD_BASE_CONFINE_H
#define CD_BASE_CONFINE_H

#include <stdbool.h>

/* From now on this thread, and those that it starts, may read files but neither
 * make, write, remove nor execute any, except that a file may be finished in
 * the folder of `output` (NULL: nowhere): what is open already can be written
 * and renamed. By Linux's Landlock; false: there is none, and nothing has
 * changed. */
bool cd_confine(const char *output);

#endif
