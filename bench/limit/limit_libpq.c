/* limit_libpq: what this machine does with bare PostgreSQL, for the same rows as one act of the product.
 *
 *   limit_libpq --url URL --register R [--records K] --port P
 *   limit_libpq --url URL --register R [--records K] --bulk N [--batch N]
 *   limit_libpq --url URL --port P --query NAME=SQL …
 *
 * URL is a copy of a database of the product. As limit_sqlite: the first loads the rows of the K newest records of the
 * register as a pattern and serves acts that write such rows under new ids; the second writes N records in transactions
 * of --batch; the third serves named SELECTs, `$1` is the id. All statements are prepared; a transaction goes over the
 * wire as one pipeline, since acts of one office stand in one chain and share their commit. A reader is a connection. */
#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows.h"
#include "serve.h"

enum { MOST_QUERIES = 32, MOST_COLUMNS = 200, COUNTERS = 3, PIPELINE = 100 };

struct options {
    const char *url, *reg, *queries[MOST_QUERIES];
    size_t query_count, batch, bulk;
    int records, port;
};

struct store {
    struct options o;
    PGconn *db;
    struct rows rows;
};

static PGconn *open_db(const char *url)
{
    PGconn *db = PQconnectdb(url);
    if (PQstatus(db) != CONNECTION_OK) die("connect", PQerrorMessage(db));
    return db;
}

static PGresult *ask(PGconn *db, const char *sql, int count, const char *const *values)
{
    PGresult *r = PQexecParams(db, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK) die(sql, PQerrorMessage(db));
    return r;
}

static void prepare(PGconn *db, const char *name, const char *sql)
{
    PGresult *r = PQprepare(db, name, sql, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) die(sql, PQerrorMessage(db));
    PQclear(r);
}

static long long one_number(PGconn *db, const char *sql)
{
    PGresult *r = ask(db, sql, 0, NULL);
    long long n = PQntuples(r) ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : 0;
    PQclear(r);
    return n;
}

/* ---- the pattern ---- */

static void add_table(struct store *s, const char *name, bool main)
{
    const char *values[] = {name};
    struct table *t = rows_table(&s->rows, name);
    PGresult *r = ask(s->db, "select column_name from information_schema.columns where table_schema = current_schema() and "
                             "table_name = $1 order by ordinal_position", 1, values);
    for (int i = 0; i < PQntuples(r); i++) {
        const char *column = PQgetvalue(r, i, 0);
        rows_column(t, column, main && strcmp(column, "id") == 0 ? ROLE_RECORD : rows_role(column));
    }
    PQclear(r);
    prepare(s->db, name, rows_insert(t, 1));
}

static void find_tables(struct store *s)
{
    add_table(s, s->o.reg, true);
    PGresult *r = ask(s->db, "select table_name from information_schema.columns where table_schema = current_schema() and "
                             "column_name in ('office', 'register', 'record') group by 1 having count(*) = 3 order by 1",
                      0, NULL);
    for (int i = 0; i < PQntuples(r); i++) add_table(s, PQgetvalue(r, i, 0), false);
    PQclear(r);
}

static void load_rows(struct store *s, struct record *rec, struct table *t, const char *office, const char *id)
{
    bool main = t == s->rows.tables[0];
    const char *values[] = {office, id, s->o.reg};
    struct page sql = {0};
    page_put(&sql, "select * from \"");
    page_put(&sql, t->name);
    page_put(&sql, main ? "\" where office = $1 and id = $2" : "\" where office = $1 and record = $2 and register = $3");
    PGresult *r = ask(s->db, sql.s, main ? 2 : 3, values);
    for (int i = 0; i < PQntuples(r); i++) {
        struct row *row = rows_row(rec, t);
        for (int k = 0; k < PQnfields(r); k++)
            if (!PQgetisnull(r, i, k)) row->cells[k] = rows_text(PQgetvalue(r, i, k), (size_t)PQgetlength(r, i, k));
    }
    PQclear(r);
    free(sql.s);
}

