/* The schema as SQL text for a person or psql: the migration runs against a backend that answers "nothing is there yet"
 * and writes down what it was told to create. */
#include "store/schema_text.h"

#include <stdlib.h>

#include "store/inside.h"

struct statement_text {
    struct buf *to;
    struct str sql; /* malloc'ed */
};

/* What a conn of this backend holds. */
struct paper {
    struct buf *to;
};

static void *text_prepare(struct conn *c, struct str sql)
{
    struct statement_text *st = calloc(1, sizeof *st);
    if (!st || !text_keep(sql, &st->sql)) abort();
    st->to = ((struct paper *)c->handle)->to;
    return st;
}

static void text_finalize(void *statement)
{
    struct statement_text *st = statement;
    free((char *)(uintptr_t)st->sql.s);
    free(st);
}

static void text_reset(void *statement)
{
    (void)statement;
}

static bool text_bind(struct conn *c, void *statement, int at, struct value v)
{
    (void)c;
    (void)statement;
    (void)at;
    (void)v;
    return true;
}

static int text_step(struct conn *c, void *statement)
{
    (void)c;
    const struct statement_text *st = statement;
    if (str_starts(st->sql, STR("create "))) buf_putf(st->to, "%.*s;\n", STR_ARG(str_trim(st->sql)));
    return 0;
}

static struct value text_column(void *statement, int at)
{
    (void)statement;
    (void)at;
    return value_null();
}

static int64_t text_changes(struct conn *c, void *statement)
{
    (void)c;
    (void)statement;
    return 0;
}

static bool no_columns(struct conn *c, struct arena *a, struct str table, struct column **list, size_t *count,
                       struct error *err)
{
    (void)c;
    (void)a;
    (void)table;
    (void)err;
    *list = NULL;
    *count = 0;
    return true;
}

static void text_disconnect(struct conn *c)
{
    (void)c;
}

static struct backend text_backend(void)
{
    struct backend b = backend_postgres;
    b.disconnect = text_disconnect;
    b.prepare = text_prepare;
    b.finalize = text_finalize;
    b.reset = text_reset;
    b.stream = NULL;
    b.bind = text_bind;
    b.step = text_step;
    b.column = text_column;
    b.changes = text_changes;
    b.table_columns = no_columns;
    b.lock_schema = NULL;
    return b;
}

bool schema_text(const struct model *model, struct buf *to, struct error *err)
{
    struct backend backend = text_backend();
    struct paper paper = {to};
    struct store store = {.model = model, .backend = &backend};
    struct conn *c = calloc(1, sizeof *c);
    if (!c) return error_set(err, ERR_STORE, "内存不足");
    c->store = &store;
    c->backend = &backend;
    c->handle = &paper;
    c->scratch = arena_open();
    bool ok = schema_migrate(c, err);
    conn_close(c);
    return ok;
}

/* ---- distribution ---- */

static bool belongs_to_all(struct str table)
{
    for (size_t i = 0; schema_shared_tables[i]; i++)
        if (str_is(table, schema_shared_tables[i])) return true;
    return false;
}

/* The tables that the text creates, in order. */
static bool next_table(struct str *rest, struct str *table)
{
    for (struct str line; str_split(rest, '\n', &line);) {
        if (!str_starts(line, STR("create table "))) continue;
        struct str left = line, before;
        str_split(&left, '"', &before);
        return str_split(&left, '"', table);
    }
    return false;
}

void schema_citus(struct str tables, struct buf *to)
{
    struct str table;
    for (struct str rest = tables; next_table(&rest, &table);)
        if (belongs_to_all(table)) buf_putf(to, "select create_reference_table('%.*s');\n", STR_ARG(table));
    for (struct str rest = tables; next_table(&rest, &table);) {
        if (belongs_to_all(table)) continue;
        buf_putf(to, "select create_distributed_table('%.*s', 'office', colocate_with => '%s');\n", STR_ARG(table),
                 str_is(table, "fz_act") ? "none" : "fz_act");
    }
}
