/* procedure: stages, acts and their gates; the acts that every register has. */
#include "model/register.h"

static const struct key procedure_keys[] = {
    {"stages", EXPECT_MAP, false},
    {"create", EXPECT_MAP, false},
    {"acts", EXPECT_MAP, false},
    {"deadlines", EXPECT_MAP, false},
    {"amend", EXPECT_MAP, false},
    {"void", EXPECT_MAP, false},
    CITATION_KEYS,
};
enum { P_STAGES, P_CREATE, P_ACTS, P_DEADLINES, P_AMEND, P_VOID, P_CITE, P_COUNT = P_CITE + 3 };

static const struct key act_keys[] = {
    {"label", EXPECT_TEXT, false},
    {"from", EXPECT_NAMES, false},
    {"to", EXPECT_NAME, false},
    {"by", EXPECT_NAMES, false},
    {"dated", EXPECT_NAME, false},
    {"inputs", EXPECT_MAP, false},
    {"require", EXPECT_LIST, false},
    {"set", EXPECT_MAP, false},
    {"help", EXPECT_TEXT, false},
    {"confirm", EXPECT_YESNO, false},
    CITATION_KEYS,
};
enum {
    A_LABEL,
    A_FROM,
    A_TO,
    A_BY,
    A_DATED,
    A_INPUTS,
    A_REQUIRE,
    A_SET,
    A_HELP,
    A_CONFIRM,
    A_CITE,
    A_COUNT = A_CITE + 3
};

/* Every register has these; create stands first, the others behind the acts of the procedure. */
static const struct {
    const char *name, *label;
    enum act_kind kind;
} implicit[] = {
    {"create", "登记", ACT_CREATE},     {"amend", "更正", ACT_AMEND}, {"void", "作废", ACT_VOID},
    {"view", "查看隐私信息", ACT_VIEW}, {"note", "备注", ACT_NOTE},
};

/* --- stages --- */

static void read_stage(struct loader *l, const struct yaml_node *key, const struct yaml_node *value,
                       struct stage *stage)
{
    static const struct key keys[] = {{"label", EXPECT_TEXT, true}, {"final", EXPECT_YESNO, false}};
    const struct yaml_node *v[2];
    check_name(&l->reader, key, "阶段");
    *stage = (struct stage){.key = key->text, .label = read_text(value)};
    if (value->kind == YAML_SCALAR) {
        if (!stage->label.len) fault_at(&l->reader, value, "阶段 %.*s 应有中文名称", STR_ARG(key->text));
    } else if (read_map(&l->reader, value, "阶段", keys, 2, v)) {
        stage->label = read_text(v[0]);
        stage->final = read_yesno(v[1], false);
    }
}

static void read_stages(struct loader *l, struct reg_work *w, const struct yaml_node *map)
{
    size_t count = map && map->count ? map->count : 1;
    w->stages = arena_new_array(l->arena, struct stage, count);
    w->stages[0] = (struct stage){STR("registered"), STR("已登记"), false};
    if (map && !map->count) fault_at(&l->reader, map, "stages 里没有阶段");
    for (size_t i = 0; map && i < map->count; i++) read_stage(l, map->keys[i], map->kids[i], &w->stages[i]);
    struct code *codes = arena_new_array(l->arena, struct code, count);
    for (size_t i = 0; i < count; i++) codes[i] = (struct code){w->stages[i].key, w->stages[i].label, {0}};
    w->stage_codes = arena_new(l->arena, struct formula_codes);
    *w->stage_codes = (struct formula_codes){codes, count};
    w->reg->stages = w->stages;
    w->reg->stage_count = count;
}

static const struct stage *find_stage(struct loader *l, struct reg_work *w, const struct yaml_node *n)
{
    const struct reg *reg = w->reg;
    const struct stage *s = reg_stage(reg, n->text);
    if (s) return s;
    w->bad_step = true;
    struct str *names = arena_new_array(l->arena, struct str, reg->stage_count);
    for (size_t i = 0; i < reg->stage_count; i++) names[i] = reg->stages[i].key;
    fault_unknown(&l->reader, n, "阶段", names, reg->stage_count);
    return NULL;
}

