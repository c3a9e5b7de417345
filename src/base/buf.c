#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_in(struct arena *a)
{
    return (struct buf){.arena = a};
}

void buf_room(struct buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->len, more, &need)) abort();
    if (need <= b->cap) return;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need) {
        if (__builtin_mul_overflow(cap, (size_t)2, &cap)) abort();
    }
    char *grown = arena_alloc(b->arena, cap);
    if (b->len) memcpy(grown, b->s, b->len);
    b->s = grown;
    b->cap = cap;
}

void buf_put(struct buf *b, struct str t)
{
    if (t.len == 0) return;
    buf_room(b, t.len);
    memcpy(b->s + b->len, t.s, t.len);
    b->len += t.len;
}

void buf_puts(struct buf *b, const char *terminated)
{
    buf_put(b, str_from(terminated));
}

void buf_putf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) abort();
    buf_room(b, (size_t)n + 1);
    int again_n = vsnprintf(b->s + b->len, (size_t)n + 1, format, again);
    if (again_n != n) abort();
    va_end(again);
    b->len += (size_t)n;
}

void buf_put_i64(struct buf *b, int64_t n)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0) digits[--at] = '-';
    buf_put(b, (struct str){digits + at, sizeof digits - at});
}

static const char *html_escape(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void buf_put_html(struct buf *b, struct str t)
{
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        const char *escaped = html_escape(t.s[i]);
        if (!escaped) continue;
        buf_put(b, str_slice(t, from, i));
        buf_puts(b, escaped);
        from = i + 1;
    }
    buf_put(b, str_slice(t, from, t.len));
}

/* What stands behind the backslash; 0: as \u00XX. */
static char escape_letter(unsigned char c)
{
    switch (c) {
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
    case '"':
    case '\\': return (char)c;
    default: return 0;
    }
}

/* The highest bit of each byte that is 0 (and of some behind the first such byte). */
static uint64_t zero_bytes(uint64_t eight)
{
    return (eight - 0x0101010101010101u) & ~eight & 0x8080808080808080u;
}

/* Eight bytes of which none is escaped. */
static bool is_plain(const char *s)
{
    uint64_t eight;
    memcpy(&eight, s, sizeof eight);
    uint64_t control = (eight - 0x2020202020202020u) & ~eight & 0x8080808080808080u;
    return !(control | zero_bytes(eight ^ 0x2222222222222222u) | zero_bytes(eight ^ 0x5C5C5C5C5C5C5C5Cu));
}

/* Characters up to the next one that is escaped. */
static size_t plain_run(const char *s, size_t most)
{
    size_t n = 0;
    while (n + 8 <= most && is_plain(s + n)) n += 8;
    while (n < most && (unsigned char)s[n] >= ' ' && s[n] != '"' && s[n] != '\\') n++;
    return n;
}

void buf_put_json(struct buf *b, struct str t)
{
    enum { MOST_ESCAPED = 6 };
    buf_room(b, t.len + 2);
    buf_putc(b, '"');
    for (size_t i = 0; i < t.len; i++) {
        size_t n = plain_run(t.s + i, t.len - i);
        buf_room(b, n + MOST_ESCAPED);
        memcpy(b->s + b->len, t.s + i, n);
        b->len += n;
        i += n;
        if (i == t.len) break;
        char letter = escape_letter((unsigned char)t.s[i]);
        if (!letter) {
            buf_putf(b, "\\u%04X", (unsigned char)t.s[i]);
            continue;
        }
        b->s[b->len++] = '\\';
        b->s[b->len++] = letter;
    }
    buf_putc(b, '"');
}

struct str buf_str(const struct buf *b)
{
    return b->len ? (struct str){b->s, b->len} : STR("");
}

void buf_clear(struct buf *b)
{
    b->len = 0;
}
