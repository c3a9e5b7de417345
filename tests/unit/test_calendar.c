/* The working-day calendar: worked examples of the rule base, counts of every year, properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "model/calendar.h"

#define CALENDAR_FOLDER SOURCE_ROOT "/definitions/calendar"

struct fixture {
    struct arena *arena;
    struct calendar *national, *guangxi;
};

static struct str read_csv(struct arena *a, const char *path)
{
    struct str text;
    struct error err;
    if (!file_read(a, path, 1 << 20, &text, &err)) fail_msg("%s: %s", path, err.message);
    return text;
}

static int set_up(void **state)
{
    static struct fixture f;
    f.arena = arena_open();
    struct calendar_source national = {STR("national.csv"), read_csv(f.arena, CALENDAR_FOLDER "/national.csv")};
    struct calendar_source guangxi = {STR("guangxi.csv"), read_csv(f.arena, CALENDAR_FOLDER "/guangxi.csv")};
    struct errors faults = errors_in(f.arena);
    f.national = calendar_load(f.arena, national, NULL, 0, &faults);
    f.guangxi = calendar_load(f.arena, national, &guangxi, 1, &faults);
    for (size_t i = 0; i < faults.count; i++) print_error("%s: %s\n", faults.items[i].where, faults.items[i].message);
    *state = &f;
    return f.national && f.guangxi ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_close(f->arena);
    return 0;
}

static struct date day(const char *iso)
{
    struct date d;
    if (!date_parse(str_from(iso), &d)) fail_msg("not a date: %s", iso);
    return d;
}

static void same_date(const char *name, struct arena *a, struct date got, const char *want)
{
    if (!str_is(date_iso(a, got), want)) fail_msg("%s: got %.*s, want %s", name, STR_ARG(date_iso(a, got)), want);
}

/* One row for each worked example that has the plain shape "event + length = last day". */
static void worked_examples(void **state)
{
    static const struct {
        const char *name, *start, *length;
        enum period_roll roll;
        bool guangxi;
        const char *strict, *legal;
    } cases[] = {
        {"1 信访转送件书面告知", "2024-02-02", "15 days", ROLL_ANALOGY, false, "2024-02-17", "2024-02-18"},
        {"2 信访异议退回", "2024-02-08", "5 workdays", ROLL_NONE, false, "2024-02-21", "2024-02-21"},
        {"3 复议申请审查", "2024-02-07", "5 workdays", ROLL_LAW, false, "2024-02-20", "2024-02-20"},
        {"4 复议答复（新法）", "2024-09-25", "10 workdays", ROLL_LAW, false, "2024-10-14", "2024-10-14"},
        {"5 复议答复（旧法）", "2023-09-25", "10 days", ROLL_LAW, false, "2023-10-05", "2023-10-07"},
        {"5 误按新法", "2023-09-25", "10 workdays", ROLL_LAW, false, "2023-10-13", "2023-10-13"},
        {"6 处罚听证申请", "2024-04-30", "5 workdays", ROLL_NONE, false, "2024-05-10", "2024-05-10"},
        {"7 缴纳罚款", "2024-09-18", "15 days", ROLL_LAW, false, "2024-10-03", "2024-10-08"},
        {"8 依申请公开答复", "2024-09-12", "20 workdays", ROLL_NONE, false, "2024-10-16", "2024-10-16"},
        {"9 依申请公开答复（全国）", "2024-04-02", "20 workdays", ROLL_NONE, false, "2024-04-30", "2024-04-30"},
        {"9 依申请公开答复（广西）", "2024-04-02", "20 workdays", ROLL_NONE, true, "2024-05-07", "2024-05-07"},
        {"10 申请司法确认", "2024-01-12", "30 days", ROLL_LAW, false, "2024-02-11", "2024-02-18"},
        {"11 申请行政复议", "2024-08-05", "60 days", ROLL_LAW, false, "2024-10-04", "2024-10-08"},
        {"12 提起行政诉讼", "2023-08-31", "6 months", ROLL_LAW, false, "2024-02-29", "2024-02-29"},
        {"13 决策合法性审查", "2024-12-25", "7 workdays", ROLL_NONE, false, "2025-01-06", "2025-01-06"},
        {"15 信访办结", "2024-01-05", "60 days", ROLL_ANALOGY, false, "2024-03-05", "2024-03-05"},
        {"16 检察建议回复", "2024-08-01", "2 months", ROLL_LAW, false, "2024-10-01", "2024-10-08"},
        {"17 处罚办案期限", "2024-07-05", "90 days", ROLL_ANALOGY, false, "2024-10-03", "2024-10-08"},
        {"19 不扣除时", "2024-03-01", "20 workdays", ROLL_NONE, true, "2024-03-29", "2024-03-29"},
        {"无顺延", "2024-09-18", "15 days", ROLL_NONE, false, "2024-10-03", "2024-10-03"},
        {"一年，闰日", "2024-02-29", "1 year", ROLL_LAW, false, "2025-02-28", "2025-02-28"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct calendar *cal = cases[i].guangxi ? f->guangxi : f->national;
        struct period_length length;
        struct date strict, legal;
        struct error err;
        assert_true(period_length_parse(str_from(cases[i].length), &length));
        if (!calendar_due(cal, day(cases[i].start), length, cases[i].roll, &strict, &legal, &err))
            fail_msg("%s: %s", cases[i].name, err.message);
        same_date(cases[i].name, f->arena, strict, cases[i].strict);
        same_date(cases[i].name, f->arena, legal, cases[i].legal);
    }
}

/* Examples 14, 15 (extension), 18 and 19 (deduction). */
static void worked_examples_of_other_shapes(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct date strict, legal, d;
    assert_true(
        calendar_latest_before(f->national, day("2024-10-15"), (struct period_length){7, UNIT_WORKDAY}, &d, &err));
    same_date("14 从严", f->arena, d, "2024-09-29");
    assert_true(calendar_add_workdays(f->national, day("2024-10-15"), -7, &d, &err));
    same_date("14 宽松", f->arena, d, "2024-09-30");
    assert_true(calendar_latest_before(f->national, day("2024-10-15"), (struct period_length){7, UNIT_DAY}, &d, &err));
    same_date("日历日倒算", f->arena, d, "2024-10-07");

    assert_true(calendar_extend(f->national, day("2024-03-05"), 30, UNIT_DAY, ROLL_ANALOGY, &strict, &legal, &err));
    same_date("15", f->arena, strict, "2024-04-04");
    same_date("15", f->arena, legal, "2024-04-07");

    int64_t start, due;
    assert_true(moment_parse(STR("2024-02-10T22:30:00"), &start));
    assert_true(moment_parse(STR("2024-02-11T22:30:00"), &due));
    assert_true(calendar_add_hours(start, 24) == due);

    int n;
    assert_true(calendar_count_workdays(f->guangxi, day("2024-03-11"), day("2024-03-21"), &n, &err));
    assert_int_equal(n, 8);
    assert_true(calendar_extend(f->guangxi, day("2024-03-29"), n, UNIT_WORKDAY, ROLL_NONE, &strict, &legal, &err));
    same_date("19", f->arena, strict, "2024-04-15");
    same_date("19", f->arena, legal, "2024-04-15");
}

static void every_year_has_its_days(void **state)
{
    static const struct {
        int year, holidays, made_up;
    } years[] = {{2018, 29, 7}, {2019, 28, 6}, {2020, 30, 6}, {2021, 31, 7}, {2022, 32, 7},
                 {2023, 28, 7}, {2024, 30, 8}, {2025, 28, 5}, {2026, 33, 6}};
    struct fixture *f = *state;
    int first, last;
    assert_true(calendar_years(f->national, &first, &last));
    assert_int_equal(first, 2018);
    assert_int_equal(last, 2026);
    struct calendar_row *rows;
    size_t count = calendar_rows(f->national, f->arena, &rows);
    assert_int_equal(count, 3287);
    int work_number = 0;
    size_t at = 0;
    for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
        int holidays = 0, made_up = 0;
        for (; at < count && date_ymd(rows[at].date).year == years[y].year; at++) {
            struct day_info info;
            struct error err;
            assert_true(calendar_day(f->national, rows[at].date, &info, &err));
            holidays += info.kind == DAY_HOLIDAY;
            made_up += info.kind == DAY_MADE_UP;
            assert_int_equal(info.name.len > 0, info.kind == DAY_HOLIDAY || info.kind == DAY_MADE_UP);
            assert_int_equal(info.notice.len > 0, info.name.len > 0);
            work_number += info.kind == DAY_WORK || info.kind == DAY_MADE_UP;
            assert_int_equal(rows[at].work_number, work_number);
        }
        if (holidays != years[y].holidays || made_up != years[y].made_up)
            fail_msg("%d: %d holidays, %d made up", years[y].year, holidays, made_up);
    }
    assert_int_equal(at, count);
}

