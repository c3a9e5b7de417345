#include "web/page_report.h"

#include "paper/fonts.h"
#include "paper/report_paper.h"
#include "web/figure_view.h"
#include "web/page_figure.h"
#include "web/report_building.h"
#include "web/templates.h"
#include "web/views.h"

/* Whoever has business in the office may read its reports: they hold no private data. */
bool report_begin(struct building *b)
{
    if (!page_business(b->rq, b->rp)) return false;
    b->report = model_report(app_of(b->rq)->office->model, b->rq->arg[0]);
    if (!b->report) {
        http_fault(b->rq, b->rp, 404, STR("没有这份报告"));
        return false;
    }
    b->conn = app_read(b->rq, b->rp);
    if (!b->conn) return false;
    if (report_build(app_of(b->rq)->office, b->conn, b->rq->arena, b->report, b->rq->arg[1], &b->text, &b->rp->err))
        return true;
    store_done(b->conn);
    http_fault_error(b->rq, b->rp, &b->rp->err);
    return false;
}

static struct paper *paper_of(const struct building *b, struct str figure_path)
{
    struct office *o = app_of(b->rq)->office;
    return report_paper(b->rq->arena, &b->text, o->info.full_name, clock_today(&o->clock), figure_path);
}

struct str report_base(const struct building *b)
{
    return str_printf(b->rq->arena, "/reports/%.*s/%.*s", STR_ARG(b->report->name),
                      STR_ARG(app_encode(b->rq->arena, b->text.period)));
}

/* ---- which report ---- */

static struct report_kind kind_of(struct request *rq, const struct report *r, int year)
{
    enum { YEARS = 3 };
    struct link_view *list = arena_new_array(rq->arena, struct link_view, YEARS);
    for (int i = 0; i < YEARS; i++)
        list[i] = (struct link_view){str_printf(rq->arena, "%d年", year - i),
                                     str_printf(rq->arena, "/reports/%.*s/%d", STR_ARG(r->name), year - i),
                                     i == 0 ? STR("截至今天") : STR("全年")};
    return (struct report_kind){.name = r->name, .label = r->label, .years = list, .year_count = YEARS};
}

/* GET /reports?name=&period= of the field for a period: leads on to the report, or says what a period looks like. */
static bool lead_on(struct request *rq, struct reply *rp, struct report_kind *k)
{
    struct date from, to;
    if (!str_eq(request_query(rq, "name"), k->name)) return false;
    k->period = str_trim(request_query(rq, "period"));
    if (period_parse(k->period, &from, &to)) {
        reply_redirect(rp, str_printf(rq->arena, "/reports/%.*s/%.*s", STR_ARG(k->name),
                                      STR_ARG(app_encode(rq->arena, k->period))));
        return true;
    }
    rp->status = 400;
    k->error = STR("统计期要写成 2024、2024-05、2024-Q1、2024-H1 或者 2024-01-01..2024-06-30");
    return false;
}

void page_reports(struct request *rq, struct reply *rp)
{
    const struct model *m = app_of(rq)->office->model;
    int year = date_ymd(clock_today(&app_of(rq)->office->clock)).year;
    struct report_kind *list = arena_new_array(rq->arena, struct report_kind, m->report_count + 1);
    if (!page_business(rq, rp)) return;
    for (size_t i = 0; i < m->report_count; i++) {
        list[i] = kind_of(rq, &m->reports[i], year);
        if (lead_on(rq, rp, &list[i])) return;
    }
    struct report_list_view v = {list, m->report_count};
    struct page p = app_page(rq, STR("年度报告"));
    tmpl_page_reports(rp->body, &p, &v);
}

/* ---- the page ---- */

static bool put_fixed(struct building *b, struct report_page_view *v)
{
    struct arena *a = b->rq->arena;
    struct fixed_report *fixed;
    size_t count;
    if (!fixed_report_list(b->conn, a, app_of(b->rq)->office->key, b->report->name, b->text.period, &fixed, &count,
                           &b->rp->err))
        return false;
    struct pair_view *list = arena_new_array(a, struct pair_view, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct pair_view){
            .label = report_fixed_at(a, &fixed[i]),
            .href = str_printf(a, "%.*s/fixed/%lld", STR_ARG(report_base(b)), (long long)fixed[i].id),
            .value = str_printf(a, "%.*s 定稿，取数到第 %lld 条办理记录", STR_ARG(fixed[i].fixed_by),
                                (long long)fixed[i].seq)};
    v->fixed = list;
    v->fixed_count = count;
    return count == 0 || report_put_changes(b, &fixed[0], &v->changes, &v->change_count);
}

