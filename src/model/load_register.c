/* One register: its fields; references and keys; formulas of fields and the rules that always hold. */
#include <limits.h>
#include <string.h>

#include "model/loading.h"

enum { TEXT_MOST = 200, LONG_TEXT_MOST = 5000, PLACE_MOST = 200, PERSON_MOST = 100, MONEY_SCALE = 100 };

static const struct {
    const char *name;
    enum field_type type;
    enum formula_type formula;
} types[] = {
    {"text", FIELD_TEXT, FT_TEXT},          {"integer", FIELD_INTEGER, FT_INTEGER},
    {"decimal", FIELD_DECIMAL, FT_DECIMAL}, {"money", FIELD_MONEY, FT_MONEY},
    {"date", FIELD_DATE, FT_DATE},          {"moment", FIELD_MOMENT, FT_MOMENT},
    {"yesno", FIELD_YESNO, FT_BOOL},        {"code", FIELD_CODE, FT_CODE},
    {"organisation", FIELD_ORG, FT_ORG},    {"place", FIELD_PLACE, FT_TEXT},
    {"person", FIELD_PERSON, FT_TEXT},      {"reference", FIELD_REF, FT_RECORD},
    {"attachment", FIELD_ATTACHMENT, FT_ATTACHMENT},
};

static const char *const reserved[] = {"id",  "office",  "number", "stage",    "created_on", "created_at", "org",
                                       "version", "voided", "register", "act", "actor",      "reason"};

static bool is_reserved(struct str name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_is(name, reserved[i])) return true;
    return formula_reserved(name);
}

static void load_type(struct loading *l, struct field *f, const struct yaml_node *n)
{
    struct str type = load_text(l, n, "type", true);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!str_is(type, types[i].name)) continue;
        f->type = types[i].type;
        f->as_formula.type = types[i].formula;
        return;
    }
    if (type.len)
        load_fault(l, yaml_get(n, "type"),
                   "没有类型「%.*s」；可用的有 text integer decimal money date moment yesno code organisation place "
                   "person reference attachment",
                   STR_ARG(type));
}

static void load_privacy(struct loading *l, struct field *f, const struct yaml_node *n)
{
    static const char *const masks[] = {"name", "id", "phone", "address", "all"};
    const struct yaml_node *p = yaml_get(n, "private");
    if (!p || !load_map(l, p, "purpose basis keep mask")) return;
    struct privacy *v = arena_new(l->arena, struct privacy);
    v->purpose = load_text(l, p, "purpose", true);
    v->basis = load_text(l, p, "basis", true);
    v->keep = load_text(l, p, "keep", true);
    struct str mask = load_text(l, p, "mask", true);
    bool known = false;
    for (unsigned i = 0; i < sizeof masks / sizeof *masks; i++) {
        if (!str_is(mask, masks[i])) continue;
        v->mask = i;
        known = true;
    }
    if (!known && mask.len) load_fault(l, yaml_get(p, "mask"), "mask 只能写 name、id、phone、address、all");
    f->private_ = v;
    f->as_formula.sealed = true;
    if (f->type != FIELD_TEXT && f->type != FIELD_PERSON && f->type != FIELD_PLACE)
        load_fault(l, p, "只有 text、person、place 类型的字段可以是隐私信息");
}

/* The same unit as stored: characters, whole numbers, ten-thousandths, fen. */
static void load_limits(struct loading *l, struct field *f, const struct yaml_node *n)
{
    int64_t scale = f->type == FIELD_MONEY ? MONEY_SCALE : f->type == FIELD_DECIMAL ? DECIMAL_SCALE : 1;
    f->has_min = load_integer(l, n, "min", &f->min) && !__builtin_mul_overflow(f->min, scale, &f->min);
    f->has_max = load_integer(l, n, "max", &f->max) && !__builtin_mul_overflow(f->max, scale, &f->max);
    bool text = f->type == FIELD_TEXT || f->type == FIELD_PLACE || f->type == FIELD_PERSON;
    if (f->has_max || !text) return;
    f->has_max = true;
    f->max = f->multiline ? LONG_TEXT_MOST : f->type == FIELD_PERSON ? PERSON_MOST : f->type == FIELD_PLACE ? PLACE_MOST : TEXT_MOST;
}