void check_stages(struct loader *l, const struct reg_work *w, const struct yaml_node *stages)
{
    const struct reg *reg = w->reg;
    bool *reached = arena_new_array(l->arena, bool, reg->stage_count);
    for (size_t i = 0; i < reg->stage_count; i++) reached[i] = str_eq(reg->stages[i].key, reg->acts[0].to);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < reg->act_count; i++) {
            const struct act *act = &reg->acts[i];
            const struct stage *to = act->kind == ACT_STEP && act->to.len ? reg_stage(reg, act->to) : NULL;
            if (!to || reached[to - reg->stages]) continue;
            for (size_t s = 0; s < reg->stage_count; s++)
                if (reached[s] && act_leads_from(act, &reg->stages[s])) reached[to - reg->stages] = more = true;
        }
    }
    for (size_t i = 0; stages && i < stages->count; i++)
        if (!reached[i])
            fault_at(&l->reader, stages->keys[i],
                     "没有动作能到达阶段 %.*s；应有动作的 to 指向它，并且它的前一阶段可以到达",
                     STR_ARG(reg->stages[i].key));
}

/* --- acts --- */

static void read_from(struct loader *l, struct reg_work *w, const struct yaml_node *n, struct act *act)
{
    const struct yaml_node **items;
    size_t count = read_items(l->arena, n, &items);
    struct str *from = arena_new_array(l->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        const struct stage *s = find_stage(l, w, items[i]);
        from[i] = items[i]->text;
        if (s && s->final)
            fault_at(&l->reader, items[i], "阶段 %.*s 是终结阶段（final），不能再有动作", STR_ARG(s->key));
    }
    act->from = from;
    act->from_count = count;
}

static void read_by(struct loader *l, const struct yaml_node *n, struct act *act)
{
    const struct model *m = l->model;
    const struct yaml_node **items;
    size_t count = read_items(l->arena, n, &items);
    struct str *by = arena_new_array(l->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        by[i] = items[i]->text;
        if (m->role_count == 0 || model_role(m, by[i])) continue;
        struct str *names = arena_new_array(l->arena, struct str, m->role_count);
        for (size_t r = 0; r < m->role_count; r++) names[r] = m->roles[r].name;
        fault_unknown(&l->reader, items[i], "角色", names, m->role_count);
    }
    act->by = by;
    act->by_count = count;
}

/* The field of an input or a set, writable; NULL with a fault. */
static struct field *writable_field(struct loader *l, struct reg_work *w, const struct yaml_node *n)
{
    const struct field *f = find_field(l, w->reg, n);
    if (!f) return NULL;
    if (yaml_get(w->field_nodes[f - w->fields], "value")) {
        fault_at(&l->reader, n, "字段 %.*s 是算出来的，不能填写", STR_ARG(n->text));
        return NULL;
    }
    return &w->fields[f - w->fields];
}

static void read_inputs(struct loader *l, struct reg_work *w, const struct yaml_node *map, struct act *act)
{
    static const struct key keys[] = {{"required", EXPECT_YESNO, false}, {"initial", EXPECT_TEXT, false}};
    struct act_input *inputs = arena_new_array(l->arena, struct act_input, map ? map->count : 0);
    size_t n = 0;
    for (size_t i = 0; map && i < map->count; i++) {
        const struct yaml_node *v[2] = {NULL, NULL}, *value = map->kids[i];
        struct field *f = writable_field(l, w, map->keys[i]);
        bool empty = value->kind == YAML_SCALAR && value->text.len == 0;
        if ((!empty && !read_map(&l->reader, value, "填写项", keys, 2, v)) || !f) continue;
        inputs[n].field = f;
        inputs[n].required = read_yesno(v[0], false);
        bool create = act->kind == ACT_CREATE;
        if (create) f->at_create = true;
        if (create && inputs[n].required) f->required = true;
        if (v[1]) later_value(l, v[1], create ? NULL : w->reg, f, create ? &f->initial : &inputs[n].initial);
        if (!create) w->named_by_act[f - w->fields] = true;
        n++;
    }
    act->inputs = inputs;
    act->input_count = n;
}

