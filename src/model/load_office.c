/* office.yaml, codes, roles. */
#include <limits.h>

#include "model/loading.h"

/* ---- office.yaml ---- */

static void load_chapters(struct loading *l, const struct yaml_node *chapters)
{
    if (!chapters || chapters->kind != YAML_MAP) return;
    struct chapter *list = arena_new_array(l->arena, struct chapter, chapters->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < chapters->count; i++) {
        load_name_is_good(l, chapters->keys[i], chapters->keys[i]->text, false);
        list[n++] = (struct chapter){chapters->keys[i]->text, chapters->kids[i]->text};
    }
    l->model->chapters = list;
    l->model->chapter_count = n;
}

void load_office(struct loading *l, const struct yaml_node *root)
{
    if (!load_map(l, root, "office chapters")) return;
    const struct yaml_node *o = yaml_get(root, "office");
    if (!o) {
        load_fault(l, root, "缺少 office");
        return;
    }
    if (!load_map(l, o, "key name full_name code region")) return;
    l->model->office = (struct office_settings){.key = load_text(l, o, "key", true),
                                                .name = load_text(l, o, "name", true),
                                                .full_name = load_text(l, o, "full_name", true),
                                                .code = load_text(l, o, "code", false),
                                                .region = load_text(l, o, "region", false)};
    load_name_is_good(l, o, l->model->office.key, false);
    load_chapters(l, yaml_get(root, "chapters"));
}

/* ---- codes ---- */

static struct code load_code(struct loading *l, const struct yaml_node *key, const struct yaml_node *value)
{
    struct code c = {.key = key->text};
    if (value->kind == YAML_SCALAR) {
        c.label = value->text;
    } else if (load_map(l, value, "label until")) {
        c.label = load_text(l, value, "label", true);
        struct str until = load_text(l, value, "until", false);
        if (until.len && !date_parse(until, &c.until))
            load_fault(l, yaml_get(value, "until"), "until 要写日期，如 2023-12-31");
    }
    if (c.label.len == 0) load_fault(l, value, "代码「%.*s」缺少名称", STR_ARG(c.key));
    return c;
}

static void load_code_list(struct loading *l, struct code_list *list, const struct yaml_node *key,
                           const struct yaml_node *n)
{
    list->name = key->text;
    load_name_is_good(l, key, key->text, false);
    if (!load_map(l, n, "label source codes")) return;
    list->label = load_text(l, n, "label", true);
    const struct yaml_node *codes = yaml_get(n, "codes");
    if (!codes || codes->kind != YAML_MAP || codes->count == 0) {
        load_fault(l, codes ? codes : n, "codes 要写成一组「代码: 名称」，至少一个");
        return;
    }
    struct code *all = arena_new_array(l->arena, struct code, codes->count);
    for (size_t i = 0; i < codes->count; i++) {
        all[i] = load_code(l, codes->keys[i], codes->kids[i]);
        for (size_t k = 0; k < i; k++)
            if (str_eq(all[k].label, all[i].label))
                load_fault(l, codes->kids[i], "名称「%.*s」在这个代码表里出现了两次", STR_ARG(all[i].label));
    }
    list->codes = all;
    list->count = codes->count;
}

void load_codes(struct loading *l, const struct yaml_node *root)
{
    if (!load_map(l, root, "codes")) return;
    const struct yaml_node *codes = yaml_get(root, "codes");
    if (!codes || codes->kind != YAML_MAP) {
        load_fault(l, root, "缺少 codes");
        return;
    }
    size_t count = l->model->code_list_count;
    struct code_list *all = arena_new_array(l->arena, struct code_list, count + codes->count + 1);
    for (size_t i = 0; i < count; i++) all[i] = l->model->code_lists[i];
    for (size_t i = 0; i < codes->count; i++) {
        if (model_codes(l->model, codes->keys[i]->text))
            load_fault(l, codes->keys[i], "代码表「%.*s」已经定义过", STR_ARG(codes->keys[i]->text));
        load_code_list(l, &all[count++], codes->keys[i], codes->kids[i]);
    }
    l->model->code_lists = all;
    l->model->code_list_count = count;
}

