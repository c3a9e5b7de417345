#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/inside.h"

bool conn_execute(struct conn *c, const char *sql, struct error *err)
{
    auto_query q = query_start_text(c, str_from(sql));
    return query_run(&q, NULL, err);
}

bool conn_settle(struct conn *c, struct error *err)
{
    return !c->backend->settle || c->backend->settle(c, err);
}

/* ---- opening ---- */

static bool make_folder(const char *place, bool create, struct error *err)
{
    if (file_exists(place)) return true;
    if (!create) return error_at(err, ERR_NOT_FOUND, str_from(place), "没有数据文件夹。请先运行：fazhi init --data %s", place);
    if (!file_make_folder(place, err)) return false;
    /* Names and matters of citizens: nobody else on the machine may look inside. */
    if (chmod(place, 0700) != 0) return error_at(err, ERR_IO, str_from(place), "不能设置文件夹权限：%s", strerror(errno));
    return true;
}

static bool migrate(struct store *s, struct error *err)
{
    struct conn *c = store_write(s, s->model->office.key, err);
    if (!c) return false;
    if (schema_migrate(c, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

static bool not_made(struct store *s, struct error *err)
{
    return error_at(err, ERR_NOT_FOUND, str_from(s->folder), "%s里没有建立过街道的数据。请先运行：fazhi init --data %s",
                    s->database ? "数据库" : "文件夹", s->folder);
}

/* Is there a schema at all, and does it need no work? A start that changes nothing waits for no writer. */
static bool look(struct store *s, bool *made, bool *current, struct error *err)
{
    struct conn *c = store_read(s, err);
    if (!c) return false;
    bool ok = schema_look(c, made, current, err);
    store_done(c);
    return ok;
}

static bool open_database(struct store *s, bool create, struct error *err)
{
    if (!make_folder(s->folder, create, err)) return false;
    if (!s->database && !create && !s->backend->exists(s)) return not_made(s, err);
    struct conn *c = conn_open(s, true, create, err);
    if (!c) return false;
    s->writers.out++;
    pool_give(c);
    bool made, current;
    if (!look(s, &made, &current, err)) return false;
    if (!made && !create) return not_made(s, err);
    return current || migrate(s, err);
}

static bool is_url(const char *database)
{
    return strncmp(database, "postgresql://", 13) == 0 || strncmp(database, "postgres://", 11) == 0;
}

static struct store *make_store(const char *folder, const char *database, const struct model *model)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->folder = strdup(folder);
    s->database = database ? strdup(database) : NULL;
    s->model = model;
    s->backend = database ? &backend_postgres : &backend_sqlite;
    s->serving_fd = -1;
    pool_open(&s->readers, s->backend->most_readers);
    pool_open(&s->writers, s->backend->most_writers);
    turns_open(s);
    if (s->folder && (s->database || !database)) return s;
    store_close(s);
    return NULL;
}

struct store *store_open(const char *folder, const char *database, const struct model *model, bool create,
                         struct error *err)
{
    if (database && !is_url(database)) {
        error_set(err, ERR_INPUT, "--database 要写成 postgresql://用户@主机:端口/库名；不写就用数据文件夹里的数据库");
        return NULL;
    }
    struct store *s = make_store(folder, database, model);
    if (!s) {
        error_set(err, ERR_STORE, "内存不足，打不开数据库");
        return NULL;
    }
    if (open_database(s, create, err)) return s;
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (!s) return;
    turns_close(s);
    pool_close(&s->readers);
    pool_close(&s->writers);
    if (s->serving_fd >= 0) close(s->serving_fd);
    free(s->folder);
    free(s->database);
    free(s);
}

const struct model *store_model(const struct store *s)
{
    return s->model;
}

bool store_has_one_writer(const struct store *s)
{
    return !s->backend->turn_each;
}

enum formula_dialect store_dialect(const struct store *s)
{
    return s->backend->dialect;
}

const char *store_folder(const struct store *s)
{
    return s->folder;
}

bool store_lock_serving(struct store *s, struct error *err)
{
    if (s->serving_fd >= 0 || s->database) return true; /* several may serve one server database */
    auto_arena a = arena_open();
    char *path = str_cstr(a, str_printf(a, "%s/serving.lock", s->folder));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return error_at(err, ERR_IO, str_from(path), "不能建立锁文件：%s", strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        s->serving_fd = fd;
        return true;
    }
    int why = errno;
    close(fd);
    if (why == EWOULDBLOCK)
        return error_at(err, ERR_CONFLICT, str_from(s->folder), "这个数据文件夹已有一个服务在运行，请先停止它，或换用别的数据文件夹");
    return error_at(err, ERR_IO, str_from(path), "不能锁定数据文件夹：%s", strerror(why));
}

static bool set_alone(struct store *s, bool on)
{
    struct error ignored;
    if (!s->backend->alone || s->serving_fd >= 0) return false;
    if (on) pool_empty(&s->readers);
    struct conn *c = pool_take(s, true, &ignored);
    bool ok = c && s->backend->alone(c, on);
    if (c) pool_give(c);
    return ok;
}

bool store_take_alone(struct store *s)
{
    return set_alone(s, true);
}

void store_share_again(struct store *s)
{
    set_alone(s, false);
}

/* ---- reads ---- */

/* A server that went away and came back is tried once more. */
static struct conn *look_with(struct store *s, bool (*begin)(struct conn *c, struct error *err), struct error *err)
{
    for (int tries = 0; tries < 2; tries++) {
        struct conn *c = pool_take(s, false, err);
        if (!c) return NULL;
        if (begin(c, err)) return c;
        bool broken = c->backend->broken && c->backend->broken(c);
        pool_give(c);
        if (!broken) return NULL;
    }
    return NULL;
}

struct conn *store_read(struct store *s, struct error *err)
{
    return look_with(s, s->backend->begin_read, err);
}

struct conn *store_glance(struct store *s, struct error *err)
{
    return look_with(s, s->backend->begin_glance ? s->backend->begin_glance : s->backend->begin_read, err);
}

void store_done(struct conn *c)
{
    assert(!c->writer);
    c->backend->rollback(c);
    pool_give(c);
}

/* ---- savepoints ---- */

static bool savepoint_do(struct conn *c, const char *what, int depth, struct error *err)
{
    char sql[48];
    snprintf(sql, sizeof sql, "%s fz_%d", what, depth);
    return conn_execute(c, sql, err);
}

bool store_savepoint(struct conn *c, struct error *err)
{
    if (!savepoint_do(c, "savepoint", c->savepoints + 1, err)) return false;
    c->savepoints++;
    return true;
}

bool store_release(struct conn *c, struct error *err)
{
    assert(c->savepoints > 0);
    if (!savepoint_do(c, "release savepoint", c->savepoints, err) || !conn_settle(c, err)) return false;
    counts_release(c, c->savepoints--);
    return true;
}

bool store_undo(struct conn *c, struct error *err)
{
    assert(c->savepoints > 0);
    int depth = c->savepoints--;
    counts_undo(c, depth);
    return savepoint_do(c, "rollback to savepoint", depth, err) && savepoint_do(c, "release savepoint", depth, err) &&
           conn_settle(c, err);
}
