/* limit_sqlite: what this machine does with bare SQLite, for the same rows as one act of the product.
 *
 *   limit_sqlite --template DB --register R [--records K] --db NEW --port P
 *   limit_sqlite --template DB --register R [--records K] --db NEW --bulk N [--batch N]
 *   limit_sqlite --db DB --port P --query NAME=SQL …
 *
 * The first loads the rows of the K newest records of the register in DB (a database of the product) as a pattern, and
 * serves acts in NEW: each writes the rows of one record under new ids and moves on two counters and the head of the act
 * chain; all that wait are one transaction. NEW gets the schema of DB when it is not there; a copy of DB is written on,
 * so that the indexes are as large as the product's. The second writes N records so in transactions of --batch (0: one)
 * and prints how many a second. The third serves named SELECTs on a database that it does not change; `?1` is the id of
 * the address. WAL (--bulk: a rollback journal, as in the product), synchronous=FULL, cache as in the product. */
#include <getopt.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entries.h"
#include "rows.h"
#include "serve.h"

enum { MOST_QUERIES = 32, COUNTERS = 3 };

struct options {
    const char *template, *reg, *db, *queries[MOST_QUERIES];
    size_t query_count, batch, bulk;
    int records, port;
};

struct store {
    struct options o;
    sqlite3 *db;
    struct rows rows;
    long long first; /* the id before the first that is written */
    sqlite3_stmt *begin, *commit, *rollback, *counters[COUNTERS];
};

static sqlite3 *open_db(const char *path, bool writes)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | (writes ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        die(path, sqlite3_errmsg(db));
    const char *setup = writes ? "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384; "
                                 "pragma mmap_size = 268435456; pragma temp_store = memory"
                               : "pragma query_only = on; pragma cache_size = -16384; pragma mmap_size = 268435456";
    if (sqlite3_exec(db, setup, NULL, NULL, NULL) != SQLITE_OK) die("pragma", sqlite3_errmsg(db));
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) die(sql, sqlite3_errmsg(db));
    return st;
}

static bool run(sqlite3_stmt *st)
{
    int result = sqlite3_step(st);
    while (result == SQLITE_ROW) result = sqlite3_step(st);
    sqlite3_reset(st);
    return result == SQLITE_DONE;
}

/* ---- the pattern ---- */

static long long one_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = prepare(db, sql);
    long long n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return n;
}

static void copy_schema(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *st = prepare(from, "select sql from sqlite_schema where sql is not null and name not like 'sqlite\\_%' escape "
                                     "'\\' and name not in (select name from pragma_table_list where type = 'shadow') "
                                     "order by type <> 'table', rowid");
    while (sqlite3_step(st) == SQLITE_ROW)
        if (sqlite3_exec(to, (const char *)sqlite3_column_text(st, 0), NULL, NULL, NULL) != SQLITE_OK)
            die((const char *)sqlite3_column_text(st, 0), sqlite3_errmsg(to));
    sqlite3_finalize(st);
    long long gathered = one_number(from, "select v from fz_words_config where k = 'hashsize'");
    st = prepare(to, "insert into fz_words (fz_words, rank) values ('hashsize', ?)");
    sqlite3_bind_int64(st, 1, gathered);
    if (!run(st)) die("hashsize", sqlite3_errmsg(to));
    sqlite3_finalize(st);
}

static char *select_of(const char *table, const char *tail)
{
    struct page sql = {0};
    page_put(&sql, "select * from \"");
    page_put(&sql, table);
    page_put(&sql, "\" where ");
    page_put(&sql, tail);
    return sql.s;
}

/* A table of the pattern; its statement, until the writing begins, selects the rows of one record. */
static void add_source(struct rows *r, sqlite3 *from, const char *name, const char *sql, bool main)
{
    struct table *t = rows_table(r, name);
    sqlite3_stmt *st = t->statement = prepare(from, sql);
    for (int i = 0; i < sqlite3_column_count(st); i++) {
        const char *column = sqlite3_column_name(st, i);
        rows_column(t, column, main && strcmp(column, "id") == 0 ? ROLE_RECORD : rows_role(column));
    }
}

static void find_tables(struct store *s, sqlite3 *from)
{
    add_source(&s->rows, from, s->o.reg, select_of(s->o.reg, "office = ?3 and ?1 is not null and id = ?2"), true);
    sqlite3_stmt *st = prepare(from, "select l.name from pragma_table_list as l where l.type = 'table' and l.schema = 'main' and "
                                     "(select count(*) from pragma_table_info(l.name) where name in ('office', 'register', 'record')) = 3");
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        add_source(&s->rows, from, name, select_of(name, "office = ?3 and register = ?1 and record = ?2"), false);
    }
    sqlite3_finalize(st);
}

static struct cell cell_of(sqlite3_stmt *st, int at)
{
    switch (sqlite3_column_type(st, at)) {
    case SQLITE_NULL: return (struct cell){.kind = CELL_NULL};
    case SQLITE_INTEGER: return rows_integer(sqlite3_column_int64(st, at));
    default: return rows_text((const char *)sqlite3_column_text(st, at), (size_t)sqlite3_column_bytes(st, at));
    }
}

