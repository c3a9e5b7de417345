/* CSRF: a form is taken only from our own pages.
 *
 * Each session has a random token. Every form carries it in the field _token (script in the header X-Token), and a
 * POST whose token differs is refused. */
#ifndef FAZHI_WEB_CSRF_H
#define FAZHI_WEB_CSRF_H

#include "web/request.h"

/* 32 random bytes as hexadecimal digits; also good for session names. */
struct str csrf_new(struct arena *a);
/* The request carries this token and comes from our own pages. An empty token never fits. */
bool csrf_check(const struct request *rq, struct str token);
/* Compares in a time that depends on the lengths only. */
bool csrf_same(struct str a, struct str b);

#endif
