/* Administration: accounts, organisations, the act log, recomputing deadlines. Each page answers 403 to everybody
 * without its permission; each change is an act of administration in the log. */
#ifndef FAZHI_WEB_PAGE_ADMIN_H
#define FAZHI_WEB_PAGE_ADMIN_H

#include "web/app.h"

/* False after the 403 page was written. */
bool admin_may(struct request *rq, struct reply *rp, enum permission p);

/* An organisation at its place in the tree. */
struct org_node {
    const struct org *org;
    unsigned depth;
};
/* All organisations, each before those below it. */
struct org_node *admin_org_tree(struct arena *a, const struct org *orgs, size_t count, size_t *nodes);
/* Options of a form's field; closed ones only when chosen, and none of `without` (0: nothing) and below it. */
size_t admin_org_options(struct arena *a, const struct org *orgs, size_t count, int64_t chosen, int64_t without,
                         const struct option_view **options);
/* Shows the fault at the form's field of that name, or above the form. Gives a 422, or a 409 for a conflict. */
void admin_put_fault(struct request *rq, struct reply *rp, struct form_view *form, struct field_view *fields,
                     const struct error *err);

/* page_admin_users.c, for MAY_MANAGE_USERS */
void page_users(struct request *rq, struct reply *rp);         /* GET /admin/users */
void page_user_new(struct request *rq, struct reply *rp);      /* GET /admin/users/new */
void page_user_new_post(struct request *rq, struct reply *rp); /* POST: shows the one-time password */
void page_user(struct request *rq, struct reply *rp);          /* GET /admin/users/:name: the form to change it */
void page_user_post(struct request *rq, struct reply *rp);
/* :what is password, disable or enable (which also unlocks); GET asks once more, POST does it. */
void page_user_do(struct request *rq, struct reply *rp); /* GET /admin/users/:name/:what */
void page_user_do_post(struct request *rq, struct reply *rp);

/* page_admin_orgs.c, for MAY_MANAGE_USERS */
void page_orgs(struct request *rq, struct reply *rp);    /* GET /admin/orgs */
void page_org_new(struct request *rq, struct reply *rp); /* GET /admin/orgs/new */
void page_org_new_post(struct request *rq, struct reply *rp);
void page_org(struct request *rq, struct reply *rp); /* GET /admin/orgs/:id */
void page_org_post(struct request *rq, struct reply *rp);

/* page_admin_log.c */
void page_audit(struct request *rq, struct reply *rp);     /* GET /admin/audit, for MAY_AUDIT */
void page_deadlines(struct request *rq, struct reply *rp); /* GET /admin/deadlines, for MAY_RECOMPUTE */
void page_deadlines_post(struct request *rq, struct reply *rp);

#endif
