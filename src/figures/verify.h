/* A written report against the registers: each stated number is looked for among the figures by their wording. */
#ifndef FAZHI_FIGURES_VERIFY_H
#define FAZHI_FIGURES_VERIFY_H

#include "figures/figure.h"
#include "figures/text_check.h"

enum verify_verdict {
    VERIFY_AGREES,
    VERIFY_CONTRADICTS,
    VERIFY_NO_FIGURE, /* no figure words it this way */
    VERIFY_GOAL,      /* a plan or goal, not a fact of the period */
};

struct verify_item {
    size_t at, len;       /* bytes of the text: the number's phrase */
    struct str phrase;    /* the words it stands in, for people */
    struct str stated;    /* 98起, 无 */
    const struct figure *figure; /* NULL: none */
    struct str value;     /* the register's, shown */
    int64_t records;
    enum verify_verdict verdict;
};

struct verify_report {
    struct verify_item *items; /* in the order of the text */
    size_t count;
    size_t agree, contradict, unknown, goals;
    struct findings findings;  /* the text's own arithmetic */
    size_t text_contradictions;
};

/* `conn` NULL: only the text's own arithmetic. */
bool verify_text(struct office *o, struct conn *c, struct arena *a, struct str text, struct date from, struct date to,
                 struct verify_report *report, struct error *err);
/* 相符 / 不符 / 没有对应的数字 / 计划或者目标，不核对 */
const char *verify_verdict_name(enum verify_verdict v);

#endif
