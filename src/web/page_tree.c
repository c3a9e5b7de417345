/* Figures of the offices below, side by side. */
#include "web/page_tree.h"

#include <stdlib.h>

#include "figures/places.h"
#include "web/page_figure.h"
#include "web/templates.h"
#include "web/tree_view.h"
#include "web/views.h"

enum { FIGURES_MOST = 30, PERIODS = 5 };

struct looking {
    struct request *rq;
    struct conn *conn;
    struct office_row place;
    struct str period;
    struct date from, to;
    const struct tree_view *view; /* NULL: chosen by hand */
    const struct figure **figures;
    size_t figure_count;
    struct places_figure *values; /* one for each figure */
    struct office_row *names;     /* of the places, by code */
    size_t name_count;
    size_t *order; /* of the rows; all figures have the same places */
    size_t row_count;
};

/* ---- which figures ---- */

static bool is_chosen(const struct looking *x, const struct figure *f)
{
    for (size_t i = 0; i < x->figure_count; i++)
        if (x->figures[i] == f) return true;
    return false;
}

/* ?f=…&f=…: chosen by hand; else those of ?view=, else the first view. */
static void choose_figures(struct looking *x)
{
    const struct model *m = app_of(x->rq)->office->model;
    struct str wanted = request_query(x->rq, "view");
    x->figures = arena_new_array(x->rq->arena, const struct figure *, FIGURES_MOST);
    for (size_t i = 0; i < x->rq->query.count && x->figure_count < FIGURES_MOST; i++) {
        const struct pair *p = &x->rq->query.items[i];
        const struct figure *f = str_is(p->name, "f") ? model_figure(m, p->value) : NULL;
        if (f && !is_chosen(x, f)) x->figures[x->figure_count++] = f;
    }
    if (x->figure_count || m->tree_view_count == 0) return;
    x->view = &m->tree_views[0];
    for (size_t i = 0; i < m->tree_view_count; i++)
        if (str_eq(m->tree_views[i].name, wanted)) x->view = &m->tree_views[i];
    for (size_t i = 0; i < x->view->count && i < FIGURES_MOST; i++) x->figures[x->figure_count++] = x->view->figures[i];
}

/* ---- computing ---- */

