#include "web/list_query.h"

#include "base/buf.h"
#include "web/views.h"

/* Filters become one formula, which the language checks like any other: a value that is not a code, a date or a number
 * of an organisation never gets into it. */
struct filters {
    struct request *rq;
    const struct reg *reg;
    struct buf formula;
};

static void add(struct filters *f, struct str condition)
{
    if (f->formula.len) buf_puts(&f->formula, " and ");
    buf_putf(&f->formula, "(%.*s)", STR_ARG(condition));
}

static void add_stages(struct filters *f)
{
    struct str rest = request_query(f->rq, "stage");
    struct buf b = buf_in(f->rq->arena);
    for (struct str key; str_split(&rest, ',', &key);) {
        if (!reg_stage(f->reg, key)) continue;
        buf_putf(&b, "%s%.*s", b.len ? ", " : "stage in (", STR_ARG(key));
    }
    if (b.len) {
        buf_putc(&b, ')');
        add(f, buf_str(&b));
    }
}

static void add_code(struct filters *f, const struct field *field)
{
    char *key = str_cstr(f->rq->arena, field->name);
    struct str value = request_query(f->rq, key);
    if (value.len == 0 || !code_by_key(field->codes, value)) return;
    add(f, str_printf(f->rq->arena, "%s = '%.*s'", key, STR_ARG(value)));
}

static void add_dates(struct filters *f, const struct field *field)
{
    struct arena *a = f->rq->arena;
    char *from = str_cstr(a, str_printf(a, "%.*s.from", STR_ARG(field->name)));
    char *to = str_cstr(a, str_printf(a, "%.*s.to", STR_ARG(field->name)));
    struct date d;
    if (date_parse(request_query(f->rq, from), &d))
        add(f, str_printf(a, "%.*s >= %.*s", STR_ARG(field->name), STR_ARG(date_iso(a, d))));
    if (date_parse(request_query(f->rq, to), &d))
        add(f, str_printf(a, "%.*s <= %.*s", STR_ARG(field->name), STR_ARG(date_iso(a, d))));
}

static void add_filters(struct filters *f)
{
    add_stages(f);
    for (size_t i = 0; i < f->reg->field_count; i++) {
        const struct field *field = &f->reg->fields[i];
        if (field->private_) continue;
        if (field->type == FIELD_CODE) add_code(f, field);
        if (field->type == FIELD_DATE) add_dates(f, field);
    }
}

static struct formula_sql *compile(struct request *rq, const struct reg *reg, struct str text, struct error *err)
{
    const struct office *o = app_of(rq)->office;
    struct formula_context ctx = {.schema = &o->model->schema, .self = &reg->as_formula};
    struct formula *f = formula_parse(rq->arena, text, &ctx, FT_BOOL, err);
    if (!f) return NULL;
    struct formula_sql *sql = arena_new(rq->arena, struct formula_sql);
    *sql = formula_to_sql(rq->arena, f, store_dialect(o->store), true);
    return sql;
}

static bool is_sortable(const struct reg *reg, struct str name)
{
    if (str_is(name, "number") || str_is(name, "stage") || str_is(name, "created_on")) return true;
    const struct field *f = reg_field(reg, name);
    return f && !f->private_;
}

bool list_request_read(struct request *rq, const struct reg *reg, int64_t rows, struct list_request *list,
                       struct error *err)
{
    struct app *app = app_of(rq);
    struct filters f = {.rq = rq, .reg = reg, .formula = buf_in(rq->arena)};
    *list = (struct list_request){.reg = reg, .run = office_run(app->office), .where = str_trim(request_query(rq, "where"))};
    list->query = (struct list_query){.office = app->office->key,
                                      .reg = reg,
                                      .sight = user_sight(&visit_of(rq)->user, reg),
                                      .search = str_trim(request_query(rq, "q")),
                                      .offset = views_offset(rq, rows),
                                      .limit = rows};
    add_filters(&f);
    if (f.formula.len && !(list->query.condition = compile(rq, reg, buf_str(&f.formula), err))) return false;
    if (list->where.len && !(list->query.condition2 = compile(rq, reg, list->where, err)))
        list->where_error = error_line(rq->arena, err);
    struct str sort = request_query(rq, "sort");
    bool descending = str_starts(sort, STR("-"));
    struct str name = descending ? str_slice(sort, 1, sort.len) : sort;
    if (is_sortable(reg, name)) {
        list->query.sort_field = name;
        list->query.descending = descending;
    }
    return true;
}
