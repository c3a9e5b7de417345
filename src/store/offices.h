/* The offices that share one database, and the tree they form.
 *
 * The tree needs no column: an office's place follows from its code of GB/T 2260 and the statistical division codes
 * (2 digits a province, 4 a city, 6 a district, 9 a township-level unit), and whatever begins with a code lies below
 * it: a range of the index. Communities and grids are organisations inside an office (people.h). */
#ifndef FAZHI_STORE_OFFICES_H
#define FAZHI_STORE_OFFICES_H

#include "store/store.h"

/* More than the country has at township level and above. */
enum { OFFICES_MOST = 100000 };

struct office_row {
    struct str key;       /* the tenant: begins every primary key */
    struct str code;      /* unique */
    struct str name;      /* 跃进街道 */
    struct str full_name; /* 柳州市柳北区人民政府跃进街道办事处 */
    struct str mark;      /* 发文代字: 跃 */
    bool closed;
};

/* Inserts or replaces by key. In a write. ERR_CONFLICT when another office has the code. */
bool offices_put(struct conn *c, const struct office_row *row, struct error *err);
/* ERR_NOT_FOUND when there is none. */
bool offices_get(struct conn *c, struct arena *a, struct str key, struct office_row *row, struct error *err);
/* By key, code, name or full name. ERR_NOT_FOUND when there is none, ERR_CONFLICT when several have the name. */
bool offices_find(struct conn *c, struct arena *a, struct str what, struct office_row *row, struct error *err);
/* The office of the code and all below it, by code, at most `limit`; the empty code: all. */
bool offices_list(struct conn *c, struct arena *a, struct str code, size_t limit, struct office_row **list,
                  size_t *count, struct error *err);
/* The same of the codes with at most so many digits: an office and what lies directly below it. */
bool offices_list_children(struct conn *c, struct arena *a, struct str code, int digits, struct office_row **list,
                           size_t *count, struct error *err);
/* Is there more than one that is not closed? */
bool offices_are_many(struct conn *c, bool *many, struct error *err);
/* Has any office acted yet? */
bool offices_have_acts(struct conn *c, bool *any, struct error *err);
/* What a row of a figure over many offices holds. */
struct place_value {
    struct str place; /* the beginning of the codes; empty: all together */
    struct value value, numerator, denominator;
};
/* Runs a statement of formula_over_offices. */
bool offices_evaluate(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                      struct place_value **list, size_t *count, struct error *err);

/* A record and whose it is. */
struct office_record {
    struct str office;
    struct record record;
};
/* Live records of the offices of a tree (tree_* of the run) that meet the condition (formula_condition_over_offices;
 * NULL: all) and whose integer field `f` has this value, by office, at most `limit`. */
bool offices_records(struct conn *c, struct arena *a, const struct reg *reg, const struct formula_sql *condition,
                     const struct formula_run *run, const struct field *f, int64_t value, size_t limit,
                     struct office_record **list, size_t *count, struct error *err);
/* Keys of the offices of a tree that fixed this report for this period, in order. */
bool offices_with_fixed_report(struct conn *c, struct arena *a, const struct formula_run *run, struct str report,
                               struct str period, struct str **keys, size_t *count, struct error *err);

/* The first code behind those that begin with this one: 450205 → 450206. Codes are digits; ':' follows '9'. */
struct str office_code_end(struct arena *a, struct str code);

#endif