/* ---- roles ---- */

static void load_permissions(struct loading *l, const struct yaml_node *n, struct role *r)
{
    static const char *const known[] = {"manage_users", "import", "act_any", "fix_report", "audit", "recompute"};
    bool *flags[] = {&r->may_manage_users, &r->may_import, &r->may_act_any,
                     &r->may_fix_report,   &r->may_audit,  &r->may_recompute};
    struct str *may;
    size_t count = load_names(l, n, "may", &may);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (!str_is(may[i], known[k])) continue;
            *flags[k] = found = true;
        }
        if (!found)
            load_fault(l, yaml_get(n, "may"),
                       "没有权限「%.*s」；可用的有 manage_users import act_any fix_report audit recompute",
                       STR_ARG(may[i]));
    }
}

static void load_role(struct loading *l, struct role *r, const struct yaml_node *key, const struct yaml_node *n)
{
    r->name = key->text;
    load_name_is_good(l, key, key->text, false);
    if (!load_map(l, n, "label help sees registers unmask may")) return;
    r->label = load_text(l, n, "label", true);
    r->help = load_text(l, n, "help", false);
    struct str sees = load_text(l, n, "sees", false);
    r->sees_office = str_is(sees, "office");
    if (sees.len && !r->sees_office && !str_is(sees, "org"))
        load_fault(l, yaml_get(n, "sees"), "sees 只能写 office 或者 org");
    load_permissions(l, n, r);
}

void load_roles(struct loading *l, const struct yaml_node *root)
{
    if (!load_map(l, root, "roles")) return;
    const struct yaml_node *roles = yaml_get(root, "roles");
    if (!roles || roles->kind != YAML_MAP) {
        load_fault(l, root, "缺少 roles");
        return;
    }
    struct role *all = arena_new_array(l->arena, struct role, roles->count + 1);
    l->model->roles = all;
    l->model->role_count = roles->count;
    for (size_t i = 0; i < roles->count; i++) load_role(l, &all[i], roles->keys[i], roles->kids[i]);
}

/* Names of registers and chapters → names of registers. */
static size_t expand(struct loading *l, const struct yaml_node *n, const char *key, const struct str **list, bool *all)
{
    struct str *names;
    size_t count = load_names(l, n, key, &names);
    struct str *out = arena_new_array(l->arena, struct str, l->model->reg_count * (count + 1) + 1);
    size_t found = 0;
    *all = false;
    for (size_t i = 0; i < count; i++) {
        if (str_is(names[i], "all")) {
            *all = true;
            continue;
        }
        bool chapter = model_chapter(l->model, names[i]) != NULL;
        if (!chapter && !model_reg(l->model, names[i]))
            load_fault(l, yaml_get(n, key), "没有叫「%.*s」的台账或者章节", STR_ARG(names[i]));
        for (size_t k = 0; k < l->model->reg_count; k++) {
            const struct reg *reg = &l->model->regs[k];
            if (str_eq(chapter ? reg->chapter : reg->name, names[i])) out[found++] = reg->name;
        }
    }
    *list = out;
    return found;
}

void load_role_registers(struct loading *l, const struct yaml_node *root)
{
    const struct yaml_node *roles = yaml_get(root, "roles");
    for (size_t i = 0; i < l->model->role_count && roles; i++) {
        struct role *r = (struct role *)&l->model->roles[i];
        bool all;
        r->register_count = expand(l, roles->kids[i], "registers", &r->registers, &r->all_registers);
        r->unmask_count = expand(l, roles->kids[i], "unmask", &r->unmask, &all);
        if (!all) continue;
        struct str *every = arena_new_array(l->arena, struct str, l->model->reg_count);
        for (size_t k = 0; k < l->model->reg_count; k++) every[k] = l->model->regs[k].name;
        r->unmask = every;
        r->unmask_count = l->model->reg_count;
    }
}
