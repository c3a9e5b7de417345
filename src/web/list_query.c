#include "web/list_query.h"

#include "base/buf.h"
#include "web/place.h"

/* Filters become one formula, which the language checks like any other: a value that is not a code, a date or a number
 * of an organisation never gets into it. */
struct filters {
    struct request *rq;
    const struct reg *reg;
    struct conn *conn;
    struct list_query *query;
    struct buf formula;
};

static void add(struct filters *f, struct str condition)
{
    if (f->formula.len) buf_puts(&f->formula, " and ");
    buf_putf(&f->formula, "(%.*s)", STR_ARG(condition));
}

/* Stages have an index of their own: they stand beside the formula. */
static void read_stages(struct request *rq, const struct reg *reg, struct list_query *q)
{
    struct str rest = request_query(rq, "stage");
    struct str *stages = arena_new_array(rq->arena, struct str, reg->stage_count + 1);
    for (struct str key; str_split(&rest, ',', &key);) {
        const struct stage *s = reg_stage(reg, key);
        if (s && !str_in(key, stages, q->stage_count)) stages[q->stage_count++] = s->key;
    }
    q->stages = stages;
}

/* So has the first code that is chosen. */
static bool takes_code(struct list_query *q, const struct field *field, struct str value)
{
    if (q->field || !field->listed) return false;
    q->field = field;
    q->is = value_text(value);
    return true;
}

