/* HTTP: the server, its table of routes and the life of one request.
 *
 * A few threads move the bytes of all connections; handlers run in threads of their own (lane.h) and may block. What a
 * handler is given belongs to that request alone, except `app`, which all threads share. When more requests come than
 * may wait, they are answered 503 at once. */
#ifndef FAZHI_WEB_HTTP_H
#define FAZHI_WEB_HTTP_H

#include <stdio.h>

#include "web/reply.h"

enum {
    ROUTE_PUBLIC = 1, /* needs no sign-in; for the `before` hook */
    ROUTE_UPLOAD = 2, /* takes files: the larger limit applies */
    ROUTE_SHEET = 128, /* takes a sheet: an even larger limit applies */
    ROUTE_API = 4,    /* answers JSON; for the hooks */
    ROUTE_QUICK = 8,     /* answers from memory and never waits: no hook is asked, no thread changed */
    ROUTE_SLOW = 16,     /* takes long or much memory: few of them run at once */
    ROUTE_PASSWORD = 32, /* its POST hashes a password, which takes 32 MiB on purpose: few at once */
    ROUTE_ACT = 64,      /* writes once, soon, and reads nothing afterwards: its reply may wait for the disk by itself */
};

/* One line of the table, which is searched from the top. In a pattern :name stands for one part of the path and *,
 * at the end, for all the rest. A GET route answers HEAD as well. */
struct route {
    const char *method, *pattern;
    void (*handle)(struct request *rq, struct reply *rp);
    unsigned flags;
};

struct http_options {
    const char *listen; /* 127.0.0.1:8080, [::1]:8080, :8080 (every address); port 0 takes a free one */
    bool behind_tls;    /* a proxy in front speaks TLS and sets X-Forwarded-For */
    size_t max_body;    /* bytes; 0: 1 MiB */
    size_t max_upload;  /* bytes, for ROUTE_UPLOAD and who may_upload; 0: 32 MiB */
    size_t max_sheet;   /* the same for ROUTE_SHEET; 0: as max_upload */
    const char *folder; /* where large bodies lie while their request lasts; NULL: in memory */
    unsigned writers;   /* requests that may change something at once, most of them waiting for the disk; 0: 96 */
    unsigned acts;      /* of ROUTE_ACT at once, while they are not held up; 0: as many as processors */
    FILE *access_log;   /* NULL: none. Method, path without query, status, milliseconds */
    const struct route *routes;
    size_t route_count;
    void *app;
    /* Asked when the headers are there and the body is still to come: may this person send as much as max_upload?
     * False: max_body holds for ROUTE_UPLOAD and ROUTE_SHEET too. NULL: everybody may. */
    bool (*may_upload)(struct request *rq);
    /* Runs before every handler: session, access, form token. False when it has made the reply itself. */
    bool (*before)(struct request *rq, struct reply *rp, const struct route *route);
    /* Runs once for each request at its very end, when the reply was sent: gives back what the other hooks and the
     * handlers hold. NULL: nothing. */
    void (*after)(struct request *rq);
    /* Writes the page for a fault; NULL: the plain error page. The status is set already. */
    void (*fault)(struct request *rq, struct reply *rp, struct str title, struct str message);
};

struct http_server;

/* Starts to listen and answer. The options' table must live as long as the server. */
struct http_server *http_open(const struct http_options *options, struct error *err);
/* The port listened on. */
unsigned http_port(const struct http_server *server);
/* Takes no further connection, lets running requests finish (at most 10 seconds), then stops. NULL is allowed. */
void http_close(struct http_server *server);

/* Makes this thread and those started after it leave SIGTERM and SIGINT to http_wait_for_signal. */
void http_hold_signals(void);
/* Sleeps until SIGTERM or SIGINT comes; returns it. */
int http_wait_for_signal(void);

/* The rest of a handler, which writes: called once, with `arg`, when those before it in its line are done, perhaps by
 * another thread after the handler has returned, so it must be the last that the handler does. Requests with the same
 * `line` are done one after another. Without a promise it is called at once. */
void http_then(struct request *rq, const void *line, void (*then)(struct request *rq, struct reply *rp, void *arg), void *arg);

/* Answers with an error page (or the `fault` hook's). */
void http_fault(struct request *rq, struct reply *rp, unsigned status, struct str message);
/* The status that fits an error of the engine. */
unsigned http_status(enum error_code code);
/* Answers with the error page for it. */
void http_fault_error(struct request *rq, struct reply *rp, const struct error *err);

/* Handler for GET /assets/:name */
void http_asset(struct request *rq, struct reply *rp);

/* True when the path fits the pattern; fills arg. For tests. */
bool http_match(const char *pattern, struct str path, struct str arg[REQUEST_MAX_ARGS], size_t *arg_count);

#endif
