/* What the pages of figures and reports show. */
#ifndef FAZHI_WEB_FIGURE_VIEW_H
#define FAZHI_WEB_FIGURE_VIEW_H

#include "web/work_view.h"

/* Records behind a figure: one set. */
struct set_view {
    struct str id, label;
    struct str hidden; /* how many lie outside the person's sight; empty: none */
    struct table_view table;
    struct pager_view pager;
};

struct figure_page_view {
    struct str title, name, value, unit, note, meaning, words, formula, cite;
    bool verified;
    struct str numerator, denominator; /* empty when it is no percentage */
    struct str period, period_words, action;
    struct html chart;        /* the months of a year; empty for other periods */
    struct table_view months; /* the same as a table */
    const struct set_view *sets;
    size_t set_count;
    bool paged;            /* a page of one list behind the first: without value and months */
    struct str whole_href; /* all of it */
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
    struct str title, label, name, period, base, cite;
    struct html body;
    bool may_fix;
    const struct link_view *downloads;
    size_t download_count;
    const struct pair_view *fixed; /* 定稿 */
    size_t fixed_count;
    const struct pair_view *changes; /* since the newest 定稿 */
    size_t change_count;
};

/* A kind of report, with the years that are near and a field for any other period. */
struct report_kind {
    struct str name, label, period, error;
    const struct link_view *years;
    size_t year_count;
};

struct report_list_view {
    const struct report_kind *kinds;
    size_t kind_count;
};

/* One 定稿 as it was stored, and what differs now. */
struct fixed_view {
    struct str title, period, base, text;
    const struct pair_view *facts;
    size_t fact_count;
    const struct pair_view *changes;
    size_t change_count;
    const struct link_view *registers; /* worked on since; note: how often */
    size_t register_count;
};

struct check_row {
    struct str verdict, phrase, figure, href, value;
    enum badge_kind kind;
    size_t number; /* 1 … ; the same in the text */
};

/* A piece of the text that was checked, marked when one of the rows speaks of it. */
struct check_piece {
    struct str text;
    const char *mark; /* class; NULL: plain */
    struct str href;  /* of its row */
    struct str id;    /* on the first piece of a row */
    struct str tip;   /* what was found, also for screen readers */
};

struct check_page_view {
    struct str token, text, year, summary;
    const struct check_row *rows;
    size_t row_count;
    const struct check_row *findings;
    size_t finding_count;
    const struct check_piece *pieces;
    size_t piece_count;
    bool checked;
};

#endif
