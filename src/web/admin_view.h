/* What web/templates/admin.html shows: tables, forms and results of administration. */
#ifndef FAZHI_WEB_ADMIN_VIEW_H
#define FAZHI_WEB_ADMIN_VIEW_H

#include "web/view.h"

/* A table with its buttons. */
struct admin_list_view {
    struct str title, help;
    const struct pair_view *buttons; /* label and href; the first one is the main one */
    size_t button_count;
    const struct filter_view *filter; /* NULL: none */
    struct table_view table;
    const struct pager_view *pager;     /* NULL: everything is shown */
    struct empty_view empty;            /* when the table has no rows */
    const struct confirm_view *confirm; /* an act on the whole table, behind it; NULL: none */
};

struct admin_form_view {
    struct str title, help;
    const struct pair_view *buttons;
    size_t button_count;
    const struct pair_view *facts;
    size_t fact_count;
    const struct form_view *form;
};

/* A parameter: what was set, and the form to set it. */
struct parameter_view {
    struct str title;
    const struct pair_view *facts;
    size_t fact_count;
    struct table_view history;
    const struct form_view *form; /* NULL: the person may not */
};

/* The one-time password, shown once and kept nowhere. */
struct admin_password_view {
    struct str title, account, person, password;
};

#endif
