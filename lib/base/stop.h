/* Graceful stop on SIGHUP, SIGINT or SIGTERM, for commands that then save their
 * work. */
#ifndef CD_BASE_STOP_H
#define CD_BASE_STOP_H

#include <stdbool.h>

/* From now on the first SIGHUP, SIGINT or SIGTERM only makes cd_stopped true;
 * the second SIGINT or SIGTERM has its default action, further SIGHUPs none.
 * Those that are ignored stay ignored. */
void cd_stop_catch(void);

bool cd_stopped(void);

#endif
