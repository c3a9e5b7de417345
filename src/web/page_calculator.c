/* The calculator: the same counting as the engine's, for anyone. */
#include "web/definition_view.h"
#include "web/page_definition.h"
#include "web/record_parts.h"
#include "web/templates.h"
#include "web/views.h"

/* Days shown one by one; a period of years is no strip that anyone reads. */
enum { STRIP_MOST = 400 };

static const struct {
    const char *value, *label;
} units[] = {{"workdays", "工作日"}, {"days", "日（日历日）"}, {"months", "个月"}, {"years", "年"}};
static const struct {
    const char *value, *label;
    enum period_roll roll;
} rolls[] = {{"law", "顺延到休假日后的第一日", ROLL_LAW}, {"none", "不顺延", ROLL_NONE}};

static enum period_roll put_options(struct request *rq, struct calculator_view *v)
{
    enum { UNITS = sizeof units / sizeof *units, ROLLS = sizeof rolls / sizeof *rolls };
    struct option_view *u = arena_new_array(rq->arena, struct option_view, UNITS);
    struct option_view *r = arena_new_array(rq->arena, struct option_view, ROLLS);
    enum period_roll roll = ROLL_LAW;
    for (size_t i = 0; i < UNITS; i++)
        u[i] = (struct option_view){.value = str_from(units[i].value),
                                    .label = str_from(units[i].label),
                                    .selected = str_is(v->unit, units[i].value)};
    for (size_t i = 0; i < ROLLS; i++) {
        r[i] = (struct option_view){.value = str_from(rolls[i].value),
                                    .label = str_from(rolls[i].label),
                                    .selected = str_is(v->roll, rolls[i].value)};
        if (r[i].selected) roll = rolls[i].roll;
    }
    v->units = u;
    v->unit_count = UNITS;
    v->rolls = r;
    v->roll_count = ROLLS;
    return roll;
}

static bool asks_calendar(const struct request *rq)
{
    for (size_t i = 0; i < rq->query.count; i++)
        if (str_is(rq->query.items[i].name, "calendar")) return true;
    return false;
}

/* The chosen calendar, else the office's own. */
static const struct calendar *put_calendars(struct request *rq, struct calculator_view *v)
{
    const struct model *m = app_of(rq)->office->model;
    struct str chosen = asks_calendar(rq) ? request_query(rq, "calendar") : m->office.region;
    struct option_view *list = arena_new_array(rq->arena, struct option_view, m->calendar_count);
    const struct calendar *calendar = m->calendar;
    for (size_t i = 0; i < m->calendar_count; i++) {
        const struct calendar_choice *x = &m->calendars[i];
        list[i] = (struct option_view){.value = x->name, .label = x->label, .selected = str_eq(x->name, chosen)};
        if (list[i].selected) calendar = x->calendar;
    }
    v->calendars = list;
    v->calendar_count = m->calendar_count;
    return calendar;
}

/* Days that the yearly arrangements made different on the way, with their notices: the strip alone tells them only to
 * who can point at it. */
static bool put_special_days(struct request *rq, const struct calendar *calendar, struct date start,
                             struct period_length length, enum period_roll roll, struct calculator_view *v)
{
    enum { WIDTH = 3 };
    struct strip_day *days;
    size_t count, n = 0;
    struct error err;
    if (!calendar_strip(calendar, rq->arena, start, length, roll, &days, &count, &err)) return false;
    struct column_view *columns = arena_new_array(rq->arena, struct column_view, WIDTH);
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, WIDTH * (count + 1));
    columns[0].label = STR("日期");
    columns[1] = (struct column_view){.label = STR("怎么算"), .text = true};
    columns[2] = (struct column_view){.label = STR("放假通知"), .text = true};
    for (size_t i = 0; i < count; i++) {
        const struct strip_day *d = &days[i];
        if (d->info.kind != DAY_HOLIDAY && d->info.kind != DAY_MADE_UP) continue;
        cells[WIDTH * n].text = views_day(rq, date_iso(rq->arena, d->date));
        cells[WIDTH * n + 1].text = d->why;
        cells[WIDTH * n + 2].text = d->info.notice;
        n++;
    }
    v->special = (struct table_view){
        .caption = STR("节假日和调休"), .columns = columns, .column_count = WIDTH, .cells = cells, .row_count = n};
    return true;
}

static bool calculate(struct request *rq, struct calculator_view *v, const struct calendar *calendar,
                      enum period_roll roll, struct error *err)
{
    struct date start, strict, legal;
    struct period_length length;
    int64_t n;
    if (!date_parse(v->start, &start)) return error_set(err, ERR_INPUT, "请填写起算日期");
    if (!str_to_i64(v->amount, &n) || n < 1 || n > 3660) return error_set(err, ERR_INPUT, "数量要写 1 到 3660 的整数");
    if (!period_length_parse(str_printf(rq->arena, "%lld %.*s", (long long)n, STR_ARG(v->unit)), &length))
        return error_set(err, ERR_INPUT, "请选择单位");
    if (!calendar_due(calendar, start, length, roll, &strict, &legal, err)) return false;
    v->result = (struct deadline_view){.label = STR("计算结果"),
                                       .due = views_day(rq, date_iso(rq->arena, legal)),
                                       .remaining = str_printf(rq->arena, "自%.*s起%.*s", STR_ARG(v->start),
                                                               STR_ARG(period_length_words(rq->arena, length))),
                                       .cite = STR("民法典 第二百零一条至第二百零三条"),
                                       .badge = {BADGE_NORMAL, STR("到期日")},
                                       .unfolded = true};
    if (date_cmp(strict, legal) != 0) v->result.due_strict = date_iso(rq->arena, strict);
    v->explained = put_special_days(rq, calendar, start, length, roll, v);
    parts_strip(rq, calendar, start, length, roll, &v->result);
    v->long_strip = v->result.day_count > STRIP_MOST;
    if (v->long_strip) v->result.day_count = 0;
    return v->done = true;
}

void page_calculator(struct request *rq, struct reply *rp)
{
    struct calculator_view v = {.start = str_trim(request_query(rq, "start")),
                                .amount = str_trim(request_query(rq, "n")),
                                .unit = request_query(rq, "unit"),
                                .roll = request_query(rq, "roll")};
    if (v.unit.len == 0) v.unit = STR("workdays");
    if (v.roll.len == 0) v.roll = STR("law");
    enum period_roll roll = put_options(rq, &v);
    const struct calendar *calendar = put_calendars(rq, &v);
    bool asked = v.start.len || v.amount.len;
    if (v.start.len == 0) v.start = date_iso(rq->arena, clock_today(&app_of(rq)->office->clock));
    if (asked && !calculate(rq, &v, calendar, roll, &rp->err)) v.error = str_copy(rq->arena, str_from(rp->err.message));
    struct page p = app_page(rq, STR("期限计算"));
    tmpl_page_calculator(rp->body, &p, &v);
}