static void the_overlay_overrides_both_ways(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct day_info info;
    assert_true(calendar_day(f->guangxi, day("2023-04-23"), &info, &err));
    assert_int_equal(info.kind, DAY_HOLIDAY);
    assert_true(calendar_day(f->national, day("2023-04-23"), &info, &err));
    assert_int_equal(info.kind, DAY_MADE_UP);
    assert_true(str_is(info.notice, "国办发明电〔2022〕16号"));
    assert_true(calendar_day(f->guangxi, day("2022-04-04"), &info, &err));
    assert_true(str_is(info.name, "清明节"));

    struct errors faults = errors_in(f->arena);
    struct calendar_source national = {STR("n"), STR("date,kind,name,notice\n2024-10-01,holiday,国庆节,甲\n")};
    struct calendar_source region = {
        STR("r"), STR("date,kind,name,notice\r\n2024-10-01,workday,试点,乙\r\n2024-10-05,workday,试点,乙\r\n"
                      "2025-10-01,holiday,试点,乙\r\n")};
    struct calendar *cal = calendar_load(f->arena, national, &region, 1, &faults);
    assert_non_null(cal);
    assert_true(calendar_day(cal, day("2024-10-01"), &info, &err));
    assert_int_equal(info.kind, DAY_WORK);
    assert_true(calendar_day(cal, day("2024-10-05"), &info, &err));
    assert_int_equal(info.kind, DAY_MADE_UP);
    assert_false(calendar_day(cal, day("2025-10-01"), &info, &err));
    assert_int_equal(err.code, ERR_CALENDAR_UNKNOWN_YEAR);
}

