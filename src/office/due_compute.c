#include <stdio.h>
#include <string.h>

#include "office/due.h"

static struct date date_of(struct str text)
{
    int64_t ms;
    return moment_parse(text, &ms) ? moment_date(ms) : (struct date){0};
}

static struct date add_units(struct date d, int n, enum period_unit unit)
{
    switch (unit) {
    case UNIT_DAY:
    case UNIT_WORKDAY: return date_add_days(d, n);
    case UNIT_MONTH: return date_add_months(d, n);
    case UNIT_YEAR: return date_add_months(d, 12 * n);
    case UNIT_HOUR: return date_add_days(d, n / 24);
    }
    return d;
}

/* n working days after `d`, or, where a year has no arrangement, the earliest day that this can be: beyond the known
 * years every day may turn out to be a working day. */
static struct date earliest_workday(const struct calendar *cal, struct date d, int n)
{
    int first, last, known;
    struct date end, due;
    struct error err;
    if (calendar_add_workdays(cal, d, n, &due, &err)) return due;
    if (!calendar_years(cal, &first, &last) || !date_from_ymd((struct ymd){last, 12, 31}, &end) ||
        date_cmp(d, end) >= 0 || !calendar_count_workdays(cal, d, end, &known, &err))
        return date_add_days(d, n);
    return date_add_days(end, n - known);
}

static struct date earliest_after(const struct calendar *cal, struct date d, int n, enum period_unit unit)
{
    return unit == UNIT_WORKDAY ? earliest_workday(cal, d, n) : add_units(d, n, unit);
}

static struct str calendar_name(const struct model *m, struct arena *a)
{
    if (m->office.region.len == 0) return STR("national");
    return str_printf(a, "national+%.*s", STR_ARG(str_replace(a, m->office.region, STR(","), STR("+"))));
}

static enum period_unit unit_extended(const struct deadline *d, enum period_unit own)
{
    return d->extend_by.amount ? d->extend_by.unit : own == UNIT_WORKDAY ? UNIT_WORKDAY : UNIT_DAY;
}

static bool is_longer(const struct deadline_row *row)
{
    return row->deducted || row->extended;
}

/* What suspensions took out in the period's own kind of day, then the extension in its own units, each from the unmoved
 * last day; the move to a working day once, at the end (PER-15). */
static bool lengthen(const struct calendar *cal, const struct deadline *d, const struct deadline_row *row,
                     enum period_unit own, struct date *strict, struct date *legal, struct error *err)
{
    enum period_roll roll = period_roll_parse(row->roll);
    if (row->deducted &&
        !calendar_extend(cal, *strict, (int)row->deducted, own == UNIT_WORKDAY ? UNIT_WORKDAY : UNIT_DAY,
                         row->extended ? ROLL_NONE : roll, strict, legal, err))
        return false;
    return !row->extended ||
           calendar_extend(cal, *strict, (int)row->extended, unit_extended(d, own), roll, strict, legal, err);
}

static struct date earliest(const struct calendar *cal, const struct deadline *d, const struct deadline_row *row,
                            struct date from, struct period_length length)
{
    struct date day = earliest_after(cal, from, length.amount, length.unit);
    day = earliest_after(cal, day, (int)row->deducted, length.unit == UNIT_WORKDAY ? UNIT_WORKDAY : UNIT_DAY);
    return row->extended ? earliest_after(cal, day, (int)row->extended, unit_extended(d, length.unit)) : day;
}

static void set_warning(const struct calendar *cal, struct arena *a, const struct deadline *d, struct date start,
                        struct date strict, struct deadline_row *row)
{
    struct date warn;
    struct error err;
    int lead = d->warn.amount;
    if (d->warn.unit == UNIT_WORKDAY && lead && calendar_add_workdays(cal, strict, -lead, &warn, &err)) {
        row->warn_on = date_iso(a, warn);
        return;
    }
    if (d->warn.unit == UNIT_MONTH) lead *= 30;
    if (d->warn.unit == UNIT_YEAR) lead *= 365;
    if (d->warn.unit == UNIT_HOUR) lead = (lead + 23) / 24;
    if (lead == 0) lead = (strict.day - start.day) / 5;
    if (lead < 1) lead = 1;
    row->warn_on = date_iso(a, date_add_days(strict, -lead));
}

