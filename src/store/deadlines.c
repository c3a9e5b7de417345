/* Deadlines: one row for each that a record has started. */
#include <stdlib.h>

#include "store/inside.h"

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

#define DEADLINE_COLUMNS(alias)                                                                                        \
    alias "\"register\", " alias "\"record\", " alias "\"name\", " alias "\"start_on\", " alias "\"strict_on\", " alias  \
          "\"legal_on\", " alias "\"strict_at\", " alias "\"warn_on\", " alias "\"state\", " alias "\"met_on\", " alias \
          "\"suspended_on\", " alias "\"deducted\", " alias "\"extended\", " alias "\"cite\", " alias "\"rule\", " alias \
          "\"length\", " alias "\"roll\", " alias "\"calendar\""
enum { DEADLINE_COLUMN_COUNT = 18, HEAD_COLUMN_COUNT = 8 };

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

static struct deadline_row take_deadline(struct query *q, struct arena *a)
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
    while (query_row(q)) ARENA_PUSH(a, *list, *count, cap, take_deadline(q, a));
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
        struct deadline_row d = take_deadline(&q, row);
        more = each(arg, &d);
    }
    return query_finish(&q, err);
}

/* ---- the open deadlines of several registers ---- */

static bool has_deadlines(const struct reg *reg)
{
    return reg->deadline_count > 0;
}

/* The record's title where it is plain text; sealed text is nobody's title. */
static void put_title(struct buf *sql, const struct reg *reg)
{
    const struct field *f = reg->title;
    bool text = f && !f->private_ && (f->type == FIELD_TEXT || f->type == FIELD_PLACE || f->type == FIELD_PERSON);
    if (!text) {
        buf_puts(sql, "''");
        return;
    }
    buf_puts(sql, "self.");
    sql_put_name(sql, f->name);
}

static void put_open_of(struct buf *sql, const struct reg *reg, const struct deadline_query *q, bool count_only)
{
    if (count_only) {
        buf_puts(sql, "select 1 as one");
    } else {
        buf_puts(sql, "select " DEADLINE_COLUMNS("d.")
                 ", self.\"id\", self.\"number\", self.\"stage\", self.\"created_on\", self.\"created_at\", self.\"org\", "
                 "self.\"version\", self.\"voided\", ");
        put_title(sql, reg);
        buf_puts(sql, " as title");
    }
    buf_puts(sql, " from \"fz_deadline\" as d join ");
    sql_put_name(sql, reg->name);
    buf_puts(sql, " as self on self.\"office\" = d.\"office\" and self.\"id\" = d.\"record\" where d.\"office\" = ? and "
                  "d.\"register\" = ? and d.\"state\" = 'running' and self.\"voided\" = 0");
    if (q->until.len) buf_puts(sql, " and d.\"legal_on\" <= ?");
    sight_put(sql, reg, &q->sight);
}

/* The union over the registers; how many there are. */
static size_t put_open(struct buf *sql, const struct deadline_query *q, bool count_only)
{
    size_t n = 0;
    for (size_t i = 0; i < q->reg_count; i++) {
        if (!has_deadlines(q->regs[i])) continue;
        if (n++) buf_puts(sql, " union all ");
        put_open_of(sql, q->regs[i], q, count_only);
    }
    return n;
}

static void bind_open(struct query *query, const struct deadline_query *q)
{
    for (size_t i = 0; i < q->reg_count; i++) {
        if (!has_deadlines(q->regs[i])) continue;
        query_bind_str(query, q->office);
        query_bind_str(query, q->regs[i]->name);
        if (q->until.len) query_bind_str(query, q->until);
        sight_bind(query, q->regs[i], &q->sight);
    }
}

static bool count_open(struct conn *c, const struct deadline_query *q, int64_t *total, struct error *err)
{
    *total = 0;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select count(*) from (");
    if (put_open(&sql, q, true) == 0) return true;
    buf_puts(&sql, ") as u");
    auto_query query = query_start_text(c, buf_str(&sql));
    bind_open(&query, q);
    if (query_row(&query)) *total = query_i64(&query, 0);
    return query_finish(&query, err);
}

bool deadline_list_open(struct conn *c, struct arena *a, const struct deadline_query *q, struct due_item **list,
                        size_t *count, int64_t *total, struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    if (!count_open(c, q, total, err)) return false;
    if (*total == 0 || q->limit <= 0) return true;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select * from (");
    put_open(&sql, q, false);
    buf_puts(&sql, ") as u order by \"legal_on\" nulls last, \"strict_at\" nulls last, \"register\", \"record\", \"name\" "
                   "limit ? offset ?");
    auto_query query = query_start_text(c, buf_str(&sql));
    bind_open(&query, q);
    query_bind_i64(&query, q->limit);
    query_bind_i64(&query, q->offset > 0 ? q->offset : 0);
    while (query_row(&query)) {
        struct due_item item = {.deadline = take_deadline(&query, a)};
        record_take_head(&query, a, DEADLINE_COLUMN_COUNT, &item.head);
        item.title = query_str(&query, a, DEADLINE_COLUMN_COUNT + HEAD_COLUMN_COUNT);
        ARENA_PUSH(a, *list, *count, cap, item);
    }
    return query_finish(&query, err);
}