static void load_pattern(struct store *s)
{
    struct page sql = {0};
    char limit[32];
    find_tables(s);
    snprintf(limit, sizeof limit, "%d", s->o.records);
    page_put(&sql, "select office, id from \"");
    page_put(&sql, s->o.reg);
    page_put(&sql, "\" order by id desc limit ");
    page_put(&sql, limit);
    PGresult *ids = ask(s->db, sql.s, 0, NULL);
    for (int i = 0; i < PQntuples(ids); i++) {
        struct record *rec = rows_record(&s->rows);
        for (size_t k = 0; k < s->rows.table_count; k++)
            load_rows(s, rec, s->rows.tables[k], PQgetvalue(ids, i, 0), PQgetvalue(ids, i, 1));
    }
    PQclear(ids);
    if (!s->rows.record_count) die("no records to take as a pattern", s->o.reg);
    s->rows.id = one_number(s->db, "select coalesce(max(last), 0) from fz_seq where register = ''");
    s->rows.seq = one_number(s->db, "select coalesce(max(seq), 0) from fz_act");
}

/* ---- writing ---- */

static const char *const counters[COUNTERS][2] = {
    {"limit_id", "update fz_seq set last = last + 1 where office = 'limit' and register = '' and year = 0"},
    {"limit_number", "update fz_seq set last = last + 1 where office = 'limit' and register = 'limit' and year = 2026"},
    {"limit_head", "update fz_setting set value = '1234567 "
                   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' "
                   "where office = 'limit' and name = 'chain_head'"},
};

static void prepare_writing(struct store *s)
{
    PQclear(ask(s->db, "insert into fz_seq (office, register, year, last) values ('limit', '', 0, 0), "
                       "('limit', 'limit', 2026, 0)", 0, NULL));
    PQclear(ask(s->db, "insert into fz_setting (office, name, value) values ('limit', 'chain_head', '')", 0, NULL));
    prepare(s->db, "limit_begin", "begin");
    prepare(s->db, "limit_commit", "commit");
    for (size_t i = 0; i < COUNTERS; i++) prepare(s->db, counters[i][0], counters[i][1]);
}

static bool send(struct store *s, const char *name, int count, const char *const *values)
{
    return PQsendQueryPrepared(s->db, name, count, values, NULL, NULL, 0) == 1;
}

static bool send_row(struct store *s, const struct row *row)
{
    const char *values[MOST_COLUMNS];
    char numbers[MOST_COLUMNS][24];
    size_t count = row->table->column_count;
    if (count > MOST_COLUMNS) die("too many columns", row->table->name);
    rows_begin(&s->rows, row);
    for (size_t i = 0; i < count; i++) {
        struct cell c = rows_cell(&s->rows, row, i);
        values[i] = c.kind == CELL_TEXT ? c.text : NULL;
        if (c.kind != CELL_INTEGER) continue;
        snprintf(numbers[i], sizeof numbers[i], "%lld", c.i);
        values[i] = numbers[i];
    }
    return send(s, row->table->name, (int)count, values);
}

static bool send_record(struct store *s, bool counted)
{
    const struct record *rec = rows_next(&s->rows);
    bool ok = true;
    for (size_t i = 0; ok && i < rec->count; i++) ok = send_row(s, &rec->rows[i]);
    for (size_t i = 0; ok && counted && i < COUNTERS; i++) ok = send(s, counters[i][0], 0, NULL);
    return ok;
}

/* Reads the answers up to the end of the pipeline; false when one is a fault. */
static bool receive(struct store *s)
{
    bool ok = PQpipelineSync(s->db) == 1;
    for (;;) {
        PGresult *r = PQgetResult(s->db);
        if (!r) {
            if (PQstatus(s->db) != CONNECTION_OK) return false;
            continue; /* the end of one statement's answer */
        }
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_FATAL_ERROR) fprintf(stderr, "limit_libpq: %s", PQresultErrorMessage(r));
        ok = ok && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC);
        PQclear(r);
        if (status == PGRES_PIPELINE_SYNC) return ok;
    }
}