static int hours_extended(const struct deadline *d, const struct deadline_row *row)
{
    switch (unit_extended(d, UNIT_HOUR)) {
    case UNIT_HOUR: return (int)row->extended;
    case UNIT_DAY:
    case UNIT_WORKDAY: return 24 * (int)row->extended;
    case UNIT_MONTH: return 24 * 30 * (int)row->extended;
    case UNIT_YEAR: return 24 * 365 * (int)row->extended;
    }
    return 0;
}

static void compute_hours(const struct model *m, struct arena *a, const struct deadline *d, struct period_length length,
                          struct deadline_row *row)
{
    int64_t start = 0;
    moment_parse(row->start_on, &start);
    int64_t due = calendar_add_hours(start, length.amount + (int)row->deducted + hours_extended(d, row));
    row->strict_at = moment_iso(a, due);
    row->strict_on = row->legal_on = row->warn_on = date_iso(a, moment_date(due));
    row->calendar = calendar_name(m, a);
}

/* ---- years without arrangement ---- */

/* Suspensions whose working days could not be counted yet: pending:2027:2026-12-20/2027-01-10,… */
static struct str owed_of(const struct deadline_row *row)
{
    if (!str_starts(row->calendar, STR("pending:"))) return STR("");
    size_t colon = str_find(row->calendar, STR(":"), 8);
    return colon == SIZE_MAX ? STR("") : str_slice(row->calendar, colon + 1, row->calendar.len);
}

static struct str pending(const struct calendar *cal, struct arena *a, struct date start, struct str owed)
{
    int first = 0, last = 0;
    calendar_years(cal, &first, &last);
    int year = date_ymd(start).year < first ? date_ymd(start).year : last + 1;
    return str_printf(a, "pending:%d%s%.*s", year, owed.len ? ":" : "", STR_ARG(owed));
}

void due_deduct(const struct model *m, struct arena *a, enum period_unit unit, struct date from, struct date to,
                struct deadline_row *row)
{
    struct error err;
    int n = to.day - from.day;
    if (unit == UNIT_WORKDAY && n > 0 && !calendar_count_workdays(m->calendar, from, to, &n, &err)) {
        struct str owed = owed_of(row);
        owed = str_printf(a, "%.*s%s%.*s/%.*s", STR_ARG(owed), owed.len ? "," : "", STR_ARG(date_iso(a, from)),
                          STR_ARG(date_iso(a, to)));
        row->calendar = pending(m->calendar, a, from, owed);
        return;
    }
    if (unit == UNIT_HOUR) n *= 24;
    row->deducted += n > 0 ? n : 0;
}

/* Counts what could not be counted before, as far as it can now. Gives what is still owed. */
static struct str settle(const struct model *m, struct arena *a, struct deadline_row *row)
{
    struct str owed = owed_of(row);
    row->calendar = calendar_name(m, a);
    for (struct str one; str_split(&owed, ',', &one);) {
        struct date from, to;
        size_t slash = str_find(one, STR("/"), 0);
        if (slash != SIZE_MAX && date_parse(str_slice(one, 0, slash), &from) &&
            date_parse(str_slice(one, slash + 1, one.len), &to))
            due_deduct(m, a, UNIT_WORKDAY, from, to, row);
    }
    return owed_of(row);
}

static void put_dates(const struct model *m, struct arena *a, const struct deadline *d, struct date start,
                      struct date strict, struct date legal, struct deadline_row *row)
{
    row->strict_on = date_iso(a, strict);
    row->legal_on = date_iso(a, legal);
    set_warning(m->calendar, a, d, start, strict, row);
}