static const struct office_row *office_at(const struct looking *x, struct str code)
{
    size_t low = 0, high = x->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(x->names[middle].code, code);
        if (order == 0) return &x->names[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct str name_of(const struct looking *x, struct str code)
{
    const struct office_row *office = office_at(x, code);
    return office ? office->name : code;
}

static bool is_closed(const struct looking *x, struct str code)
{
    const struct office_row *office = office_at(x, code);
    return office && office->closed;
}

static bool is_own(const struct looking *x, struct str place)
{
    return str_eq(place, x->place.code);
}

/* The place's own office does no work of this kind mostly: a row of nothing says nothing. */
static bool is_empty_row(const struct looking *x, size_t row)
{
    for (size_t i = 0; i < x->figure_count; i++) {
        struct value v = x->values[i].rows[row].result.value;
        if (v.kind != VALUE_NULL && !(v.kind == VALUE_INT && v.i == 0) && !(v.kind == VALUE_REAL && v.r == 0.0))
            return false;
    }
    return true;
}

static double number_of(struct value v)
{
    return v.kind == VALUE_INT ? (double)v.i : v.kind == VALUE_REAL ? v.r : 0;
}

/* Empty values stand last, whichever way. */
static int value_order(struct value a, struct value b, bool descending)
{
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) return (a.kind == VALUE_NULL) - (b.kind == VALUE_NULL);
    int order = a.kind == VALUE_TEXT && b.kind == VALUE_TEXT
                    ? str_cmp(a.t, b.t)
                    : (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
    return descending ? -order : order;
}

/* ?sort=FIGURE, with - before it descending; index of the figure, SIZE_MAX: by code. */
static size_t sort_figure(const struct looking *x, bool *descending)
{
    struct str sort = request_query(x->rq, "sort");
    *descending = str_starts(sort, STR("-"));
    if (*descending) sort = str_slice(sort, 1, sort.len);
    for (size_t i = 0; i < x->figure_count; i++)
        if (str_eq(x->figures[i]->name, sort)) return i;
    return SIZE_MAX;
}

static int row_order(const void *a, const void *b, void *arg)
{
    const struct looking *x = arg;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    bool descending;
    size_t by = sort_figure(x, &descending);
    int order = by == SIZE_MAX
                    ? 0
                    : value_order(x->values[by].rows[i].result.value, x->values[by].rows[k].result.value, descending);
    return order ? order : (i > k) - (i < k);
}

static void order_rows(struct looking *x)
{
    size_t count = x->figure_count ? x->values[0].count : 0;
    x->order = arena_new_array(x->rq->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool own = is_own(x, x->values[0].rows[i].place) && office_level_of(x->place.code) != LEVEL_TOWNSHIP;
        if (!own || !is_empty_row(x, i)) x->order[x->row_count++] = i;
    }
    qsort_r(x->order, x->row_count, sizeof *x->order, row_order, x);
}

static bool compute(struct looking *x, struct error *err)
{
    struct office *o = app_of(x->rq)->office;
    struct formula_run run = figure_run(o, x->from, x->to);
    x->values = arena_new_array(x->rq->arena, struct places_figure, x->figure_count);
    for (size_t i = 0; i < x->figure_count; i++)
        if (!figure_of_places(o, x->conn, x->rq->arena, x->figures[i], x->place.code, run, &x->values[i], err))
            return false;
    if (!offices_list_children(x->conn, x->rq->arena, x->place.code, place_digits_below(x->place.code), &x->names,
                               &x->name_count, err))
        return false;
    order_rows(x);
    return true;
}

/* False after the error page. */
static bool look(struct looking *x, struct reply *rp)
{
    if (!tree_begin(x->rq, rp) || !tree_place(x->rq, rp, request_query(x->rq, "place"), &x->place) ||
        !page_period(x->rq, rp, &x->period, &x->from, &x->to))
        return false;
    choose_figures(x);
    x->conn = app_read(x->rq, rp);
    if (!x->conn) return false;
    bool ok = compute(x, &rp->err);
    return app_read_end(x->rq, rp, x->conn, ok);
}

/* ---- the table ---- */

static double most_of(const struct looking *x, size_t figure)
{
    double most = x->figures[figure]->type == FT_PERCENT ? 100 : 0;
    for (size_t i = 0; i < x->row_count; i++) {
        double v = number_of(x->values[figure].rows[x->order[i]].result.value);
        if (v > most) most = v;
    }
    return most;
}

/* Only a single office has records to show, and only in registers that the person sees. */
static bool has_records(const struct looking *x, const struct figure *f, const struct place_figure *p)
{
    const struct formula_register *regs[8];
    const struct model *m = app_of(x->rq)->office->model;
    if ((office_level_of(p->place) != LEVEL_TOWNSHIP && !is_own(x, p->place)) || is_closed(x, p->place)) return false;
    size_t count = formula_registers(f->value, regs, 8);
    for (size_t i = 0; i < count && i < 8; i++) {
        const struct reg *reg = model_reg(m, regs[i]->name);
        if (reg && user_sees_register(&visit_of(x->rq)->user, reg)) return true;
    }
    return false;
}

static struct tree_cell make_cell(struct looking *x, size_t figure, const struct place_figure *p, double most)
{
    struct arena *a = x->rq->arena;
    const struct figure_result *r = &p->result;
    struct tree_cell cell = {.shown = r->shown, .note = r->note, .share = -1};
    bool something = r->value.kind == VALUE_TEXT || number_of(r->value) > 0 || r->has_parts;
    if (r->value.kind == VALUE_NULL) cell.shown = STR("");
    if (r->value.kind == VALUE_NULL || !something) cell.note = STR("");
    if (r->value.kind != VALUE_NULL && r->value.kind != VALUE_TEXT && something && most > 0)
        cell.share = (int)(100 * number_of(r->value) / most + 0.5);
    if (cell.share > 100) cell.share = 100;
    if (p->place.len && r->value.kind != VALUE_NULL && something && has_records(x, x->figures[figure], p))
        cell.href = str_printf(a, "/tree/offices/%.*s/figures/%.*s?period=%.*s", STR_ARG(p->place),
                               STR_ARG(x->figures[figure]->name), STR_ARG(app_encode(a, x->period)));
    return cell;
}

static struct tree_row make_row(struct looking *x, size_t row)
{
    struct tree_cell *cells = arena_new_array(x->rq->arena, struct tree_cell, x->figure_count);
    for (size_t i = 0; i < x->figure_count; i++) cells[i] = make_cell(x, i, &x->values[i].rows[row], most_of(x, i));
    struct str place = x->values[0].rows[row].place;
    struct tree_row r = {.name = name_of(x, place), .cells = cells};
    enum office_level level = office_level_of(place);
    if (is_own(x, place) && level != LEVEL_TOWNSHIP)
        r.note = STR("本级");
    else if (is_closed(x, place))
        r.note = STR("已停用");
    else if (level != LEVEL_TOWNSHIP)
        r.href = app_url_with(x->rq, x->rq->path, "place", place);
    return r;
}

static void put_table(struct looking *x, struct tree_page_view *v)
{
    struct arena *a = x->rq->arena;
    bool descending;
    size_t by = sort_figure(x, &descending);
    struct tree_column *columns = arena_new_array(a, struct tree_column, x->figure_count);
    for (size_t i = 0; i < x->figure_count; i++) {
        const struct figure *f = x->figures[i];
        bool turn = by == i && descending; /* the largest first, then the smallest */
        columns[i] = (struct tree_column){.label = f->label,
                                          .meaning = f->meaning,
                                          .sorted = by != i      ? 0
                                                    : descending ? -1
                                                                 : 1};
        if (f->type != FT_PERCENT) columns[i].unit = f->unit;
        columns[i].sort =
            app_url_with(x->rq, x->rq->path, "sort", str_printf(a, "%s%.*s", turn ? "" : "-", STR_ARG(f->name)));
    }
    struct tree_row *rows = arena_new_array(a, struct tree_row, x->row_count + 1);
    for (size_t i = 0; i < x->row_count; i++) rows[i] = make_row(x, x->order[i]);
    struct tree_cell *total = arena_new_array(a, struct tree_cell, x->figure_count);
    for (size_t i = 0; i < x->figure_count; i++) total[i] = make_cell(x, i, &x->values[i].total, 0);
    v->columns = columns;
    v->column_count = x->figure_count;
    v->rows = rows;
    v->row_count = x->row_count;
    v->total = (struct tree_row){.name = STR("合计"), .cells = total};
    v->name = (struct tree_column){
        .label = STR("单位"), .sort = by == SIZE_MAX ? STR("") : app_url_with(x->rq, x->rq->path, "sort", STR(""))};
}

/* ---- what can be chosen ---- */

static void put_tabs(struct looking *x, struct tree_page_view *v)
{
    const struct model *m = app_of(x->rq)->office->model;
    struct arena *a = x->rq->arena;
    struct tab_view *tabs = arena_new_array(a, struct tab_view, m->tree_view_count + 1);
    for (size_t i = 0; i < m->tree_view_count; i++)
        tabs[v->tab_count++] =
            (struct tab_view){.label = m->tree_views[i].label,
                              .href = str_printf(a, "/tree?place=%.*s&period=%.*s&view=%.*s", STR_ARG(x->place.code),
                                                 STR_ARG(app_encode(a, x->period)), STR_ARG(m->tree_views[i].name)),
                              .count = -1,
                              .current = &m->tree_views[i] == x->view};
    if (!x->view && x->figure_count)
        tabs[v->tab_count++] =
            (struct tab_view){.label = STR("自选"), .href = x->rq->target, .count = -1, .current = true};
    v->tabs = tabs;
}

static void put_choices(struct looking *x, struct tree_page_view *v)
{
    const struct model *m = app_of(x->rq)->office->model;
    struct tree_choice *choices = arena_new_array(x->rq->arena, struct tree_choice, m->chapter_count);
    for (size_t i = 0; i < m->chapter_count; i++) {
        struct tree_choice *ch = &choices[v->choice_count];
        struct option_view *options = arena_new_array(x->rq->arena, struct option_view, m->figure_count);
        for (size_t k = 0; k < m->figure_count; k++) {
            const struct figure *f = &m->figures[k];
            if (!str_eq(f->chapter, m->chapters[i].key)) continue;
            options[ch->count++] =
                (struct option_view){.value = f->name, .label = f->label, .selected = is_chosen(x, f)};
        }
        if (ch->count == 0) continue;
        ch->label = m->chapters[i].label;
        ch->figures = options;
        v->choice_count++;
    }
    v->choices = choices;
}

/* Periods near today, besides any that is typed. */
static void put_periods(struct looking *x, struct tree_page_view *v)
{
    struct arena *a = x->rq->arena;
    struct ymd today = date_ymd(clock_today(&app_of(x->rq)->office->clock));
    struct str words[PERIODS] = {str_printf(a, "%d", today.year - 1), str_printf(a, "%d", today.year),
                                 str_printf(a, "%d-H%d", today.year, today.month > 6 ? 2 : 1),
                                 str_printf(a, "%d-Q%d", today.year, (today.month + 2) / 3),
                                 str_printf(a, "%d-%02d", today.year, today.month)};
    struct link_view *links = arena_new_array(a, struct link_view, PERIODS);
    for (size_t i = 0; i < PERIODS; i++) {
        struct date from, to;
        if (!period_parse(words[i], &from, &to)) continue;
        links[v->period_count++] = (struct link_view){.label = period_words(a, from, to),
                                                      .href = app_url_with(x->rq, x->rq->path, "period", words[i]),
                                                      .note = str_eq(words[i], x->period) ? STR("current") : STR("")};
    }
    v->periods = links;
}

static void put_kept(struct looking *x, struct tree_page_view *v)
{
    struct arena *a = x->rq->arena;
    struct str *names = arena_new_array(a, struct str, x->figure_count);
    for (size_t i = 0; !x->view && i < x->figure_count; i++) names[v->chosen_count++] = x->figures[i]->name;
    v->chosen = names;
    v->place = x->place.code;
    v->view = x->view ? x->view->name : STR("");
    v->sort = request_query(x->rq, "sort");
    v->csv_href = app_url_with(x->rq, STR("/tree/export"), "format", STR("csv"));
    v->xlsx_href = app_url_with(x->rq, STR("/tree/export"), "format", STR("xlsx"));
    v->reports_href = str_printf(a, "/tree/reports?place=%.*s", STR_ARG(x->place.code));
}

void page_tree(struct request *rq, struct reply *rp)
{
    struct looking x = {.rq = rq};
    struct tree_page_view v = {0};
    if (!look(&x, rp)) return;
    v.title = str_printf(rq->arena, "%.*s：下级单位", STR_ARG(x.place.name));
    v.period = x.period;
    v.period_words = period_words(rq->arena, x.from, x.to);
    put_tabs(&x, &v);
    put_choices(&x, &v);
    put_periods(&x, &v);
    put_kept(&x, &v);
    put_table(&x, &v);
    struct page p = app_page(rq, v.title);
    tree_crumbs(rq, &p, &x.place, str_printf(rq->arena, "period=%.*s", STR_ARG(app_encode(rq->arena, x.period))),
                STR(""));
    tmpl_page_tree(rp->body, &p, &v);
}

/* ---- export ---- */

static void put_sheet_row(struct looking *x, struct sheet *s, size_t row, bool total)
{
    struct str *cells = sheet_row(s);
    struct str place = total ? STR("") : x->values[0].rows[row].place;
    cells[0] = place;
    cells[1] = total ? STR("合计") : name_of(x, place);
    for (size_t i = 0; i < x->figure_count; i++) {
        const struct place_figure *p = total ? &x->values[i].total : &x->values[i].rows[row];
        cells[i + 2] = p->result.value.kind == VALUE_NULL ? STR("") : p->result.shown;
    }
}

static struct sheet *make_sheet(struct looking *x)
{
    struct sheet *s = sheet_new(x->rq->arena, x->place.name);
    sheet_column(s, STR("区划代码"), 0, SHEET_TEXT);
    sheet_column(s, STR("单位"), 0, SHEET_TEXT);
    for (size_t i = 0; i < x->figure_count; i++) sheet_column(s, x->figures[i]->label, 0, SHEET_NUMBER);
    for (size_t i = 0; i < x->row_count; i++) put_sheet_row(x, s, x->order[i], false);
    if (x->figure_count) put_sheet_row(x, s, 0, true);
    return s;
}

void page_tree_export(struct request *rq, struct reply *rp)
{
    struct looking x = {.rq = rq};
    if (!look(&x, rp)) return;
    struct str name = str_printf(rq->arena, "%.*s下级单位 %.*s", STR_ARG(x.place.name), STR_ARG(x.period));
    views_send_sheet(rq, rp, make_sheet(&x), name);
}
