/* Import in the browser: upload, trial with every faulty cell, mapping of columns, the import itself with progress. */
#ifndef FAZHI_WEB_PAGE_IMPORT_H
#define FAZHI_WEB_PAGE_IMPORT_H

#include "web/app.h"

void page_import_list(struct request *rq, struct reply *rp); /* GET /import */
void page_import(struct request *rq, struct reply *rp);      /* GET /import/:register */
void page_import_try(struct request *rq,
                     struct reply *rp); /* POST /import/:register: upload, or try again with a mapping */
void page_import_go(struct request *rq, struct reply *rp);     /* POST /import/:register/go */
void page_import_job(struct request *rq, struct reply *rp);    /* GET /import/:register/job/:id */
void page_import_faulty(struct request *rq, struct reply *rp); /* GET /import/:register/faulty/:digest */

#endif
