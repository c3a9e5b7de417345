#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Terminated copy cut at a character's edge when it does not fit. */
static void fill(char *to, size_t room, struct str t)
{
    size_t n = utf8_cut(t, room - 1);
    if (n) memcpy(to, t.s, n);
    to[n] = '\0';
}

__attribute__((format(printf, 3, 0))) static void fill_format(char *to, size_t room, const char *format, va_list args)
{
    char text[2048];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n < 0) n = 0;
    size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    fill(to, room, (struct str){text, len});
}

bool error_vat(struct error *err, enum error_code code, struct str where, const char *format, va_list args)
{
    *err = (struct error){.code = code};
    fill(err->where, sizeof err->where, where);
    fill_format(err->message, sizeof err->message, format, args);
    return false;
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_vat(err, code, STR(""), format, args);
    va_end(args);
    return false;
}

bool error_at(struct error *err, enum error_code code, struct str where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_vat(err, code, where, format, args);
    va_end(args);
    return false;
}

bool error_refuse(struct error *err, struct str message, struct str rule, struct str cite, struct str remedy)
{
    *err = (struct error){.code = ERR_REFUSED};
    fill(err->message, sizeof err->message, message);
    fill(err->rule, sizeof err->rule, rule);
    fill(err->cite, sizeof err->cite, cite);
    fill(err->remedy, sizeof err->remedy, remedy);
    return false;
}

struct str error_line(struct arena *a, const struct error *err)
{
    struct buf b = buf_in(a);
    if (err->where[0]) buf_putf(&b, "%s: ", err->where);
    buf_puts(&b, err->message);
    if (err->cite[0]) buf_putf(&b, "（依据：%s）", err->cite);
    if (err->remedy[0]) buf_putf(&b, "；%s", err->remedy);
    return buf_str(&b);
}

struct errors errors_in(struct arena *a)
{
    return (struct errors){.arena = a};
}

void errors_add(struct errors *list, const struct error *err)
{
    ARENA_PUSH(list->arena, list->items, list->count, list->cap, *err);
}

void errors_addf(struct errors *list, enum error_code code, struct str where, const char *format, ...)
{
    struct error err;
    va_list args;
    va_start(args, format);
    error_vat(&err, code, where, format, args);
    va_end(args);
    errors_add(list, &err);
}