/* Adding n and then counting gives n; backwards and forwards meet on the same working day. */
static void counting_undoes_adding(void **state)
{
    struct fixture *f = *state;
    struct error err;
    for (struct date d = day("2018-06-01"); date_cmp(d, day("2026-01-01")) < 0; d = date_add_days(d, 3)) {
        for (int n = 0; n <= 60; n += 7) {
            struct date due, back;
            int counted;
            bool rest;
            assert_true(calendar_add_workdays(f->guangxi, d, n, &due, &err));
            assert_true(calendar_count_workdays(f->guangxi, d, due, &counted, &err));
            assert_int_equal(counted, n);
            assert_true(calendar_is_rest(f->guangxi, d, &rest, &err));
            if (rest) continue;
            assert_true(calendar_add_workdays(f->guangxi, due, -n, &back, &err));
            assert_int_equal(back.day, d.day);
        }
    }
}

static void the_strip_agrees_with_the_due_date(void **state)
{
    static const char *const lengths[] = {"0 days",     "1 day",       "15 days",  "60 days",
                                          "5 workdays", "20 workdays", "2 months", "1 year"};
    struct fixture *f = *state;
    auto_arena a = arena_open();
    struct error err;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct period_length length;
        assert_true(period_length_parse(str_from(lengths[i]), &length));
        for (struct date d = day("2023-01-01"); date_cmp(d, day("2025-01-01")) < 0; d = date_add_days(d, 1)) {
            struct date strict, legal;
            struct strip_day *days;
            size_t count;
            assert_true(calendar_due(f->national, d, length, ROLL_LAW, &strict, &legal, &err));
            assert_true(calendar_strip(f->national, a, d, length, ROLL_LAW, &days, &count, &err));
            assert_int_equal(days[0].date.day, d.day);
            assert_int_equal(days[count - 1].date.day, legal.day);
            int number = 0;
            for (size_t k = 0; k < count; k++) {
                assert_true(days[k].why.len > 0);
                assert_int_equal(days[k].last, k + 1 == count);
                if (days[k].counted) assert_int_equal(days[k].number, ++number);
            }
            bool units = length.unit == UNIT_DAY || length.unit == UNIT_WORKDAY;
            assert_int_equal(number, units ? length.amount : strict.day - d.day);
            arena_reset(a);
        }
    }
}

