#include <assert.h>
#include <string.h>

#include "office/act.h"
#include "office/chain.h"
#include "office/definitions.h"
#include "office/due_params.h"
#include "store/jobs.h"

/* ---- running numbers ---- */

void tx_expect(struct tx *tx, const struct reg *reg, int year)
{
    heads_expect(tx->conn, tx->office->key, reg, year, &tx->heads);
}

bool tx_next_id(struct tx *tx, int64_t *id, struct error *err)
{
    return heads_next(tx->conn, tx->office->key, NULL, 0, &tx->heads, id, err);
}

bool tx_next_seq(struct tx *tx, const struct reg *reg, int year, int64_t *seq, struct error *err)
{
    return heads_next(tx->conn, tx->office->key, reg, year, &tx->heads, seq, err);
}

/* ---- beginning and end ---- */

static bool begin(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                  struct conn *c, struct error *err)
{
    *tx = (struct tx){.office = o, .arena = a, .user = u, .entrance = entrance, .conn = c};
    tx->now = clock_now(&o->clock);
    tx->today = moment_date(tx->now);
    if (!c) return false;
    heads_take(c, o->key, &tx->heads);
    if (definitions_still_hold(tx, err)) return true;
    tx_rollback(tx);
    return false;
}

bool tx_begin(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
              struct error *err)
{
    return begin(tx, o, a, u, entrance, store_write(o->store, o->key, err), err);
}

/* For one act alone: it writes when all that could refuse it has been asked. */
static bool begin_act(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                      struct error *err)
{
    return begin(tx, o, a, u, entrance, store_write_unguarded(o->store, o->key, err), err);
}

bool tx_begin_long(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                   struct error *err)
{
    return begin(tx, o, a, u, entrance, store_write_long(o->store, o->key, err), err);
}

static void forget_parameters(struct tx *tx)
{
    parameters_seen_close(tx->parameters);
    tx->parameters = NULL;
}

bool tx_commit_later(struct tx *tx, struct store_promise *promise, struct error *err)
{
    assert(!tx->spoilt);
    forget_parameters(tx);
    heads_leave(tx->conn, tx->office->key, &tx->heads);
    struct conn *c = tx->conn;
    tx->conn = NULL;
    /* What was noted once is known to be there only when it is on disk. */
    if (promise && tx->noted) store_conclude(promise);
    if (!(promise ? store_commit_later(c, promise, err) : store_commit(c, err))) return false;
    if (tx->noted && tx->office->sets) atomic_store(tx->office->noted, true);
    return true;
}

bool tx_commit(struct tx *tx, struct error *err)
{
    return tx_commit_later(tx, NULL, err);
}

void tx_rollback(struct tx *tx)
{
    forget_parameters(tx);
    if (tx->conn) store_rollback(tx->conn);
    tx->conn = NULL;
}

void tx_explain_busy(struct office *o, struct error *err)
{
    struct error unread;
    struct job_row job;
    bool found = false;
    auto_arena a = arena_open();
    struct conn *c = err->code == ERR_BUSY ? store_read(o->store, &unread) : NULL;
    if (!c) return;
    bool ok = job_running(c, a, o->key, job_now_ms() - JOB_SILENT_MS, &job, &found, &unread);
    store_done(c);
    const struct reg *reg = ok && found ? model_reg(o->model, job.reg) : NULL;
    if (reg)
        error_set(err, ERR_BUSY, "正在导入「%.*s」（%s %lld/%lld 行），导入期间不能办理，没有保存，请稍后再试", STR_ARG(reg->label),
                  job.state == JOB_ENDING ? "正在建立全文索引" : "已完成", (long long)job.done, (long long)job.total);
}

bool tx_savepoint(struct tx *tx, struct tx_mark *mark, struct error *err)
{
    mark->heads = tx->heads;
    return store_savepoint(tx->conn, err);
}

bool tx_release(struct tx *tx, struct error *err)
{
    return store_release(tx->conn, err);
}

bool tx_undo(struct tx *tx, const struct tx_mark *mark, struct error *err)
{
    tx->heads = mark->heads;
    tx->spoilt = tx->noted = false;
    return store_undo(tx->conn, err);
}

bool act_number_taken(const struct error *err)
{
    return err->code == ERR_CONFLICT && strcmp(err->where, RECORD_NUMBER) == 0;
}

static bool do_once(struct office *o, struct arena *a, const struct user *u, struct str entrance,
                    const struct act_request *rq, bool careful, struct act_result *result, struct errors *faults,
                    struct store_promise *promise)
{
    struct tx tx;
    struct error err;
    if (!begin_act(&tx, o, a, u, entrance, &err)) {
        errors_add(faults, &err);
        return false;
    }
    tx.whole = true;
    tx.careful = careful;
    if (!act_apply(&tx, rq, result, faults)) {
        tx_rollback(&tx);
        return false;
    }
    if (tx_commit_later(&tx, promise, &err)) return true;
    errors_add(faults, &err);
    return false;
}

bool act_do(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct act_request *rq,
            struct act_result *result, struct errors *faults, struct store_promise *promise)
{
    size_t before = faults->count;
    if (do_once(o, a, u, entrance, rq, false, result, faults, promise)) return true;
    struct error *last = faults->count > before ? &faults->items[faults->count - 1] : NULL;
    if (last) tx_explain_busy(o, last);
    if (!last || !act_number_taken(last)) return false;
    faults->count = before;
    return do_once(o, a, u, entrance, rq, true, result, faults, promise);
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
