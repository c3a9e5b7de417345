/* Errors that a person may see: what is wrong and what to do, in Chinese, and where it comes from.
 *
 * Functions that can fail return bool (or a pointer) and fill `struct error *`. Functions that collect faults
 * fill `struct errors`, so that a person gets all of them at once. Programming errors are assert(). */
#ifndef FAZHI_BASE_ERROR_H
#define FAZHI_BASE_ERROR_H

#include <stdarg.h>

#include "base/str.h"

enum error_code {
    ERR_NONE,
    ERR_INPUT,        /* what the person gave is not usable; `where` names the field */
    ERR_DEFINITION,   /* a fault of the definitions; `where` is file:line:column */
    ERR_REFUSED,      /* a rule refuses the act; `rule` and `cite` say which, `remedy` what would satisfy it */
    ERR_FORBIDDEN,    /* this person may not do or see this */
    ERR_NOT_FOUND,
    ERR_CONFLICT,     /* somebody else changed it meanwhile, or it exists already */
    ERR_CALENDAR_UNKNOWN_YEAR,
    ERR_STORE,        /* the database or the disk */
    ERR_BUSY,         /* nothing was done because something is not to be had just now: later it may succeed */
    ERR_IO,
    ERR_LIMIT,        /* too large, too many, too deep */
};

/* Holds its text itself, so that it outlives any arena. Longer text is cut at a character's edge. */
struct error {
    enum error_code code;
    char message[768];
    char where[256];  /* field name, or file:line:column */
    char rule[64];    /* id of the rule, e.g. XFW-20 */
    char cite[384];   /* law and article */
    char remedy[384]; /* what would satisfy the rule */
};

/* Sets code and message, clears the rest. Always returns false: `return error_set(err, …);` */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the field or place. */
bool error_at(struct error *err, enum error_code code, struct str where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool error_vat(struct error *err, enum error_code code, struct str where, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));
/* A refusal by a rule of law. Always returns false. */
bool error_refuse(struct error *err, struct str message, struct str rule, struct str cite, struct str remedy);
/* One line: where: message（cite）. */
struct str error_line(struct arena *a, const struct error *err);

/* A list of faults in the order found. */
struct errors {
    struct arena *arena;
    struct error *items;
    size_t count;
    size_t cap;
};

struct errors errors_in(struct arena *a);
void errors_add(struct errors *list, const struct error *err);
void errors_addf(struct errors *list, enum error_code code, struct str where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
