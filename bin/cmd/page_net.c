/* The nets, and the commands that made all that was read. */
#include <stdlib.h>
#include <string.h>

#include "cmd/html.h"
#include "cmd/page.h"
#include "cmd/whole.h"

static void
put_layers(FILE *f, const struct cd_net *net)
{
	struct cd_memory text;

	cd_memory_open(&text);
	cd_net_summary(net, text.f);
	cd_memory_close(&text);
	fputs("<h3>Layers</h3>\n<pre tabindex=\"0\">", f);
	cd_html_lines(f, text.data, text.size);
	fputs("</pre>\n", f);
	free(text.data);
}

/* "cat, dog": at most a few. */
static void
put_classes(FILE *f, const struct cd_head *h)
{
	const char *v;
	size_t len, at = 0;
	int i, n = cd_head_count(h, "class");

	for (i = 0; i < 10 && (v = cd_head_next(h, "class", &at, &len)); i++) {
		fputs(i ? ", " : "", f);
		cd_html_textn(f, v, len);
	}
	if (n > i)
		fprintf(f, " and %d more", n - i);
	if (n == 0)
		fputs("not trained yet", f);
}

static void
put_fact(FILE *f, const char *name, double v, const char *unit)
{
	fprintf(f, "<tr><th scope=\"row\">%s</th><td>%.10g%s</td></tr>\n", name,
	    v, unit);
}

static void
put_facts(FILE *f, const struct cd_model *m)
{
	uint64_t params = 0, trained = 0;
	double flops = 0;
	int64_t epoch = cd_head_number(&m->head, "epoch");
	int64_t step = cd_head_number(&m->head, "step");
	int i;

	for (i = 0; i < m->net.nlayers; i++) {
		params += cd_layer_nparams(&m->net.layer[i]);
		trained += cd_layer_ntrained(&m->net.layer[i]);
		flops += cd_layer_flops(&m->net.layer[i]);
	}
	fputs("<div class=\"wide\"><table><tbody>\n<tr><th scope=\"row\">"
	      "classes</th><td>",
	    f);
	put_classes(f, &m->head);
	fprintf(f,
	    "</td></tr>\n<tr><th scope=\"row\">input</th>"
	    "<td>%d high, %d wide, %d channel%s</td></tr>\n",
	    m->net.in[0], m->net.in[1], m->net.in[2],
	    m->net.in[2] == 1 ? "" : "s");
	put_fact(f, "parameters", (double)params, "");
	if (trained < params)
		put_fact(f, "of these trained", (double)trained, "");
	fprintf(f,
	    "<tr><th scope=\"row\">memory of the parameters</th>"
	    "<td>%.2f MiB</td></tr>\n<tr><th scope=\"row\">work for a picture"
	    "</th><td>%.1f MFLOP</td></tr>\n",
	    (double)params * sizeof(float) / (1 << 20), flops / 1e6);
	if (epoch >= 0)
		put_fact(f, "epochs trained", (double)epoch, "");
	if (step >= 0)
		put_fact(f, "steps trained", (double)step, "");
	fputs("</tbody></table></div>\n", f);
}

/* The first model with this model's net; models of one net share its text. */
static int
first_of_net(const struct cd_page *p, int i)
{
	int k;

	for (k = 0; k < i; k++)
		if (strcmp(p->model[k].model.net.text,
			p->model[i].model.net.text) == 0)
			break;
	return k;
}

void
cd_page_nets(struct cd_page *p)
{
	int i, k;

	if (p->nmodels == 0)
		return;
	fputs("<section id=\"net\">\n<h2>Net</h2>\n", p->f);
	for (i = 0; i < p->nmodels; i++) {
		const struct cd_net *net = &p->model[i].model.net;

		if (p->nmodels > 1)
			cd_html_tag(p->f, "h3", p->model[i].file.name);
		put_facts(p->f, &p->model[i].model);
		k = first_of_net(p, i);
		if (k < i) {
			fputs("<p>The net is that of ", p->f);
			cd_html_plain(p->f, p->model[k].file.name);
			fputs(".</p>\n", p->f);
			continue;
		}
		fputs("<h3>Text</h3>\n<pre tabindex=\"0\">", p->f);
		cd_html_lines(p->f, net->text, net->len);
		fputs("</pre>\n", p->f);
		put_layers(p->f, net);
	}
	fputs("</section>\n", p->f);
}

/* ---- provenance ---- */

/* The lines of this name, oldest first. */
static void
put_lines(FILE *f, const struct cd_head *h, const char *name, const char *what)
{
	const char *v;
	size_t len, at = 0;
	int n = cd_head_count(h, name);

	if (n == 0)
		return;
	fprintf(f, "<p>%s</p>\n<ol>\n", what);
	while ((v = cd_head_next(h, name, &at, &len))) {
		fputs("<li><code>", f);
		cd_html_textn(f, v, len);
		fputs("</code></li>\n", f);
	}
	fputs("</ol>\n", f);
}

static void
put_provenance(FILE *f, const struct cd_page_file *file,
    const struct cd_head *h, bool model)
{
	cd_html_tag(f, "h3", file->name);
	put_lines(f, h, "made",
	    model ? "The model was made by" : "Made, one after the other, by");
	put_lines(f, h, "data", "of data made by");
	put_lines(f, h, "model", "with the model of");
	put_lines(f, h, "target-model", "with targets by the model of");
}

void
cd_page_provenance(struct cd_page *p)
{
	int i;

	if (p->nmodels + p->nsamples + p->nscored == 0)
		return;
	fputs("<section id=\"provenance\">\n<h2>How it was made</h2>\n", p->f);
	for (i = 0; i < p->nmodels; i++)
		put_provenance(p->f, &p->model[i].file, &p->model[i].model.head,
		    true);
	for (i = 0; i < p->nsamples; i++)
		put_provenance(p->f, &p->samples[i].file, &p->samples[i].head,
		    false);
	for (i = 0; i < p->nscored; i++)
		put_provenance(p->f, &p->scored[i].file,
		    &p->scored[i].scored.all.head, false);
	fputs("</section>\n", p->f);
}
