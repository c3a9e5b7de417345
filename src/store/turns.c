/* Turns to write, and commits that several writers share.
 *
 * One writer at a time: of the whole file with SQLite, of one office with PostgreSQL. Going to disk takes longer than
 * an act does, so a writer who commits while others wait hands the open transaction on to the next, behind a
 * savepoint, and waits; the last one goes to disk for all. Nobody is told "saved" before that. A writer who gives up
 * undoes only what is his. When the transaction itself is lost, all who shared it are told that nothing was saved. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

enum { MOST_MEMBERS = 256 };

/* A transaction shared by several writers. Lives on until the last of them has read how it ended. */
struct batch {
    int members; /* who wait for its end */
    bool ended, saved;
    struct error err;
};

struct turn {
    struct str office; /* malloc'ed; empty: of all */
    pthread_cond_t free;  /* the turn is */
    pthread_cond_t ended; /* a batch has */
    bool taken;
    int waiting;
    struct conn *conn;   /* while a transaction is open */
    struct batch *batch; /* the open transaction, when somebody has committed into it */
    struct turn *next;
};

static void ended_hold(struct batch *b, bool saved, const struct error *err)
{
    b->ended = true;
    b->saved = saved;
    if (!saved && err) b->err = *err;
}

void turns_open(struct store *s)
{
    pthread_mutex_init(&s->turns_lock, NULL);
}

void turns_close(struct store *s)
{
    while (s->turns) {
        struct turn *next = s->turns->next;
        pthread_cond_destroy(&s->turns->free);
        pthread_cond_destroy(&s->turns->ended);
        free((char *)(uintptr_t)s->turns->office.s);
        free(s->turns);
        s->turns = next;
    }
    pthread_mutex_destroy(&s->turns_lock);
}

/* With the lock held. NULL when out of memory. */
static struct turn *turn_of(struct store *s, struct str office)
{
    if (!s->backend->turn_each) office = STR("");
    for (struct turn *t = s->turns; t; t = t->next)
        if (str_eq(t->office, office)) return t;
    struct turn *t = calloc(1, sizeof *t);
    char *name = malloc(office.len + 1);
    if (!t || !name) {
        free(t);
        free(name);
        return NULL;
    }
    if (office.len) memcpy(name, office.s, office.len);
    t->office = (struct str){name, office.len};
    pthread_cond_init(&t->free, NULL);
    pthread_cond_init(&t->ended, NULL);
    t->next = s->turns;
    s->turns = t;
    return t;
}

static void leave(struct turn *t)
{
    t->taken = false;
    pthread_cond_signal(&t->free);
}

/* ---- beginning ---- */

/* A connection with a transaction begun. A server that went away and came back is tried once more. */
static struct conn *begin(struct store *s, struct str office, bool *busy, struct error *err)
{
    for (int tries = 0; tries < 2; tries++) {
        struct conn *c = pool_take(s, true, err);
        if (!c) return NULL;
        if (c->backend->begin_write(c, office, busy, err)) return c;
        bool broken = c->backend->broken && c->backend->broken(c);
        c->backend->rollback(c);
        pool_give(c);
        if (!broken) return NULL;
    }
    return NULL;
}

/* With the turn taken: joins the open transaction or begins one. */
static struct conn *enter(struct store *s, struct turn *t, struct str office, bool *busy, struct error *err)
{
    if (!t->batch) {
        t->conn = begin(s, office, busy, err);
        if (t->conn) t->conn->turn = t;
        return t->conn;
    }
    if (conn_execute(t->conn, "savepoint fz_turn", err)) return t->conn;
    return NULL;
}

static void finish(struct turn *t, struct store *s);

static struct conn *write_in_turn(struct store *s, struct str office, bool wait, bool *busy, struct error *err)
{
    pthread_mutex_lock(&s->turns_lock);
    struct turn *t = turn_of(s, office);
    if (!t || (!wait && (t->taken || t->waiting))) {
        pthread_mutex_unlock(&s->turns_lock);
        if (t) *busy = true;
        if (!t) error_set(err, ERR_STORE, "内存不足，没有保存");
        return NULL;
    }
    t->waiting++;
    while (t->taken) pthread_cond_wait(&t->free, &s->turns_lock);
    t->waiting--;
    t->taken = true;
    pthread_mutex_unlock(&s->turns_lock);
    struct conn *c = enter(s, t, office, busy, err);
    if (c) return c;
    pthread_mutex_lock(&s->turns_lock);
    finish(t, s);
    pthread_mutex_unlock(&s->turns_lock);
    return NULL;
}

