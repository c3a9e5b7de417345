/* Parts of numerals.c that stand in files of their own: reading values, tables of words. Not for other folders. */
#ifndef FAZHI_FIGURES_NUMERAL_INSIDE_H
#define FAZHI_FIGURES_NUMERAL_INSIDE_H

#include "figures/numerals.h"

/* A numeral as read: its value, or an interval for 三五, 十几, 数十. */
struct reading {
    size_t end; /* byte behind the numeral */
    double value, most;
    bool interval, most_open; /* `value` … `most`, which itself may be left out */
    int decimals;
    size_t digits;       /* number of digit characters */
    bool positional;     /* Chinese digits without 十百千: 二〇二四 */
    bool multiples_only; /* 万, 百, 千百 without a digit: part of a word, not a number */
};

bool text_at(struct str t, size_t at, const char *word);
/* Text before `at` ends in `word`. */
bool text_before(struct str t, size_t at, const char *word);
bool is_digit_at(struct str t, size_t at);
bool is_chinese_digit_at(struct str t, size_t at);
/* False when no numeral begins at `at`. */
bool read_arabic(struct str t, size_t at, struct reading *r);
bool read_chinese(struct str t, size_t at, struct reading *r);
/* 百分之九十八, 三分之二, 九成五: a rate in percent. */
bool read_spoken_rate(struct str t, size_t at, struct reading *r);

/* The longest word of a table that stands at `at`; its length, 0 for none. */
size_t match_unit(struct str t, size_t at, bool *period);
size_t match_fixed(struct str t, size_t at);
/* A qualifier that ends just before `at` (近, 不少于 …) or stands at `at` (余, 以上 …). */
struct qualifier {
    size_t len;
    void (*apply)(struct number *n);
};
struct qualifier match_prefix(struct str t, size_t at);
struct qualifier match_suffix(struct str t, size_t at);
/* 余 / 多 right behind the numeral. */
struct qualifier match_remainder(struct str t, size_t at);

/* 无…, 未收到…, 零…: appends one NUMBER_ZERO for each noun and returns the byte behind them, or `at` when the
 * words there do not say that there is none. */
size_t find_zero(struct arena *a, struct str t, size_t at, struct numbers *out);

#endif
