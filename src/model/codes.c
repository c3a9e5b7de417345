/* codes/…: code lists. */
#include "model/load.h"

static const struct date current = {0};

static struct code read_code(struct loader *l, const struct yaml_node *key, const struct yaml_node *value)
{
    static const struct key keys[] = {{"label", EXPECT_TEXT, true}, {"until", EXPECT_TEXT, false}};
    struct code code = {.key = key->text, .label = read_text(value), .until = current};
    const struct yaml_node *v[2];
    if (key->text.len == 0 || key->text.len > NAME_MAX_BYTES)
        fault_at(&l->reader, key, "代码应有 1 到 %d 个字节", NAME_MAX_BYTES);
    if (value->kind == YAML_SCALAR) {
        if (!code.label.len) fault_at(&l->reader, value, "代码 %.*s 应有中文名称", STR_ARG(key->text));
    } else if (read_map(&l->reader, value, "代码", keys, 2, v)) {
        code.label = read_text(v[0]);
        if (v[1]) read_date(&l->reader, v[1], &code.until);
    }
    return code;
}

static void read_codes(struct loader *l, const struct yaml_node *map, struct code_list *list)
{
    struct code *codes = arena_new_array(l->arena, struct code, map->count);
    list->codes = codes;
    for (size_t i = 0; i < map->count; i++) {
        struct code code = read_code(l, map->keys[i], map->kids[i]);
        if (code.label.len && code_by_label(list, code.label))
            fault_at(&l->reader, map->kids[i], "代码名称“%.*s”在这个代码表里写了两次", STR_ARG(code.label));
        codes[list->count++] = code;
    }
    if (!list->count) fault_at(&l->reader, map, "代码表里没有代码");
}

static void read_list(struct loader *l, const struct yaml_node *name, const struct yaml_node *map,
                      struct code_list *list)
{
    static const struct key keys[] = {
        {"label", EXPECT_TEXT, true}, {"codes", EXPECT_MAP, true}, {"source", EXPECT_TEXT, false}};
    const struct yaml_node *v[KEY_COUNT(keys)];
    check_name(&l->reader, name, "代码表");
    list->name = name->text;
    if (!read_map(&l->reader, map, "代码表", keys, KEY_COUNT(keys), v)) return;
    list->label = read_text(v[0]);
    if (v[1]) read_codes(l, v[1], list);
}

void load_codes(struct loader *l)
{
    static const struct key keys[] = {{"codes", EXPECT_MAP, true}};
    struct code_list *lists = NULL;
    size_t count = 0, cap = 0, at = 0;
    const struct parsed_file *f;
    while ((f = next_file(l, "codes/", &at))) {
        const struct yaml_node *map = NULL;
        if (!f->root || !read_map(&l->reader, f->root, "文件", keys, 1, &map) || !map) continue;
        for (size_t i = 0; i < map->count; i++) {
            l->model->code_lists = lists;
            l->model->code_list_count = count;
            if (model_codes(l->model, map->keys[i]->text))
                fault_at(&l->reader, map->keys[i], "代码表 %.*s 已经有了", STR_ARG(map->keys[i]->text));
            struct code_list list = {0};
            read_list(l, map->keys[i], map->kids[i], &list);
            ARENA_PUSH(l->arena, lists, count, cap, list);
        }
    }
    l->model->code_lists = lists;
    l->model->code_list_count = count;
    l->list_codes = arena_new_array(l->arena, struct formula_codes, count);
    for (size_t i = 0; i < count; i++) l->list_codes[i] = (struct formula_codes){lists[i].codes, lists[i].count};
}
