/* The reports that the offices below owe each year: who has done what, who is late, and the text as it was fixed. */
#include "web/page_tree.h"

#include <stdlib.h>

#include "figures/figure.h"
#include "web/apps.h"
#include "web/report_building.h"
#include "web/templates.h"
#include "web/tree_view.h"

enum { ROWS_MOST = 5000, YEARS = 4, STANDING_COUNT = 4 };

enum standing { IN_TIME, LATE, OPEN, OVERDUE };

struct receiving {
    struct request *rq;
    struct conn *conn;
    struct office_row place;
    int64_t year;
    struct formula_run run;
    struct office_row *offices; /* those below that owe reports, by key */
    size_t office_count;
};

/* The last day: the one before that of the definition, in the year after. */
static struct date last_day(const struct receiving *x, const struct tree_step *step)
{
    struct date day;
    date_from_ymd((struct ymd){(int)x->year + 1, step->month, step->day}, &day);
    return date_add_days(day, -1);
}

static enum standing standing_of(const struct receiving *x, const struct tree_step *step, struct str done)
{
    struct date day;
    struct date last = last_day(x, step);
    if (done.len && date_parse(done, &day)) return date_cmp(day, last) > 0 ? LATE : IN_TIME;
    return date_cmp(x->run.today, last) > 0 ? OVERDUE : OPEN;
}

static struct badge_view badge_of(const struct receiving *x, const struct tree_step *step, struct str done)
{
    struct arena *a = x->rq->arena;
    struct date day = x->run.today, last = last_day(x, step);
    enum standing s = standing_of(x, step, done);
    if (s == LATE) date_parse(done, &day);
    int days = day.day - last.day;
    switch (s) {
    case IN_TIME: return (struct badge_view){BADGE_DONE, STR("按时")};
    case LATE: return (struct badge_view){BADGE_LATE, str_printf(a, "迟 %d 天", days)};
    case OVERDUE: return (struct badge_view){BADGE_LATE, str_printf(a, "已逾期 %d 天", days)};
    default: return (struct badge_view){BADGE_SOON, days ? str_printf(a, "还有 %d 天", -days) : STR("今天截止")};
    }
}

/* ---- one kind of report ---- */

/* The earliest day on which any of the office's reports came so far: a second one, corrected, makes nobody late. */
static struct str earliest(const struct tree_step *step, const struct tree_report *r, const struct office_record *list,
                           size_t count)
{
    struct str day = STR("");
    for (size_t i = 0; i < count; i++) {
        struct value v = list[i].record.values[step->date - r->reg->fields];
        if (v.kind == VALUE_TEXT && (day.len == 0 || str_cmp(v.t, day) < 0)) day = v.t;
    }
    return day;
}

static size_t records_of(const struct office_record *list, size_t count, struct str office,
                         const struct office_record **first)
{
    size_t low = 0, high = count, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(list[middle].office, office) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = &list[low];
    while (low + n < count && str_eq(list[low + n].office, office)) n++;
    return n;
}

