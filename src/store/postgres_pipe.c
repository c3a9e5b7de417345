#include "store/postgres_pipe.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/monotonic.h"

enum {
    SILENT_MS = 5000,      /* without a word: is asked whether it lives, and again after as long */
    STILL_SILENT_MS = 2000, /* for so long nobody tries again */
    GIVEN_UP_MS = 700000,  /* longer than any statement may take: see statement_timeout */
};

/* ---- waiting ---- */

static bool lose(struct pipe *p, struct error *err)
{
    struct error fault;
    p->lost = true;
    p->count = 0;
    p->failed = true;
    if (PQstatus(p->db) != CONNECTION_OK)
        postgres_fault(p->db, NULL, &fault);
    else
        error_set(&fault, ERR_BUSY, "数据库没有响应，请稍后再试");
    p->fault = fault;
    if (err) *err = fault;
    return false;
}

static void note_silence(const struct pipe_server *s)
{
    atomic_store(s->silent_at, monotonic_ms());
}

/* Somebody has just found it silent: nobody else needs to wait in order to find out. */
static bool is_silent(const struct pipe_server *s)
{
    int64_t at = atomic_load(s->silent_at);
    return at && monotonic_ms() - at < STILL_SILENT_MS;
}

/* Costs a connection and, if it does not, some seconds. */
static bool lives(const struct pipe *p)
{
    if (is_silent(&p->server)) return false;
    const char *const names[] = {"connect_timeout", "dbname", NULL};
    const char *const values[] = {"3", p->server.database, NULL};
    PGPing answer = PQpingParams(names, values, 1);
    bool there = answer == PQPING_OK || answer == PQPING_REJECT;
    if (!there) note_silence(&p->server);
    return there;
}

/* False when there will be no answer. */
static bool wait_socket(struct pipe *p, bool write)
{
    struct pollfd fd = {.fd = PQsocket(p->db), .events = (short)(POLLIN | (write ? POLLOUT : 0))};
    int64_t end = monotonic_ms() + GIVEN_UP_MS;
    while (fd.fd >= 0 && monotonic_ms() < end) {
        int ready = poll(&fd, 1, SILENT_MS);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
        if (ready == 0 && !lives(p)) return false;
    }
    return false;
}

bool pipe_wait(struct pipe *p, bool write, struct error *err)
{
    if (!wait_socket(p, write) || !PQconsumeInput(p->db)) return lose(p, err);
    return true;
}

/* Sends all; reads on the way, since the server may wait for that. */
static bool flush(struct pipe *p, struct error *err)
{
    for (int left; (left = PQflush(p->db)) != 0;)
        if (left < 0 ? !lose(p, err) : !pipe_wait(p, true, err)) return false;
    return true;
}

/* The next part of the answers; false when there will be none. */
static bool next(struct pipe *p, PGresult **r, struct error *err)
{
    while (PQisBusy(p->db))
        if (!pipe_wait(p, false, err)) return false;
    *r = PQgetResult(p->db);
    return true;
}

/* ---- answers ---- */

