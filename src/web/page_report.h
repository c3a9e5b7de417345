/* Reports: the page with its figures as links, downloads, 定稿, and checking a written report. */
#ifndef FAZHI_WEB_PAGE_REPORT_H
#define FAZHI_WEB_PAGE_REPORT_H

#include "web/app.h"

void page_reports(struct request *rq, struct reply *rp);           /* GET /reports */
void page_report(struct request *rq, struct reply *rp);            /* GET /reports/:name/:period */
void page_report_file(struct request *rq, struct reply *rp);       /* GET /reports/:name/:period/file?format= */
void page_report_fix(struct request *rq, struct reply *rp);        /* GET /reports/:name/:period/fix */
void page_report_fix_post(struct request *rq, struct reply *rp);   /* POST the same */
void page_report_fixed(struct request *rq, struct reply *rp);      /* GET /reports/:name/:period/fixed/:id */
void page_report_check(struct request *rq, struct reply *rp);      /* GET /reports/check */
void page_report_check_post(struct request *rq, struct reply *rp); /* POST /reports/check */

#endif
