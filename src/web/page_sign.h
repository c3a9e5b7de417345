/* Sign-in, sign-out, own password, larger type. */
#ifndef FAZHI_WEB_PAGE_SIGN_H
#define FAZHI_WEB_PAGE_SIGN_H

#include "web/app.h"

void page_sign_in(struct request *rq, struct reply *rp);      /* GET /sign-in */
void page_sign_in_post(struct request *rq, struct reply *rp); /* POST /sign-in */
void page_sign_out(struct request *rq, struct reply *rp);     /* POST /sign-out */
void page_account(struct request *rq, struct reply *rp);      /* GET /account */
void page_account_post(struct request *rq, struct reply *rp); /* POST /account */
void page_elder(struct request *rq, struct reply *rp);        /* POST /elder */

#endif
