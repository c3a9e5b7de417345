/* Search over all registers, lookups for reference fields, attachments. */
#ifndef FAZHI_WEB_PAGE_FIND_H
#define FAZHI_WEB_PAGE_FIND_H

#include "web/app.h"

void page_search(struct request *rq, struct reply *rp); /* GET /search?q= */
void page_lookup(struct request *rq, struct reply *rp); /* GET /lookup/:register?…= the text typed */
void page_file(struct request *rq, struct reply *rp);   /* GET /r/:register/:id/files/:digest */

#endif
