/* Formulas as statements of their own. */
#include "store/inside.h"

/* The first row, or nothing in every column; ends the query. */
static bool take_one_row(struct query *q, struct arena *a, struct value *values, size_t count, struct error *err)
{
    bool found = query_row(q);
    for (size_t i = 0; i < count; i++) values[i] = found ? query_value(q, a, (int)i) : value_null();
    return query_finish(q, err);
}

bool store_select_row(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                      struct value *values, size_t count, struct error *err)
{
    auto_query q = query_start_text(c, sql->text);
    query_bind_values(&q, formula_values(a, sql, run), sql->bind_count);
    return take_one_row(&q, a, values, count, err);
}

static void put_list(struct buf *text, const struct formula_sql *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_puts(text, i ? ", " : "select ");
        buf_put(text, list[i].text);
    }
}

static void bind_list(struct query *q, struct arena *a, const struct formula_sql *list, size_t count,
                      const struct formula_run *run)
{
    for (size_t i = 0; i < count; i++) query_bind_values(q, formula_values(a, &list[i], run), list[i].bind_count);
}

bool store_evaluate_all(struct conn *c, struct arena *a, const struct formula_sql *list, size_t count,
                        const struct formula_run *run, struct value *values, struct error *err)
{
    if (count == 0) return true;
    struct buf text = sql_in(c);
    put_list(&text, list, count);
    auto_query q = query_start_text(c, buf_str(&text));
    bind_list(&q, a, list, count, run);
    return take_one_row(&q, a, values, count, err);
}

bool store_evaluate(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                    struct value *value, struct error *err)
{
    return store_evaluate_all(c, a, sql, 1, run, value, err);
}

/* ---- about a record that the table need not have ---- */

/* A value of this kind. What a column's type says about its order stands behind the cast. */
static void put_mark(struct buf *text, const struct backend *b, enum column_kind kind)
{
    struct str type = str_from(b->kind_names[kind]);
    size_t order = str_find(type, STR(" collate "), 0);
    buf_puts(text, "cast(? as ");
    buf_put(text, str_slice(type, 0, order));
    buf_putc(text, ')');
    buf_put(text, str_slice(type, order, type.len));
}

/* A name that stands for the record alone: the formulas find it in the place of their register's table. */
static void put_record(struct buf *text, const struct backend *b, const struct reg *reg)
{
    static const enum column_kind head[] = {COLUMN_TEXT, COLUMN_INTEGER, COLUMN_TEXT,
                                            COLUMN_TEXT, COLUMN_DATE,    COLUMN_INTEGER};
    buf_puts(text, "with ");
    sql_put_name(text, reg->name);
    buf_puts(text, " (\"office\", \"id\", \"number\", \"stage\", \"created_on\", \"org\"");
    for (size_t i = 0; i < reg->field_count; i++) {
        buf_puts(text, ", ");
        sql_put_name(text, reg->fields[i].name);
    }
    buf_puts(text, ") as (select ");
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        buf_puts(text, i ? ", " : "");
        put_mark(text, b, head[i]);
    }
    for (size_t i = 0; i < reg->field_count; i++) {
        buf_puts(text, ", ");
        put_mark(text, b, field_column_kind(&reg->fields[i]));
    }
    buf_puts(text, ") ");
}

static void bind_record(struct query *q, struct str office, const struct record *r)
{
    query_bind_str(q, office);
    query_bind_i64(q, r->head.id);
    query_bind_str(q, r->head.number);
    query_bind_str(q, r->head.stage);
    query_bind_text(q, r->head.created_on);
    query_bind_value(q, r->head.org ? value_int(r->head.org) : value_null());
    query_bind_values(q, r->values, r->reg->field_count);
}

bool store_evaluate_about(struct conn *c, struct arena *a, const struct record *r, const struct formula_sql *list,
                          size_t count, const struct formula_run *run, struct value *values, struct error *err)
{
    if (count == 0) return true;
    struct buf text = sql_in(c);
    put_record(&text, c->backend, r->reg);
    put_list(&text, list, count);
    auto_query q = query_start_text(c, buf_str(&text));
    bind_record(&q, run->office, r);
    bind_list(&q, a, list, count, run);
    return take_one_row(&q, a, values, count, err);
}
