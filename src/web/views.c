#include "web/views.h"

#include "base/utf8.h"

struct badge_view views_stage_badge(const struct record *r)
{
    const struct stage *s = reg_stage(r->reg, r->head.stage);
    enum badge_kind kind = r->head.voided ? BADGE_PLAIN : s && s->final ? BADGE_DONE : BADGE_NORMAL;
    return (struct badge_view){kind, show_stage(r)};
}

struct badge_view views_due_badge(struct request *rq, const struct deadline *d, const struct deadline_row *row)
{
    static const enum badge_kind kinds[] = {
        [DUE_OK] = BADGE_NORMAL,        [DUE_NEAR] = BADGE_SOON,    [DUE_TODAY] = BADGE_SOON,
        [DUE_OVERDUE] = BADGE_LATE,     [DUE_LAPSED] = BADGE_PLAIN, [DUE_MET] = BADGE_DONE,
        [DUE_MISSED] = BADGE_LATE,      [DUE_LATE_USE] = BADGE_PLAIN, [DUE_SUSPENDED] = BADGE_PAUSED,
        [DUE_STOPPED] = BADGE_PLAIN};
    struct date today = clock_today(&app_of(rq)->office->clock);
    return (struct badge_view){kinds[due_standing(d, row, today)], due_standing_words(rq->arena, d, row, today)};
}

struct str views_day(struct request *rq, struct str iso)
{
    struct date d;
    if (!date_parse(iso, &d)) return iso;
    return str_printf(rq->arena, "%.*s %.*s", STR_ARG(iso), STR_ARG(date_weekday_name(d)));
}

struct str views_minute(struct arena *a, int64_t ms)
{
    return str_replace(a, str_slice(moment_iso(a, ms), 0, 16), STR("T"), STR(" "));
}

int64_t views_offset(const struct request *rq, int64_t rows)
{
    int64_t page;
    if (!str_to_i64(request_query(rq, "page"), &page) || page < 1 || page > 1000000) return 0;
    return (page - 1) * rows;
}

static struct str page_href(struct request *rq, int64_t page)
{
    struct str base = app_url_with(rq, rq->path, "page", STR(""));
    const char *mark = str_contains(base, STR("?")) ? "&" : "?";
    return page <= 1 ? base : str_printf(rq->arena, "%.*s%spage=%lld", STR_ARG(base), mark, (long long)page);
}

struct pager_view views_pager(struct request *rq, int64_t offset, int64_t shown, int64_t rows, int64_t total)
{
    struct pager_view v = {.from = shown ? offset + 1 : 0, .to = offset + shown, .shown = shown, .total = total};
    int64_t page = offset / rows + 1;
    if (page > 1) v.previous = page_href(rq, page - 1);
    if (offset + shown < total) v.next = page_href(rq, page + 1);
    if (shown == 0) v.to = 0;
    return v;
}

struct str views_value(struct request *rq, const struct shower *s, const struct reg *reg, const struct field *f,
                       struct value v, bool unmasked, struct str *href)
{
    struct record target;
    struct error err;
    if (href) *href = STR("");
    if (f->type != FIELD_REF || v.kind != VALUE_INT) return show_value(s, reg, f, v, unmasked);
    if (!record_get(s->conn, rq->arena, s->office->key, f->target, v.i, &target, &err)) return STR("");
    if (!user_sees_record(&visit_of(rq)->user, &target)) return target.head.number;
    if (href) *href = views_record_href(rq->arena, f->target, v.i);
    return show_title(s, &target);
}

struct str views_record_href(struct arena *a, const struct reg *reg, int64_t id)
{
    return str_printf(a, "/r/%.*s/%lld", STR_ARG(reg->name), (long long)id);
}

void views_send_sheet(struct request *rq, struct reply *rp, const struct sheet *s, struct str name)
{
    struct str content;
    if (str_is(request_query(rq, "format"), "xlsx")) {
        if (sheet_xlsx(s, rq->arena, &content, &rp->err))
            reply_download(rp, str_printf(rq->arena, "%.*s.xlsx", STR_ARG(name)),
                           STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), content);
        else
            http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct buf csv = buf_in(rq->arena);
    sheet_csv(s, &csv);
    reply_download(rp, str_printf(rq->arena, "%.*s.csv", STR_ARG(name)), STR("text/csv; charset=utf-8"), buf_str(&csv));
}
