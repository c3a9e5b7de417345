/* What the limit programs have in common over HTTP: libmicrohttpd as the product runs it (epoll, a pool of internal
 * threads), one writer thread that puts all waiting acts into one transaction, SELECTs in the threads of the pool.
 *
 *   POST /act           answers when the act is on disk
 *   GET  /q/NAME?id=N   the rows of a named query as a plain HTML table */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "page.h"

struct engine {
    void *state;
    /* Commits so many acts in one transaction. Called by the writer thread alone; NULL when only reads are served. */
    bool (*write)(void *state, size_t acts);
    /* A connection for reads; each is used by one thread at a time. */
    void *(*reader)(void *state);
    /* Puts the rows of the query into the page; false when there is no such query or it failed. */
    bool (*read)(void *reader, const char *query, long long id, struct page *page);
};

/* Serves on 127.0.0.1 until SIGTERM, then prints the acts and the transactions they took. */
void serve(const struct engine *engine, int port);

#endif
