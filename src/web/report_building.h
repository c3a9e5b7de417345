/* Inside the pages of reports: a report and what it was built from. */
#ifndef FAZHI_WEB_REPORT_BUILDING_H
#define FAZHI_WEB_REPORT_BUILDING_H

#include "figures/report.h"
#include "web/app.h"

struct building {
    struct request *rq;
    struct reply *rp;
    struct conn *conn;
    const struct report *report;
    struct report_text text;
};

/* Builds the report of the address; end with store_done. False after the error page was written. */
bool report_begin(struct building *b);
/* /reports/NAME/PERIOD */
struct str report_base(const struct building *b);
/* 2025-01-10 09:30 */
struct str report_fixed_at(struct arena *a, const struct fixed_report *fixed);
/* The figures that differ between a 定稿 and now, as links to what they are now. */
bool report_put_changes(struct building *b, const struct fixed_report *fixed, const struct pair_view **list,
                        size_t *count);

#endif
