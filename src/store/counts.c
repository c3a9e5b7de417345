/* How many live records each stage of each register has, kept in the same transaction as the records: nobody waits while
 * a million are counted. */
#include "store/inside.h"

/* ---- what the transaction has changed so far ---- */

/* Changes are gathered and written at the commit, one row a stage: PostgreSQL would keep each version of a row that is
 * written over and over in one transaction, and walk through all of them each time. */

static bool same_stage(const struct count_change *a, const struct count_change *b)
{
    return a->reg == b->reg && str_eq(a->stage, b->stage) && str_eq(a->office, b->office);
}

/* Of the same depth directly before `at`; NULL when there is none. */
static struct count_change *same_before(struct counts_later *l, size_t at, const struct count_change *change)
{
    for (size_t i = at; i > l->turn_from && l->list[i - 1].depth == change->depth; i--)
        if (same_stage(&l->list[i - 1], change)) return &l->list[i - 1];
    return NULL;
}

void counts_add(struct conn *c, struct str office, const struct reg *reg, struct str stage, int64_t records)
{
    struct counts_later *l = &c->counts;
    struct count_change change = {office, reg, stage, records, c->savepoints};
    struct count_change *known = same_before(l, l->count, &change);
    if (known) {
        known->records += records;
        return;
    }
    if (!l->arena) l->arena = arena_open();
    change.office = str_copy(l->arena, office);
    change.stage = str_copy(l->arena, stage);
    ARENA_PUSH(l->arena, l->list, l->count, l->cap, change);
}

void counts_turn(struct conn *c)
{
    c->counts.turn_from = c->counts.count;
}

void counts_undo_turn(struct conn *c)
{
    c->counts.count = c->counts.turn_from;
}

void counts_undo(struct conn *c, int depth)
{
    struct counts_later *l = &c->counts;
    while (l->count > l->turn_from && l->list[l->count - 1].depth >= depth) l->count--;
}

/* Merged on the way: an import of a million rows keeps a handful of changes. */
void counts_release(struct conn *c, int depth)
{
    struct counts_later *l = &c->counts;
    size_t first = l->count;
    while (first > l->turn_from && l->list[first - 1].depth >= depth) first--;
    size_t kept = first;
    for (size_t i = first; i < l->count; i++) {
        struct count_change change = l->list[i];
        change.depth = depth - 1;
        struct count_change *known = same_before(l, kept, &change);
        if (known)
            known->records += change.records;
        else
            l->list[kept++] = change;
    }
    l->count = kept;
}

void counts_forget(struct conn *c)
{
    if (c->counts.arena) arena_reset(c->counts.arena);
    c->counts = (struct counts_later){.arena = c->counts.arena};
}

void counts_close(struct conn *c)
{
    if (c->counts.arena) arena_close(c->counts.arena);
    c->counts = (struct counts_later){0};
}

static bool write_change(struct conn *c, const struct count_change *change, struct error *err)
{
    auto_query q = query_start(c, "insert into \"fz_count\" (\"office\", \"register\", \"stage\", \"records\") values (?, ?, ?, ?) "
                                  "on conflict (\"office\", \"register\", \"stage\") do update set "
                                  "\"records\" = \"fz_count\".\"records\" + excluded.\"records\"");
    query_bind_str(&q, change->office);
    query_bind_str(&q, change->reg->name);
    query_bind_str(&q, change->stage);
    query_bind_i64(&q, change->records);
    return query_run(&q, NULL, err);
}

bool counts_catch_up(struct conn *c, struct error *err)
{
    struct counts_later *l = &c->counts;
    for (size_t i = 0; i < l->count; i++) {
        for (size_t k = i + 1; k < l->count; k++) { /* the later ones of the same stage come along */
            if (!same_stage(&l->list[i], &l->list[k])) continue;
            l->list[i].records += l->list[k].records;
            l->list[k].records = 0;
        }
        if (l->list[i].records && !write_change(c, &l->list[i], err)) return false;
    }
    counts_forget(c);
    return true;
}

/* What is not written yet. */
static int64_t pending(const struct conn *c, struct str office, const struct reg *reg, const struct str *stage)
{
    int64_t sum = 0;
    for (size_t i = 0; i < c->counts.count; i++) {
        const struct count_change *change = &c->counts.list[i];
        if (change->reg == reg && str_eq(change->office, office) && (!stage || str_eq(change->stage, *stage)))
            sum += change->records;
    }
    return sum;
}

/* ---- asking ---- */

bool counts_sum(struct conn *c, struct str office, const struct reg *reg, const struct str *stages, size_t stage_count,
                int64_t *total, struct error *err)
{
    auto_arena a = arena_open();
    auto_query q = query_start(c, "select \"stage\", \"records\" from \"fz_count\" where \"office\" = ? and \"register\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    *total = stage_count ? 0 : pending(c, office, reg, NULL);
    for (size_t i = 0; i < stage_count; i++) *total += pending(c, office, reg, &stages[i]);
    while (query_row(&q))
        if (stage_count == 0 || str_in(query_str(&q, a, 0), stages, stage_count)) *total += query_i64(&q, 1);
    return query_finish(&q, err);
}

bool counts_of_office(struct conn *c, struct str office, int64_t *total, struct error *err)
{
    auto_query q = query_start(c, "select cast(sum(\"records\") as bigint) from \"fz_count\" where \"office\" = ?");
    query_bind_str(&q, office);
    *total = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

bool record_recount(struct conn *c, const struct reg *reg, struct error *err)
{
    if (!counts_catch_up(c, err)) return false;
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
    if (c->writer && c->savepoints == 0 && c->counts.turn_from == 0 && !counts_catch_up(c, err)) return false;
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
