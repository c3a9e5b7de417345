/* The interface for other programs: the same lists, records and acts as the pages, in JSON.
 *
 * A program signs in as a person does, at /sign-in, and sends the session's token (the field _token of any page) in the
 * header X-Token with every POST. It may see and do what that person may; private values stay masked here. An act goes
 * through act_apply with the entrance "api": the same roles, stages and gates as on the page.
 *
 * A list: {"total","page","rows":[record…]}. A record: {"record","number","stage","stage_label","version","voided",
 * "values":{field: text as read}}. An act's body: {"inputs":{field: text},"reason":"","version":n}, each part may be
 * left out; its answer: {"record","number","stage","seq"}. What fails: 400 (not JSON), 401, 403, 404, 409, 422 or 500
 * with
 * {"errors":[{"code","where","message","rule","cite","remedy"}]}, where empty parts are left out. */
#ifndef FAZHI_WEB_PAGE_API_H
#define FAZHI_WEB_PAGE_API_H

#include "web/app.h"

void page_api_list(struct request *rq, struct reply *rp);   /* GET /api/r/:register?where=&q=&sort=&page=:
                                                                          * page is `next` of the answer before */
void page_api_record(struct request *rq, struct reply *rp); /* GET /api/r/:register/:id */
void page_api_create(struct request *rq, struct reply *rp); /* POST /api/r/:register/acts/create */
void page_api_act(struct request *rq, struct reply *rp);    /* POST /api/r/:register/:id/acts/:act */

#endif
