#include "cmd/average_models.h"

#include <sys/stat.h>

#include "cmd/opt.h"
#include "net/soup.h"
#include "rec/rec.h"

bool
cd_average_is_model(const char *path)
{
	char *operand = (char *)(size_t)path; /* not changed */
	struct cd_reader *in;
	struct cd_err e = { "" };
	struct stat st;
	bool is;

	/* a pipe would be read; what cannot be read is told of later */
	if (!path || stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    cd_reader_open(&in, &operand, 1, &e) < 0)
		return false;
	is = cd_head_is(cd_reader_head(in), "holds", "model");
	cd_reader_close(in);
	return is;
}

void
cd_average_models(char *const *paths, int n, const double *weight,
    const char *output)
{
	struct cd_soup soup = { .n = 0 };
	struct cd_err e = { "" };
	int i;

	for (i = 0; i < n; i++)
		if (cd_soup_add(&soup, paths[i], weight ? weight[i] : 1, &e) <
		    0)
			cd_die("%s", e.msg);
	if (soup.has_state)
		cd_warn("the optimiser's state is left out: training goes on "
			"without");
	if (soup.unlike)
		cd_warn("warning: these models were not trained from one "
			"untrained model: their mean seldom predicts well; "
			"average their predictions");
	cd_soup_settle(&soup);
	if (cd_head_add(&soup.first.head, "made", cd_opt_provenance(), &e) <
		0 ||
	    cd_model_save(&soup.first, output, &e) < 0)
		cd_die("%s", e.msg);
	cd_soup_free(&soup);
}
