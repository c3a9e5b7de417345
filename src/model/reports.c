/* reports/… */
#include "model/register.h"

static const struct key item_keys[] = {
    {"heading", EXPECT_TEXT, false},   {"heading2", EXPECT_TEXT, false}, {"heading3", EXPECT_TEXT, false},
    {"paragraph", EXPECT_TEXT, false}, {"list", EXPECT_MAP, false},      {"when", EXPECT_TEXT, false},
};
enum { I_HEADING, I_HEADING2, I_HEADING3, I_PARAGRAPH, I_LIST, I_WHEN };

static const struct key list_keys[] = {
    {"before", EXPECT_TEXT, false}, {"from", EXPECT_NAME, true},  {"where", EXPECT_TEXT, false},
    {"order", EXPECT_TEXTS, false}, {"each", EXPECT_TEXT, true},  {"between", EXPECT_TEXT, false},
    {"after", EXPECT_TEXT, false},  {"none", EXPECT_TEXT, false},
};
enum { L_BEFORE, L_FROM, L_WHERE, L_ORDER, L_EACH, L_BETWEEN, L_AFTER, L_NONE };

static void read_list(struct loader *l, const struct yaml_node *map, struct report_item *item)
{
    const struct yaml_node *v[KEY_COUNT(list_keys)];
    item->part = REPORT_LIST;
    if (!read_map(&l->reader, map, "list ", list_keys, KEY_COUNT(list_keys), v)) return;
    item->text = read_prose(l, v[L_BEFORE], NULL);
    item->after = read_prose(l, v[L_AFTER], NULL);
    item->none = read_prose(l, v[L_NONE], NULL);
    item->between = v[L_BETWEEN] ? v[L_BETWEEN]->text : (struct str){0};
    if (!v[L_FROM]) return;
    item->from = model_reg(l->model, v[L_FROM]->text);
    if (!item->from) {
        fault_register_name(l, v[L_FROM]);
        return;
    }
    item->each = read_prose(l, v[L_EACH], item->from);
    item->order = read_order(l, item->from, v[L_ORDER], &item->order_count);
    if (item->order_count > 1) fault_at(&l->reader, v[L_ORDER], "报告里的清单只按一个字段排序，请只写一个");
    if (v[L_WHERE]) later_formula(l, v[L_WHERE], item->from, FT_BOOL, &item->where)->ctx.has_period = true;
}

static void read_item(struct loader *l, const struct yaml_node *map, struct report_item *item)
{
    const struct yaml_node *v[KEY_COUNT(item_keys)];
    size_t kinds = 0, faults = l->reader.faults->count;
    if (!read_map(&l->reader, map, "报告的一段", item_keys, KEY_COUNT(item_keys), v)) return;
    for (int i = I_HEADING; i <= I_LIST; i++) kinds += yaml_get(map, item_keys[i].name) != NULL;
    if (kinds > 1 || (kinds == 0 && l->reader.faults->count == faults))
        fault_at(&l->reader, map, "每一段应有 heading、heading2、heading3、paragraph、list 中的一个");
    for (int i = I_HEADING; i <= I_HEADING3; i++) {
        if (!v[i]) continue;
        item->level = i + 1;
        item->text = read_prose(l, v[i], NULL);
    }
    if (v[I_PARAGRAPH]) {
        item->part = REPORT_PARAGRAPH;
        item->text = read_prose(l, v[I_PARAGRAPH], NULL);
    }
    if (v[I_LIST]) read_list(l, v[I_LIST], item);
    if (v[I_WHEN]) later_formula(l, v[I_WHEN], NULL, FT_BOOL, &item->when)->ctx.has_period = true;
}

static struct report read_report(struct loader *l, const struct yaml_node *root)
{
    static const struct key keys[] = {{"report", EXPECT_NAME, true},
                                      {"label", EXPECT_TEXT, true},
                                      {"title", EXPECT_TEXT, true},
                                      {"body", EXPECT_LIST, true},
                                      CITATION_KEYS};
    const struct yaml_node *v[KEY_COUNT(keys)];
    struct report report = {0};
    if (!read_map(&l->reader, root, "报告", keys, KEY_COUNT(keys), v)) return report;
    report.name = read_text(v[0]);
    report.label = read_text(v[1]);
    report.title = read_prose(l, v[2], NULL);
    report.cite = read_citation(v + 4);
    if (v[0] && model_report(l->model, report.name))
        fault_at(&l->reader, v[0], "报告 %.*s 已经有了", STR_ARG(report.name));
    report.item_count = v[3] ? v[3]->count : 0;
    struct report_item *items = arena_new_array(l->arena, struct report_item, report.item_count);
    for (size_t i = 0; i < report.item_count; i++) read_item(l, v[3]->kids[i], &items[i]);
    report.items = items;
    return report;
}

void load_reports(struct loader *l)
{
    struct report *reports = NULL;
    size_t count = 0, cap = 0, at = 0;
    const struct parsed_file *f;
    while ((f = next_file(l, "reports/", &at))) {
        if (!f->root) continue;
        struct report report = read_report(l, f->root);
        ARENA_PUSH(l->arena, reports, count, cap, report);
        l->model->reports = reports;
        l->model->report_count = count;
    }
}
