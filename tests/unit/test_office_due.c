/* Deadlines in motion: what acts start, meet, extend, suspend, stop and amend. */
#include "office_world.h"
#include "store/parameters.h"

static const char petition[] =
    "register: petition\n"
    "label: 信访\n"
    "chapter: work\n"
    "help: 试验\n"
    "fields:\n"
    "  title: {label: 标题, type: text}\n"
    "  urgent: {label: 紧急, type: yesno}\n"
    "  received_on: {label: 收到日期, type: date, required: true}\n"
    "  accepted_on: {label: 受理日期, type: date}\n"
    "  asked_on: {label: 征求日期, type: date}\n"
    "  told_on: {label: 反馈日期, type: date}\n"
    "  extended_on: {label: 延期日期, type: date}\n"
    "  answered_on: {label: 答复日期, type: date}\n"
    "  withdrawn_on: {label: 撤回日期, type: date}\n"
    "  promised_on: {label: 载明日期, type: date}\n"
    "procedure:\n"
    "  stages: {open: 办理中, closed: {label: 已办结, final: true}}\n"
    "  create: {dated: received_on}\n"
    "  acts:\n"
    "    accept: {label: 受理, dated: accepted_on, inputs: {accepted_on: {required: true}}}\n"
    "    ask: {label: 征求, dated: asked_on, inputs: {asked_on: {required: true}}}\n"
    "    told: {label: 反馈, dated: told_on, inputs: {told_on: {required: true}}}\n"
    "    extend: {label: 延期, dated: extended_on, inputs: {extended_on: {required: true}}}\n"
    "    promise: {label: 载明, inputs: {promised_on: {}}}\n"
    "    withdraw: {label: 撤回, dated: withdrawn_on, inputs: {withdrawn_on: {required: true}}}\n"
    "    answer: {label: 答复, dated: answered_on, inputs: {answered_on: {required: true}}}\n"
    "    close: {label: 办结, to: closed}\n"
    "  deadlines:\n"
    "    accept: {label: 受理期限, within: 15 days, start: received_on, until: accept, stop: withdraw, roll: analogy, "
    "rule: R-15, cite: 第十五条}\n"
    "    reply: {label: 答复期限, within: 60 days, start: received_on, until: answer, roll: analogy, extend: {by: 1 "
    "month, on: extend},\n"
    "            suspend: {from: ask, to: told}, given: promised_on, rule: XFW-20, cite: 第三十四条}\n"
    "    follow: {label: 回访期限, within: 5 workdays, start_act: accept, until: answer, warn: 2 workdays, cite: "
    "第四十条}\n"
    "    rush: {label: 紧急期限, within: 3 days, start: received_on, when: urgent = yes, until: accept, cite: 第三条}\n"
    "    visit: {label: 走访期限, within: param(visit_days) days, warn: param(visit_lead) days, start: received_on,\n"
    "            until: answer, extend: {by: 5 days, on: extend}, cite: 第五条}\n"
    "    review: {label: 审查时间, at_least: 7 workdays, start: accepted_on, until: close, rule: DEC-18, cite: "
    "第二十五条}\n";

static const char measure[] =
    "register: measure\n"
    "label: 强制措施\n"
    "chapter: work\n"
    "help: 试验\n"
    "fields:\n"
    "  title: {label: 标题, type: text}\n"
    "  taken_at: {label: 实施时刻, type: moment}\n"
    "  approved_at: {label: 批准时刻, type: moment}\n"
    "procedure:\n"
    "  stages: {open: 办理中}\n"
    "  acts:\n"
    "    report: {label: 报告}\n"
    "    approve: {label: 批准, dated: approved_at, inputs: {approved_at: {}}}\n"
    "  deadlines:\n"
    "    approve: {label: 补办批准, within: 24 hours, start: taken_at, until: approve, rule: ENF-51, cite: 第十九条}\n"
    "    answer: {label: 回应, within: 2 hours, start_act: report, until: approve, cite: 第一条}\n";

static const char *const registers[] = {"petition", petition, "measure", measure, NULL};

static int set_up(void **state)
{
    *state = world_make(registers);
    return 0;
}

static int tear_down(void **state)
{
    assert_replay_whole(*state);
    world_free(*state);
    return 0;
}

