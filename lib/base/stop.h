/* Graceful stop on SIGINT or SIGTERM, for commands that then save their
 * work. */
#ifndef CD_BASE_STOP_H
#define CD_BASE_STOP_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM only makes cd_stopped true; the
 * second has its default action. */
void cd_stop_catch(void);

bool cd_stopped(void);

#endif
