/* The text index on SQLite: an FTS5 table of our own tokens. Each register of each office has a range of its row numbers,
 * and in it a row stands at its record's id: hits come in the order of ids, and a page of them is found without looking
 * at the rest. FTS5's `ascii` tokenizer keeps every non-ASCII byte, so that our tokens pass unchanged. */
#include "store/sqlite.h"

/* How far the ranges lie apart: more than any office has ids. */
#define RANGE "1099511627776"

const char sqlite_words_condition[] =
    "self.\"id\" in (select f.rowid - w.\"base\" from \"fz_words_base\" as w cross join \"fz_words\" as f "
    "where w.\"office\" = ? and w.\"register\" = ? and f.\"fz_words\" match ? and f.rowid > w.\"base\" and "
    "f.rowid < w.\"base\" + " RANGE ")";

/* `cross join` keeps SQLite from asking the index once for each record instead of once. */
const char sqlite_words_walk_from[] = "\"fz_words_base\" as w cross join \"fz_words\" as f cross join ";
const char sqlite_words_walk_where[] =
    "w.\"office\" = ? and w.\"register\" = ? and f.\"fz_words\" match ? and f.rowid > w.\"base\" + ? and "
    "f.rowid < w.\"base\" + ? and self.\"id\" = f.rowid - w.\"base\"";

const char sqlite_words_check[] =
    "exists (select 1 from \"fz_words_base\" as w cross join \"fz_words\" as f where w.\"office\" = ? and "
    "w.\"register\" = ? and f.\"fz_words\" match ? and f.rowid = w.\"base\" + self.\"id\")";

bool sqlite_words_make(struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    struct column *columns;
    size_t count;
    /* An index of before the ranges: it is made anew, since WORDS_VERSION has changed. */
    if (!c->backend->table_columns(c, a, STR("fz_words_of"), &columns, &count, err)) return false;
    if (count && !(conn_execute(c, "drop table \"fz_words_of\"", err) && conn_execute(c, "drop table \"fz_words\"", err)))
        return false;
    return conn_execute(c,
                        "create table if not exists \"fz_words_base\" (\"office\" TEXT not null, \"register\" TEXT not null, "
                        "\"base\" INTEGER not null, primary key (\"office\", \"register\"), unique (\"base\")) strict",
                        err) &&
           conn_execute(c, "create virtual table if not exists \"fz_words\" using fts5(pairs, chars, tokenize = 'ascii')",
                        err);
}

static bool find_base(struct conn *c, struct str office, struct str reg, int64_t *base, struct error *err)
{
    auto_query q = query_start(c, "select \"base\" from \"fz_words_base\" where \"office\" = ? and \"register\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    *base = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

/* The range of a register that has none yet. */
static bool add_base(struct conn *c, struct str office, struct str reg, int64_t *base, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_words_base\" (\"office\", \"register\", \"base\") "
                                  "select ?, ?, coalesce(max(\"base\"), 0) + " RANGE " from \"fz_words_base\" "
                                  "returning \"base\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    *base = query_row(&q) ? query_i64(&q, 0) : 0;
    while (query_row(&q)) continue;
    return query_finish(&q, err);
}

enum kept { KEPT_NOT, KEPT_OTHER, KEPT_SAME };

/* Most acts leave the words alone: looking is cheaper than indexing them again. */
static bool look(struct conn *c, int64_t row, const struct words *w, enum kept *kept, struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select pairs, chars from \"fz_words\" where rowid = ?");
    query_bind_i64(&q, row);
    *kept = KEPT_NOT;
    if (query_row(&q))
        *kept = str_eq(query_str(&q, a, 0), buf_str(&w->pairs)) && str_eq(query_str(&q, a, 1), buf_str(&w->chars))
                    ? KEPT_SAME
                    : KEPT_OTHER;
    return query_finish(&q, err);
}

bool sqlite_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                      struct error *err)
{
    int64_t base;
    enum kept kept;
    if (!find_base(c, office, reg, &base, err)) return false;
    if (base == 0 && !add_base(c, office, reg, &base, err)) return false;
    if (!look(c, base + id, w, &kept, err)) return false;
    if (kept == KEPT_SAME) return true;
    auto_query q = kept ? query_start(c, "update \"fz_words\" set pairs = ?, chars = ? where rowid = ?")
                        : query_start(c, "insert into \"fz_words\" (pairs, chars, rowid) values (?, ?, ?)");
    query_bind_str(&q, buf_str(&w->pairs));
    query_bind_str(&q, buf_str(&w->chars));
    query_bind_i64(&q, base + id);
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
