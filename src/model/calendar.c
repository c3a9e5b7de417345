#include "model/calendar.h"

#include <assert.h>

enum { SUNDAY = 0, SATURDAY = 6, COLUMNS = 4, AMOUNT_MOST = 36500 };
static const int64_t MS_PER_HOUR = (int64_t)60 * 60 * 1000;

struct calendar {
    int first_year, last_year; /* first > last when nothing is known */
    int32_t first_day;
    size_t day_count;
    struct day_info *days; /* one for each day of first_year … last_year */
    bool *known;           /* one for each of these years */
};

/* --- loading --- */

struct row {
    struct date date;
    bool holiday;
    struct str name, notice;
    int line;
};

struct rows {
    struct row *items;
    size_t count, cap;
};

struct loader {
    struct arena *arena;
    struct errors *faults;
    struct str file;
    int line;
};

static void fault(const struct loader *l, int column, const char *what)
{
    errors_addf(l->faults, ERR_DEFINITION, str_printf(l->arena, "%.*s:%d:%d", STR_ARG(l->file), l->line, column), "%s",
                what);
}

/* Splits a line at commas; a field may stand in double quotes. Returns the number of fields found. */
static size_t split_fields(struct str line, struct str fields[COLUMNS])
{
    size_t count = 0, at = 0;
    for (;;) {
        bool quoted = at < line.len && line.s[at] == '"';
        size_t start = at + quoted;
        size_t end = str_find(line, quoted ? STR("\"") : STR(","), start);
        if (end == SIZE_MAX) end = line.len;
        if (count < COLUMNS) fields[count] = str_trim(str_slice(line, start, end));
        count++;
        at = str_find(line, STR(","), end);
        if (at == SIZE_MAX) return count;
        at++;
    }
}

static bool is_weekend(struct date d)
{
    int weekday = date_weekday(d);
    return weekday == SUNDAY || weekday == SATURDAY;
}

static bool read_row(const struct loader *l, struct str line, struct row *row)
{
    struct str f[COLUMNS];
    if (split_fields(line, f) != COLUMNS) return fault(l, 1, "应为四列：date,kind,name,notice"), false;
    *row = (struct row){.name = f[2], .notice = f[3], .line = l->line, .holiday = str_is(f[1], "holiday")};
    if (!date_parse(f[0], &row->date)) return fault(l, 1, "日期不存在或写法不对，应如 2024-02-10"), false;
    if (!row->holiday && !str_is(f[1], "workday")) return fault(l, 2, "类别应为 holiday 或 workday"), false;
    if (!row->name.len) return fault(l, 3, "缺少节日名称"), false;
    if (!row->notice.len) return fault(l, 4, "缺少放假通知的文号或名称"), false;
    return true;
}

static struct rows read_source(struct arena *a, struct calendar_source source, struct errors *faults)
{
    struct rows rows = {0};
    struct loader l = {.arena = a, .faults = faults, .file = source.file};
    struct str rest = source.text, line;
    if (str_starts(rest, STR("\xEF\xBB\xBF"))) rest = str_slice(rest, 3, rest.len);
    while (str_split(&rest, '\n', &line)) {
        l.line++;
        line = str_trim(line);
        if (l.line == 1) {
            if (!str_is(line, "date,kind,name,notice")) fault(&l, 1, "首行应为 date,kind,name,notice");
            continue;
        }
        struct row row;
        if (line.len && read_row(&l, line, &row)) ARENA_PUSH(a, rows.items, rows.count, rows.cap, row);
    }
    return rows;
}

