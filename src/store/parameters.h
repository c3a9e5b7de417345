/* What offices set for themselves and all below: param(name) of the formulas. */
#ifndef FAZHI_STORE_PARAMETERS_H
#define FAZHI_STORE_PARAMETERS_H

#include "store/store.h"

struct parameter_row {
    struct str office; /* who issued it */
    struct str code;   /* its division code */
    struct str name;
    struct str valid_from; /* ISO date */
    int64_t value;         /* as struct parameter_kind counts */
    struct str cite;       /* document it rests on */
    int64_t issued_at;
    struct str issued_by; /* account */
};

/* Inserts, or replaces what the office set for the same day. In a write. */
bool parameter_put(struct conn *c, const struct parameter_row *row, struct error *err);
/* What the office with this code and those above it set for the parameter: the nearest first, then the newest. The
 * first row whose day has come is in force. */
bool parameter_list(struct conn *c, struct arena *a, struct str code, struct str name, struct parameter_row **list,
                    size_t *count, struct error *err);

#endif
