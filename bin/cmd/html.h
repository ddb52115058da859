/* Pieces of an HTML page. All text is escaped: what HTML gives a meaning here,
 * and what is not printable by cd_escape, here or before. */
#ifndef CD_CMD_HTML_H
#define CD_CMD_HTML_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"

/* Text, for between tags and in quoted attributes. Line breaks and tabs are
 * escaped too. */
void cd_html_textn(FILE *, const char *, size_t n);
void cd_html_text(FILE *, const char *);
/* The same, its lines kept: for <pre>. */
void cd_html_lines(FILE *, const char *, size_t n);

/* Text that is escaped for printing already, such as cd_class_names'. */
void cd_html_plain(FILE *, const char *);

/* <tag>text</tag>; the text as of cd_html_plain. The tag may have
 * attributes. */
void cd_html_tag(FILE *, const char *tag, const char *text);

void cd_html_base64(FILE *, const void *, size_t n);

/* gnuplot's SVG file of n bytes as a part of the page, w x h as it was drawn.
 * id: of this page, which goes before the file's own; title: what it shows,
 * as of cd_html_plain. An error where it is no such file. */
int cd_html_svg(FILE *, const char *svg, size_t n, int w, int h, const char *id,
    const char *title, struct cd_err *) CD_MUST_CHECK;

/* Everything to <body>, and from </main> on. The title as of
 * cd_html_plain. */
void cd_html_begin(FILE *, const char *title);
void cd_html_end(FILE *);

#endif
