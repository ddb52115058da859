#include "cmd/html.h"

#include <string.h>

enum {
	PIECE = 512, /* bytes escaped at once */
};

/* Wide enough for a table of figures, and on a telephone as wide as that is;
 * what is wider scrolls. */
static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;"
    "padding:0 1rem 3rem}"
    "h1,h2,h3{line-height:1.2}"
    "h2{margin-top:2.5rem;border-bottom:1px solid #8886;padding-bottom:.2rem}"
    "nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;"
    "list-style:none}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;margin:.8rem 0}"
    "caption{text-align:left;font-weight:600;padding:.2rem 0;"
    "white-space:nowrap}"
    "th,td{border:1px solid #8886;padding:.25rem .6rem;text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th[scope=row],th:first-child{text-align:left;font-weight:600}"
    "pre{overflow-x:auto;border:1px solid #8886;padding:.6rem;"
    "font-size:.85rem}"
    "li code{overflow-wrap:anywhere;font-size:.85rem}"
    "figure{margin:0}"
    "img,svg{max-width:100%;height:auto}"
    ".charts{display:grid;gap:1rem;"
    "grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr))}"
    ".charts svg{display:block;width:100%;background:#fff}"
    ".pictures{display:grid;gap:.6rem;"
    "grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}"
    ".pictures figure{min-width:0;break-inside:avoid}"
    ".pictures img{display:block}"
    ".pictures figcaption{font-size:.8rem;line-height:1.35;"
    "overflow-wrap:anywhere}"
    ".wrong{border-left:4px solid #c62828;padding-left:.4rem}"
    ".right{border-left:4px solid #2e7d32;padding-left:.4rem}"
    "@media(max-width:40rem){th,td{white-space:normal;padding:.2rem .3rem;"
    "font-size:.85rem}}"
    "@media print{:root{color-scheme:light}body{max-width:none;padding:0;"
    "font-size:10pt}nav{display:none}h2,h3{break-after:avoid}"
    "pre{white-space:pre-wrap;overflow:visible}.wide{overflow:visible}"
    "table,tr,.charts figure{break-inside:avoid}"
    ".charts{grid-template-columns:1fr 1fr}"
    ".pictures{grid-template-columns:repeat(5,1fr)}}";

void
cd_html_plain(FILE *f, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\'':
			fputs("&#39;", f);
			break;
		default:
			fputc(*s, f);
		}
}

/* The length of the next piece: no UTF-8 character is cut in two. */
static size_t
piece(const char *p, size_t n)
{
	size_t back;

	if (n <= PIECE)
		return n;
	for (back = 0; back < 4; back++)
		if (((unsigned char)p[PIECE - back] & 0xc0) != 0x80)
			return PIECE - back;
	return PIECE; /* not UTF-8 here */
}

void
cd_html_textn(FILE *f, const char *s, size_t n)
{
	char shown[CD_ESCAPED(PIECE)];
	size_t k;

	for (; n > 0; s += k, n -= k) {
		k = piece(s, n);
		cd_html_plain(f, cd_escape(shown, sizeof shown, s, k));
	}
}

void
cd_html_text(FILE *f, const char *s)
{
	cd_html_textn(f, s, strlen(s));
}

void
cd_html_lines(FILE *f, const char *s, size_t n)
{
	const char *end = s + n, *p;

	for (; s < end; s = p) {
		for (p = s; p < end && *p != '\n' && *p != '\t'; p++)
			;
		cd_html_textn(f, s, (size_t)(p - s));
		if (p < end)
			fputc(*p++, f);
	}
}

void
cd_html_tag(FILE *f, const char *tag, const char *text)
{
	fprintf(f, "<%s>", tag);
	cd_html_plain(f, text);
	fprintf(f, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

void
cd_html_base64(FILE *f, const void *data, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;
	unsigned v;
	size_t i;

	for (i = 0; i < n; i += 3) {
		v = (unsigned)p[i] << 16;
		v |= i + 1 < n ? (unsigned)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? (unsigned)p[i + 2] : 0;
		fputc(digit[v >> 18], f);
		fputc(digit[v >> 12 & 63], f);
		fputc(i + 1 < n ? digit[v >> 6 & 63] : '=', f);
		fputc(i + 2 < n ? digit[v & 63] : '=', f);
	}
}

/* Copies markup, and puts prefix before each id and each name of one. Text
 * between tags stays as it is. */
static void
put_renamed(FILE *f, const char *p, const char *end, const char *prefix)
{
	static const char *const before[] = { " id='", " id=\"", "href='#",
		"href=\"#", "url(#" };
	int inside = 0;
	size_t i, n;

	while (p < end) {
		inside = *p == '<' ? 1 : *p == '>' ? 0 : inside;
		for (i = 0; inside && i < 5; i++) {
			n = strlen(before[i]);
			if ((size_t)(end - p) <= n ||
			    memcmp(p, before[i], n) != 0)
				continue;
			fprintf(f, "%s%s-", before[i], prefix);
			p += n;
			break;
		}
		if (!inside || i == 5)
			fputc(*p++, f);
	}
}

int
cd_html_svg(FILE *f, const char *svg, size_t n, int w, int h, const char *id,
    const char *title, struct cd_err *e)
{
	static const char canvas[] = "<g id=\"gnuplot_canvas\">";
	const char *p = svg, *end = svg + n, *body = NULL;

	for (; (size_t)(end - p) > sizeof canvas && !body; p++)
		if (memcmp(p, canvas, sizeof canvas - 1) == 0)
			body = p;
	if (!body)
		return cd_fail(e, "gnuplot wrote another kind of SVG");
	/* the file's own <svg>, title and description are left out */
	fprintf(f,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"%s-title\"><title id=\"%s-title\">",
	    w, h, id, id);
	cd_html_plain(f, title);
	fputs("</title>\n", f);
	put_renamed(f, body, end, id);
	fputc('\n', f);
	return 0;
}

void
cd_html_begin(FILE *f, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\">\n",
	    f);
	cd_html_tag(f, "title", title);
	fprintf(f, "<style>%s</style>\n</head>\n<body>\n", style);
}

void
cd_html_end(FILE *f)
{
	fputs("</main>\n</body>\n</html>\n", f);
}
