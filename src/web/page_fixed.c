/* A report as it was fixed, and what differs now. */
#include "web/figure_view.h"
#include "web/page_report.h"
#include "web/report_building.h"
#include "web/templates.h"
#include "web/views.h"

struct str report_fixed_at(struct arena *a, const struct fixed_report *fixed)
{
    return views_minute(a, fixed->fixed_at);
}

bool report_put_changes(struct building *b, const struct fixed_report *fixed, const struct pair_view **list,
                        size_t *count)
{
    struct arena *a = b->rq->arena;
    struct report_change *changes;
    if (!report_changes(app_of(b->rq)->office, b->conn, a, fixed, &b->text, &changes, count, &b->rp->err)) return false;
    struct pair_view *pairs = arena_new_array(a, struct pair_view, *count + 1);
    for (size_t i = 0; i < *count; i++) {
        const struct report_change *x = &changes[i];
        pairs[i] = (struct pair_view){.label = x->figure ? x->figure->label : x->name,
                                      .value = str_printf(a, "%.*s → %.*s（记录 %lld → %lld）", STR_ARG(x->before),
                                                          STR_ARG(x->after), (long long)x->records_before,
                                                          (long long)x->records_after)};
        if (x->figure)
            pairs[i].href =
                str_printf(a, "/figures/%.*s?period=%.*s", STR_ARG(x->name), STR_ARG(app_encode(a, b->text.period)));
    }
    *list = pairs;
    return true;
}

static const struct fixed_report *find_fixed(struct building *b, int64_t id, struct error *err)
{
    struct fixed_report *list;
    size_t count;
    if (!fixed_report_list(b->conn, b->rq->arena, app_of(b->rq)->office->key, b->report->name, b->text.period, &list,
                           &count, err))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (list[i].id == id) return &list[i];
    error_set(err, ERR_NOT_FOUND, "没有这次定稿");
    return NULL;
}

static void put_facts(struct building *b, const struct fixed_report *f, struct fixed_view *v)
{
    struct arena *a = b->rq->arena;
    enum { FACTS = 4 };
    struct pair_view *facts = arena_new_array(a, struct pair_view, FACTS);
    facts[0] = (struct pair_view){.label = STR("定稿时间"), .value = report_fixed_at(a, f)};
    facts[1] = (struct pair_view){.label = STR("定稿人"), .value = f->fixed_by};
    facts[2] =
        (struct pair_view){.label = STR("取数位置"), .value = str_printf(a, "第 %lld 条办理记录", (long long)f->seq)};
    facts[3] = (struct pair_view){.label = STR("定义"),
                                  .value = str_eq(f->definitions, app_of(b->rq)->office->model->digest)
                                               ? STR("与现在的定义相同")
                                               : STR("定稿以后定义文件有过改动")};
    v->facts = facts;
    v->fact_count = FACTS;
}

/* Why figures may have changed: what was done in which register since. Only registers that the person may see. */
static bool put_registers(struct building *b, const struct fixed_report *f, struct fixed_view *v)
{
    struct arena *a = b->rq->arena;
    struct office *o = app_of(b->rq)->office;
    struct str *names;
    int64_t *counts;
    size_t count;
    if (!act_changed_since(b->conn, a, o->key, o->model, f->seq, &names, &counts, &count, &b->rp->err)) return false;
    struct link_view *list = arena_new_array(a, struct link_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct reg *reg = model_reg(o->model, names[i]);
        if (!reg || !user_sees_register(&visit_of(b->rq)->user, reg)) continue;
        list[v->register_count++] = (struct link_view){reg->label, str_printf(a, "/r/%.*s", STR_ARG(reg->name)),
                                                       str_printf(a, "%lld 次办理", (long long)counts[i])};
    }
    v->registers = list;
    return true;
}

void page_report_fixed(struct request *rq, struct reply *rp)
{
    struct building b = {.rq = rq, .rp = rp};
    struct fixed_view v = {0};
    int64_t id;
    if (!report_begin(&b)) return;
    const struct fixed_report *fixed = find_fixed(&b, str_to_i64(rq->arg[2], &id) ? id : 0, &rp->err);
    bool ok = fixed && report_put_changes(&b, fixed, &v.changes, &v.change_count) && put_registers(&b, fixed, &v);
    if (!app_read_end(rq, rp, b.conn, ok)) return;
    put_facts(&b, fixed, &v);
    v.title = str_printf(rq->arena, "定稿：%.*s", STR_ARG(b.text.title));
    v.base = report_base(&b);
    v.text = fixed->text;
    struct page p = app_page(rq, v.title);
    struct crumb crumbs[] = {{STR("年度报告"), STR("/reports")}, {b.text.title, v.base}, {STR("定稿"), STR("")}};
    app_crumbs(rq, &p, crumbs, 3);
    tmpl_page_fixed(rp->body, &p, &v);
}
