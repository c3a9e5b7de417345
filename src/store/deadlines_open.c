/* The open deadlines of several registers, earliest first: what the workbench shows.
 *
 * They are walked through in the order of one index, a batch at a time; the records of a batch are then fetched by their
 * keys, one query for each register. So a page costs what stands on it, however many records and registers there are. */
#include "store/deadline_row.h"
#include "store/inside.h"
#include "store/orders.h"

enum { BATCH = 256 };

static const struct order open_order = {
    .alias = "d",
    .keys = {{{"legal_on", 8}, KEY_PLAIN, FIELD_DATE, false, false},
             {{"strict_at", 9}, KEY_PLAIN, FIELD_TEXT, false, false},
             {{"register", 8}, KEY_PLAIN, FIELD_TEXT, false, true},
             {{"record", 6}, KEY_PLAIN, FIELD_INTEGER, false, true},
             {{"name", 4}, KEY_PLAIN, FIELD_TEXT, false, true}},
    .count = 5,
};

bool deadline_bring_index(struct conn *c, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "create index if not exists \"fz_deadline_due\" on \"fz_deadline\" (\"office\", \"state\"");
    order_put_columns(&sql, &open_order, c->backend->dialect);
    buf_putc(&sql, ')');
    auto_query q = query_start_text(c, buf_str(&sql));
    return query_run(&q, NULL, err) && conn_execute(c, "drop index if exists \"fz_deadline_open\"", err);
}

/* ---- a walk ---- */

struct walk {
    struct conn *conn;
    struct arena *arena;
    const struct deadline_query *q;
    struct order order;
    struct list_place place;
    bool placed, ended;
    struct due_item items[BATCH]; /* the batch */
    bool seen[BATCH];
    size_t count;
};

static void put_registers(struct buf *sql, const struct deadline_query *q)
{
    buf_puts(sql, " and d.\"register\" in (");
    sql_put_marks(sql, q->reg_count);
    buf_putc(sql, ')');
}

static bool take_range(struct walk *w, const struct segment *s, size_t most, struct error *err)
{
    bool told = w->conn->backend->dialect == DIALECT_SQLITE;
    struct buf sql = sql_in(w->conn);
    buf_puts(&sql, "select " DEADLINE_COLUMNS("d.") " from \"fz_deadline\" as d");
    if (told) buf_puts(&sql, " indexed by \"fz_deadline_due\"");
    buf_puts(&sql, " where d.\"office\" = ? and d.\"state\" = 'running'");
    if (s) buf_puts(&sql, " and ");
    if (s) segment_put(&sql, &w->order, &w->place, s);
    put_registers(&sql, w->q);
    deadline_put_unlapsed(&sql, w->q->regs, w->q->reg_count);
    order_put(&sql, &w->order, 0);
    buf_puts(&sql, " limit ?");
    auto_query q = query_start_text(w->conn, buf_str(&sql));
    query_bind_str(&q, w->q->office);
    if (s) segment_bind(&q, &w->place, s);
    for (size_t i = 0; i < w->q->reg_count; i++) query_bind_str(&q, w->q->regs[i].reg->name);
    deadline_bind_unlapsed(&q, w->q->regs, w->q->reg_count, w->q->today);
    query_bind_i64(&q, (int64_t)(most - w->count));
    while (query_row(&q)) w->items[w->count++] = (struct due_item){.deadline = deadline_take(&q, w->arena)};
    return query_finish(&q, err);
}

/* The next batch of at most `most`, its records not looked at. */
static bool take_batch(struct walk *w, size_t most, struct error *err)
{
    struct segment segments[SEGMENTS_MOST];
    size_t count = w->placed ? order_segments(&w->order, &w->place, segments) : 1;
    w->count = 0;
    for (size_t i = 0; i < count && w->count < most; i++)
        if (!take_range(w, w->placed ? &segments[i] : NULL, most, err)) return false;
    w->ended = w->count < most;
    if (w->count) w->place = deadline_place_of(&w->items[w->count - 1]);
    w->placed = true;
    return true;
}

/* The record's title where it is plain text; sealed text is nobody's title. */
static void put_title(struct buf *sql, const struct reg *reg)
{
    const struct field *f = reg->title;
    bool text = f && !f->private_ && field_is_text(f);
    if (!text) {
        buf_puts(sql, "''");
        return;
    }
    buf_puts(sql, "self.");
    sql_put_name(sql, f->name);
}

static struct query start_records(struct conn *c, const struct deadline_query *q, const struct seen_register *s,
                                  const int64_t *ids, size_t count)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_head(&sql);
    buf_puts(&sql, ", ");
    put_title(&sql, s->reg);
    buf_puts(&sql, " from ");
    sql_put_name(&sql, s->reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.\"id\" in (");
    sql_put_marks(&sql, sql_room(count));
    /* The plus keeps SQLite to the primary key. */
    buf_puts(&sql, ") and +self.\"voided\" = 0");
    sight_put(&sql, s->reg, &s->sight);
    struct query query = query_start_text(c, buf_str(&sql));
    query_bind_str(&query, q->office);
    sql_bind_room(&query, ids, count);
    sight_bind(&query, s->reg, &s->sight);
    return query;
}

static size_t ids_in_batch(const struct walk *w, const struct reg *reg, int64_t *ids)
{
    size_t n = 0;
    for (size_t i = 0; i < w->count; i++)
        if (str_eq(w->items[i].deadline.reg, reg->name)) ids[n++] = w->items[i].deadline.record;
    return n;
}