static void read_sets(struct loader *l, struct reg_work *w, const struct yaml_node *map, struct act *act)
{
    struct act_set *sets = arena_new_array(l->arena, struct act_set, map ? map->count : 0);
    size_t n = 0;
    for (size_t i = 0; map && i < map->count; i++) {
        struct field *f = writable_field(l, w, map->keys[i]);
        if (f && f->private_) fault_at(&l->reader, map->keys[i], "有隐私的字段不能由公式写入");
        if (!read_text(map->kids[i]).len)
            fault_at(&l->reader, map->kids[i], "这里应是公式");
        else if (f) {
            sets[n].field = f;
            later_value(l, map->kids[i], w->reg, f, &sets[n++].value);
            w->named_by_act[f - w->fields] = true;
        }
    }
    act->sets = sets;
    act->set_count = n;
}

static void read_dated(struct loader *l, struct reg_work *w, const struct yaml_node *n, struct act *act)
{
    const struct field *f = find_field(l, w->reg, n);
    if (!f) return;
    bool input = act->kind == ACT_CREATE;
    for (size_t i = 0; i < act->input_count; i++) input = input || act->inputs[i].field == f;
    if (f->type != FIELD_DATE && f->type != FIELD_MOMENT)
        fault_at(&l->reader, n, "dated 应是日期或时刻字段，%.*s 不是", STR_ARG(n->text));
    else if (!input)
        fault_at(&l->reader, n, "dated 应是这个动作的填写项（inputs），%.*s 不是", STR_ARG(n->text));
    if (act->kind == ACT_CREATE) w->fields[f - w->fields].at_create = true;
    act->dated = f;
}

/* What makes no sense for acts that every register has. */
static void check_implicit(struct loader *l, const struct yaml_node *const *v, enum act_kind kind)
{
    static const int never[] = {A_FROM, A_TO, A_DATED, A_INPUTS, A_SET};
    if (kind == ACT_STEP) return;
    for (size_t i = 0; i < KEY_COUNT(never); i++)
        if (v[never[i]] && (kind != ACT_CREATE || never[i] == A_FROM))
            fault_at(&l->reader, v[never[i]], "这个动作不能有 %s", act_keys[never[i]].name);
}

static void read_act(struct loader *l, struct reg_work *w, const struct yaml_node *map, struct act *act)
{
    const struct yaml_node *v[A_COUNT];
    if (!read_map(&l->reader, map, "动作", act_keys, A_COUNT, v)) return;
    if (act->kind == ACT_STEP && !yaml_get(map, "label")) fault_at(&l->reader, map, "动作缺少 label");
    check_implicit(l, v, act->kind);
    if (v[A_LABEL]) act->label = read_text(v[A_LABEL]);
    act->help = read_text(v[A_HELP]);
    act->confirm = read_yesno(v[A_CONFIRM], false);
    act->cite = read_citation(v + A_CITE);
    read_from(l, w, v[A_FROM], act);
    if (v[A_TO] && find_stage(l, w, v[A_TO])) act->to = v[A_TO]->text;
    read_by(l, v[A_BY], act);
    read_inputs(l, w, v[A_INPUTS], act);
    read_sets(l, w, v[A_SET], act);
    if (v[A_DATED]) read_dated(l, w, v[A_DATED], act);
    act->require = read_rules(l, v[A_REQUIRE], w->reg, &act->require_count);
}

