/* Lists of records: sight, conditions, search, order, paging; and formulas run by themselves. */
#include "store/inside.h"

/* ---- where ---- */

/* A list being put together: its condition and the texts to bind. */
struct plan {
    const struct list_query *q;
    struct buf where;
    struct str match; /* for the text index */
    bool searches;
    bool nothing;     /* nothing can be found */
};

static void put_condition(struct buf *where, const struct formula_sql *condition)
{
    if (!condition) return;
    buf_puts(where, " and (");
    buf_put(where, condition->text);
    buf_putc(where, ')');
}

static struct plan plan_of(struct conn *c, struct arena *a, const struct list_query *q)
{
    struct plan p = {.q = q, .where = buf_in(a)};
    buf_puts(&p.where, " from ");
    sql_put_name(&p.where, q->reg->name);
    buf_puts(&p.where, " as self where self.\"office\" = ? and self.\"voided\" = 0");
    sight_put(&p.where, q->reg, &q->sight);
    put_condition(&p.where, q->condition);
    put_condition(&p.where, q->condition2);
    if (str_trim(q->search).len == 0) return p;
    struct word_term *terms;
    size_t count = words_of_search(a, q->search, &terms);
    p.nothing = count == 0;
    p.searches = count > 0;
    if (!p.searches) return p;
    p.match = c->backend->words_match(a, q->office, q->reg->name, terms, count);
    buf_putf(&p.where, " and %s", c->backend->words_condition);
    return p;
}

static void bind_condition(struct query *query, struct arena *a, const struct formula_sql *condition,
                           const struct formula_run *run)
{
    if (condition) query_bind_values(query, formula_values(a, condition, run), condition->bind_count);
}

static void bind_plan(struct query *query, struct arena *a, const struct plan *p)
{
    query_bind_str(query, p->q->office);
    sight_bind(query, p->q->reg, &p->q->sight);
    bind_condition(query, a, p->q->condition, p->q->run);
    bind_condition(query, a, p->q->condition2, p->q->run);
    if (!p->searches) return;
    query_bind_str(query, p->q->office);
    query_bind_str(query, p->q->reg->name);
    query_bind_str(query, p->match);
}

/* ---- order ---- */

static bool may_sort_by(const struct reg *reg, struct str name)
{
    static const char *const built_in[] = {"number", "stage", "created_on", "org", "id"};
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        if (str_is(name, built_in[i])) return true;
    const struct field *f = reg_field(reg, name);
    return f && !f->private_; /* the order of sealed text would say nothing, and must not say anything */
}

static void put_key(struct buf *sql, struct str name, bool descending)
{
    const char *direction = descending ? " desc nulls last, " : " asc nulls last, ";
    if (str_is(name, "number")) /* 9号 before 10号 */
        buf_putf(sql, "length(self.\"number\")%s", direction);
    buf_puts(sql, "self.");
    sql_put_name(sql, name);
    buf_puts(sql, direction);
}

static bool put_order(struct buf *sql, const struct list_query *q, struct error *err)
{
    bool descending = q->descending;
    buf_puts(sql, " order by ");
    if (q->sort_field.len) {
        if (!may_sort_by(q->reg, q->sort_field)) return error_at(err, ERR_INPUT, STR("sort"), "不能按这一列排序");
        put_key(sql, q->sort_field, descending);
    } else {
        descending = true;
        for (size_t i = 0; i < q->reg->sort_count; i++) {
            bool down = str_starts(q->reg->sort[i], STR("-"));
            struct str name = str_slice(q->reg->sort[i], down ? 1 : 0, q->reg->sort[i].len);
            if (i == 0) descending = down;
            if (may_sort_by(q->reg, name)) put_key(sql, name, down);
        }
    }
    buf_puts(sql, descending ? "self.\"id\" desc" : "self.\"id\"");
    return true;
}

/* ---- lists ---- */

static bool count_plan(struct conn *c, struct arena *a, const struct plan *p, int64_t *total, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select count(*)");
    buf_put(&sql, buf_str(&p->where));
    auto_query q = query_start_text(c, buf_str(&sql));
    bind_plan(&q, a, p);
    *total = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

static bool rows_of_plan(struct conn *c, struct arena *a, const struct plan *p, struct record_list *list,
                         struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, p->q->reg);
    buf_put(&sql, buf_str(&p->where));
    if (!put_order(&sql, p->q, err)) return false;
    buf_puts(&sql, " limit ? offset ?");
    auto_query q = query_start_text(c, buf_str(&sql));
    bind_plan(&q, a, p);
    query_bind_i64(&q, p->q->limit);
    query_bind_i64(&q, p->q->offset > 0 ? p->q->offset : 0);
    return record_take_rows(&q, a, p->q->reg, list, err);
}

bool record_list(struct conn *c, struct arena *a, const struct list_query *q, struct record_list *list,
                 struct error *err)
{
    *list = (struct record_list){0};
    struct plan p = plan_of(c, a, q);
    if (p.nothing) return true;
    if (!count_plan(c, a, &p, &list->total, err)) return false;
    if (q->limit <= 0 || q->offset >= list->total) return true;
    return rows_of_plan(c, a, &p, list, err);
}

