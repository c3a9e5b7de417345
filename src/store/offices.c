#include "store/offices.h"

#include "store/definitions.h"
#include "store/inside.h"

#define OFFICE_COLUMNS "\"office\", \"code\", \"name\", \"full_name\", \"mark\", \"closed\""

/* The table's keys begin with the office like all others, so that it shards with them: that a code stands once is asked
 * here, while nobody else changes the schema or the offices. */
static bool code_is_free(struct conn *c, const struct office_row *row, struct error *err)
{
    auto_arena a = arena_open();
    if (c->backend->lock_schema && !c->backend->lock_schema(c, err)) return false;
    auto_query q = query_start(c, "select \"name\" from \"fz_office\" where \"code\" = ? and \"office\" <> ? limit 1");
    query_bind_str(&q, row->code);
    query_bind_str(&q, row->key);
    bool taken = query_row(&q);
    struct str name = taken ? query_str(&q, a, 0) : STR("");
    if (!query_finish(&q, err)) return false;
    return !taken || error_at(err, ERR_CONFLICT, STR("code"), "区划代码 %.*s 已由「%.*s」使用", STR_ARG(row->code),
                              STR_ARG(name));
}

bool offices_put(struct conn *c, const struct office_row *row, struct error *err)
{
    if (!code_is_free(c, row, err)) return false;
    auto_query q = query_start(
        c, "insert into \"fz_office\" (" OFFICE_COLUMNS
           ") values (?, ?, ?, ?, ?, ?) on conflict (\"office\") do update set "
           "\"code\" = excluded.\"code\", \"name\" = excluded.\"name\", \"full_name\" = excluded.\"full_name\", "
           "\"mark\" = excluded.\"mark\", \"closed\" = excluded.\"closed\"");
    query_bind_str(&q, row->key);
    query_bind_str(&q, row->code);
    query_bind_str(&q, row->name);
    query_bind_str(&q, row->full_name);
    query_bind_str(&q, row->mark);
    query_bind_bool(&q, row->closed);
    return query_run(&q, NULL, err) && store_note_version(c, err);
}

static struct office_row take(struct query *q, struct arena *a)
{
    return (struct office_row){
        .key = query_str(q, a, 0),
        .code = query_str(q, a, 1),
        .name = query_str(q, a, 2),
        .full_name = query_str(q, a, 3),
        .mark = query_str(q, a, 4),
        .closed = query_bool(q, 5),
    };
}

static bool find_in(struct conn *c, struct arena *a, struct str column, struct str what, struct office_row *row,
                    int *found, struct error *err)
{
    auto_query q = query_start(c, "select " OFFICE_COLUMNS " from \"fz_office\" where %N = ? limit 2", column);
    query_bind_str(&q, what);
    *found = 0;
    while (query_row(&q))
        if (++*found == 1) *row = take(&q, a);
    return query_finish(&q, err);
}

bool offices_get(struct conn *c, struct arena *a, struct str key, struct office_row *row, struct error *err)
{
    int found;
    if (!find_in(c, a, STR("office"), key, row, &found, err)) return false;
    return found || error_set(err, ERR_NOT_FOUND, "没有这个单位");
}

bool offices_find(struct conn *c, struct arena *a, struct str what, struct office_row *row, struct error *err)
{
    static const char *const columns[] = {"office", "code", "name", "full_name"};
    int found = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns && !found; i++)
        if (!find_in(c, a, str_from(columns[i]), what, row, &found, err)) return false;
    if (found > 1) return error_set(err, ERR_CONFLICT, "叫「%.*s」的单位不止一个，请写区划代码", STR_ARG(what));
    return found || error_set(err, ERR_NOT_FOUND, "没有单位「%.*s」", STR_ARG(what));
}

struct str office_code_end(struct arena *a, struct str code)
{
    if (code.len == 0) return STR(":");
    char *end = str_cstr(a, code);
    end[code.len - 1]++;
    return (struct str){end, code.len};
}

