/* Parameters that offices above set: what is in force here, and setting them. */
#ifndef FAZHI_WEB_PAGE_PARAMETERS_H
#define FAZHI_WEB_PAGE_PARAMETERS_H

#include "web/app.h"

void page_parameters(struct request *rq, struct reply *rp);     /* GET /parameters */
void page_parameter(struct request *rq, struct reply *rp);      /* GET /parameters/:name */
void page_parameter_post(struct request *rq, struct reply *rp); /* the form, then once more to confirm */

#endif
