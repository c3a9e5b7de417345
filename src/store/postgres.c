/* The PostgreSQL backend: connections, transactions, and the SQL that only PostgreSQL understands. How statements and
 * answers travel is told in postgres_pipe.h.
 *
 * Offices write side by side; within one office a transaction-long advisory lock makes one writer of all servers. The
 * log's key (office, seq) would refuse a second writer even if the lock failed. */
#include "store/postgres.h"

#include <stdlib.h>
#include <string.h>

static struct postgres *postgres_of(const struct conn *c)
{
    return c->handle;
}

struct pipe *pipe_of(const struct conn *c)
{
    return &postgres_of(c)->pipe;
}

/* ---- faults ---- */

struct known_fault {
    const char *state; /* SQLSTATE or its first characters */
    enum error_code code;
    const char *say;
};

static const struct known_fault known_faults[] = {
    {"23505", ERR_CONFLICT, "已经有同一标识或编号的记录"},
    {"40", ERR_CONFLICT, "与别人同时办理的事项冲突，没有保存，请重试"},
    {"55P03", ERR_BUSY, "数据库正被占用，请稍后再试"},
    {"57014", ERR_BUSY, "数据库用时过长，已停止，请稍后再试"},
    {"53100", ERR_BUSY, "数据库服务器的磁盘已满，没有保存。请腾出空间后重试"},
    {"53200", ERR_BUSY, "数据库服务器内存不足，没有保存，请稍后再试"},
    {"53300", ERR_BUSY, "数据库的连接数已满，请稍后再试，或者请管理员调大 max_connections"},
    {"57P", ERR_BUSY, "数据库服务器正在停止或启动，请稍后再试"},
    {"25006", ERR_STORE, "数据库是只读的，不能保存，请检查连接的是不是主库"},
    {"28", ERR_STORE, "数据库不接受这个用户或密码，请检查 --database"},
    {"3D000", ERR_STORE, "没有这个数据库，请先用 createdb 建立"},
    {"42501", ERR_STORE, "数据库用户的权限不够，请授权后重试"},
    {"08", ERR_BUSY, "与数据库的连接断开了，请稍后再试"},
};

/* The first line, without the severity before it. */
struct str postgres_first_line(const char *message)
{
    struct str t = str_from(message ? message : "");
    struct str line = t;
    str_split(&t, '\n', &line);
    return str_trim(line);
}

bool postgres_fault(PGconn *db, const PGresult *result, struct error *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    struct str say = postgres_first_line(primary ? primary : PQerrorMessage(db));
    if (!state && PQstatus(db) != CONNECTION_OK) state = "08006";
    for (size_t i = 0; state && i < sizeof known_faults / sizeof *known_faults; i++) {
        const struct known_fault *f = &known_faults[i];
        if (strncmp(state, f->state, strlen(f->state)) == 0)
            return error_set(err, f->code, "%s（%.*s）", f->say, STR_ARG(say));
    }
    return error_set(err, ERR_STORE, "数据库出错（%s）：%.*s", state ? state : "-", STR_ARG(say));
}

/* ---- connections ---- */

static bool send(struct conn *c, const char *sql, struct pipe_order order, struct error *err)
{
    return pipe_send(pipe_of(c), &(struct pipe_statement){.sql = sql}, order, err);
}

bool postgres_run(struct conn *c, const char *sql, struct pipe_order order, struct error *err)
{
    PGresult *r = pipe_ask(pipe_of(c), &(struct pipe_statement){.sql = sql}, order, err);
    PQclear(r);
    return r != NULL;
}

