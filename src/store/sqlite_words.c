/* The text index on SQLite: an FTS5 table of our own tokens. Each register of each office has a range of its row
 * numbers, and in it a row stands at its record's id: hits come in the order of ids, and a page of them is found
 * without looking at the rest. FTS5's `ascii` tokenizer keeps every non-ASCII byte, so that our tokens pass unchanged.
 *
 * It holds the index alone, neither the text nor its length: both would take three times its room. So an entry is taken
 * out by the text that it was made of, which is kept in fz_words_was from the record's change to the end of the
 * transaction. Pairs and single characters stand in one column: no token can be both. */
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

/* How many bytes of tokens FTS5 gathers in memory before it writes them out: an import writes, and merges, fewer parts.
 */
#define GATHERED "16777216"

static bool has_column(struct conn *c, struct arena *a, const char *table, const char *column, bool *has,
                       struct error *err)
{
    struct column *columns;
    size_t count;
    if (!c->backend->table_columns(c, a, str_from(table), &columns, &count, err)) return false;
    *has = false;
    for (size_t i = 0; i < count; i++) *has = *has || str_is(columns[i].name, column);
    return true;
}

/* An index of an older form goes, and what was remembered about it: it is made anew. */
static bool drop_old(struct conn *c, struct error *err)
{
    static const char *const statements[] = {
        "drop table if exists \"fz_words_of\"",
        "drop table if exists \"fz_words\"",
        "delete from \"fz_meta\" where \"office\" = '' and \"name\" like 'words:%'",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (!conn_execute(c, statements[i], err)) return false;
    return true;
}

bool sqlite_words_make(struct conn *c, struct error *err)
{
    static const char *const tables[] = {
        "create table if not exists \"fz_words_base\" (\"office\" TEXT not null, \"register\" TEXT not null, "
        "\"base\" INTEGER not null, primary key (\"office\", \"register\"), unique (\"base\")) strict",
        "create table if not exists \"fz_words_was\" (\"row\" INTEGER primary key, \"words\" TEXT not null) strict",
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!conn_execute(c, tables[i], err)) return false;
    auto_arena a = arena_open();
    bool current;
    if (!has_column(c, a, "fz_words", "words", &current, err)) return false;
    return current ||
           (drop_old(c, err) &&
            conn_execute(c,
                         "create virtual table \"fz_words\" using fts5(words, tokenize = 'ascii', content = '', "
                         "columnsize = 0)",
                         err) &&
            conn_execute(c, "insert into \"fz_words\" (\"fz_words\", rank) values ('hashsize', " GATHERED ")", err));
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

/* The row of a record; its register gets a range when it has none. */
static bool row_of(struct conn *c, struct str office, struct str reg, int64_t id, int64_t *row, struct error *err)
{
    int64_t base;
    if (!find_base(c, office, reg, &base, err)) return false;
    if (base == 0 && !add_base(c, office, reg, &base, err)) return false;
    *row = base + id;
    return true;
}

static struct str text_of(struct arena *a, const struct words *w)
{
    struct buf b = buf_in(a);
    buf_put(&b, buf_str(&w->pairs));
    buf_putc(&b, ' ');
    buf_put(&b, buf_str(&w->chars));
    return buf_str(&b);
}

/* A statement with a row and its words. */
static bool run_with(struct conn *c, const char *sql, int64_t row, struct str words, struct error *err)
{
    auto_query q = query_start(c, sql);
    query_bind_i64(&q, row);
    query_bind_str(&q, words);
    return query_run(&q, NULL, err);
}

bool sqlite_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                      struct error *err)
{
    int64_t row;
    struct str text = text_of(w->pairs.arena, w);
    return row_of(c, office, reg, id, &row, err) &&
           run_with(c, "insert into \"fz_words\" (rowid, words) values (?, ?)", row, text, err);
}

bool sqlite_words_keep(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *was,
                       struct error *err)
{
    int64_t row;
    struct str text = text_of(was->pairs.arena, was);
    return row_of(c, office, reg, id, &row, err) &&
           run_with(c, "insert into \"fz_words_was\" (\"row\", \"words\") values (?, ?) on conflict do nothing", row,
                    text, err);
}

bool sqlite_words_take_out(struct conn *c, struct arena *a, struct words_of *records, size_t most, size_t *count,
                           struct error *err)
{
    *count = 0;
    int64_t *rows = arena_new_array(a, int64_t, most);
    struct str *words = arena_new_array(a, struct str, most);
    auto_query q =
        query_start(c, "select w.\"row\", w.\"words\", b.\"office\", b.\"register\", w.\"row\" - b.\"base\" "
                       "from \"fz_words_was\" as w join \"fz_words_base\" as b on w.\"row\" > b.\"base\" and "
                       "w.\"row\" < b.\"base\" + " RANGE " limit ?");
    query_bind_i64(&q, (int64_t)most);
    for (; *count < most && query_row(&q); ++*count) {
        rows[*count] = query_i64(&q, 0);
        words[*count] = query_str(&q, a, 1);
        records[*count] = (struct words_of){query_str(&q, a, 2), query_str(&q, a, 3), query_i64(&q, 4)};
    }
    if (!query_finish(&q, err)) return false;
    for (size_t i = 0; i < *count; i++) {
        if (!run_with(c, "insert into \"fz_words\" (\"fz_words\", rowid, words) values ('delete', ?, ?)", rows[i],
                      words[i], err))
            return false;
        auto_query gone = query_start(c, "delete from \"fz_words_was\" where \"row\" = ?");
        query_bind_i64(&gone, rows[i]);
        if (!query_run(&gone, NULL, err)) return false;
    }
    return true;
}

bool sqlite_words_clear(struct conn *c, struct error *err)
{
    return conn_execute(c, "insert into \"fz_words\" (\"fz_words\") values ('delete-all')", err) &&
           conn_execute(c, "delete from \"fz_words_was\"", err);
}

/* A new range: what stands in the old one, which is never given again, belongs to no record. It takes room until all of
 * the index is made anew. */
bool sqlite_words_renew(struct conn *c, struct str office, struct str reg, struct error *err)
{
    auto_query q = query_start(c, "update \"fz_words_base\" set \"base\" = (select max(\"base\") + " RANGE
                                  " from \"fz_words_base\") where \"office\" = ? and \"register\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
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
        buf_putc(&b, '"');
        buf_put(&b, terms[i].tokens);
        buf_puts(&b, terms[i].kind == TERM_PREFIX ? "\" *" : "\"");
    }
    return buf_str(&b);
}
