/* Connections: opened when needed, kept for the next who asks, never more than the database bears. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/monotonic.h"
#include "store/inside.h"

enum { KEEP = 32, WAIT_SECONDS = 15 };

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
    if (!c->backend->connect(c, create, err)) {
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
    words_later_close(c);
    counts_close(c);
    heads_close(c);
    arena_close(c->scratch);
    free(c);
}

void pool_open(struct pool *p, int most)
{
    *p = (struct pool){.most = most};
    pthread_mutex_init(&p->lock, NULL);
    monotonic_cond(&p->given);
}

static void close_all(struct conn *c)
{
    while (c) {
        struct conn *next = c->next;
        conn_close(c);
        c = next;
    }
}

void pool_empty(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    struct conn *unwanted = p->idle;
    p->idle = NULL;
    p->idle_count = 0;
    pthread_mutex_unlock(&p->lock);
    close_all(unwanted);
}

void pool_close(struct pool *p)
{
    close_all(p->idle);
    pthread_cond_destroy(&p->given);
    pthread_mutex_destroy(&p->lock);
}

/* Waits for room. Who waits too long is told so instead of standing in line without end. */
static bool wait_for_room(struct pool *p)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += WAIT_SECONDS;
    while (!p->idle && p->most && p->out >= p->most)
        if (pthread_cond_timedwait(&p->given, &p->lock, &end) == ETIMEDOUT) return false;
    return true;
}

static void one_less(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->out--;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->lock);
}

struct conn *pool_take(struct store *s, bool writer, struct error *err)
{
    struct pool *p = writer ? &s->writers : &s->readers;
    pthread_mutex_lock(&p->lock);
    bool room = wait_for_room(p);
    struct conn *c = room ? p->idle : NULL;
    if (c) {
        p->idle = c->next;
        p->idle_count--;
    }
    p->out += room;
    pthread_mutex_unlock(&p->lock);
    if (!room) {
        error_set(err, ERR_BUSY, "系统正忙，数据库连接都在使用，请稍后再试");
        return NULL;
    }
    if (!c) c = conn_open(s, writer, false, err);
    if (!c) one_less(p);
    return c;
}

void pool_give(struct conn *c)
{
    struct pool *p = c->writer ? &c->store->writers : &c->store->readers;
    bool broken = c->backend->broken && c->backend->broken(c);
    pthread_mutex_lock(&p->lock);
    struct conn *unwanted = NULL;
    if (broken) {
        /* The server went away: the others that it knew are of no more use either. */
        unwanted = p->idle;
        p->idle = NULL;
        p->idle_count = 0;
    }
    bool keep = !broken && p->idle_count < KEEP;
    struct conn **list = keep ? &p->idle : &unwanted;
    c->next = *list;
    *list = c;
    p->idle_count += keep;
    p->out--;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->lock);
    close_all(unwanted);
}
