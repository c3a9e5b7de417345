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

/* A reference by the other record's number. */
static void add_reference(struct filters *f, const struct field *field)
{
    char *key = str_cstr(f->rq->arena, field->name);
    struct str value = str_trim(request_query(f->rq, key));
    if (value.len == 0) return;
    struct str quoted = str_replace(f->rq->arena, value, STR("'"), STR("''"));
    add(f, str_printf(f->rq->arena, "%s.number = '%.*s'", key, STR_ARG(quoted)));
}

static void add_filters(struct filters *f)
{
    add_stages(f);
    for (size_t i = 0; i < f->reg->field_count; i++) {
        const struct field *field = &f->reg->fields[i];
        if (field->private_) continue;
        if (field->type == FIELD_CODE) add_code(f, field);
        if (field->type == FIELD_DATE) add_dates(f, field);
        if (field->type == FIELD_REF) add_reference(f, field);
    }
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

static struct formula_sql *compile(struct request *rq, const struct reg *reg, struct str text, bool typed,
                                   struct error *err)
{
    const struct office *o = app_of(rq)->office;
    struct formula_context ctx = {.schema = &o->model->schema, .self = &reg->as_formula};
    struct formula *f = formula_parse(rq->arena, text, &ctx, FT_BOOL, err);
    if (!f || (typed && !may_ask(rq, f, err))) return NULL;
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
    struct filters f = {.rq = rq, .reg = reg, .formula = buf_in(rq->arena)};
    *list = (struct list_request){
        .reg = reg, .run = office_run(app->office), .where = str_trim(request_query(rq, "where"))};
    list->query = (struct list_query){.office = app->office->key,
                                      .reg = reg,
                                      .sight = user_sight(&visit_of(rq)->user, reg),
                                      .search = str_trim(request_query(rq, "q")),
                                      .offset = views_offset(rq, rows),
                                      .limit = rows};
    if (!narrow(rq, c, list, err)) return false;
    add_filters(&f);
    if (f.formula.len && !(list->query.condition = compile(rq, reg, buf_str(&f.formula), false, err))) return false;
    if (list->where.len && !(list->query.condition2 = compile(rq, reg, list->where, true, err)))
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
