/* Working days: the State Council's yearly holiday arrangements and counting of statutory periods.
 *
 * Rules (numbers of the rule base): the day of the event is not counted (PER-02, civil code article 201); months and
 * years end on the corresponding day or the month's last (PER-03, article 202); a last day that is a rest day moves
 * to the first day after (PER-04, article 203); working days are counted one by one (PER-08); hours run on (PER-06);
 * an extension starts from the unmoved last day, and the move to a working day is made once, at the end (PER-15).
 * A date outside the years that have an arrangement is an error, never a guess (PER-10). */
#ifndef FAZHI_MODEL_CALENDAR_H
#define FAZHI_MODEL_CALENDAR_H

#include "base/date.h"
#include "base/error.h"

struct calendar;

/* Reads definitions' calendar data. `national` and each overlay are the texts of CSV files with the columns
 * date,kind,name,notice (kind: holiday | workday); years covered are those with at least one row. An overlay (a
 * region's holidays) overrides in both directions and does not extend the covered years. All faults go to `faults`;
 * the result is NULL when there was one. The texts must live as long as the calendar. */
struct calendar_source {
    struct str file; /* for messages */
    struct str text;
};
struct calendar *calendar_load(struct arena *a, struct calendar_source national, const struct calendar_source *overlays,
                               size_t overlay_count, struct errors *faults);

enum day_kind { DAY_WORK, DAY_WEEKEND, DAY_HOLIDAY, DAY_MADE_UP /* weekend day that is worked */ };

struct day_info {
    enum day_kind kind;
    struct str name;   /* 春节 … ; empty for plain days */
    struct str notice; /* 国办发明电〔2023〕7号 */
};

/* Fails with ERR_CALENDAR_UNKNOWN_YEAR when the year has no arrangement. */
bool calendar_day(const struct calendar *cal, struct date d, struct day_info *info, struct error *err);
bool calendar_is_rest(const struct calendar *cal, struct date d, bool *rest, struct error *err);
bool calendar_years(const struct calendar *cal, int *first, int *last);

/* Adds n working days (n >= 0; n < 0 counts backwards) to `from`, not counting `from` itself. */
bool calendar_add_workdays(const struct calendar *cal, struct date from, int n, struct date *due, struct error *err);
/* Working days after `from` up to and including `to`. */
bool calendar_count_workdays(const struct calendar *cal, struct date from, struct date to, int *n, struct error *err);

enum period_unit { UNIT_DAY, UNIT_WORKDAY, UNIT_MONTH, UNIT_YEAR, UNIT_HOUR };
enum period_roll { ROLL_NONE, ROLL_ANALOGY, ROLL_LAW };

struct period_length {
    int amount;
    enum period_unit unit;
};

/* Parses "15 days", "5 workdays", "2 months", "1 year", "24 hours" (singular and plural). */
bool period_length_parse(struct str text, struct period_length *length);
/* 15 days, as it is parsed. */
struct str period_length_text(struct arena *a, struct period_length length);
/* none, analogy, law: by enum period_roll. */
extern const char *const period_roll_words[3];
enum period_roll period_roll_parse(struct str word); /* ROLL_NONE for any other word */
/* 15日, 5个工作日, 2个月, 1年, 24小时 */
struct str period_length_words(struct arena *a, struct period_length length);

/* Both last days of a period: `strict` without, `legal` with the move of PER-04 (equal when roll is ROLL_NONE or
 * the unit is working days). For hours use calendar_add_hours. When only the move needs an unknown year, `strict` is
 * set although the call fails. With ROLL_NONE, calendar days, months and years need no arrangement. */
bool calendar_due(const struct calendar *cal, struct date start, struct period_length length, enum period_roll roll,
                  struct date *strict, struct date *legal, struct error *err);
/* Extension and deduction (PER-15): `n` more units counted from the unmoved last day, then moved once. A deduction
 * of working days is the number of working days that do not count (calendar_count_workdays of the interruption). */
bool calendar_extend(const struct calendar *cal, struct date strict_due, int n, enum period_unit unit,
                     enum period_roll roll, struct date *strict, struct date *legal, struct error *err);
/* Hours run on through rest days (PER-06). Milliseconds as in base/date.h. */
int64_t calendar_add_hours(int64_t start_ms, int hours);
/* The move alone: first day from `d` on that is not a rest day. */
bool calendar_roll(const struct calendar *cal, struct date d, struct date *rolled, struct error *err);
/* Latest day that leaves `length` in whole (working) days between it and the event: 举行听证的七日前 (PER-13, strict
 * reading; the lenient one, with the event's day in the count, is calendar_add_workdays(cal, event, -n, …)). */
bool calendar_latest_before(const struct calendar *cal, struct date event, struct period_length length,
                            struct date *latest, struct error *err);

/* The strip of days that explains a due date. */
struct strip_day {
    struct date date;
    bool counted;
    int number;          /* which day of the period, when counted */
    struct day_info info;
    struct str why;      /* 当日不计入 / 周末，不计入 / 调休上班，计入 / 末日遇春节休假，顺延 …: never empty */
    bool last;           /* the due date */
};
/* From `start` to the legal last day, in order, in the arena; the last one has `last`. Counted days are numbered from
 * 1. Every day shown must lie in a known year, and it is no use for hours (ERR_INPUT). */
bool calendar_strip(const struct calendar *cal, struct arena *a, struct date start, struct period_length length,
                    enum period_roll roll, struct strip_day **days, size_t *count, struct error *err);

/* Every covered day with its kind and the number of working days up to and including it, in order: the store keeps
 * this as a table for after(date, n workdays). */
struct calendar_row {
    struct date date;
    bool work;
    int work_number;
};
size_t calendar_rows(const struct calendar *cal, struct arena *a, struct calendar_row **rows);

#endif
