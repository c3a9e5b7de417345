#include "web/page_figure.h"

#include "base/utf8.h"
#include "figures/figure.h"
#include "figures/report.h"
#include "web/chart.h"
#include "web/figure_view.h"
#include "web/place.h"
#include "web/templates.h"
#include "web/views.h"

enum { MONTHS = 12 };

bool page_business(struct request *rq, struct reply *rp)
{
    if (app_has_business(rq)) return true;
    http_fault(rq, rp, 403, STR("您的岗位不办理业务，不能查看业务数据"));
    return false;
}

bool page_period(struct request *rq, struct reply *rp, struct str *period, struct date *from, struct date *to)
{
    *period = str_trim(request_query(rq, "period"));
    if (period->len == 0)
        *period = str_printf(rq->arena, "%d", date_ymd(clock_today(&app_of(rq)->office->clock)).year - 1);
    if (period_parse(*period, from, to)) return true;
    http_fault(rq, rp, 400, STR("统计期要写成 2024、2024-05、2024-Q1、2024-H1 或者 2024-01-01..2024-06-30"));
    return false;
}

/* ---- one figure ---- */

struct opening {
    struct request *rq;
    struct conn *conn;
    const struct figure *figure;
    struct formula_run run;
    struct shower show;
    struct figure_page_view view;
};

static struct table_view records_table(struct opening *x, const struct reg *reg, const struct record_list *list)
{
    struct arena *a = x->rq->arena;
    struct column_view *columns = arena_new_array(a, struct column_view, 3);
    columns[0].label = STR("编号");
    columns[1].label = STR("阶段");
    columns[2].label = reg->title ? reg->title->label : STR("内容");
    columns[2].text = true;
    struct cell_view *cells = arena_new_array(a, struct cell_view, 3 * (list->count + 1));
    for (size_t i = 0; i < list->count; i++) {
        const struct record *r = &list->rows[i];
        cells[3 * i] = (struct cell_view){.text = r->head.number, .href = views_record_href(a, reg, r->head.id)};
        cells[3 * i + 1].text = show_stage(r);
        cells[3 * i + 2].text = utf8_shorten(a, show_title(&x->show, r), 60);
    }
    return (struct table_view){
        .caption = reg->label, .columns = columns, .column_count = 3, .cells = cells, .row_count = list->count};
}

/* Each set has its own page in the address: set1=after-…. */
static char *set_name(struct opening *x, size_t index)
{
    return str_cstr(x->rq->arena, str_printf(x->rq->arena, "set%zu", index + 1));
}

/* How much of a set lies outside the person's sight, in words. */
static bool put_hidden(struct opening *x, const struct formula_set *set, const struct record_list *seen,
                       struct set_view *v, struct error *err)
{
    struct record_list all;
    struct list_query q = figure_set_list(app_of(x->rq)->office, x->rq->arena, set, &x->run, (struct sight){.all = true});
    if (!record_list(x->conn, x->rq->arena, &q, &all, err)) return false;
    if (all.more)
        v->hidden = STR("这个数字后面的记录，有的不在您的查看范围内。");
    else if (all.total > seen->total)
        v->hidden = str_printf(x->rq->arena, "这个数字后面共有 %lld 条记录，其中 %lld 条不在您的查看范围内。",
                               (long long)all.total, (long long)(all.total - seen->total));
    return true;
}

static bool put_set(struct opening *x, const struct formula_set *set, size_t index, struct set_view *v,
                    struct error *err)
{
    struct office *o = app_of(x->rq)->office;
    const struct reg *reg = figure_set_register(o, set);
    char *name = set_name(x, index);
    struct record_list seen;
    struct list_query q = figure_set_list(o, x->rq->arena, set, &x->run, user_sight(&visit_of(x->rq)->user, reg));
    q.limit = PAGE_ROWS;
    if (!place_read(x->rq, name, &q.from, &q.place, err) || !place_list(x->rq, x->conn, &q, &seen, err)) return false;
    if (!q.sight.all && !put_hidden(x, set, &seen, v, err)) return false;
    v->label =
        set->role.len ? str_printf(x->rq->arena, "%.*s：%.*s", STR_ARG(set->role), STR_ARG(reg->label)) : reg->label;
    v->table = records_table(x, reg, &seen);
    v->id = str_from(name);
    return place_list_pager(x->rq, name, &q, &seen, v->id, &v->pager, err);
}

/* Is a page behind the first asked for? Then the figure itself has been seen, and only that list is made again. */
static bool pages_set(struct opening *x, size_t index)
{
    return request_query(x->rq, set_name(x, index)).len > 0;
}

static bool pages_any_set(struct opening *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pages_set(x, i)) return true;
    return false;
}

