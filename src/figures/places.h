/* A figure for each part of a tree of offices and for all together: a row for each city of a province, each district of
 * a city, each office of a district. One statement of the database reckons them all. */
#ifndef FAZHI_FIGURES_PLACES_H
#define FAZHI_FIGURES_PLACES_H

#include "figures/figure.h"

struct place_figure {
    struct str place;            /* code of the part; the code itself: what the place's own office has */
    struct figure_result result; /* without `records` */
};

struct places_figure {
    const struct figure *figure;
    struct place_figure *rows; /* by code; parts in which no office is are missing */
    size_t count;
    struct place_figure total;
};

/* Digits of the codes one level below: 4 below a province, 6, 9; a township-level unit has nothing below but itself. */
int place_digits_below(struct str code);

/* The figure of what lies below `code`. */
bool figure_of_places(struct office *o, struct conn *c, struct arena *a, const struct figure *f, struct str code,
                      struct formula_run run, struct places_figure *out, struct error *err);

#endif
