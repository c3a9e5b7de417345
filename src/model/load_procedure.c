/* Stages and acts of a register. */
#include "model/loading.h"

void load_stages(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    const struct yaml_node *p = yaml_get(root, "procedure");
    const struct yaml_node *stages = yaml_get(p, "stages");
    if (!stages || stages->kind != YAML_MAP || stages->count == 0) {
        if (stages) load_fault(l, stages, "stages 要写成一组「名称: 显示名」");
        struct stage *one = arena_new(l->arena, struct stage);
        *one = (struct stage){.key = STR("registered"), .label = STR("已登记")};
        reg->stages = one;
        reg->stage_count = 1;
        return;
    }
    struct stage *all = arena_new_array(l->arena, struct stage, stages->count);
    for (size_t i = 0; i < stages->count; i++) {
        const struct yaml_node *n = stages->kids[i];
        load_name_is_good(l, stages->keys[i], stages->keys[i]->text, false);
        all[i].key = stages->keys[i]->text;
        if (n->kind == YAML_SCALAR) {
            all[i].label = n->text;
        } else if (load_map(l, n, "label final")) {
            all[i].label = load_text(l, n, "label", true);
            all[i].final = load_bool(l, n, "final", false);
        }
    }
    reg->stages = all;
    reg->stage_count = stages->count;
}

/* ---- one act ---- */

#define ACT_KEYS "label help from to by inputs require set dated cite rule verified confirm"

static void check_stage(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct str key)
{
    if (key.len && !reg_stage(reg, key)) load_fault(l, n, "没有阶段「%.*s」", STR_ARG(key));
}

static size_t load_roles_of(struct loading *l, const struct yaml_node *n, const struct str **roles)
{
    struct str *names;
    size_t count = load_names(l, n, "by", &names);
    for (size_t i = 0; i < count; i++)
        if (!model_role(l->model, names[i]))
            load_fault(l, yaml_get(n, "by"), "roles.yaml 里没有岗位「%.*s」", STR_ARG(names[i]));
    *roles = names;
    return count;
}

static void load_input(struct loading *l, const struct reg *reg, const struct yaml_node *key,
                       const struct yaml_node *n, struct act_input *input)
{
    const struct field *f = reg_field(reg, key->text);
    input->field = f;
    if (!f) load_fault(l, key, "没有字段「%.*s」", STR_ARG(key->text));
    else if (f->derived) load_fault(l, key, "「%.*s」由公式算出，不能填写", STR_ARG(key->text));
    if (n->kind == YAML_SCALAR && n->text.len == 0) return; /* `field:` alone */
    if (!load_map(l, n, "required initial")) return;
    input->required = load_bool(l, n, "required", false);
    if (!f) return;
    struct formula_context ctx = load_context(l, n, reg);
    ctx.codes = f->as_formula.codes;
    ctx.target = f->as_formula.target;
    input->initial = load_formula(l, n, "initial", &ctx, f->as_formula.type, false);
}

static void load_inputs(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct act *act)
{
    const struct yaml_node *inputs = yaml_get(n, "inputs");
    if (!inputs) return;
    if (inputs->kind != YAML_MAP) {
        load_fault(l, inputs, "inputs 要写成一组「字段: {…}」");
        return;
    }
    struct act_input *all = arena_new_array(l->arena, struct act_input, inputs->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        load_input(l, reg, inputs->keys[i], inputs->kids[i], &all[count]);
        if (all[count].field) count++;
    }
    act->inputs = all;
    act->input_count = count;
}

static void load_sets(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct act *act)
{
    const struct yaml_node *sets = yaml_get(n, "set");
    if (!sets) return;
    if (sets->kind != YAML_MAP) {
        load_fault(l, sets, "set 要写成一组「字段: 公式」");
        return;
    }
    struct act_set *all = arena_new_array(l->arena, struct act_set, sets->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < sets->count; i++) {
        const struct field *f = reg_field(reg, sets->keys[i]->text);
        if (!f || f->private_ || f->derived) {
            load_fault(l, sets->keys[i], "set 不能设「%.*s」：没有这个字段，或者它是隐私信息、由公式算出", STR_ARG(sets->keys[i]->text));
            continue;
        }
        struct formula_context ctx = load_context(l, sets->kids[i], reg);
        ctx.codes = f->as_formula.codes;
        ctx.target = f->as_formula.target;
        char *key = str_cstr(l->arena, f->name);
        all[count] = (struct act_set){f, load_formula(l, sets, key, &ctx, f->as_formula.type, true)};
        if (all[count].value) count++;
    }
    act->sets = all;
    act->set_count = count;
}

static void load_dated(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct act *act)
{
    struct str dated = load_text(l, n, "dated", false);
    if (dated.len == 0) return;
    act->dated = reg_field(reg, dated);
    bool date = act->dated && (act->dated->type == FIELD_DATE || act->dated->type == FIELD_MOMENT);
    if (!date) {
        load_fault(l, yaml_get(n, "dated"), "dated 要写一个日期字段，「%.*s」不是", STR_ARG(dated));
        act->dated = NULL;
    }
}

/* What every act may say. */
static void load_act(struct loading *l, const struct reg *reg, const struct yaml_node *n, struct act *act)
{
    if (!load_map(l, n, ACT_KEYS)) return;
    struct str label = load_text(l, n, "label", act->kind == ACT_STEP);
    if (label.len) act->label = label;
    act->help = load_text(l, n, "help", false);
    act->to = load_text(l, n, "to", false);
    check_stage(l, reg, n, act->to);
    struct str *from;
    act->from_count = load_names(l, n, "from", &from);
    act->from = from;
    for (size_t i = 0; i < act->from_count; i++) check_stage(l, reg, yaml_get(n, "from"), from[i]);
    act->by_count = load_roles_of(l, n, &act->by);
    act->confirm = load_bool(l, n, "confirm", false);
    act->cite = load_citation(l, n);
    load_dated(l, reg, n, act);
    load_inputs(l, reg, n, act);
    load_sets(l, reg, n, act);
    load_rules(l, reg, yaml_get(n, "require"), &act->require, &act->require_count);
}

