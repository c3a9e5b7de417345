/* What the checks of text_check.h share: the claims of a text with the words before and behind them. Not for other
 * folders. */
#ifndef FAZHI_FIGURES_CHECK_INSIDE_H
#define FAZHI_FIGURES_CHECK_INSIDE_H

#include "figures/text_check.h"

/* A number that states a fact, and where it stands. */
struct claim {
    const struct number *number;
    size_t end;                        /* byte behind the number */
    size_t sentence_from, sentence_to; /* bytes of the sentence */
    size_t clause_from, clause_to;     /* bytes of the clause */
    struct str label;                  /* words since the last number or mark: 调解成功 */
    struct str behind;                 /* words up to the next mark */
    struct str date;                   /* the date the sentence names first; empty for none */
};

struct check {
    struct arena *arena;
    struct str text;
    struct numbers numbers;
    struct claim *claims;
    size_t claim_count, claim_cap;
    struct findings found;
};

void check_add(struct check *c, const struct claim *of, enum finding_kind kind, enum finding_verdict verdict,
               struct str message);

/* 受理, 登记, 收到, 共 …: the number of all matters. */
bool says_all(struct str label);
/* 成功, 办结, 答复 …: the number of matters with an outcome. */
bool says_outcome(struct str label);
bool says_total(struct str label); /* 共, 合计 */
/* The label without words that don't say what is counted (共, 已, 今年以来); with `outcomes` also without 成功, 办结.
 */
struct str bare_label(struct arena *a, struct str label, bool outcomes);
/* `part` counts some of what `whole` counts: nothing else is named in it. */
bool same_subject(struct arena *a, struct str part, struct str whole);
bool contains_any(struct str t, const char *const *words, size_t count);
#define CONTAINS_ANY(t, words) contains_any((t), (words), sizeof(words) / sizeof *(words))
bool same_unit(const struct claim *a, const struct claim *b);
bool same_sentence(const struct claim *a, const struct claim *b);

void check_rates(struct check *c);
void check_outcomes(struct check *c);
void check_sums(struct check *c);
void check_lists(struct check *c);
void check_repeats(struct check *c);

#endif
