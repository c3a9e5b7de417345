/* A value on its way between forms, records, formulas and the database. */
#ifndef FAZHI_BASE_VALUE_H
#define FAZHI_BASE_VALUE_H

#include "base/str.h"

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT };

/* How field types are kept: integer, yes/no (0 or 1), references and organisations (ids) as VALUE_INT; money as
 * VALUE_INT in fen; decimal as VALUE_INT in ten-thousandths; text, code (its key), date (2024-03-01), moment
 * (2024-03-01T09:30:00), person, place and attachment (SM3 digest/name) as VALUE_TEXT. VALUE_REAL only comes out of
 * formulas (averages, percentages). */
struct value {
    enum value_kind kind;
    int64_t i;
    double r;
    struct str t;
};

static inline struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

static inline struct value value_int(int64_t i)
{
    return (struct value){.kind = VALUE_INT, .i = i};
}

static inline struct value value_real(double r)
{
    return (struct value){.kind = VALUE_REAL, .r = r};
}

static inline struct value value_text(struct str t)
{
    return (struct value){.kind = VALUE_TEXT, .t = t};
}

static inline bool value_eq(struct value a, struct value b)
{
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case VALUE_NULL: return true;
    case VALUE_INT: return a.i == b.i;
    case VALUE_REAL: return !(a.r < b.r) && !(a.r > b.r);
    case VALUE_TEXT: return str_eq(a.t, b.t);
    }
    return false;
}

enum { DECIMAL_SCALE = 10000 };

#endif
