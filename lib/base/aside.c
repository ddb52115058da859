#include "base/aside.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

struct cd_aside {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	void (*job)(void *); /* NULL: none */
	void *arg;
	bool quit;
};

static void *
work(void *p)
{
	struct cd_aside *a = p;

	pthread_mutex_lock(&a->lock);
	for (;;) {
		while (!a->job && !a->quit)
			pthread_cond_wait(&a->changed, &a->lock);
		if (!a->job)
			break;
		pthread_mutex_unlock(&a->lock);
		a->job(a->arg);
		pthread_mutex_lock(&a->lock);
		a->job = NULL;
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct cd_aside *
cd_aside_new(struct cd_err *e)
{
	struct cd_aside *a = cd_calloc(1, sizeof *a, e);

	if (!a)
		return NULL;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	if (pthread_create(&a->thread, NULL, work, a) == 0)
		return a;
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
	cd_fail(e, "cannot start thread");
	return NULL;
}

void
cd_aside_free(struct cd_aside *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->quit = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void
cd_aside_begin(struct cd_aside *a, void (*job)(void *), void *arg)
{
	pthread_mutex_lock(&a->lock);
	while (a->job)
		pthread_cond_wait(&a->changed, &a->lock);
	a->job = job;
	a->arg = arg;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

void
cd_aside_wait(struct cd_aside *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->job)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

bool
cd_aside_idle(struct cd_aside *a)
{
	bool idle;

	pthread_mutex_lock(&a->lock);
	idle = !a->job;
	pthread_mutex_unlock(&a->lock);
	return idle;
}
