/* Prepared statements on PostgreSQL, prepared when they first run. All rows come at once, but for a stream, which a cursor gives in parts: other
 * statements may run between its rows. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/postgres.h"

enum { NAME_SIZE = 24, STREAM_ROWS = 1000, NUMBER_SIZE = 40 };

/* Numbers of the types that may come back (pg_type). */
enum { BOOL_OID = 16, INT8_OID = 20, INT2_OID = 21, INT4_OID = 23, FLOAT4_OID = 700, FLOAT8_OID = 701,
       TIMESTAMP_OID = 1114, NUMERIC_OID = 1700 };

struct parameter {
    char *text;
    size_t room;
};

struct statement {
    struct conn *conn;
    char name[NAME_SIZE];
    char *sql; /* with $1, $2, …; for the cursor */
    struct parameter *parameters;
    const char **values; /* by parameter: its text or NULL */
    int count;
    size_t bytes; /* of the values */
    PGresult *result;
    int row;
    bool prepared;       /* as far as is known: see pipe_prepare */
    bool undoes;         /* to a savepoint */
    bool sent;           /* the answer is not asked for yet */
    bool stream, cursor; /* cursor: it is open */
    char moment[32];     /* the column read last, when it was one */
};

static struct pipe *pipe_for(const struct statement *st)
{
    return pipe_of(st->conn);
}

/* ---- preparing ---- */

/* Marks stand outside of quotation marks; nothing of the program's SQL has them within. */
static char *numbered(struct str sql, int *count)
{
    auto_arena a = arena_open();
    struct buf b = buf_in(a);
    char quote = 0;
    *count = 0;
    for (size_t i = 0; i < sql.len; i++) {
        char ch = sql.s[i];
        if (quote ? ch == quote : ch == '\'' || ch == '"') quote = quote ? 0 : ch;
        if (ch == '?' && !quote)
            buf_putf(&b, "$%d", ++*count);
        else
            buf_putc(&b, ch);
    }
    struct str t = buf_str(&b);
    char *copy = malloc(t.len + 1);
    if (copy && t.len) memcpy(copy, t.s, t.len);
    if (copy) copy[t.len] = '\0';
    return copy;
}

static void free_statement(struct statement *st)
{
    for (int i = 0; st->parameters && i < st->count; i++) free(st->parameters[i].text);
    free(st->parameters);
    free(st->values);
    free(st->sql);
    PQclear(st->result);
    free(st);
}

static struct statement *make_statement(struct conn *c, struct str sql)
{
    struct statement *st = calloc(1, sizeof *st);
    if (!st) return NULL;
    st->conn = c;
    st->sql = numbered(sql, &st->count);
    size_t room = (size_t)st->count + 1;
    st->parameters = calloc(room, sizeof *st->parameters);
    st->values = calloc(room, sizeof *st->values);
    snprintf(st->name, sizeof st->name, "fz_s%u", ++((struct postgres *)c->handle)->names);
    if (st->sql && st->parameters && st->values) return st;
    free_statement(st);
    return NULL;
}

void *postgres_prepare(struct conn *c, struct str sql)
{
    struct statement *st = make_statement(c, sql);
    if (!st) {
        error_set(&c->fault, ERR_STORE, "内存不足");
        return NULL;
    }
    st->undoes = str_starts(sql, STR("rollback to "));
    return st;
}

/* What ends with the transaction, or the connection, if it can't be told now. */
static void command(struct statement *st, const char *what, const char *name)
{
    char sql[NAME_SIZE + 32];
    struct pipe *p = pipe_for(st);
    if (p->failed || p->lost) return;
    snprintf(sql, sizeof sql, "%s %s", what, name);
    pipe_send(p, &(struct pipe_statement){.sql = sql}, (struct pipe_order){0}, NULL);
}

void postgres_finalize(void *statement)
{
    struct statement *st = statement;
    postgres_reset(st);
    pipe_forget(pipe_for(st), &st->prepared, NULL);
    if (st->prepared) command(st, "deallocate", st->name);
    free_statement(st);
}

void postgres_reset(void *statement)
{
    struct statement *st = statement;
    if (st->sent) pipe_forget(pipe_for(st), NULL, &st->result);
    st->sent = false;
    PQclear(st->result);
    st->result = NULL;
    if (st->cursor) command(st, "close", st->name);
    st->cursor = st->stream = false;
    for (int i = 0; i < st->count; i++) st->values[i] = NULL;
    st->bytes = 0;
}

/* ---- values ---- */

/* Room for a parameter's text; kept for the next time. */
static char *room_for(struct parameter *p, size_t size)
{
    if (p->room >= size) return p->text;
    char *text = realloc(p->text, size);
    if (!text) return NULL;
    p->text = text;
    p->room = size;
    return text;
}

bool postgres_bind(struct conn *c, void *statement, int at, struct value v)
{
    struct statement *st = statement;
    assert(at < st->count);
    if (v.kind == VALUE_NULL) {
        st->values[at] = NULL;
        return true;
    }
    size_t size = v.kind == VALUE_TEXT ? v.t.len + 1 : NUMBER_SIZE;
    char *text = room_for(&st->parameters[at], size);
    if (!text) return error_set(&c->fault, ERR_STORE, "内存不足");
    if (v.kind == VALUE_INT) snprintf(text, size, "%lld", (long long)v.i);
    if (v.kind == VALUE_REAL) snprintf(text, size, "%.17g", v.r);
    if (v.kind == VALUE_TEXT) {
        if (v.t.len) memcpy(text, v.t.s, v.t.len);
        text[v.t.len] = '\0';
    }
    st->values[at] = text;
    st->bytes += size;
    return true;
}

