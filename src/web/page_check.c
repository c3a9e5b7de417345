/* Checking a written report: paste or upload, compare with the registers. */
#include "base/encoding.h"
#include "figures/verify.h"
#include "web/figure_view.h"
#include "web/page_figure.h"
#include "web/page_report.h"
#include "web/templates.h"

static enum badge_kind badge_of(enum verify_verdict v)
{
    static const enum badge_kind kinds[] = {[VERIFY_AGREES] = BADGE_DONE,
                                            [VERIFY_CONTRADICTS] = BADGE_LATE,
                                            [VERIFY_NO_FIGURE] = BADGE_SOON,
                                            [VERIFY_GOAL] = BADGE_PAUSED};
    return kinds[v];
}

static void put_rows(struct request *rq, const struct verify_report *r, struct check_page_view *v)
{
    struct check_row *rows = arena_new_array(rq->arena, struct check_row, r->count + 1);
    for (size_t i = 0; i < r->count; i++) {
        const struct verify_item *it = &r->items[i];
        rows[i] = (struct check_row){.verdict = str_from(verify_verdict_name(it->verdict)),
                                     .phrase = it->phrase,
                                     .kind = badge_of(it->verdict),
                                     .value = it->value,
                                     .number = i + 1};
        if (!it->figure) continue;
        rows[i].figure = it->figure->label;
        rows[i].href = str_printf(rq->arena, "/figures/%.*s?period=%.*s", STR_ARG(it->figure->name),
                                  STR_ARG(app_encode(rq->arena, v->year)));
    }
    v->rows = rows;
    v->row_count = r->count;
}

static void put_findings(struct request *rq, const struct verify_report *r, struct check_page_view *v)
{
    struct check_row *rows = arena_new_array(rq->arena, struct check_row, r->findings.count + 1);
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct finding *f = &r->findings.items[i];
        if (f->verdict == VERDICT_NOT_CHECKABLE) continue;
        rows[v->finding_count++] = (struct check_row){.verdict = str_from(finding_verdict_name(f->verdict)),
                                                      .kind = f->verdict == VERDICT_AGREE ? BADGE_DONE : BADGE_LATE,
                                                      .phrase = f->phrase,
                                                      .figure = f->message,
                                                      .number = i + 1};
    }
    v->findings = rows;
}

/* ---- the text with its marks ---- */

/* What was found at a place of the text. */
struct mark {
    size_t at, end;
    const char *class;
    struct str href, id, tip;
};

struct marks {
    struct mark *items;
    size_t count, cap;
};

static void add_mark(struct arena *a, struct marks *m, struct mark mark)
{
    size_t at = m->count;
    if (mark.at >= mark.end) return;
    ARENA_PUSH(a, m->items, m->count, m->cap, mark);
    for (; at > 0 && m->items[at - 1].at > mark.at; at--) m->items[at] = m->items[at - 1];
    m->items[at] = mark;
}

/* Contradictions of the text's own arithmetic, then each number that was compared. */
static struct marks find_marks(struct arena *a, const struct verify_report *r)
{
    static const char *const classes[] = {[VERIFY_AGREES] = "agrees",
                                          [VERIFY_CONTRADICTS] = "contradicts",
                                          [VERIFY_NO_FIGURE] = "unknown",
                                          [VERIFY_GOAL] = "goal"};
    struct marks m = {0};
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct finding *f = &r->findings.items[i];
        if (f->verdict != VERDICT_CONTRADICT) continue;
        add_mark(a, &m,
                 (struct mark){f->at, f->at + f->len, "arithmetic", str_printf(a, "#finding-%zu", i + 1),
                               str_printf(a, "at-finding-%zu", i + 1), f->message});
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct verify_item *it = &r->items[i];
        struct str tip = str_from(verify_verdict_name(it->verdict));
        if (it->figure)
            tip = str_printf(a, "%.*s：%.*s，台账为%.*s", STR_ARG(tip), STR_ARG(it->figure->label), STR_ARG(it->value));
        add_mark(a, &m,
                 (struct mark){it->at, it->at + it->len, classes[it->verdict], str_printf(a, "#item-%zu", i + 1),
                               str_printf(a, "at-item-%zu", i + 1), tip});
    }
    return m;
}

/* Marks may lie in one another: what a mark that began earlier already took stays with it. */
static void put_pieces(struct request *rq, const struct verify_report *r, struct check_page_view *v)
{
    struct marks m = find_marks(rq->arena, r);
    struct check_piece *list = arena_new_array(rq->arena, struct check_piece, 2 * m.count + 1);
    size_t done = 0, n = 0;
    for (size_t i = 0; i < m.count; i++) {
        const struct mark *x = &m.items[i];
        size_t from = x->at > done ? x->at : done;
        size_t to = x->end < v->text.len ? x->end : v->text.len;
        if (from >= to) continue;
        if (from > done) list[n++] = (struct check_piece){.text = str_slice(v->text, done, from)};
        list[n++] = (struct check_piece){str_slice(v->text, from, to), x->class, x->href, x->id, x->tip};
        done = to;
    }
    if (done < v->text.len) list[n++] = (struct check_piece){.text = str_slice(v->text, done, v->text.len)};
    v->pieces = list;
    v->piece_count = n;
}

/* ---- the page ---- */

static void show(struct request *rq, struct reply *rp, struct check_page_view *v)
{
    struct page p = app_page(rq, STR("核对报告"));
    v->token = p.token;
    if (v->year.len == 0)
        v->year = str_printf(rq->arena, "%d", date_ymd(clock_today(&app_of(rq)->office->clock)).year - 1);
    struct crumb crumbs[] = {{STR("年度报告"), STR("/reports")}, {STR("核对报告"), STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_check(rp->body, &p, v);
}

void page_report_check(struct request *rq, struct reply *rp)
{
    struct check_page_view v = {0};
    if (page_business(rq, rp)) show(rq, rp, &v);
}

/* The uploaded file's text, else what was pasted. */
static bool text_of(struct request *rq, struct str *text, struct error *err)
{
    const struct upload *up = request_file(rq, "file");
    enum encoding encoding;
    *text = request_form(rq, "text");
    if (!up || up->content.len == 0) return true;
    return encoding_decode(rq->arena, up->content, text, &encoding, err);
}

void page_report_check_post(struct request *rq, struct reply *rp)
{
    struct check_page_view v = {.year = str_trim(request_form(rq, "year"))};
    struct verify_report r;
    struct date from, to;
    if (!page_business(rq, rp)) return;
    if (!text_of(rq, &v.text, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    if (!period_parse(v.year, &from, &to)) {
        http_fault(rq, rp, 400, STR("年份要写成 2024"));
        return;
    }
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool ok = verify_text(app_of(rq)->office, c, rq->arena, v.text, from, to, &r, &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    put_rows(rq, &r, &v);
    put_findings(rq, &r, &v);
    put_pieces(rq, &r, &v);
    v.checked = true;
    v.summary = str_printf(
        rq->arena, "共核对 %zu 处：相符 %zu，不符 %zu，没有对应的数字 %zu，计划或者目标 %zu；文内算术矛盾 %zu 处",
        r.count, r.agree, r.contradict, r.unknown, r.goals, r.text_contradictions);
    show(rq, rp, &v);
}
