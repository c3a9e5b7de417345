/* Deadlines against the worked examples of the law, and what becomes of them when the holidays of a year are not known
 * yet or change. */
#include "office_world.h"

static const char term[] =
    "register: term\n"
    "label: 期间\n"
    "chapter: work\n"
    "help: 试验\n"
    "fields:\n"
    "  title: {label: 标题, type: text}\n"
    "  started_on: {label: 起算日, type: date, required: true}\n"
    "  asked_on: {label: 征求日, type: date}\n"
    "  told_on: {label: 反馈日, type: date}\n"
    "  done_on: {label: 完成日, type: date}\n"
    "procedure:\n"
    "  stages: {open: 办理中}\n"
    "  create: {dated: started_on}\n"
    "  acts:\n"
    "    extend: {label: 延期}\n"
    "    ask: {label: 征求, dated: asked_on, inputs: {asked_on: {required: true}}}\n"
    "    told: {label: 反馈, dated: told_on, inputs: {told_on: {required: true}}}\n"
    "    finish: {label: 完成, dated: done_on, inputs: {done_on: {required: true}}}\n"
    "    conclude: {label: 审结}\n"
    "  deadlines:\n"
    "    d15: {label: 十五日, within: 15 days, start: started_on, until: finish, roll: analogy, told: true, cite: 一}\n"
    "    d30: {label: 三十日, within: 30 days, start: started_on, until: finish, roll: law, cite: 一}\n"
    "    d60: {label: 六十日, within: 60 days, start: started_on, until: finish, roll: law, extend: {by: 30 days, on: "
    "extend}, cite: 一}\n"
    "    d90: {label: 九十日, within: 90 days, start: started_on, until: finish, roll: none, cite: 一}\n"
    "    m2: {label: 两个月, within: 2 months, start: started_on, until: finish, roll: law, cite: 一}\n"
    "    m6: {label: 六个月, within: 6 months, start: started_on, until: finish, roll: law, cite: 一}\n"
    "    w5: {label: 五个工作日, within: 5 workdays, start: started_on, until: finish, cite: 一}\n"
    "    w20: {label: 二十个工作日, within: 20 workdays, start: started_on, until: finish, suspend: {from: ask, to: "
    "told}, cite: 一}\n"
    "    least: {label: 审查时间, at_least: 7 workdays, start: started_on, until: conclude, rule: DEC-18, cite: 一}\n"
    "    reply:\n"
    "      label: 书面答复\n"
    "      versions:\n"
    "        - {until: 2023-12-31, within: 10 days, rule: REC-30, cite: 行政复议法（2017年修正） 第二十三条}\n"
    "        - {within: 10 workdays, rule: REC-11, cite: 行政复议法（2023年修订） 第四十八条}\n"
    "      start: started_on\n"
    "      until: finish\n"
    "      roll: law\n";

static const char *const registers[] = {"term", term, NULL};

static int set_up(void **state)
{
    struct world *w = world_make(registers);
    at(w, "2026-11-24");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    assert_replay_whole(*state);
    world_free(*state);
    return 0;
}

static int64_t started(struct world *w, const char *day)
{
    return DO(.reg = "term", INPUTS("title", "甲", "started_on", day));
}

static void due_is(struct world *w, int64_t id, const char *name, const char *strict, const char *legal)
{
    struct deadline_row d = due_of(w, "term", id, name);
    if (!str_is(d.strict_on, strict) || !str_is(d.legal_on, legal))
        fail_msg("%s from %.*s is %.*s, %.*s; should be %s, %s", name, STR_ARG(d.start_on), STR_ARG(d.strict_on),
                 STR_ARG(d.legal_on), strict, legal);
}

/* Numbers of the examples in the rule base; all in Guangxi. */
static void worked_examples(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *start, *name, *strict, *legal;
    } cases[] = {
        /* 1 */ {"2024-02-02", "d15", "2024-02-17", "2024-02-18"},
        /* 2 */ {"2024-02-08", "w5", "2024-02-21", "2024-02-21"},
        /* 3 */ {"2024-02-07", "w5", "2024-02-20", "2024-02-20"},
        /* 4 */ {"2024-09-25", "reply", "2024-10-14", "2024-10-14"},
        /* 5 */ {"2023-09-25", "reply", "2023-10-05", "2023-10-07"},
        /* 6 */ {"2024-04-30", "w5", "2024-05-10", "2024-05-10"},
        /* 7 */ {"2024-09-18", "d15", "2024-10-03", "2024-10-08"},
        /* 8 */ {"2024-09-12", "w20", "2024-10-16", "2024-10-16"},
        /* 9 */ {"2024-04-02", "w20", "2024-05-07", "2024-05-07"},
        /* 10 */ {"2024-01-12", "d30", "2024-02-11", "2024-02-18"},
        /* 11 */ {"2024-08-05", "d60", "2024-10-04", "2024-10-08"},
        /* 12 */ {"2023-08-31", "m6", "2024-02-29", "2024-02-29"},
        /* 13 */ {"2024-12-25", "least", "2025-01-06", "2025-01-06"},
        /* 16 */ {"2024-08-01", "m2", "2024-10-01", "2024-10-08"},
        /* 17 */ {"2024-07-05", "d90", "2024-10-03", "2024-10-03"},
        {"2023-12-31", "reply", "2024-01-10", "2024-01-10"}, /* the old law's last day */
        {"2024-01-01", "reply", "2024-01-15", "2024-01-15"}, /* the new law's first */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        due_is(w, started(w, cases[i].start), cases[i].name, cases[i].strict, cases[i].legal);
}

