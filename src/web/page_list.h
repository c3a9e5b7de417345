/* A register's list: columns, filters, search, sort and paging, all in the address; and its export. */
#ifndef FAZHI_WEB_PAGE_LIST_H
#define FAZHI_WEB_PAGE_LIST_H

#include "web/app.h"

void page_list(struct request *rq, struct reply *rp);        /* GET /r/:register */
void page_list_export(struct request *rq, struct reply *rp); /* GET /r/:register/export?format=csv|xlsx */

/* The register of the address when the person may see it; else the error page is written and NULL given. */
const struct reg *page_register(struct request *rq, struct reply *rp);

#endif