bool record_list_referring(struct conn *c, struct arena *a, struct str office, const struct reg *reg,
                           const struct field *f, int64_t id, int64_t limit, struct record_list *list,
                           struct error *err)
{
    *list = (struct record_list){0};
    auto_query count = query_start(c, "select count(*) from %T where \"office\" = ? and %F = ? and \"voided\" = 0", reg, f);
    query_bind_str(&count, office);
    query_bind_i64(&count, id);
    if (query_row(&count)) list->total = query_i64(&count, 0);
    if (!query_finish(&count, err)) return false;
    if (list->total == 0 || limit <= 0) return true;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, reg);
    buf_puts(&sql, " from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.");
    sql_put_name(&sql, f->name);
    buf_puts(&sql, " = ? and self.\"voided\" = 0 order by self.\"id\" desc limit ?");
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    query_bind_i64(&q, id);
    query_bind_i64(&q, limit);
    return record_take_rows(&q, a, reg, list, err);
}

bool record_count_by_stage(struct conn *c, struct arena *a, struct str office, const struct reg *reg,
                           struct sight sight, struct str **stages, int64_t **counts, size_t *count, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select self.\"stage\", count(*) from ");
    sql_put_name(&sql, reg->name);
    buf_puts(&sql, " as self where self.\"office\" = ? and self.\"voided\" = 0");
    sight_put(&sql, reg, &sight);
    buf_puts(&sql, " group by self.\"stage\" order by self.\"stage\"");
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, office);
    sight_bind(&q, reg, &sight);
    size_t caps[2] = {0, 0};
    size_t n = 0;
    *stages = NULL;
    *counts = NULL;
    *count = 0;
    while (query_row(&q)) {
        n = *count;
        ARENA_PUSH(a, *stages, n, caps[0], query_str(&q, a, 0));
        ARENA_PUSH(a, *counts, *count, caps[1], query_i64(&q, 1));
    }
    return query_finish(&q, err);
}

static void put_in_stages(struct buf *sql, const struct reg *reg, const struct sight *sight, size_t stage_count)
{
    buf_puts(sql, " from ");
    sql_put_name(sql, reg->name);
    buf_puts(sql, " as self where self.\"office\" = ? and self.\"voided\" = 0 and self.\"stage\" in (");
    sql_put_marks(sql, stage_count);
    buf_putc(sql, ')');
    sight_put(sql, reg, sight);
}

static void bind_in_stages(struct query *q, struct str office, const struct reg *reg, const struct sight *sight,
                           const struct str *stages, size_t stage_count)
{
    query_bind_str(q, office);
    for (size_t i = 0; i < stage_count; i++) query_bind_str(q, stages[i]);
    sight_bind(q, reg, sight);
}

bool record_list_in_stages(struct conn *c, struct arena *a, struct str office, const struct reg *reg,
                           struct sight sight, const struct str *stages, size_t stage_count, int64_t limit,
                           struct record_list *list, struct error *err)
{
    *list = (struct record_list){0};
    if (stage_count == 0) return true;
    struct buf count_sql = sql_in(c);
    buf_puts(&count_sql, "select count(*)");
    put_in_stages(&count_sql, reg, &sight, stage_count);
    auto_query count = query_start_text(c, buf_str(&count_sql));
    bind_in_stages(&count, office, reg, &sight, stages, stage_count);
    if (query_row(&count)) list->total = query_i64(&count, 0);
    if (!query_finish(&count, err)) return false;
    if (list->total == 0 || limit <= 0) return true;
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, reg);
    put_in_stages(&sql, reg, &sight, stage_count);
    buf_puts(&sql, " order by self.\"id\" desc limit ?");
    auto_query q = query_start_text(c, buf_str(&sql));
    bind_in_stages(&q, office, reg, &sight, stages, stage_count);
    query_bind_i64(&q, limit);
    return record_take_rows(&q, a, reg, list, err);
}

/* ---- formulas ---- */

bool store_select_row(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                      struct value *values, size_t count, struct error *err)
{
    auto_query q = query_start_text(c, sql->text);
    query_bind_values(&q, formula_values(a, sql, run), sql->bind_count);
    bool row = query_row(&q);
    for (size_t i = 0; i < count; i++) values[i] = row ? query_value(&q, a, (int)i) : value_null();
    return query_finish(&q, err);
}

bool store_evaluate_all(struct conn *c, struct arena *a, const struct formula_sql *list, size_t count,
                        const struct formula_run *run, struct value *values, struct error *err)
{
    if (count == 0) return true;
    struct buf text = sql_in(c);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&text, i ? ", " : "select ");
        buf_put(&text, list[i].text);
    }
    auto_query q = query_start_text(c, buf_str(&text));
    for (size_t i = 0; i < count; i++) query_bind_values(&q, formula_values(a, &list[i], run), list[i].bind_count);
    bool found = query_row(&q);
    for (size_t i = 0; i < count; i++) values[i] = found ? query_value(&q, a, (int)i) : value_null();
    return query_finish(&q, err);
}

bool store_evaluate(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                    struct value *value, struct error *err)
{
    return store_evaluate_all(c, a, sql, 1, run, value, err);
}