static void the_version_of_the_law_stands_in_the_row(void **state)
{
    struct world *w = *state;
    int64_t id = started(w, "2023-12-31");
    assert_text(due_of(w, "term", id, "reply").rule, "REC-30");
    assert_text(due_of(w, "term", id, "reply").length, "10 days");
    DO(.reg = "term", .record = id, .act = "amend", .reason = "录错", INPUTS("started_on", "2024-01-01"));
    assert_text(due_of(w, "term", id, "reply").rule, "REC-11");
    assert_text(due_of(w, "term", id, "reply").length, "10 workdays");
    due_is(w, id, "reply", "2024-01-15", "2024-01-15");
}

static void example_15_extended_over_qingming(void **state)
{
    struct world *w = *state;
    int64_t id = started(w, "2024-01-05");
    due_is(w, id, "d60", "2024-03-05", "2024-03-05");
    DO(.reg = "term", .record = id, .act = "extend");
    due_is(w, id, "d60", "2024-04-04", "2024-04-07");
}

static void example_19_third_party_time_is_deducted(void **state)
{
    struct world *w = *state;
    int64_t id = started(w, "2024-03-01");
    due_is(w, id, "w20", "2024-03-29", "2024-03-29");
    DO(.reg = "term", .record = id, .act = "ask", INPUTS("asked_on", "2024-03-11"));
    DO(.reg = "term", .record = id, .act = "told", INPUTS("told_on", "2024-03-21"));
    assert_int_equal(due_of(w, "term", id, "w20").deducted, 8);
    due_is(w, id, "w20", "2024-04-15", "2024-04-15");
}

/* ---- years without an arrangement ---- */

static void without(struct world *w, const char *year)
{
    reopen_with(w, "calendar/national.csv", calendar_before(w, "national", year));
    reopen_with(w, "calendar/guangxi.csv", calendar_before(w, "guangxi", year));
    at(w, "2024-12-30");
}

static void with_all(struct world *w)
{
    reopen_with(w, "calendar/national.csv", world_calendar(w, "national"));
    reopen_with(w, "calendar/guangxi.csv", world_calendar(w, "guangxi"));
    at(w, "2025-02-10");
}

static bool pending(struct world *w, int64_t id, const char *name)
{
    struct str year;
    struct deadline_row d = due_of(w, "term", id, name);
    bool is = due_is_pending(&d, &year);
    if (is) assert_text(year, "2025");
    return is;
}

static struct due_move *preview(struct world *w, size_t *count)
{
    struct due_move *moves;
    struct conn *c = store_read(w->store, &(struct error){0});
    OK(due_recompute_preview(w->office, c, w->arena, &moves, count, &err));
    store_done(c);
    return moves;
}

static size_t recomputed(struct world *w)
{
    size_t moved;
    OK(due_recompute(w->office, w->arena, &w->clerk, STR("page"), &moved, &err));
    return moved;
}

/* Does it, and compares with what the preview said. */
static void recompute_as_previewed(struct world *w)
{
    size_t count, held = 0, again;
    struct due_move *moves = preview(w, &count);
    for (size_t i = 0; i < count; i++) held += moves[i].held;
    assert_int_equal(recomputed(w), count - held);
    for (size_t i = 0; i < count; i++) {
        struct deadline_row d = due_of(w, "term", moves[i].before.record, str_cstr(w->arena, moves[i].before.name));
        assert_true(str_eq(d.legal_on, moves[i].held ? moves[i].before.legal_on : moves[i].legal_on));
        assert_true(str_eq(d.strict_on, moves[i].held ? moves[i].before.strict_on : moves[i].strict_on));
    }
    preview(w, &again);
    assert_int_equal(again, held);
    assert_int_equal(recomputed(w), 0);
}

static void pending_until_the_arrangement_comes(void **state)
{
    struct world *w = *state;
    without(w, "2025");
    int64_t id = started(w, "2024-12-20");
    assert_true(pending(w, id, "w20"));
    assert_true(pending(w, id, "d15")); /* 2025-01-04: a Saturday, who knows */
    assert_false(pending(w, id, "w5"));
    assert_false(pending(w, id, "d90")); /* does not roll */
    assert_text(due_of(w, "term", id, "w20").legal_on,
                "2025-01-13"); /* seven days of 2024, at the earliest 13 of 2025 */
    with_all(w);
    recompute_as_previewed(w);
    assert_false(pending(w, id, "w20"));
    due_is(w, id, "w20", "2025-01-20", "2025-01-20");
    due_is(w, id, "d15", "2025-01-04", "2025-01-06"); /* told, but never as certain */
    due_is(w, id, "d30", "2025-01-19", "2025-01-20");
}

