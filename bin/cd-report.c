/* cd-report: what a run left -> one page, HTML. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/files.h"
#include "cmd/html.h"
#include "cmd/opt.h"
#include "cmd/page.h"
#include "cmd/whole.h"

enum {
	COUNT = 18,
	COUNT_MAX = 1000,
};

static struct {
	int64_t count;
	const char *output, *title;
} args = { .count = COUNT, .title = "Report" };

static const struct cd_opt opts[] = {
	{ .name = "count",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.count,
	    .arg = "count",
	    .help = "pictures shown of each kind (default: 18)",
	    .min = 1,
	    .max = COUNT_MAX },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "title",
	    .type = CD_OPT_TEXT,
	    .to = &args.title,
	    .arg = "text",
	    .help = "heading of the page (default: Report)" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-report",
	.usage = "[-n count] [-o file] [--title text] file ...",
	.about = "Shows models, histories, samples and predictions as a page.",
	.opts = opts,
	.operands = CD_OPERANDS_OWN,
};

static struct cd_page page; /* large */

/* The operands are read several times. */
static void
read_files(char *const *paths, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (strcmp(paths[i], "-") == 0)
			cd_usage("-: a file is needed: it is read more than "
				 "once");
		cd_files_read(paths[i], cd_files_input);
	}
	for (i = 0; i < n; i++)
		cd_page_read(&page, paths[i]);
	cd_page_match(&page);
}

static void
put_link(FILE *f, const char *id, int n, const char *name)
{
	fprintf(f, "<li><a href=\"#%s", id);
	if (n > 0)
		fprintf(f, "-%d", n);
	fputs("\">", f);
	cd_html_plain(f, name);
	fputs("</a></li>\n", f);
}

static void
put_links(FILE *f)
{
	int i;

	fputs("<nav aria-label=\"Sections\"><ul>\n", f);
	if (page.nscored)
		put_link(f, "results", 0, "Results");
	for (i = 0; i < page.nscored; i++)
		put_link(f, "predictions", i + 1, page.scored[i].file.name);
	if (page.nhistories)
		put_link(f, "training", 0, "Training");
	if (page.nsamples)
		put_link(f, "data", 0, "Data");
	if (page.nmodels)
		put_link(f, "net", 0, "Net");
	if (page.nmodels + page.nsamples + page.nscored)
		put_link(f, "provenance", 0, "How it was made");
	fputs("</ul></nav>\n", f);
}

static void
put_page(FILE *f, const char *title)
{
	page.f = f;
	cd_html_begin(f, title);
	fputs("<header>\n", f);
	cd_html_tag(f, "h1", title);
	put_links(f);
	fputs("</header>\n<main>\n", f);
	cd_page_results(&page);
	cd_page_training(&page);
	cd_page_data(&page);
	cd_page_nets(&page);
	cd_page_provenance(&page);
	cd_html_end(f);
}

int
main(int argc, char **argv)
{
	int first = cd_opt_parse(&command, argc, argv);
	char title[CD_ESCAPED(256)];
	struct cd_memory text;

	if (first == argc)
		cd_usage("no file to report on");
	if (!args.output && isatty(STDOUT_FILENO))
		cd_die("standard output is a terminal: redirect it or name a "
		       "file with -o");
	cd_escape(title, sizeof title, args.title, strlen(args.title));
	page.count = (int)args.count;

	read_files(argv + first, argc - first);

	cd_memory_open(&text);
	put_page(text.f, title);
	cd_memory_close(&text);

	cd_write_whole(args.output, text.data, text.size);
	free(text.data);
	cd_page_free(&page);
	return 0;
}
