/* Contradictions inside a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "figures/text_check.h"

#define SAMPLES SOURCE_ROOT "/tests/data/"
/* A real report, where the tree has one beside it. */
#define REAL_REPORT SOURCE_ROOT "/../shared/seed/annual-report-2024.txt"

/* 分项与合计:矛盾 比率与分项:相符 … without what cannot be checked */
static struct str told(struct arena *a, struct str text, bool all)
{
    struct findings found = text_check(a, text);
    struct buf b = buf_in(a);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *f = &found.items[i];
        assert_true(str_eq(f->phrase, str_slice(text, f->at, f->at + f->len)));
        assert_true(f->message.len > 0);
        if (f->verdict == VERDICT_NOT_CHECKABLE && !all) continue;
        if (b.len) buf_puts(&b, " ");
        buf_putf(&b, "%s:%s", finding_kind_name(f->kind), finding_verdict_name(f->verdict));
    }
    return buf_str(&b);
}

static void print_findings(struct arena *a, struct str text)
{
    struct findings found = text_check(a, text);
    for (size_t i = 0; i < found.count; i++)
        print_error("   %s %.*s %.*s\n", finding_verdict_name(found.items[i].verdict), STR_ARG(found.items[i].phrase),
                    STR_ARG(found.items[i].message));
}

struct told_case {
    const char *text, *found;
};

static void check_cases(const struct told_case *cases, size_t count)
{
    auto_arena a = arena_open();
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        struct str got = told(a, str_from(cases[i].text), false);
        if (str_is(got, cases[i].found)) continue;
        print_error("%s\n   got  %.*s\n   want %s\n", cases[i].text, STR_ARG(got), cases[i].found);
        print_findings(a, str_from(cases[i].text));
        failed++;
    }
    assert_int_equal(failed, 0);
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof *(cases))

static void rates_against_parts(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"共受理98起,调解成功95起,成功率98%", "比率与分项:矛盾"},
        {"共受理98起,调解成功95起,成功率96.9%", "比率与分项:相符"},
        {"共受理98起，调解成功95起，成功率97％。", "比率与分项:相符"},
        {"共受理98起，调解成功95起，成功率达百分之九十七", "比率与分项:相符"},
        {"共受理98起，调解成功95起，成功率达九成以上", "比率与分项:相符"},
        {"共受理98起，调解成功95起，成功率达98%以上", "比率与分项:矛盾"},
        {"受理矛盾纠纷九十八起，成功调解九十五起，调解成功率98%", "比率与分项:矛盾"},
        {"登记信访件12件，按期答复12件，按期答复率100%", "比率与分项:相符"},
        {"登记信访件12件，按期答复11件，按期答复率100%", "比率与分项:矛盾"},
        {"受理纠纷98起，成功95起（96.9%）", "比率与分项:相符"},
        {"受理纠纷98起，成功95起，占95%", "比率与分项:矛盾"},
        {"受理信访12件，化解纠纷120件，化解率100%", ""},
        {"调解成功率98%", ""},
        {"共受理98起，调解成功95起，排摸纠纷并成功化解120起", ""},
        {"主动公开信息共5条，其中公文类信息0篇，主动公开率100%", ""},
        {"受理纠纷0起，成功率100%", ""},
        {"受理来信来访230件次，办结228件次，办结率99.1%。", "比率与分项:相符"},
        {"行政诉讼案件2件，均胜诉，胜诉率100%", ""},
        {"群众满意率102%", "比率超过100%:矛盾"},
        {"力争成功率达到98%", ""},
        {"同比增长120%", ""},
        {"目标完成率105%", ""},
    };
    CHECK(cases);
}

static void parts_against_sums(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"共12件,其中A类5件、B类6件", "分项与合计:矛盾"},
        {"共12件,其中A类6件、B类6件", "分项与合计:相符"},
        {"共12件，其中信访5件，投诉6件。", "分项与合计:矛盾"},
        {"共12件：信访5件、投诉7件", "分项与合计:相符"},
        {"信访5件、投诉6件，共12件", "分项与合计:矛盾"},
        {"信访5件、投诉6件，合计11件", "分项与合计:相符"},
        {"共受理98起，其中家庭纠纷30起", ""},
        {"共受理98起，其中家庭纠纷30起、邻里纠纷20起等", ""},
        {"共受理98起，其中家庭纠纷130起", "分项大于总数:矛盾"},
        {"共受理12件，其中办结12件，满意11件", ""},
        {"发放资料2100余份，其中手册1000份、折页1150份", "分项与合计:相符"},
        {"共46件，其中城管30件、安监9件、市场7件，法制审核46件", "分项与合计:相符"},
        {"共46件，其中城管30件、安监9件、市场6件，法制审核46件", "分项与合计:矛盾"},
        {"共12件，其中甲类5件、乙类4件，丙类3件", "分项与合计:相符"},
        {"受理98起，涉及200人，其中家庭纠纷40起、邻里纠纷50起", "分项与合计:矛盾"},
    };
    CHECK(cases);
}

