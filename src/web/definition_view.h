/* What the viewer of definitions and the calculator show. */
#ifndef FAZHI_WEB_DEFINITION_VIEW_H
#define FAZHI_WEB_DEFINITION_VIEW_H

#include "web/work_view.h"

struct act_row {
    struct str label, from, to, by, inputs, cite;
    const struct rule_view *rules;
    size_t rule_count;
};

struct deadline_rule {
    struct str label, length, start, until, more, cite;
};

/* Which set is in force, above the list of registers. */
struct in_force_view {
    struct str words; /* 现在生效的是 … */
    struct str href;  /* of the set; empty: the program's own */
};

struct definition_view {
    struct in_force_view in_force;
    struct str label, help, cite, number, list_href;
    struct html diagram;
    struct table_view fields;
    const struct act_row *acts;
    size_t act_count;
    const struct deadline_rule *deadlines;
    size_t deadline_count;
    const struct rule_view *always;
    size_t always_count;
    const struct link_view *figures;
    size_t figure_count;
};

/* What was issued here and above, and what the offices below run. */
struct issued_view {
    struct str title, help, in_force;
    const struct pair_view *buttons;
    size_t button_count;
    struct table_view sets, offices;
    struct str offices_note;
};

/* Issuing: the form, the faults of what was uploaded, or what it changes and the form that confirms it. */
struct issue_view {
    struct str title, help;
    struct table_view faults, changes;
    struct str changes_note;
    const struct form_view *form;
};

/* One set. */
struct issued_set_view {
    struct str title;
    const struct pair_view *facts;
    size_t fact_count;
    struct table_view files, changes;
    struct str changes_title, changes_note;
};

struct definition_group {
    struct str label;
    const struct link_view *rows;
    size_t row_count;
};

struct calculator_view {
    struct str start, amount, unit, roll;
    const struct option_view *units;
    size_t unit_count;
    const struct option_view *rolls;
    size_t roll_count;
    const struct option_view *calendars;
    size_t calendar_count;
    struct str error;
    bool done;
    bool explained;            /* each day is known; else a year on the way is not, which did not matter */
    bool long_strip;           /* too long to be shown day by day */
    struct table_view special; /* holidays and days made up for them */
    struct deadline_view result;
};

#endif
