/* Contradictions inside a written report, found in its text alone, without any register.
 *
 * A rate against its parts (受理98起，成功95起，成功率98%), parts against their sum (共12件，其中甲5件、乙6件), a rate
 * over 100%, more settled than accepted, one fact with two values, a list against its stated number. It is careful
 * rather than complete: what can be read in two ways is not called a contradiction. */
#ifndef FAZHI_FIGURES_TEXT_CHECK_H
#define FAZHI_FIGURES_TEXT_CHECK_H

#include "figures/numerals.h"

enum finding_kind {
    FINDING_RATE,       /* a rate and its parts */
    FINDING_OVER_100,   /* a share over 100% */
    FINDING_SUM,        /* parts and their sum */
    FINDING_PART,       /* one part larger than the whole */
    FINDING_OUTCOME,    /* more settled than accepted */
    FINDING_TWO_VALUES, /* one fact, two values */
    FINDING_LIST,       /* the things listed and their stated number */
};

enum finding_verdict { VERDICT_AGREE, VERDICT_CONTRADICT, VERDICT_NOT_CHECKABLE };

struct finding {
    size_t at, len;    /* bytes of the text: the phrase that states it */
    struct str phrase; /* the same, points into the text */
    enum finding_kind kind;
    enum finding_verdict verdict;
    struct str message; /* Chinese, with the arithmetic: 95÷98＝96.9%，与所写98%不符 */
};

struct findings {
    struct finding *items;
    size_t count, cap;
};

/* All findings in the order of the text. `text` is valid UTF-8; its first 4,000 claims are compared. */
struct findings text_check(struct arena *a, struct str text);
/* Number of contradictions among them. */
size_t findings_contradictions(const struct findings *found);
/* 比率与分项 / 比率超过100% … */
const char *finding_kind_name(enum finding_kind kind);
/* 相符 / 矛盾 / 无法核对 */
const char *finding_verdict_name(enum finding_verdict verdict);

#endif
