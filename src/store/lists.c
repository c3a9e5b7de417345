/* Lists of records: totals, order, pages; and formulas run by themselves.
 *
 * What a page costs must not grow with the register. Few rows (as many as are counted anyway) are fetched and sorted;
 * many are walked through in the index of their order, from the page's place on. */
#include "base/utf8.h"
#include "store/list_plan.h"

enum { EACH_ROWS = 500 };

/* ---- all rows, up to a number ---- */

/* "select id …" of all rows; with several ways to see them their union. */
static void put_ids(struct buf *sql, const struct plan *p, struct reading r)
{
    size_t ways = r.way == EVERY_WAY ? 1 : sight_ways(p->q->reg);
    for (size_t i = 0; i < ways; i++) {
        if (ways > 1) buf_puts(sql, i ? " union select * from (" : "select * from (");
        if (r.way != EVERY_WAY) r.way = i;
        buf_puts(sql, "select self.\"id\" as i");
        reading_put(sql, p, &r);
        /* Nothing asks for an order here; but PostgreSQL would look for a range of days from the first record on. */
        if (r.in_order) order_put(sql, &p->order, 0);
        buf_puts(sql, " limit ?");
        if (ways > 1) buf_putf(sql, ") as way%zu", i);
    }
    if (ways > 1) buf_puts(sql, " limit ?");
}

static void bind_ids(struct query *query, const struct plan *p, struct reading r, int64_t most)
{
    size_t ways = r.way == EVERY_WAY ? 1 : sight_ways(p->q->reg);
    for (size_t i = 0; i < ways; i++) {
        if (r.way != EVERY_WAY) r.way = i;
        reading_bind(query, p, &r);
        query_bind_i64(query, most);
    }
    if (ways > 1) query_bind_i64(query, most);
}

/* ---- totals ---- */

static bool is_plain(const struct list_query *q)
{
    return q->sight.all && !q->field && !q->condition && !q->condition2 && str_trim(q->search).len == 0;
}

/* One hit or more among so many records are dense. */
enum { DENSE = 15 };

/* So many of the first rows that this reading gives, and how far apart the ids of the first and the last are. */
static bool count_first(struct conn *c, struct plan *p, struct reading r, int64_t most, int64_t *total, int64_t *span,
                        struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select count(*), max(n.i) - min(n.i) from (");
    put_ids(&sql, p, r);
    buf_puts(&sql, ") as n");
    auto_query q = query_start_text(c, buf_str(&sql));
    bind_ids(&q, p, r, most);
    *total = *span = 0;
    if (query_row(&q)) {
        *total = query_i64(&q, 0);
        *span = query_i64(&q, 1);
    }
    return query_finish(&q, err);
}

static bool count_to(struct conn *c, struct plan *p, int64_t most, int64_t *total, struct error *err)
{
    if (!count_first(c, p, reading_all(p), most, total, &p->span, err)) return false;
    p->dense = p->span < *total * DENSE;
    return true;
}

/* Whether words or stages are rarer is seen from the newest records that have the words. */
static bool weigh_words(struct conn *c, struct plan *p, struct error *err)
{
    enum { SAMPLE = 50 };
    if (!plan_may_begin_with_stages(p)) return true;
    struct list_query all = {.office = p->q->office, .reg = p->q->reg, .sight = p->q->sight, .search = p->q->search};
    struct plan words = *p;
    words.q = &all;
    int64_t found, span;
    if (!count_first(c, &words, reading_all(&words), SAMPLE, &found, &span, err)) return false;
    p->stages_first = found == SAMPLE && found * p->all > span * p->in_stages;
    return true;
}

static bool count_rows(struct conn *c, struct plan *p, struct record_list *list, struct error *err)
{
    const struct list_query *q = p->q;
    int64_t most = q->count_most > 0 ? q->count_most : LIST_COUNT_MOST;
    if (q->count_most < 0) return true;
    if (is_plain(q)) return counts_sum(c, q->office, q->reg, q->stages, q->stage_count, &list->total, err);
    if (!weigh_words(c, p, err) || !count_to(c, p, most + 1, &list->total, err)) return false;
    list->more = list->total > most;
    if (list->more) list->total = most;
    return true;
}

/* ---- few rows: all of them, sorted ---- */

/* Are there so few rows that they are fetched and sorted, at most `most`? A value that few have, in the order of another
 * column, is met rarely on a walk: of these as many are fetched as the walk would look at, where an index alone tells how
 * many they are. */
static bool are_few(struct conn *c, struct plan *p, const struct record_list *list, bool *few, int64_t *most,
                    struct error *err)
{
    const struct list_query *q = p->q;
    bool sorts = q->sort_field.len > 0;
    *most = LIST_COUNT_MOST;
    *few = q->count_most >= 0 && !list->more && list->total <= *most && (!is_plain(q) || (q->stage_count && sorts));
    bool rare = list->more && sorts && q->field && q->sight.all && !p->searches && !q->stage_count && !q->condition &&
                !q->condition2;
    if (!rare) return true;
    int64_t n, walk = (q->limit + 1) * p->all;
    while (*most * *most < walk) *most *= 2;
    /* Those counted lie close together: there are more. */
    if (list->total * p->all > 2 * *most * p->span) return true;
    if (!count_to(c, p, *most + 1, &n, err)) return false;
    *few = n <= *most;
    return true;
}

static bool take_few(struct conn *c, const struct plan *p, int64_t most, int64_t limit, struct record_list *list,
                     struct error *err)
{
    struct segment segments[SEGMENTS_MOST];
    size_t count = p->placed ? order_segments(&p->order, &p->q->place, segments) : 0;
    struct reading r = reading_all(p);
    struct buf sql = sql_in(c);
    buf_puts(&sql, "with few as materialized (");
    put_ids(&sql, p, r);
    /* Sorted are ids alone: the rows are wide. */
    buf_puts(&sql, "), edge as materialized (select self.\"id\" as i from few cross join ");
    sql_put_name(&sql, p->q->reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.\"id\" = few.i");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&sql, i ? ") or (" : " and ((");
        segment_put(&sql, &p->order, &p->q->place, &segments[i]);
    }
    if (count) buf_puts(&sql, "))");
    order_put(&sql, &p->order, 0);
    buf_puts(&sql, " limit ?) select ");
    record_put_columns(&sql, p->q->reg);
    buf_puts(&sql, " from edge cross join ");
    sql_put_name(&sql, p->q->reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.\"id\" = edge.i");
    order_put(&sql, &p->order, 0);
    auto_query q = query_start_text(c, buf_str(&sql));
    bind_ids(&q, p, r, most);
    query_bind_str(&q, p->q->office);
    for (size_t i = 0; i < count; i++) segment_bind(&q, &p->q->place, &segments[i]);
    query_bind_i64(&q, limit);
    query_bind_str(&q, p->q->office);
    return record_take_rows(&q, p->arena, p->q->reg, list, err);
}

