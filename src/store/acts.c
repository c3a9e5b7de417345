/* The act log: append and read, nothing else. */
#include "store/inside.h"

#define ACT_COLUMNS                                                                                                    \
    "\"seq\", \"register\", \"record\", \"act\", \"actor\", \"at\", \"on_day\", \"entrance\", \"inputs\", "            \
    "\"changes\", "                                                                                                    \
    "\"prev_hash\", \"hash\""

bool act_last(struct conn *c, struct arena *a, struct str office, int64_t *seq, struct str *hash, struct error *err)
{
    auto_query q =
        query_start(c, "select \"seq\", \"hash\" from \"fz_act\" where \"office\" = ? order by \"seq\" desc limit 1");
    query_bind_str(&q, office);
    bool found = query_row(&q);
    *seq = found ? query_i64(&q, 0) : 0;
    *hash = found ? query_str(&q, a, 1) : STR("");
    return query_finish(&q, err);
}

bool act_append(struct conn *c, struct str office, const struct act_entry *e, struct error *err)
{
    static const struct refusal taken = {ERR_CONFLICT, "", "办理日志的这个顺序号已经用过"};
    auto_query q = query_start(c, "insert into \"fz_act\" (\"office\", " ACT_COLUMNS ") "
                                  "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_bind_str(&q, office);
    query_bind_i64(&q, e->seq);
    query_bind_str(&q, e->reg);
    query_bind_i64(&q, e->record);
    query_bind_str(&q, e->act);
    query_bind_str(&q, e->actor);
    query_bind_i64(&q, e->at);
    query_bind_text(&q, e->on);
    query_bind_str(&q, e->entrance);
    query_bind_str(&q, e->inputs);
    query_bind_str(&q, e->changes);
    query_bind_str(&q, e->prev_hash);
    query_bind_str(&q, e->hash);
    return query_run_must(&q, &taken, err);
}

static struct act_entry take_entry(struct query *q, struct arena *a)
{
    return (struct act_entry){
        .seq = query_i64(q, 0),
        .reg = query_str(q, a, 1),
        .record = query_i64(q, 2),
        .act = query_str(q, a, 3),
        .actor = query_str(q, a, 4),
        .at = query_i64(q, 5),
        .on = query_str(q, a, 6),
        .entrance = query_str(q, a, 7),
        .inputs = query_str(q, a, 8),
        .changes = query_str(q, a, 9),
        .prev_hash = query_str(q, a, 10),
        .hash = query_str(q, a, 11),
    };
}

static bool take_list(struct query *q, struct arena *a, struct act_entry **list, size_t *count, struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(q)) ARENA_PUSH(a, *list, *count, cap, take_entry(q, a));
    return query_finish(q, err);
}

bool act_list_of_record(struct conn *c, struct arena *a, struct str office, struct str reg, int64_t record,
                        struct act_entry **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select " ACT_COLUMNS " from \"fz_act\" where \"office\" = ? and \"register\" = ? "
                                  "and \"record\" = ? order by \"seq\"");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, record);
    return take_list(&q, a, list, count, err);
}

bool act_each(struct conn *c, struct str office, int64_t after, bool (*each)(void *arg, const struct act_entry *e),
              void *arg, struct error *err)
{
    auto_arena row = arena_open();
    auto_query q =
        query_start(c, "select " ACT_COLUMNS " from \"fz_act\" where \"office\" = ? and \"seq\" > ? order by \"seq\"");
    query_bind_str(&q, office);
    query_bind_i64(&q, after);
    query_stream(&q);
    bool more = true;
    while (more && query_row(&q)) {
        arena_reset(row);
        struct act_entry e = take_entry(&q, row);
        more = each(arg, &e);
    }
    return query_finish(&q, err);
}