/* Checks strict and legal last day and the state; NULL: not looked at. */
static void due_is(struct world *w, int64_t id, const char *name, const char *strict, const char *legal,
                   const char *state)
{
    struct deadline_row d = due_of(w, "petition", id, name);
    struct str is = d.name.len ? deadline_state_name(d.state) : STR("none");
    if ((strict && !str_is(d.strict_on, strict)) || (legal && !str_is(d.legal_on, legal)) || !str_is(is, state))
        fail_msg("%s is %.*s, %.*s, %.*s; should be %s, %s, %s", name, STR_ARG(d.strict_on), STR_ARG(d.legal_on),
                 STR_ARG(is), strict ? strict : "-", legal ? legal : "-", state);
}

static int64_t received(struct world *w, const char *day)
{
    return DO(.reg = "petition", INPUTS("title", "甲", "received_on", day));
}

#define STEP(name, ...) DO(.reg = "petition", .record = id, .act = name, INPUTS(__VA_ARGS__))
#define AMEND(...) DO(.reg = "petition", .record = id, .act = "amend", .reason = "日期录错", INPUTS(__VA_ARGS__))

static void a_field_and_an_act_start_them(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    due_is(w, id, "accept", "2024-05-21", "2024-05-21", "running");
    due_is(w, id, "reply", "2024-07-05", "2024-07-05", "running");
    due_is(w, id, "follow", NULL, NULL, "none");
    due_is(w, id, "rush", NULL, NULL, "none");
    struct deadline_row d = due_of(w, "petition", id, "accept");
    assert_text(d.rule, "R-15");
    assert_text(d.cite, "第十五条");
    assert_text(d.length, "15 days");
    assert_text(d.calendar, "national+guangxi");
    assert_text(d.warn_on, "2024-05-18");
    STEP("accept", "accepted_on", "2024-05-20");
    due_is(w, id, "accept", "2024-05-21", "2024-05-21", "met");
    due_is(w, id, "follow", "2024-05-27", "2024-05-27", "running");
    assert_text(due_of(w, "petition", id, "follow").warn_on, "2024-05-23"); /* two working days before Monday */
}

static void a_condition_is_looked_at_when_it_starts(void **state)
{
    struct world *w = *state;
    int64_t id = DO(.reg = "petition", INPUTS("title", "甲", "received_on", "2024-05-06", "urgent", "是"));
    due_is(w, id, "rush", "2024-05-09", "2024-05-09", "running");
    AMEND("urgent", "否");
    due_is(w, id, "rush", "2024-05-09", "2024-05-09", "running");
    AMEND("received_on", "2024-05-07");
    due_is(w, id, "rush", NULL, NULL, "stopped");
    AMEND("received_on", "2024-05-08", "urgent", "是");
    due_is(w, id, "rush", "2024-05-11", "2024-05-11", "running");
}

static void met_and_missed(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("accept", "accepted_on", "2024-05-22");
    due_is(w, id, "accept", NULL, NULL, "missed");
    STEP("answer", "answered_on", "2024-06-03");
    due_is(w, id, "reply", NULL, NULL, "met");
    assert_text(due_of(w, "petition", id, "reply").met_on, "2024-06-03");
}

static void moved_when_the_day_that_met_it_is_amended(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("accept", "accepted_on", "2024-05-22");
    AMEND("accepted_on", "2024-05-21");
    due_is(w, id, "accept", NULL, NULL, "met");
    assert_text(due_of(w, "petition", id, "accept").met_on, "2024-05-21");
    AMEND("accepted_on", "2024-05-23");
    due_is(w, id, "accept", NULL, NULL, "missed");
    AMEND("received_on", "2024-05-08");
    due_is(w, id, "accept", "2024-05-23", "2024-05-23", "met");
}

static void moved_when_the_day_of_the_act_that_started_it_is_amended(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    AMEND("title", "乙");
    due_is(w, id, "follow", NULL, NULL, "none");
    STEP("accept", "accepted_on", "2024-05-20");
    due_is(w, id, "follow", "2024-05-27", "2024-05-27", "running");
    AMEND("accepted_on", "2024-05-21");
    due_is(w, id, "follow", "2024-05-28", "2024-05-28", "running");
    STEP("answer", "answered_on", "2024-05-28");
    due_is(w, id, "follow", "2024-05-28", "2024-05-28", "met");
    AMEND("accepted_on", "2024-05-17");
    due_is(w, id, "follow", "2024-05-24", "2024-05-24", "missed");
}

