/* The text index of records: the number and the searched fields that are not private. */
#include "store/inside.h"

bool words_hold(const struct field *f)
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

static bool differ(const struct record *a, const struct record *b)
{
    if (!str_eq(a->head.number, b->head.number)) return true;
    for (size_t i = 0; i < a->reg->field_count; i++)
        if (words_hold(&a->reg->fields[i]) && !value_eq(a->values[i], b->values[i])) return true;
    return false;
}

/* What the entry of the record is made of. */
static struct words words_of_record(struct arena *a, const struct record *r)
{
    struct words w = words_in(a);
    words_add(&w, r->head.number);
    for (size_t i = 0; i < r->reg->field_count; i++)
        if (words_hold(&r->reg->fields[i])) words_add(&w, text_of(&r->reg->fields[i], r->values[i]));
    return w;
}

/* ---- what is to be written ---- */

static bool covers(const struct words_range *r, struct str office, const struct reg *reg, int64_t id)
{
    return r->reg == reg && id >= r->from && id <= r->to && str_eq(r->office, office);
}

/* The newest first: an import asks about the record that it has just made. */
static bool is_noted(const struct conn *c, struct str office, const struct reg *reg, int64_t id)
{
    for (size_t i = c->words.count; i-- > 0;)
        if (covers(&c->words.ranges[i], office, reg, id)) return true;
    return false;
}

void words_later(struct conn *c, struct str office, const struct reg *reg, int64_t id)
{
    struct words_later *l = &c->words;
    if (is_noted(c, office, reg, id)) return;
    struct words_range *last = l->count ? &l->ranges[l->count - 1] : NULL;
    if (last && last->reg == reg && id == last->to + 1 && str_eq(last->office, office)) {
        last->to = id;
        return;
    }
    if (!l->arena) l->arena = arena_open();
    struct words_range r = {last && str_eq(last->office, office) ? last->office : str_copy(l->arena, office), reg, id,
                            id};
    ARENA_PUSH(l->arena, l->ranges, l->count, l->cap, r);
}

static const struct reg *changed_register(const struct words_later *l, struct str office, struct str name)
{
    for (size_t i = 0; i < l->changed_count; i++)
        if (str_eq(l->changed[i]->name, name) && str_eq(l->changed_in[i], office)) return l->changed[i];
    return NULL;
}

static void note_changed(struct words_later *l, struct str office, const struct reg *reg)
{
    if (changed_register(l, office, reg->name)) return;
    if (!l->arena) l->arena = arena_open();
    ARENA_PUSH(l->arena, l->changed, l->changed_count, l->changed_cap, reg);
    ARENA_PUSH(l->arena, l->changed_in, l->changed_in_count, l->changed_in_cap, str_copy(l->arena, office));
}

bool words_change(struct conn *c, struct str office, const struct record *before, const struct record *after,
                  struct error *err)
{
    int64_t id = after->head.id;
    if (!differ(before, after) || is_noted(c, office, after->reg, id)) return true;
    if (!c->backend->words_keep) {
        words_later(c, office, after->reg, id);
        return true;
    }
    auto_arena a = arena_open();
    struct words was = words_of_record(a, before);
    c->words.kept = true;
    note_changed(&c->words, office, after->reg);
    return c->backend->words_keep(c, office, after->reg->name, id, &was, err);
}

void store_watch_words(struct conn *c, void (*watch)(void *arg, size_t done, size_t total), void *arg)
{
    c->words.watch = watch;
    c->words.watch_arg = arg;
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
        if (!words_hold(&r->reg->fields[i])) continue;
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
        if (words_hold(&reg->fields[i])) words_add(&w, text_of(&reg->fields[i], query_value(q, a, column++)));
    return w;
}

/* Of how many there are is not known before: an upper bound is told, which undone records may have made too high. */
static void tell(struct conn *c, size_t n)
{
    struct words_later *l = &c->words;
    size_t total = 0;
    for (size_t i = 0; l->watch && i < l->count; i++) total += (size_t)(l->ranges[i].to - l->ranges[i].from) + 1;
    l->done += n;
    if (l->watch) l->watch(l->watch_arg, l->done, total);
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
    tell(c, n);
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

/* New entries for those records whose old ones were kept. */
static bool write_changed(struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    struct words_of records[ROWS_AT_ONCE];
    size_t count;
    do {
        arena_reset(a);
        if (!c->backend->words_take_out(c, a, records, ROWS_AT_ONCE, &count, err)) return false;
        for (size_t i = 0; i < count; i++) {
            const struct reg *reg = changed_register(&c->words, records[i].office, records[i].reg);
            if (!reg) reg = model_reg(c->store->model, records[i].reg);
            if (reg && !write_range(c, (struct words_range){records[i].office, reg, records[i].id, records[i].id}, err))
                return false;
        }
    } while (count);
    return true;
}

bool words_catch_up(struct conn *c, struct error *err)
{
    for (size_t i = 0; i < c->words.count; i++)
        if (!write_range(c, c->words.ranges[i], err)) return false;
    if (c->words.kept && !write_changed(c, err)) return false;
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
        if (!words_hold(f)) continue;
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
