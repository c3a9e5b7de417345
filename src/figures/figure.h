/* Figures: value, parts and the records behind it, from one formula. */
#ifndef FAZHI_FIGURES_FIGURE_H
#define FAZHI_FIGURES_FIGURE_H

#include "office/office.h"

struct figure_result {
    const struct figure *figure;
    struct value value;       /* VALUE_NULL: undefined (0 of 0, average of nothing) */
    int64_t records;          /* distinct records behind it */
    bool has_parts;           /* a percentage */
    struct value numerator, denominator;
    struct str shown;         /* "12", "100%", "不适用（无此类事项）" */
    struct str note;          /* small numbers: "12件中12件"; empty when there is nothing to add */
};

/* Cases below which a percentage is shown with its parts beside it. */
enum { FIGURE_SMALL = 30 };

/* Run parameters for a period. */
struct formula_run figure_run(const struct office *o, struct date from, struct date to);

/* Many figures of one period together: what reads the same rows reads them once. */
struct figures_wanted {
    const struct figure *const *figures;
    size_t count;
    const struct formula *const *formulas; /* further formulas like those of figures, e.g. conditions */
    size_t formula_count;
};
/* Results in the order of the figures, values in that of the formulas. */
bool figures_compute(struct office *o, struct conn *c, struct arena *a, const struct figures_wanted *wanted,
                     const struct formula_run *run, struct figure_result *results, struct value *values,
                     struct error *err);
/* One figure for several periods as of the same day; the widest first, whose work serves the others. */
bool figure_compute_periods(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                            const struct formula_run *runs, size_t count, struct figure_result *results, struct error *err);
/* One figure alone. */
bool figure_compute(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                    const struct formula_run *run, struct figure_result *result, struct error *err);

/* Fills `shown` and `note` from the values. */
void figure_result_show(struct arena *a, struct figure_result *result);

struct json_t;
/* Stored units → what a person counts in: money in yuan, decimals as numbers; percentages without noise digits. */
struct json_t *figure_value_json(const struct figure *f, struct value v);

/* The sets of records of a figure (see formula_sets). */
size_t figure_sets(struct office *o, struct arena *a, const struct figure *f, struct formula_set **sets);
/* The list of a set's records, the newest by the day that the set counts by first, as far as `sight` goes; limit, page
 * and so on are the caller's to set. */
struct list_query figure_set_list(const struct office *o, struct arena *a, const struct formula_set *set,
                                  const struct formula_run *run, struct sight sight);
/* The model's register of a set. */
const struct reg *figure_set_register(const struct office *o, const struct formula_set *set);

#endif
