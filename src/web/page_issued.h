/* Definitions that offices issue for themselves and all below: what was issued here and above, what it changed, and what
 * the offices below run. Whoever is signed in may read them: they are the rules that one works by. */
#ifndef FAZHI_WEB_PAGE_ISSUED_H
#define FAZHI_WEB_PAGE_ISSUED_H

#include "web/app.h"
#include "web/definition_view.h"

void page_issued(struct request *rq, struct reply *rp);      /* GET /definitions/issued */
void page_issued_set(struct request *rq, struct reply *rp);  /* GET /definitions/issued/:code/:number */
void page_issued_file(struct request *rq, struct reply *rp); /* GET /definitions/issued/:code/:number/…: its text */

/* page_issue.c: GET /definitions/issue, the form; POST checks what was uploaded and shows what it changes, and the second
 * time issues it. 404 for whoever may not. */
void page_issue(struct request *rq, struct reply *rp);
void page_issue_post(struct request *rq, struct reply *rp);
void page_withdraw(struct request *rq, struct reply *rp); /* GET /definitions/withdraw asks once more, POST does it */
void page_withdraw_post(struct request *rq, struct reply *rp);

/* Which set is in force in the office of the request, and who issued it. */
struct in_force_view issued_in_force(struct request *rq);
struct definition_change;
struct table_view issued_changes(struct request *rq, const struct definition_change *list, size_t count);

#endif
