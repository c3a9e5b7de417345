#include "model/compare.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "model/yaml.h"

enum { SHOWN_CHARACTERS = 120 };

struct comparing {
    struct arena *arena;
    struct str path;
    struct definition_change *list;
    size_t count, cap;
};

/* Where one is in the tree. */
struct spot {
    struct str place, label;
};

static void add(struct comparing *c, struct spot at, struct str before, struct str after)
{
    struct definition_change change = {c->path, at.label, at.place, before, after};
    if (c->count < DEFINITION_CHANGES_MOST) ARENA_PUSH(c->arena, c->list, c->count, c->cap, change);
}

/* ---- a node in few words ---- */

static struct str shortened(struct arena *a, struct str t)
{
    size_t cut = utf8_cut(t, SHOWN_CHARACTERS);
    return cut == t.len ? t : str_printf(a, "%.*s…", (int)cut, t.s);
}

static struct str words_of(struct arena *a, const struct yaml_node *n);

/* a、b、c of a list; key: value，… of a map. */
static struct str words_of_kids(struct arena *a, const struct yaml_node *n)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < n->count && buf_str(&b).len < 4 * SHOWN_CHARACTERS; i++) {
        buf_puts(&b, i ? "，" : "");
        if (n->kind == YAML_MAP) buf_putf(&b, "%.*s: ", STR_ARG(n->keys[i]->text));
        buf_put(&b, words_of(a, n->kids[i]));
    }
    return buf_str(&b);
}

static struct str words_of(struct arena *a, const struct yaml_node *n)
{
    return shortened(a, n->kind == YAML_SCALAR ? n->text : words_of_kids(a, n));
}

static struct str words_or_mark(struct arena *a, const struct yaml_node *n)
{
    struct str words = words_of(a, n);
    return words.len ? words : STR("（空）");
}

/* ---- two trees ---- */

static const struct yaml_node *label_in(const struct yaml_node *map)
{
    const struct yaml_node *n = yaml_get(map, "label");
    return n && n->kind == YAML_SCALAR ? n : NULL;
}

static struct spot below(struct comparing *c, struct spot at, struct str key, const struct yaml_node *node)
{
    const struct yaml_node *label = node ? label_in(node) : NULL;
    struct spot s = {.label = at.label};
    s.place = at.place.len ? str_printf(c->arena, "%.*s.%.*s", STR_ARG(at.place), STR_ARG(key)) : key;
    if (label)
        s.label = at.label.len ? str_printf(c->arena, "%.*s · %.*s", STR_ARG(at.label), STR_ARG(label->text)) : label->text;
    return s;
}

static void compare(struct comparing *c, struct spot at, const struct yaml_node *old, const struct yaml_node *new);

static const struct yaml_node *find(const struct yaml_node *map, struct str key)
{
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->keys[i]->text, key)) return map->kids[i];
    return NULL;
}

static void compare_maps(struct comparing *c, struct spot at, const struct yaml_node *old, const struct yaml_node *new)
{
    for (size_t i = 0; i < old->count; i++)
        if (!find(new, old->keys[i]->text))
            add(c, below(c, at, old->keys[i]->text, old->kids[i]), words_or_mark(c->arena, old->kids[i]), STR(""));
    for (size_t i = 0; i < new->count; i++) {
        const struct yaml_node *was = find(old, new->keys[i]->text);
        struct spot s = below(c, at, new->keys[i]->text, new->kids[i]);
        if (was)
            compare(c, s, was, new->kids[i]);
        else
            add(c, s, STR(""), words_or_mark(c->arena, new->kids[i]));
    }
}

static bool is_plain(const struct yaml_node *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->kids[i]->kind != YAML_SCALAR) return false;
    return true;
}

static bool same(const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->kind != b->kind || a->count != b->count) return false;
    if (a->kind == YAML_SCALAR) return str_eq(a->text, b->text);
    for (size_t i = 0; i < a->count; i++)
        if ((a->kind == YAML_MAP && !str_eq(a->keys[i]->text, b->keys[i]->text)) || !same(a->kids[i], b->kids[i]))
            return false;
    return true;
}

/* Elements have no names: what is the same at both ends is left out, the rest told one after the other. */
static void compare_lists(struct comparing *c, struct spot at, const struct yaml_node *old, const struct yaml_node *new)
{
    size_t head = 0, tail = 0;
    while (head < old->count && head < new->count && same(old->kids[head], new->kids[head])) head++;
    while (head + tail < old->count && head + tail < new->count &&
           same(old->kids[old->count - 1 - tail], new->kids[new->count - 1 - tail]))
        tail++;
    for (size_t i = head; i + tail < old->count || i + tail < new->count; i++) {
        const struct yaml_node *was = i + tail < old->count ? old->kids[i] : NULL;
        const struct yaml_node *is = i + tail < new->count ? new->kids[i] : NULL;
        struct spot s = below(c, at, str_printf(c->arena, "%zu", i + 1), is ? is : was);
        if (was && is)
            compare(c, s, was, is);
        else
            add(c, s, was ? words_or_mark(c->arena, was) : STR(""), is ? words_or_mark(c->arena, is) : STR(""));
    }
}

static void compare(struct comparing *c, struct spot at, const struct yaml_node *old, const struct yaml_node *new)
{
    bool lists = old->kind == YAML_LIST && new->kind == YAML_LIST;
    if (same(old, new)) return;
    if (old->kind == YAML_MAP && new->kind == YAML_MAP)
        compare_maps(c, at, old, new);
    else if (lists && !(is_plain(old) && is_plain(new)))
        compare_lists(c, at, old, new);
    else
        add(c, at, words_or_mark(c->arena, old), words_or_mark(c->arena, new));
}

/* ---- files ---- */

static const struct yaml_node *read_tree(struct arena *a, const struct definition_file *f)
{
    struct errors ignored = errors_in(a);
    struct yaml_source *source = arena_new(a, struct yaml_source);
    *source = (struct yaml_source){f->path, f->text};
    return str_ends(f->path, STR(".yaml")) ? yaml_read(a, source, &ignored) : NULL;
}

static struct str whole_file(struct arena *a, const struct definition_file *f)
{
    const struct yaml_node *tree = read_tree(a, f), *label = tree ? label_in(tree) : NULL;
    return label ? label->text : STR("文件");
}

static void compare_file(struct comparing *c, const struct definition_file *old, const struct definition_file *new)
{
    const struct yaml_node *was = read_tree(c->arena, old), *is = read_tree(c->arena, new);
    const struct yaml_node *label = is ? label_in(is) : NULL;
    struct spot at = {.label = label ? label->text : STR("")};
    if (!was || !is)
        add(c, at, STR("文件"), STR("改过的文件"));
    else
        compare(c, at, was, is);
}

size_t definition_changes(struct arena *a, const struct definition_file *old, size_t old_count,
                          const struct definition_file *new, size_t new_count, struct definition_change **list)
{
    struct comparing c = {.arena = a};
    size_t i = 0, k = 0;
    while (i < old_count || k < new_count) {
        int order = i == old_count ? 1 : k == new_count ? -1 : str_cmp(old[i].path, new[k].path);
        c.path = order <= 0 ? old[i].path : new[k].path;
        if (order < 0)
            add(&c, (struct spot){0}, whole_file(a, &old[i]), STR(""));
        else if (order > 0)
            add(&c, (struct spot){0}, STR(""), whole_file(a, &new[k]));
        else if (!str_eq(old[i].text, new[k].text))
            compare_file(&c, &old[i], &new[k]);
        i += order <= 0;
        k += order >= 0;
    }
    *list = c.list;
    return c.count;
}
