/* The SQLite backend: connections, transactions, statements, and the SQL that only SQLite understands. */
#include "store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"

enum {
    BUSY_MS = 15000, /* how long a write waits for another program's */
    LOOKASIDE_BYTES = 1200,
    LOOKASIDE_WRITER = 500,
    LOOKASIDE_READER = 100,
};

static sqlite3 *db_of(struct conn *c)
{
    return c->handle;
}

/* ---- faults ---- */

struct known_fault {
    int result; /* extended or primary result code */
    enum error_code code;
    const char *say;
};

static const struct known_fault known_faults[] = {
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "已经有同一标识的记录"},
    {SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT, "已经有同一编号的记录"},
    {SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT, "已经有同一标识的记录"},
    {SQLITE_CONSTRAINT_DATATYPE, ERR_STORE, "值的类型与字段不符"},
    {SQLITE_BUSY, ERR_BUSY, "数据库正被另一个程序占用，请稍后再试"},
    {SQLITE_LOCKED, ERR_BUSY, "数据库正被占用，请稍后再试"},
    {SQLITE_FULL, ERR_BUSY, "磁盘已满，没有保存。请腾出空间后重试"},
    {SQLITE_IOERR_SHMSIZE, ERR_BUSY, "磁盘已满，没有保存。请腾出空间后重试"},
    {SQLITE_READONLY, ERR_STORE, "数据文件夹不可写，请检查权限"},
    {SQLITE_CORRUPT, ERR_STORE, "数据库文件已损坏，请停止使用并从备份恢复"},
    {SQLITE_NOTADB, ERR_STORE, "fazhi.db 不是数据库文件，请从备份恢复"},
    {SQLITE_IOERR, ERR_STORE, "读写磁盘失败，请检查磁盘"},
    {SQLITE_CANTOPEN, ERR_STORE, "打不开数据库文件，请检查数据文件夹和权限"},
    {SQLITE_TOOBIG, ERR_LIMIT, "内容太长，不能保存"},
};

bool sqlite_fault(sqlite3 *db, struct error *err)
{
    int result = sqlite3_extended_errcode(db);
    for (size_t i = 0; i < sizeof known_faults / sizeof *known_faults; i++) {
        const struct known_fault *f = &known_faults[i];
        if (f->result == result || f->result == (result & 0xff))
            return error_set(err, f->code, "%s（%s）", f->say, sqlite3_errmsg(db));
    }
    return error_set(err, ERR_STORE, "数据库出错（%d）：%s", result, sqlite3_errmsg(db));
}

/* ---- functions that compiled formulas call ---- */

/* fz_add_months('2024-01-31', 1) → '2024-02-29'; NULL for anything that is no date. */
static void fn_add_months(sqlite3_context *ctx, int count, sqlite3_value **args)
{
    assert(count == 2);
    (void)count;
    if (sqlite3_value_type(args[0]) != SQLITE_TEXT || sqlite3_value_type(args[1]) != SQLITE_INTEGER) return;
    struct str text = {(const char *)sqlite3_value_text(args[0]), (size_t)sqlite3_value_bytes(args[0])};
    sqlite3_int64 months = sqlite3_value_int64(args[1]);
    struct date date;
    if (months < -2400 || months > 2400 || !date_parse(text, &date)) return;
    auto_arena a = arena_open();
    struct str iso = date_iso(a, date_add_months(date, (int)months));
    sqlite3_result_text(ctx, iso.s, (int)iso.len, SQLITE_TRANSIENT);
}

static bool add_functions(sqlite3 *db)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_function_v2(db, "fz_add_months", 2, flags, NULL, fn_add_months, NULL, NULL, NULL) ==
               SQLITE_OK &&
           sqlite_add_states(db);
}

/* ---- connections ---- */

static const char *const pragmas_of_all[] = {
    "pragma synchronous = full", /* an acknowledged act is on disk */
    "pragma foreign_keys = off",
    "pragma secure_delete = on",
    "pragma temp_store = memory",
    "pragma mmap_size = 268435456",
    "pragma cache_size = -16384",
};

static struct str database_path(struct arena *a, const char *place)
{
    return str_printf(a, "%s/fazhi.db", place);
}

static bool sqlite_exists(const struct store *s)
{
    auto_arena a = arena_open();
    return file_exists(str_cstr(a, database_path(a, s->folder)));
}

/* The file is made by us first, so that nobody else on the machine can read it; SQLite gives its companions the
 * same mode. */
