/* 工作台: what is overdue, what is due, what waits for this person. */
#ifndef FAZHI_WEB_PAGE_HOME_H
#define FAZHI_WEB_PAGE_HOME_H

#include "web/app.h"

void page_home(struct request *rq, struct reply *rp); /* GET / */

#endif