/* ---- many rows: a walk ---- */

static void put_walk(struct buf *sql, const struct plan *p, const struct reading *r, const char *columns)
{
    buf_puts(sql, "select ");
    if (columns) buf_puts(sql, columns);
    else record_put_columns(sql, p->q->reg);
    reading_put(sql, p, r);
    /* SQLite does not see that an expression which equals a value has one value; PostgreSQL not that of what is empty. */
    bool lite = p->conn->backend->dialect == DIALECT_SQLITE;
    size_t fixed = lite && r->segment ? r->segment->equal + (r->segment->next == EMPTY) : 0;
    if (r->words == WORDS_WALK)
        buf_putf(sql, " order by f.rowid%s", p->order.keys[0].down ? " desc" : "");
    else
        order_put(sql, &p->order, fixed);
    buf_puts(sql, " limit ?");
}

/* The rows of one range, those of all stages merged. */
static void put_arms(struct buf *sql, const struct plan *p, struct reading r)
{
    buf_puts(sql, "select ");
    record_put_columns(sql, p->q->reg);
    buf_puts(sql, " from (");
    for (size_t i = 0; i < p->q->stage_count; i++) {
        r.stage = &p->q->stages[i];
        buf_puts(sql, i ? " union all select * from (" : "select * from (");
        put_walk(sql, p, &r, "self.*");
        buf_putf(sql, ") as part%zu", i);
    }
    buf_puts(sql, ") as self");
    order_put(sql, &p->order, 0);
    buf_puts(sql, " limit ?");
}

static bool take_range(struct conn *c, const struct plan *p, struct reading r, int64_t limit, struct record_list *list,
                       struct error *err)
{
    bool arms = plan_has_arms(p) && p->q->stage_count > 1;
    struct buf sql = sql_in(c);
    if (arms) put_arms(&sql, p, r);
    else put_walk(&sql, p, &r, NULL);
    auto_query q = query_start_text(c, buf_str(&sql));
    for (size_t i = 0; arms && i < p->q->stage_count; i++) {
        r.stage = &p->q->stages[i];
        reading_bind(&q, p, &r);
        query_bind_i64(&q, limit);
    }
    if (!arms) reading_bind(&q, p, &r);
    query_bind_i64(&q, limit);
    return record_take_rows(&q, p->arena, p->q->reg, list, err);
}

static void append(struct arena *a, struct record_list *list, const struct record_list *part)
{
    struct record *rows = arena_new_array(a, struct record, list->count + part->count + 1);
    for (size_t i = 0; i < list->count; i++) rows[i] = list->rows[i];
    for (size_t i = 0; i < part->count; i++) rows[list->count + i] = part->rows[i];
    list->rows = rows;
    list->count += part->count;
}

