/* The web application: the office behind pages, who is signed in, the frame of every page. */
#ifndef FAZHI_WEB_APP_H
#define FAZHI_WEB_APP_H

#include <stdio.h>

#include "office/act.h"
#include "office/show.h"
#include "web/http.h"
#include "web/view.h"

struct web_options {
    const char *listen;
    bool behind_tls; /* a proxy in front speaks TLS */
    bool insecure;   /* plain HTTP on an address others reach, against S-05 */
    FILE *access_log;
    unsigned writers; /* as in struct http_options */
    size_t max_sheet; /* the same */
};

/* Serves until SIGTERM or SIGINT. Prints the address on standard output when it listens. Plain HTTP on an address other
 * than the loopback is refused unless behind_tls or insecure. */
bool web_serve(struct office *o, struct definition_sets *sets, const struct web_options *options, struct error *err);

/* An office behind its pages, shared by all threads. A request belongs to the office of who is signed in (request.app is
 * set to it when the session is found), else to that which the server was started for. */
struct app {
    struct office *office;
    struct definition_sets *sets; /* of all offices */
    bool behind_tls;
    struct import_jobs *jobs; /* of all offices */
    struct apps *all;         /* the offices of this server */
};

/* Who asks, left by the `before` hook in request.session; NULL for public routes without a session. */
struct visit {
    struct user user;
    struct session session;
    struct str token; /* of the cookie */
};

/* The cookie of a session holds office and token: key.token. */
const char *app_cookie_name(const struct app *app);

struct app *app_of(const struct request *rq);
/* The office with this key, for as long as the request lasts. ERR_NOT_FOUND when there is none or it is closed. */
struct app *app_take(struct request *rq, struct str key, struct error *err);
struct visit *visit_of(const struct request *rq);
/* http_then in the line of those who write for this office. */
void app_write(struct request *rq, void (*then)(struct request *rq, struct reply *rp, void *arg), void *arg);
/* A read for this request; NULL after the error page was written. End with app_read_end or store_done. */
struct conn *app_read(struct request *rq, struct reply *rp);
/* Ends it; when what was read is not `ok`, the error page of rp->err is written. Gives `ok`. */
bool app_read_end(struct request *rq, struct reply *rp, struct conn *c, bool ok);

/* Does this person see any register? The administrators of system and audit see none. */
bool app_has_business(const struct request *rq);

/* The frame: navigation, user, token, flash from ?done=. Fill crumbs and title further. */
struct page app_page(struct request *rq, struct str title);
void app_crumbs(struct request *rq, struct page *p, const struct crumb *crumbs, size_t count);
/* A value percent-encoded for a query or a path's part. */
struct str app_encode(struct arena *a, struct str t);
/* The request's query with one parameter changed (empty value: removed), from `path`; "after" is always dropped. */
struct str app_url_with(struct request *rq, struct str path, const char *name, struct str value);

extern const struct route app_routes[];
extern const size_t app_route_count;

#endif
