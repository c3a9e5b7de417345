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

bool record_put_words(struct conn *c, struct str office, const struct record *r, struct error *err)
{
    auto_arena a = arena_open();
    struct words w = words_in(a);
    words_add(&w, r->head.number);
    for (size_t i = 0; i < r->reg->field_count; i++)
        if (in_index(&r->reg->fields[i])) words_add(&w, text_of(&r->reg->fields[i], r->values[i]));
    return c->backend->words_put(c, office, r->reg->name, r->head.id, &w, err);
}

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

/* Of one office or of all: the columns first, the office behind them. */
static struct query select_all(struct conn *c, const struct reg *reg, struct str office)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, reg);
    buf_puts(&sql, ", self.\"office\" from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " as self");
    if (office.len) buf_puts(&sql, " where self.\"office\" = ?");
    buf_puts(&sql, " order by self.\"office\", self.\"id\"");
    struct query q = query_start_text(c, buf_str(&sql));
    if (office.len) query_bind_str(&q, office);
    return q;
}

bool register_index_words(struct conn *c, const struct reg *reg, struct str office, struct error *err)
{
    auto_arena row = arena_open();
    auto_query q = select_all(c, reg, office);
    query_stream(&q);
    while (query_row(&q)) {
        struct record r;
        arena_reset(row);
        record_take_row(&q, row, reg, &r);
        struct str of = query_str(&q, row, RECORD_HEAD_COLUMNS + (int)reg->field_count);
        if (!record_put_words(c, of, &r, err)) return false;
    }
    return query_finish(&q, err);
}