static void what_ended_while_pending_is_judged_anew(void **state)
{
    struct world *w = *state;
    without(w, "2025");
    int64_t id = started(w, "2024-12-20");
    at(w, "2025-01-20");
    DO(.reg = "term", .record = id, .act = "finish", INPUTS("done_on", "2025-01-20"));
    assert_int_equal(due_of(w, "term", id, "w20").state, DEADLINE_MISSED);
    with_all(w);
    recompute_as_previewed(w);
    assert_int_equal(due_of(w, "term", id, "w20").state, DEADLINE_MET);
    assert_int_equal(due_of(w, "term", id, "d15").state, DEADLINE_MISSED);
}

/* An act must not be refused because somebody forgot to load the holidays; what it takes out is counted later. */
static void a_suspension_into_an_unknown_year_is_counted_later(void **state)
{
    struct world *w = *state;
    without(w, "2025");
    int64_t id = started(w, "2024-12-02");
    at(w, "2025-01-20");
    DO(.reg = "term", .record = id, .act = "ask", INPUTS("asked_on", "2024-12-20"));
    DO(.reg = "term", .record = id, .act = "told", INPUTS("told_on", "2025-01-03"));
    assert_true(pending(w, id, "w20"));
    with_all(w);
    recompute_as_previewed(w);
    assert_int_equal(due_of(w, "term", id, "w20").deducted, 9);
    due_is(w, id, "w20", "2025-01-13", "2025-01-13");
}

static void the_least_time_needs_the_holidays(void **state)
{
    struct world *w = *state;
    without(w, "2025");
    int64_t id = started(w, "2024-12-25");
    at(w, "2025-01-08");
    REFUSED("", "没有放假安排", .reg = "term", .record = id, .act = "conclude");
    assert_string_equal(w->faults.items[0].rule, "DEC-18");
    with_all(w);
    recompute_as_previewed(w);
    at(w, "2025-01-06");
    REFUSED("", "不少于7个工作日", .reg = "term", .record = id, .act = "conclude");
    at(w, "2025-01-07");
    DO(.reg = "term", .record = id, .act = "conclude");
}

static void a_year_before_all_arrangements(void **state)
{
    struct world *w = *state;
    int64_t id = started(w, "2015-03-02");
    struct str year;
    struct deadline_row d = due_of(w, "term", id, "w20");
    assert_true(due_is_pending(&d, &year));
    assert_text(year, "2015");
    assert_text(d.legal_on, "2015-03-22");
}

/* ---- the arrangement of a known year changes ---- */

static void told_dates_do_not_move_to_the_citizens_harm(void **state)
{
    struct world *w = *state;
    int64_t id = started(w, "2024-05-06");    /* d15 and d30 end on 05-21 and 06-05, ordinary days */
    int64_t other = started(w, "2024-09-18"); /* d15 on 10-03, moved to 10-08 */
    struct str text = world_calendar(w, "national");
    struct str more =
        str_printf(w->arena, "%.*s2024-05-21,holiday,临时,通知\n2024-06-05,holiday,临时,通知\n",
                   STR_ARG(str_replace(w->arena, text, STR("2024-10-07,holiday"), STR("2024-10-31,holiday"))));
    reopen_with(w, "calendar/national.csv", more);
    at(w, "2024-05-10");
    size_t count;
    struct due_move *moves = preview(w, &count);
    bool held = false;
    for (size_t i = 0; i < count; i++) held = held || (moves[i].held && str_is(moves[i].before.name, "d15"));
    assert_true(held);
    recompute_as_previewed(w);
    due_is(w, id, "d15", "2024-05-21", "2024-05-21");    /* told: stays */
    due_is(w, id, "d30", "2024-06-05", "2024-06-06");    /* not told: moves */
    due_is(w, other, "d15", "2024-10-03", "2024-10-07"); /* told: to their good it moves */
}

static void recomputing_needs_the_right(void **state)
{
    struct world *w = *state;
    size_t moved;
    struct error err;
    assert_false(due_recompute(w->office, w->arena, &w->reviewer, STR("page"), &moved, &err));
    assert_int_equal(err.code, ERR_FORBIDDEN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(worked_examples),
        TEST(the_version_of_the_law_stands_in_the_row),
        TEST(example_15_extended_over_qingming),
        TEST(example_19_third_party_time_is_deducted),
        TEST(pending_until_the_arrangement_comes),
        TEST(what_ended_while_pending_is_judged_anew),
        TEST(a_suspension_into_an_unknown_year_is_counted_later),
        TEST(the_least_time_needs_the_holidays),
        TEST(a_year_before_all_arrangements),
        TEST(told_dates_do_not_move_to_the_citizens_harm),
        TEST(recomputing_needs_the_right),
    };
    return cmocka_run_group_tests_name("office_due_law", tests, NULL, NULL);
}