static void extended_once(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-04-05");
    due_is(w, id, "reply", "2024-06-04", "2024-06-04", "running");
    STEP("extend", "extended_on", "2024-06-03");
    due_is(w, id, "reply", "2024-07-04", "2024-07-04", "running");
    REFUSED("", "已经延长过一次", .reg = "petition", .record = id, .act = "extend",
            INPUTS("extended_on", "2024-06-03"));
    assert_string_equal(w->faults.items[0].rule, "XFW-20");
    assert_string_equal(w->faults.items[0].cite, "第三十四条");
}

/* A month of extension and days of suspension are different units. */
static void suspended_and_extended(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-04-05");
    STEP("ask", "asked_on", "2024-05-10");
    due_is(w, id, "reply", NULL, NULL, "suspended");
    STEP("extend", "extended_on", "2024-05-15");
    STEP("told", "told_on", "2024-05-20");
    due_is(w, id, "reply", "2024-07-14", "2024-07-15", "running"); /* 06-04, ten days, one month; a Sunday */
    AMEND("told_on", "2024-05-21");
    due_is(w, id, "reply", "2024-07-15", "2024-07-15", "running");
    AMEND("asked_on", "2024-05-19");
    due_is(w, id, "reply", "2024-07-06", "2024-07-08", "running");
}

static void met_while_suspended(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-03-01");
    due_is(w, id, "reply", "2024-04-30", "2024-04-30", "running");
    STEP("ask", "asked_on", "2024-04-20");
    AMEND("asked_on", "2024-04-22");
    assert_text(due_of(w, "petition", id, "reply").suspended_on, "2024-04-22");
    STEP("answer", "answered_on", "2024-05-20");
    due_is(w, id, "reply", "2024-05-28", "2024-05-28", "met");
    assert_text(due_of(w, "petition", id, "reply").suspended_on, "");
}

static void what_is_over_cannot_be_suspended(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-03-01");
    STEP("ask", "asked_on", "2024-05-10");
    STEP("told", "told_on", "2024-05-25");
    due_is(w, id, "reply", "2024-04-30", "2024-04-30", "running");
    STEP("answer", "answered_on", "2024-05-25");
    due_is(w, id, "reply", NULL, NULL, "missed");
}

static void a_given_date_replaces_the_counted_one(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("promise", "promised_on", "2024-06-20");
    due_is(w, id, "reply", "2024-06-20", "2024-06-20", "running");
    assert_text(due_of(w, "petition", id, "reply").warn_on, "2024-06-11");
    STEP("ask", "asked_on", "2024-05-20");
    STEP("told", "told_on", "2024-05-22");
    due_is(w, id, "reply", "2024-06-22", "2024-06-24", "running"); /* a Saturday */
    STEP("extend", "extended_on", "2024-05-30");
    due_is(w, id, "reply", "2024-07-22", "2024-07-22", "running");
    AMEND("promised_on", "");
    due_is(w, id, "reply", "2024-08-07", "2024-08-07", "running"); /* 07-05, two days, one month */
    AMEND("received_on", "2024-05-07");
    due_is(w, id, "reply", "2024-08-08", "2024-08-08", "running");
}

static void stopped_by_act_stage_and_voiding(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("withdraw", "withdrawn_on", "2024-05-10");
    due_is(w, id, "accept", NULL, NULL, "stopped");
    due_is(w, id, "reply", NULL, NULL, "running");
    AMEND("received_on", "2024-05-07"); /* corrects, and revives nothing */
    due_is(w, id, "accept", "2024-05-22", "2024-05-22", "stopped");
    STEP("close", NULL);
    due_is(w, id, "reply", NULL, NULL, "stopped");
    AMEND("received_on", "2024-05-08");
    due_is(w, id, "reply", NULL, NULL, "stopped");
    id = received(w, "2024-05-06");
    DO(.reg = "petition", .record = id, .act = "void", .reason = "重复");
    due_is(w, id, "accept", NULL, NULL, "stopped");
}