static bool check_server(PGconn *db, struct error *err)
{
    if (PQserverVersion(db) < 150000)
        return error_set(err, ERR_STORE, "PostgreSQL 须为 15 或更高版本（现为 %d）", PQserverVersion(db) / 10000);
    const char *encoding = PQparameterStatus(db, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(err, ERR_STORE, "数据库的编码须为 UTF8，请重新建库：createdb --encoding=UTF8 --template=template0 库名");
    return true;
}

/* How a day is written and who waits how long must not depend on the server's settings. */
static const char settings[] =
    "select set_config('datestyle', 'ISO, YMD', false), set_config('timezone', 'UTC', false), "
    "set_config('lock_timeout', '5s', false), set_config('statement_timeout', '600s', false), "
    "set_config('idle_in_transaction_session_timeout', '900s', false), set_config('jit', 'off', false)";

static const char lock_text[] = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

static void postgres_disconnect(struct conn *c)
{
    pipe_close(pipe_of(c));
    free(c->handle);
}

static bool postgres_connect(struct conn *c, bool create, struct error *err)
{
    (void)create;
    /* A server that is gone without a word is noticed within seconds. */
    const char *const names[] = {"keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                                 "connect_timeout", "dbname",              "client_encoding",  "application_name", NULL};
    const char *const values[] = {"10", "5", "2", "15000", "5", c->store->database, "UTF8", "fazhi", NULL};
    const struct pipe_server server = {c->store->database, &c->store->silent_at};
    struct postgres *p = calloc(1, sizeof *p);
    if (!p) return error_set(err, ERR_STORE, "打不开数据库：内存不足");
    c->handle = p;
    if (pipe_open(&p->pipe, names, values, &server, err) && check_server(p->pipe.db, err) &&
        pipe_prepare(&p->pipe, "fz_lock", lock_text, NULL, err) && postgres_run(c, settings, (struct pipe_order){0}, err))
        return true;
    postgres_disconnect(c);
    return false;
}

static bool postgres_broken(struct conn *c)
{
    return pipe_of(c)->lost || PQstatus(pipe_of(c)->db) != CONNECTION_OK;
}

/* ---- transactions ---- */

/* The beginning goes out with the first statement, so that a connection that was closed meanwhile must be seen before. */
static bool begin(struct conn *c, const char *sql, struct error *err)
{
    struct postgres *p = postgres_of(c);
    if (pipe_is_closed(&p->pipe)) return pipe_settle(&p->pipe, err);
    p->open = send(c, sql, (struct pipe_order){0}, err);
    return p->open;
}

static bool postgres_begin_read(struct conn *c, struct error *err)
{
    return begin(c, "begin isolation level repeatable read read only", err);
}

/* A statement alone sees one state without a transaction around it. */
static bool postgres_begin_glance(struct conn *c, struct error *err)
{
    return !pipe_is_closed(pipe_of(c)) || pipe_settle(pipe_of(c), err);
}

static const char try_text[] = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))";
static const char schema_text[] = "select pg_advisory_xact_lock(hashtextextended($1, 1))";

static const struct refusal not_now = {ERR_BUSY, "", "现在有别的大批写入（如导入）正在进行，没有保存，请稍后再试"};
static const struct pipe_order lock_order = {.refusal = &not_now};

static bool postgres_begin_write(struct conn *c, struct str office, bool *busy, struct error *err)
{
    auto_arena a = arena_open();
    const char *name = str_cstr(a, str_printf(a, "fazhi/%.*s", STR_ARG(office)));
    const struct pipe_statement lock = {.name = busy ? NULL : "fz_lock", .sql = try_text, .count = 1, .values = &name};
    if (!begin(c, "begin", err)) return false;
    if (!busy) {
        struct pipe_order order = lock_order;
        order.done = &postgres_of(c)->locked;
        postgres_of(c)->locked = true;
        return pipe_send(pipe_of(c), &lock, order, err);
    }
    PGresult *r = pipe_ask(pipe_of(c), &lock, lock_order, err);
    *busy = r && strcmp(PQgetvalue(r, 0, 0), "f") == 0;
    postgres_of(c)->locked = true; /* nobody waited for it */
    PQclear(r);
    return r && !*busy;
}

/* Offices of several servers may be opened at once: the schema is one writer's. */
static bool postgres_lock_schema(struct conn *c, struct error *err)
{
    const char *name = "fazhi";
    if (!send(c, "set local lock_timeout = '60s'", (struct pipe_order){0}, err)) return false;
    PGresult *r = pipe_ask(pipe_of(c), &(struct pipe_statement){.sql = schema_text, .count = 1, .values = &name}, lock_order, err);
    PQclear(r);
    return r != NULL;
}

/* Goes out with all that was put off. When something of that fails, the server passes the commit over. */
static bool postgres_commit(struct conn *c, struct error *err)
{
    struct postgres *p = postgres_of(c);
    if (p->pipe.lost || p->pipe.failed) return pipe_settle(&p->pipe, err);
    PGresult *r = pipe_ask(&p->pipe, &(struct pipe_statement){.sql = "commit"}, (struct pipe_order){0}, err);
    bool saved = r && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    if (r) p->open = false;
    if (r && !saved) error_set(err, ERR_BUSY, "没有保存：数据库中断了这次写入，请稍后重试");
    if (p->pipe.lost) error_set(err, ERR_STORE, "保存时与数据库的连接断开了，不能确定是否已保存：请刷新核对后再办");
    PQclear(r);
    return saved;
}

