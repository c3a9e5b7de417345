#include "web/html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void html_put(struct buf *b, struct html h)
{
    buf_put(b, h.text);
}

void html_put_cstr(struct buf *b, const char *terminated)
{
    buf_put_html(b, str_from(terminated));
}

void html_put_integer(struct buf *b, int64_t n)
{
    buf_put_i64(b, n);
}

/* Length of what stands before the first ':' when that is a scheme and not part of a path, else SIZE_MAX.
 * Browsers skip control characters and spaces in front of and inside a scheme, so those count as part of it. */
static size_t scheme_length(struct str link)
{
    for (size_t i = 0; i < link.len; i++) {
        char c = link.s[i];
        if (c == ':') return i;
        if (c == '/' || c == '?' || c == '#') return SIZE_MAX;
    }
    return SIZE_MAX;
}

static bool link_allowed(struct str link)
{
    static const char *const schemes[] = {"http", "https", "mailto", "tel"};
    size_t n = scheme_length(link);
    if (n == SIZE_MAX) return true;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(schemes[i]) == n && strncasecmp(schemes[i], link.s, n) == 0) return true;
    return false;
}

void html_put_link(struct buf *b, struct str link)
{
    buf_put_html(b, link_allowed(link) ? link : STR("#"));
}

void html_put_link_cstr(struct buf *b, const char *link)
{
    html_put_link(b, str_from(link));
}

void html_put_query(struct buf *b, struct str t)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.s[i];
        if (c < 128 && (isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~')) {
            buf_putc(b, (char)c);
        } else {
            buf_putc(b, '%');
            buf_putc(b, hex[c >> 4]);
            buf_putc(b, hex[c & 15]);
        }
    }
}

struct html html_take(struct buf *b, size_t from)
{
    struct str taken = str_copy(b->arena, str_slice(buf_str(b), from, b->len));
    b->len = from;
    return (struct html){taken};
}
