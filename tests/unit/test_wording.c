/* Wording patterns in the text of a report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "figures/wording.h"

struct wording_case {
    const char *pattern, *text;
    const char *number; /* phrase of the number that {n} takes; NULL: no match */
};

static void check_case(const struct wording_case *c)
{
    auto_arena a = arena_open();
    struct str text = str_from(c->text);
    struct numbers numbers = numerals_find(a, text);
    struct folded folded = wording_fold(a, text);
    struct wording_match *matches;
    size_t count = wording_find(a, str_from(c->pattern), &folded, &numbers, &matches);
    if (!c->number) {
        if (count) print_error("%s in %s: should not match\n", c->pattern, c->text);
        assert_int_equal(count, 0);
        return;
    }
    if (count != 1) print_error("%s in %s: %zu matches\n", c->pattern, c->text, count);
    assert_int_equal(count, 1);
    assert_true(matches[0].number < numbers.count);
    const struct number *n = &numbers.items[matches[0].number];
    struct str numeral = str_slice(text, n->numeral_at, n->numeral_at + n->numeral_len);
    if (!str_is(numeral, c->number)) print_error("%s in %s: %.*s\n", c->pattern, c->text, STR_ARG(numeral));
    assert_true(str_is(numeral, c->number));
}

#define CHECK(cases) \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++) check_case(&(cases)[i])

static void words_that_only_join_are_skipped(void **state)
{
    (void)state;
    static const struct wording_case cases[] = {
        {"及时受理数{n}件", "及时受理数12件", "12"},       {"及时受理数{n}件", "及时受理数为12件", "12"},
        {"及时受理数{n}件", "及时受理数达12件", "12"},     {"及时受理数{n}件", "及时受理数达到12件", "12"},
        {"及时受理数{n}件", "及时受理数均为12件", "12"},   {"登记信访{n}件", "登记信访共计12件", "12"},
        {"登记信访{n}件", "登记信访约12件", "12"},         {"登记信访{n}件", "登记信访大概写成12件", NULL},
        {"登记信访{n}件", "登记信访不是共为达12件", NULL}, {"登记信访{n}件", "登记信访为共为共12件", NULL},
    };
    CHECK(cases);
}

static void widths_blanks_and_gaps(void **state)
{
    (void)state;
    static const struct wording_case cases[] = {
        {"登记信访{n}件", "登记 信访１２件", "１２"},
        {"受理…纠纷{n}件", "受理各类矛盾纠纷九十八件", "九十八"},
        {"受理…纠纷{n}件", "受理。矛盾纠纷98件", NULL},
        {"受理…纠纷{n}件", "受理群众当面提出或者打来电话提出的各种各样的民间矛盾纠纷98件", NULL},
        {"登记信访{n}件", "登记信访12起", NULL},
    };
    CHECK(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_only_join_are_skipped),
        cmocka_unit_test(widths_blanks_and_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
