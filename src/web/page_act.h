/* Doing an act: its form, the rules it will be held to, refusals with their articles. */
#ifndef FAZHI_WEB_PAGE_ACT_H
#define FAZHI_WEB_PAGE_ACT_H

#include "web/app.h"

void page_new(struct request *rq, struct reply *rp);      /* GET /r/:register/new */
void page_new_post(struct request *rq, struct reply *rp); /* POST /r/:register/new */
void page_act(struct request *rq, struct reply *rp);      /* GET /r/:register/:id/act/:act */
void page_act_post(struct request *rq, struct reply *rp); /* POST /r/:register/:id/act/:act */

#endif
