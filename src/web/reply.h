/* Reply: what goes back to the browser. A handler writes into `body`, or calls one of the functions below.
 *
 * Starts as 200, an HTML page, not to be cached. Security headers are added when it is sent. */
#ifndef FAZHI_WEB_REPLY_H
#define FAZHI_WEB_REPLY_H

#include "web/html.h"
#include "web/request.h"

struct reply {
    struct arena *arena;
    unsigned status;
    struct str type; /* content type */
    struct buf *body;
    struct str content;   /* sent instead of the body when its .s is set; must live as long as the request */
    struct pairs headers; /* further headers */
    bool cache_forever;   /* the address changes with the content */
    bool secure;          /* cookies only through TLS */
    struct error err;     /* room for a handler's error */
};

void reply_header(struct reply *rp, const char *name, struct str value);
/* 303: the browser fetches `location` (a path of ours) with GET. */
void reply_redirect(struct reply *rp, struct str location);
/* HttpOnly, SameSite=Lax, for the whole site. max_age in seconds; 0 until the browser ends, negative forgets it.
 * The value is percent-encoded. */
void reply_cookie(struct reply *rp, const char *name, struct str value, int64_t max_age);
/* A file to save under this (Chinese) name. `content` must live as long as the request. */
void reply_download(struct reply *rp, struct str name, struct str type, struct str content);
/* Empties what was written and sets the status: before an error page. */
void reply_restart(struct reply *rp, unsigned status);

#endif
