/* office.yaml: the office and its chapters. */
#include "model/load.h"

static const struct key office_keys[] = {
    {"key", EXPECT_NAME, true},  {"name", EXPECT_TEXT, true},          {"full_name", EXPECT_TEXT, true},
    {"code", EXPECT_TEXT, true}, {"region", EXPECT_EMPTY_TEXT, false}, {"mark", EXPECT_TEXT, false},
};
enum { OFFICE_KEY, OFFICE_NAME, OFFICE_FULL_NAME, OFFICE_CODE, OFFICE_REGION, OFFICE_MARK };

enum office_level office_level_of(struct str code)
{
    for (size_t i = 0; i < code.len; i++)
        if (code.s[i] < '0' || code.s[i] > '9') return LEVEL_NONE;
    switch (code.len) {
    case 2: return LEVEL_PROVINCE;
    case 4: return LEVEL_CITY;
    case 6: return LEVEL_DISTRICT;
    case 9: return LEVEL_TOWNSHIP;
    default: return LEVEL_NONE;
    }
}

struct str office_short_name(struct str name)
{
    static const char *const kinds[] = {"街道办事处", "街道", "自治区", "自治州", "自治县", "镇", "乡", "区", "县", "市", "省"};
    for (size_t i = 0; i < KEY_COUNT(kinds); i++) {
        struct str kind = str_from(kinds[i]);
        if (name.len > kind.len && str_ends(name, kind)) return str_slice(name, 0, name.len - kind.len);
    }
    return name;
}

static void read_office(struct loader *l, const struct yaml_node *map)
{
    const struct yaml_node *v[KEY_COUNT(office_keys)];
    if (!read_map(&l->reader, map, "街道", office_keys, KEY_COUNT(office_keys), v)) return;
    struct str name = read_text(v[OFFICE_NAME]);
    l->model->office = (struct office_settings){.key = read_text(v[OFFICE_KEY]),
                                                .name = name,
                                                .full_name = read_text(v[OFFICE_FULL_NAME]),
                                                .code = read_text(v[OFFICE_CODE]),
                                                .mark = v[OFFICE_MARK] ? read_text(v[OFFICE_MARK]) : office_short_name(name),
                                                .region = read_text(v[OFFICE_REGION])};
    if (v[OFFICE_CODE] && office_level_of(l->model->office.code) == LEVEL_NONE)
        fault_at(&l->reader, v[OFFICE_CODE], "区划代码是 2、4、6 或 9 位数字（省、市、县区、乡级），如 450205008");
}

static void read_chapters(struct loader *l, const struct yaml_node *map)
{
    struct chapter *list = arena_new_array(l->arena, struct chapter, map->count);
    for (size_t i = 0; i < map->count; i++) {
        check_name(&l->reader, map->keys[i], "篇章");
        if (!read_text(map->kids[i]).len) fault_at(&l->reader, map->kids[i], "篇章应有中文名称");
        list[i] = (struct chapter){map->keys[i]->text, read_text(map->kids[i])};
    }
    l->model->chapters = list;
    l->model->chapter_count = map->count;
}

void load_office(struct loader *l)
{
    static const struct key keys[] = {{"office", EXPECT_MAP, true}, {"chapters", EXPECT_MAP, true}};
    const struct yaml_node *v[2];
    const struct parsed_file *f = the_file(l, "office.yaml");
    if (!f || !f->root || !read_map(&l->reader, f->root, "office.yaml ", keys, 2, v)) return;
    if (v[0]) read_office(l, v[0]);
    if (v[1]) read_chapters(l, v[1]);
}