static bool is_among(const struct str *keys, size_t count, struct str key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(keys[middle], key);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

struct received {
    struct office_record *records;
    size_t record_count;
    struct str *fixed; /* offices with a text */
    size_t fixed_count;
};

static struct tree_report_row make_row(struct receiving *x, const struct tree_report *r,
                                       const struct office_row *office, const struct received *in,
                                       size_t counts[][STANDING_COUNT])
{
    struct arena *a = x->rq->arena;
    const struct office_record *own;
    size_t count = records_of(in->records, in->record_count, office->key, &own);
    struct tree_report_row row = {.name = office->name, .number = count ? own[count - 1].record.head.number : STR("")};
    struct tree_step_view *steps = arena_new_array(a, struct tree_step_view, r->step_count);
    for (size_t i = 0; i < r->step_count; i++) {
        steps[i].date = earliest(&r->steps[i], r, own, count);
        steps[i].badge = badge_of(x, &r->steps[i], steps[i].date);
        counts[i][standing_of(x, &r->steps[i], steps[i].date)]++;
    }
    row.steps = steps;
    if (r->report && is_among(in->fixed, in->fixed_count, office->key))
        row.text_href = str_printf(a, "/tree/offices/%.*s/reports/%.*s/%lld", STR_ARG(office->code),
                                   STR_ARG(r->report->name), (long long)x->year);
    return row;
}

/* 1 个已办但迟，3 个逾期未办; what there is none of is left out. */
static struct str late_words(struct arena *a, const size_t *n)
{
    struct buf b = buf_in(a);
    if (n[LATE]) buf_putf(&b, "%zu 个已办但迟", n[LATE]);
    if (n[OVERDUE]) buf_putf(&b, "%s%zu 个逾期未办", b.len ? "，" : "", n[OVERDUE]);
    return buf_str(&b);
}

static void put_tiles(struct receiving *x, const struct tree_report *r, size_t counts[][STANDING_COUNT],
                      struct tree_report_view *v)
{
    struct arena *a = x->rq->arena;
    struct tile_view *tiles = arena_new_array(a, struct tile_view, r->step_count);
    for (size_t i = 0; i < r->step_count; i++) {
        const size_t *n = counts[i];
        size_t late = n[LATE] + n[OVERDUE];
        tiles[i] = (struct tile_view){.label = str_printf(a, "按时%.*s", STR_ARG(r->steps[i].label)),
                                      .value = str_printf(a, "%zu/%zu", n[IN_TIME], x->office_count),
                                      .kind = late      ? BADGE_LATE
                                              : n[OPEN] ? BADGE_SOON
                                                        : BADGE_DONE};
        tiles[i].note = late      ? late_words(a, n)
                        : n[OPEN] ? str_printf(a, "%zu 个未到期", n[OPEN])
                                  : STR("全部按时");
    }
    v->tiles = tiles;
    v->tile_count = r->step_count;
}

static void put_rules(struct receiving *x, const struct tree_report *r, struct tree_report_view *v)
{
    struct arena *a = x->rq->arena;
    struct pair_view *rules = arena_new_array(a, struct pair_view, r->step_count);
    for (size_t i = 0; i < r->step_count; i++) {
        const struct tree_step *s = &r->steps[i];
        rules[i].label = s->label;
        rules[i].value = str_printf(a, "%lld年%d月%d日之前", (long long)x->year + 1, s->month, s->day);
        rules[i].note = s->cite.text;
    }
    v->rules = rules;
    v->step_count = r->step_count;
}

static bool load(struct receiving *x, const struct tree_report *r, struct received *in, struct error *err)
{
    struct arena *a = x->rq->arena;
    struct formula_sql where = {0};
    if (r->where) where = formula_condition_over_offices(a, r->where, store_dialect(app_of(x->rq)->office->store));
    if (!offices_records(x->conn, a, r->reg, r->where ? &where : NULL, &x->run, r->year, x->year, ROWS_MOST,
                         &in->records, &in->record_count, err))
        return false;
    struct str period = str_printf(a, "%lld", (long long)x->year);
    return !r->report ||
           offices_with_fixed_report(x->conn, a, &x->run, r->report->name, period, &in->fixed, &in->fixed_count, err);
}

static bool put_report(struct receiving *x, const struct tree_report *r, struct tree_report_view *v, struct error *err)
{
    struct received in = {0};
    if (!load(x, r, &in, err)) return false;
    size_t(*counts)[STANDING_COUNT] = arena_alloc(x->rq->arena, (r->step_count + 1) * sizeof *counts);
    struct tree_report_row *rows = arena_new_array(x->rq->arena, struct tree_report_row, x->office_count + 1);
    for (size_t i = 0; i < x->office_count; i++) {
        rows[i] = make_row(x, r, &x->offices[i], &in, counts);
        v->has_text = v->has_text || rows[i].text_href.len;
    }
    v->label = r->label;
    v->rows = rows;
    v->row_count = x->office_count;
    put_rules(x, r, v);
    put_tiles(x, r, counts, v);
    return true;
}

/* ---- the page ---- */

/* Those below the place that work still. */
static bool load_offices(struct receiving *x, struct error *err)
{
    struct office_row *list;
    size_t count;
    if (!offices_list(x->conn, x->rq->arena, x->place.code, ROWS_MOST, &list, &count, err)) return false;
    x->offices = arena_new_array(x->rq->arena, struct office_row, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!list[i].closed && !str_eq(list[i].code, x->place.code)) x->offices[x->office_count++] = list[i];
    return true;
}

static bool fill(struct receiving *x, struct tree_reports_view *v, struct error *err)
{
    const struct model *m = app_of(x->rq)->office->model;
    if (!load_offices(x, err)) return false;
    struct tree_report_view *reports = arena_new_array(x->rq->arena, struct tree_report_view, m->tree_report_count + 1);
    for (size_t i = 0; i < m->tree_report_count; i++) {
        const struct reg *reg = m->tree_reports[i].reg;
        if (!user_sees_register(&visit_of(x->rq)->user, reg)) continue;
        if (!put_report(x, &m->tree_reports[i], &reports[v->report_count++], err)) return false;
    }
    v->reports = reports;
    return true;
}

static void put_years(struct receiving *x, struct tree_reports_view *v)
{
    struct arena *a = x->rq->arena;
    int now = date_ymd(x->run.today).year;
    struct link_view *years = arena_new_array(a, struct link_view, YEARS);
    for (int i = 0; i < YEARS; i++) {
        struct str year = str_printf(a, "%d", now - YEARS + 1 + i);
        years[i] = (struct link_view){.label = str_printf(a, "%.*s年度", STR_ARG(year)),
                                      .href = app_url_with(x->rq, x->rq->path, "year", year),
                                      .note = now - YEARS + 1 + i == x->year ? STR("current") : STR("")};
    }
    v->years = years;
    v->year_count = YEARS;
}

static bool read_year(struct receiving *x, struct reply *rp)
{
    enum { FIRST = 1950, LAST = 2199 };
    struct str typed = str_trim(request_query(x->rq, "year"));
    x->year = date_ymd(clock_today(&app_of(x->rq)->office->clock)).year - 1;
    if (typed.len == 0 || (str_to_i64(typed, &x->year) && x->year >= FIRST && x->year <= LAST)) return true;
    http_fault(x->rq, rp, 400, STR("年度要写成四位数字，如 2024"));
    return false;
}

/* GET /tree/reports?year=2024 */
void page_tree_reports(struct request *rq, struct reply *rp)
{
    struct receiving x = {.rq = rq};
    struct tree_reports_view v = {0};
    if (!tree_begin(rq, rp) || !tree_place(rq, rp, request_query(rq, "place"), &x.place) || !read_year(&x, rp)) return;
    x.run = office_run(app_of(rq)->office);
    x.run.tree_from = x.place.code;
    x.run.tree_end = office_code_end(rq->arena, x.place.code);
    x.conn = app_read(rq, rp);
    if (!x.conn) return;
    bool ok = fill(&x, &v, &rp->err);
    if (!app_read_end(rq, rp, x.conn, ok)) return;
    v.title = x.place.name;
    v.place = x.place.code;
    v.year = str_printf(rq->arena, "%lld", (long long)x.year);
    v.tree_href = str_printf(rq->arena, "/tree?place=%.*s", STR_ARG(x.place.code));
    put_years(&x, &v);
    struct page p = app_page(rq, str_printf(rq->arena, "收到的年度报告：%.*s", STR_ARG(x.place.name)));
    tree_crumbs(rq, &p, &x.place, STR(""), STR("年度报告"));
    tmpl_page_tree_reports(rp->body, &p, &v);
}

/* ---- the text ---- */

static bool newest_fixed(struct request *rq, struct conn *c, struct str office, struct fixed_report *fixed,
                         struct error *err)
{
    struct fixed_report *list;
    size_t count;
    if (!fixed_report_list(c, rq->arena, office, rq->arg[1], rq->arg[2], &list, &count, err)) return false;
    if (count == 0) return error_set(err, ERR_NOT_FOUND, "这个单位没有定稿这份报告");
    *fixed = list[0];
    return true;
}

static void put_facts(struct request *rq, const struct office_row *office, const struct fixed_report *f,
                      struct tree_text_view *v)
{
    enum { FACTS = 3 };
    struct pair_view *facts = arena_new_array(rq->arena, struct pair_view, FACTS);
    facts[0] = (struct pair_view){.label = STR("单位"), .value = office->full_name};
    facts[1] = (struct pair_view){.label = STR("定稿时间"), .value = report_fixed_at(rq->arena, f)};
    facts[2] = (struct pair_view){.label = STR("数字取自"),
                                  .value = str_printf(rq->arena, "第 %lld 条办理记录以前", (long long)f->seq)};
    v->facts = facts;
    v->fact_count = FACTS;
}

/* GET /tree/offices/:code/reports/:name/:period: as the office fixed it last. */
void page_tree_text(struct request *rq, struct reply *rp)
{
    struct tree_text_view v = {0};
    struct fixed_report fixed;
    if (!tree_begin(rq, rp)) return;
    struct app *app = tree_office(rq, rp, rq->arg[0]);
    const struct report *report = model_report(app_of(rq)->office->model, rq->arg[1]);
    if (!app) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool ok = newest_fixed(rq, c, app->office->key, &fixed, &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    put_facts(rq, &app->office->info, &fixed, &v);
    v.title = str_printf(rq->arena, "%.*s：%.*s年%.*s", STR_ARG(app->office->info.name), STR_ARG(rq->arg[2]),
                         STR_ARG(report ? report->label : rq->arg[1]));
    v.text = fixed.text;
    v.back = str_printf(rq->arena, "/tree/reports?year=%.*s", STR_ARG(app_encode(rq->arena, rq->arg[2])));
    struct page p = app_page(rq, v.title);
    tree_crumbs(rq, &p, &app->office->info, STR(""), STR("报告"));
    tmpl_page_tree_text(rp->body, &p, &v);
}