static void the_strip_says_why(void **state)
{
    static const struct {
        const char *start, *length, *date, *why;
        enum period_roll roll;
    } cases[] = {
        {"2024-02-02", "15 days", "2024-02-02", "当日不计入", ROLL_ANALOGY},
        {"2024-02-02", "15 days", "2024-02-04", "调休上班，计入", ROLL_ANALOGY},
        {"2024-02-02", "15 days", "2024-02-10", "春节休假，期间内照常计入", ROLL_ANALOGY},
        {"2024-02-02", "15 days", "2024-02-17", "末日遇春节休假，参照顺延", ROLL_ANALOGY},
        {"2024-02-02", "15 days", "2024-02-18", "调休上班，顺延后的末日", ROLL_ANALOGY},
        {"2024-09-18", "15 days", "2024-10-03", "末日遇国庆节休假，顺延", ROLL_LAW},
        {"2024-09-18", "15 days", "2024-10-04", "国庆节休假，继续顺延", ROLL_LAW},
        {"2024-09-18", "15 days", "2024-10-08", "顺延后的末日", ROLL_LAW},
        {"2024-09-18", "15 days", "2024-10-03", "末日遇国庆节休假，不顺延", ROLL_NONE},
        {"2024-09-25", "10 workdays", "2024-09-28", "周末，不计入", ROLL_LAW},
        {"2024-09-25", "10 workdays", "2024-09-29", "调休上班，计入", ROLL_LAW},
        {"2024-09-25", "10 workdays", "2024-10-02", "国庆节休假，不计入", ROLL_LAW},
        {"2024-09-25", "10 workdays", "2024-10-14", "工作日，计入", ROLL_LAW},
        {"2023-08-31", "6 months", "2024-02-29", "当月无对应日，取月末日，末日", ROLL_LAW},
        {"2024-08-01", "2 months", "2024-10-01", "对应日，末日遇国庆节休假，顺延", ROLL_LAW},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct period_length length;
        struct strip_day *days;
        size_t count, at = 0;
        struct error err;
        assert_true(period_length_parse(str_from(cases[i].length), &length));
        assert_true(
            calendar_strip(f->national, f->arena, day(cases[i].start), length, cases[i].roll, &days, &count, &err));
        while (at < count && date_cmp(days[at].date, day(cases[i].date)) != 0) at++;
        assert_true(at < count);
        if (!str_is(days[at].why, cases[i].why))
            fail_msg("%s: got %.*s, want %s", cases[i].date, STR_ARG(days[at].why), cases[i].why);
    }
}

