/* Calendar dates and moments: the plain Gregorian calendar, no holidays (those are model/calendar.h).
 *
 * A date is a day number; a moment is milliseconds since 1970-01-01T00:00Z. The office lives in one zone,
 * China Standard Time, UTC+8 without summer time (GB/T 7408), so local time is UTC plus eight hours. */
#ifndef FAZHI_BASE_DATE_H
#define FAZHI_BASE_DATE_H

#include "base/str.h"

struct date {
    int32_t day; /* days since 1970-01-01 */
};

struct ymd {
    int year, month, day;
};

/* False for a day that does not exist (2023-02-29) and outside 1900–2199. */
bool date_from_ymd(struct ymd ymd, struct date *date);
struct ymd date_ymd(struct date d);
/* As ISO text (2024-03-01), 2024/3/1, 2024.3.1, 2024年3月1日 or 20240301; nothing else around it. */
bool date_parse(struct str t, struct date *date);
/* 2024-03-01 */
struct str date_iso(struct arena *a, struct date d);
/* 2024年3月1日, as GB/T 9704 writes dates */
struct str date_chinese(struct arena *a, struct date d);
/* 0 Sunday … 6 Saturday */
int date_weekday(struct date d);
/* 星期一 … 星期日 */
struct str date_weekday_name(struct date d);
struct date date_add_days(struct date d, int days);
/* The corresponding day `months` later, or the last day of that month when there is none
 * (civil code, article 202). */
struct date date_add_months(struct date d, int months);
int date_cmp(struct date a, struct date b);
bool date_is_leap_year(int year);

/* A moment is kept as text 2024-03-01T09:30:00 in local time in the database; seconds may be left out when read,
 * a space may stand for T, and a plain date means midnight. */
bool moment_parse(struct str t, int64_t *ms);
struct str moment_iso(struct arena *a, int64_t ms);
struct date moment_date(int64_t ms);
int64_t moment_of_date(struct date d);

/* Where the time comes from. Handed to whatever needs it, so that a test or a drill can set the day. */
struct clock {
    int64_t (*now_ms)(const struct clock *clock);
    int64_t offset_ms; /* added to the system's time */
};

struct clock clock_system(void);
/* A clock that runs on from `ms`, started now. */
struct clock clock_started_at(int64_t ms);
int64_t clock_now(const struct clock *clock);
struct date clock_today(const struct clock *clock);

#endif
