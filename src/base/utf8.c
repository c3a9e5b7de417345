#include "base/utf8.h"

#include <string.h>

#include "base/buf.h"

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the well-formed character at the start of `t` with its value, or 0. */
static size_t decode(struct str t, uint32_t *value)
{
    const unsigned char *s = (const unsigned char *)t.s;
    if (t.len == 0) return 0;
    if (s[0] < 0x80) {
        *value = s[0];
        return 1;
    }
    size_t n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || t.len < n) return 0;
    uint32_t c = s[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!is_tail(s[i])) return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *value = c;
    return n;
}

/* Eight ASCII characters, none of them NUL: no byte is 0 or has its highest bit. */
static bool is_ascii(const char *s)
{
    uint64_t eight;
    memcpy(&eight, s, sizeof eight);
    return (((eight - 0x0101010101010101u) | eight) & 0x8080808080808080u) == 0;
}

/* Nearly every Chinese character: three bytes, of which the first leaves the others no bad values. */
static bool is_common_three(const unsigned char *s)
{
    return s[0] > 0xE0 && s[0] < 0xF0 && s[0] != 0xED && is_tail(s[1]) && is_tail(s[2]);
}

bool utf8_valid(struct str t)
{
    for (size_t i = 0; i < t.len;) {
        if (t.len - i >= 8 && is_ascii(t.s + i)) {
            i += 8;
            continue;
        }
        if (t.len - i >= 3 && is_common_three((const unsigned char *)t.s + i)) {
            i += 3;
            continue;
        }
        uint32_t c;
        size_t n = decode((struct str){t.s + i, t.len - i}, &c);
        if (n == 0 || c == 0) return false;
        i += n;
    }
    return true;
}

uint32_t utf8_next(struct str t, size_t *at)
{
    uint32_t c;
    size_t n = decode(str_slice(t, *at, t.len), &c);
    *at += n ? n : 1;
    return n ? c : 0xFFFD;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[n] | c);
    return n;
}

size_t utf8_length(struct str t)
{
    size_t chars = 0;
    for (size_t at = 0; at < t.len; chars++) utf8_next(t, &at);
    return chars;
}

size_t utf8_cut(struct str t, size_t max)
{
    if (t.len <= max) return t.len;
    size_t n = max;
    while (n > 0 && is_tail((unsigned char)t.s[n])) n--;
    return n;
}

struct str utf8_begin(struct str t, size_t chars)
{
    size_t at = 0;
    for (size_t i = 0; i < chars && at < t.len; i++) utf8_next(t, &at);
    return str_slice(t, 0, at);
}

struct str utf8_shorten(struct arena *a, struct str t, size_t chars)
{
    struct str begin = utf8_begin(t, chars);
    return begin.len == t.len ? t : str_printf(a, "%.*s…", STR_ARG(begin));
}

bool utf8_is_han(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x3FFFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || c == 0x3007;
}

size_t utf8_columns(struct str t)
{
    size_t columns = 0;
    for (size_t at = 0; at < t.len;) {
        uint32_t c = utf8_next(t, &at);
        bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || c >= 0x1F300;
        columns += wide ? 2 : 1;
    }
    return columns;
}
