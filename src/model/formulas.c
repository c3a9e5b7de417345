/* Registers as formulas see them, and the formulas themselves, parsed when everything else is known. */
#include "base/utf8.h"
#include "model/load.h"

/* --- the schema --- */

static const struct formula_register *find_register(const void *context, struct str name)
{
    const struct reg *reg = model_reg(context, name);
    return reg ? &reg->as_formula : NULL;
}

static bool find_code(const void *context, const struct formula_codes *codes, struct str key, struct str *label)
{
    (void)context;
    for (size_t i = 0; i < codes->count; i++) {
        if (!str_eq(codes->codes[i].key, key)) continue;
        *label = codes->codes[i].label;
        return true;
    }
    return false;
}

static bool find_parameter(const void *context, struct str name, struct formula_parameter *parameter)
{
    const struct parameter_kind *p = model_parameter(context, name);
    if (p) *parameter = (struct formula_parameter){p->label, field_formula_type(p->type), p->otherwise};
    return p;
}

static size_t list_codes(const void *context, const struct formula_codes *codes, struct str *keys, size_t room)
{
    (void)context;
    size_t n = codes->count < room ? codes->count : room;
    for (size_t i = 0; i < n; i++) keys[i] = codes->codes[i].key;
    return n;
}

enum formula_type field_formula_type(enum field_type type)
{
    static const enum formula_type types[] = {
        [FIELD_TEXT] = FT_TEXT,
        [FIELD_INTEGER] = FT_INTEGER,
        [FIELD_DECIMAL] = FT_DECIMAL,
        [FIELD_MONEY] = FT_MONEY,
        [FIELD_DATE] = FT_DATE,
        [FIELD_MOMENT] = FT_MOMENT,
        [FIELD_YESNO] = FT_BOOL,
        [FIELD_CODE] = FT_CODE,
        [FIELD_ORG] = FT_ORG,
        [FIELD_PLACE] = FT_TEXT,
        [FIELD_PERSON] = FT_TEXT,
        [FIELD_REF] = FT_RECORD,
        [FIELD_ATTACHMENT] = FT_ATTACHMENT,
    };
    return types[type];
}

struct str builtin_label(const char *name)
{
    static const struct {
        const char *name, *label;
    } table[] = {{"number", "编号"}, {"stage", "阶段"}, {"created_on", "登记日期"}, {"org", "承办单位"}};
    for (size_t i = 0; i < KEY_COUNT(table); i++)
        if (str_is(str_from(name), table[i].name)) return str_from(table[i].label);
    return (struct str){0};
}

static struct formula_field builtin(const char *name, enum formula_type type, const struct formula_codes *codes)
{
    return (struct formula_field){.name = str_from(name), .label = builtin_label(name), .type = type, .codes = codes};
}

static void expose_fields(struct loader *l, struct reg_work *w)
{
    struct reg *reg = w->reg;
    struct formula_field *list = arena_new_array(l->arena, struct formula_field, reg->field_count + 4);
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count; i++) {
        struct field *f = &w->fields[i];
        f->as_formula = (struct formula_field){.name = f->name,
                                               .label = f->label,
                                               .type = field_formula_type(f->type),
                                               .target = f->target ? &f->target->as_formula : NULL,
                                               .sealed = f->private_ != NULL};
        if (f->codes) f->as_formula.codes = &l->list_codes[f->codes - l->model->code_lists];
        list[n++] = f->as_formula;
    }
    list[n++] = builtin("number", FT_TEXT, NULL);
    list[n++] = builtin("stage", FT_CODE, w->stage_codes);
    list[n++] = builtin("created_on", FT_DATE, NULL);
    list[n++] = builtin("org", FT_ORG, NULL);
    reg->as_formula.fields = list;
    reg->as_formula.field_count = n;
}

void load_schema(struct loader *l)
{
    struct model *m = l->model;
    m->schema = (struct formula_schema){m, find_register, find_code, list_codes, find_parameter};
    for (size_t i = 0; i < l->work_count; i++) {
        struct reg *reg = l->works[i].reg;
        struct str *names = arena_new_array(l->arena, struct str, reg->deadline_count);
        struct str *labels = arena_new_array(l->arena, struct str, reg->deadline_count);
        bool *rights = arena_new_array(l->arena, bool, reg->deadline_count);
        for (size_t d = 0; d < reg->deadline_count; d++) {
            names[d] = reg->deadlines[d].name;
            labels[d] = reg->deadlines[d].label;
            rights[d] = reg->deadlines[d].right;
        }
        reg->as_formula.name = reg->name;
        reg->as_formula.label = reg->label;
        reg->as_formula.deadlines = names;
        reg->as_formula.deadline_labels = labels;
        reg->as_formula.deadline_rights = rights;
        reg->as_formula.deadline_count = reg->deadline_count;
        expose_fields(l, &l->works[i]);
    }
}

