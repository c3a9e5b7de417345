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

/* ---- connections ---- */

struct conn *conn_open(struct store *s, bool writer, bool create, struct error *err)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c) {
        error_set(err, ERR_STORE, "内存不足，打不开数据库连接");
        return NULL;
    }
    c->store = s;
    c->backend = s->backend;
    c->writer = writer;
    if (!c->backend->connect(c, s->folder, create, err)) {
        free(c);
        return NULL;
    }
    c->scratch = arena_open();
    return c;
}

void conn_close(struct conn *c)
{
    if (!c) return;
    for (int i = 0; i < c->cached; i++) {
        if (!c->cache[i].statement) continue;
        c->backend->finalize(c->cache[i].statement);
        free((char *)(uintptr_t)c->cache[i].text.s);
    }
    c->backend->disconnect(c);
    arena_close(c->scratch);
    free(c);
}

bool conn_execute(struct conn *c, const char *sql, struct error *err)
{
    auto_query q = query_start_text(c, str_from(sql));
    return query_run(&q, NULL, err);
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
    struct conn *c = store_write(s, err);
    if (!c) return false;
    if (schema_migrate(c, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

static bool open_database(struct store *s, bool create, struct error *err)
{
    if (!make_folder(s->folder, create, err)) return false;
    if (!create && !s->backend->exists(s->folder))
        return error_at(err, ERR_NOT_FOUND, str_from(s->folder), "文件夹里没有数据库。请先运行：fazhi init --data %s",
                        s->folder);
    s->write_conn = conn_open(s, true, create, err);
    return s->write_conn && migrate(s, err);
}

struct store *store_open(const char *place, const struct model *model, bool create, struct error *err)
{
    struct store *s = calloc(1, sizeof *s);
    char *folder = s ? strdup(place) : NULL;
    if (!folder) {
        free(s);
        error_set(err, ERR_STORE, "内存不足，打不开数据库");
        return NULL;
    }
    s->folder = folder;
    s->model = model;
    s->backend = &backend_sqlite;
    s->serving_fd = -1;
    pthread_mutex_init(&s->writing, NULL);
    pthread_mutex_init(&s->pool_lock, NULL);
    if (open_database(s, create, err)) return s;
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (!s) return;
    while (s->pool) {
        struct conn *next = s->pool->next;
        conn_close(s->pool);
        s->pool = next;
    }
    conn_close(s->write_conn);
    if (s->serving_fd >= 0) close(s->serving_fd);
    pthread_mutex_destroy(&s->pool_lock);
    pthread_mutex_destroy(&s->writing);
    free(s->folder);
    free(s);
}

const struct model *store_model(const struct store *s)
{
    return s->model;
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
    if (s->serving_fd >= 0) return true;
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

/* ---- reads ---- */

static struct conn *take_from_pool(struct store *s)
{
    pthread_mutex_lock(&s->pool_lock);
    struct conn *c = s->pool;
    if (c) {
        s->pool = c->next;
        s->pooled--;
    }
    pthread_mutex_unlock(&s->pool_lock);
    return c;
}

static void give_to_pool(struct conn *c)
{
    struct store *s = c->store;
    pthread_mutex_lock(&s->pool_lock);
    bool keep = s->pooled < POOL_KEEP;
    if (keep) {
        c->next = s->pool;
        s->pool = c;
        s->pooled++;
    }
    pthread_mutex_unlock(&s->pool_lock);
    if (!keep) conn_close(c);
}

struct conn *store_read(struct store *s, struct error *err)
{
    struct conn *c = take_from_pool(s);
    if (!c) c = conn_open(s, false, false, err);
    if (!c) return NULL;
    if (c->backend->begin(c, err)) return c;
    conn_close(c);
    return NULL;
}

void store_done(struct conn *c)
{
    assert(!c->writer);
    c->backend->rollback(c);
    give_to_pool(c);
}

/* ---- writes ---- */

/* Group commit has its place here: store_commit would hand the connection to the next writer behind a savepoint and
 * wait until the transaction that all of them share is on disk. Callers would see no difference. */
struct conn *store_write(struct store *s, struct error *err)
{
    pthread_mutex_lock(&s->writing);
    struct conn *c = s->write_conn;
    if (c->backend->begin(c, err)) return c;
    pthread_mutex_unlock(&s->writing);
    return NULL;
}

static void end_write(struct conn *c)
{
    c->savepoints = 0;
    pthread_mutex_unlock(&c->store->writing);
}

bool store_commit(struct conn *c, struct error *err)
{
    assert(c->writer && c->savepoints == 0);
    bool ok = c->backend->commit(c, err);
    if (!ok) c->backend->rollback(c);
    end_write(c);
    return ok;
}

void store_rollback(struct conn *c)
{
    assert(c->writer);
    c->backend->rollback(c);
    end_write(c);
}

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
    return savepoint_do(c, "release savepoint", c->savepoints--, err);
}

bool store_undo(struct conn *c, struct error *err)
{
    assert(c->savepoints > 0);
    int depth = c->savepoints--;
    return savepoint_do(c, "rollback to savepoint", depth, err) && savepoint_do(c, "release savepoint", depth, err);
}