static bool list_codes(struct conn *c, struct arena *a, struct str code, int digits, size_t limit,
                       struct office_row **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select " OFFICE_COLUMNS " from \"fz_office\" where \"code\" >= ? and \"code\" < ? "
                                  "and length(\"code\") <= ? order by \"code\" limit ?");
    query_bind_str(&q, code);
    query_bind_str(&q, office_code_end(a, code));
    query_bind_i64(&q, digits);
    query_bind_i64(&q, (int64_t)limit);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) ARENA_PUSH(a, *list, *count, cap, take(&q, a));
    return query_finish(&q, err);
}

bool offices_list(struct conn *c, struct arena *a, struct str code, size_t limit, struct office_row **list,
                  size_t *count, struct error *err)
{
    enum { ANY = 9 };
    return list_codes(c, a, code, ANY, limit, list, count, err);
}

bool offices_list_children(struct conn *c, struct arena *a, struct str code, int digits, struct office_row **list,
                           size_t *count, struct error *err)
{
    return list_codes(c, a, code, digits, OFFICES_MOST, list, count, err);
}

bool offices_are_many(struct conn *c, bool *many, struct error *err)
{
    int found = 0;
    auto_query q = query_start(c, "select 1 from \"fz_office\" where \"closed\" = 0 limit 2");
    while (query_row(&q)) found++;
    *many = found > 1;
    return query_finish(&q, err);
}

bool offices_have_acts(struct conn *c, bool *any, struct error *err)
{
    auto_query q = query_start(c, "select 1 from \"fz_act\" limit 1");
    *any = query_row(&q);
    return query_finish(&q, err);
}

bool offices_evaluate(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                      struct place_value **list, size_t *count, struct error *err)
{
    auto_query q = query_start_text(c, sql->text);
    query_bind_values(&q, formula_values(a, sql, run), sql->bind_count);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct place_value v = {query_str(&q, a, 0), query_value(&q, a, 1), query_value(&q, a, 2),
                                query_value(&q, a, 3)};
        ARENA_PUSH(a, *list, *count, cap, v);
    }
    return query_finish(&q, err);
}

static const char in_tree[] =
    "\"office\" in (select \"office\" from \"fz_office\" where \"code\" >= ? and \"code\" < ?)";

bool offices_records(struct conn *c, struct arena *a, const struct reg *reg, const struct formula_sql *condition,
                     const struct formula_run *run, const struct field *f, int64_t value, size_t limit,
                     struct office_record **list, size_t *count, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_puts(&sql, "select ");
    record_put_columns(&sql, reg);
    buf_puts(&sql, ", self.\"office\" from ");
    sql_put_name(&sql, reg->name);
    buf_putf(&sql, " as self where self.%s and self.\"voided\" = 0 and self.", in_tree);
    sql_put_name(&sql, f->name);
    buf_puts(&sql, " = ?");
    if (condition) buf_putf(&sql, " and (%.*s)", STR_ARG(condition->text));
    buf_puts(&sql, " order by self.\"office\", self.\"id\" limit ?");
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, run->tree_from);
    query_bind_str(&q, run->tree_end);
    query_bind_i64(&q, value);
    if (condition) query_bind_values(&q, formula_values(a, condition, run), condition->bind_count);
    query_bind_i64(&q, (int64_t)limit);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct office_record r;
        record_take_row(&q, a, reg, &r.record);
        r.office = query_str(&q, a, RECORD_HEAD_COLUMNS + (int)reg->field_count);
        ARENA_PUSH(a, *list, *count, cap, r);
    }
    return query_finish(&q, err);
}

bool offices_with_fixed_report(struct conn *c, struct arena *a, const struct formula_run *run, struct str report,
                               struct str period, struct str **keys, size_t *count, struct error *err)
{
    struct buf sql = sql_in(c);
    buf_putf(&sql,
             "select distinct \"office\" from \"fz_fixed_report\" where %s and \"report\" = ? and \"period\" = ? "
             "order by \"office\"",
             in_tree);
    auto_query q = query_start_text(c, buf_str(&sql));
    query_bind_str(&q, run->tree_from);
    query_bind_str(&q, run->tree_end);
    query_bind_str(&q, report);
    query_bind_str(&q, period);
    size_t cap = 0;
    *keys = NULL;
    *count = 0;
    while (query_row(&q)) ARENA_PUSH(a, *keys, *count, cap, query_str(&q, a, 0));
    return query_finish(&q, err);
}
