/* Being asked to stop, politely: for commands that save what they have. */
#ifndef CD_BASE_STOP_H
#define CD_BASE_STOP_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM only makes cd_stopped true; a second
 * one kills, as it would have. */
void cd_stop_catch(void);

bool cd_stopped(void);

#endif
