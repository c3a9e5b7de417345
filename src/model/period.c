/* The words of a period, and the strip of days that explains its last day. */
#include "model/calendar.h"

static const struct {
    const char *singular, *plural, *words;
    enum period_unit unit;
} units[] = {
    {"day", "days", "日", UNIT_DAY},         {"workday", "workdays", "个工作日", UNIT_WORKDAY},
    {"month", "months", "个月", UNIT_MONTH}, {"year", "years", "年", UNIT_YEAR},
    {"hour", "hours", "小时", UNIT_HOUR},
};
enum { UNIT_COUNT = sizeof units / sizeof *units, AMOUNT_MOST = 36500 };

bool period_length_parse(struct str text, struct period_length *length)
{
    struct str t = str_trim(text);
    size_t digits = 0;
    while (digits < t.len && t.s[digits] >= '0' && t.s[digits] <= '9') digits++;
    struct str unit = str_trim(str_slice(t, digits, t.len));
    int64_t amount;
    if (!str_to_i64(str_slice(t, 0, digits), &amount) || amount < 0 || amount > AMOUNT_MOST) return false;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (!str_is(unit, units[i].singular) && !str_is(unit, units[i].plural)) continue;
        *length = (struct period_length){(int)amount, units[i].unit};
        return true;
    }
    return false;
}

struct str period_length_words(struct arena *a, struct period_length length)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (units[i].unit == length.unit) return str_printf(a, "%d%s", length.amount, units[i].words);
    return STR("");
}

struct str period_length_text(struct arena *a, struct period_length length)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (units[i].unit == length.unit) return str_printf(a, "%d %s", length.amount, units[i].plural);
    return STR("");
}

const char *const period_roll_words[3] = {[ROLL_NONE] = "none", [ROLL_ANALOGY] = "analogy", [ROLL_LAW] = "law"};

enum period_roll period_roll_parse(struct str word)
{
    return str_is(word, period_roll_words[ROLL_LAW])       ? ROLL_LAW
           : str_is(word, period_roll_words[ROLL_ANALOGY]) ? ROLL_ANALOGY
                                                           : ROLL_NONE;
}

/* --- the strip --- */

struct strip {
    struct arena *arena;
    struct date start, strict, legal;
    struct period_length length;
    enum period_roll roll;
};

/* 春节休假 / 周末 */
static struct str rest_name(struct arena *a, const struct day_info *info)
{
    if (info->kind == DAY_HOLIDAY) return str_printf(a, "%.*s休假", STR_ARG(info->name));
    return STR("周末");
}

static bool is_rest_day(const struct strip_day *day)
{
    return day->info.kind == DAY_WEEKEND || day->info.kind == DAY_HOLIDAY;
}

static struct str why_workday(const struct strip *s, const struct strip_day *day)
{
    if (is_rest_day(day)) return str_printf(s->arena, "%.*s，不计入", STR_ARG(rest_name(s->arena, &day->info)));
    if (day->info.kind == DAY_MADE_UP) return STR("调休上班，计入");
    return STR("工作日，计入");
}

/* What makes the last day of a period of months or years the last (PER-03). */
static const char *corresponding(const struct strip *s)
{
    if (s->length.unit == UNIT_DAY) return "";
    return date_ymd(s->start).day == date_ymd(s->strict).day ? "对应日，" : "当月无对应日，取月末日，";
}

static struct str why_strict(const struct strip *s, const struct strip_day *day)
{
    const char *how = corresponding(s);
    if (!is_rest_day(day)) return str_printf(s->arena, "%s末日", how);
    struct str rest = rest_name(s->arena, &day->info);
    static const char *const roll_words[] = {[ROLL_NONE] = "不顺延", [ROLL_ANALOGY] = "参照顺延", [ROLL_LAW] = "顺延"};
    return str_printf(s->arena, "%s末日遇%.*s，%s", how, STR_ARG(rest), roll_words[s->roll]);
}

static struct str why_calendar_day(const struct strip *s, const struct strip_day *day)
{
    if (date_cmp(day->date, s->strict) == 0) return why_strict(s, day);
    bool after = date_cmp(day->date, s->strict) > 0;
    struct str rest = rest_name(s->arena, &day->info);
    if (after && is_rest_day(day)) return str_printf(s->arena, "%.*s，继续顺延", STR_ARG(rest));
    if (after) return day->info.kind == DAY_MADE_UP ? STR("调休上班，顺延后的末日") : STR("顺延后的末日");
    if (is_rest_day(day)) return str_printf(s->arena, "%.*s，期间内照常计入", STR_ARG(rest));
    return day->info.kind == DAY_MADE_UP ? STR("调休上班，计入") : STR("计入");
}

static void explain(const struct strip *s, struct strip_day *day, int *number)
{
    if (date_cmp(day->date, s->start) == 0) {
        day->why = STR("当日不计入");
        return;
    }
    bool workdays = s->length.unit == UNIT_WORKDAY;
    day->counted = workdays ? !is_rest_day(day) : date_cmp(day->date, s->strict) <= 0;
    if (day->counted) day->number = ++*number;
    day->why = workdays ? why_workday(s, day) : why_calendar_day(s, day);
}

bool calendar_strip(const struct calendar *cal, struct arena *a, struct date start, struct period_length length,
                    enum period_roll roll, struct strip_day **days, size_t *count, struct error *err)
{
    struct strip s = {.arena = a, .start = start, .length = length, .roll = roll};
    if (!calendar_due(cal, start, length, roll, &s.strict, &s.legal, err)) return false;
    /* Refused before room is taken: a period beyond the known years could be a century long. */
    struct day_info info;
    if (!calendar_day(cal, start, &info, err) || !calendar_day(cal, s.legal, &info, err)) return false;
    size_t room = (size_t)(s.legal.day - start.day) + 1;
    struct strip_day *list = arena_new_array(a, struct strip_day, room);
    int number = 0;
    for (size_t i = 0; i < room; i++) {
        list[i].date = date_add_days(start, (int)i);
        if (!calendar_day(cal, list[i].date, &list[i].info, err)) return false;
        explain(&s, &list[i], &number);
        list[i].last = i + 1 == room;
    }
    *days = list;
    *count = room;
    return true;
}