static void a_step_that_starts_it_again_begins_a_new_round(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("accept", "accepted_on", "2024-05-07");
    STEP("answer", "answered_on", "2024-05-20");
    due_is(w, id, "follow", "2024-05-13", "2024-05-13", "missed"); /* 05-11, a Saturday, was worked */
    STEP("accept", "accepted_on", "2024-05-27");
    due_is(w, id, "follow", "2024-06-03", "2024-06-03", "running");
    STEP("answer", "answered_on", "2024-06-03");
    due_is(w, id, "follow", NULL, NULL, "met");
}

static void not_before_the_least_time_is_over(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    STEP("accept", "accepted_on", "2024-05-23");
    REFUSED("", "不少于7个工作日", .reg = "petition", .record = id, .act = "close");
    assert_string_equal(w->faults.items[0].rule, "DEC-18");
    assert_string_equal(w->faults.items[0].cite, "第二十五条");
    assert_string_equal(w->faults.items[0].remedy, "最早2024-06-04可以办理");
    at(w, "2024-06-04");
    STEP("close", NULL);
    due_is(w, id, "review", "2024-06-03", "2024-06-03", "met");
    AMEND("accepted_on", "2024-05-22");
    due_is(w, id, "review", "2024-05-31", "2024-05-31", "met");
    AMEND("accepted_on", "2024-05-28"); /* the truth comes out: it was too short */
    due_is(w, id, "review", NULL, NULL, "missed");
}

static void hours_run_on(void **state)
{
    struct world *w = *state;
    int64_t id = DO(.reg = "measure", INPUTS("title", "甲", "taken_at", "2024-02-10 22:30"));
    struct deadline_row d = due_of(w, "measure", id, "approve");
    assert_text(d.strict_at, "2024-02-11T22:30:00"); /* worked example 18 */
    assert_text(d.legal_on, "2024-02-11");
    DO(.reg = "measure", .record = id, .act = "approve", INPUTS("approved_at", "2024-02-11 22:31"));
    assert_int_equal(due_of(w, "measure", id, "approve").state, DEADLINE_MISSED);
    DO(.reg = "measure", .record = id, .act = "amend", .reason = "录错", INPUTS("approved_at", "2024-02-11 22:30"));
    assert_int_equal(due_of(w, "measure", id, "approve").state, DEADLINE_MISSED);
    DO(.reg = "measure", .record = id, .act = "amend", .reason = "录错", INPUTS("approved_at", "2024-02-10 23:30"));
    assert_int_equal(due_of(w, "measure", id, "approve").state, DEADLINE_MET);
}

static void hours_from_an_act_run_from_its_hour(void **state)
{
    struct world *w = *state;
    int64_t id = DO(.reg = "measure", INPUTS("title", "甲"));
    set_clock(w, "2024-06-03T23:30:00");
    DO(.reg = "measure", .record = id, .act = "report");
    assert_text(str_slice(due_of(w, "measure", id, "answer").strict_at, 0, 16), "2024-06-04T01:30");
    set_clock(w, "2024-06-04T01:45:00");
    DO(.reg = "measure", .record = id, .act = "approve");
    assert_int_equal(due_of(w, "measure", id, "answer").state, DEADLINE_MISSED);
}

static void set_parameter(struct world *w, const char *name, int64_t value, const char *from)
{
    struct parameter_row row = {.office = w->office->key, .code = w->office->info.code, .name = str_from(name),
                                .valid_from = str_from(from), .value = value, .cite = STR("跃进〔2024〕3号"),
                                .issued_at = 1, .issued_by = STR("clerk")};
    struct conn *c = store_write(w->store, w->office->key, &(struct error){0});
    assert_non_null(c);
    OK(parameter_put(c, &row, &err));
    OK(store_commit(c, &err));
}

