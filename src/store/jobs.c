#include "store/jobs.h"

#include <time.h>

#include "store/inside.h"

int64_t job_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const int64_t kept_ms = (int64_t)7 * 24 * 3600 * 1000;

/* The turn of an office's jobs: not that of its acts, which a job may hold. */
static struct str turn_of_jobs(struct arena *a, struct str office)
{
    return str_printf(a, "%.*s/jobs", STR_ARG(office));
}

/* Runs one change in a transaction of its own. */
static bool alone(struct store *s, struct str office, bool wait, const struct job_row *row,
                  bool (*change)(struct conn *c, struct str office, const struct job_row *row, struct error *err),
                  struct error *err)
{
    auto_arena a = arena_open();
    struct conn *c = NULL;
    struct str turn = turn_of_jobs(a, office);
    bool ok = wait ? (c = store_write(s, turn, err)) != NULL : store_try_write(s, turn, &c, err);
    if (!ok || !c) return ok;
    if (change(c, office, row, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

static bool next_id(struct conn *c, struct str office, int64_t *id, struct error *err)
{
    auto_query q = query_start(c, "select coalesce(max(\"id\"), 0) + 1 from \"fz_job\" where \"office\" = ?");
    query_bind_str(&q, office);
    *id = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

/* The newest stays, so that its id is not given again. */
static bool remove_old(struct conn *c, struct str office, int64_t id, int64_t before, struct error *err)
{
    auto_query q = query_start(c, "delete from \"fz_job\" where \"office\" = ? and \"id\" < ? and \"alive_at\" < ?");
    query_bind_str(&q, office);
    query_bind_i64(&q, id - 1);
    query_bind_i64(&q, before);
    return query_run(&q, NULL, err);
}

static bool insert(struct conn *c, struct str office, const struct job_row *row, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_job\" (\"office\", \"id\", \"account\", \"register\", \"state\", "
                                  "\"done\", \"total\", \"summary\", \"alive_at\") values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_bind_str(&q, office);
    query_bind_i64(&q, row->id);
    query_bind_str(&q, row->account);
    query_bind_str(&q, row->reg);
    query_bind_i64(&q, row->state);
    query_bind_i64(&q, row->done);
    query_bind_i64(&q, row->total);
    query_bind_str(&q, row->summary);
    query_bind_i64(&q, row->alive_at);
    return query_run(&q, NULL, err);
}

bool job_begin(struct store *s, struct str office, struct job_row *row, struct error *err)
{
    auto_arena a = arena_open();
    struct conn *c = store_write(s, turn_of_jobs(a, office), err);
    if (!c) return false;
    if (next_id(c, office, &row->id, err) && remove_old(c, office, row->id, row->alive_at - kept_ms, err) &&
        insert(c, office, row, err))
        return store_commit(c, err);
    store_rollback(c);
    return false;
}

/* Never of a job that has ended: the end may be told before a late sign of life. */
static bool update(struct conn *c, struct str office, const struct job_row *row, struct error *err)
{
    auto_query q = query_start(c, "update \"fz_job\" set \"state\" = ?, \"done\" = ?, \"total\" = ?, \"summary\" = ?, "
                                  "\"alive_at\" = ? where \"office\" = ? and \"id\" = ? and \"state\" in (?, ?)");
    query_bind_i64(&q, row->state);
    query_bind_i64(&q, row->done);
    query_bind_i64(&q, row->total);
    query_bind_str(&q, row->summary);
    query_bind_i64(&q, row->alive_at);
    query_bind_str(&q, office);
    query_bind_i64(&q, row->id);
    query_bind_i64(&q, JOB_RUNNING);
    query_bind_i64(&q, JOB_ENDING);
    return query_run(&q, NULL, err);
}

bool job_alive(struct store *s, struct str office, const struct job_row *row, struct error *err)
{
    return alone(s, office, false, row, update, err);
}

bool job_end(struct store *s, struct str office, const struct job_row *row, struct error *err)
{
    return alone(s, office, true, row, update, err);
}

bool job_end_within(struct conn *c, struct str office, const struct job_row *row, struct error *err)
{
    return update(c, office, row, err);
}

#define JOB_COLUMNS                                                                                                    \
    "\"id\", \"account\", \"register\", \"state\", \"done\", \"total\", \"summary\", \"alive_at\" from \"fz_job\" "

/* The one row that the query gives. Ends it. */
static bool take_job(struct query *q, struct arena *a, struct job_row *row, bool *found, struct error *err)
{
    *found = query_row(q);
    if (*found)
        *row = (struct job_row){
            .id = query_i64(q, 0),
            .account = query_str(q, a, 1),
            .reg = query_str(q, a, 2),
            .state = (enum job_state)query_i64(q, 3),
            .done = query_i64(q, 4),
            .total = query_i64(q, 5),
            .summary = query_str(q, a, 6),
            .alive_at = query_i64(q, 7),
        };
    return query_finish(q, err);
}

bool job_running(struct conn *c, struct arena *a, struct str office, int64_t since, struct job_row *row, bool *found,
                 struct error *err)
{
    auto_query q = query_start(c, "select " JOB_COLUMNS "where \"office\" = ? and \"state\" in (?, ?) and \"alive_at\" >= ? "
                                  "order by \"id\" desc limit 1");
    query_bind_str(&q, office);
    query_bind_i64(&q, JOB_RUNNING);
    query_bind_i64(&q, JOB_ENDING);
    query_bind_i64(&q, since);
    return take_job(&q, a, row, found, err);
}

bool job_get(struct conn *c, struct arena *a, struct str office, int64_t id, struct job_row *row, struct error *err)
{
    auto_query q = query_start(c, "select " JOB_COLUMNS "where \"office\" = ? and \"id\" = ?");
    query_bind_str(&q, office);
    query_bind_i64(&q, id);
    bool found;
    if (!take_job(&q, a, row, &found, err)) return false;
    return found || error_set(err, ERR_NOT_FOUND, "没有这次导入");
}