/* Nobody waits for the end of a read. */
static void postgres_rollback(struct conn *c)
{
    struct postgres *p = postgres_of(c);
    const struct pipe_order undo = {.undoes = true};
    if (!p->open) pipe_recover(&p->pipe);
    if (!p->open) return;
    p->open = false;
    if (c->writer && !p->locked && !p->pipe.lost) turn_kept_elsewhere(c);
    if (c->writer)
        postgres_run(c, "rollback", undo, NULL);
    else if (send(c, "rollback", undo, NULL))
        pipe_part(&p->pipe, NULL);
}

static bool postgres_in_transaction(struct conn *c)
{
    const struct postgres *p = postgres_of(c);
    return p->open && !p->pipe.failed && !p->pipe.lost;
}

/* Plans were made when the table was small, where any index served as well as the right one; within a transaction the
 * server itself learns nothing new. Another office that does the same just now has the lock: then it does it for both. */
static bool postgres_grown(struct conn *c, const struct reg *reg, struct error *err)
{
    auto_query q = query_start(c, "analyze (skip_locked) %T, \"fz_deadline\", \"fz_act\", \"fz_words\"", reg);
    return query_run(&q, NULL, err);
}

/* ---- schema ---- */

static bool postgres_table_columns(struct conn *c, struct arena *a, struct str table, struct column **list,
                                   size_t *count, struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    auto_query q = query_start(c, "select a.attname::text, format_type(a.atttypid, null) from pg_attribute as a "
                                  "join pg_class as t on t.oid = a.attrelid where t.relname = ? and "
                                  "t.relnamespace = current_schema()::regnamespace and a.attnum > 0 and not a.attisdropped "
                                  "order by a.attnum");
    query_bind_str(&q, table);
    while (query_row(&q)) {
        struct column column = {.name = query_str(&q, a, 0)};
        struct str type = query_str(&q, a, 1);
        for (int i = 0; i < COLUMN_KINDS; i++)
            if (str_starts(str_from(c->backend->kind_names[i]), type)) column.type = str_from(c->backend->kind_names[i]);
        if (column.type.len == 0) column.type = type;
        ARENA_PUSH(a, *list, *count, cap, column);
    }
    return query_finish(&q, err);
}

const struct backend backend_postgres = {
    .dialect = DIALECT_POSTGRES,
    /* Order and equality as with SQLite, byte by byte, whatever the database's locale. */
    .kind_names = {[COLUMN_INTEGER] = "bigint",
                   [COLUMN_TEXT] = "text collate \"C\"",
                   [COLUMN_DATE] = "date",
                   [COLUMN_MOMENT] = "timestamp without time zone"},
    .table_end = "",
    .turn_each = true,
    .most_readers = 24,
    .most_writers = 16,
    .connect = postgres_connect,
    .disconnect = postgres_disconnect,
    .begin_read = postgres_begin_read,
    .begin_glance = postgres_begin_glance,
    .begin_write = postgres_begin_write,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .in_transaction = postgres_in_transaction,
    .broken = postgres_broken,
    .prepare = postgres_prepare,
    .finalize = postgres_finalize,
    .reset = postgres_reset,
    .bind = postgres_bind,
    .stream = postgres_stream,
    .later = postgres_later,
    .send = postgres_send,
    .settle = postgres_settle,
    .must_before = "with must as (",
    .must_after = " returning 1) select 1 / count(*) from must",
    .step = postgres_step,
    .column = postgres_column,
    .changes = postgres_changes,
    .table_columns = postgres_table_columns,
    .lock_schema = postgres_lock_schema,
    .files_make = postgres_files_make,
    .grown = postgres_grown,
    .bulk_begin = postgres_bulk_begin,
    .bulk_row = postgres_bulk_row,
    .bulk_end = postgres_bulk_end,
    .file_put = postgres_file_put,
    .file_get = postgres_file_get,
    .file_remove = postgres_file_remove,
    .words_make = postgres_words_make,
    .words_put = postgres_words_put,
    .words_condition = postgres_words_condition,
    .words_match = postgres_words_match,
};
