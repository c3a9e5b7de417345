/* What the pages of importing show. */
#ifndef FAZHI_WEB_IMPORT_VIEW_H
#define FAZHI_WEB_IMPORT_VIEW_H

#include "web/work_view.h"

struct mapping_row {
    struct str name, header, sample;
    bool unknown;
    const struct option_view *options;
    size_t option_count;
};

struct fault_row {
    struct str place, column, value, why;
};

struct import_view {
    struct str label, action, token, columns_help, error;
    bool tried, ready, same_file, unknown;
    bool again;                     /* the person insists on a file that was imported before */
    const struct pair_view *chosen; /* the mapping chosen for this trial, which the import must follow; label = name */
    size_t chosen_count;
    struct str digest, file_name, summary, faulty_href;
    const struct mapping_row *mapping;
    size_t mapping_count;
    const struct fault_row *faults;
    size_t fault_count;
    int64_t fault_total;
};

struct job_view {
    struct str label, at, summary, list_href, again_href; /* at: how far it is, in words */
    int64_t done, total;
    bool finished, failed;
    struct str address; /* of this page, to ask again */
    /* Of a trial: its sheet, and what is done with it next. */
    struct str digest, action, token, faulty_href;
    bool again;
    const struct pair_view *chosen;
    size_t chosen_count;
};

#endif
