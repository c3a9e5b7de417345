/* Turns to write, and commits that several writers share.
 *
 * One writer at a time: of the whole file with SQLite, of one office with PostgreSQL. Going to disk takes longer than
 * an act does, so a writer who commits while others wait hands the open transaction on to the next, behind a
 * savepoint, and waits; the last one goes to disk for all. Nobody is told "saved" before that. A writer who gives up
 * undoes only what is his; one who writes nothing before he knows that it will stand needs no savepoint. When the transaction itself is lost, all who shared it are told that nothing was saved.
 *
 * A writer who has been announced need not wait himself: he goes on with other work and is told in the end. While others
 * are announced the transaction stays open, though nobody holds the turn; the last of them to be concluded ends it.
 *
 * Whoever leaves the turn wakes one who waits, and an open transaction is handed on only while somebody waits. So one who
 * gives up waiting must look once more: if the turn is free, it is his, for nobody else may know of the transaction. */
#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/monotonic.h"
#include "store/inside.h"

enum {
    MOST_MEMBERS = 256,
    WAIT_SECONDS = 15,       /* for the turn; then one is told to try again */
    LONG_IS_MS = 3000,       /* behind a long write nobody waits that has lasted so long already */
    ELSEWHERE_MS = 10000,    /* after another server kept an office for too long, nobody waits for it again so soon */
    PATIENCE_MS = 100,       /* who waits for the disk waits so long for those who are announced */
    LONG_WAIT_SECONDS = 600, /* who writes long may wait as long: an import behind another */
};

/* A writer who waits for the end of a transaction; stands on his own stack until he is woken. Each has his own place to
 * wait at: woken together at one, all would queue for its lock. */
struct member {
    struct store_promise promise;
    sem_t woken;
    atomic_bool saved;
    struct error err; /* when it was not saved */
};

/* A transaction shared by several writers. */
struct batch {
    struct store_promise *members; /* who are told of its end */
    int count;
};

struct turn {
    struct str office; /* malloc'ed; empty: of all */
    pthread_cond_t free;  /* the turn is */
    bool taken;
    int waiting;
    int announced;       /* who are to write soon, or have written and are not concluded */
    int64_t long_since;  /* ms: held by who writes long; 0: not */
    int64_t done, total; /* how far he is, as he told; total 0: he did not */
    int64_t elsewhere_at; /* ms: when another server was found to keep the office; 0: not */
    struct conn *conn;   /* while a transaction is open */
    struct batch *batch; /* the open transaction, when somebody has committed into it */
    struct turn *next;
};

void turns_open(struct store *s)
{
    pthread_mutex_init(&s->turns_lock, NULL);
}

