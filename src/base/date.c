#include "base/date.h"

#include <stdio.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, SECONDS_PER_DAY = 86400, ZONE_SECONDS = 8 * 3600, YEAR_LEAST = 1900, YEAR_MOST = 2199 };
static const int64_t MS_PER_DAY = (int64_t)SECONDS_PER_DAY * MS_PER_SECOND;

bool date_is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && date_is_leap_year(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01: years counted from March, so that the leap day is the year's last. */
static int32_t day_number(struct ymd d)
{
    int y = d.month <= 2 ? d.year - 1 : d.year;
    int m = d.month <= 2 ? d.month + 9 : d.month - 3;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * m + 2) / 5 + d.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool date_from_ymd(struct ymd d, struct date *date)
{
    if (d.year < YEAR_LEAST || d.year > YEAR_MOST || d.month < 1 || d.month > 12) return false;
    if (d.day < 1 || d.day > days_in_month(d.year, d.month)) return false;
    date->day = day_number(d);
    return true;
}

struct ymd date_ymd(struct date d)
{
    int z = d.day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int m = (5 * day_of_year + 2) / 153;
    int month = m < 10 ? m + 3 : m - 9;
    int year = year_of_era + era * 400 + (month <= 2);
    return (struct ymd){year, month, day_of_year - (153 * m + 2) / 5 + 1};
}

/* Digits at `*at`, between `least` and `most` of them. */
static bool take_number(struct str t, size_t *at, size_t least, size_t most, int *value)
{
    size_t start = *at;
    int v = 0;
    while (*at < t.len && *at - start < most && t.s[*at] >= '0' && t.s[*at] <= '9') v = v * 10 + (t.s[(*at)++] - '0');
    *value = v;
    return *at - start >= least;
}

static bool take_text(struct str t, size_t *at, struct str what)
{
    if (!str_starts(str_slice(t, *at, t.len), what)) return false;
    *at += what.len;
    return true;
}

/* The three forms that differ in what stands between the numbers. */
static bool parse_with_marks(struct str t, struct str mark1, struct str mark2, struct str end, size_t *at, struct ymd *d)
{
    *at = 0;
    return take_number(t, at, 4, 4, &d->year) && take_text(t, at, mark1) && take_number(t, at, 1, 2, &d->month) &&
           take_text(t, at, mark2) && take_number(t, at, 1, 2, &d->day) && take_text(t, at, end);
}

/* A date at the start of `t`; `*at` is moved behind it. */
static bool take_date(struct str t, size_t *at, struct date *date)
{
    struct ymd d;
    if (parse_with_marks(t, STR("-"), STR("-"), STR(""), at, &d) ||
        parse_with_marks(t, STR("/"), STR("/"), STR(""), at, &d) ||
        parse_with_marks(t, STR("."), STR("."), STR(""), at, &d) ||
        parse_with_marks(t, STR("年"), STR("月"), STR("日"), at, &d))
        return date_from_ymd(d, date);
    *at = 0;
    if (!take_number(t, at, 4, 4, &d.year) || !take_number(t, at, 2, 2, &d.month) || !take_number(t, at, 2, 2, &d.day))
        return false;
    return date_from_ymd(d, date);
}

bool date_parse(struct str t, struct date *date)
{
    size_t at;
    t = str_trim(t);
    return take_date(t, &at, date) && at == t.len;
}

/* `width` digits, and behind them the sign that separates them from the next. */
static char *put_digits(char *at, int n, int width, char sign)
{
    for (int i = width; i-- > 0; n /= 10) at[i] = (char)('0' + n % 10);
    at[width] = sign;
    return at + width + 1;
}

static char *put_date(char *at, struct date d)
{
    struct ymd y = date_ymd(d);
    at = put_digits(at, y.year, 4, '-');
    return put_digits(put_digits(at, y.month, 2, '-'), y.day, 2, 'T');
}

static bool has_four_digits(int year)
{
    return year >= 0 && year <= 9999;
}

struct str date_iso(struct arena *a, struct date d)
{
    struct ymd y = date_ymd(d);
    if (!has_four_digits(y.year)) return str_printf(a, "%04d-%02d-%02d", y.year, y.month, y.day);
    char *text = arena_alloc(a, 11);
    put_date(text, d);
    return (struct str){text, 10};
}

struct str date_chinese(struct arena *a, struct date d)
{
    struct ymd y = date_ymd(d);
    return str_printf(a, "%d年%d月%d日", y.year, y.month, y.day);
}

int date_weekday(struct date d)
{
    int w = (d.day + 4) % 7; /* 1970-01-01 was a Thursday */
    return w < 0 ? w + 7 : w;
}

struct str date_weekday_name(struct date d)
{
    static const char *const names[] = {"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"};
    return str_from(names[date_weekday(d)]);
}

struct date date_add_days(struct date d, int days)
{
    return (struct date){d.day + days};
}

struct date date_add_months(struct date d, int months)
{
    struct ymd y = date_ymd(d);
    int total = y.year * 12 + (y.month - 1) + months;
    y.year = total / 12;
    y.month = total % 12 + 1;
    int last = days_in_month(y.year, y.month);
    if (y.day > last) y.day = last;
    return (struct date){day_number(y)};
}

int date_cmp(struct date a, struct date b)
{
    return (a.day > b.day) - (a.day < b.day);
}

static bool take_time(struct str t, size_t *at, int *seconds)
{
    int h, m;
    int s = 0;
    if (!take_number(t, at, 1, 2, &h) || !take_text(t, at, STR(":")) || !take_number(t, at, 2, 2, &m)) return false;
    if (take_text(t, at, STR(":")) && !take_number(t, at, 2, 2, &s)) return false;
    *seconds = h * 3600 + m * 60 + s;
    return h < 24 && m < 60 && s < 60;
}

bool moment_parse(struct str t, int64_t *ms)
{
    struct date d;
    size_t at;
    int seconds = 0;
    t = str_trim(t);
    if (!take_date(t, &at, &d)) return false;
    if (at < t.len) {
        if (!take_text(t, &at, STR("T")) && !take_text(t, &at, STR(" "))) return false;
        if (!take_time(t, &at, &seconds) || at != t.len) return false;
    }
    *ms = moment_of_date(d) + (int64_t)seconds * MS_PER_SECOND;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct date moment_date(int64_t ms)
{
    return (struct date){(int32_t)floor_div(ms + (int64_t)ZONE_SECONDS * MS_PER_SECOND, MS_PER_DAY)};
}

int64_t moment_of_date(struct date d)
{
    return d.day * MS_PER_DAY - (int64_t)ZONE_SECONDS * MS_PER_SECOND;
}

struct str moment_iso(struct arena *a, int64_t ms)
{
    struct date d = moment_date(ms);
    int s = (int)((ms - moment_of_date(d)) / MS_PER_SECOND);
    if (!has_four_digits(date_ymd(d).year))
        return str_printf(a, "%.*sT%02d:%02d:%02d", STR_ARG(date_iso(a, d)), s / 3600, s / 60 % 60, s % 60);
    char *text = arena_alloc(a, 20);
    char *at = put_digits(put_date(text, d), s / 3600, 2, ':');
    put_digits(put_digits(at, s / 60 % 60, 2, ':'), s % 60, 2, '\0');
    return (struct str){text, 19};
}

static int64_t system_now(const struct clock *clock)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000 + clock->offset_ms;
}

struct clock clock_system(void)
{
    return (struct clock){.now_ms = system_now};
}

struct clock clock_started_at(int64_t ms)
{
    struct clock c = clock_system();
    c.offset_ms = ms - clock_now(&c);
    return c;
}

int64_t clock_now(const struct clock *clock)
{
    return clock->now_ms(clock);
}

struct date clock_today(const struct clock *clock)
{
    return moment_date(clock_now(clock));
}
