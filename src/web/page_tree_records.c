/* The records behind a figure of an office below: read only, without anything private. */
#include "web/page_tree.h"

#include "base/utf8.h"
#include "figures/figure.h"
#include "web/page_figure.h"
#include "web/place.h"
#include "web/templates.h"
#include "web/tree_view.h"
#include "web/views.h"

enum { DATES_MOST = 3, FIXED_COLUMNS = 3, TITLE_MOST = 60 };

struct behind {
    struct request *rq;
    struct conn *conn;
    struct office *office; /* that below */
    const struct figure *figure;
    struct formula_run run;
    struct shower show;
};

/* Dates that a list of the register shows. */
static size_t date_fields(const struct reg *reg, const struct field *dates[DATES_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count && n < DATES_MOST; i++) {
        const struct field *f = &reg->fields[i];
        if (f->type == FIELD_DATE && f->listed && !f->private_) dates[n++] = f;
    }
    return n;
}

static struct table_view make_table(struct behind *x, const struct reg *reg, const struct record_list *list)
{
    struct arena *a = x->rq->arena;
    const struct field *dates[DATES_MOST];
    size_t date_count = date_fields(reg, dates), width = FIXED_COLUMNS + date_count;
    struct column_view *columns = arena_new_array(a, struct column_view, width);
    columns[0].label = STR("编号");
    columns[1] = (struct column_view){.label = reg->title ? reg->title->label : STR("内容"), .text = true};
    columns[2].label = STR("阶段");
    for (size_t i = 0; i < date_count; i++) columns[FIXED_COLUMNS + i].label = dates[i]->label;
    struct cell_view *cells = arena_new_array(a, struct cell_view, width * (list->count + 1));
    for (size_t r = 0; r < list->count; r++) {
        const struct record *rec = &list->rows[r];
        struct cell_view *row = &cells[r * width];
        row[0].text = rec->head.number;
        row[1].text = utf8_shorten(a, show_title(&x->show, rec), TITLE_MOST);
        row[2].text = show_stage(rec);
        for (size_t i = 0; i < date_count; i++)
            row[FIXED_COLUMNS + i].text =
                show_value(&x->show, reg, dates[i], rec->values[dates[i] - reg->fields], false);
    }
    return (struct table_view){
        .caption = reg->label, .columns = columns, .column_count = width, .cells = cells, .row_count = list->count};
}

static bool put_set(struct behind *x, const struct formula_set *set, size_t index, struct set_view *v,
                    struct error *err)
{
    struct arena *a = x->rq->arena;
    const struct reg *reg = figure_set_register(x->office, set);
    struct record_list list;
    char *name = str_cstr(a, str_printf(a, "set%zu", index + 1));
    v->id = str_from(name);
    v->label = set->role.len ? str_printf(a, "%.*s：%.*s", STR_ARG(set->role), STR_ARG(reg->label)) : reg->label;
    if (!user_sees_register(&visit_of(x->rq)->user, reg)) {
        v->hidden = STR("您的岗位不查看这个台账的记录。");
        return true;
    }
    struct list_query q = figure_set_list(x->office, a, set, &x->run, (struct sight){.all = true});
    q.limit = PAGE_ROWS;
    if (!place_read(x->rq, name, &q.from, &q.place, err) || !place_list(x->rq, x->conn, &q, &list, err)) return false;
    v->table = make_table(x, reg, &list);
    return place_list_pager(x->rq, name, &q, &list, v->id, &v->pager, err);
}

static bool put_sets(struct behind *x, struct tree_records_view *v, struct error *err)
{
    struct formula_set *sets;
    size_t count = figure_sets(x->office, x->rq->arena, x->figure, &sets);
    struct set_view *views = arena_new_array(x->rq->arena, struct set_view, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!put_set(x, &sets[i], i, &views[i], err)) return false;
    v->sets = views;
    v->set_count = count;
    return true;
}

static bool put_value(struct behind *x, struct tree_records_view *v, struct error *err)
{
    struct figure_result r;
    const struct figure *f = x->figure;
    if (!figure_compute(x->office, x->conn, x->rq->arena, f, &x->run, &r, err)) return false;
    v->value = r.shown;
    v->unit = r.value.kind == VALUE_NULL || str_ends(r.shown, f->unit) ? STR("") : f->unit;
    v->note = r.note;
    return true;
}

static bool fill(struct behind *x, struct tree_records_view *v, struct error *err)
{
    v->title = x->figure->label;
    v->office = x->office->info.name;
    v->meaning = x->figure->meaning;
    v->cite = x->figure->cite.text;
    v->verified = x->figure->cite.verified;
    v->action = x->rq->path;
    return shower_open(&x->show, x->office, x->conn, x->rq->arena, err) && put_value(x, v, err) && put_sets(x, v, err);
}

/* GET /tree/offices/:code/figures/:name?period=… */
void page_tree_records(struct request *rq, struct reply *rp)
{
    struct tree_records_view v = {0};
    struct date from, to;
    struct behind x = {.rq = rq, .figure = model_figure(app_of(rq)->office->model, rq->arg[1])};
    if (!tree_begin(rq, rp)) return;
    if (!x.figure) {
        http_fault(rq, rp, 404, STR("没有这个数字"));
        return;
    }
    struct app *app = tree_office(rq, rp, rq->arg[0]);
    if (!app || !page_period(rq, rp, &v.period, &from, &to)) return;
    x.office = app->office;
    x.run = figure_run(x.office, from, to);
    v.period_words = period_words(rq->arena, from, to);
    x.conn = app_read(rq, rp);
    if (!x.conn) return;
    bool ok = fill(&x, &v, &rp->err);
    if (!app_read_end(rq, rp, x.conn, ok)) return;
    struct page p = app_page(rq, str_printf(rq->arena, "%.*s：%.*s", STR_ARG(v.office), STR_ARG(v.title)));
    tree_crumbs(rq, &p, &x.office->info, str_printf(rq->arena, "period=%.*s", STR_ARG(app_encode(rq->arena, v.period))),
                v.title);
    tmpl_page_tree_records(rp->body, &p, &v);
}
