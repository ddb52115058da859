#include "cmd/shard_opt.h"

int
cd_shard_take(void *to, const char *arg, struct cd_err *e)
{
	return cd_shard_parse(to, arg, e);
}
