/* Viewer of definitions: each register's procedure as a drawing, its acts, gates, deadlines, fields; the calculator. */
#ifndef FAZHI_WEB_PAGE_DEFINITION_H
#define FAZHI_WEB_PAGE_DEFINITION_H

#include "web/app.h"

void page_definitions(struct request *rq, struct reply *rp); /* GET /definitions */
void page_definition(struct request *rq, struct reply *rp);  /* GET /definitions/:register */
void page_calculator(struct request *rq, struct reply *rp);  /* GET /calculator, public */

#endif
