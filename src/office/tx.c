#include <assert.h>
#include <string.h>

#include "office/act.h"
#include "office/chain.h"

/* ---- running numbers ---- */

static bool next(struct tx *tx, const struct reg *reg, int year, int64_t *n, struct error *err)
{
    struct counter *unused = NULL;
    for (size_t i = 0; i < COUNTERS; i++) {
        struct counter *k = &tx->counters[i];
        if (!k->known && !unused) unused = k;
        if (!k->known || k->reg != reg || k->year != year) continue;
        *n = ++k->last;
        k->moved = true;
        return true;
    }
    bool ok = reg ? record_next_seq(tx->conn, tx->office->key, reg, year, n, err)
                  : record_next_id(tx->conn, tx->office->key, n, err);
    if (ok && unused) *unused = (struct counter){.reg = reg, .year = year, .last = *n, .known = true};
    return ok;
}

bool tx_next_id(struct tx *tx, int64_t *id, struct error *err)
{
    return next(tx, NULL, 0, id, err);
}

bool tx_next_seq(struct tx *tx, const struct reg *reg, int year, int64_t *seq, struct error *err)
{
    return next(tx, reg, year, seq, err);
}

static bool put_counters(struct tx *tx, struct error *err)
{
    for (size_t i = 0; i < COUNTERS; i++) {
        const struct counter *k = &tx->counters[i];
        if (k->moved && !record_put_seq(tx->conn, tx->office->key, k->reg, k->year, k->last, err)) return false;
    }
    return true;
}

/* ---- beginning and end ---- */

static bool begin(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                  struct conn *c)
{
    *tx = (struct tx){.office = o, .arena = a, .user = u, .entrance = entrance, .conn = c};
    tx->now = clock_now(&o->clock);
    tx->today = moment_date(tx->now);
    return c != NULL;
}

bool tx_begin(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
              struct error *err)
{
    return begin(tx, o, a, u, entrance, store_write(o->store, o->key, err));
}

bool tx_begin_long(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                   struct error *err)
{
    return begin(tx, o, a, u, entrance, store_write_long(o->store, o->key, err));
}

bool tx_commit_later(struct tx *tx, struct store_promise *promise, struct error *err)
{
    assert(!tx->spoilt);
    if (!chain_note_head(tx, err) || !put_counters(tx, err)) {
        tx_rollback(tx);
        return false;
    }
    struct conn *c = tx->conn;
    tx->conn = NULL;
    return promise ? store_commit_later(c, promise, err) : store_commit(c, err);
}

bool tx_commit(struct tx *tx, struct error *err)
{
    return tx_commit_later(tx, NULL, err);
}

void tx_rollback(struct tx *tx)
{
    if (tx->conn) store_rollback(tx->conn);
    tx->conn = NULL;
}

bool tx_savepoint(struct tx *tx, struct tx_mark *mark, struct error *err)
{
    mark->end = tx->end;
    memcpy(mark->counters, tx->counters, sizeof mark->counters);
    return store_savepoint(tx->conn, err);
}

bool tx_release(struct tx *tx, struct error *err)
{
    return store_release(tx->conn, err);
}

bool tx_undo(struct tx *tx, const struct tx_mark *mark, struct error *err)
{
    tx->end = mark->end;
    memcpy(tx->counters, mark->counters, sizeof tx->counters);
    tx->spoilt = false;
    return store_undo(tx->conn, err);
}

bool act_do(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct act_request *rq,
            struct act_result *result, struct errors *faults, struct store_promise *promise)
{
    struct tx tx;
    struct error err;
    if (!tx_begin(&tx, o, a, u, entrance, &err)) {
        errors_add(faults, &err);
        return false;
    }
    tx.whole = true;
    if (!act_apply(&tx, rq, result, faults)) {
        tx_rollback(&tx);
        return false;
    }
    if (tx_commit_later(&tx, promise, &err)) return true;
    errors_add(faults, &err);
    return false;
}

bool act_record_admin(struct tx *tx, struct str what, struct str details, struct error *err)
{
    struct act_entry e = {
        .reg = STR(""),
        .act = what,
        .actor = tx->user ? tx->user->account.name : STR("system"),
        .at = tx->now,
        .on = date_iso(tx->arena, tx->today),
        .entrance = tx->entrance,
        .inputs = details,
        .changes = STR("{}"),
    };
    return chain_append(tx, &e, err);
}
