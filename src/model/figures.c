/* figures/… */
#include "model/register.h"

static const struct key figure_keys[] = {
    {"label", EXPECT_TEXT, true},     {"unit", EXPECT_TEXT, false},
    {"chapter", EXPECT_NAME, true},   {"meaning", EXPECT_TEXT, true},
    {"value", EXPECT_TEXT, true},     {"decimals", EXPECT_TEXT, false},
    {"wording", EXPECT_TEXTS, false}, CITATION_KEYS,
};
enum { G_LABEL, G_UNIT, G_CHAPTER, G_MEANING, G_VALUE, G_DECIMALS, G_WORDING, G_CITE, G_COUNT = G_CITE + 3 };

enum { USUAL_DECIMALS = 1, MOST_DECIMALS = 4, WORDING_LEAST = 4 };

/* petition.registered: names joined by dots, two at least. */
static void check_figure_name(struct loader *l, const struct yaml_node *n)
{
    struct str rest = n->text, part;
    size_t parts = 0;
    bool ok = !str_ends(n->text, STR("."));
    while (str_split(&rest, '.', &part)) {
        ok = ok && is_name(part);
        parts++;
    }
    if (!ok || parts < 2)
        fault_at(&l->reader, n, "指标名称应由点号连接，如 petition.registered，各部分只含小写字母、数字和下划线");
}

static void read_wording(struct loader *l, const struct yaml_node *n, struct figure *figure)
{
    const struct yaml_node **items;
    size_t count = read_items(l->arena, n, &items);
    struct str *list = arena_new_array(l->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        struct str text = items[i]->text;
        list[i] = text;
        if (text.len < WORDING_LEAST) fault_at(&l->reader, items[i], "说法“%.*s”太短，会误认", STR_ARG(text));
        size_t first = str_find(text, STR("{n}"), 0);
        size_t second = first == SIZE_MAX ? SIZE_MAX : str_find(text, STR("{n}"), first + 3);
        if (second != SIZE_MAX) fault_in(&l->reader, items[i], second, "一个说法里最多有一个 {n}");
        for (size_t at = 0; (at = str_find(text, STR("{"), at)) != SIZE_MAX; at++)
            if (!str_starts(str_slice(text, at, text.len), STR("{n}")))
                fault_in(&l->reader, items[i], at, "说法里的大括号只能是 {n}");
    }
    figure->wording = list;
    figure->wording_count = count;
}

static void read_figure(struct loader *l, const struct yaml_node *name, const struct yaml_node *map,
                        struct figure *figure)
{
    const struct yaml_node *v[G_COUNT];
    int64_t decimals = USUAL_DECIMALS;
    *figure = (struct figure){.name = name->text, .label = name->text};
    check_figure_name(l, name);
    if (!read_map(&l->reader, map, "指标", figure_keys, G_COUNT, v)) return;
    check_chapter(l, v[G_CHAPTER]);
    figure->label = read_text(v[G_LABEL]);
    figure->unit = read_text(v[G_UNIT]);
    figure->chapter = read_text(v[G_CHAPTER]);
    figure->meaning = read_text(v[G_MEANING]);
    figure->cite = read_citation(v + G_CITE);
    if (v[G_DECIMALS]) read_integer(&l->reader, v[G_DECIMALS], 0, MOST_DECIMALS, &decimals);
    figure->decimals = decimals >= 0 && decimals <= MOST_DECIMALS ? (int)decimals : USUAL_DECIMALS;
    read_wording(l, v[G_WORDING], figure);
    if (!v[G_VALUE]) return;
    struct pending_formula *p = later_formula(l, v[G_VALUE], NULL, FT_NONE, &figure->value);
    p->ctx.has_period = true;
    p->figure = figure;
}

static size_t count_figures(const struct loader *l)
{
    size_t count = 0, at = 0;
    const struct parsed_file *f;
    while ((f = next_file(l, "figures/", &at))) {
        const struct yaml_node *map = yaml_get(f->root, "figures");
        if (map && map->kind == YAML_MAP) count += map->count;
    }
    return count;
}

void load_figures(struct loader *l)
{
    static const struct key keys[] = {{"figures", EXPECT_MAP, true}};
    struct figure *figures = arena_new_array(l->arena, struct figure, count_figures(l));
    struct model *m = l->model;
    size_t at = 0;
    const struct parsed_file *f;
    m->figures = figures;
    while ((f = next_file(l, "figures/", &at))) {
        const struct yaml_node *map = NULL;
        if (!f->root || !read_map(&l->reader, f->root, "文件", keys, 1, &map) || !map) continue;
        for (size_t i = 0; i < map->count; i++) {
            if (model_figure(m, map->keys[i]->text))
                fault_at(&l->reader, map->keys[i], "指标 %.*s 已经有了", STR_ARG(map->keys[i]->text));
            read_figure(l, map->keys[i], map->kids[i], &figures[m->figure_count]);
            m->figure_count++;
        }
    }
}
