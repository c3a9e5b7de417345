/* Which database a test's store lies in: the folder's own file, or, where FAZHI_TEST_POSTGRES names a server, a schema
 * there that is called like the folder. */
#ifndef FAZHI_TESTS_DATABASE_H
#define FAZHI_TESTS_DATABASE_H

#include <ctype.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static inline void on_server(const char *url, const char *sql)
{
    PGconn *db = PQconnectdb(url);
    PGresult *r = PQexec(db, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(db));
        abort();
    }
    PQclear(r);
    PQfinish(db);
}

/* NULL: the file in the folder. The schema is made when it is not there. */
static inline const char *test_database(struct arena *a, const char *folder)
{
    const char *url = getenv("FAZHI_TEST_POSTGRES");
    if (!url) return NULL;
    struct buf b = buf_in(a);
    buf_putc(&b, 'w');
    for (const char *p = folder; *p; p++)
        if (isalnum((unsigned char)*p)) buf_putc(&b, (char)tolower((unsigned char)*p));
    char *name = str_cstr(a, buf_str(&b));
    on_server(url, str_cstr(a, str_printf(a, "set client_min_messages = error; create schema if not exists %s", name)));
    return str_cstr(a, str_printf(a, "%s?options=-csearch_path%%3D%s", url, name));
}

#endif
