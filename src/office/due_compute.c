#include <stdio.h>
#include <string.h>

#include "office/due.h"

static const struct {
    const char *name;
    enum period_roll roll;
} rolls[] = {{"none", ROLL_NONE}, {"analogy", ROLL_ANALOGY}, {"law", ROLL_LAW}};

static enum period_roll roll_of(struct str name)
{
    for (size_t i = 0; i < sizeof rolls / sizeof *rolls; i++)
        if (str_is(name, rolls[i].name)) return rolls[i].roll;
    return ROLL_NONE;
}

static struct date date_of(struct str text)
{
    int64_t ms;
    return moment_parse(text, &ms) ? moment_date(ms) : (struct date){0};
}

/* Without a holiday arrangement: the earliest day that the period can possibly end on. */
static struct date earliest(const struct calendar *cal, struct date start, struct period_length length, int more)
{
    int first, last;
    struct date d = start;
    switch (length.unit) {
    case UNIT_DAY: return date_add_days(start, length.amount + more);
    case UNIT_MONTH: return date_add_days(date_add_months(start, length.amount), more);
    case UNIT_YEAR: return date_add_days(date_add_months(start, 12 * length.amount), more);
    case UNIT_HOUR: return start;
    case UNIT_WORKDAY:
        if (calendar_years(cal, &first, &last)) date_from_ymd((struct ymd){last, 12, 31}, &d);
        return date_cmp(d, start) > 0 ? d : date_add_days(start, length.amount + more);
    }
    return d;
}

static struct str calendar_name(const struct model *m, struct arena *a)
{
    if (m->office.region.len == 0) return STR("national");
    return str_printf(a, "national+%.*s", STR_ARG(str_replace(a, m->office.region, STR(","), STR("+"))));
}

/* Units added to the period: extensions and what suspensions took out. */
static int units_added(const struct deadline_row *row)
{
    return (int)(row->extended + row->deducted);
}

static enum period_unit unit_added(const struct deadline *d, const struct deadline_row *row, enum period_unit own)
{
    if (row->extended && d->extend_by.amount) return d->extend_by.unit;
    return own == UNIT_WORKDAY ? UNIT_WORKDAY : UNIT_DAY;
}

static bool both_days(const struct calendar *cal, const struct deadline *d, const struct deadline_row *row,
                      struct period_length length, struct date *strict, struct date *legal, struct error *err)
{
    enum period_roll roll = roll_of(row->roll);
    struct date start = date_of(row->start_on);
    if (!calendar_due(cal, start, length, roll, strict, legal, err)) return false;
    int more = units_added(row);
    if (more == 0) return true;
    return calendar_extend(cal, *strict, more, unit_added(d, row, length.unit), roll, strict, legal, err);
}

static void set_warning(struct arena *a, const struct deadline *d, struct period_length length, struct date start,
                        struct date strict, struct deadline_row *row)
{
    int lead = d->warn.amount;
    if (d->warn.unit == UNIT_MONTH) lead *= 30;
    if (lead == 0 && length.unit != UNIT_HOUR) lead = (strict.day - start.day) / 5;
    if (lead < 1) lead = 1;
    row->warn_on = date_iso(a, date_add_days(strict, -lead));
}

static void compute_hours(const struct model *m, struct arena *a, struct period_length length, struct deadline_row *row)
{
    int64_t start = 0;
    moment_parse(row->start_on, &start);
    int64_t due = calendar_add_hours(start, length.amount + units_added(row));
    row->strict_at = moment_iso(a, due);
    row->strict_on = row->legal_on = row->warn_on = date_iso(a, moment_date(due));
    row->calendar = calendar_name(m, a);
}

void due_compute(const struct model *m, struct arena *a, const struct deadline *d, struct deadline_row *row)
{
    struct period_length length;
    if (!period_length_parse(row->length, &length)) return;
    if (length.unit == UNIT_HOUR) {
        compute_hours(m, a, length, row);
        return;
    }
    struct date start = date_of(row->start_on);
    struct date strict, legal;
    struct error err;
    row->calendar = calendar_name(m, a);
    if (!both_days(m->calendar, d, row, length, &strict, &legal, &err)) {
        int first, last;
        strict = legal = earliest(m->calendar, start, length, units_added(row));
        calendar_years(m->calendar, &first, &last);
        row->calendar = str_printf(a, "pending:%d", last + 1);
    }
    row->strict_on = date_iso(a, strict);
    row->legal_on = date_iso(a, legal);
    set_warning(a, d, length, start, strict, row);
}

void due_give(struct arena *a, const struct deadline *d, struct str last, struct deadline_row *row)
{
    row->length = STR("given");
    row->strict_on = row->legal_on = last;
    struct period_length none = {0};
    set_warning(a, d, none, date_of(row->start_on), date_of(last), row);
}

bool due_is_pending(const struct deadline_row *d, struct str *year)
{
    if (!str_starts(d->calendar, STR("pending:"))) return false;
    *year = str_slice(d->calendar, 8, d->calendar.len);
    return true;
}

enum due_standing due_standing(const struct deadline_row *d, struct date today)
{
    switch (d->state) {
    case DEADLINE_MET: return DUE_MET;
    case DEADLINE_MISSED: return DUE_MISSED;
    case DEADLINE_SUSPENDED: return DUE_SUSPENDED;
    case DEADLINE_STOPPED: return DUE_STOPPED;
    case DEADLINE_RUNNING: break;
    }
    int order = date_cmp(date_of(d->legal_on), today);
    if (order < 0) return DUE_OVERDUE;
    if (order == 0) return DUE_TODAY;
    return date_cmp(date_of(d->warn_on), today) <= 0 ? DUE_NEAR : DUE_OK;
}

struct str due_standing_words(struct arena *a, const struct deadline_row *d, struct date today)
{
    int days = date_of(d->legal_on).day - today.day;
    switch (due_standing(d, today)) {
    case DUE_OVERDUE: return str_printf(a, "已逾期%d天", -days);
    case DUE_TODAY: return STR("今天到期");
    case DUE_OK:
    case DUE_NEAR: return str_printf(a, "剩余%d天", days);
    case DUE_MET: return STR("按期完成");
    case DUE_MISSED: return STR("逾期完成");
    case DUE_SUSPENDED: return STR("已中止");
    case DUE_STOPPED: return STR("已终止");
    }
    return STR("");
}