void postgres_stream(void *statement)
{
    ((struct statement *)statement)->stream = true;
}

/* ---- rows ---- */

/* Takes the result over; NULL: there is a fault. */
static bool take(struct statement *st, PGresult *r)
{
    PQclear(st->result);
    st->result = r;
    st->row = -1;
    return r != NULL;
}

static bool fetch(struct statement *st)
{
    char sql[NAME_SIZE + 40];
    snprintf(sql, sizeof sql, "fetch %d from %s", STREAM_ROWS, st->name);
    return take(st, pipe_ask(pipe_for(st), &(struct pipe_statement){.sql = sql}, (struct pipe_order){0}, &st->conn->fault));
}

static bool open_cursor(struct statement *st)
{
    size_t size = strlen(st->sql) + NAME_SIZE + 40;
    char *sql = malloc(size);
    if (!sql) return error_set(&st->conn->fault, ERR_STORE, "内存不足");
    snprintf(sql, size, "declare %s no scroll cursor for %s", st->name, st->sql);
    const struct pipe_statement declare = {.sql = sql, .count = st->count, .values = st->values, .bytes = st->bytes};
    st->cursor = pipe_send(pipe_for(st), &declare, (struct pipe_order){0}, &st->conn->fault);
    free(sql);
    return st->cursor && fetch(st);
}

static bool be_prepared(struct statement *st)
{
    if (st->prepared) return true;
    st->prepared = true; /* until the answer says otherwise */
    return pipe_prepare(pipe_for(st), st->name, st->sql, &st->prepared, &st->conn->fault);
}

static struct pipe_statement message(const struct statement *st)
{
    return (struct pipe_statement){.name = st->name, .count = st->count, .values = st->values, .bytes = st->bytes};
}

/* The answer was to come with a later one, and perhaps has. */
static bool receive(struct statement *st)
{
    if (!st->result && !pipe_settle(pipe_for(st), &st->conn->fault)) return false;
    st->sent = false;
    return st->result || error_set(&st->conn->fault, ERR_STORE, "数据库没有给出结果");
}

static bool execute(struct statement *st)
{
    if (st->sent) return receive(st);
    if (st->stream) return open_cursor(st);
    const struct pipe_statement s = message(st);
    return be_prepared(st) &&
           take(st, pipe_ask(pipe_for(st), &s, (struct pipe_order){.undoes = st->undoes}, &st->conn->fault));
}

bool postgres_later(struct conn *c, void *statement, const struct refusal *refusal)
{
    struct statement *st = statement;
    const struct pipe_statement s = message(st);
    return be_prepared(st) &&
           pipe_send(pipe_for(st), &s, (struct pipe_order){.refusal = refusal, .undoes = st->undoes}, &c->fault);
}

bool postgres_send(struct conn *c, void *statement)
{
    struct statement *st = statement;
    const struct pipe_statement s = message(st);
    st->row = -1;
    st->sent = be_prepared(st) && pipe_send(pipe_for(st), &s, (struct pipe_order){.answer = &st->result}, &c->fault);
    return st->sent;
}

bool postgres_settle(struct conn *c, struct error *err)
{
    return pipe_settle(pipe_of(c), err);
}

int postgres_step(struct conn *c, void *statement)
{
    (void)c;
    struct statement *st = statement;
    if ((st->sent || !st->result) && !execute(st)) return -1;
    if (++st->row < PQntuples(st->result)) return 1;
    if (!st->cursor || PQntuples(st->result) < STREAM_ROWS) {
        st->row = PQntuples(st->result); /* stays at the end */
        return 0;
    }
    if (!fetch(st)) return -1;
    return ++st->row < PQntuples(st->result) ? 1 : 0;
}

/* 2024-03-01 09:30:00 → 2024-03-01T09:30:00, as moments are written everywhere else. */
static struct value moment(struct statement *st, struct str t)
{
    if (t.len >= sizeof st->moment) return value_text(t);
    memcpy(st->moment, t.s, t.len);
    if (t.len > 10) st->moment[10] = 'T';
    return value_text((struct str){st->moment, t.len});
}

struct value postgres_column(void *statement, int at)
{
    struct statement *st = statement;
    if (!st->result || PQgetisnull(st->result, st->row, at)) return value_null();
    struct str t = {PQgetvalue(st->result, st->row, at), (size_t)PQgetlength(st->result, st->row, at)};
    switch ((int)PQftype(st->result, at)) {
    case BOOL_OID: return value_int(t.s[0] == 't');
    case INT2_OID:
    case INT4_OID:
    case INT8_OID: return value_int(strtoll(t.s, NULL, 10));
    case FLOAT4_OID:
    case FLOAT8_OID:
    case NUMERIC_OID: return value_real(strtod(t.s, NULL));
    case TIMESTAMP_OID: return moment(st, t);
    default: return value_text(t);
    }
}

int64_t postgres_changes(struct conn *c, void *statement)
{
    (void)c;
    const struct statement *st = statement;
    return st->result ? strtoll(PQcmdTuples(st->result), NULL, 10) : 0;
}
