/* Request: what a browser asked for, decoded and checked.
 *
 * All text in it is valid UTF-8 without NUL; what is not was answered 400 before a handler saw it. Everything lives
 * in the request's arena. A parameter that comes more than once is kept in order; the plain getters give the
 * first. */
#ifndef FAZHI_WEB_REQUEST_H
#define FAZHI_WEB_REQUEST_H

#include "base/error.h"

enum { REQUEST_MAX_ARGS = 8, REQUEST_MAX_PAIRS = 2000, REQUEST_MAX_FILES = 50 };

struct pair {
    struct str name, value;
};

struct pairs {
    struct pair *items;
    size_t count, cap;
};

/* A file of a multipart form. The content is bytes, not text. */
struct upload {
    struct str field, name, type, content;
};

struct request {
    struct arena *arena;
    void *app;                        /* as given to http_open */
    void *held;                       /* for the hooks: what `after` gives back */
    void *session;                    /* for the `before` hook to leave what handlers need */
    struct str method;                /* GET also for HEAD */
    struct str path;                  /* decoded */
    struct str target;                /* path and query as sent, for a way back after sign-in */
    struct str arg[REQUEST_MAX_ARGS]; /* what stood for :name and * in the route, in order */
    size_t arg_count;
    struct pairs query, form, cookies;
    struct upload *files;
    size_t file_count, file_cap;
    struct str body;   /* as sent, when it is no form */
    struct str remote; /* address of the browser */
    bool secure;       /* it came through TLS */
    void *connection;  /* of the HTTP library */
    /* For store_announce and store_commit_later: the reply is sent when what was promised is on disk, and a fault instead
     * when it is not. NULL: what the handler writes must be on disk before it goes on. */
    struct store_promise *promise;
};

/* The empty text when there is none. */
struct str request_query(const struct request *rq, const char *name);
struct str request_form(const struct request *rq, const char *name);
struct str request_cookie(const struct request *rq, const char *name);
bool request_has_form(const struct request *rq, const char *name);
/* First file of this field that has content or a name, or NULL. */
const struct upload *request_file(const struct request *rq, const char *field);
/* A header's value, also the empty text when it is not valid UTF-8. */
struct str request_header(const struct request *rq, const char *name);
/* The request was caused by one of our own pages, as far as the browser tells (Sec-Fetch-Site, else Origin).
 * True when it tells nothing: old browsers send neither, the form's token decides there. */
bool request_same_origin(const struct request *rq);

/* ---- parsing, also for tests and fuzzing ---- */

/* name=value&… as in queries and urlencoded forms. */
bool request_parse_pairs(struct arena *a, struct str text, struct pairs *out, struct error *err);
/* name=value; … A cookie that is not valid is left out: others on this host are not ours to judge. */
void request_parse_cookies(struct arena *a, struct str header, struct pairs *out);
/* Splits a request target into decoded path and query. */
bool request_parse_target(struct request *rq, struct str target, struct error *err);
/* Reads rq->body as the content type says; an unknown type leaves it as it is. */
bool request_parse_body(struct request *rq, struct str content_type, struct error *err);
bool request_parse_multipart(struct request *rq, struct str content_type, struct error *err);
/* Percent-decodes; `plus` turns + into a space. Fails on a broken escape, NUL and malformed UTF-8. */
bool request_decode(struct arena *a, struct str t, bool plus, struct str *out, struct error *err);
/* First value of that name, or the empty text. */
struct str pairs_get(const struct pairs *pairs, const char *name);

#endif
