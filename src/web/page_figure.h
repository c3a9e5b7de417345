/* Figures: the list by chapter, and one figure opened to the records behind it. */
#ifndef FAZHI_WEB_PAGE_FIGURE_H
#define FAZHI_WEB_PAGE_FIGURE_H

#include "web/app.h"

void page_figures(struct request *rq, struct reply *rp); /* GET /figures?period= */
void page_figure(struct request *rq, struct reply *rp);  /* GET /figures/:name?period= */

/* Figures and reports are for whoever has business in the office. False after the 403 page was written. */
bool page_business(struct request *rq, struct reply *rp);

/* ?period= or last year: the year that is reported on now. False after the error page was written. */
bool page_period(struct request *rq, struct reply *rp, struct str *period, struct date *from, struct date *to);

#endif