/* Fills what belongs to a register's records in the batch, as far as they are seen. */
static bool look_at(struct walk *w, const struct seen_register *s, struct error *err)
{
    int64_t ids[BATCH];
    size_t count = ids_in_batch(w, s->reg, ids);
    if (count == 0) return true;
    auto_query q = start_records(w->conn, w->q, s, ids, count);
    while (query_row(&q)) {
        struct record_head head;
        record_take_head(&q, w->arena, 0, &head);
        struct str title = query_str(&q, w->arena, RECORD_HEAD_COLUMNS);
        for (size_t i = 0; i < w->count; i++) {
            if (w->items[i].deadline.record != head.id || !str_eq(w->items[i].deadline.reg, s->reg->name)) continue;
            w->items[i].head = head;
            w->items[i].title = title;
            w->seen[i] = true;
        }
    }
    return query_finish(&q, err);
}

/* ---- pages ---- */

struct list_place deadline_place_of(const struct due_item *item)
{
    const struct deadline_row *d = &item->deadline;
    struct list_place p = {.count = open_order.count};
    p.values[0] = d->legal_on.len ? value_text(d->legal_on) : value_null();
    p.values[1] = d->strict_at.len ? value_text(d->strict_at) : value_null();
    p.values[2] = value_text(d->reg);
    p.values[3] = value_int(d->record);
    p.values[4] = value_text(d->name);
    return p;
}

static bool start_walk(struct walk *w, struct conn *c, struct arena *a, const struct deadline_query *q,
                       struct error *err)
{
    *w = (struct walk){.conn = c, .arena = a, .q = q, .order = open_order, .place = q->place};
    w->placed = q->from == LIST_AFTER || q->from == LIST_BEFORE;
    if (w->placed && !order_takes(&w->order, &w->place))
        return error_at(err, ERR_INPUT, STR("after"), "这一页的位置读不懂，请从第一页看起");
    if (q->from == LIST_BEFORE || q->from == LIST_LAST) w->order = order_reversed(&open_order);
    w->ended = q->reg_count == 0;
    return true;
}

static void turn_round(struct due_list *list)
{
    for (size_t i = 0; i + 1 < list->count - i; i++) {
        struct due_item item = list->items[i];
        list->items[i] = list->items[list->count - 1 - i];
        list->items[list->count - 1 - i] = item;
    }
}

bool deadline_list_open(struct conn *c, struct arena *a, const struct deadline_query *q, struct due_list *list,
                        struct error *err)
{
    size_t want = q->limit > 0 ? (size_t)q->limit + 1 : 0, cap = 0;
    bool backwards = q->from == LIST_BEFORE || q->from == LIST_LAST;
    *list = (struct due_list){0};
    struct walk *w = arena_new(a, struct walk);
    if (!start_walk(w, c, a, q, err)) return false;
    while (!w->ended && list->count < want) {
        for (size_t i = 0; i < BATCH; i++) w->seen[i] = false;
        if (!take_batch(w, want < BATCH ? want : BATCH, err)) return false;
        for (size_t i = 0; i < q->reg_count; i++)
            if (!look_at(w, &q->regs[i], err)) return false;
        for (size_t i = 0; i < w->count && list->count < want; i++)
            if (w->seen[i]) ARENA_PUSH(a, list->items, list->count, cap, w->items[i]);
    }
    bool beyond = want && list->count == want;
    if (beyond) list->count--;
    list->before = backwards ? beyond : q->from == LIST_AFTER;
    list->after = backwards ? q->from == LIST_BEFORE : beyond;
    if (backwards) turn_round(list);
    return true;
}

/* ---- counts ---- */

/* A running deadline's record is not voided: voiding stops it. Where all is seen, there is nothing to look at. */
static bool look_where_narrow(struct walk *w, struct error *err)
{
    for (size_t i = 0; i < w->q->reg_count; i++) {
        const struct seen_register *s = &w->q->regs[i];
        if (!s->sight.all) {
            if (!look_at(w, s, err)) return false;
            continue;
        }
        for (size_t k = 0; k < w->count; k++)
            if (str_eq(w->items[k].deadline.reg, s->reg->name)) w->seen[k] = true;
    }
    return true;
}

static bool falls_by(const struct deadline_row *d, struct str day)
{
    return day.len == 0 || (d->legal_on.len && str_cmp(d->legal_on, day) <= 0);
}

bool deadline_count_open(struct conn *c, const struct deadline_query *q, const struct str *days, size_t day_count,
                         int64_t *counts, struct error *err)
{
    auto_arena a = arena_open();
    auto_arena rows = arena_open();
    struct deadline_query whole = *q;
    whole.from = LIST_FIRST;
    int64_t seen = 0;
    for (size_t i = 0; i < day_count; i++) counts[i] = 0;
    struct walk *w = arena_new(a, struct walk);
    if (!start_walk(w, c, rows, &whole, err)) return false;
    while (!w->ended && seen < LIST_COUNT_MOST) {
        for (size_t i = 0; i < BATCH; i++) w->seen[i] = false;
        if (!take_batch(w, BATCH, err) || !look_where_narrow(w, err)) return false;
        for (size_t i = 0; i < w->count && seen < LIST_COUNT_MOST; i++) {
            if (!w->seen[i]) continue;
            seen++;
            for (size_t k = 0; k < day_count; k++) counts[k] += falls_by(&w->items[i].deadline, days[k]);
        }
    }
    return true;
}