static bool put_sets(struct opening *x, struct error *err)
{
    struct formula_set *sets;
    size_t count = figure_sets(app_of(x->rq)->office, x->rq->arena, x->figure, &sets);
    struct set_view *views = arena_new_array(x->rq->arena, struct set_view, count + 1);
    x->view.paged = pages_any_set(x, count);
    for (size_t i = 0; i < count; i++)
        if ((!x->view.paged || pages_set(x, i)) && !put_set(x, &sets[i], i, &views[x->view.set_count++], err)) return false;
    x->view.sets = views;
    return true;
}

static double magnitude(struct value v)
{
    double d = v.kind == VALUE_INT ? (double)v.i : v.kind == VALUE_REAL ? v.r : 0;
    return d > 0 ? d : 0;
}

/* The period and, of a whole year, its months, each computed like the year itself; those that have not begun show nothing,
 * not 0. */
struct computed {
    struct figure_result whole;
    struct figure_result months[MONTHS];
    size_t begun;
};

static bool compute(struct opening *x, int year, struct computed *k, struct error *err)
{
    struct office *o = app_of(x->rq)->office;
    struct date today = clock_today(&o->clock);
    struct formula_run runs[1 + MONTHS] = {x->run};
    struct figure_result r[1 + MONTHS];
    for (k->begun = 0; year && k->begun < MONTHS; k->begun++) {
        struct date first;
        date_from_ymd((struct ymd){year, (int)k->begun + 1, 1}, &first);
        if (date_cmp(first, today) > 0) break;
        runs[1 + k->begun] = figure_run(o, first, date_add_days(date_add_months(first, 1), -1));
    }
    if (!figure_compute_periods(o, x->conn, x->rq->arena, x->figure, runs, 1 + k->begun, r, err)) return false;
    k->whole = r[0];
    for (size_t m = 0; m < k->begun; m++) k->months[m] = r[1 + m];
    return true;
}

static void put_chart(struct opening *x, const struct figure_result *r, size_t begun)
{
    struct chart_column columns[MONTHS];
    /* A rate stands against 100%: a year of good months does not look like one of bad ones. */
    double most = x->figure->type == FT_PERCENT ? 100 : 0;
    for (size_t m = 0; m < begun; m++)
        if (magnitude(r[m].value) > most) most = magnitude(r[m].value);
    for (size_t m = 0; m < MONTHS; m++) {
        bool known = m < begun && r[m].value.kind != VALUE_NULL;
        columns[m] = (struct chart_column){.label = str_printf(x->rq->arena, "%zu月", m + 1),
                                           .shown = known ? r[m].shown : STR("—"),
                                           .height = known && most > 0 ? magnitude(r[m].value) / most : -1};
    }
    struct str title =
        str_printf(x->rq->arena, "%.*s，%.*s逐月", STR_ARG(x->figure->label), STR_ARG(x->view.period_words));
    x->view.chart = chart_columns(x->rq->arena, title, columns, MONTHS);
}

static void put_months_table(struct opening *x, int year, const struct figure_result *r, size_t begun)
{
    struct arena *a = x->rq->arena;
    struct column_view *columns = arena_new_array(a, struct column_view, 1 + MONTHS);
    struct cell_view *cells = arena_new_array(a, struct cell_view, 1 + MONTHS);
    columns[0].label = STR("统计期");
    cells[0].text = x->view.period_words;
    for (size_t m = 0; m < MONTHS; m++) {
        columns[1 + m] = (struct column_view){.label = str_printf(a, "%zu月", m + 1), .number = true};
        cells[1 + m].text = STR("—");
        if (m >= begun) continue;
        if (r[m].value.kind != VALUE_NULL) cells[1 + m].text = r[m].shown;
        cells[1 + m].href = str_printf(a, "%.*s?period=%d-%02zu", STR_ARG(x->rq->path), year, m + 1);
    }
    x->view.months = (struct table_view){
        .caption = STR("逐月"), .columns = columns, .column_count = 1 + MONTHS, .cells = cells, .row_count = 1};
}

static void put_value(struct opening *x, const struct figure_result *r)
{
    const struct figure *f = x->figure;
    x->view.value = r->shown;
    x->view.unit = r->value.kind == VALUE_NULL || str_ends(r->shown, f->unit) ? STR("") : f->unit;
    x->view.note = r->note;
    if (r->has_parts) {
        struct field plain = {.type = FIELD_INTEGER};
        x->view.numerator = field_show(x->rq->arena, &plain, r->numerator);
        x->view.denominator = field_show(x->rq->arena, &plain, r->denominator);
    }
}

static bool put_values(struct opening *x, struct date from, struct date to, struct error *err)
{
    struct computed k;
    int year = report_year(from, to);
    if (!compute(x, year, &k, err)) return false;
    put_value(x, &k.whole);
    if (year == 0) return true;
    put_chart(x, k.months, k.begun);
    put_months_table(x, year, k.months, k.begun);
    return true;
}