static void load_field(struct loading *l, struct field *f, const struct yaml_node *key, const struct yaml_node *n)
{
    f->name = f->as_formula.name = key->text;
    if (load_name_is_good(l, key, key->text, false) && is_reserved(key->text))
        load_fault(l, key, "「%.*s」是保留的名称，请换一个", STR_ARG(key->text));
    if (!load_map(l, n, "label type help unit required multiline searched listed unique assigns initial value codes "
                        "register min max private"))
        return;
    f->label = f->as_formula.label = load_text(l, n, "label", true);
    f->help = load_text(l, n, "help", false);
    f->unit = load_text(l, n, "unit", false);
    load_type(l, f, n);
    f->required = load_bool(l, n, "required", false);
    f->multiline = load_bool(l, n, "multiline", false);
    f->searched = load_bool(l, n, "searched", false);
    f->listed = load_bool(l, n, "listed", false);
    f->unique = load_bool(l, n, "unique", false);
    f->assigns = load_bool(l, n, "assigns", false);
    if (f->assigns && f->type != FIELD_ORG) load_fault(l, n, "只有 organisation 类型的字段可以写 assigns");
    load_privacy(l, f, n);
    load_limits(l, f, n);
    f->at_create = true; /* until an act names it */
    struct str codes = load_text(l, n, "codes", f->type == FIELD_CODE);
    f->codes = codes.len ? model_codes(l->model, codes) : NULL;
    f->as_formula.codes = (const struct formula_codes *)f->codes;
    if (codes.len && !f->codes) load_fault(l, yaml_get(n, "codes"), "没有代码表「%.*s」", STR_ARG(codes));
}

static void add_source_field(struct field *f, struct str name, struct str label)
{
    *f = (struct field){.name = name, .label = label, .type = FIELD_TEXT, .import_only = true, .at_create = true,
                        .has_max = true, .max = TEXT_MOST};
    f->as_formula = (struct formula_field){.name = name, .label = label, .type = FT_TEXT};
}

void load_register_fields(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    if (!load_map(l, root, "register label chapter help cite rule verified number title open key sort fields always "
                           "procedure"))
        return;
    reg->label = load_text(l, root, "label", true);
    reg->chapter = load_text(l, root, "chapter", true);
    reg->help = load_text(l, root, "help", false);
    reg->number = load_text(l, root, "number", true);
    reg->open = load_bool(l, root, "open", false);
    reg->cite = load_citation(l, root);
    if (reg->chapter.len && !model_chapter(l->model, reg->chapter))
        load_fault(l, yaml_get(root, "chapter"), "office.yaml 里没有章节「%.*s」", STR_ARG(reg->chapter));
    if (reg->number.len && !str_contains(reg->number, STR("{seq")))
        load_fault(l, yaml_get(root, "number"), "编号里要有 {seq}");
    const struct yaml_node *fields = yaml_get(root, "fields");
    if (!fields || fields->kind != YAML_MAP) {
        load_fault(l, root, "缺少 fields");
        return;
    }
    struct field *all = arena_new_array(l->arena, struct field, fields->count + 2);
    size_t n = 0;
    for (size_t i = 0; i < fields->count; i++) load_field(l, &all[n++], fields->keys[i], fields->kids[i]);
    reg->fields = all;
    reg->field_count = n;
    if (!reg_field(reg, STR("source_platform"))) add_source_field(&all[n++], STR("source_platform"), STR("来源平台"));
    reg->field_count = n;
    if (!reg_field(reg, STR("source_number"))) add_source_field(&all[n++], STR("source_number"), STR("来源编号"));
    reg->field_count = n;
}

/* ---- what needs the other registers' names ---- */

static void link_fields(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    const struct yaml_node *fields = yaml_get(root, "fields");
    for (size_t i = 0; fields && i < fields->count && i < reg->field_count; i++) {
        struct field *f = (struct field *)&reg->fields[i];
        if (f->type != FIELD_REF) continue;
        struct str target = load_text(l, fields->kids[i], "register", true);
        f->target = model_reg(l->model, target);
        if (f->target) f->as_formula.target = &f->target->as_formula;
        else if (target.len)
            load_fault(l, yaml_get(fields->kids[i], "register"), "没有台账「%.*s」", STR_ARG(target));
    }
}

static void find_title(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    struct str title = load_text(l, root, "title", false);
    if (title.len) {
        reg->title = reg_field(reg, title);
        if (!reg->title) load_fault(l, yaml_get(root, "title"), "没有字段「%.*s」", STR_ARG(title));
        return;
    }
    for (size_t i = 0; i < reg->field_count && !reg->title; i++)
        if (reg->fields[i].type == FIELD_TEXT && !reg->fields[i].private_ && !reg->fields[i].import_only)
            reg->title = &reg->fields[i];
}

static void check_key_fields(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    struct str *key;
    reg->natural_key_count = load_names(l, root, "key", &key);
    for (size_t i = 0; i < reg->natural_key_count; i++) {
        const struct field *f = reg_field(reg, key[i]);
        if (!f || f->private_) load_fault(l, yaml_get(root, "key"), "key 里的「%.*s」不是可用的字段", STR_ARG(key[i]));
    }
    if (reg->natural_key_count == 0) {
        key = arena_new_array(l->arena, struct str, 2);
        key[0] = STR("source_platform");
        key[1] = STR("source_number");
        reg->natural_key_count = 2;
    }
    reg->natural_key = key;
}

