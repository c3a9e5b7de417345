/* The base layer: text, UTF-8, dates, arenas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"
#include "base/utf8.h"

static void dates_go_both_ways(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    for (int32_t day = -25000; day < 80000; day++) {
        struct date d = {day};
        struct date again;
        assert_true(date_parse(date_iso(a, d), &again));
        assert_int_equal(again.day, day);
        assert_int_equal(date_weekday(d), ((day + 4) % 7 + 7) % 7);
        if (day % 1000 == 0) arena_reset(a);
    }
}

static void dates_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *iso; /* NULL: not a date */
    } cases[] = {
        {"2024-02-29", "2024-02-29"}, {"2024/2/9", "2024-02-09"},   {"2024.12.31", "2024-12-31"},
        {"2024年3月1日", "2024-03-01"}, {" 20240301 ", "2024-03-01"}, {"2023-02-29", NULL},
        {"2024-13-01", NULL},         {"2024-1", NULL},             {"2024-01-01x", NULL},
        {"", NULL},                   {"24-01-01", NULL},           {"2024-00-10", NULL},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date d;
        bool ok = date_parse(str_from(cases[i].text), &d);
        if (!cases[i].iso) {
            if (ok) fail_msg("%s was read as a date", cases[i].text);
            continue;
        }
        if (!ok) fail_msg("%s was not read", cases[i].text);
        assert_string_equal(str_cstr(a, date_iso(a, d)), cases[i].iso);
    }
}

static void months_end_where_the_month_ends(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2023-08-31", 6, "2024-02-29"}, {"2024-01-31", 1, "2024-02-29"}, {"2023-01-31", 1, "2023-02-28"},
        {"2024-02-29", 12, "2025-02-28"}, {"2024-03-15", -3, "2023-12-15"}, {"2024-08-01", 2, "2024-10-01"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date d;
        assert_true(date_parse(str_from(cases[i].from), &d));
        assert_string_equal(str_cstr(a, date_iso(a, date_add_months(d, cases[i].months))), cases[i].to);
    }
}

static void moments_are_local_time(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    int64_t ms;
    assert_true(moment_parse(STR("1970-01-01T08:00:00"), &ms));
    assert_int_equal(ms, 0);
    assert_true(moment_parse(STR("2024-02-10 22:30"), &ms));
    assert_string_equal(str_cstr(a, moment_iso(a, ms)), "2024-02-10T22:30:00");
    assert_false(moment_parse(STR("2024-02-10 24:30"), &ms));
}

static void utf8_border(void **state)
{
    (void)state;
    assert_true(utf8_valid(STR("法治𠀀")));
    assert_false(utf8_valid(STR("\xc0\x80")));
    assert_false(utf8_valid(STR("\xed\xa0\x80")));
    assert_false(utf8_valid(STR("\xf4\x90\x80\x80")));
    assert_false(utf8_valid(STR("a\0b")));
    assert_int_equal(utf8_length(STR("法治a")), 3);
    assert_int_equal(utf8_cut(STR("法治"), 4), 3);
    auto_arena a = arena_open();
    assert_string_equal(str_cstr(a, utf8_shorten(a, STR("跃进街道"), 2)), "跃进…");
    assert_string_equal(str_cstr(a, utf8_shorten(a, STR("跃进"), 2)), "跃进");
}

static void text_is_cut_and_joined(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct str rest = STR("a,,b");
    struct str part;
    const char *want[] = {"a", "", "b"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(str_split(&rest, ',', &part));
        assert_string_equal(str_cstr(a, part), want[i]);
    }
    assert_false(str_split(&rest, ',', &part));
    assert_true(str_is(str_trim(STR("　 法治 \n")), "法治"));
    assert_true(str_is(str_replace(a, STR("aXbX"), STR("X"), STR("--")), "a--b--"));
    int64_t n;
    assert_true(str_to_i64(STR("-9223372036854775808"), &n));
    assert_false(str_to_i64(STR("9223372036854775808"), &n));
    assert_false(str_to_i64(STR("12a"), &n));
    struct buf b = buf_in(a);
    buf_put_html(&b, STR("<a href=\"x\">'&"));
    assert_true(str_is(buf_str(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"));
}

static void errors_hold_whole_characters(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct buf b = buf_in(a);
    for (int i = 0; i < 400; i++) buf_puts(&b, "法");
    struct error err;
    assert_false(error_set(&err, ERR_INPUT, "%.*s", STR_ARG(buf_str(&b))));
    assert_true(utf8_valid(str_from(err.message)));
}

static void an_arena_knows_its_size(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    assert_int_equal(arena_size(a), 0);
    arena_alloc(a, 100000);
    size_t large = arena_size(a);
    assert_in_range(large, 100000, 101000);
    for (int i = 0; i < 100; i++) arena_alloc(a, 1000);
    size_t all = arena_size(a);
    assert_in_range(all, large + 100000, large + 300000);
    arena_reset(a); /* keeps some for the next, gives the rest back */
    assert_in_range(arena_size(a), 1, all - large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_knows_its_size),
        cmocka_unit_test(dates_go_both_ways),
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(months_end_where_the_month_ends),
        cmocka_unit_test(moments_are_local_time),
        cmocka_unit_test(utf8_border),
        cmocka_unit_test(text_is_cut_and_joined),
        cmocka_unit_test(errors_hold_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