static void put_downloads(struct building *b, struct report_page_view *v)
{
    static const struct {
        const char *label, *format;
    } files[] = {{"PDF", "pdf"}, {"DOCX", "docx"}, {"文本", "text"}, {"数字（JSON）", "json"}};
    enum { COUNT = sizeof files / sizeof *files };
    struct link_view *list = arena_new_array(b->rq->arena, struct link_view, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        list[i] = (struct link_view){
            str_from(files[i].label),
            str_printf(b->rq->arena, "%.*s/file?format=%s", STR_ARG(report_base(b)), files[i].format), STR("")};
    v->downloads = list;
    v->download_count = COUNT;
}

/* The paper's own renderer escapes everything it writes. */
static bool put_body(struct building *b, struct report_page_view *v)
{
    struct buf html = buf_in(b->rq->arena);
    if (!paper_html(paper_of(b, STR("/figures/")), &html, &b->rp->err)) return false;
    v->body = (struct html){buf_str(&html)};
    return true;
}

void page_report(struct request *rq, struct reply *rp)
{
    struct building b = {.rq = rq, .rp = rp};
    struct report_page_view v = {0};
    if (!report_begin(&b)) return;
    bool ok = put_fixed(&b, &v) && put_body(&b, &v);
    if (!app_read_end(rq, rp, b.conn, ok)) return;
    put_downloads(&b, &v);
    v.label = b.text.title;
    v.name = b.report->name;
    v.period = b.text.period;
    v.base = report_base(&b);
    v.cite = b.report->cite.text;
    v.may_fix = user_may(&visit_of(rq)->user, MAY_FIX_REPORT);
    struct page p = app_page(rq, b.text.title);
    struct crumb crumbs[] = {{STR("年度报告"), STR("/reports")}, {b.text.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_report(rp->body, &p, &v);
}

/* ---- files ---- */

static bool file_text(struct building *b, struct str *out, struct error *err)
{
    struct buf t = buf_in(b->rq->arena);
    bool ok = paper_text(paper_of(b, STR("")), &t, err);
    *out = buf_str(&t);
    return ok;
}

static bool file_docx(struct building *b, struct str *out, struct error *err)
{
    return paper_docx(paper_of(b, STR("")), NULL, b->rq->arena, out, err);
}

static bool file_pdf(struct building *b, struct str *out, struct error *err)
{
    struct paper_fonts *fonts = paper_fonts_open(NULL, 0, err);
    if (!fonts) return false;
    bool ok = paper_pdf(paper_of(b, STR("")), fonts, b->rq->arena, out, err);
    paper_fonts_close(fonts);
    return ok;
}

static bool file_json(struct building *b, struct str *out, struct error *err)
{
    return report_json(app_of(b->rq)->office, b->conn, b->rq->arena, &b->text, out, err);
}

static const struct {
    const char *format, *ending, *type;
    bool (*make)(struct building *, struct str *, struct error *);
} formats[] = {
    {"text", "txt", "text/plain; charset=utf-8", file_text},
    {"docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", file_docx},
    {"pdf", "pdf", "application/pdf", file_pdf},
    {"json", "json", "application/json", file_json},
};

void page_report_file(struct request *rq, struct reply *rp)
{
    struct building b = {.rq = rq, .rp = rp};
    struct str content;
    if (!report_begin(&b)) return;
    struct str format = request_query(rq, "format");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!str_is(format, formats[i].format)) continue;
        if (formats[i].make(&b, &content, &rp->err))
            reply_download(rp, str_printf(rq->arena, "%.*s.%s", STR_ARG(b.text.title), formats[i].ending),
                           str_from(formats[i].type), content);
        else
            http_fault_error(rq, rp, &rp->err);
        store_done(b.conn);
        return;
    }
    store_done(b.conn);
    http_fault(rq, rp, 404, STR("格式只有 text、docx、pdf、json"));
}

/* ---- 定稿 ---- */

void page_report_fix(struct request *rq, struct reply *rp)
{
    struct building b = {.rq = rq, .rp = rp};
    if (!report_begin(&b)) return;
    store_done(b.conn);
    struct page p = app_page(rq, STR("定稿"));
    struct confirm_view v = {.title = STR("定稿"),
                             .text = str_printf(rq->arena,
                                                "将《%.*s》的 %zu 个数字连同办理记录的位置（第 %lld 条）存下来。"
                                                "以后台账再变，这里会列出哪些数字变了；定稿本身不会改动任何记录。",
                                                STR_ARG(b.text.title), b.text.figure_count, (long long)b.text.seq),
                             .action = rq->path,
                             .token = p.token,
                             .submit = STR("定稿"),
                             .cancel = report_base(&b)};
    tmpl_page_confirm(rp->body, &p, &v);
}

void page_report_fix_post(struct request *rq, struct reply *rp)
{
    struct building b = {.rq = rq, .rp = rp};
    struct fixed_report fixed;
    struct str plain;
    if (!report_begin(&b)) return;
    bool ok = file_text(&b, &plain, &rp->err);
    store_done(b.conn);
    ok = ok && report_fix(app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), b.report, b.text.period,
                          plain, &fixed, &rp->err);
    if (ok)
        reply_redirect(rp, str_printf(rq->arena, "%.*s?done=%.*s", STR_ARG(report_base(&b)),
                                      STR_ARG(app_encode(rq->arena, STR("已定稿")))));
    else
        http_fault_error(rq, rp, &rp->err);
}
