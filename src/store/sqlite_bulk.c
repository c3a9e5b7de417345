/* Many rows into one table of SQLite: one prepared statement. */
#include <stdlib.h>

#include "store/sqlite.h"

struct bulk {
    struct conn *conn;
    struct str sql; /* malloc'ed */
};

void *sqlite_bulk_begin(struct conn *c, struct str table, const struct column *columns, size_t count, struct error *err)
{
    struct bulk *b = calloc(1, sizeof *b);
    struct buf sql = sql_in(c);
    buf_puts(&sql, "insert into ");
    sql_put_name(&sql, table);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&sql, i ? ", " : " (");
        sql_put_name(&sql, columns[i].name);
    }
    buf_puts(&sql, ") values (");
    sql_put_marks(&sql, count);
    buf_putc(&sql, ')');
    if (!b || !text_keep(buf_str(&sql), &b->sql)) {
        free(b);
        error_set(err, ERR_STORE, "内存不足");
        return NULL;
    }
    b->conn = c;
    return b;
}

bool sqlite_bulk_row(void *bulk, const struct value *values, size_t count, struct error *err)
{
    const struct bulk *b = bulk;
    auto_query q = query_start_text(b->conn, b->sql);
    query_bind_values(&q, values, count);
    return query_run(&q, NULL, err);
}

bool sqlite_bulk_end(void *bulk, bool good, struct error *err)
{
    struct bulk *b = bulk;
    (void)good;
    (void)err;
    free((char *)(uintptr_t)b->sql.s);
    free(b);
    return true;
}