static void unknown_years_are_errors(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct date strict, legal;
    struct day_info info;
    struct strip_day *days;
    size_t count;
    int n;
    assert_false(calendar_day(f->national, day("2017-12-31"), &info, &err));
    assert_int_equal(err.code, ERR_CALENDAR_UNKNOWN_YEAR);
    assert_false(calendar_day(f->national, day("2027-01-01"), &info, &err));
    assert_int_equal(err.code, ERR_CALENDAR_UNKNOWN_YEAR);
    assert_non_null(strstr(err.message, "2027年"));
    assert_false(calendar_add_workdays(f->national, day("2026-12-28"), 5, &legal, &err));
    assert_int_equal(err.code, ERR_CALENDAR_UNKNOWN_YEAR);
    assert_true(calendar_add_workdays(f->national, day("2026-12-28"), 3, &legal, &err));
    same_date("年末", f->arena, legal, "2026-12-31");
    assert_false(calendar_add_workdays(f->national, day("2018-01-03"), -2, &legal, &err));
    assert_false(calendar_count_workdays(f->national, day("2026-12-01"), day("2027-01-05"), &n, &err));
    /* Calendar days need the arrangement for the move alone; the unmoved day is told all the same. */
    struct period_length length = {30, UNIT_DAY};
    strict.day = 0;
    assert_false(calendar_due(f->national, day("2026-12-10"), length, ROLL_LAW, &strict, &legal, &err));
    same_date("未顺延", f->arena, strict, "2027-01-09");
    assert_true(calendar_due(f->national, day("2026-12-10"), length, ROLL_NONE, &strict, &legal, &err));
    assert_false(calendar_strip(f->national, f->arena, day("2026-12-10"), length, ROLL_NONE, &days, &count, &err));
    assert_int_equal(err.code, ERR_CALENDAR_UNKNOWN_YEAR);
    assert_false(calendar_due(f->national, day("2024-12-10"), (struct period_length){24, UNIT_HOUR}, ROLL_LAW, &strict,
                              &legal, &err));
    assert_int_equal(err.code, ERR_INPUT);
}

static void faults_of_the_file_are_all_told(void **state)
{
    struct fixture *f = *state;
    struct errors faults = errors_in(f->arena);
    struct calendar_source bad = {STR("x.csv"), STR("day,kind\n"
                                                    "2024-02-30,holiday,春节,甲\n"
                                                    "2024-02-10,off,春节,甲\n"
                                                    "2024-02-10,holiday,,甲\n"
                                                    "2024-02-10,holiday,春节\n"
                                                    "2024-02-10,holiday,春节,\n"
                                                    "2024-02-12,workday,春节,甲\n"
                                                    "2024-02-12,holiday,春节,甲\n"
                                                    "2024-02-13,holiday,\"春节\",\"甲，乙\"\n")};
    static const char *const places[] = {"x.csv:1:1", "x.csv:2:1", "x.csv:3:2", "x.csv:4:3",
                                         "x.csv:5:1", "x.csv:6:4", "x.csv:7:2", "x.csv:8:1"};
    assert_null(calendar_load(f->arena, bad, NULL, 0, &faults));
    assert_int_equal(faults.count, sizeof places / sizeof *places);
    for (size_t i = 0; i < faults.count; i++) assert_string_equal(faults.items[i].where, places[i]);

    faults = errors_in(f->arena);
    struct calendar *none =
        calendar_load(f->arena, (struct calendar_source){STR("e"), STR("date,kind,name,notice\n")}, NULL, 0, &faults);
    int first, last;
    assert_non_null(none);
    assert_false(calendar_years(none, &first, &last));
}

static void lengths_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *words; /* NULL: not a length */
    } cases[] = {
        {"15 days", "15日"},
        {"1 day", "1日"},
        {"5 workdays", "5个工作日"},
        {"2 months", "2个月"},
        {" 1 year ", "1年"},
        {"24 hours", "24小时"},
        {"days", NULL},
        {"5", NULL},
        {"5 weeks", NULL},
        {"-5 days", NULL},
        {"99999999999 days", NULL},
        {"5 days 3", NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct period_length length;
        bool ok = period_length_parse(str_from(cases[i].text), &length);
        if (ok != (cases[i].words != NULL)) fail_msg("%s", cases[i].text);
        if (ok) assert_true(str_is(period_length_words(f->arena, length), cases[i].words));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_examples),
        cmocka_unit_test(worked_examples_of_other_shapes),
        cmocka_unit_test(every_year_has_its_days),
        cmocka_unit_test(the_overlay_overrides_both_ways),
        cmocka_unit_test(counting_undoes_adding),
        cmocka_unit_test(the_strip_agrees_with_the_due_date),
        cmocka_unit_test(the_strip_says_why),
        cmocka_unit_test(unknown_years_are_errors),
        cmocka_unit_test(faults_of_the_file_are_all_told),
        cmocka_unit_test(lengths_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
