/* Growing text: what pages, SQL, papers and messages are put together in. */
#ifndef FAZHI_BASE_BUF_H
#define FAZHI_BASE_BUF_H

#include "base/str.h"

struct buf {
    struct arena *arena;
    char *s;
    size_t len;
    size_t cap;
};

/* An empty buffer that grows in `a`. */
struct buf buf_in(struct arena *a);
void buf_put(struct buf *b, struct str t);
void buf_puts(struct buf *b, const char *terminated);
/* Makes room for `more` bytes behind the text. */
void buf_room(struct buf *b, size_t more);
static inline void buf_putc(struct buf *b, char c)
{
    if (b->len == b->cap) buf_room(b, 1);
    b->s[b->len++] = c;
}
void buf_putf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
/* Decimal digits. */
void buf_put_i64(struct buf *b, int64_t n);
/* Escaped for HTML text and for double-quoted attributes: & < > " ' */
void buf_put_html(struct buf *b, struct str t);
/* As a JSON string, in double quotes, escaped no more than it must be. */
void buf_put_json(struct buf *b, struct str t);
/* The text so far. It stays valid until the next put. */
struct str buf_str(const struct buf *b);
void buf_clear(struct buf *b);

#endif
