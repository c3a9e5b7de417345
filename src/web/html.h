/* HTML: what compiled templates (tools/tmpl.c) write with.
 *
 * Text is escaped by default. Only a struct html is written as it stands, and only templates make one. */
#ifndef FAZHI_WEB_HTML_H
#define FAZHI_WEB_HTML_H

#include "base/buf.h"

/* Finished HTML. A type of its own, so that text from outside can't be taken for it. */
struct html {
    struct str text;
};

#define HTML_NONE ((struct html){{0, 0}})

/* {{ x }}: struct str and C strings, escaped; anything else is refused by the compiler. */
#define HTML_PUT(b, x)                                                                                                 \
    _Generic((x), struct str : buf_put_html, const char * : html_put_cstr, char * : html_put_cstr)((b), (x))
/* {{ x }} where an attribute that is a link begins. */
#define HTML_PUT_LINK(b, x)                                                                                            \
    _Generic((x), struct str : html_put_link, const char * : html_put_link_cstr, char * : html_put_link_cstr)((b), (x))

/* {{d n}}, of any integer type */
#define HTML_PUT_INTEGER(b, n) html_put_integer((b), (int64_t)(n))

void html_put(struct buf *b, struct html h);
void html_put_cstr(struct buf *b, const char *terminated);
void html_put_integer(struct buf *b, int64_t n);
/* Escaped; a link with a scheme other than http, https, mailto and tel is replaced by "#". */
void html_put_link(struct buf *b, struct str link);
void html_put_link_cstr(struct buf *b, const char *link);
/* Percent-encoded for one segment of a path or one value of a query. */
void html_put_query(struct buf *b, struct str t);
/* What was written since the buffer was `from` long is taken out of it: {{block}} … {{end}}. */
struct html html_take(struct buf *b, size_t from);

#endif