void due_compute(const struct model *m, struct arena *a, const struct deadline *d, struct deadline_row *row)
{
    struct period_length length;
    if (!period_length_parse(row->length, &length)) return;
    if (length.unit == UNIT_HOUR) {
        compute_hours(m, a, d, length, row);
        return;
    }
    struct date start = date_of(row->start_on);
    struct date strict, legal;
    struct error err;
    struct str owed = settle(m, a, row);
    enum period_roll roll = is_longer(row) ? ROLL_NONE : period_roll_parse(row->roll);
    if (!calendar_due(m->calendar, start, length, roll, &strict, &legal, &err) ||
        !lengthen(m->calendar, d, row, length.unit, &strict, &legal, &err)) {
        strict = legal = earliest(m->calendar, d, row, start, length);
        row->calendar = pending(m->calendar, a, start, owed);
    }
    put_dates(m, a, d, start, strict, legal, row);
}

void due_compute_given(const struct model *m, struct arena *a, const struct deadline *d, enum period_unit unit,
                       struct str day, struct deadline_row *row)
{
    struct date given = date_of(day);
    struct date strict = given, legal = given;
    struct error err;
    row->length = STR("given");
    row->strict_at = STR("");
    struct str owed = settle(m, a, row);
    if (!lengthen(m->calendar, d, row, unit, &strict, &legal, &err)) {
        strict = legal = earliest(m->calendar, d, row, given, (struct period_length){0, unit});
        row->calendar = pending(m->calendar, a, given, owed);
    }
    put_dates(m, a, d, date_of(row->start_on), strict, legal, row);
}

enum deadline_state due_judged(const struct deadline *d, const struct deadline_row *row)
{
    bool least = d->direction == DEADLINE_AT_LEAST;
    bool good = least ? str_cmp(row->met_on, row->strict_on) > 0 : str_cmp(row->met_on, row->legal_on) <= 0;
    return good ? DEADLINE_MET : DEADLINE_MISSED;
}

bool due_is_pending(const struct deadline_row *d, struct str *year)
{
    if (!str_starts(d->calendar, STR("pending:"))) return false;
    size_t colon = str_find(d->calendar, STR(":"), 8);
    *year = str_slice(d->calendar, 8, colon == SIZE_MAX ? d->calendar.len : colon);
    return true;
}

enum due_standing due_standing(const struct deadline *d, const struct deadline_row *row, struct date today)
{
    bool right = d && d->right;
    switch (row->state) {
    case DEADLINE_MET: return DUE_MET;
    case DEADLINE_MISSED: return right ? DUE_LATE_USE : DUE_MISSED;
    case DEADLINE_SUSPENDED: return DUE_SUSPENDED;
    case DEADLINE_STOPPED: return DUE_STOPPED;
    case DEADLINE_RUNNING: break;
    }
    int order = date_cmp(date_of(row->legal_on), today);
    if (order < 0) return right ? DUE_LAPSED : DUE_OVERDUE;
    if (order == 0) return DUE_TODAY;
    return date_cmp(date_of(row->warn_on), today) <= 0 ? DUE_NEAR : DUE_OK;
}

struct str due_standing_words(struct arena *a, const struct deadline *d, const struct deadline_row *row,
                              struct date today)
{
    int days = date_of(row->legal_on).day - today.day;
    switch (due_standing(d, row, today)) {
    case DUE_OVERDUE: return str_printf(a, "已逾期%d天", -days);
    case DUE_LAPSED: return STR("期满未提出");
    case DUE_TODAY: return STR("今天到期");
    case DUE_OK:
    case DUE_NEAR: return str_printf(a, "剩余%d天", days);
    case DUE_MET: return d && d->right ? STR("期内提出") : STR("按期完成");
    case DUE_MISSED: return STR("逾期完成");
    case DUE_LATE_USE: return STR("期满后提出");
    case DUE_SUSPENDED: return STR("已中止");
    case DUE_STOPPED: return STR("已终止");
    }
    return STR("");
}
