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
    struct str digest, file_name, summary, faulty_href;
    const struct mapping_row *mapping;
    size_t mapping_count;
    const struct fault_row *faults;
    size_t fault_count;
    int64_t fault_total;
};

struct job_view {
    struct str label, summary, list_href, again_href;
    int64_t done, total;
    bool finished, failed;
};

#endif