static void outcomes_lists_and_repeats(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"共受理98起，调解成功99起", "办结多于受理:矛盾"},
        {"上年结转3件，受理12件，办结15件", ""},
        {"受理信访12件，办结工单120件", ""},
        {"在东苑、西苑、南苑等2个小区", "列举与个数:矛盾"},
        {"在东苑、西苑等2个小区", "列举与个数:相符"},
        {"在东苑、西苑等5个小区", "列举与个数:相符"},
        {"从学习、决策、执法、监督四个类别列明", "列举与个数:相符"},
        {"从学习、决策、执法四个类别列明", "列举与个数:矛盾"},
        {"从学习、决策、执法和监督四个类别列明", "列举与个数:相符"},
        {"印发《甲、乙办法》、《丙办法》等2个文件", "列举与个数:相符"},
        {"深入调研7个居委会、6个业委会", ""},
        {"开展法治宣传活动16场次。全年共开展法治宣传活动18场次。", "同一事实两个数:矛盾"},
        {"开展法治宣传活动16场次。全年共开展法治宣传活动16场次。", ""},
        {"2023年开展法治宣传活动16场次。2024年开展法治宣传活动18场次。", ""},
        {"3月开展法治宣传活动3场次。全年共开展法治宣传活动18场次。", ""},
        {"东苑社区认真组织，开展法治宣传活动3场次。开展法治宣传活动18场次。", ""},
        {"截至目前共审核34项。截至目前共审核26项。", ""},
        {"今年无行政复议案件。办理行政复议案件3件。", "同一事实两个数:矛盾"},
        {"今年无行政复议案件。去年办理行政复议案件3件。", ""},
        {"", ""},
    };
    CHECK(cases);
}

static void a_rate_without_parts_is_told_so(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    assert_true(str_is(told(a, STR("法治责任满意度测评100%"), true), "比率与分项:无法核对"));
}

static void the_message_shows_the_arithmetic(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct findings found = text_check(a, STR("共受理98起,调解成功95起,成功率98%"));
    assert_int_equal(found.count, 1);
    assert_true(str_is(found.items[0].phrase, "成功率98%"));
    assert_true(str_is(found.items[0].message, "95÷98＝96.9%，与所写98%不符"));
}

static void whole_reports(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct str text;
    struct error err;
    assert_true(file_read(a, SAMPLES "written-report.txt", 1 << 20, &text, &err));
    struct findings found = text_check(a, text);
    if (findings_contradictions(&found)) print_findings(a, text);
    assert_int_equal(findings_contradictions(&found), 0);
    assert_true(str_is(told(a, text, false), "列举与个数:相符 分项与合计:相符 比率与分项:相符 比率与分项:相符 "
                                             "列举与个数:相符"));

    assert_true(file_read(a, SAMPLES "written-report-wrong.txt", 1 << 20, &text, &err));
    found = text_check(a, text);
    if (findings_contradictions(&found) != 8) print_findings(a, text);
    assert_int_equal(findings_contradictions(&found), 8);
}

static void a_real_report_has_no_contradiction(void **state)
{
    (void)state;
    if (!file_exists(REAL_REPORT)) { /* before the arena: skip() jumps past its cleanup */
        print_message("skipped: %s is not here\n", REAL_REPORT);
        skip();
    }
    auto_arena a = arena_open();
    struct str text;
    struct error err;
    assert_true(file_read(a, REAL_REPORT, 1 << 20, &text, &err));
    struct findings found = text_check(a, text);
    if (findings_contradictions(&found)) print_findings(a, text);
    assert_int_equal(findings_contradictions(&found), 0);
    struct str wrong = str_replace(a, text, STR("答复12件"), STR("答复11件"));
    found = text_check(a, wrong);
    assert_int_equal(findings_contradictions(&found), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_against_parts),
        cmocka_unit_test(parts_against_sums),
        cmocka_unit_test(outcomes_lists_and_repeats),
        cmocka_unit_test(a_rate_without_parts_is_told_so),
        cmocka_unit_test(the_message_shows_the_arithmetic),
        cmocka_unit_test(whole_reports),
        cmocka_unit_test(a_real_report_has_no_contradiction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
