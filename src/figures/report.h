/* A report: its definition's prose filled with figures and lists of records for one period.
 *
 * The result is neutral text with figures marked; src/paper makes pages and papers of it. */
#ifndef FAZHI_FIGURES_REPORT_H
#define FAZHI_FIGURES_REPORT_H

#include "figures/figure.h"

struct report_piece {
    struct str text;                      /* as printed */
    const struct figure_result *figure;   /* NULL for plain text */
    struct str note;                      /* 12件中12件, for the page */
};

struct report_block {
    int level; /* 1–3 heading, 0 paragraph */
    const struct report_piece *pieces;
    size_t count;
};

struct report_text {
    const struct report *report;
    struct str period;           /* 2024 */
    struct date from, to;
    struct str title;
    const struct report_block *blocks;
    size_t block_count;
    const struct figure_result *figures; /* each figure used, once, in the order of first use */
    size_t figure_count;
    int64_t seq;                 /* position of the act log it was taken at */
};

/* Builds the report in one consistent read. */
bool report_build(struct office *o, struct conn *c, struct arena *a, const struct report *r, struct str period,
                  struct report_text *text, struct error *err);

/* {"year":…,"figures":[{"name","label","value","unit","records"}…]}: the report's figures first, then all others of the
 * model. Percentages carry "numerator" and "denominator". Canonical JSON text. */
bool report_json(struct office *o, struct conn *c, struct arena *a, const struct report_text *text, struct str *json,
                 struct error *err);

/* 定稿: stores the figures with the position of the act log. */
bool report_fix(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct report *r,
                struct str period, struct str plain_text, struct fixed_report *fixed, struct error *err);

/* A figure that changed since the report was fixed. */
struct report_change {
    const struct figure *figure;
    struct str name;            /* also when the figure is not defined any more */
    struct str before, after;   /* shown values */
    int64_t records_before, records_after;
};
bool report_changes(struct office *o, struct conn *c, struct arena *a, const struct fixed_report *fixed,
                    const struct report_text *now, struct report_change **changes, size_t *count, struct error *err);

/* Year of a period that is a whole calendar year, else 0. */
int report_year(struct date from, struct date to);
/* 一 … 九十九 */
struct str report_chinese_number(struct arena *a, int64_t n);

#endif
