/* What the pages of figures and reports show. */
#ifndef FAZHI_WEB_FIGURE_VIEW_H
#define FAZHI_WEB_FIGURE_VIEW_H

#include "web/work_view.h"

/* Records behind a figure: one set. */
struct set_view {
    struct str label;
    struct str hidden; /* how many lie outside the person's sight; empty: none */
    struct table_view table;
    struct pager_view pager;
};

/* One month of the year. */
struct bar_view {
    struct str label, value;
    int64_t height; /* 0–100 */
};

struct figure_page_view {
    struct str title, name, value, unit, note, meaning, words, formula, cite;
    bool verified;
    struct str numerator, denominator; /* empty when it is no percentage */
    struct str period, period_words, action;
    const struct bar_view *bars;
    size_t bar_count;
    const struct set_view *sets;
    size_t set_count;
};

struct figure_group {
    struct str label;
    struct table_view table;
};

struct figure_list_view {
    struct str period, period_words;
    const struct figure_group *groups;
    size_t group_count;
};

struct report_page_view {
    struct str title, label, period, base, cite;
    struct html body;
    bool may_fix;
    const struct link_view *downloads;
    size_t download_count;
    const struct pair_view *fixed;   /* 定稿 */
    size_t fixed_count;
    const struct pair_view *changes; /* since the newest 定稿 */
    size_t change_count;
};

struct report_list_view {
    const struct link_view *reports;
    size_t report_count;
    struct str year;
};

struct check_row {
    struct str verdict, phrase, figure, href, value;
    enum badge_kind kind;
};

struct check_page_view {
    struct str token, text, year, summary;
    const struct check_row *rows;
    size_t row_count;
    const struct check_row *findings;
    size_t finding_count;
    bool checked;
};

#endif
