/* The text index on SQLite: an FTS5 table of our own tokens. FTS5 numbers its rows itself; fz_words_of says which row
 * belongs to which record. FTS5's `ascii` tokenizer keeps every non-ASCII byte, so that our tokens pass unchanged. */
#include "store/sqlite.h"

/* `cross join` keeps SQLite from asking the index once for each record instead of once. */
const char sqlite_words_condition[] =
    "self.\"id\" in (select w.\"record\" from \"fz_words\" as f cross join \"fz_words_of\" as w on w.\"row\" = f.rowid "
    "where w.\"office\" = ? and w.\"register\" = ? and f.\"fz_words\" match ?)";

bool sqlite_words_make(struct conn *c, struct error *err)
{
    return conn_execute(c,
                        "create table if not exists \"fz_words_of\" (\"office\" TEXT not null, \"register\" TEXT not null, "
                        "\"record\" INTEGER not null, \"row\" INTEGER not null, "
                        "primary key (\"office\", \"register\", \"record\"), unique (\"row\")) strict",
                        err) &&
           conn_execute(c, "create virtual table if not exists \"fz_words\" using fts5(pairs, chars, tokenize = 'ascii')",
                        err);
}

/* The row of the record in the index, and whether it has one already: else it is the next free one. */
static bool find_row(struct conn *c, struct str office, struct str reg, int64_t id, int64_t *row, bool *known,
                     struct error *err)
{
    auto_query q = query_start(c, "select (select \"row\" from \"fz_words_of\" where \"office\" = ? and \"register\" = ? and "
                                  "\"record\" = ?), (select coalesce(max(\"row\"), 0) + 1 from \"fz_words_of\")");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, id);
    bool found = query_row(&q);
    *known = found && query_i64(&q, 0) != 0;
    *row = found ? query_i64(&q, *known ? 0 : 1) : 0;
    return query_finish(&q, err);
}

/* A plain insert: with `returning` or `on conflict` SQLite would take a savepoint for the statement, and with each one
 * FTS5 writes out all that it holds in memory. */
static bool add_row(struct conn *c, struct str office, struct str reg, int64_t id, int64_t row, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_words_of\" (\"office\", \"register\", \"record\", \"row\") values (?, ?, ?, ?)");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, id);
    query_bind_i64(&q, row);
    return query_run(&q, NULL, err);
}

bool sqlite_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                      struct error *err)
{
    int64_t row;
    bool known;
    if (!find_row(c, office, reg, id, &row, &known, err)) return false;
    if (!known && !add_row(c, office, reg, id, row, err)) return false;
    auto_query q = known ? query_start(c, "update \"fz_words\" set pairs = ?, chars = ? where rowid = ?")
                         : query_start(c, "insert into \"fz_words\" (pairs, chars, rowid) values (?, ?, ?)");
    query_bind_str(&q, buf_str(&w->pairs));
    query_bind_str(&q, buf_str(&w->chars));
    query_bind_i64(&q, row);
    return query_run(&q, NULL, err);
}

/* Tokens hold letters and digits alone, so that quoting them is safe: "…" in FTS5's own query language. */
struct str sqlite_words_match(struct arena *a, struct str office, struct str reg, const struct word_term *terms,
                              size_t count)
{
    (void)office;
    (void)reg;
    struct buf b = buf_in(a);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_puts(&b, " AND ");
        buf_puts(&b, terms[i].kind == TERM_CHAR ? "chars : \"" : "pairs : \"");
        buf_put(&b, terms[i].tokens);
        buf_puts(&b, terms[i].kind == TERM_PREFIX ? "\" *" : "\"");
    }
    return buf_str(&b);
}