bool act_was_done(struct conn *c, struct str office, const struct act_done *what, bool *done, struct error *err)
{
    auto_query q = query_start(c, "select 1 from \"fz_act\" where \"office\" = ? and \"register\" = ? and \"record\" = ? and "
                                  "\"act\" = ? and \"actor\" = ? and \"at\" >= ? limit 1");
    query_bind_str(&q, office);
    query_bind_str(&q, what->reg);
    query_bind_i64(&q, what->record);
    query_bind_str(&q, what->act);
    query_bind_str(&q, what->actor);
    query_bind_i64(&q, what->since);
    *done = query_row(&q);
    return query_finish(&q, err);
}

/* " from … where …", for the count and the rows alike. */
static struct str filter_text(struct conn *c, const struct act_filter *f, const char *what, const char *order)
{
    struct buf sql = sql_in(c);
    buf_putf(&sql, "select %s from \"fz_act\" where \"office\" = ?", what);
    if (f->actor.len) buf_puts(&sql, " and \"actor\" = ?");
    if (f->reg.len || f->administration) buf_puts(&sql, " and \"register\" = ?");
    if (f->entrance.len) buf_puts(&sql, " and \"entrance\" = ?");
    if (f->from) buf_puts(&sql, " and \"at\" >= ?");
    if (f->until) buf_puts(&sql, " and \"at\" < ?");
    buf_puts(&sql, order);
    return buf_str(&sql);
}

static void bind_filter(struct query *q, struct str office, const struct act_filter *f)
{
    query_bind_str(q, office);
    if (f->actor.len) query_bind_str(q, f->actor);
    if (f->reg.len || f->administration) query_bind_str(q, f->administration ? STR("") : f->reg);
    if (f->entrance.len) query_bind_str(q, f->entrance);
    if (f->from) query_bind_i64(q, f->from);
    if (f->until) query_bind_i64(q, f->until);
}

bool act_list_newest(struct conn *c, struct arena *a, struct str office, const struct act_filter *filter,
                     int64_t offset, int64_t limit, struct act_entry **list, size_t *count, int64_t *total,
                     struct error *err)
{
    auto_query all = query_start_text(c, filter_text(c, filter, "count(*)", ""));
    bind_filter(&all, office, filter);
    *total = query_row(&all) ? query_i64(&all, 0) : 0;
    if (!query_finish(&all, err)) return false;
    auto_query q = query_start_text(c, filter_text(c, filter, ACT_COLUMNS, " order by \"seq\" desc limit ? offset ?"));
    bind_filter(&q, office, filter);
    query_bind_i64(&q, limit > 0 ? limit : 0);
    query_bind_i64(&q, offset > 0 ? offset : 0);
    return take_list(&q, a, list, count, err);
}

/* An act that the definitions no longer have may have changed something. */
static bool may_change(const struct model *m, struct str reg, struct str act)
{
    const struct reg *r = model_reg(m, reg);
    const struct act *a = r ? reg_act(r, act) : NULL;
    return !a || (a->kind != ACT_VIEW && a->kind != ACT_NOTE);
}

bool act_changed_since(struct conn *c, struct arena *a, struct str office, const struct model *m, int64_t seq,
                       struct str **regs, int64_t **counts, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select \"register\", \"act\", count(*) from \"fz_act\" where \"office\" = ? and "
                                  "\"seq\" > ? and \"register\" <> '' group by \"register\", \"act\" "
                                  "order by \"register\", \"act\"");
    query_bind_str(&q, office);
    query_bind_i64(&q, seq);
    size_t caps[2] = {0, 0};
    *regs = NULL;
    *counts = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct str reg = query_str(&q, a, 0);
        if (!may_change(m, reg, query_str(&q, a, 1))) continue;
        size_t n = *count;
        if (n == 0 || !str_eq((*regs)[n - 1], reg)) {
            ARENA_PUSH(a, *regs, n, caps[0], reg);
            ARENA_PUSH(a, *counts, *count, caps[1], 0);
        }
        (*counts)[*count - 1] += query_i64(&q, 2);
    }
    return query_finish(&q, err);
}
