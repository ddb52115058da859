#include "base/stop.h"

#include <signal.h>
#include <string.h>

/* SIGHUP: a terminal that is gone ends nothing that can be saved. */
static const int stopping[] = { SIGHUP, SIGINT, SIGTERM };
enum {
	STOPPING = sizeof stopping / sizeof stopping[0],
};

static volatile sig_atomic_t stopped, caught[STOPPING];

static void
on_signal(int sig)
{
	int i;

	(void)sig;
	stopped = 1;
	/* the next one kills; but where a terminal goes, a shell and the system
	 * send SIGHUP each, and the second is no second thought */
	for (i = 0; i < STOPPING; i++)
		if (caught[i])
			signal(stopping[i],
			    stopping[i] == SIGHUP ? SIG_IGN : SIG_DFL);
}

void
cd_stop_catch(void)
{
	struct sigaction old, a;
	int i;

	memset(&a, 0, sizeof a);
	a.sa_handler = on_signal;
	sigemptyset(&a.sa_mask);
	for (i = 0; i < STOPPING; i++) {
		/* ignored (nohup, trap '' INT): whoever did it meant it */
		if (sigaction(stopping[i], NULL, &old) == 0 &&
		    !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_IGN)
			continue;
		caught[i] = 1;
		sigaction(stopping[i], &a, NULL);
	}
}

bool
cd_stopped(void)
{
	return stopped != 0;
}
