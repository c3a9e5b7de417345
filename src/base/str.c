#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_from(const char *terminated)
{
    if (!terminated) return STR("");
    return (struct str){terminated, strlen(terminated)};
}

struct str str_copy(struct arena *a, struct str t)
{
    if (t.len == 0) return STR("");
    char *copy = arena_alloc(a, t.len);
    memcpy(copy, t.s, t.len);
    return (struct str){copy, t.len};
}

char *str_cstr(struct arena *a, struct str t)
{
    char *copy = arena_alloc(a, t.len + 1);
    if (t.len) memcpy(copy, t.s, t.len);
    copy[t.len] = '\0';
    return copy;
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

bool str_is(struct str a, const char *terminated)
{
    return str_eq(a, str_from(terminated));
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.s, b.s, n) : 0;
    if (order) return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str t, struct str prefix)
{
    return t.len >= prefix.len && str_eq(str_slice(t, 0, prefix.len), prefix);
}

bool str_ends(struct str t, struct str suffix)
{
    return t.len >= suffix.len && str_eq(str_slice(t, t.len - suffix.len, t.len), suffix);
}

size_t str_find(struct str t, struct str needle, size_t from)
{
    if (from > t.len || needle.len > t.len - from) return SIZE_MAX;
    if (needle.len == 0) return from;
    const char *p = memmem(t.s + from, t.len - from, needle.s, needle.len);
    return p ? (size_t)(p - t.s) : SIZE_MAX;
}

bool str_contains(struct str t, struct str needle)
{
    return str_find(t, needle, 0) != SIZE_MAX;
}

bool str_in(struct str t, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], t)) return true;
    return false;
}

/* Length of the blank at the start of `t`, 0 when there is none. */
static size_t blank_at(struct str t)
{
    if (t.len == 0) return 0;
    if (strchr(" \t\r\n", t.s[0]) && t.s[0]) return 1;
    return str_starts(t, STR("\xe3\x80\x80")) ? 3 : 0;
}

struct str str_trim(struct str t)
{
    for (size_t n; (n = blank_at(t)) > 0;) t = str_slice(t, n, t.len);
    for (;;) {
        if (t.len >= 1 && blank_at(str_slice(t, t.len - 1, t.len)) == 1) t.len -= 1;
        else if (t.len >= 3 && blank_at(str_slice(t, t.len - 3, t.len)) == 3) t.len -= 3;
        else return t;
    }
}

struct str str_slice(struct str t, size_t from, size_t to)
{
    if (to > t.len) to = t.len;
    if (from > to) from = to;
    return (struct str){t.s ? t.s + from : "", to - from};
}

bool str_split(struct str *rest, char sep, struct str *part)
{
    if (!rest->s || rest->len == 0) return false;
    const char *p = memchr(rest->s, sep, rest->len);
    size_t at = p ? (size_t)(p - rest->s) : rest->len;
    *part = str_slice(*rest, 0, at);
    *rest = p ? str_slice(*rest, at + 1, rest->len) : (struct str){NULL, 0};
    return true;
}

struct str str_replace(struct arena *a, struct str t, struct str what, struct str with)
{
    size_t hits = 0;
    for (size_t at = 0; (at = str_find(t, what, at)) != SIZE_MAX; at += what.len) hits++;
    if (hits == 0) return t;
    char *out = arena_alloc(a, t.len - hits * what.len + hits * with.len + 1);
    size_t n = 0;
    size_t from = 0;
    for (size_t at; (at = str_find(t, what, from)) != SIZE_MAX; from = at + what.len) {
        memcpy(out + n, t.s + from, at - from);
        n += at - from;
        if (with.len) memcpy(out + n, with.s, with.len);
        n += with.len;
    }
    if (t.len > from) memcpy(out + n, t.s + from, t.len - from);
    n += t.len - from;
    return (struct str){out, n};
}

bool str_to_i64(struct str t, int64_t *value)
{
    size_t i = 0;
    bool negative = false;
    if (t.len && (t.s[0] == '-' || t.s[0] == '+')) negative = t.s[i++] == '-';
    if (i == t.len) return false;
    int64_t v = 0;
    for (; i < t.len; i++) {
        if (t.s[i] < '0' || t.s[i] > '9') return false;
        int64_t digit = t.s[i] - '0';
        if (__builtin_mul_overflow(v, (int64_t)10, &v)) return false;
        if (__builtin_add_overflow(v, negative ? -digit : digit, &v)) return false;
    }
    *value = v;
    return true;
}

struct str str_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    char none[1];
    int n = vsnprintf(none, sizeof none, format, args);
    va_end(args);
    if (n < 0) abort();
    char *s = arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){s, (size_t)n};
}
