/* Periods: how they are written, read and said. */
#include "formula/formula.h"

#include "base/buf.h"

static bool span(int year, int first_month, int months, struct date *from, struct date *to)
{
    struct date next;
    if (!date_from_ymd((struct ymd){year, first_month, 1}, from)) return false;
    next = date_add_months(*from, months);
    *to = date_add_days(next, -1);
    return true;
}

static bool digits(struct str t, int *value)
{
    *value = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.s[i] < '0' || t.s[i] > '9') return false;
        *value = *value * 10 + (t.s[i] - '0');
    }
    return t.len > 0 && t.len < 9;
}

/* Q1 … Q4, H1, H2, 01 … 12 */
static bool part_parse(int year, struct str part, struct date *from, struct date *to)
{
    int n;
    if (part.len != 2) return false;
    if (part.s[0] == 'Q' || part.s[0] == 'H') {
        int months = part.s[0] == 'Q' ? 3 : 6;
        if (!digits(str_slice(part, 1, 2), &n) || n < 1 || n > 12 / months) return false;
        return span(year, (n - 1) * months + 1, months, from, to);
    }
    if (!digits(part, &n) || n < 1 || n > 12) return false;
    return span(year, n, 1, from, to);
}

static bool iso_day(struct str t, struct date *day)
{
    return t.len == 10 && t.s[4] == '-' && t.s[7] == '-' && date_parse(t, day);
}

bool period_parse(struct str text, struct date *from, struct date *to)
{
    int year;
    size_t dots = str_find(text, STR(".."), 0);
    if (dots != SIZE_MAX)
        return iso_day(str_slice(text, 0, dots), from) && iso_day(str_slice(text, dots + 2, text.len), to) &&
               date_cmp(*from, *to) <= 0;
    if (text.len < 4 || !digits(str_slice(text, 0, 4), &year)) return false;
    if (text.len == 4) return span(year, 1, 12, from, to);
    return text.s[4] == '-' && part_parse(year, str_slice(text, 5, text.len), from, to);
}

/* Whole months covered exactly, 0 when the ends are not those of months of one year. */
static int whole_months(struct ymd a, struct date to)
{
    struct ymd b = date_ymd(to);
    if (a.day != 1 || a.year != b.year || date_ymd(date_add_days(to, 1)).day != 1) return 0;
    return b.month - a.month + 1;
}

struct str period_text(struct arena *a, struct date from, struct date to)
{
    struct ymd f = date_ymd(from);
    int months = whole_months(f, to);
    if (months == 12) return str_printf(a, "%04d", f.year);
    if (months == 6 && f.month % 6 == 1) return str_printf(a, "%04d-H%d", f.year, f.month / 6 + 1);
    if (months == 3 && f.month % 3 == 1) return str_printf(a, "%04d-Q%d", f.year, f.month / 3 + 1);
    if (months == 1) return str_printf(a, "%04d-%02d", f.year, f.month);
    struct str first = date_iso(a, from), last = date_iso(a, to);
    return str_printf(a, "%.*s..%.*s", STR_ARG(first), STR_ARG(last));
}

struct str period_words(struct arena *a, struct date from, struct date to)
{
    static const char *const quarters[] = {"一", "二", "三", "四"};
    struct ymd f = date_ymd(from), t = date_ymd(to);
    int months = whole_months(f, to);
    if (months == 12) return str_printf(a, "%d年", f.year);
    if (months == 6 && f.month % 6 == 1) return str_printf(a, "%d年%s半年", f.year, f.month == 1 ? "上" : "下");
    if (months == 3 && f.month % 3 == 1) return str_printf(a, "%d年第%s季度", f.year, quarters[f.month / 3]);
    if (months == 1) return str_printf(a, "%d年%d月", f.year, f.month);
    struct str first = date_chinese(a, from), last = date_chinese(a, to);
    if (date_cmp(from, to) == 0) return first;
    if (f.year == t.year && f.month == t.month) return str_printf(a, "%.*s至%d日", STR_ARG(first), t.day);
    if (f.year == t.year) return str_printf(a, "%.*s至%d月%d日", STR_ARG(first), t.month, t.day);
    return str_printf(a, "%.*s至%.*s", STR_ARG(first), STR_ARG(last));
}