/* What is in force on the day of the start counts, and stays with what runs. */
static void its_time_may_be_a_parameter(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-06");
    due_is(w, id, "visit", "2024-05-16", "2024-05-16", "running");
    assert_text(due_of(w, "petition", id, "visit").cite, "第五条");
    assert_text(due_of(w, "petition", id, "visit").warn_on, "2024-05-14");
    set_parameter(w, "visit_days", 20, "2024-05-08");
    set_parameter(w, "visit_lead", 4, "2024-05-08");
    STEP("extend", "extended_on", "2024-05-10");
    due_is(w, id, "visit", "2024-05-21", "2024-05-21", "running"); /* 10 + 5 days */
    assert_text(due_of(w, "petition", id, "visit").warn_on, "2024-05-19");
    id = received(w, "2024-05-08");
    due_is(w, id, "visit", "2024-05-28", "2024-05-28", "running");
    assert_text(due_of(w, "petition", id, "visit").length, "20 days");
    assert_text(due_of(w, "petition", id, "visit").cite, "第五条；跃进街道规定（跃进〔2024〕3号）");
    assert_text(due_of(w, "petition", id, "visit").warn_on, "2024-05-24");
    AMEND("received_on", "2024-05-07"); /* the start itself was wrong */
    due_is(w, id, "visit", "2024-05-17", "2024-05-17", "running");
    AMEND("received_on", "2024-05-09");
    due_is(w, id, "visit", "2024-05-29", "2024-05-29", "running");
}

static void how_it_stands_in_words(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-20");
    struct deadline_row d = due_of(w, "petition", id, "accept"); /* 06-04 */
    static const struct {
        const char *day, *words;
        enum due_standing standing;
    } cases[] = {{"2024-05-31", "剩余4天", DUE_OK},
                 {"2024-06-01", "剩余3天", DUE_NEAR},
                 {"2024-06-04", "今天到期", DUE_TODAY},
                 {"2024-06-06", "已逾期2天", DUE_OVERDUE}};
    for (size_t i = 0; i < 4; i++) {
        struct date day;
        assert_true(date_parse(str_from(cases[i].day), &day));
        assert_int_equal(due_standing(NULL, &d, day), cases[i].standing);
        assert_text(due_standing_words(w->arena, NULL, &d, day), cases[i].words);
    }
}

/* Nobody has failed when a right is not used. */
static void a_right_lapses(void **state)
{
    struct world *w = *state;
    int64_t id = received(w, "2024-05-20");
    struct deadline_row d = due_of(w, "petition", id, "accept"); /* 06-04 */
    const struct deadline right = {.right = true};
    static const struct {
        const char *day, *words;
        enum deadline_state state;
        enum due_standing standing;
    } cases[] = {{"2024-06-01", "剩余3天", DEADLINE_RUNNING, DUE_NEAR},
                 {"2024-06-04", "今天到期", DEADLINE_RUNNING, DUE_TODAY},
                 {"2024-06-05", "期满未提出", DEADLINE_RUNNING, DUE_LAPSED},
                 {"2024-06-05", "期内提出", DEADLINE_MET, DUE_MET},
                 {"2024-06-05", "期满后提出", DEADLINE_MISSED, DUE_LATE_USE},
                 {"2024-06-05", "已终止", DEADLINE_STOPPED, DUE_STOPPED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date day;
        assert_true(date_parse(str_from(cases[i].day), &day));
        d.state = cases[i].state;
        assert_int_equal(due_standing(&right, &d, day), cases[i].standing);
        assert_text(due_standing_words(w->arena, &right, &d, day), cases[i].words);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_field_and_an_act_start_them),
        TEST(a_condition_is_looked_at_when_it_starts),
        TEST(met_and_missed),
        TEST(moved_when_the_day_that_met_it_is_amended),
        TEST(moved_when_the_day_of_the_act_that_started_it_is_amended),
        TEST(extended_once),
        TEST(suspended_and_extended),
        TEST(met_while_suspended),
        TEST(what_is_over_cannot_be_suspended),
        TEST(a_given_date_replaces_the_counted_one),
        TEST(stopped_by_act_stage_and_voiding),
        TEST(a_step_that_starts_it_again_begins_a_new_round),
        TEST(not_before_the_least_time_is_over),
        TEST(hours_run_on),
        TEST(hours_from_an_act_run_from_its_hour),
        TEST(its_time_may_be_a_parameter),
        TEST(how_it_stands_in_words),
        TEST(a_right_lapses),
    };
    return cmocka_run_group_tests_name("office_due", tests, NULL, NULL);
}