static bool take_walk(struct conn *c, const struct plan *p, int64_t limit, struct record_list *list, struct error *err)
{
    struct segment segments[SEGMENTS_MOST];
    struct reading r = reading_in_order(p);
    bool ranges = p->placed && r.words != WORDS_WALK;
    size_t count = ranges ? order_segments(&p->order, &p->q->place, segments) : 1;
    r.from_place = p->placed;
    for (size_t i = 0; i < count && (int64_t)list->count < limit; i++) {
        struct record_list part;
        r.segment = ranges ? &segments[i] : NULL;
        if (!take_range(c, p, r, limit - (int64_t)list->count, &part, err)) return false;
        append(p->arena, list, &part);
    }
    return true;
}

/* ---- lists ---- */

static void turn_round(struct record_list *list)
{
    for (size_t i = 0; i + 1 < list->count - i; i++) {
        struct record r = list->rows[i];
        list->rows[i] = list->rows[list->count - 1 - i];
        list->rows[list->count - 1 - i] = r;
    }
}

bool record_list(struct conn *c, struct arena *a, const struct list_query *q, struct record_list *list,
                 struct error *err)
{
    struct plan p;
    *list = (struct record_list){0};
    if (!plan_make(c, a, q, &p, err)) return false;
    if (p.nothing) return true;
    if (!count_rows(c, &p, list, err)) return false;
    bool few;
    int64_t most;
    if (q->limit <= 0 || (q->count_most >= 0 && list->total == 0)) return true;
    if (!are_few(c, &p, list, &few, &most, err)) return false;
    /* One row more tells whether there is another page. */
    if (!(few ? take_few(c, &p, most, q->limit + 1, list, err) : take_walk(c, &p, q->limit + 1, list, err))) return false;
    bool beyond = (int64_t)list->count > q->limit;
    if (beyond) list->count = (size_t)q->limit;
    list->before = p.backwards ? beyond : q->from == LIST_AFTER;
    list->after = p.backwards ? q->from == LIST_BEFORE : beyond;
    if (p.backwards) turn_round(list);
    return true;
}

static struct value key_value(struct arena *a, const struct record *r, const struct order_key *k)
{
    const struct field *f = reg_field(r->reg, k->column);
    if (f) {
        struct value v = r->values[f - r->reg->fields];
        if (k->kind == KEY_BEGIN && v.kind == VALUE_TEXT) v.t = utf8_begin(v.t, LIST_TEXT_CHARS);
        return v;
    }
    if (k->kind == KEY_LENGTH) return value_int((int64_t)utf8_length(r->head.number));
    if (str_is(k->column, "number")) return value_text(str_copy(a, r->head.number));
    if (str_is(k->column, "stage")) return value_text(str_copy(a, r->head.stage));
    if (str_is(k->column, "created_on")) return r->head.created_on.len ? value_text(r->head.created_on) : value_null();
    if (str_is(k->column, "org")) return r->head.org ? value_int(r->head.org) : value_null();
    return value_int(r->head.id);
}

bool list_place_of(struct arena *a, const struct list_query *q, const struct record *r, struct list_place *place,
                   struct error *err)
{
    struct order o;
    bool newest = q->sort_field.len == 0 && str_trim(q->search).len;
    *place = (struct list_place){0};
    if (!order_of(q->reg, newest ? STR("id") : q->sort_field, false, &o))
        return error_at(err, ERR_INPUT, STR("sort"), "不能按这一列排序");
    for (size_t i = 0; i < o.count; i++) place->values[place->count++] = key_value(a, r, &o.keys[i]);
    return true;
}

/* Places outlive the rows they were taken from. */
static struct list_place keep_place(struct arena *a, struct list_place place)
{
    arena_reset(a);
    for (size_t i = 0; i < place.count; i++)
        if (place.values[i].kind == VALUE_TEXT) place.values[i].t = str_copy(a, place.values[i].t);
    return place;
}

bool record_list_each(struct conn *c, const struct list_query *q,
                      bool (*each)(void *arg, struct arena *page, const struct record_list *part), void *arg,
                      struct error *err)
{
    auto_arena page = arena_open();
    auto_arena kept = arena_open();
    struct list_query part = *q;
    struct record_list list = {.after = true};
    int64_t left = q->limit > 0 ? q->limit : INT64_MAX;
    part.count_most = -1;
    while (list.after && left > 0) {
        arena_reset(page);
        part.limit = left < EACH_ROWS ? left : EACH_ROWS;
        if (!record_list(c, page, &part, &list, err)) return false;
        if (list.count == 0 || !each(arg, page, &list)) return true;
        left -= (int64_t)list.count;
        part.from = LIST_AFTER;
        struct list_place place;
        if (!list_place_of(page, q, &list.rows[list.count - 1], &place, err)) return false;
        part.place = keep_place(kept, place);
    }
    return true;
}