static bool make_private(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return error_at(err, ERR_IO, str_from(path), "不能建立数据库文件：%s", strerror(errno));
    close(fd);
    return true;
}

static bool run_all(sqlite3 *db, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sqlite3_exec(db, list[i], NULL, NULL, NULL) != SQLITE_OK) return false;
    return true;
}

static bool prepare_connection(sqlite3 *db, bool writer)
{
    sqlite3_extended_result_codes(db, 1);
    /* Its small pieces of memory stay its own: an act takes hundreds of them. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_BYTES, writer ? LOOKASIDE_WRITER : LOOKASIDE_READER);
    /* Without this, a misspelt name in double quotes would silently be a text. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    static const char *const for_writer[] = {"pragma journal_mode = wal", "pragma journal_size_limit = 67108864"};
    static const char *const for_reader[] = {"pragma query_only = on"};
    sqlite3_busy_timeout(db, BUSY_MS);
    if (!run_all(db, pragmas_of_all, sizeof pragmas_of_all / sizeof *pragmas_of_all)) return false;
    if (!(writer ? run_all(db, for_writer, 2) : run_all(db, for_reader, 1))) return false;
    return add_functions(db);
}

/* SQLite counts its memory under one lock for all connections, and nobody asks for the count. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool sqlite_connect(struct conn *c, bool create, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    auto_arena a = arena_open();
    char *path = str_cstr(a, database_path(a, c->store->folder));
    if (create && !make_private(path, err)) return false;
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK && prepare_connection(db, c->writer)) {
        c->handle = db;
        return true;
    }
    if (db)
        sqlite_fault(db, err);
    else
        error_set(err, ERR_STORE, "打不开数据库：内存不足");
    sqlite3_close(db);
    return false;
}

static void sqlite_disconnect(struct conn *c)
{
    int result = sqlite3_close(db_of(c));
    assert(result == SQLITE_OK && "a statement was left open");
    (void)result;
}

/* ---- transactions ---- */

/* A read sees what was committed when it began: the first select takes the snapshot. */
static bool sqlite_begin_read(struct conn *c, struct error *err)
{
    return conn_execute(c, "begin", err) && conn_execute(c, "select 1 from sqlite_schema limit 1", err);
}

/* Offices in one file write one after the other: the name does not matter. */
static bool sqlite_begin_write(struct conn *c, struct str office, bool *busy, struct error *err)
{
    (void)office;
    if (!busy) return conn_execute(c, "begin immediate", err);
    sqlite3_busy_timeout(db_of(c), 0);
    bool ok = conn_execute(c, "begin immediate", err);
    *busy = !ok && (sqlite3_extended_errcode(db_of(c)) & 0xff) == SQLITE_BUSY;
    sqlite3_busy_timeout(db_of(c), BUSY_MS);
    return ok;
}

static bool sqlite_in_transaction(struct conn *c)
{
    return !sqlite3_get_autocommit(db_of(c));
}

static bool sqlite_commit(struct conn *c, struct error *err)
{
    return conn_execute(c, "commit", err);
}

static void sqlite_rollback(struct conn *c)
{
    /* A grave fault (full disk) may have rolled back already. */
    if (!sqlite3_get_autocommit(db_of(c))) conn_execute(c, "rollback", NULL);
}

/* The log of a large transaction (WAL) is searched for every page that is read again or written out, and takes the longer
 * the larger it is: half of the time of a million records. With a journal of the pages as they were before there is
 * nothing to search, but nobody may read beside it. SQLite refuses to change from one to the other while anybody else has
 * the file open. Whoever opens it next goes back to WAL, also after this program was killed. */
static bool sqlite_alone(struct conn *c, bool on)
{
    sqlite3_busy_timeout(db_of(c), 0);
    auto_arena a = arena_open();
    auto_query q = query_start(c, on ? "pragma journal_mode = truncate" : "pragma journal_mode = wal");
    bool changed = query_row(&q) && str_is(query_str(&q, a, 0), on ? "truncate" : "wal");
    query_cleanup(&q);
    sqlite3_busy_timeout(db_of(c), BUSY_MS);
    /* Memory instead of the mapped file, of which every page that was touched would stay in memory. */
    static const char *const in_memory[] = {"pragma mmap_size = 0", "pragma cache_size = -65536"};
    static const char *const as_ever[] = {"pragma mmap_size = 268435456", "pragma cache_size = -16384"};
    return changed && run_all(db_of(c), on ? in_memory : as_ever, 2);
}

/* ---- statements ---- */

static void *sqlite_prepare(struct conn *c, struct str sql)
{
    sqlite3_stmt *st = NULL;
    if (sql.len > INT_MAX) {
        error_set(&c->fault, ERR_LIMIT, "查询太长");
        return NULL;
    }
    if (sqlite3_prepare_v3(db_of(c), sql.s, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &st, NULL) == SQLITE_OK) return st;
    sqlite_fault(db_of(c), &c->fault);
    return NULL;
}

static void sqlite_finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static void sqlite_reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static bool sqlite_bind(struct conn *c, void *statement, int at, struct value v)
{
    int result = SQLITE_ERROR;
    switch (v.kind) {
    case VALUE_NULL: result = sqlite3_bind_null(statement, at + 1); break;
    case VALUE_INT: result = sqlite3_bind_int64(statement, at + 1, v.i); break;
    case VALUE_REAL: result = sqlite3_bind_double(statement, at + 1, v.r); break;
    case VALUE_TEXT:
        result = sqlite3_bind_text64(statement, at + 1, v.t.s ? v.t.s : "", v.t.len, SQLITE_STATIC, SQLITE_UTF8);
        break;
    }
    return result == SQLITE_OK || sqlite_fault(db_of(c), &c->fault);
}

static int sqlite_step(struct conn *c, void *statement)
{
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) return 1;
    if (result == SQLITE_DONE) return 0;
    sqlite_fault(db_of(c), &c->fault);
    return -1;
}