/* ---- all acts ---- */

static bool has_private(const struct reg *reg)
{
    for (size_t i = 0; i < reg->field_count; i++)
        if (reg->fields[i].private_) return true;
    return false;
}

static struct act implicit(enum act_kind kind, struct str name, struct str label)
{
    return (struct act){.kind = kind, .name = name, .label = label};
}

/* amend and void belong to whoever may create, unless the definition says otherwise. */
static void load_implicit(struct loading *l, const struct reg *reg, const struct yaml_node *p, const char *key,
                          struct act *act, const struct act *create)
{
    const struct yaml_node *n = yaml_get(p, key);
    if (n) load_act(l, reg, n, act);
    if (act->by_count == 0 && (act->kind == ACT_AMEND || act->kind == ACT_VOID)) {
        act->by = create->by;
        act->by_count = create->by_count;
    }
}

static bool is_implicit_name(struct str name)
{
    return str_is(name, "create") || str_is(name, "amend") || str_is(name, "void") || str_is(name, "view") ||
           str_is(name, "note");
}

/* A field that an act fills is not given at creation, unless it is required there or create names it. */
static void mark_creation_fields(struct reg *reg)
{
    const struct act *create = &reg->acts[0];
    for (size_t i = 0; i < reg->field_count; i++) {
        struct field *f = (struct field *)&reg->fields[i];
        bool step = false;
        for (size_t k = 1; k < reg->act_count; k++) {
            for (size_t j = 0; j < reg->acts[k].input_count; j++) step = step || reg->acts[k].inputs[j].field == f;
            for (size_t j = 0; j < reg->acts[k].set_count; j++) step = step || reg->acts[k].sets[j].field == f;
        }
        bool named = false;
        for (size_t j = 0; j < create->input_count; j++) {
            if (create->inputs[j].field != f) continue;
            named = true;
            if (create->inputs[j].required) f->required = true;
            if (create->inputs[j].initial) f->initial = create->inputs[j].initial;
        }
        f->at_create = (!step || f->required || named) && !f->derived;
    }
}

static void check_reach(struct loading *l, const struct reg *reg, const struct yaml_node *stages)
{
    if (!stages) return;
    struct str first = reg->acts[0].to.len ? reg->acts[0].to : reg->stages[0].key;
    for (size_t i = 0; i < reg->stage_count; i++) {
        bool reached = str_eq(reg->stages[i].key, first);
        for (size_t k = 1; k < reg->act_count; k++)
            reached = reached || (reg->acts[k].kind == ACT_STEP && str_eq(reg->acts[k].to, reg->stages[i].key));
        if (!reached)
            load_fault(l, stages->keys[i], "没有哪个动作能到达阶段「%.*s」", STR_ARG(reg->stages[i].label));
    }
}

static void check_final(struct loading *l, const struct reg *reg, const struct act *act, const struct yaml_node *n)
{
    for (size_t i = 0; i < act->from_count; i++) {
        const struct stage *s = reg_stage(reg, act->from[i]);
        if (s && s->final) load_fault(l, n, "「%.*s」是结束的阶段，不能再有动作", STR_ARG(s->label));
    }
}

void load_procedure(struct loading *l, struct reg *reg, const struct yaml_node *root)
{
    const struct yaml_node *p = yaml_get(root, "procedure");
    if (p) load_map(l, p, "cite rule verified stages create amend void acts deadlines");
    const struct yaml_node *steps = yaml_get(p, "acts");
    if (steps && steps->kind != YAML_MAP) {
        load_fault(l, steps, "acts 要写成一组「名称: {…}」");
        steps = NULL;
    }
    size_t step_count = steps ? steps->count : 0;
    struct act *acts = arena_new_array(l->arena, struct act, step_count + 5);
    size_t n = 0;
    acts[n++] = implicit(ACT_CREATE, STR("create"), STR("登记"));
    load_implicit(l, reg, p, "create", &acts[0], &acts[0]);
    for (size_t i = 0; i < step_count; i++) {
        struct str name = steps->keys[i]->text;
        if (load_name_is_good(l, steps->keys[i], name, false) && is_implicit_name(name))
            load_fault(l, steps->keys[i], "「%.*s」是每个台账都有的动作，请换一个名称", STR_ARG(name));
        acts[n] = implicit(ACT_STEP, name, name);
        load_act(l, reg, steps->kids[i], &acts[n]);
        check_final(l, reg, &acts[n], steps->kids[i]);
        n++;
    }
    acts[n++] = implicit(ACT_AMEND, STR("amend"), STR("更正"));
    load_implicit(l, reg, p, "amend", &acts[n - 1], &acts[0]);
    acts[n++] = implicit(ACT_VOID, STR("void"), STR("作废"));
    load_implicit(l, reg, p, "void", &acts[n - 1], &acts[0]);
    if (has_private(reg)) acts[n++] = implicit(ACT_VIEW, STR("view"), STR("查看隐私信息"));
    acts[n++] = implicit(ACT_NOTE, STR("note"), STR("备注"));
    reg->acts = acts;
    reg->act_count = n;
    mark_creation_fields(reg);
    check_reach(l, reg, yaml_get(p, "stages"));
    load_deadlines(l, reg, yaml_get(p, "deadlines"));
}