static bool is_done(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A key taken, a lock not given, or (store/inside.h, must_before) nothing changed. */
static bool is_refusal(const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return state && (strcmp(state, "23505") == 0 || strcmp(state, "55P03") == 0 || strcmp(state, "22012") == 0);
}

static void note_fault(struct pipe *p, const struct pipe_order *order, const PGresult *r)
{
    if (p->failed) return; /* the first says why */
    p->failed = true;
    if (order->refusal && is_refusal(r))
        refuse(order->refusal, &p->fault);
    else
        postgres_fault(p->db, r, &p->fault);
}

/* Takes the answer to the first order; *last is replaced by it. */
static bool take(struct pipe *p, const struct pipe_order *order, PGresult **last, struct error *err)
{
    PGresult *r, *end = NULL;
    if (!next(p, &r, err)) return false;
    if (order->sync) {
        bool ended = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
        PQclear(r);
        return ended || lose(p, err);
    }
    bool there = r != NULL, ok = there && is_done(r);
    if (r && PQresultStatus(r) != PGRES_PIPELINE_ABORTED && !ok) note_fault(p, order, r);
    if (ok && order->undoes) p->failed = false;
    if (order->done) *order->done = ok;
    PGresult **to = order->answer ? order->answer : last;
    PQclear(*to);
    *to = ok || !order->answer ? r : NULL;
    if (*to != r) PQclear(r);
    if (!there || PQstatus(p->db) != CONNECTION_OK || !next(p, &end, err)) return lose(p, err);
    if (!end) return true;
    PQclear(end);
    return lose(p, err);
}

/* Takes all answers; false with the fault when the connection or the transaction is lost. */
static bool take_all(struct pipe *p, PGresult **last, struct error *err)
{
    p->bytes = 0;
    int count = p->count;
    bool all = true;
    for (int i = 0; all && i < count; i++) all = take(p, &p->orders[i], last, err);
    PQclear(p->unwanted);
    p->unwanted = NULL;
    if (!all) return false;
    p->count = 0;
    if (p->failed && err) *err = p->fault;
    return !p->failed;
}

/* ---- orders ---- */

static struct pipe_order *new_order(struct pipe *p, struct pipe_order order)
{
    assert(p->count < PIPE_MOST);
    p->orders[p->count] = order;
    return &p->orders[p->count++];
}

static bool sync(struct pipe *p, struct error *err)
{
    if (PQpipelineSync(p->db) != 1) return lose(p, err);
    new_order(p, (struct pipe_order){.sync = true});
    return true;
}

static bool gone(const struct pipe *p, struct error *err)
{
    if (p->lost && err) *err = p->fault;
    return p->lost;
}

/* Room for a statement, a sync before it and one behind; else waits for the answers. A fault is then kept in the pipe. */
static bool make_room(struct pipe *p, struct error *err)
{
    if (p->count + 3 < PIPE_MOST && p->bytes < PIPE_BYTES) return true;
    pipe_settle(p, err);
    return !p->lost;
}

bool pipe_send(struct pipe *p, const struct pipe_statement *st, struct pipe_order order, struct error *err)
{
    if (gone(p, err) || !make_room(p, err)) return false;
    /* What undoes must be done even if what stands before it fails. */
    if (order.undoes && p->count && !p->orders[p->count - 1].sync && !sync(p, err)) return false;
    int sent = st->name ? PQsendQueryPrepared(p->db, st->name, st->count, st->values, NULL, NULL, 0)
                        : PQsendQueryParams(p->db, st->sql, st->count, NULL, st->values, NULL, NULL, 0);
    if (sent != 1) return lose(p, err);
    new_order(p, order);
    p->bytes += st->bytes;
    return true;
}

bool pipe_prepare(struct pipe *p, const char *name, const char *sql, bool *done, struct error *err)
{
    if (gone(p, err) || !make_room(p, err)) return false;
    if (PQsendPrepare(p->db, name, sql, 0, NULL) != 1) return lose(p, err);
    new_order(p, (struct pipe_order){.done = done});
    p->bytes += strlen(sql);
    return true;
}

void pipe_forget(struct pipe *p, const bool *done, PGresult *const *answer)
{
    for (int i = 0; i < p->count; i++) {
        if (done && p->orders[i].done == done) p->orders[i].done = NULL;
        if (answer && p->orders[i].answer == answer) p->orders[i].answer = &p->unwanted;
    }
}

PGresult *pipe_ask(struct pipe *p, const struct pipe_statement *st, struct pipe_order order, struct error *err)
{
    PGresult *last = NULL;
    if (pipe_send(p, st, order, err) && sync(p, err) && flush(p, err) && take_all(p, &last, err)) return last;
    PQclear(last);
    return NULL;
}

bool pipe_settle(struct pipe *p, struct error *err)
{
    PGresult *last = NULL;
    if (gone(p, err)) return false;
    if (p->count == 0) {
        if (p->failed && err) *err = p->fault;
        return !p->failed;
    }
    bool ok = sync(p, err) && flush(p, err) && take_all(p, &last, err);
    PQclear(last);
    return ok;
}

bool pipe_part(struct pipe *p, struct error *err)
{
    return !gone(p, err) && sync(p, err) && (PQflush(p->db) >= 0 || lose(p, err));
}

void pipe_recover(struct pipe *p)
{
    if (!p->lost) p->failed = false;
}

/* ---- the connection ---- */

static void no_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* A server that is there accepts or refuses at once. */
static bool not_open(struct pipe *p, int64_t began, struct error *err)
{
    struct str why = postgres_first_line(PQerrorMessage(p->db));
    if (monotonic_ms() - began > STILL_SILENT_MS) note_silence(&p->server);
    return error_set(err, ERR_BUSY, "连不上数据库，请检查它是否在运行、地址和密码对不对（%.*s）", STR_ARG(why));
}

bool pipe_open(struct pipe *p, const char *const *names, const char *const *values, const struct pipe_server *server,
               struct error *err)
{
    *p = (struct pipe){.server = *server};
    if (is_silent(server)) return error_set(err, ERR_BUSY, "数据库没有响应，请稍后再试");
    int64_t began = monotonic_ms();
    p->db = PQconnectdbParams(names, values, 1);
    if (PQstatus(p->db) != CONNECTION_OK) return not_open(p, began, err);
    PQsetNoticeReceiver(p->db, no_notice, NULL);
    return (PQsetnonblocking(p->db, 1) == 0 && PQenterPipelineMode(p->db) == 1) || lose(p, err);
}

void pipe_close(struct pipe *p)
{
    PQfinish(p->db);
    p->db = NULL;
}

bool pipe_is_closed(struct pipe *p)
{
    struct pollfd fd = {.fd = PQsocket(p->db), .events = POLLIN};
    /* Whoever has just waited in vain must not wait again for what he does next. */
    if (!p->lost && is_silent(&p->server)) lose(p, NULL);
    /* A last word may stand before the end. */
    for (int i = 0; i < 4 && !p->lost && fd.fd >= 0 && poll(&fd, 1, 0) > 0; i++)
        if (!PQconsumeInput(p->db)) lose(p, NULL);
    return p->lost;
}

bool pipe_pause(struct pipe *p, struct error *err)
{
    return pipe_settle(p, err) && (PQexitPipelineMode(p->db) == 1 || lose(p, err));
}

bool pipe_resume(struct pipe *p, struct error *err)
{
    return !gone(p, err) && (PQenterPipelineMode(p->db) == 1 || lose(p, err));
}