static struct calendar *empty_calendar(struct arena *a, const struct rows *rows)
{
    struct calendar *cal = arena_new(a, struct calendar);
    cal->first_year = 1;
    for (size_t i = 0; i < rows->count; i++) {
        int year = date_ymd(rows->items[i].date).year;
        if (i == 0 || year < cal->first_year) cal->first_year = year;
        if (i == 0 || year > cal->last_year) cal->last_year = year;
    }
    if (!rows->count) return cal;
    struct date first, last;
    bool exist = date_from_ymd((struct ymd){cal->first_year, 1, 1}, &first) &&
                 date_from_ymd((struct ymd){cal->last_year, 12, 31}, &last);
    assert(exist);
    (void)exist;
    cal->first_day = first.day;
    cal->day_count = (size_t)(last.day - first.day) + 1;
    cal->days = arena_new_array(a, struct day_info, cal->day_count);
    for (size_t i = 0; i < cal->day_count; i++)
        cal->days[i].kind = is_weekend(date_add_days(first, (int)i)) ? DAY_WEEKEND : DAY_WORK;
    cal->known = arena_new_array(a, bool, (size_t)(cal->last_year - cal->first_year) + 1);
    for (size_t i = 0; i < rows->count; i++) cal->known[date_ymd(rows->items[i].date).year - cal->first_year] = true;
    return cal;
}

static bool known_day(const struct calendar *cal, struct date d)
{
    int year = date_ymd(d).year;
    return year >= cal->first_year && year <= cal->last_year && cal->known[year - cal->first_year];
}

/* Writes the rows of one source over what is there. A day twice in one source is a fault. */
static void lay_over(struct calendar *cal, const struct rows *rows, bool national, struct loader *l)
{
    bool *seen = arena_new_array(l->arena, bool, cal->day_count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];
        l->line = row->line;
        if (!known_day(cal, row->date)) continue;
        size_t at = (size_t)(row->date.day - cal->first_day);
        if (seen[at]) fault(l, 1, "这一天重复列出");
        seen[at] = true;
        bool weekend = is_weekend(row->date);
        if (national && !row->holiday && !weekend) fault(l, 2, "调休上班日应为周六或周日");
        /* A regional holiday inside a national one keeps the national name. */
        if (!national && row->holiday && cal->days[at].kind == DAY_HOLIDAY) continue;
        enum day_kind kind = row->holiday ? DAY_HOLIDAY : weekend ? DAY_MADE_UP : DAY_WORK;
        cal->days[at] = (struct day_info){.kind = kind, .name = row->name, .notice = row->notice};
    }
}

struct calendar *calendar_load(struct arena *a, struct calendar_source national, const struct calendar_source *overlays,
                               size_t overlay_count, struct errors *faults)
{
    size_t before = faults->count;
    struct rows rows = read_source(a, national, faults);
    struct calendar *cal = empty_calendar(a, &rows);
    struct loader l = {.arena = a, .faults = faults, .file = national.file};
    lay_over(cal, &rows, true, &l);
    for (size_t i = 0; i < overlay_count; i++) {
        struct rows more = read_source(a, overlays[i], faults);
        l.file = overlays[i].file;
        lay_over(cal, &more, false, &l);
    }
    return faults->count == before ? cal : NULL;
}

/* --- single days --- */

bool calendar_day(const struct calendar *cal, struct date d, struct day_info *info, struct error *err)
{
    if (!known_day(cal, d))
        return error_set(err, ERR_CALENDAR_UNKNOWN_YEAR,
                         "%d年的放假安排尚未录入，不能计算；请先录入国务院办公厅当年的放假通知", date_ymd(d).year);
    *info = cal->days[d.day - cal->first_day];
    return true;
}

static bool is_rest_kind(enum day_kind kind)
{
    return kind == DAY_WEEKEND || kind == DAY_HOLIDAY;
}

bool calendar_is_rest(const struct calendar *cal, struct date d, bool *rest, struct error *err)
{
    struct day_info info;
    if (!calendar_day(cal, d, &info, err)) return false;
    *rest = is_rest_kind(info.kind);
    return true;
}

bool calendar_years(const struct calendar *cal, int *first, int *last)
{
    *first = cal->first_year;
    *last = cal->last_year;
    return cal->first_year <= cal->last_year;
}

/* --- counting --- */

