#include "cmd/options.h"

#include <stdio.h>

static void
row(const struct cd_opt *o)
{
	static const char *const traits[] = { "-", "many", "file",
		"file,many" };
	const char *const *w = o->words;
	char letter[2] = { (char)o->letter, '\0' };

	printf("--%s\t-%s\t%s\t%s\t", o->name, letter, o->arg ? o->arg : "-",
	    traits[2 * (o->type == CD_OPT_PATH) + o->many]);
	if (!w)
		putchar('-');
	for (; w && *w; w++)
		printf("%s%s", w == o->words ? "" : " ", *w);
	printf("\t%s\n", o->help);
}

void
cd_options_print(const struct cd_command *c)
{
	static const struct cd_opt all[] = {
		{ .name = "verbose",
		    .letter = 'v',
		    .help = "say how fast it was, and why" },
		{ .name = "help", .letter = 'h', .help = "this text" },
		{ .name = "version", .letter = 'V', .help = "the version" },
		{ .name = NULL },
	};
	const struct cd_opt *o;

	for (o = c->opts; o->name; o++)
		row(o);
	for (o = all + !c->verbose; o->name; o++)
		row(o);
}
