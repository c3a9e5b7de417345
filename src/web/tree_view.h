/* What the pages about the offices below show. */
#ifndef FAZHI_WEB_TREE_VIEW_H
#define FAZHI_WEB_TREE_VIEW_H

#include "web/figure_view.h"

struct tree_cell {
    struct str shown, note, href; /* href: the records behind it */
    int share;                    /* length of the bar, 0 to 100; -1: none */
};

struct tree_row {
    struct str name, note, href; /* href: the level below */
    const struct tree_cell *cells;
};

struct tree_column {
    struct str label, unit, meaning, sort;
    int sorted;
};

/* Figures of a chapter, to be chosen. */
struct tree_choice {
    struct str label;
    const struct option_view *figures;
    size_t count;
    bool open;
};

struct tree_page_view {
    struct str title, part; /* part: 街道（乡镇）, what a row is */
    struct str period, period_words, place, view, sort, csv_href, xlsx_href, reports_href;
    const struct link_view *periods;
    size_t period_count;
    const struct tab_view *tabs;
    size_t tab_count;
    const struct str *chosen; /* figures chosen by hand */
    size_t chosen_count;
    const struct tree_choice *choices;
    size_t choice_count;
    const struct tree_column *columns;
    size_t column_count;
    struct tree_column name; /* of the first column */
    const struct tree_row *rows;
    size_t row_count;
    struct tree_row total;
};

struct tree_records_view {
    struct str title, office, value, unit, note, meaning, period, period_words, action, cite;
    bool verified;
    const struct set_view *sets;
    size_t set_count;
};

/* One step of a report: when, and how it stands to its day. */
struct tree_step_view {
    struct str date;
    struct badge_view badge;
};

struct tree_report_row {
    struct str name, number, text_href; /* text_href: the fixed text */
    const struct tree_step_view *steps;
};

struct tree_report_view {
    struct str label;
    const struct pair_view *rules; /* step: until when, by which article */
    size_t step_count;
    const struct tile_view *tiles;
    size_t tile_count;
    const struct tree_report_row *rows;
    size_t row_count;
    bool has_text;
};

struct tree_reports_view {
    struct str title, place, year, tree_href;
    const struct link_view *years;
    size_t year_count;
    const struct tree_report_view *reports;
    size_t report_count;
};

struct tree_text_view {
    struct str title, back, text;
    const struct pair_view *facts;
    size_t fact_count;
};

#endif
