/* tree.yaml: what the offices above see of those below them. The file may be missing. */
#include "model/register.h"

static const struct key view_keys[] = {{"label", EXPECT_TEXT, true}, {"figures", EXPECT_TEXTS, true}};

static const struct key report_keys[] = {
    {"label", EXPECT_TEXT, true}, {"register", EXPECT_NAME, true}, {"where", EXPECT_TEXT, false},
    {"year", EXPECT_NAME, true},  {"report", EXPECT_NAME, false},  {"steps", EXPECT_LIST, true},
};
enum { T_LABEL, T_REGISTER, T_WHERE, T_YEAR, T_REPORT, T_STEPS };

static const struct key step_keys[] = {
    {"label", EXPECT_TEXT, true}, {"date", EXPECT_NAME, true}, {"before", EXPECT_TEXT, true}, CITATION_KEYS};
enum { S_LABEL, S_DATE, S_BEFORE, S_CITE, S_COUNT = S_CITE + 3 };

static void fault_figure(struct loader *l, const struct yaml_node *n)
{
    const struct model *m = l->model;
    struct str *names = arena_new_array(l->arena, struct str, m->figure_count + 1);
    for (size_t i = 0; i < m->figure_count; i++) names[i] = m->figures[i].name;
    fault_unknown(&l->reader, n, "指标", names, m->figure_count);
}

static struct tree_view read_view(struct loader *l, const struct yaml_node *name, const struct yaml_node *map)
{
    struct tree_view view = {.name = name->text};
    const struct yaml_node *v[KEY_COUNT(view_keys)];
    const struct yaml_node **items;
    check_name(&l->reader, name, "一组指标");
    if (!read_map(&l->reader, map, "一组指标", view_keys, KEY_COUNT(view_keys), v)) return view;
    view.label = read_text(v[0]);
    size_t count = read_items(l->arena, v[1], &items);
    const struct figure **list = arena_new_array(l->arena, const struct figure *, count);
    for (size_t i = 0; i < count; i++) {
        const struct figure *f = model_figure(l->model, items[i]->text);
        if (f)
            list[view.count++] = f;
        else
            fault_figure(l, items[i]);
    }
    view.figures = list;
    return view;
}

static void read_views(struct loader *l, const struct yaml_node *map)
{
    struct tree_view *list = arena_new_array(l->arena, struct tree_view, map->count);
    for (size_t i = 0; i < map->count; i++) list[i] = read_view(l, map->keys[i], map->kids[i]);
    l->model->tree_views = list;
    l->model->tree_view_count = map->count;
}

static const struct field *read_field(struct loader *l, const struct reg *reg, const struct yaml_node *n,
                                      enum field_type type, const char *what)
{
    const struct field *f = reg && n ? find_field(l, reg, n) : NULL;
    if (f && (f->type != type || f->private_)) fault_at(&l->reader, n, "这里应是%s字段", what);
    return f;
}

/* 03-01 */
static void read_day(struct loader *l, const struct yaml_node *n, struct tree_step *step)
{
    struct date day;
    bool ok = n && date_parse(str_printf(l->arena, "2001-%.*s", STR_ARG(n->text)), &day);
    if (n && !ok) fault_at(&l->reader, n, "这里应是一年里的一天，如 03-01");
    if (!ok) return;
    step->month = date_ymd(day).month;
    step->day = date_ymd(day).day;
}

static struct tree_step read_step(struct loader *l, const struct reg *reg, const struct yaml_node *map)
{
    struct tree_step step = {0};
    const struct yaml_node *v[S_COUNT];
    if (!read_map(&l->reader, map, "一步", step_keys, S_COUNT, v)) return step;
    step.label = read_text(v[S_LABEL]);
    step.date = read_field(l, reg, v[S_DATE], FIELD_DATE, "日期");
    step.cite = read_citation(v + S_CITE);
    read_day(l, v[S_BEFORE], &step);
    return step;
}

static struct tree_report read_report(struct loader *l, const struct yaml_node *map, struct tree_report *into)
{
    struct tree_report r = {0};
    const struct yaml_node *v[KEY_COUNT(report_keys)];
    if (!read_map(&l->reader, map, "一种报告", report_keys, KEY_COUNT(report_keys), v)) return r;
    r.label = read_text(v[T_LABEL]);
    r.reg = v[T_REGISTER] ? model_reg(l->model, v[T_REGISTER]->text) : NULL;
    if (v[T_REGISTER] && !r.reg) fault_register_name(l, v[T_REGISTER]);
    r.year = read_field(l, r.reg, v[T_YEAR], FIELD_INTEGER, "整数");
    r.report = v[T_REPORT] ? model_report(l->model, v[T_REPORT]->text) : NULL;
    if (v[T_REPORT] && !r.report) fault_at(&l->reader, v[T_REPORT], "没有报告 %.*s", STR_ARG(v[T_REPORT]->text));
    if (v[T_WHERE] && r.reg) later_formula(l, v[T_WHERE], r.reg, FT_BOOL, &into->where);
    r.step_count = v[T_STEPS] ? v[T_STEPS]->count : 0;
    struct tree_step *steps = arena_new_array(l->arena, struct tree_step, r.step_count);
    for (size_t i = 0; i < r.step_count; i++) steps[i] = read_step(l, r.reg, v[T_STEPS]->kids[i]);
    r.steps = steps;
    return r;
}

static void read_reports(struct loader *l, const struct yaml_node *list)
{
    struct tree_report *reports = arena_new_array(l->arena, struct tree_report, list->count);
    for (size_t i = 0; i < list->count; i++) reports[i] = read_report(l, list->kids[i], &reports[i]);
    l->model->tree_reports = reports;
    l->model->tree_report_count = list->count;
}

void load_tree(struct loader *l)
{
    static const struct key keys[] = {{"views", EXPECT_MAP, false}, {"reports", EXPECT_LIST, false}};
    const struct yaml_node *v[2];
    size_t at = 0;
    const struct parsed_file *f = next_file(l, "tree.yaml", &at);
    if (!f || !f->root || !read_map(&l->reader, f->root, "tree.yaml ", keys, 2, v)) return;
    if (v[0]) read_views(l, v[0]);
    if (v[1]) read_reports(l, v[1]);
}