void turns_close(struct store *s)
{
    while (s->turns) {
        struct turn *next = s->turns->next;
        pthread_cond_destroy(&s->turns->free);
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
    monotonic_cond(&t->free);
    t->next = s->turns;
    s->turns = t;
    return t;
}

static void leave(struct turn *t)
{
    t->taken = false;
    t->long_since = t->done = t->total = 0;
    pthread_cond_signal(&t->free);
}

/* ---- beginning ---- */

enum manner { SHORTLY, UNGUARDED, FOR_LONG, NOW_OR_NOT };

/* Behind a transaction of another server that lasts long one waits once, and then only looks. */
static bool begin_write(struct conn *c, struct str office, bool *busy, struct error *err)
{
    struct turn *t = c->turn;
    bool looks = !busy && t->elsewhere_at && monotonic_ms() - t->elsewhere_at < ELSEWHERE_MS, elsewhere = false;
    bool begun = c->backend->begin_write(c, office, looks ? &elsewhere : busy, err);
    if (elsewhere) error_set(err, ERR_BUSY, "现在有别的大批写入（如导入）正在进行，没有保存，请稍后再试");
    if (begun) t->elsewhere_at = 0;
    return begun;
}

void turn_kept_elsewhere(struct conn *c)
{
    if (c->turn) c->turn->elsewhere_at = monotonic_ms();
}

/* A connection with a transaction begun. A server that went away and came back is tried once more. */
static struct conn *begin(struct store *s, struct turn *t, struct str office, bool *busy, struct error *err)
{
    for (int tries = 0; tries < 2; tries++) {
        struct conn *c = pool_take(s, true, err);
        if (!c) return NULL;
        c->turn = t;
        if (begin_write(c, office, busy, err)) return c;
        bool broken = c->backend->broken && c->backend->broken(c);
        c->backend->rollback(c);
        c->turn = NULL;
        pool_give(c);
        if (!broken) return NULL;
    }
    return NULL;
}

bool store_guard(struct conn *c, struct error *err)
{
    if (!c->turn || !c->turn->batch || c->guarded) return true;
    assert(c->savepoints == 0);
    c->guarded = conn_execute(c, "savepoint fz_turn", err);
    return c->guarded;
}

/* With the turn taken: joins the open transaction or begins one. */
static struct conn *enter(struct store *s, struct turn *t, struct str office, enum manner manner, bool *busy,
                          struct error *err)
{
    if (!t->batch) return t->conn = begin(s, t, office, busy, err);
    counts_turn(t->conn);
    heads_turn(t->conn);
    t->conn->guarded = false;
    bool can_tell = t->conn->backend->total_changes;
    if (can_tell) t->conn->changes_before = t->conn->backend->total_changes(t->conn);
    return (manner == UNGUARDED && can_tell) || store_guard(t->conn, err) ? t->conn : NULL;
}

static void finish(struct turn *t, struct store *s);
static void end_all(struct turn *t, struct store *s);

/* With the lock held: false when it took too long. */
static bool wait_for_turn(struct store *s, struct turn *t, int seconds)
{
    int64_t until = monotonic_ms() + seconds * 1000;
    if (t->long_since && seconds < LONG_WAIT_SECONDS && t->long_since + LONG_IS_MS < until) until = t->long_since + LONG_IS_MS;
    struct timespec end = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    t->waiting++;
    int result = 0;
    while (t->taken && result != ETIMEDOUT) result = pthread_cond_timedwait(&t->free, &s->turns_lock, &end);
    t->waiting--;
    return !t->taken;
}

/* With the lock held. */
static bool refuse_turn(const struct turn *t, struct error *err)
{
    if (!t->total) return error_set(err, ERR_BUSY, "现在有别的大批写入（如导入）正在进行，没有保存，请稍后再试");
    return error_set(err, ERR_BUSY, "现在有别的大批写入（如导入）正在进行，已完成 %lld/%lld 行，没有保存，请稍后再试",
                     (long long)t->done, (long long)t->total);
}

void store_tell_progress(struct conn *c, int64_t done, int64_t total)
{
    struct store *s = c->store;
    pthread_mutex_lock(&s->turns_lock);
    c->turn->done = done;
    c->turn->total = total;
    pthread_mutex_unlock(&s->turns_lock);
}

/* With the lock held: the turn is taken when it returns true. */
static bool take_turn(struct store *s, struct turn *t, enum manner manner, bool *busy, struct error *err)
{
    if (manner == NOW_OR_NOT && (t->taken || t->waiting)) {
        *busy = true;
        return false;
    }
    if (!wait_for_turn(s, t, manner == FOR_LONG ? LONG_WAIT_SECONDS : WAIT_SECONDS))
        return refuse_turn(t, err);
    t->taken = true;
    if (manner == FOR_LONG) t->long_since = monotonic_ms();
    /* Those whose work is done must not wait for a long write to end. */
    if (manner == FOR_LONG && t->batch) end_all(t, s);
    return true;
}

static struct conn *write_in_turn(struct store *s, struct str office, enum manner manner, bool *busy, struct error *err)
{
    pthread_mutex_lock(&s->turns_lock);
    struct turn *t = turn_of(s, office);
    if (!t) error_set(err, ERR_STORE, "内存不足，没有保存");
    bool mine = t && take_turn(s, t, manner, busy, err);
    pthread_mutex_unlock(&s->turns_lock);
    if (!mine) return NULL;
    struct conn *c = enter(s, t, office, manner, busy, err);
    if (c) return c;
    pthread_mutex_lock(&s->turns_lock);
    finish(t, s);
    pthread_mutex_unlock(&s->turns_lock);
    return NULL;
}

struct conn *store_write(struct store *s, struct str office, struct error *err)
{
    return write_in_turn(s, office, SHORTLY, NULL, err);
}

struct conn *store_write_unguarded(struct store *s, struct str office, struct error *err)
{
    return write_in_turn(s, office, UNGUARDED, NULL, err);
}

struct conn *store_write_long(struct store *s, struct str office, struct error *err)
{
    return write_in_turn(s, office, FOR_LONG, NULL, err);
}

bool store_try_write(struct store *s, struct str office, struct conn **c, struct error *err)
{
    bool busy = false;
    *c = write_in_turn(s, office, NOW_OR_NOT, &busy, err);
    return *c || busy;
}

/* ---- ending ---- */

static void forget_later(struct conn *c)
{
    c->inserted = c->inserted_told = 0;
    counts_forget(c);
    heads_forget(c);
    words_forget(c);
}

/* The transaction as far as it goes: to disk, or known to be lost. */
static bool end_transaction(struct conn *c, struct error *err)
{
    bool open = c->backend->in_transaction(c);
    bool saved = open && words_catch_up(c, err) && counts_catch_up(c, err) && heads_catch_up(c, err) &&
                 c->backend->commit(c, err);
    if (!saved) c->backend->rollback(c);
    forget_later(c);
    if (saved) return true;
    return open ? false : error_set(err, ERR_BUSY, "没有保存：数据库中断了这次写入，请稍后重试");
}

/* A member is gone as soon as he is told. */
static void tell(struct batch *b, bool saved, const struct error *err)
{
    for (struct store_promise *p = b->members, *next; p; p = next) {
        next = p->next;
        p->told(p, saved, err);
    }
    free(b);
}

/* With lock and turn held, when nobody's work is under way: ends the open transaction and tells its members. */
static void end_all(struct turn *t, struct store *s)
{
    struct conn *c = t->conn;
    struct batch *b = t->batch;
    struct error err;
    t->batch = NULL;
    t->conn = NULL;
    pthread_mutex_unlock(&s->turns_lock);
    bool saved = end_transaction(c, &err);
    c->turn = NULL;
    pool_give(c);
    tell(b, saved, &err);
    pthread_mutex_lock(&s->turns_lock);
}

/* With lock and turn held, when nobody's work is under way: hands the transaction on to whoever waits, or ends it. */
static void finish(struct turn *t, struct store *s)
{
    bool more = (t->waiting || t->announced) && t->batch && t->batch->count < MOST_MEMBERS;
    bool hand_on = more && t->conn->backend->in_transaction(t->conn);
    if (t->batch && !hand_on) {
        end_all(t, s);
    } else if (t->conn && !t->batch) {
        t->conn->turn = NULL;
        pool_give(t->conn);
        t->conn = NULL;
    }
    leave(t);
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

static void join(struct batch *b, struct store_promise *p)
{
    p->next = b->members;
    b->members = p;
    b->count++;
}

/* With the lock held: ends the open transaction if nobody holds the turn. */
static void end_if_free(struct store *s, struct turn *t)
{
    if (t->taken || !t->batch) return;
    t->taken = true;
    end_all(t, s);
    leave(t);
}

static void wake(struct store_promise *p, bool saved, const struct error *err)
{
    struct member *me = (struct member *)p;
    if (!saved) me->err = *err;
    atomic_store(&me->saved, saved);
    sem_post(&me->woken);
}

/* Until he is told. Those who were announced and don't come must not keep him waiting. */
static void wait_for_end(struct store *s, struct turn *t, struct member *me)
{
    struct timespec until = monotonic_timespec(monotonic_ms() + PATIENCE_MS);
    int result;
    while ((result = sem_clockwait(&me->woken, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) continue;
    if (result == 0) return;
    pthread_mutex_lock(&s->turns_lock);
    end_if_free(s, t);
    pthread_mutex_unlock(&s->turns_lock);
    while (sem_wait(&me->woken) != 0) continue; /* a signal */
}

/* With lock and turn held: becomes one of those who wait for the end of the transaction; gives the lock back, and waits. */
static bool commit_together(struct store *s, struct turn *t, struct error *err)
{
    struct member me = {.promise.told = wake};
    sem_init(&me.woken, 0, 0);
    join(t->batch, &me.promise);
    finish(t, s);
    pthread_mutex_unlock(&s->turns_lock);
    wait_for_end(s, t, &me);
    sem_destroy(&me.woken);
    bool saved = atomic_load(&me.saved);
    if (!saved && err) *err = me.err;
    return saved;
}

/* What was done becomes part of a transaction that others share: nothing of it may be open any more. Rolls back when it
 * can't. */
static bool become_part(struct conn *c, struct error *err)
{
    if ((!c->turn->batch || !c->guarded || conn_execute(c, "release savepoint fz_turn", err)) && conn_settle(c, err))
        return true;
    store_rollback(c);
    return false;
}

bool store_commit(struct conn *c, struct error *err)
{
    struct turn *t = c->turn;
    struct store *s = c->store;
    assert(c->writer && c->savepoints == 0);
    pthread_mutex_lock(&s->turns_lock);
    bool share = t->batch || t->waiting;
    pthread_mutex_unlock(&s->turns_lock);
    if (share && !become_part(c, err)) return false;
    pthread_mutex_lock(&s->turns_lock);
    if (!t->batch && share) t->batch = calloc(1, sizeof *t->batch);
    if (t->batch) return commit_together(s, t, err);
    bool saved = commit_alone(s, t, c, err);
    pthread_mutex_unlock(&s->turns_lock);
    return saved;
}

/* ---- writers who are announced ---- */

void store_announce(struct store *s, struct str office, struct store_promise *p)
{
    pthread_mutex_lock(&s->turns_lock);
    p->store = s;
    p->turn = turn_of(s, office);
    if (p->turn) p->turn->announced++;
    pthread_mutex_unlock(&s->turns_lock);
}

void store_conclude(struct store_promise *p)
{
    struct store *s = p->store;
    struct turn *t = p->turn;
    p->turn = NULL;
    if (!t) return;
    pthread_mutex_lock(&s->turns_lock);
    t->announced--;
    if (!t->announced && !t->waiting) end_if_free(s, t);
    pthread_mutex_unlock(&s->turns_lock);
}

bool store_commit_later(struct conn *c, struct store_promise *p, struct error *err)
{
    struct turn *t = c->turn;
    struct store *s = c->store;
    if (p->turn != t) {
        p->made = store_commit(c, err);
        if (p->made) p->told(p, true, NULL);
        return p->made;
    }
    assert(c->writer && c->savepoints == 0);
    if (!become_part(c, err)) return false;
    pthread_mutex_lock(&s->turns_lock);
    if (!t->batch) t->batch = calloc(1, sizeof *t->batch);
    p->made = t->batch != NULL;
    if (p->made) {
        join(t->batch, p);
        finish(t, s);
    }
    pthread_mutex_unlock(&s->turns_lock);
    if (p->made) return true;
    store_rollback(c);
    return error_set(err, ERR_STORE, "内存不足，没有保存");
}

/* What this writer did in a transaction that others share. */
static bool undo_part(struct conn *c)
{
    if (!c->guarded) return c->backend->total_changes(c) == c->changes_before;
    return conn_execute(c, "rollback to savepoint fz_turn", NULL) && conn_execute(c, "release savepoint fz_turn", NULL) &&
           conn_settle(c, NULL);
}

void store_rollback(struct conn *c)
{
    assert(c->writer);
    struct turn *t = c->turn;
    struct store *s = c->store;
    bool shared = t->batch != NULL;
    c->savepoints = 0;
    bool undone = shared && undo_part(c);
    /* Where what is to be undone can't be told from the others' work any more, none of it may be saved. */
    if (undone) {
        counts_undo_turn(c);
        heads_undo_turn(c);
    } else {
        c->backend->rollback(c);
        forget_later(c);
    }
    pthread_mutex_lock(&s->turns_lock);
    finish(t, s);
    pthread_mutex_unlock(&s->turns_lock);
}
