#include "base/stop.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
	/* the next one of either kind kills */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

void
cd_stop_catch(void)
{
	struct sigaction a;

	memset(&a, 0, sizeof a);
	a.sa_handler = on_signal;
	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

bool
cd_stopped(void)
{
	return stopped != 0;
}
