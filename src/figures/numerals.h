/* Numbers in Chinese prose: where they stand, what they are worth, and whether they state a fact at all.
 *
 * A report writes 2,100余份, 两千一百份, 三成, 百分之九十八, 无行政诉讼案件 — and also 二十大, 三项制度, 第一责任人,
 * 71号小区, 一是. numerals_find gives each of them with its kind, in the order of the text; only NUMBER_FACT,
 * NUMBER_RATE and NUMBER_ZERO claim something that registers could confirm. */
#ifndef FAZHI_FIGURES_NUMERALS_H
#define FAZHI_FIGURES_NUMERALS_H

#include "base/str.h"

enum number_kind {
    NUMBER_FACT, /* a quantity: 98起, 0篇, 2100余份, 3200人次 */
    NUMBER_RATE, /* a share in percent: 98%, 百分之九十八, 三成, 三分之二; `value` is in percent */
    NUMBER_ZERO, /* none of `noun`, in words: 无行政诉讼案件, 未收到司法建议书, 零投诉; one for each noun of a list */
    NUMBER_PERIOD,   /* a length of time: 15日内, 三年, 2个月, 20个工作日 */
    NUMBER_DATE,     /* years, dates, months, quarters, times: 2023—2025年, 3月5日, 一季度, 9:30 */
    NUMBER_SECTION,  /* 一、 （二） 1. 一是 */
    NUMBER_ORDINAL,  /* 第十二条, 第一责任人, 二十届 */
    NUMBER_DOCUMENT, /* 〔2024〕5号 */
    NUMBER_NAME,     /* part of a name or title: 71号小区, 三十五中, inside 《》, telephone numbers, A4 */
    NUMBER_FIXED,    /* a fixed word: “三重一大”, 一把手, 12345, 进一步, 一批 */
};

struct number {
    size_t at, len;                 /* bytes of the phrase: qualifier, numeral, unit; for NUMBER_ZERO the noun */
    size_t numeral_at, numeral_len; /* bytes of the numeral alone; for NUMBER_ZERO the word that says none */
    enum number_kind kind;
    double value;
    int decimals;               /* digits behind the point as written: 96.9% has one */
    double least, most;         /* what the words allow: 2100余 is [2100, 2200); `most` may be INFINITY */
    bool least_open, most_open; /* the end itself is excluded: 超过, 不足 (civil code, article 1259) */
    bool exact;                 /* no qualifier: least = most = value */
    struct str unit;            /* 起, 人次, % …; empty when none follows */
    struct str noun;            /* NUMBER_ZERO: what there is none of */
};

struct numbers {
    struct number *items;
    size_t count, cap;
};

/* All numbers of `text` (valid UTF-8), in order, not overlapping. Units and nouns point into `text`. */
struct numbers numerals_find(struct arena *a, struct str text);
/* Whether the register's `value` fits what the words say; half a unit of the last written digit is allowed for rates.
 */
bool number_allows(const struct number *n, double value);
/* Claims something: NUMBER_FACT, NUMBER_RATE or NUMBER_ZERO. */
bool number_is_claim(const struct number *n);
/* 事实 / 比率 / 无 / 期间 / 日期 … */
const char *number_kind_name(enum number_kind kind);

#endif