bool calendar_add_workdays(const struct calendar *cal, struct date from, int n, struct date *due, struct error *err)
{
    int step = n < 0 ? -1 : 1;
    bool rest;
    if (!calendar_is_rest(cal, from, &rest, err)) return false;
    struct date d = from;
    for (int counted = 0; counted != n;) {
        d = date_add_days(d, step);
        if (!calendar_is_rest(cal, d, &rest, err)) return false;
        if (!rest) counted += step;
    }
    *due = d;
    return true;
}

bool calendar_count_workdays(const struct calendar *cal, struct date from, struct date to, int *n, struct error *err)
{
    bool rest;
    int counted = 0;
    if (date_cmp(to, from) < 0) return error_set(err, ERR_INPUT, "结束日期早于开始日期，请核对");
    if (!calendar_is_rest(cal, from, &rest, err) || !calendar_is_rest(cal, to, &rest, err)) return false;
    for (struct date d = date_add_days(from, 1); date_cmp(d, to) <= 0; d = date_add_days(d, 1)) {
        if (!calendar_is_rest(cal, d, &rest, err)) return false;
        counted += !rest;
    }
    *n = counted;
    return true;
}

bool calendar_roll(const struct calendar *cal, struct date d, struct date *rolled, struct error *err)
{
    for (bool rest;; d = date_add_days(d, 1)) {
        if (!calendar_is_rest(cal, d, &rest, err)) return false;
        if (!rest) break;
    }
    *rolled = d;
    return true;
}

static bool check_length(struct period_length length, struct error *err)
{
    if (length.unit == UNIT_HOUR) return error_set(err, ERR_INPUT, "按小时计算的期限不能按日计算");
    if (length.amount < 0 || length.amount > AMOUNT_MOST)
        return error_set(err, ERR_LIMIT, "期限的数值应在0到%d之间", AMOUNT_MOST);
    return true;
}

/* `length` before or after a day, without rest days in view. Not for working days. */
static struct date shift(struct date d, struct period_length length, int sign)
{
    static const int months_of_unit[] = {[UNIT_MONTH] = 1, [UNIT_YEAR] = 12};
    if (length.unit == UNIT_DAY) return date_add_days(d, sign * length.amount);
    return date_add_months(d, sign * length.amount * months_of_unit[length.unit]);
}

bool calendar_due(const struct calendar *cal, struct date start, struct period_length length, enum period_roll roll,
                  struct date *strict, struct date *legal, struct error *err)
{
    if (!check_length(length, err)) return false;
    if (length.unit == UNIT_WORKDAY) {
        if (!calendar_add_workdays(cal, start, length.amount, strict, err)) return false;
        *legal = *strict;
        return true;
    }
    *strict = *legal = shift(start, length, 1);
    return roll == ROLL_NONE || calendar_roll(cal, *strict, legal, err);
}

bool calendar_extend(const struct calendar *cal, struct date strict_due, int n, enum period_unit unit,
                     enum period_roll roll, struct date *strict, struct date *legal, struct error *err)
{
    return calendar_due(cal, strict_due, (struct period_length){n, unit}, roll, strict, legal, err);
}

int64_t calendar_add_hours(int64_t start_ms, int hours)
{
    return start_ms + (int64_t)hours * MS_PER_HOUR;
}

bool calendar_latest_before(const struct calendar *cal, struct date event, struct period_length length,
                            struct date *latest, struct error *err)
{
    if (!check_length(length, err)) return false;
    if (length.unit == UNIT_WORKDAY) return calendar_add_workdays(cal, event, -length.amount - 1, latest, err);
    *latest = date_add_days(shift(event, length, -1), -1);
    return true;
}

size_t calendar_rows(const struct calendar *cal, struct arena *a, struct calendar_row **rows)
{
    struct calendar_row *list = arena_new_array(a, struct calendar_row, cal->day_count + 1);
    size_t count = 0;
    int work_number = 0;
    for (size_t i = 0; i < cal->day_count; i++) {
        struct date d = {cal->first_day + (int32_t)i};
        if (!known_day(cal, d)) continue;
        bool work = !is_rest_kind(cal->days[i].kind);
        work_number += work;
        list[count++] = (struct calendar_row){d, work, work_number};
    }
    *rows = list;
    return count;
}