static struct value sqlite_column(void *statement, int at)
{
    switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER: return value_int(sqlite3_column_int64(statement, at));
    case SQLITE_FLOAT: return value_real(sqlite3_column_double(statement, at));
    case SQLITE_TEXT: {
        const unsigned char *s = sqlite3_column_text(statement, at);
        return value_text((struct str){(const char *)s, (size_t)sqlite3_column_bytes(statement, at)});
    }
    default: return value_null();
    }
}

static int64_t sqlite_total_changes(struct conn *c)
{
    return sqlite3_total_changes64(db_of(c));
}

static int64_t sqlite_changes(struct conn *c, void *statement)
{
    (void)statement;
    return sqlite3_changes64(db_of(c));
}

/* ---- schema ---- */

static bool sqlite_table_columns(struct conn *c, struct arena *a, struct str table, struct column **list, size_t *count,
                                 struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    auto_query q = query_start(c, "select name, type from pragma_table_info(?)");
    query_bind_str(&q, table);
    while (query_row(&q)) {
        struct column column = {.name = query_str(&q, a, 0), .type = query_str(&q, a, 1)};
        ARENA_PUSH(a, *list, *count, cap, column);
    }
    return query_finish(&q, err);
}

const struct backend backend_sqlite = {
    .dialect = DIALECT_SQLITE,
    .kind_names = {[COLUMN_INTEGER] = "INTEGER", [COLUMN_TEXT] = "TEXT", [COLUMN_DATE] = "TEXT", [COLUMN_MOMENT] = "TEXT"},
    .table_end = "strict",
    .most_readers = 64, /* each with a cache of its own */
    .exists = sqlite_exists,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin_read = sqlite_begin_read,
    .begin_write = sqlite_begin_write,
    .in_transaction = sqlite_in_transaction,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .reset = sqlite_reset,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .column = sqlite_column,
    .changes = sqlite_changes,
    .total_changes = sqlite_total_changes,
    .table_columns = sqlite_table_columns,
    .words_make = sqlite_words_make,
    .words_put = sqlite_words_put,
    .words_keep = sqlite_words_keep,
    .words_take_out = sqlite_words_take_out,
    .words_clear = sqlite_words_clear,
    .words_renew = sqlite_words_renew,
    .words_condition = sqlite_words_condition,
    .words_walk_from = sqlite_words_walk_from,
    .words_walk_where = sqlite_words_walk_where,
    .words_check = sqlite_words_check,
    .words_match = sqlite_words_match,
    .bulk_begin = sqlite_bulk_begin,
    .bulk_row = sqlite_bulk_row,
    .bulk_end = sqlite_bulk_end,
    .file_put = folder_file_put,
    .file_get = folder_file_get,
    .file_map = folder_file_map,
    .file_remove = folder_file_remove,
    .alone = sqlite_alone,
    .copy = sqlite_copy,
};