static struct act *add_implicit(struct reg_work *w, size_t which)
{
    struct act *act = &w->acts[w->reg->act_count++];
    *act = (struct act){.kind = implicit[which].kind,
                        .name = str_from(implicit[which].name),
                        .label = str_from(implicit[which].label),
                        .cite.verified = true};
    return act;
}

static void read_steps(struct loader *l, struct reg_work *w, const struct yaml_node *map)
{
    for (size_t i = 0; map && i < map->count; i++) {
        struct act *act = &w->acts[w->reg->act_count++];
        *act = (struct act){.kind = ACT_STEP, .name = map->keys[i]->text, .label = map->keys[i]->text};
        check_name(&l->reader, map->keys[i], "动作");
        for (size_t k = 0; k < KEY_COUNT(implicit); k++)
            if (str_is(act->name, implicit[k].name))
                fault_at(&l->reader, map->keys[i], "动作不能叫 %s：每个台账都有这个动作，请写在 procedure.%s",
                         implicit[k].name, implicit[k].name);
        read_act(l, w, map->kids[i], act);
    }
}

/* amend, void: by whoever may create, unless they say otherwise. */
static void read_closing(struct loader *l, struct reg_work *w, const struct yaml_node *const *v)
{
    const struct yaml_node *maps[] = {NULL, v[P_AMEND], v[P_VOID], NULL, NULL};
    bool private_fields = false;
    for (size_t i = 0; i < w->reg->field_count; i++) private_fields = private_fields || w->fields[i].private_;
    for (size_t k = 1; k < KEY_COUNT(implicit); k++) {
        if (implicit[k].kind == ACT_VIEW && !private_fields) continue;
        struct act *act = add_implicit(w, k);
        if (maps[k]) read_act(l, w, maps[k], act);
        bool inherits = implicit[k].kind == ACT_AMEND || implicit[k].kind == ACT_VOID;
        if (!inherits || (maps[k] && yaml_get(maps[k], "by"))) continue;
        act->by = w->acts[0].by;
        act->by_count = w->acts[0].by_count;
    }
}

/* Which fields are given at creation, and as what. */
static void finish_create(struct loader *l, struct reg_work *w)
{
    struct reg *reg = w->reg;
    struct act_input *inputs = arena_new_array(l->arena, struct act_input, reg->field_count);
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count; i++) {
        struct field *f = &w->fields[i];
        bool derived = yaml_get(w->field_nodes[i], "value") != NULL;
        f->at_create = !derived && (f->at_create || f->required || !w->named_by_act[i]);
        if (f->at_create) inputs[n++] = (struct act_input){.field = f, .required = f->required};
    }
    w->acts[0].inputs = inputs;
    w->acts[0].input_count = n;
}

static void read_procedure(struct loader *l, struct reg_work *w)
{
    const struct yaml_node *v[P_COUNT] = {NULL}, *map = w->keys[R_PROCEDURE];
    struct reg *reg = w->reg;
    if (map) read_map(&l->reader, map, "procedure ", procedure_keys, P_COUNT, v);
    read_stages(l, w, v[P_STAGES]);
    w->acts = arena_new_array(l->arena, struct act, (v[P_ACTS] ? v[P_ACTS]->count : 0) + KEY_COUNT(implicit));
    reg->acts = w->acts;
    struct act *create = add_implicit(w, 0);
    if (v[P_CREATE]) read_act(l, w, v[P_CREATE], create);
    if (!create->to.len) create->to = reg->stages[0].key;
    read_steps(l, w, v[P_ACTS]);
    read_closing(l, w, v);
    finish_create(l, w);
    if (!w->bad_step) check_stages(l, w, v[P_STAGES]);
    if (v[P_DEADLINES]) load_deadlines(l, w, v[P_DEADLINES]);
    reg->always = read_rules(l, w->keys[R_ALWAYS], reg, &reg->always_count);
}

void load_procedures(struct loader *l)
{
    for (size_t i = 0; i < l->work_count; i++) read_procedure(l, &l->works[i]);
}
