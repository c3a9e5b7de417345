/* figures/…: any number of figures a file. */
#include "model/loading.h"

static void load_wording(struct loading *l, const struct yaml_node *n, struct figure *f)
{
    struct str *wording;
    f->wording_count = load_names(l, n, "wording", &wording);
    f->wording = wording;
    for (size_t i = 0; i < f->wording_count; i++) {
        size_t first = str_find(wording[i], STR("{n}"), 0);
        if (first != SIZE_MAX && str_find(wording[i], STR("{n}"), first + 3) != SIZE_MAX)
            load_fault(l, yaml_get(n, "wording"), "「%.*s」里只能有一个 {n}", STR_ARG(wording[i]));
        if (wording[i].len < 4) load_fault(l, yaml_get(n, "wording"), "「%.*s」太短，会误认", STR_ARG(wording[i]));
    }
}

static void load_figure(struct loading *l, struct figure *f, const struct yaml_node *key, const struct yaml_node *n)
{
    f->name = key->text;
    load_name_is_good(l, key, key->text, true);
    f->decimals = 1;
    if (!load_map(l, n, "label unit chapter meaning value decimals rule cite verified wording")) return;
    f->label = load_text(l, n, "label", true);
    f->unit = load_text(l, n, "unit", false);
    f->chapter = load_text(l, n, "chapter", true);
    if (f->chapter.len && !model_chapter(l->model, f->chapter))
        load_fault(l, yaml_get(n, "chapter"), "office.yaml 里没有章节「%.*s」", STR_ARG(f->chapter));
    f->meaning = load_text(l, n, "meaning", true);
    f->cite = load_citation(l, n);
    struct formula_context ctx = load_context(l, n, NULL);
    ctx.has_period = true;
    f->value = load_formula(l, n, "value", &ctx, FT_NUMBER, true);
    f->type = f->value ? formula_result(f->value) : FT_NONE;
    int64_t decimals;
    if (load_integer(l, n, "decimals", &decimals)) {
        if (decimals < 0 || decimals > 4) load_fault(l, yaml_get(n, "decimals"), "decimals 要在 0 到 4 之间");
        else f->decimals = (int)decimals;
    }
    load_wording(l, n, f);
}

void load_figures(struct loading *l, const struct yaml_node *root)
{
    if (!load_map(l, root, "figures")) return;
    const struct yaml_node *list = yaml_get(root, "figures");
    if (!list || list->kind != YAML_MAP) {
        load_fault(l, root, "缺少 figures");
        return;
    }
    size_t count = l->model->figure_count;
    struct figure *all = arena_new_array(l->arena, struct figure, count + list->count);
    for (size_t i = 0; i < count; i++) all[i] = l->model->figures[i];
    for (size_t i = 0; i < list->count; i++) {
        if (model_figure(l->model, list->keys[i]->text))
            load_fault(l, list->keys[i], "数字「%.*s」已经定义过", STR_ARG(list->keys[i]->text));
        load_figure(l, &all[count++], list->keys[i], list->kids[i]);
    }
    l->model->figures = all;
    l->model->figure_count = count;
}
