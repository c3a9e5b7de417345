/* Deadlines: one row for each that a record has started. */
#include <stdlib.h>

#include "store/inside.h"
#include "store/deadline_row.h"

static const char *const state_names[] = {
    [DEADLINE_RUNNING] = "running", [DEADLINE_SUSPENDED] = "suspended", [DEADLINE_MET] = "met",
    [DEADLINE_MISSED] = "missed",   [DEADLINE_STOPPED] = "stopped",
};
enum { STATE_COUNT = sizeof state_names / sizeof *state_names };

struct str deadline_state_name(enum deadline_state s)
{
    return str_from(state_names[s]);
}

bool deadline_state_parse(struct str name, enum deadline_state *s)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (!str_is(name, state_names[i])) continue;
        *s = (enum deadline_state)i;
        return true;
    }
    return false;
}

bool deadline_put(struct conn *c, struct str office, const struct deadline_row *d, struct error *err)
{
    auto_query q = query_start(
        c, "insert into \"fz_deadline\" (\"office\", " DEADLINE_COLUMNS("") ") "
           "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
           "on conflict (\"office\", \"register\", \"record\", \"name\") do update set "
           "\"start_on\" = excluded.\"start_on\", \"strict_on\" = excluded.\"strict_on\", "
           "\"legal_on\" = excluded.\"legal_on\", \"strict_at\" = excluded.\"strict_at\", "
           "\"warn_on\" = excluded.\"warn_on\", \"state\" = excluded.\"state\", \"met_on\" = excluded.\"met_on\", "
           "\"suspended_on\" = excluded.\"suspended_on\", \"deducted\" = excluded.\"deducted\", "
           "\"extended\" = excluded.\"extended\", \"cite\" = excluded.\"cite\", \"rule\" = excluded.\"rule\", "
           "\"length\" = excluded.\"length\", \"roll\" = excluded.\"roll\", \"calendar\" = excluded.\"calendar\"");
    query_bind_str(&q, office);
    query_bind_str(&q, d->reg);
    query_bind_i64(&q, d->record);
    query_bind_str(&q, d->name);
    query_bind_text(&q, d->start_on);
    query_bind_text(&q, d->strict_on);
    query_bind_text(&q, d->legal_on);
    query_bind_text(&q, d->strict_at);
    query_bind_text(&q, d->warn_on);
    query_bind_str(&q, deadline_state_name(d->state));
    query_bind_text(&q, d->met_on);
    query_bind_text(&q, d->suspended_on);
    query_bind_i64(&q, d->deducted);
    query_bind_i64(&q, d->extended);
    query_bind_str(&q, d->cite);
    query_bind_str(&q, d->rule);
    query_bind_str(&q, d->length);
    query_bind_str(&q, d->roll);
    query_bind_str(&q, d->calendar);
    return query_run(&q, NULL, err);
}

struct deadline_row deadline_take(struct query *q, struct arena *a)
{
    struct deadline_row d = {
        .reg = query_str(q, a, 0),
        .record = query_i64(q, 1),
        .name = query_str(q, a, 2),
        .start_on = query_str(q, a, 3),
        .strict_on = query_str(q, a, 4),
        .legal_on = query_str(q, a, 5),
        .strict_at = query_str(q, a, 6),
        .warn_on = query_str(q, a, 7),
        .met_on = query_str(q, a, 9),
        .suspended_on = query_str(q, a, 10),
        .deducted = query_i64(q, 11),
        .extended = query_i64(q, 12),
        .cite = query_str(q, a, 13),
        .rule = query_str(q, a, 14),
        .length = query_str(q, a, 15),
        .roll = query_str(q, a, 16),
        .calendar = query_str(q, a, 17),
    };
    if (!deadline_state_parse(query_str(q, a, 8), &d.state)) d.state = DEADLINE_RUNNING;
    return d;
}

static bool take_list(struct query *q, struct arena *a, struct deadline_row **list, size_t *count, struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(q)) ARENA_PUSH(a, *list, *count, cap, deadline_take(q, a));
    return query_finish(q, err);
}

