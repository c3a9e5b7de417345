/* The calculator: the same counting as the engine's, for anyone. */
#include "web/definition_view.h"
#include "web/page_definition.h"
#include "web/record_parts.h"
#include "web/templates.h"
#include "web/views.h"

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
        u[i] = (struct option_view){.value = str_from(units[i].value), .label = str_from(units[i].label),
                                    .selected = str_is(v->unit, units[i].value)};
    for (size_t i = 0; i < ROLLS; i++) {
        r[i] = (struct option_view){.value = str_from(rolls[i].value), .label = str_from(rolls[i].label),
                                    .selected = str_is(v->roll, rolls[i].value)};
        if (r[i].selected) roll = rolls[i].roll;
    }
    v->units = u;
    v->unit_count = UNITS;
    v->rolls = r;
    v->roll_count = ROLLS;
    return roll;
}

static bool calculate(struct request *rq, struct calculator_view *v, enum period_roll roll, struct error *err)
{
    struct office *o = app_of(rq)->office;
    struct date start, strict, legal;
    struct period_length length;
    int64_t n;
    if (!date_parse(v->start, &start)) return error_set(err, ERR_INPUT, "请填写起算日期");
    if (!str_to_i64(v->amount, &n) || n < 1 || n > 3660) return error_set(err, ERR_INPUT, "数量要写 1 到 3660 的整数");
    if (!period_length_parse(str_printf(rq->arena, "%lld %.*s", (long long)n, STR_ARG(v->unit)), &length))
        return error_set(err, ERR_INPUT, "请选择单位");
    if (!calendar_due(o->model->calendar, start, length, roll, &strict, &legal, err)) return false;
    v->result = (struct deadline_view){.label = STR("计算结果"),
                                       .due = views_day(rq, date_iso(rq->arena, legal)),
                                       .remaining = str_printf(rq->arena, "自%.*s起%.*s", STR_ARG(v->start), STR_ARG(period_length_words(rq->arena, length))),
                                       .cite = STR("民法典 第二百零一条至第二百零三条"),
                                       .badge = {BADGE_NORMAL, STR("到期日")}, .unfolded = true};
    if (date_cmp(strict, legal) != 0) v->result.due_strict = date_iso(rq->arena, strict);
    parts_strip(rq, start, length, roll, &v->result);
    return v->done = true;
}

void page_calculator(struct request *rq, struct reply *rp)
{
    struct calculator_view v = {.start = str_trim(request_query(rq, "start")), .amount = str_trim(request_query(rq, "n")),
                                .unit = request_query(rq, "unit"), .roll = request_query(rq, "roll")};
    if (v.unit.len == 0) v.unit = STR("workdays");
    if (v.roll.len == 0) v.roll = STR("law");
    enum period_roll roll = put_options(rq, &v);
    bool asked = v.start.len || v.amount.len;
    if (v.start.len == 0) v.start = date_iso(rq->arena, clock_today(&app_of(rq)->office->clock));
    if (asked && !calculate(rq, &v, roll, &rp->err)) v.error = str_copy(rq->arena, str_from(rp->err.message));
    struct page p = app_page(rq, STR("期限计算"));
    tmpl_page_calculator(rp->body, &p, &v);
}
