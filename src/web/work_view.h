/* What the working pages show: workbench, lists, records, acts, search. */
#ifndef FAZHI_WEB_WORK_VIEW_H
#define FAZHI_WEB_WORK_VIEW_H

#include "web/view.h"

struct link_view {
    struct str label, href, note;
};

struct due_view {
    struct str title, number, href, reg, stage, deadline, due, cite;
    struct badge_view badge;
};

/* Deadlines of one standing. */
struct due_group {
    struct str label;
    const struct due_view *rows;
    size_t count;
};

/* A register in which something waits for the person's roles. */
struct waiting_view {
    struct str label, href, acts;
    int64_t total;
    bool more; /* than `total` */
    const struct link_view *rows;
    size_t row_count;
};

struct home_view {
    struct str name;
    const struct tile_view *tiles;
    size_t tile_count;
    struct due_group *due;
    size_t due_count;
    int64_t due_total;
    bool due_more;
    struct pager_view pager;
    const struct waiting_view *waiting;
    size_t waiting_count;
    int64_t waiting_total;
    bool waiting_more;
    const struct link_view *create;
    size_t create_count;
    bool has_below; /* offices below, which the person may look at */
};

struct list_page_view {
    struct str title, help, cite;
    struct str create_href, csv_href, xlsx_href, import_href, definition_href;
    struct str where, where_error, where_action;
    const struct pair_view *where_hidden;
    size_t where_hidden_count;
    const struct tab_view *tabs;
    size_t tab_count;
    struct filter_view filter;
    struct table_view table;
    struct pager_view pager;
    struct empty_view empty;
};

struct record_view {
    struct str title, number, reg, stage, org, version;
    struct badge_view stage_badge;
    bool voided;
    const struct step_view *steps;
    size_t step_count;
    const struct link_view *acts;    /* to do now */
    size_t act_count;
    const struct link_view *others;  /* amend, void, view, note */
    size_t other_count;
    const struct pair_view *facts;
    size_t fact_count;
    const struct deadline_view *deadlines;
    size_t deadline_count;
    const struct event_view *events;
    size_t event_count;
    const struct related_view *related;
    size_t related_count;
};

struct related_view {
    struct str label, create_href, all_href;
    int64_t total;
    bool more; /* than `total` */
    const struct link_view *rows;
    size_t row_count;
};

struct act_page_view {
    struct str title, help, cite, record_title, record_href;
    const struct rule_view *rules; /* what must hold */
    size_t rule_count;
    const struct refusal_view *refusals;
    size_t refusal_count;
    const struct form_view *form;
};

struct rule_view {
    struct str say, cite, remedy;
};

struct search_group {
    struct str label, href;
    int64_t total;
    bool more; /* than `total` */
    const struct link_view *rows;
    size_t row_count;
};

struct search_view {
    struct str q;
    const struct search_group *groups;
    size_t group_count;
};

#endif
