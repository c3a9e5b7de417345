/* How many live records each stage of each register has, kept in the same transaction as the records: nobody waits while
 * a million are counted. */
#include "store/inside.h"

bool counts_add(struct conn *c, struct str office, const struct reg *reg, struct str stage, int64_t records,
                struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_count\" (\"office\", \"register\", \"stage\", \"records\") values (?, ?, ?, ?) "
                                  "on conflict (\"office\", \"register\", \"stage\") do update set "
                                  "\"records\" = \"fz_count\".\"records\" + excluded.\"records\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    query_bind_str(&q, stage);
    query_bind_i64(&q, records);
    return query_run(&q, NULL, err);
}

bool counts_sum(struct conn *c, struct str office, const struct reg *reg, const struct str *stages, size_t stage_count,
                int64_t *total, struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select \"stage\", \"records\" from \"fz_count\" where \"office\" = ? and \"register\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    *total = 0;
    while (query_row(&q))
        if (stage_count == 0 || str_in(query_str(&q, a, 0), stages, stage_count)) *total += query_i64(&q, 1);
    return query_finish(&q, err);
}

bool record_recount(struct conn *c, const struct reg *reg, struct error *err)
{
    auto_query old = query_start(c, "delete from \"fz_count\" where \"register\" = ?");
    query_bind_str(&old, reg->name);
    if (!query_run(&old, NULL, err)) return false;
    auto_query q = query_start(c, "insert into \"fz_count\" (\"office\", \"register\", \"stage\", \"records\") "
                                  "select \"office\", cast(? as text), \"stage\", count(*) from %T where \"voided\" = 0 "
                                  "group by \"office\", \"stage\"", reg);
    query_bind_str(&q, reg->name);
    return query_run(&q, NULL, err);
}

/* ---- by stage ---- */

/* Most records that are looked at one by one for the tabs of who sees only some of them. */
enum { TABS_COUNT_MOST = 5000 };

static struct query start_seen(struct conn *c, const struct reg *reg, struct str office, const struct sight *sight)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select s.\"stage\", count(*) from (select self.\"stage\" from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.\"voided\" = 0");
    sight_put(&sql, reg, sight);
    buf_puts(&sql, " limit ?) as s group by s.\"stage\" order by s.\"stage\"");
    struct query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    sight_bind(&q, reg, sight);
    query_bind_i64(&q, TABS_COUNT_MOST + 1);
    return q;
}

static struct query start_kept(struct conn *c, const struct reg *reg, struct str office)
{
    struct query q = query_start(c, "select \"stage\", \"records\" from \"fz_count\" where \"office\" = ? and \"register\" = ? "
                                    "and \"records\" <> 0 order by \"stage\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    return q;
}

bool record_count_by_stage(struct conn *c, struct arena *a, struct str office, const struct reg *reg,
                           struct sight sight, struct str **stages, int64_t **counts, size_t *count, bool *known,
                           struct error *err)
{
    auto_query q = sight.all ? start_kept(c, reg, office) : start_seen(c, reg, office, &sight);
    size_t caps[2] = {0, 0};
    int64_t sum = 0;
    *stages = NULL;
    *counts = NULL;
    *count = 0;
    while (query_row(&q)) {
        size_t n = *count;
        sum += query_i64(&q, 1);
        ARENA_PUSH(a, *stages, n, caps[0], query_str(&q, a, 0));
        ARENA_PUSH(a, *counts, *count, caps[1], query_i64(&q, 1));
    }
    *known = sight.all || sum <= TABS_COUNT_MOST;
    return query_finish(&q, err);
}
