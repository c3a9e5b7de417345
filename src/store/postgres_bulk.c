/* Many rows into one table of PostgreSQL: COPY. */
#include <stdlib.h>

#include "store/postgres.h"

enum { SEND_AT = 256 * 1024 };

struct bulk {
    struct conn *conn;
    struct arena *arena;
    struct buf rows; /* not sent yet */
};

/* The next part of the answer: NULL at its end, or when the server was given up. */
static PGresult *answer(struct pipe *p, struct error *err)
{
    while (PQisBusy(p->db))
        if (!pipe_wait(p, PQflush(p->db) == 1, err)) return NULL;
    return PQgetResult(p->db);
}

/* Out of the pipeline and into the COPY. */
static bool start(struct bulk *b, const char *sql, struct error *err)
{
    struct pipe *p = pipe_of(b->conn);
    if (!pipe_pause(p, err)) return false;
    if (PQsendQuery(p->db, sql) != 1) return postgres_fault(p->db, NULL, err);
    PGresult *r = answer(p, err);
    bool ok = PQresultStatus(r) == PGRES_COPY_IN;
    if (!ok && !p->lost) postgres_fault(p->db, r, err);
    PQclear(r);
    while (!ok && (r = answer(p, err))) PQclear(r);
    if (!ok) pipe_resume(p, NULL);
    return ok;
}

void *postgres_bulk_begin(struct conn *c, struct str table, const struct column *columns, size_t count,
                          struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "copy ");
    sql_put_name(&sql, table);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&sql, i ? ", " : " (");
        sql_put_name(&sql, columns[i].name);
    }
    buf_puts(&sql, ") from stdin");
    struct bulk *b = calloc(1, sizeof *b);
    if (!b) {
        error_set(err, ERR_STORE, "内存不足");
        return NULL;
    }
    b->conn = c;
    b->arena = arena_open();
    b->rows = buf_in(b->arena);
    if (start(b, str_cstr(c->scratch, buf_str(&sql)), err)) return b;
    arena_close(b->arena);
    free(b);
    return NULL;
}

/* The text form of COPY: a tab between columns, \N for nothing, a backslash before what has a meaning. */
static void put_text(struct buf *b, struct str t)
{
    for (size_t i = 0; i < t.len; i++) switch (t.s[i]) {
        case '\\': buf_puts(b, "\\\\"); break;
        case '\n': buf_puts(b, "\\n"); break;
        case '\r': buf_puts(b, "\\r"); break;
        case '\t': buf_puts(b, "\\t"); break;
        default: buf_putc(b, t.s[i]);
        }
}

static void put_value(struct buf *b, struct value v)
{
    switch (v.kind) {
    case VALUE_NULL: buf_puts(b, "\\N"); break;
    case VALUE_INT: buf_put_i64(b, v.i); break;
    case VALUE_REAL: buf_putf(b, "%.17g", v.r); break;
    case VALUE_TEXT: put_text(b, v.t); break;
    }
}

static bool send(struct bulk *b, struct error *err)
{
    struct pipe *p = pipe_of(b->conn);
    struct str rows = buf_str(&b->rows);
    for (int put = 0; rows.len && put != 1;) {
        put = PQputCopyData(p->db, rows.s, (int)rows.len);
        if (put < 0) return postgres_fault(p->db, NULL, err);
        if (put == 0 && !pipe_wait(p, true, err)) return false;
    }
    arena_reset(b->arena);
    b->rows = buf_in(b->arena);
    return true;
}

bool postgres_bulk_row(void *bulk, const struct value *values, size_t count, struct error *err)
{
    struct bulk *b = bulk;
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(&b->rows, '\t');
        put_value(&b->rows, values[i]);
    }
    buf_putc(&b->rows, '\n');
    return b->rows.len < SEND_AT || send(b, err);
}

bool postgres_bulk_end(void *bulk, bool good, struct error *err)
{
    struct bulk *b = bulk;
    struct pipe *p = pipe_of(b->conn);
    bool ok = good && send(b, err);
    int put;
    while ((put = PQputCopyEnd(p->db, ok ? NULL : "given up")) == 0)
        if (!pipe_wait(p, true, err)) break;
    for (PGresult *r; put == 1 && (r = answer(p, err)); PQclear(r))
        if (ok && PQresultStatus(r) != PGRES_COMMAND_OK) ok = postgres_fault(p->db, r, err);
    arena_close(b->arena);
    free(b);
    return pipe_resume(p, ok ? err : NULL) && ok && put == 1;
}