static void add_code(struct filters *f, const struct field *field)
{
    char *key = str_cstr(f->rq->arena, field->name);
    struct str value = request_query(f->rq, key);
    if (value.len == 0 || !code_by_key(field->codes, value) || takes_code(f->query, field, value)) return;
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

/* A reference by the other record's number. */
static bool add_reference(struct filters *f, const struct field *field, struct error *err)
{
    char *key = str_cstr(f->rq->arena, field->name);
    struct str value = str_trim(request_query(f->rq, key));
    int64_t id;
    if (value.len == 0) return true;
    if (!f->query->field) {
        if (!record_find_number(f->conn, f->query->office, field->target, value, &id, err)) return false;
        f->query->field = field;
        f->query->is = value_int(id);
        return true;
    }
    struct str quoted = str_replace(f->rq->arena, value, STR("'"), STR("''"));
    add(f, str_printf(f->rq->arena, "%s.number = '%.*s'", key, STR_ARG(quoted)));
    return true;
}

static bool add_filters(struct filters *f, struct error *err)
{
    read_stages(f->rq, f->reg, f->query);
    for (size_t i = 0; i < f->reg->field_count; i++) {
        const struct field *field = &f->reg->fields[i];
        if (field->private_) continue;
        if (field->type == FIELD_CODE) add_code(f, field);
        if (field->type == FIELD_DATE) add_dates(f, field);
        if (field->type == FIELD_REF && !add_reference(f, field, err)) return false;
    }
    return true;
}

/* A condition over records that the person does not see would tell about them: whether there are any, and what is in
 * them, question by question. */
static bool may_ask(struct request *rq, const struct formula *f, struct error *err)
{
    const struct model *m = app_of(rq)->office->model;
    const struct formula_register **list =
        arena_new_array(rq->arena, const struct formula_register *, m->reg_count + 1);
    size_t count = formula_other_registers(f, list, m->reg_count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct reg *other = model_reg(m, list[i]->name);
        if (!other || !user_sight(&visit_of(rq)->user, other).all)
            return error_set(err, ERR_FORBIDDEN, "条件用到了「%.*s」，您无权全部查看这个台账的记录，不能这样筛选",
                             STR_ARG(list[i]->label));
    }
    return true;
}

/* One of the two conditions of a list. */
static struct formula_sql *compile(struct request *rq, const struct reg *reg, struct str text, bool typed,
                                   const struct formula **parsed, struct error *err)
{
    const struct office *o = app_of(rq)->office;
    struct formula_context ctx = {.schema = &o->model->schema, .self = &reg->as_formula};
    struct formula *f = formula_parse(rq->arena, text, &ctx, FT_BOOL, err);
    if (!f || (typed && !may_ask(rq, f, err))) return NULL;
    *parsed = f;
    struct formula_sql *sql = arena_new(rq->arena, struct formula_sql);
    *sql = formula_to_sql(rq->arena, f, store_dialect(o->store), true);
    return sql;
}

static struct str first_column(const struct list_query *q)
{
    if (q->sort_field.len || q->reg->sort_count == 0) return q->sort_field;
    struct str first = q->reg->sort[0];
    return str_slice(first, str_starts(first, STR("-")) ? 1 : 0, first.len);
}

/* The days between which the conditions keep a column. */
static bool days_of(const struct formula *const *conditions, struct str column, struct date *from, struct date *to)
{
    bool any = false;
    *from = (struct date){INT32_MIN};
    *to = (struct date){INT32_MAX};
    for (size_t i = 0; i < 2; i++)
        if (conditions[i] && formula_days(conditions[i], column, from, to)) any = true;
    return any;
}

/* Where days are asked for, the walk begins and ends with them: a list that nobody sorted is sorted by the day that was
 * asked for. */
static void bound_days(struct request *rq, struct list_query *q, const struct formula *const *conditions)
{
    struct date from, to;
    struct str column = first_column(q);
    if (q->search.len && q->sort_field.len == 0) return; /* hits come by id */
    bool any = days_of(conditions, column, &from, &to);
    for (size_t i = 0; !any && q->sort_field.len == 0 && i < q->reg->field_count; i++) {
        column = q->reg->fields[i].name;
        any = q->reg->fields[i].type == FIELD_DATE && !q->reg->fields[i].private_ && days_of(conditions, column, &from, &to);
        if (any) q->sort_field = column;
        if (any) q->descending = true;
    }
    if (any && from.day != INT32_MIN) q->sort_from = date_iso(rq->arena, from);
    if (any && to.day != INT32_MAX) q->sort_until = date_iso(rq->arena, date_add_days(to, 1));
}

static bool holds(const struct sight *s, int64_t org)
{
    for (size_t i = 0; i < s->org_count; i++)
        if (s->orgs[i] == org) return true;
    return false;
}

/* Narrows the sight to an organisation and those below it, as far as the person sees them. */
static bool narrow(struct request *rq, struct conn *c, struct list_request *list, struct error *err)
{
    struct str office = app_of(rq)->office->key, code = request_query(rq, "org");
    struct sight *s = &list->query.sight, seen = *s;
    int64_t *below;
    size_t count, n = 0;
    if (code.len == 0) return true;
    if (!org_find(c, office, code, &list->org, err)) return false;
    if (list->org <= 0) {
        list->org = 0;
        return true;
    }
    if (!org_subtree(c, rq->arena, office, list->org, &below, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (seen.all || holds(&seen, below[i])) below[n++] = below[i];
    *s = (struct sight){.orgs = below, .org_count = n};
    return true;
}

bool list_request_read(struct request *rq, struct conn *c, const struct reg *reg, int64_t rows,
                       struct list_request *list, struct error *err)
{
    struct app *app = app_of(rq);
    struct filters f = {.rq = rq, .reg = reg, .conn = c, .query = &list->query, .formula = buf_in(rq->arena)};
    *list = (struct list_request){
        .reg = reg, .run = office_run(app->office), .where = str_trim(request_query(rq, "where"))};
    list->query = (struct list_query){.office = app->office->key,
                                      .reg = reg,
                                      .sight = user_sight(&visit_of(rq)->user, reg),
                                      .search = str_trim(request_query(rq, "q")),
                                      .limit = rows};
    if (!place_read(rq, "page", &list->query.from, &list->query.place, err)) return false;
    if (!narrow(rq, c, list, err) || !add_filters(&f, err)) return false;
    const struct formula *parsed[2] = {NULL, NULL};
    if (f.formula.len && !(list->query.condition = compile(rq, reg, buf_str(&f.formula), false, &parsed[0], err)))
        return false;
    if (list->where.len && !(list->query.condition2 = compile(rq, reg, list->where, true, &parsed[1], err)))
        list->where_error = error_line(rq->arena, err);
    struct str sort = request_query(rq, "sort");
    bool descending = str_starts(sort, STR("-"));
    struct str name = descending ? str_slice(sort, 1, sort.len) : sort;
    if (list_sorts_by(reg, name)) {
        list->query.sort_field = name;
        list->query.descending = descending;
    }
    bound_days(rq, &list->query, parsed);
    return true;
}
