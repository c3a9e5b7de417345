/* The text index of records: the number and the searched fields that are not private. */
#include "store/inside.h"

static bool in_index(const struct field *f)
{
    return f->searched && !f->private_;
}

/* A code is found by its label, which is what people see. */
static struct str text_of(const struct field *f, struct value v)
{
    if (v.kind != VALUE_TEXT) return STR("");
    if (f->type != FIELD_CODE || !f->codes) return v.t;
    for (size_t i = 0; i < f->codes->count; i++)
        if (str_eq(f->codes->codes[i].key, v.t)) return f->codes->codes[i].label;
    return v.t;
}

bool record_words_differ(const struct record *a, const struct record *b)
{
    if (!str_eq(a->head.number, b->head.number)) return true;
    for (size_t i = 0; i < a->reg->field_count; i++)
        if (in_index(&a->reg->fields[i]) && !value_eq(a->values[i], b->values[i])) return true;
    return false;
}

/* ---- what is to be written ---- */

void words_later(struct conn *c, struct str office, const struct reg *reg, int64_t id)
{
    struct words_later *l = &c->words;
    struct words_range *last = l->count ? &l->ranges[l->count - 1] : NULL;
    if (last && last->reg == reg && id >= last->from && id <= last->to + 1 && str_eq(last->office, office)) {
        if (id > last->to) last->to = id;
        return;
    }
    if (!l->arena) l->arena = arena_open();
    struct words_range r = {last && str_eq(last->office, office) ? last->office : str_copy(l->arena, office), reg, id, id};
    ARENA_PUSH(l->arena, l->ranges, l->count, l->cap, r);
}

void words_forget(struct conn *c)
{
    if (c->words.arena) arena_reset(c->words.arena);
    c->words = (struct words_later){.arena = c->words.arena};
}

void words_later_close(struct conn *c)
{
    if (c->words.arena) arena_close(c->words.arena);
    c->words = (struct words_later){0};
}

/* ---- writing it ---- */

enum { ROWS_AT_ONCE = 256 };

/* Number and indexed fields of the records from..to, in order of id, the first ROWS_AT_ONCE. */
static struct query select_words(struct conn *c, const struct words_range *r)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select \"id\", \"number\"");
    for (size_t i = 0; i < r->reg->field_count; i++) {
        if (!in_index(&r->reg->fields[i])) continue;
        buf_puts(&sql, ", ");
        sql_put_name(&sql, r->reg->fields[i].name);
    }
    buf_puts(&sql, " from ");
    sql_put_name(&sql, r->reg->name);
    buf_putf(&sql, " where \"office\" = ? and \"id\" between ? and ? order by \"id\" limit %d", ROWS_AT_ONCE);
    struct query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, r->office);
    query_bind_i64(&q, r->from);
    query_bind_i64(&q, r->to);
    return q;
}

static struct words take_words(struct query *q, struct arena *a, const struct reg *reg)
{
    struct words w = words_in(a);
    int column = 1;
    words_add(&w, query_str(q, a, column++));
    for (size_t i = 0; i < reg->field_count; i++)
        if (in_index(&reg->fields[i])) words_add(&w, text_of(&reg->fields[i], query_value(q, a, column++)));
    return w;
}

/* Writes the first rows of the range and moves its beginning behind them; `done` when there were no more. */
static bool write_some(struct conn *c, struct arena *a, struct words_range *r, bool *done, struct error *err)
{
    int64_t ids[ROWS_AT_ONCE];
    struct words words[ROWS_AT_ONCE];
    size_t n = 0;
    auto_query q = select_words(c, r);
    while (n < ROWS_AT_ONCE && query_row(&q)) {
        ids[n] = query_i64(&q, 0);
        words[n++] = take_words(&q, a, r->reg);
    }
    if (!query_finish(&q, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!c->backend->words_put(c, r->office, r->reg->name, ids[i], &words[i], err)) return false;
    *done = n < ROWS_AT_ONCE;
    if (!*done) r->from = ids[n - 1] + 1;
    return true;
}

static bool write_range(struct conn *c, struct words_range r, struct error *err)
{
    auto_arena a = arena_open();
    bool done = false;
    while (!done && r.from <= r.to) {
        arena_reset(a);
        if (!write_some(c, a, &r, &done, err)) return false;
    }
    return true;
}

bool words_catch_up(struct conn *c, struct error *err)
{
    for (size_t i = 0; i < c->words.count; i++)
        if (!write_range(c, c->words.ranges[i], err)) return false;
    words_forget(c);
    return true;
}

/* ---- all records of a register ---- */

struct str register_words(struct arena *a, const struct reg *reg)
{
    struct buf b = buf_in(a);
    buf_puts(&b, WORDS_VERSION);
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        if (!in_index(f)) continue;
        buf_putf(&b, " %.*s", STR_ARG(f->name));
        /* A label that changed must be found by its new words. */
        for (size_t k = 0; f->type == FIELD_CODE && f->codes && k < f->codes->count; k++)
            buf_putf(&b, "/%.*s=%.*s", STR_ARG(f->codes->codes[k].key), STR_ARG(f->codes->codes[k].label));
    }
    return buf_str(&b);
}

static bool offices_of(struct conn *c, struct arena *a, const struct reg *reg, struct str **list, size_t *count,
                       struct error *err)
{
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    auto_query q = query_start(c, "select distinct \"office\" from %T order by \"office\"", reg);
    while (query_row(&q)) ARENA_PUSH(a, *list, *count, cap, query_str(&q, a, 0));
    return query_finish(&q, err);
}

bool register_index_words(struct conn *c, const struct reg *reg, struct str office, struct error *err)
{
    auto_arena a = arena_open();
    struct str *offices = &office;
    size_t count = 1;
    if (office.len == 0 && !offices_of(c, a, reg, &offices, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!write_range(c, (struct words_range){offices[i], reg, INT64_MIN, INT64_MAX}, err)) return false;
    return true;
}
