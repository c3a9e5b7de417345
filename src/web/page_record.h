/* A record: fields, stage, deadlines, acts, related records, 全过程记录. */
#ifndef FAZHI_WEB_PAGE_RECORD_H
#define FAZHI_WEB_PAGE_RECORD_H

#include "web/app.h"

void page_record(struct request *rq, struct reply *rp); /* GET /r/:register/:id */
/* The record of the address (args 0 and 1) when the person may see it; else the error page is written and false given. */
bool page_load_record(struct request *rq, struct reply *rp, struct conn *c, struct record *r);

#endif