static void load_record(struct store *s, const char *office, long long id)
{
    struct record *rec = rows_record(&s->rows);
    for (size_t i = 0; i < s->rows.table_count; i++) {
        sqlite3_stmt *st = s->rows.tables[i]->statement;
        sqlite3_bind_text(st, 1, s->o.reg, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, id);
        sqlite3_bind_text(st, 3, office, -1, SQLITE_STATIC);
        while (sqlite3_step(st) == SQLITE_ROW) {
            struct row *row = rows_row(rec, s->rows.tables[i]);
            for (int k = 0; k < sqlite3_column_count(st); k++) row->cells[k] = cell_of(st, k);
        }
        sqlite3_reset(st);
    }
}

/* The entries of the text index; its table comes last. `ids` descend, as the records do. */
static void load_entries(struct rows *r, sqlite3 *from, const char *office, const char *reg, const long long *ids)
{
    char **texts = entries_read(from, office, reg, ids, r->record_count);
    struct table *t = rows_table(r, "fz_words");
    rows_column(t, "rowid", ROLE_RECORD);
    rows_column(t, "words", ROLE_SAME);
    for (size_t i = 0; i < r->record_count; i++)
        if (texts[i][0]) rows_row(&r->records[i], t)->cells[1] = rows_text(texts[i], strlen(texts[i]));
}

/* New ids begin behind all that are there. */
static void go_on_from(struct store *s)
{
    s->rows.id = s->first = one_number(s->db, "select coalesce(max(last), 0) from fz_seq where register = ''");
    s->rows.seq = one_number(s->db, "select max(seq) from fz_act");
}

/* The newest records of the office that has the newest. */
static void load_records(struct store *s, sqlite3 *from)
{
    struct page sql = {0};
    page_put(&sql, "select id, office from \"");
    page_put(&sql, s->o.reg);
    page_put(&sql, "\" as r where office = (select office from \"");
    page_put(&sql, s->o.reg);
    page_put(&sql, "\" order by rowid desc limit 1) order by id desc limit ?");
    sqlite3_stmt *st = prepare(from, sql.s);
    sqlite3_bind_int(st, 1, s->o.records);
    long long *ids = must(calloc((size_t)s->o.records, sizeof *ids));
    char *office = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (!office) office = must(strdup((const char *)sqlite3_column_text(st, 1)));
        ids[s->rows.record_count] = sqlite3_column_int64(st, 0);
        load_record(s, office, ids[s->rows.record_count]);
    }
    sqlite3_finalize(st);
    if (!s->rows.record_count) die("no records to take as a pattern", s->o.reg);
    load_entries(&s->rows, from, office, s->o.reg, ids);
    free(ids);
    free(office);
}

static void load_pattern(struct store *s)
{
    sqlite3 *from = open_db(s->o.template, false);
    if (one_number(s->db, "select count(*) from sqlite_schema") == 0) copy_schema(from, s->db);
    go_on_from(s);
    find_tables(s, from);
    load_records(s, from);
    for (size_t i = 0; i < s->rows.table_count; i++) {
        sqlite3_finalize(s->rows.tables[i]->statement);
        s->rows.tables[i]->statement = prepare(s->db, rows_insert(s->rows.tables[i], 0));
    }
    sqlite3_close(from);
}

/* ---- writing ---- */

/* Plain updates: for `on conflict` or `returning` SQLite would take a savepoint, at which FTS5 writes out all it holds. */
static void prepare_writing(struct store *s)
{
    static const char *const counters[COUNTERS] = {
        "update fz_seq set last = last + 1 where office = 'limit' and register = '' and year = 0",
        "update fz_seq set last = last + 1 where office = 'limit' and register = 'limit' and year = 2026",
        "update fz_setting set value = '1234567 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' "
        "where office = 'limit' and name = 'chain_head'",
    };
    if (sqlite3_exec(s->db,
                     "insert into fz_seq (office, register, year, last) values ('limit', '', 0, 0), ('limit', 'limit', 2026, 0);"
                     "insert into fz_setting (office, name, value) values ('limit', 'chain_head', '')",
                     NULL, NULL, NULL) != SQLITE_OK)
        die("counters", sqlite3_errmsg(s->db));
    s->begin = prepare(s->db, "begin immediate");
    s->commit = prepare(s->db, "commit");
    s->rollback = prepare(s->db, "rollback");
    for (size_t i = 0; i < COUNTERS; i++) s->counters[i] = prepare(s->db, counters[i]);
}

static bool write_row(struct rows *r, const struct row *row)
{
    sqlite3_stmt *st = row->table->statement;
    rows_begin(r, row);
    for (size_t i = 0; i < row->table->column_count; i++) {
        struct cell c = rows_cell(r, row, i);
        int at = (int)i + 1;
        if (c.kind == CELL_NULL) sqlite3_bind_null(st, at);
        else if (c.kind == CELL_INTEGER) sqlite3_bind_int64(st, at, c.i);
        else sqlite3_bind_text(st, at, c.text, (int)c.len, SQLITE_STATIC);
    }
    return run(st);
}

