/* office.yaml: the office and its chapters. */
#include "model/load.h"

static const struct key office_keys[] = {
    {"key", EXPECT_NAME, true},  {"name", EXPECT_TEXT, true},          {"full_name", EXPECT_TEXT, true},
    {"code", EXPECT_TEXT, true}, {"region", EXPECT_EMPTY_TEXT, false},
};
enum { OFFICE_KEY, OFFICE_NAME, OFFICE_FULL_NAME, OFFICE_CODE, OFFICE_REGION };

static void read_office(struct loader *l, const struct yaml_node *map)
{
    const struct yaml_node *v[KEY_COUNT(office_keys)];
    if (!read_map(&l->reader, map, "街道", office_keys, KEY_COUNT(office_keys), v)) return;
    l->model->office =
        (struct office_settings){read_text(v[OFFICE_KEY]), read_text(v[OFFICE_NAME]), read_text(v[OFFICE_FULL_NAME]),
                                 read_text(v[OFFICE_CODE]), read_text(v[OFFICE_REGION])};
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