struct conn *store_write(struct store *s, struct str office, struct error *err)
{
    return write_in_turn(s, office, true, NULL, err);
}

bool store_try_write(struct store *s, struct str office, struct conn **c, struct error *err)
{
    bool busy = false;
    *c = write_in_turn(s, office, false, &busy, err);
    return *c || busy;
}

/* ---- ending ---- */

/* The transaction as far as it goes: to disk, or known to be lost. */
static bool end_transaction(struct conn *c, struct error *err)
{
    if (!c->backend->in_transaction(c))
        return error_set(err, ERR_STORE, "没有保存：数据库中断了这次写入，请稍后重试");
    if (c->backend->commit(c, err)) return true;
    c->backend->rollback(c);
    return false;
}

/* With lock and turn held, when nobody's work is under way: hands the transaction on to whoever waits, or ends it. */
static void finish(struct turn *t, struct store *s)
{
    if (t->batch && t->waiting && t->batch->members < MOST_MEMBERS && t->conn->backend->in_transaction(t->conn)) {
        leave(t);
        return;
    }
    struct conn *c = t->conn;
    struct batch *b = t->batch;
    t->batch = NULL;
    t->conn = NULL;
    if (b) {
        struct error err;
        pthread_mutex_unlock(&s->turns_lock);
        bool saved = end_transaction(c, &err);
        pthread_mutex_lock(&s->turns_lock);
        ended_hold(b, saved, &err);
        pthread_cond_broadcast(&t->ended);
    }
    if (c) {
        c->turn = NULL;
        pool_give(c);
    }
    leave(t);
}

static bool outcome(struct batch *b, struct error *err)
{
    bool saved = b->saved;
    if (!saved && err) *err = b->err;
    if (--b->members == 0) free(b);
    return saved;
}

/* Alone, nobody waiting: straight to disk. */
static bool commit_alone(struct store *s, struct turn *t, struct conn *c, struct error *err)
{
    t->conn = NULL;
    pthread_mutex_unlock(&s->turns_lock);
    bool saved = end_transaction(c, err);
    pthread_mutex_lock(&s->turns_lock);
    c->turn = NULL;
    pool_give(c);
    leave(t);
    return saved;
}

/* With lock and turn held: becomes one of those who wait for the end of the transaction, and waits. */
static bool commit_together(struct store *s, struct turn *t, struct error *err)
{
    struct batch *b = t->batch;
    b->members++;
    finish(t, s);
    while (!b->ended) pthread_cond_wait(&t->ended, &s->turns_lock);
    return outcome(b, err);
}

bool store_commit(struct conn *c, struct error *err)
{
    assert(c->writer && c->savepoints == 0);
    struct turn *t = c->turn;
    struct store *s = c->store;
    /* Within a shared transaction what was done becomes part of it. */
    if (t->batch && !conn_execute(c, "release savepoint fz_turn", err)) {
        store_rollback(c);
        return false;
    }
    pthread_mutex_lock(&s->turns_lock);
    if (!t->batch && t->waiting) t->batch = calloc(1, sizeof *t->batch);
    bool saved = t->batch ? commit_together(s, t, err) : commit_alone(s, t, c, err);
    pthread_mutex_unlock(&s->turns_lock);
    return saved;
}

void store_rollback(struct conn *c)
{
    assert(c->writer);
    struct turn *t = c->turn;
    struct store *s = c->store;
    bool shared = t->batch != NULL;
    c->savepoints = 0;
    bool undone = shared && conn_execute(c, "rollback to savepoint fz_turn", NULL) &&
                  conn_execute(c, "release savepoint fz_turn", NULL);
    /* Where what is to be undone can't be told from the others' work any more, none of it may be saved. */
    if (!undone) c->backend->rollback(c);
    pthread_mutex_lock(&s->turns_lock);
    finish(t, s);
    pthread_mutex_unlock(&s->turns_lock);
}
