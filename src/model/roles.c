/* roles.yaml */
#include "model/load.h"

static const struct key role_keys[] = {
    {"label", EXPECT_TEXT, true},     {"help", EXPECT_TEXT, false},  {"sees", EXPECT_NAME, false},
    {"registers", EXPECT_ANY, false}, {"unmask", EXPECT_ANY, false}, {"may", EXPECT_NAMES, false},
};
enum { ROLE_LABEL, ROLE_HELP, ROLE_SEES, ROLE_REGISTERS, ROLE_UNMASK, ROLE_MAY };

struct names {
    struct str *items;
    size_t count, cap;
};

static void add_name(struct loader *l, struct names *list, struct str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], name)) return;
    ARENA_PUSH(l->arena, list->items, list->count, list->cap, name);
}

/* A register, or a chapter with all its registers; one name may be both. */
static bool expand(struct loader *l, struct str name, struct names *list)
{
    bool found = model_chapter(l->model, name) != NULL;
    for (size_t i = 0; i < l->work_count; i++) {
        const struct reg *reg = l->works[i].reg;
        bool same = str_eq(reg->name, name);
        if (same || str_eq(reg->chapter, name)) add_name(l, list, reg->name);
        found = found || same;
    }
    return found;
}

static void fault_register(struct loader *l, const struct yaml_node *n)
{
    if (l->model->chapter_count == 0) return; /* office.yaml is at fault */
    struct names known = {0};
    for (size_t i = 0; i < l->model->chapter_count; i++) add_name(l, &known, l->model->chapters[i].key);
    for (size_t i = 0; i < l->work_count; i++) add_name(l, &known, l->works[i].reg->name);
    fault_unknown(&l->reader, n, "台账或篇章", known.items, known.count);
}

static struct names read_registers(struct loader *l, const struct yaml_node *n, bool *all)
{
    struct names list = {0};
    const struct yaml_node **items;
    *all = n && n->kind == YAML_SCALAR && str_is(n->text, "all");
    if (n && n->kind == YAML_MAP) fault_at(&l->reader, n, "这里应是 all，或台账、篇章名称的列表");
    size_t count = *all ? 0 : read_items(l->arena, n, &items);
    for (size_t i = 0; i < count; i++)
        if (items[i]->kind != YAML_SCALAR || !expand(l, items[i]->text, &list)) fault_register(l, items[i]);
    for (size_t i = 0; *all && i < l->work_count; i++) add_name(l, &list, l->works[i].reg->name);
    return list;
}

static void read_rights(struct loader *l, const struct yaml_node *n, struct role *role)
{
    static const char *const words[] = {"manage_users", "import", "act_any", "fix_report", "audit", "recompute", "tree", "issue"};
    bool *const rights[] = {&role->may_manage_users, &role->may_import, &role->may_act_any,
                            &role->may_fix_report,   &role->may_audit,  &role->may_recompute, &role->may_see_tree, &role->may_issue};
    const struct yaml_node **items;
    size_t count = read_items(l->arena, n, &items);
    for (size_t i = 0; i < count; i++) {
        int w = read_word(&l->reader, items[i], "权限", words, KEY_COUNT(words));
        if (w >= 0) *rights[w] = true;
    }
}

static struct role read_role(struct loader *l, const struct yaml_node *name, const struct yaml_node *map)
{
    static const char *const sees[] = {"org", "office"};
    struct role role = {.name = name->text};
    const struct yaml_node *v[KEY_COUNT(role_keys)];
    bool ignored;
    check_name(&l->reader, name, "角色");
    if (!read_map(&l->reader, map, "角色", role_keys, KEY_COUNT(role_keys), v)) return role;
    role.label = read_text(v[ROLE_LABEL]);
    role.help = read_text(v[ROLE_HELP]);
    role.sees_office = v[ROLE_SEES] && read_word(&l->reader, v[ROLE_SEES], "范围", sees, 2) == 1;
    struct names regs = read_registers(l, v[ROLE_REGISTERS], &role.all_registers);
    struct names unmask = read_registers(l, v[ROLE_UNMASK], &ignored);
    role.registers = regs.items;
    role.register_count = regs.count;
    role.unmask = unmask.items;
    role.unmask_count = unmask.count;
    read_rights(l, v[ROLE_MAY], &role);
    return role;
}

void load_roles(struct loader *l)
{
    static const struct key keys[] = {{"roles", EXPECT_MAP, true}};
    const struct yaml_node *map = NULL;
    const struct parsed_file *f = the_file(l, "roles.yaml");
    if (!f || !f->root || !read_map(&l->reader, f->root, "roles.yaml ", keys, 1, &map) || !map) return;
    struct role *roles = arena_new_array(l->arena, struct role, map->count);
    for (size_t i = 0; i < map->count; i++) roles[i] = read_role(l, map->keys[i], map->kids[i]);
    l->model->roles = roles;
    l->model->role_count = map->count;
}