static bool open_figure(struct opening *x, struct str period, struct date from, struct date to, struct error *err)
{
    const struct figure *f = x->figure;
    struct arena *a = x->rq->arena;
    x->run = figure_run(app_of(x->rq)->office, from, to);
    x->view.title = f->label;
    x->view.name = f->name;
    x->view.meaning = f->meaning;
    x->view.words = formula_words(a, f->value);
    x->view.formula = formula_text(a, f->value);
    x->view.cite = f->cite.text;
    x->view.verified = f->cite.verified;
    x->view.period = period;
    x->view.period_words = period_words(a, from, to);
    x->view.action = x->rq->path;
    x->view.whole_href = str_printf(a, "%.*s?period=%.*s", STR_ARG(x->rq->path), STR_ARG(app_encode(a, period)));
    if (!shower_open(&x->show, app_of(x->rq)->office, x->conn, a, err) || !put_sets(x, err)) return false;
    return x->view.paged || put_values(x, from, to, err);
}

void page_figure(struct request *rq, struct reply *rp)
{
    struct str period;
    struct date from, to;
    struct opening x = {.rq = rq, .figure = model_figure(app_of(rq)->office->model, rq->arg[0])};
    if (!page_business(rq, rp)) return;
    if (!x.figure) {
        http_fault(rq, rp, 404, STR("没有这个数字"));
        return;
    }
    if (!page_period(rq, rp, &period, &from, &to)) return;
    x.conn = app_read(rq, rp);
    if (!x.conn) return;
    bool ok = open_figure(&x, period, from, to, &rp->err);
    store_done(x.conn);
    if (!ok) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct page p = app_page(rq, x.view.title);
    struct crumb crumbs[] = {
        {STR("数字"), str_printf(rq->arena, "/figures?period=%.*s", STR_ARG(app_encode(rq->arena, period)))},
        {x.view.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_figure(rp->body, &p, &x.view);
}

/* ---- the list ---- */

static void put_group(struct request *rq, const struct chapter *ch, const struct figure_result *results,
                      struct str period, struct figure_group *g)
{
    const struct model *m = app_of(rq)->office->model;
    struct column_view *columns = arena_new_array(rq->arena, struct column_view, 3);
    columns[0] = (struct column_view){.label = STR("数字"), .text = true};
    columns[1] = (struct column_view){.label = STR("数值"), .number = true};
    columns[2] = (struct column_view){.label = STR("口径"), .text = true};
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, 3 * (m->figure_count + 1));
    size_t n = 0;
    for (size_t i = 0; i < m->figure_count; i++) {
        const struct figure *f = &m->figures[i];
        const struct figure_result *r = &results[i];
        if (!str_eq(f->chapter, ch->key)) continue;
        bool bare = r->value.kind == VALUE_NULL || str_ends(r->shown, f->unit);
        cells[3 * n] = (struct cell_view){.text = f->label,
                                          .href = str_printf(rq->arena, "/figures/%.*s?period=%.*s", STR_ARG(f->name),
                                                             STR_ARG(app_encode(rq->arena, period)))};
        cells[3 * n + 1].text = bare ? r->shown : str_printf(rq->arena, "%.*s%.*s", STR_ARG(r->shown), STR_ARG(f->unit));
        cells[3 * n + 2].text = f->meaning;
        n++;
    }
    g->label = ch->label;
    g->table = (struct table_view){
        .caption = ch->label, .columns = columns, .column_count = 3, .cells = cells, .row_count = n};
}

static bool compute_all(struct request *rq, struct conn *c, const struct formula_run *run,
                        struct figure_result **results, struct error *err)
{
    const struct model *m = app_of(rq)->office->model;
    const struct figure **list = arena_new_array(rq->arena, const struct figure *, m->figure_count + 1);
    for (size_t i = 0; i < m->figure_count; i++) list[i] = &m->figures[i];
    struct figures_wanted all = {.figures = list, .count = m->figure_count};
    *results = arena_new_array(rq->arena, struct figure_result, m->figure_count + 1);
    return figures_compute(app_of(rq)->office, c, rq->arena, &all, run, *results, NULL, err);
}

void page_figures(struct request *rq, struct reply *rp)
{
    const struct model *m = app_of(rq)->office->model;
    struct figure_list_view v = {0};
    struct date from, to;
    if (!page_business(rq, rp) || !page_period(rq, rp, &v.period, &from, &to)) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    struct formula_run run = figure_run(app_of(rq)->office, from, to);
    struct figure_group *groups = arena_new_array(rq->arena, struct figure_group, m->chapter_count + 1);
    struct figure_result *results;
    bool ok = compute_all(rq, c, &run, &results, &rp->err);
    store_done(c);
    for (size_t i = 0; ok && i < m->chapter_count; i++) {
        put_group(rq, &m->chapters[i], results, v.period, &groups[v.group_count]);
        if (groups[v.group_count].table.row_count) v.group_count++;
    }
    if (!ok) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    v.groups = groups;
    v.period_words = period_words(rq->arena, from, to);
    struct page p = app_page(rq, STR("数字"));
    tmpl_page_figures(rp->body, &p, &v);
}