static void check_sort(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    struct str *sort;
    reg->sort_count = load_names(l, root, "sort", &sort);
    reg->sort = sort;
    for (size_t i = 0; i < reg->sort_count; i++) {
        struct str name = str_starts(sort[i], STR("-")) ? str_slice(sort[i], 1, sort[i].len) : sort[i];
        bool built_in = str_is(name, "number") || str_is(name, "created_on") || str_is(name, "stage");
        if (!built_in && !reg_field(reg, name))
            load_fault(l, yaml_get(root, "sort"), "sort 里的「%.*s」不是字段", STR_ARG(name));
    }
}

static void find_deadline_names(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    const struct yaml_node *d = yaml_get(yaml_get(root, "procedure"), "deadlines");
    if (!d || d->kind != YAML_MAP) return;
    struct str *names = arena_new_array(l->arena, struct str, d->count);
    struct str *labels = arena_new_array(l->arena, struct str, d->count);
    for (size_t i = 0; i < d->count; i++) {
        const struct yaml_node *label = yaml_get(d->kids[i], "label");
        names[i] = d->keys[i]->text;
        labels[i] = label && label->kind == YAML_SCALAR ? label->text : names[i];
    }
    reg->as_formula.deadlines = names;
    reg->as_formula.deadline_labels = labels;
    reg->as_formula.deadline_count = d->count;
}

/* Number, stage, created_on and org stand in every register. The stage's codes are the register's own stages. */
static void make_formula_register(struct loading *l, struct reg *reg)
{
    struct code_list *stages = arena_new(l->arena, struct code_list);
    struct code *codes = arena_new_array(l->arena, struct code, reg->stage_count);
    for (size_t i = 0; i < reg->stage_count; i++)
        codes[i] = (struct code){.key = reg->stages[i].key, .label = reg->stages[i].label};
    *stages = (struct code_list){.name = STR("stage"), .label = STR("阶段"), .codes = codes, .count = reg->stage_count};
    struct formula_field *fields = arena_new_array(l->arena, struct formula_field, reg->field_count + 4);
    size_t n = 0;
    fields[n++] = (struct formula_field){.name = STR("number"), .label = STR("编号"), .type = FT_TEXT};
    fields[n++] = (struct formula_field){
        .name = STR("stage"), .label = STR("阶段"), .type = FT_CODE, .codes = (const struct formula_codes *)stages};
    fields[n++] = (struct formula_field){.name = STR("created_on"), .label = STR("登记日期"), .type = FT_DATE};
    fields[n++] = (struct formula_field){.name = STR("org"), .label = STR("承办单位"), .type = FT_ORG};
    for (size_t i = 0; i < reg->field_count; i++) fields[n++] = reg->fields[i].as_formula;
    reg->as_formula.name = reg->name;
    reg->as_formula.label = reg->label;
    reg->as_formula.fields = fields;
    reg->as_formula.field_count = n;
}

void load_register_links(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    link_fields(l, reg, root);
    find_title(l, reg, root);
    check_key_fields(l, reg, root);
    check_sort(l, reg, root);
    find_deadline_names(l, reg, root);
    make_formula_register(l, reg);
}

/* ---- formulas ---- */

static enum formula_type wanted(const struct field *f)
{
    bool number = f->type == FIELD_INTEGER;
    return number ? FT_INTEGER : f->as_formula.type;
}

void load_register_formulas(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    const struct yaml_node *fields = yaml_get(root, "fields");
    for (size_t i = 0; fields && i < fields->count && i < reg->field_count; i++) {
        struct field *f = (struct field *)&reg->fields[i];
        struct formula_context ctx = load_context(l, fields->kids[i], reg);
        ctx.codes = f->as_formula.codes;
        ctx.target = f->as_formula.target;
        f->initial = load_formula(l, fields->kids[i], "initial", &ctx, wanted(f), false);
        f->derived = load_formula(l, fields->kids[i], "value", &ctx, wanted(f), false);
        if (f->derived && f->required) load_fault(l, fields->kids[i], "由公式算出的字段不能同时写 required");
    }
    load_rules(l, reg, yaml_get(root, "always"), &reg->always, &reg->always_count);
}

void load_rules(struct loading *l, const struct reg *reg, const struct yaml_node *list, const struct rule **rules,
                size_t *count)
{
    *rules = NULL;
    *count = 0;
    if (!list) return;
    if (list->kind != YAML_LIST) {
        load_fault(l, list, "这里要写成列表，每条以 - that: 开头");
        return;
    }
    struct rule *all = arena_new_array(l->arena, struct rule, list->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *r = list->kids[i];
        if (!load_map(l, r, "that say remedy rule cite verified")) continue;
        struct formula_context ctx = load_context(l, r, reg);
        all[n] = (struct rule){.that = load_formula(l, r, "that", &ctx, FT_BOOL, true),
                               .say = load_text(l, r, "say", true),
                               .remedy = load_text(l, r, "remedy", false),
                               .cite = load_citation(l, r)};
        if (all[n].that) n++;
    }
    *rules = all;
    *count = n;
}