static bool write_acts(void *state, size_t acts)
{
    struct store *s = state;
    bool ok = send(s, "limit_begin", 0, NULL);
    for (size_t i = 0; ok && i < acts; i++) ok = send_record(s, true);
    ok = ok && send(s, "limit_commit", 0, NULL);
    return receive(s) && ok;
}

static void write_bulk(struct store *s)
{
    struct timespec begin;
    size_t batch = s->o.batch ? s->o.batch : s->o.bulk;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (size_t done = 0; done < s->o.bulk;) {
        bool ok = send(s, "limit_begin", 0, NULL);
        for (size_t i = 0; ok && i < batch && done < s->o.bulk; i++, done++) {
            ok = send_record(s, false);
            if (i % PIPELINE == PIPELINE - 1) ok = receive(s) && ok;
        }
        ok = ok && send(s, "limit_commit", 0, NULL);
        if (!receive(s) || !ok) die("bulk", PQerrorMessage(s->db));
    }
    rows_tell_rate(s->o.bulk, &begin);
}

/* ---- reading ---- */

struct reader {
    const struct options *o;
    PGconn *db;
    bool prepared[MOST_QUERIES];
};

static void *open_reader(void *state)
{
    struct store *s = state;
    struct reader *r = must(calloc(1, sizeof *r));
    r->o = &s->o;
    r->db = open_db(s->o.url);
    return r;
}

static bool read_rows(void *reader, const char *name, long long id, struct page *page)
{
    struct reader *r = reader;
    char number[32];
    size_t len = strlen(name), at = 0;
    while (at < r->o->query_count && (strncmp(r->o->queries[at], name, len) != 0 || r->o->queries[at][len] != '=')) at++;
    if (at == r->o->query_count) return false;
    const char *sql = r->o->queries[at] + len + 1;
    if (!r->prepared[at]) prepare(r->db, name, sql);
    r->prepared[at] = true;
    snprintf(number, sizeof number, "%lld", id);
    const char *values[] = {number};
    PGresult *rows = PQexecPrepared(r->db, name, strstr(sql, "$1") ? 1 : 0, values, NULL, NULL, 0);
    bool ok = PQresultStatus(rows) == PGRES_TUPLES_OK;
    for (int i = 0; ok && i < PQntuples(rows); i++) {
        page_put(page, "<tr>");
        for (int k = 0; k < PQnfields(rows); k++)
            page_put_cell(page, PQgetvalue(rows, i, k), (size_t)PQgetlength(rows, i, k));
        page_put(page, "</tr>\n");
    }
    PQclear(rows);
    return ok;
}

/* ---- options ---- */

static void read_options(struct options *o, int argc, char **argv)
{
    static const struct option known[] = {{"url", 1, 0, 'u'},  {"register", 1, 0, 'r'}, {"records", 1, 0, 'k'},
                                          {"port", 1, 0, 'p'},     {"bulk", 1, 0, 'n'},
                                          {"batch", 1, 0, 'b'}, {"query", 1, 0, 'q'},   {0, 0, 0, 0}};
    *o = (struct options){.records = 1000};
    for (int k; (k = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (k) {
        case 'u': o->url = optarg; break;
        case 'r': o->reg = optarg; break;
        case 'k': o->records = (int)strtol(optarg, NULL, 10); break;
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
    if (!o->url || !(o->port || (o->bulk && o->reg))) die("see the comment at the head of the source", NULL);
}

int main(int argc, char **argv)
{
    struct store s = {0};
    read_options(&s.o, argc, argv);
    struct engine e = {.state = &s, .reader = open_reader, .read = read_rows};
    if (s.o.reg) {
        s.db = open_db(s.o.url);
        load_pattern(&s);
        prepare_writing(&s);
        if (!PQenterPipelineMode(s.db)) die("pipeline", PQerrorMessage(s.db));
        e.write = write_acts;
    }
    if (s.o.bulk) write_bulk(&s);
    else serve(&e, s.o.port);
    return 0;
}