static int by_start(const void *x, const void *y)
{
    const struct deadline_row *a = x, *b = y;
    int order = str_cmp(a->start_on, b->start_on);
    return order ? order : str_cmp(a->name, b->name);
}

bool deadline_list_of_record(struct conn *c, struct arena *a, struct str office, struct str reg, int64_t record,
                             struct deadline_row **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select " DEADLINE_COLUMNS("") " from \"fz_deadline\" where \"office\" = ? and "
                                  "\"register\" = ? and \"record\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, reg);
    query_bind_i64(&q, record);
    if (!take_list(&q, a, list, count, err)) return false;
    if (*count > 1) qsort(*list, *count, sizeof **list, by_start);
    return true;
}

bool deadline_list_running(struct conn *c, struct arena *a, struct str office, struct deadline_row **list,
                           size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select " DEADLINE_COLUMNS("") " from \"fz_deadline\" where \"office\" = ? and "
                                  "\"state\" in ('running', 'suspended') order by \"register\", \"record\", \"name\"");
    query_bind_str(&q, office);
    return take_list(&q, a, list, count, err);
}

bool deadline_each(struct conn *c, struct str office, bool (*each)(void *arg, const struct deadline_row *d), void *arg,
                   struct error *err)
{
    auto_arena row = arena_open();
    auto_query q = query_start(c, "select " DEADLINE_COLUMNS("") " from \"fz_deadline\" where \"office\" = ? "
                                  "order by \"register\", \"record\", \"name\"");
    query_bind_str(&q, office);
    query_stream(&q);
    bool more = true;
    while (more && query_row(&q)) {
        arena_reset(row);
        struct deadline_row d = deadline_take(&q, row);
        more = each(arg, &d);
    }
    return query_finish(&q, err);
}

/* ---- rights ---- */

static size_t rights_of(const struct reg *reg)
{
    size_t n = 0;
    for (size_t i = 0; i < reg->deadline_count; i++) n += reg->deadlines[i].right;
    return n;
}

void deadline_put_unlapsed(struct buf *sql, const struct seen_register *regs, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        size_t rights = rights_of(regs[i].reg);
        if (rights == 0) continue;
        buf_puts(sql, any ? " or " : " and (d.\"legal_on\" is null or d.\"legal_on\" >= ? or not (");
        buf_puts(sql, "d.\"register\" = ? and d.\"name\" in (");
        sql_put_marks(sql, rights);
        buf_putc(sql, ')');
        any = true;
    }
    if (any) buf_puts(sql, "))");
}

void deadline_bind_unlapsed(struct query *q, const struct seen_register *regs, size_t count, struct str today)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct reg *reg = regs[i].reg;
        if (rights_of(reg) == 0) continue;
        if (!any) query_bind_str(q, today);
        query_bind_str(q, reg->name);
        for (size_t k = 0; k < reg->deadline_count; k++)
            if (reg->deadlines[k].right) query_bind_str(q, reg->deadlines[k].name);
        any = true;
    }
}

bool deadline_list_next(struct conn *c, struct arena *a, struct str office, const struct reg *reg, struct str today,
                        const int64_t *records, size_t count, struct deadline_row *next, struct error *err)
{
    const struct seen_register one = {.reg = reg};
    for (size_t i = 0; i < count; i++) next[i] = (struct deadline_row){0};
    if (count == 0) return true;
    size_t room = sql_room(count);
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select " DEADLINE_COLUMNS("d.") " from \"fz_deadline\" as d where d.\"office\" = ? and "
                   "d.\"register\" = ? and d.\"state\" = 'running' and d.\"record\" in (");
    sql_put_marks(&sql, room);
    buf_putc(&sql, ')');
    deadline_put_unlapsed(&sql, &one, 1);
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    query_bind_str(&q, reg->name);
    sql_bind_room(&q, records, count);
    deadline_bind_unlapsed(&q, &one, 1, today);
    while (query_row(&q)) {
        struct deadline_row d = deadline_take(&q, a);
        for (size_t i = 0; i < count; i++)
            if (records[i] == d.record && (next[i].name.len == 0 || str_cmp(d.legal_on, next[i].legal_on) < 0)) next[i] = d;
    }
    return query_finish(&q, err);
}
