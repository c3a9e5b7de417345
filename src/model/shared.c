/* Parts that several kinds of definitions have: citations, rules, names of fields. */
#include "model/load.h"

struct citation read_citation(const struct yaml_node *const *three)
{
    return (struct citation){
        .text = read_text(three[0]), .rule = read_text(three[1]), .verified = read_yesno(three[2], true)};
}

struct rule *read_rules(struct loader *l, const struct yaml_node *list, const struct reg *reg, size_t *count)
{
    static const struct key keys[] = {
        {"that", EXPECT_TEXT, true}, {"say", EXPECT_TEXT, true}, {"remedy", EXPECT_TEXT, false}, CITATION_KEYS};
    *count = list ? list->count : 0;
    struct rule *rules = arena_new_array(l->arena, struct rule, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct yaml_node *v[KEY_COUNT(keys)];
        if (!read_map(&l->reader, list->kids[i], "规则", keys, KEY_COUNT(keys), v)) continue;
        if (v[0]) later_formula(l, v[0], reg, FT_BOOL, &rules[i].that);
        rules[i].say = read_text(v[1]);
        rules[i].remedy = read_text(v[2]);
        rules[i].cite = read_citation(v + 3);
    }
    return rules;
}

bool register_is_read(const struct loader *l, const struct reg *reg)
{
    for (size_t i = 0; i < l->work_count; i++)
        if (l->works[i].reg == reg) return l->works[i].root != NULL;
    return false;
}

const struct field *find_field(struct loader *l, const struct reg *reg, const struct yaml_node *n)
{
    const struct field *f = n->kind == YAML_SCALAR ? reg_field(reg, n->text) : NULL;
    if (f || !register_is_read(l, reg)) return f;
    struct str *names = arena_new_array(l->arena, struct str, reg->field_count);
    for (size_t i = 0; i < reg->field_count; i++) names[i] = reg->fields[i].name;
    fault_unknown(&l->reader, n, "字段", names, reg->field_count);
    return NULL;
}

bool is_builtin_field(struct str name)
{
    return str_is(name, "number") || str_is(name, "stage") || str_is(name, "created_on") || str_is(name, "org");
}

const struct str *read_order(struct loader *l, const struct reg *reg, const struct yaml_node *n, size_t *count)
{
    const struct yaml_node **items;
    *count = read_items(l->arena, n, &items);
    struct str *names = arena_new_array(l->arena, struct str, *count);
    for (size_t i = 0; i < *count; i++) {
        struct yaml_node bare = *items[i];
        names[i] = bare.text;
        if (str_starts(bare.text, STR("-"))) bare.text = str_slice(bare.text, 1, bare.text.len);
        const struct field *f = is_builtin_field(bare.text) ? NULL : find_field(l, reg, &bare);
        if (f && f->private_) fault_at(&l->reader, items[i], "有隐私的字段是加密保存的，不能用来排序");
    }
    return names;
}
