/* Wording patterns of figures, matched in the text of a report.
 *
 * Pattern and text are compared without white space and with full-width punctuation, digits and letters folded to
 * half-width. `{n}` stands for one number with its qualifier
 * and the words before it that only join (率为98%, 达到98%, 共98起), `…` for a gap of at most 20 characters within one clause
 * (no 。 ； ! ? or line end inside). */
#ifndef FAZHI_FIGURES_WORDING_H
#define FAZHI_FIGURES_WORDING_H

#include "figures/numerals.h"

enum { WORDING_GAP = 20 };

/* Text folded for matching. */
struct folded {
    struct str text;
    size_t *origin; /* byte of the original text for each byte of `text`, and one behind the end */
};
struct folded wording_fold(struct arena *a, struct str text);

struct wording_match {
    size_t from, to;  /* bytes of the original text */
    size_t number;    /* index of the number that {n} took; SIZE_MAX for a pattern without {n} */
    size_t weight;    /* bytes of literal text: the larger, the more specific */
};

/* All matches of one pattern, leftmost first; one for each number and for each place. */
size_t wording_find(struct arena *a, struct str pattern, const struct folded *text, const struct numbers *numbers,
                    struct wording_match **matches);

#endif