static bool write_record(struct rows *r)
{
    const struct record *rec = rows_next(r);
    for (size_t i = 0; i < rec->count; i++)
        if (!write_row(r, &rec->rows[i])) return false;
    return true;
}

static bool write_acts(void *state, size_t acts)
{
    struct store *s = state;
    bool ok = run(s->begin);
    for (size_t i = 0; ok && i < acts; i++) {
        ok = write_record(&s->rows);
        for (size_t k = 0; ok && k < COUNTERS; k++) ok = run(s->counters[k]);
    }
    if (ok && run(s->commit)) return true;
    fprintf(stderr, "limit_sqlite: %s\n", sqlite3_errmsg(s->db));
    run(s->rollback);
    return false;
}

/* As the product does it with so many rows when nobody else has the database open. */
enum { ROWS_ALONE = 5000 };

static void write_bulk(struct store *s)
{
    struct timespec begin;
    if (s->o.bulk >= ROWS_ALONE &&
        sqlite3_exec(s->db, "pragma journal_mode = truncate; pragma mmap_size = 0; pragma cache_size = -65536", NULL, NULL, NULL) !=
            SQLITE_OK)
        die("pragma", sqlite3_errmsg(s->db));
    size_t batch = s->o.batch ? s->o.batch : s->o.bulk;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (size_t done = 0; done < s->o.bulk;) {
        bool ok = run(s->begin);
        for (size_t i = 0; ok && i < batch && done < s->o.bulk; i++, done++) ok = write_record(&s->rows);
        if (!ok || !run(s->commit)) die("bulk", sqlite3_errmsg(s->db));
    }
    rows_tell_rate(s->o.bulk, &begin);
}

/* ---- reading ---- */

struct reader {
    const struct options *o;
    sqlite3 *db;
    sqlite3_stmt *statements[MOST_QUERIES];
};

static void *open_reader(void *state)
{
    struct store *s = state;
    struct reader *r = must(calloc(1, sizeof *r));
    r->o = &s->o;
    r->db = open_db(s->o.db, false);
    return r;
}

/* The statement of NAME=SQL, prepared when it is first asked for. */
static sqlite3_stmt *find_query(struct reader *r, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < r->o->query_count; i++) {
        if (strncmp(r->o->queries[i], name, len) != 0 || r->o->queries[i][len] != '=') continue;
        if (!r->statements[i]) r->statements[i] = prepare(r->db, r->o->queries[i] + len + 1);
        return r->statements[i];
    }
    return NULL;
}

static bool read_rows(void *reader, const char *name, long long id, struct page *page)
{
    sqlite3_stmt *st = find_query(reader, name);
    if (!st) return false;
    int result;
    if (sqlite3_bind_parameter_count(st)) sqlite3_bind_int64(st, 1, id);
    while ((result = sqlite3_step(st)) == SQLITE_ROW) {
        page_put(page, "<tr>");
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            const char *text = (const char *)sqlite3_column_text(st, i);
            page_put_cell(page, text ? text : "", (size_t)sqlite3_column_bytes(st, i));
        }
        page_put(page, "</tr>\n");
    }
    sqlite3_reset(st);
    return result == SQLITE_DONE;
}

/* ---- options ---- */

static void read_options(struct options *o, int argc, char **argv)
{
    static const struct option known[] = {{"template", 1, 0, 't'}, {"register", 1, 0, 'r'}, {"records", 1, 0, 'k'},
                                          {"db", 1, 0, 'd'},       {"port", 1, 0, 'p'},
                                          {"bulk", 1, 0, 'n'},     {"batch", 1, 0, 'b'},    {"query", 1, 0, 'q'},
                                          {0, 0, 0, 0}};
    *o = (struct options){.records = 1000};
    for (int k; (k = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (k) {
        case 't': o->template = optarg; break;
        case 'r': o->reg = optarg; break;
        case 'k': o->records = (int)strtol(optarg, NULL, 10); break;
        case 'd': o->db = optarg; break;
        case 'p': o->port = (int)strtol(optarg, NULL, 10); break;
        case 'n': o->bulk = strtoull(optarg, NULL, 10); break;
        case 'b': o->batch = strtoull(optarg, NULL, 10); break;
        case 'q':
            if (o->query_count == MOST_QUERIES) die("too many queries", NULL);
            o->queries[o->query_count++] = optarg;
            break;
        default: exit(2);
        }
    }
    if (!o->db || !(o->port || o->bulk) || (o->template && !o->reg)) die("see the comment at the head of the source", NULL);
}

int main(int argc, char **argv)
{
    struct store s = {0};
    read_options(&s.o, argc, argv);
    struct engine e = {.state = &s, .reader = open_reader, .read = read_rows};
    if (s.o.template) {
        s.db = open_db(s.o.db, true);
        load_pattern(&s);
        prepare_writing(&s);
        e.write = write_acts;
    }
    if (s.o.bulk) write_bulk(&s);
    else serve(&e, s.o.port);
    return 0;
}
