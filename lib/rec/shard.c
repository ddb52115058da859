#include "rec/shard.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/rng.h"

int
cd_shard_parse(struct cd_shard *s, const char *text, struct cd_err *e)
{
	const char *slash = strchr(text, '/');
	char first[16];
	size_t k = slash ? (size_t)(slash - text) : 0;
	int64_t i, n;

	if (!slash || k >= sizeof first)
		return cd_fail(e, "'%.40s' is not a shard, as 2/4", text);
	memcpy(first, text, k);
	first[k] = '\0';
	if (cd_parse_int(slash + 1, 1, CD_SHARDS_MAX, &n, e) < 0 ||
	    cd_parse_int(first, 1, n, &i, e) < 0)
		return cd_fail_at(e, "'%.40s'", text);
	*s = (struct cd_shard){ .i = (uint32_t)i, .n = (uint32_t)n };
	return 0;
}

bool
cd_shard_has(const struct cd_shard *s, uint64_t key)
{
	struct cd_rng rng;

	if (s->n == 0)
		return true;
	/* not the hash itself: that must not go by what cd-split divided by */
	cd_rng_start(&rng, 0, 0, key, CD_RNG_SHARD);
	return cd_rng_below(&rng, s->n) == s->i - 1;
}

int
cd_shard_of(const struct cd_head *h, struct cd_shard *s, struct cd_err *e)
{
	char text[CD_SHARD_RUN + 32], shown[CD_SHARD_RUN + 32], *run;
	const char *line;
	size_t len;

	*s = (struct cd_shard){ 0 };
	line = cd_head_nth(h, "shard", 0, &len);
	if (!line)
		return 0;
	if (len >= sizeof text)
		return cd_fail(e, "the header line 'shard' is too long");
	memcpy(text, line, len);
	text[len] = '\0';
	run = strchr(text, ' ');
	if (run)
		*run++ = '\0';
	if (cd_shard_parse(s, text, e) < 0)
		return cd_fail(e, "the header line 'shard %s' is malformed",
		    cd_escape(shown, sizeof shown, line, len));
	if (run && strlen(run) >= sizeof s->run)
		return cd_fail(e, "the header line 'shard' is too long");
	if (run)
		memcpy(s->run, run, strlen(run) + 1);
	return 1;
}

int
cd_shard_mark(struct cd_head *h, const struct cd_shard *s, struct cd_err *e)
{
	char text[CD_SHARD_RUN + 32];

	snprintf(text, sizeof text, "%u/%u%s%s", s->i, s->n,
	    s->run[0] ? " " : "", s->run);
	return cd_head_add(h, "shard", text, e);
}

void
cd_shard_forget(struct cd_head *h)
{
	if (cd_head_count(h, "shard") == 0)
		return;
	cd_head_remove(h, "shard");
	cd_head_remove(h, "records");
}

int64_t
cd_shard_records(const struct cd_head *h)
{
	return cd_head_count(h, "shard") > 0 ? -1 :
					       cd_head_number(h, "records");
}