/* --- putting aside --- */

struct pending_formula *later_formula(struct loader *l, const struct yaml_node *n, const struct reg *self,
                                      enum formula_type want, const struct formula **into)
{
    struct pending_formula p = {.node = n, .want = want, .into = into};
    p.ctx.schema = &l->model->schema;
    p.ctx.self = self ? &self->as_formula : NULL;
    ARENA_PUSH(l->arena, l->pending, l->pending_count, l->pending_cap, p);
    return &l->pending[l->pending_count - 1];
}

struct pending_formula *later_value(struct loader *l, const struct yaml_node *n, const struct reg *self,
                                    const struct field *f, const struct formula **into)
{
    bool linked = (f->type != FIELD_CODE || f->codes) && (f->type != FIELD_REF || f->target);
    /* a field without its code list or register is reported already: its value may be anything */
    struct pending_formula *p = later_formula(l, n, self, field_formula_type(f->type), into);
    p->skip = !linked;
    if (f->codes) p->ctx.codes = &l->list_codes[f->codes - l->model->code_lists];
    if (f->target) p->ctx.target = &f->target->as_formula;
    return p;
}

/* --- parsing --- */

/* Derived fields are computed in the order of the file, so each may use only those before it: no cycle can be. */
static void check_derived(struct loader *l, const struct pending_formula *p, const struct formula *f)
{
    const struct reg_work *w = p->derived_of;
    size_t first = SIZE_MAX;
    for (size_t i = p->derived; i < w->reg->field_count; i++) {
        size_t at = yaml_get(w->field_nodes[i], "value") ? formula_reads(f, &w->reg->as_formula.fields[i]) : SIZE_MAX;
        if (at < first) first = at;
    }
    if (first != SIZE_MAX)
        fault_in(&l->reader, p->node, first, "算出的字段只能用写在它前面的算出字段，不能用自己或后面的，否则会循环");
}

static void parse_one(struct loader *l, const struct pending_formula *p)
{
    struct formula_context ctx = p->ctx;
    struct error err;
    size_t at = 0;
    ctx.fault_at = &at;
    struct formula *f = formula_parse(l->arena, p->node->text, &ctx, p->want, &err);
    if (!f) {
        fault_in(&l->reader, p->node, at, "%s", err.message);
        return;
    }
    *p->into = f;
    if (p->figure) {
        enum formula_type type = p->figure->type = formula_result(f);
        if (type != FT_INTEGER && type != FT_DECIMAL && type != FT_MONEY && type != FT_NUMBER && type != FT_PERCENT &&
            type != FT_DATE)
            fault_at(&l->reader, p->node, "指标应是数、金额、百分比或日期");
    }
    if (p->derived_of) check_derived(l, p, f);
}

/* Is this day the first that the register is sorted by? */
static bool leads(const struct reg *reg, const struct formula_field *day)
{
    if (reg->sort_count == 0) return false;
    struct str first = reg->sort[0];
    return str_eq(day->name, str_slice(first, str_starts(first, STR("-")) ? 1 : 0, first.len));
}

static void mark_counted(void *arg, const struct formula_field *field, const struct formula_field *day)
{
    struct loader *l = arg;
    for (size_t i = 0; i < l->work_count; i++) {
        const struct reg *reg = l->works[i].reg;
        bool here = field >= reg->as_formula.fields && field < reg->as_formula.fields + reg->field_count;
        if (here && (!day || leads(reg, day))) l->works[i].fields[field - reg->as_formula.fields].counted = true;
    }
}

void load_formulas(struct loader *l)
{
    if (l->unreadable) return; /* a register that could not be read would make every mention of it a fault */
    for (size_t i = 0; i < l->pending_count; i++)
        if (!l->pending[i].skip) parse_one(l, &l->pending[i]);
    for (size_t i = 0; i < l->model->figure_count; i++)
        if (l->model->figures[i].value) formula_each_counted(l->model->figures[i].value, mark_counted, l);
}
