/* The formula language: what is accepted and how it prints, what is said, what is refused and where, and what the SQL
 * gives on a real SQLite database. */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "formula_schema.h"

static const struct formula_context in_mediation = {.schema = &fake_schema, .self = &mediation_register};
static const struct formula_context in_petition = {.schema = &fake_schema, .self = &petition_register};
static const struct formula_context in_figure = {.schema = &fake_schema, .has_period = true};

static struct formula *parsed(struct arena *a, const char *text, const struct formula_context *ctx)
{
    struct error err = {0};
    struct formula *f = formula_parse(a, str_from(text), ctx, FT_NONE, &err);
    if (!f) fail_msg("%s: %s: %s", text, err.where, err.message);
    return f;
}

static void must_be(const char *text, struct str found, const char *expected)
{
    if (!str_is(found, expected)) fail_msg("%s\n  gives    %.*s\n  expected %s", text, STR_ARG(found), expected);
}

/* ---- printing ---- */

static void formulas_print_in_normal_form(void **state)
{
    (void)state;
    static const struct {
        const struct formula_context *ctx;
        const char *text, *printed; /* NULL: the same */
    } cases[] = {
        {&in_mediation, "kind=major", "kind = major"},
        {&in_mediation, "kind = '01'", NULL},
        {&in_mediation, "people>=param( crowd )*2", "people >= param(crowd) * 2"},
        {&in_mediation, "kind = title", NULL},
        {&in_mediation, "major = kind", NULL},
        {&in_mediation, "title = \"it's\"", "title = 'it''s'"},
        {&in_mediation, "((people > 3))", "people > 3"},
        {&in_mediation, "(people > 3 and open) or not (open = no)", "people > 3 and open or not open = no"},
        {&in_mediation, "people > 3 and (open or people < 1)", NULL},
        {&in_mediation, "open and (open and people < 1)", NULL},
        {&in_mediation, "not not open", NULL},
        {&in_mediation, "1 - (2 - 3) - 4", NULL},
        {&in_mediation, "(1 + 2) * people / (3 * 4)", NULL},
        {&in_mediation, "-people * -3 - -2.50", "-people * -3 - -2.5"},
        {&in_mediation, "-(3)", NULL},
        {&in_mediation, "- - - -22", "----22"},
        {&in_mediation, "amount >= 500000.05", NULL},
        {&in_mediation, "received_on + 5 days", "after(received_on, 5 days)"},
        {&in_mediation, "received_on - 1 month", "after(received_on, -1 months)"},
        {&in_mediation, "after(received_on,(people+1) workdays)", "after(received_on, (people + 1) workdays)"},
        {&in_mediation, "days between(received_on, today)", "days(received_on, today)"},
        {&in_mediation, "year of (received_on + 1 year)", "year of after(received_on, 1 years)"},
        {&in_mediation, "quarter of parent.received_on", NULL},
        {&in_mediation, "told_at in 2024", NULL},
        {&in_mediation, "told_at not in 2024-05", NULL},
        {&in_mediation, "received_on in 2024-04-01..2024-06-30", "received_on in 2024-Q2"},
        {&in_mediation, "received_on in 2024-01-15..2024-06-30", NULL},
        {&in_mediation, "kind not in (major,minor,'01')", "kind not in (major, minor, '01')"},
        {&in_mediation, "petitioner is not empty and paper is empty", NULL},
        {&in_mediation, "title contains 'a' or title starts with 'b'", NULL},
        {&in_mediation, "exists(visit where visit_case = self)", NULL},
        {&in_mediation, "exists(visit where visit_case = mediation\n  and minutes > mediation.people)",
         "exists(visit where visit_case = mediation and minutes > mediation.people)"},
        {&in_mediation, "due(settle) < today or met('accept') or overdue(parent, settle)",
         "due(settle) < today or met(accept) or overdue(parent, settle)"},
        {&in_mediation, "empty", NULL},
        {&in_figure, "percent(count(petition), count(petition where received_on in period))", NULL},
        {&in_figure, "count distinct(visit.visit_case.parent.number where minutes > 1)", NULL},
        {&in_figure, "max(mediation.told_at)", NULL},
        {&in_figure, "year of period", NULL},
        {&in_figure, "count(mediation where closed_on <= end of period)", NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        auto_arena a = arena_open();
        struct formula *f = parsed(a, cases[i].text, cases[i].ctx);
        struct str text = formula_text(a, f);
        must_be(cases[i].text, text, cases[i].printed ? cases[i].printed : cases[i].text);
        if (!formula_equal(f, parsed(a, str_cstr(a, text), cases[i].ctx))) fail_msg("%s: another tree", cases[i].text);
    }
}

static void different_formulas_are_not_equal(void **state)
{
    (void)state;
    static const char *const texts[] = {"people > 3",        "people > 4",           "people >= 3",
                                        "people in (3)",     "not people > 3",       "people > 3 and open",
                                        "kind = major",      "kind = 'major'",       "closed_on in 2024",
                                        "closed_on in 2023", "closed_on not in 2024"};
    auto_arena a = arena_open();
    for (size_t i = 0; i < LENGTH(texts); i++)
        for (size_t j = 0; j < LENGTH(texts); j++)
            if (formula_equal(parsed(a, texts[i], &in_mediation), parsed(a, texts[j], &in_mediation)) != (i == j))
                fail_msg("%s against %s", texts[i], texts[j]);
}

/* ---- words ---- */

static void formulas_are_said_in_chinese(void **state)
{
    (void)state;
    static const struct {
        const struct formula_context *ctx;
        const char *text, *words;
    } cases[] = {
        {&in_figure, "count(petition where received_on in period)", "「信访事项」中「收到日期」在统计期内的件数"},
        {&in_figure, "count(petition)", "「信访事项」的件数"},
        {&in_mediation, "people >= param(crowd)", "「人数」不少于“人数标准”"},
        {&in_figure, "percent(count(petition where met(answer)), count(petition where due(answer) in period))",
         "（「信访事项」中“答复”期限已按期办到的件数）占（「信访事项」中“答复”期限届满日在统计期内的件数）的百分比"},
        {&in_figure, "count(mediation where kind = major and amount >= 500000)",
         "「纠纷」中「类别」为“重大”且「金额」不少于500000元的件数"},
        {&in_figure, "count(mediation where kind in (major, minor, '01') and (open or people > 3))",
         "「纠纷」中「类别」为“重大”、“一般”或“其他”且（「公开」为是或者「人数」超过3）的件数"},
        {&in_figure, "count(mediation where open in (yes, no))", "「纠纷」中「公开」为是或否的件数"},
        {&in_figure, "count(mediation where open != parent.open)", "「纠纷」中「公开」不为「原纠纷」的「公开」的件数"},
        {&in_figure, "count distinct(visit.visit_case.number where visited_on in 2024-Q1)",
         "「回访」中「回访日期」在2024年第一季度内的不同「纠纷」的「编号」的个数"},
        {&in_figure, "sum(mediation.amount where closed_on is not empty)",
         "「纠纷」中「办结日期」不为空的「金额」合计"},
        {&in_figure, "max(mediation.closed_on)", "「纠纷」的「办结日期」中最晚的"},
        {&in_mediation, "exists(review where matter = self and conclusion = lawful)",
         "有「合法性审核」（「送审事项」为本记录且「审核结论」为“合法”）"},
        {&in_mediation, "not exists(visit where visit_case = self)", "没有「回访」（「纠纷」为本记录）"},
        {&in_mediation, "not (title contains 'x')", "并非（「标题」含有“x”）"},
        {&in_mediation, "closed_on <= received_on + 15 workdays", "「办结日期」不晚于「收到日期」之后15个工作日"},
        {&in_mediation, "open = no", "「公开」为否"},
        {&in_mediation, "days(received_on, today) > 60", "从「收到日期」到今天的天数超过60"},
        {&in_mediation, "parent.kind != major", "「原纠纷」的「类别」不为“重大”"},
        {&in_mediation, "(people + 2) * 3", "（「人数」加2）乘以3"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        auto_arena a = arena_open();
        must_be(cases[i].text, formula_words(a, parsed(a, cases[i].text, cases[i].ctx)), cases[i].words);
    }
}

/* ---- faults ---- */

static void faults_say_where_and_what(void **state)
{
    (void)state;
    static const struct {
        const struct formula_context *ctx;
        enum formula_type want;
        const char *text;
        int character;    /* of the place, from 1 */
        const char *part; /* of the message */
    } cases[] = {
        {&in_mediation, FT_NONE, "", 1, "公式是空的"},
        {&in_mediation, FT_NONE, "peple > 3", 1, "people（人数）"},
        {&in_mediation, FT_NONE, "people > param(croud)", 10, "没有参数“croud”"},
        {&in_mediation, FT_NONE, "people > param(3)", 16, "应是参数的名称"},
        {&in_figure, FT_NONE, "count(mediation) > param(crowd)", 20, "参数要写在 count(台账 where …)"},
        {&in_mediation, FT_NONE, "people > 3 and zzzzzzzz = 1", 16, "它的字段有：number（编号）"},
        {&in_mediation, FT_NONE, "收到日期 = today", 1, "「收到日期」是 received_on"},
        {&in_mediation, FT_NONE, "kind = mayor", 8, "major（重大）、minor（一般）、title（物业）、01（其他）"},
        {&in_mediation, FT_NONE, "kind in (major, x)", 17, "“x”不是「类别」的代码"},
        {&in_mediation, FT_NONE, "kind = 01", 8, "以数字开头的代码要加引号"},
        {&in_mediation, FT_NONE, "kind = 'lawful'", 8, "不是「类别」的代码"},
        {&in_mediation, FT_NONE, "kind > major", 6, "代码没有大小"},
        {&in_mediation, FT_NONE, "kind = stage", 8, "不属于同一个代码表"},
        {&in_mediation, FT_NONE, "people = '3'", 10, "「人数」是整数，不能与文字比较"},
        {&in_mediation, FT_NONE, "received_on >= '2024-01-01'", 16, "日期直接写 2024-03-01"},
        {&in_mediation, FT_NONE, "received_on = empty", 15, "is empty"},
        {&in_mediation, FT_NONE, "open = 1", 8, "= yes 或 = no"},
        {&in_mediation, FT_NONE, "1 < people < 3", 12, "比较不能连着写"},
        {&in_mediation, FT_NONE, "people > 3）", 11, "中文标点 ） "},
        {&in_mediation, FT_NONE, "title = “x”", 9, "中文标点 “ "},
        {&in_mediation, FT_NONE, "people ＝ 3", 8, "中文标点 ＝ "},
        {&in_mediation, FT_NONE, "people ＃ 3", 8, "全角字符 ＃ "},
        {&in_mediation, FT_NONE, "people == 3", 8, "相等只写一个 ="},
        {&in_mediation, FT_NONE, "people > 3 && open", 12, "写 and"},
        {&in_mediation, FT_NONE, "people ; drop", 8, "公式里不能有“;”"},
        {&in_mediation, FT_NONE, "title = 'abc", 9, "缺少结尾的引号"},
        {&in_mediation, FT_NONE, "(people > 3", 12, "括号没有关上"},
        {&in_mediation, FT_NONE, "people > 3 open", 12, "是不是少了 and 或 or"},
        {&in_mediation, FT_NONE, "people >", 9, "公式到此结束"},
        {&in_mediation, FT_NONE, "people > 1.23456", 10, "小数最多四位"},
        {&in_mediation, FT_NONE, "closed_on = 2023-02-29", 13, "没有“2023-02-29”这个日期"},
        {&in_mediation, FT_NONE, "closed_on in 2024-13", 14, "没有“2024-13”这个月份"},
        {&in_mediation, FT_NONE, "closed_on in 99", 14, "2024-Q1"},
        {&in_mediation, FT_NONE, "closed_on = period", 13, "没有统计期"},
        {&in_mediation, FT_NONE, "people in 2024", 1, "应是日期或时刻"},
        {&in_mediation, FT_NONE, "closed_on + 3 > today", 13, "日期加减要写单位"},
        {&in_mediation, FT_NONE, "closed_on - received_on > 3", 11, "days(开始, 结束)"},
        {&in_mediation, FT_NONE, "after(closed_on, 5)", 19, "应是单位"},
        {&in_mediation, FT_NONE, "title + 1", 1, "+ 的两边应是数，「标题」是文字"},
        {&in_mediation, FT_NONE, "amount * amount > 1", 8, "金额不能乘以金额"},
        {&in_mediation, FT_NONE, "title and open", 1, "and 的两边应是条件"},
        {&in_mediation, FT_NONE, "kind contains 'a'", 1, "应是文字，「类别」是代码"},
        {&in_mediation, FT_NONE, "title not contains 'a'", 7, "not (a contains 'b')"},
        {&in_mediation, FT_NONE, "petitioner = 'x'", 1, "保密字段"},
        {&in_mediation, FT_NONE, "petitioner", 1, "保密字段"},
        {&in_mediation, FT_NONE, "paper = 'x'", 1, "附件"},
        {&in_mediation, FT_NONE, "count distinct(mediation.petitioner)", 26, "保密字段"},
        {&in_mediation, FT_NONE, "exists(mediation where parent.petitioner = 'x')", 31, "保密字段"},
        {&in_mediation, FT_NONE, "title.number = 'x'", 1, "不是对记录的引用"},
        {&in_mediation, FT_NONE, "exists(visit where visit_case = 3)", 33, "「纠纷」是对记录的引用"},
        {&in_mediation, FT_NONE, "exists(petition where matter = petition)", 32,
         "左边是「纠纷」的记录，右边是「信访事项」"},
        {&in_mediation, FT_NONE, "exists(visit where people > 3)", 20, "self.people"},
        {&in_mediation, FT_NONE, "people = people", 8, "同一个字段"},
        {&in_mediation, FT_NONE, "exists(visits)", 1, "没有台账“visits”"},
        {&in_mediation, FT_NONE, "visit = self", 1, "“visit”是台账"},
        {&in_mediation, FT_NONE, "exists(visit, minutes > 3)", 13, "条件写在 where 后面"},
        {&in_mediation, FT_NONE, "sum(visit) > 3", 5, "台账.字段"},
        {&in_mediation, FT_NONE, "count(visit.minutes)", 7, "count distinct"},
        {&in_mediation, FT_NONE, "sum(visit.note)", 11, "应是数，「情况」是文字"},
        {&in_mediation, FT_NONE, "median(visit.minutes)", 1, "没有函数“median”"},
        {&in_mediation, FT_NONE, "due(answer) < today", 1, "它的期限有：accept、settle"},
        {&in_mediation, FT_NONE, "exists(visit where overdue(x))", 20, "「回访」没有期限"},
        {&in_mediation, FT_NONE, "exists(petition where met(review) or overdue(review))", 38, "期满不算逾期"},
        {&in_figure, FT_NONE, "self.people", 1, "不能用 self"},
        {&in_figure, FT_NONE, "people", 1, "这里没有记录"},
        {&in_figure, FT_NONE, "period", 1, "期间只能写在 in 后面"},
        {&in_figure, FT_NONE, "met(answer)", 1, "这里没有记录"},
        {&in_mediation, FT_BOOL, "people", 1, "应给出条件，「人数」是整数"},
        {&in_mediation, FT_DATE, "people > 3", 8, "应给出日期"},
        {&in_mediation, FT_MONEY, "1.005", 1, "应给出金额"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        auto_arena a = arena_open();
        struct error err = {0};
        if (formula_parse(a, str_from(cases[i].text), cases[i].ctx, cases[i].want, &err))
            fail_msg("%s was accepted", cases[i].text);
        struct str where = str_printf(a, "第%d个字符", cases[i].character);
        if (!str_is(where, err.where) || !strstr(err.message, cases[i].part) || err.code != ERR_INPUT)
            fail_msg("%s\n  at %s: %s\n  expected at %.*s: … %s …", cases[i].text, err.where, err.message,
                     STR_ARG(where), cases[i].part);
    }
}

static void faults_stand_at_a_byte(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct formula_context ctx = in_mediation;
    struct error err = {0};
    size_t at = 0;
    ctx.fault_at = &at;
    assert_null(formula_parse(a, STR("title = '调解' and peple > 3"), &ctx, FT_BOOL, &err));
    assert_string_equal(err.where, "第18个字符");
    assert_int_equal(at, sizeof "title = '调解' and " - 1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_null(formula_parse(a, STR("open\n  and peple > 3"), &ctx, FT_BOOL, &err));
    assert_string_equal(err.where, "第12个字符");
    assert_int_equal(at, sizeof "open\n  and " - 1);
}

static void wanted_types_are_met(void **state)
{
    (void)state;
    static const struct {
        enum formula_type want;
        const char *text;
        enum formula_type result;
    } cases[] = {
        {FT_NUMBER, "people", FT_INTEGER},
        {FT_NUMBER, "average(visit.minutes)", FT_NUMBER},
        {FT_MONEY, "12.5", FT_MONEY},
        {FT_DECIMAL, "people", FT_DECIMAL},
        {FT_DATE, "today", FT_DATE},
        {FT_DATE, "empty", FT_NONE},
        {FT_CODE, "major", FT_CODE},
        {FT_RECORD, "parent", FT_RECORD},
        {FT_NONE, "people / 2", FT_NUMBER},
        {FT_NONE, "amount + 1", FT_MONEY},
        {FT_NONE, "amount * 2", FT_MONEY},
        {FT_NONE, "amount * 1.5", FT_NUMBER},
        {FT_NONE, "percent(1, 2)", FT_PERCENT},
    };
    auto_arena a = arena_open();
    struct formula_context ctx = in_mediation;
    ctx.codes = &kind_codes;
    ctx.target = &mediation_register;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct error err = {0};
        struct formula *f = formula_parse(a, str_from(cases[i].text), &ctx, cases[i].want, &err);
        if (!f) fail_msg("%s: %s", cases[i].text, err.message);
        if (formula_result(f) != cases[i].result) fail_msg("%s gives type %d", cases[i].text, (int)formula_result(f));
    }
}

static void huge_formulas_are_refused(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct error err;
    static const struct {
        const char *opening, *middle, *closing;
        size_t times;
    } cases[] = {
        {"(", "open", ")", 3000},
        {"not ", "open", "", 1500},
        {"-", "people", "", 7000},
        {"open and ", "open", "", 700},
        {"exists(visit where ", "minutes > 1", ")", 300},
        {"exists(visit where ", "minutes > 1", ")", 5},
        {"days(today, received_on + ", "1", " days)", 200},
        {"1+", "1", "", 100000},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b = buf_in(a);
        for (size_t n = 0; n < cases[i].times; n++) buf_puts(&b, cases[i].opening);
        buf_puts(&b, cases[i].middle);
        for (size_t n = 0; n < cases[i].times; n++) buf_puts(&b, cases[i].closing);
        if (formula_parse(a, buf_str(&b), &in_mediation, FT_NONE, &err)) fail_msg("case %zu was accepted", i);
        if (!strstr(err.message, "太深") && !strstr(err.message, "太长")) fail_msg("case %zu: %s", i, err.message);
    }
    assert_null(formula_parse(a, (struct str){"open\0", 5}, &in_mediation, FT_NONE, &err));
    assert_null(formula_parse(a, STR("title = '\xff'"), &in_mediation, FT_NONE, &err));
}

/* ---- SQL text ---- */

/* The SQL of a formula must not depend on what its literals say. */
static void literals_never_reach_sql(void **state)
{
    (void)state;
    static const char *const hostile[] = {"'; drop table mediation; --",
                                          "\" or 1=1 --",
                                          "%' union select 1",
                                          "?1 :a @b $c",
                                          "\\'; x",
                                          "🙂 '' \"\"",
                                          "/* */",
                                          "a\nb"};
    static const char *const shapes[] = {"title = %s", "title contains %s or number starts with %s",
                                         "exists(mediation where title in (%s, %s) and number = self.number)"};
    auto_arena a = arena_open();
    for (size_t s = 0; s < LENGTH(shapes); s++) {
        struct str plain = str_replace(a, str_from(shapes[s]), STR("%s"), STR("'a'"));
        struct formula *calm = parsed(a, str_cstr(a, plain), &in_mediation);
        for (size_t h = 0; h < LENGTH(hostile); h++) {
            struct str doubled = str_replace(a, str_from(hostile[h]), STR("'"), STR("''"));
            struct str quoted = str_printf(a, "'%.*s'", STR_ARG(doubled));
            struct str text = str_replace(a, str_from(shapes[s]), STR("%s"), quoted);
            struct formula *f = parsed(a, str_cstr(a, text), &in_mediation);
            for (int d = DIALECT_SQLITE; d <= DIALECT_POSTGRES; d++) {
                struct formula_sql one = formula_to_sql(a, f, (enum formula_dialect)d, false);
                struct formula_sql other = formula_to_sql(a, calm, (enum formula_dialect)d, false);
                must_be(hostile[h], one.text, str_cstr(a, other.text));
                bool found = false;
                for (size_t i = 0; i < one.bind_count; i++) found = found || str_is(one.binds[i].literal.t, hostile[h]);
                if (!found) fail_msg("%s is not bound unchanged", hostile[h]);
            }
        }
    }
}

static bool evil_code(const void *context, const struct formula_codes *codes, struct str key, struct str *label)
{
    (void)context;
    (void)codes;
    *label = key;
    return true;
}

/* Keys of codes and even names of the schema can't break out either. */
static void names_never_break_out_of_sql(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct formula_schema schema = fake_schema;
    schema.find_code = evil_code;
    struct formula_context ctx = {.schema = &schema, .self = &mediation_register};
    struct formula_sql sql = formula_to_sql(a, parsed(a, "kind = '\" or 1=1 --'", &ctx), DIALECT_SQLITE, true);
    must_be("code", sql.text, "self.\"kind\" = ?");

    struct formula_field field = {.name = STR("x"), .label = STR("x"), .type = FT_INTEGER};
    struct formula_register reg = {
        .name = STR("evil\" where 1=1 --"), .label = STR("x"), .fields = &field, .field_count = 1};
    struct formula_context evil = {.schema = &schema, .self = &reg};
    sql = formula_to_sql(a, parsed(a, "x > 1", &evil), DIALECT_SQLITE, false);
    must_be("name", sql.text,
            "exists(select 1 from \"evil\"\" where 1=1 --\" as self where self.office = ? and self.id = ? and "
            "self.\"x\" > ?)");
}

static void sql_is_plain(void **state)
{
    (void)state;
    static const struct {
        const struct formula_context *ctx;
        const char *text;
        enum formula_dialect dialect;
        const char *sql;
    } cases[] = {
        {&in_mediation, "kind = major and amount >= 500000", DIALECT_SQLITE,
         "(self.\"kind\" = ? and self.\"amount\" >= ?)"},
        {&in_mediation, "kind != major", DIALECT_SQLITE, "self.\"kind\" is not ?"},
        {&in_mediation, "kind != major", DIALECT_POSTGRES, "self.\"kind\" is distinct from cast(? as text)"},
        {&in_mediation, "told_at in 2024", DIALECT_SQLITE,
         "(self.\"told_at\" >= ? and self.\"told_at\" < date(?, '+1 day'))"},
        {&in_mediation, "told_at in 2024", DIALECT_POSTGRES,
         "(self.\"told_at\" >= cast(? as date) and self.\"told_at\" < cast(? as date) + 1)"},
        {&in_mediation, "received_on in 2024", DIALECT_SQLITE, "self.\"received_on\" between ? and ?"},
        {&in_mediation, "title contains 'a'", DIALECT_POSTGRES, "position(cast(? as text) in self.\"title\") > 0"},
        {&in_figure, "count(mediation where open)", DIALECT_SQLITE,
         "(select count(*) from \"mediation\" as t1 where t1.office = ? and t1.voided = 0 and t1.\"open\" = 1)"},
        {&in_mediation, "parent.title = 'x'", DIALECT_SQLITE,
         "(select r1.\"title\" from \"mediation\" as r1 where r1.office = ? and r1.voided = 0 and r1.id = "
         "self.\"parent\") = ?"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct formula_sql sql = formula_to_sql(a, parsed(a, cases[i].text, cases[i].ctx), cases[i].dialect, true);
        must_be(cases[i].text, sql.text, cases[i].sql);
    }
}

/* ---- on a real database ---- */

static void sql_add_months(sqlite3_context *ctx, int count, sqlite3_value **args)
{
    (void)count;
    struct date d;
    const char *text = (const char *)sqlite3_value_text(args[0]);
    if (!text || !date_parse(str_from(text), &d)) return;
    struct ymd y = date_ymd(date_add_months(d, sqlite3_value_int(args[1])));
    char out[32];
    (void)snprintf(out, sizeof out, "%04d-%02d-%02d", y.year, y.month, y.day);
    sqlite3_result_text(ctx, out, -1, SQLITE_TRANSIENT);
}

/* Five disputes of the office yj (one voided, one almost empty), one of another office, and what belongs to them. */
static const char *const rows =
    "create table mediation(office text, id integer, voided integer, number text, stage text, created_on text,"
    " org integer, kind text, title text, amount integer, area integer, people integer, received_on text,"
    " closed_on text, told_at text, open integer, petitioner text, paper text, parent integer);"
    "create table visit(office text, id integer, voided integer, number text, stage text, created_on text,"
    " org integer, visit_case integer, visited_on text, minutes integer, note text);"
    "create table petition(office text, id integer, voided integer, number text, stage text, created_on text,"
    " org integer, matter integer, received_on text, answered_on text, satisfied integer);"
    "create table review(office text, id integer, voided integer, number text, stage text, created_on text,"
    " org integer, matter integer, conclusion text);"
    "create table fz_deadline(office text, register text, record integer, name text, start_on text, strict_on text,"
    " legal_on text, state text, met_on text);"
    "create table fz_calendar(day text, work integer, work_number integer);"
    "insert into mediation values"
    " ('yj',1,0,'M1','closed','2024-01-02',7,'major','楼道50%_漏水',50000000,1234500,3,'2024-01-05','2024-02-01',"
    "  '2024-03-31T23:59:59',1,'x','p',null),"
    " ('yj',2,0,'M2','accepted','2024-01-03',7,'minor','停车',49999999,null,2,'2024-03-31',null,"
    "  '2024-04-01T00:00:00',0,null,null,1),"
    " ('yj',3,0,'M3','registered','2024-02-03',8,'01','漏水',100,20000,1,'2024-05-31','2024-06-03',null,null,null,"
    "  null,2),"
    " ('yj',4,0,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null),"
    " ('yj',5,1,'M5','closed','2024-01-01',7,'major','作废',900,1,9,'2024-01-01','2024-01-01',null,1,'x','p',null),"
    " ('xx',1,0,'X1','closed','2024-01-01',7,'major','别处',900,1,9,'2024-01-01','2024-01-01',null,1,'x','p',null);"
    "insert into visit values"
    " ('yj',1,0,'V1','registered','2024-02-02',7,1,'2024-02-10',30,'满意'),"
    " ('yj',2,0,'V2','registered','2024-02-02',7,1,'2024-01-20',15,'还漏'),"
    " ('yj',3,0,'V3','registered','2024-02-02',7,2,'2024-04-01',null,null),"
    " ('yj',4,1,'V4','registered','2024-02-02',7,3,'2024-04-01',99,null),"
    " ('xx',5,0,'V5','registered','2024-02-02',7,4,'2024-04-01',99,null);"
    "insert into petition values"
    " ('yj',1,0,'P1','closed','2024-02-02',7,1,'2024-01-02','2024-02-02',1),"
    " ('yj',2,0,'P2','closed','2024-02-02',7,null,'2024-01-02','2024-05-02',0),"
    " ('yj',3,0,'P3','closed','2024-02-02',7,null,'2024-11-02',null,null);"
    "insert into review values ('yj',1,0,'R1','closed','2024-02-02',7,1,'lawful'),"
    " ('yj',2,0,'R2','closed','2024-02-02',7,2,'unlawful');"
    "insert into fz_deadline values"
    " ('yj','petition',1,'answer','2024-01-02','2024-03-02','2024-03-04','met','2024-02-02'),"
    " ('yj','petition',2,'answer','2024-01-02','2024-03-02','2024-03-04','missed',null),"
    " ('yj','petition',3,'answer','2024-11-02','2025-01-01','2025-01-02','running',null),"
    " ('yj','mediation',1,'settle','2024-01-02','2024-03-02','2024-03-04','met','2024-02-02'),"
    " ('yj','mediation',2,'settle','2024-01-02','2024-03-02','2024-03-04','running',null),"
    " ('xx','petition',3,'answer','2024-01-02','2024-03-02','2024-03-04','missed',null);"
    /* Friday 5 January 2024, the weekend after it, Monday 8 and Tuesday 9 */
    "insert into fz_calendar values ('2024-01-05',1,4),('2024-01-06',0,4),('2024-01-07',0,4),('2024-01-08',1,5),"
    " ('2024-01-09',1,6),('2024-01-10',1,7);";

static sqlite3 *office(void)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_create_function(db, "fz_add_months", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                             sql_add_months, NULL, NULL),
                     SQLITE_OK);
    if (sqlite3_exec(db, rows, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    return db;
}

static void bind_all(sqlite3_stmt *stmt, int from, const struct value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int at = from + (int)i;
        if (values[i].kind == VALUE_INT)
            sqlite3_bind_int64(stmt, at, values[i].i);
        else if (values[i].kind == VALUE_REAL)
            sqlite3_bind_double(stmt, at, values[i].r);
        else if (values[i].kind == VALUE_TEXT)
            sqlite3_bind_text(stmt, at, values[i].t.s, (int)values[i].t.len, SQLITE_STATIC);
    }
}

static struct formula_run run_about(int64_t self)
{
    struct formula_run run = {.office = STR("yj"), .self = self};
    date_parse(STR("2024-12-01"), &run.today);
    period_parse(STR("2024-H1"), &run.period_from, &run.period_to);
    return run;
}

static sqlite3_stmt *prepared(sqlite3 *db, struct arena *a, struct str text, const char *formula)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db, str_cstr(a, text), -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s\n  %.*s\n  %s", formula, STR_ARG(text), sqlite3_errmsg(db));
    return stmt;
}

/* The value as text, "null" when there is none. */
static struct str evaluated(sqlite3 *db, struct arena *a, const char *text, const struct formula_context *ctx,
                            int64_t self)
{
    struct formula_sql sql = formula_to_sql(a, parsed(a, text, ctx), DIALECT_SQLITE, false);
    struct formula_run run = run_about(self);
    sqlite3_stmt *stmt =
        prepared(db, a, str_printf(a, "select * from (select %.*s) where (1 = 1)", STR_ARG(sql.text)), text);
    assert_int_equal(sqlite3_bind_parameter_count(stmt), (int)sql.bind_count);
    bind_all(stmt, 1, formula_values(a, &sql, &run), sql.bind_count);
    if (sqlite3_step(stmt) != SQLITE_ROW) fail_msg("%s: %s", text, sqlite3_errmsg(db));
    const char *found = (const char *)sqlite3_column_text(stmt, 0);
    struct str result = str_copy(a, found ? str_from(found) : STR("null"));
    sqlite3_finalize(stmt);
    return result;
}

static void formulas_give_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const struct formula_context *ctx;
        int64_t self;
        const char *text, *value;
    } cases[] = {
        /* figures */
        {&in_figure, 0, "count(mediation)", "4"},
        {&in_figure, 0, "count(mediation where kind = major)", "1"},
        {&in_figure, 0, "count(mediation where kind != major)", "3"},
        {&in_figure, 0, "count(mediation where not kind = major)", "3"},
        {&in_figure, 0, "count(mediation where kind in (major, '01'))", "2"},
        {&in_figure, 0, "count(mediation where kind not in (major, '01'))", "2"},
        {&in_figure, 0, "count(mediation where amount >= 500000)", "1"},
        {&in_figure, 0, "count(mediation where amount >= 499999.99)", "2"},
        {&in_figure, 0, "count(mediation where amount < 1.005)", "1"},
        {&in_figure, 0, "count(mediation where amount in (1, 500000))", "2"},
        {&in_figure, 0, "count(mediation where amount > people)", "2"},
        {&in_figure, 0, "count(mediation where area = 123.45)", "1"},
        {&in_figure, 0, "count(mediation where area * 2 = 4)", "1"},
        {&in_figure, 0, "count(mediation where people > 1.5)", "2"},
        {&in_figure, 0, "count(mediation where open)", "1"},
        {&in_figure, 0, "count(mediation where open = no)", "1"},
        {&in_figure, 0, "count(mediation where not open)", "3"},
        {&in_figure, 0, "count(mediation where not (open = no))", "3"},
        {&in_figure, 0, "count(mediation where not (people > 1 and open))", "3"},
        {&in_figure, 0, "count(mediation where not (people > 1 or open))", "2"},
        {&in_figure, 0, "count(mediation where (people > 1) = (open = yes))", "3"},
        {&in_figure, 0, "count(mediation where title contains '%')", "1"},
        {&in_figure, 0, "count(mediation where title contains '漏水')", "2"},
        {&in_figure, 0, "count(mediation where title starts with '漏水')", "1"},
        {&in_figure, 0, "count(mediation where not (title starts with '漏'))", "3"},
        {&in_figure, 0, "count(mediation where petitioner is empty)", "3"},
        {&in_figure, 0, "count(mediation where paper is not empty)", "1"},
        {&in_figure, 0, "count(mediation where received_on in period)", "3"},
        {&in_figure, 0, "count(mediation where received_on in 2024-Q1)", "2"},
        {&in_figure, 0, "count(mediation where received_on not in 2024-Q1)", "2"},
        {&in_figure, 0, "count(mediation where told_at in 2024-03)", "1"},
        {&in_figure, 0, "count(mediation where told_at in 2024-04)", "1"},
        {&in_figure, 0, "count(mediation where not told_at in 2024-04)", "3"},
        {&in_figure, 0, "count(mediation where told_at <= 2024-03-31)", "1"},
        {&in_figure, 0, "count(mediation where told_at = received_on + 1 day)", "1"},
        {&in_figure, 0, "count(mediation where told_at in (2024-03-31, 2024-04-01))", "2"},
        {&in_figure, 0, "sum(mediation.amount where kind != '01')", "99999999"},
        {&in_figure, 0, "sum(mediation.amount where people > 100)", "0"},
        {&in_figure, 0, "average(mediation.people)", "2.0"},
        {&in_figure, 0, "average(mediation.amount where kind = '01')", "1.0"},
        {&in_figure, 0, "average(mediation.people where people > 100)", "null"},
        {&in_figure, 0, "min(mediation.received_on)", "2024-01-05"},
        {&in_figure, 0, "max(mediation.people)", "3"},
        {&in_figure, 0, "count distinct(visit.visit_case)", "2"},
        {&in_figure, 0, "count distinct(mediation.parent.kind)", "2"},
        {&in_figure, 0, "count distinct(visit.visit_case.kind where minutes > 1)", "1"},
        {&in_figure, 0, "percent(count(mediation where open), count(mediation))", "25.0"},
        {&in_figure, 0, "percent(count(mediation), count(mediation where people > 100))", "null"},
        {&in_figure, 0, "percent(sum(mediation.amount where kind = '01'), 2)", "50.0"},
        {&in_figure, 0, "percent(0, 0) >= 0", "0"},
        {&in_figure, 0, "count(mediation) / 0", "null"},
        {&in_figure, 0, "count(mediation) / 8", "0.5"},
        {&in_figure, 0, "1 - 2 - 3 + 10", "6"},
        {&in_figure, 0, "1 - (2 - 3) * 2 / 4", "1.5"},
        {&in_figure, 0, "-count(mediation) + -1", "-5"},
        {&in_figure, 0, "exists(mediation where people > 2) and not exists(mediation where people > 3)", "1"},
        {&in_figure, 0, "count(mediation where exists(visit where visit_case = mediation))", "2"},
        {&in_figure, 0,
         "count(mediation where exists(visit where visit_case = mediation and visited_on > mediation.closed_on))", "1"},
        {&in_figure, 0, "count(mediation where count(visit where visit_case = mediation) = 2)", "1"},
        {&in_figure, 0, "count(mediation where exists(mediation where parent = mediation))", "2"},
        {&in_figure, 0, "count(mediation where mediation.people = 3)", "1"},
        {&in_figure, 0, "count(mediation where parent.parent.number = 'M1')", "1"},
        {&in_figure, 0, "count(petition where met(answer))", "1"},
        {&in_figure, 0, "count(petition where overdue(answer))", "1"},
        {&in_figure, 0, "count(petition where not overdue(answer))", "2"},
        {&in_figure, 0, "count(petition where answered_on <= due(answer))", "1"},
        {&in_figure, 0, "count(petition where due(answer) in period)", "2"},
        {&in_figure, 0, "count(petition where met(matter, settle))", "1"},
        {&in_figure, 0, "count(mediation where overdue(settle))", "1"},
        {&in_figure, 0, "year of period", "2024"},
        {&in_figure, 0, "days(start of period, end of period)", "181"},
        /* one record */
        {&in_mediation, 1, "people", "3"},
        {&in_mediation, 1, "self", "1"},
        {&in_mediation, 1, "amount + 1", "50000100"},
        {&in_mediation, 1, "amount / people", "166666.666666667"},
        {&in_mediation, 1, "empty", "null"},
        {&in_mediation, 1, "kind", "major"},
        {&in_mediation, 3, "exists(review where matter = self and conclusion = lawful)", "0"},
        {&in_mediation, 1, "exists(review where matter = self and conclusion = lawful)", "1"},
        {&in_mediation, 2, "exists(review where matter = self and conclusion = lawful)", "0"},
        {&in_mediation, 3, "exists(visit where visit_case = self.parent and visited_on > self.parent.received_on)",
         "1"},
        {&in_mediation, 1, "year of received_on * 100 + month of received_on", "202401"},
        {&in_mediation, 3, "quarter of received_on", "2"},
        {&in_mediation, 1, "quarter of told_at", "1"},
        {&in_mediation, 1, "days(received_on, closed_on)", "27"},
        {&in_mediation, 1, "days(told_at, 2024-04-02)", "2"},
        {&in_mediation, 4, "days(received_on, closed_on)", "null"},
        {&in_mediation, 4, "days(received_on, closed_on) > 3", "0"},
        {&in_mediation, 4, "people > 3 or people <= 3", "0"},
        {&in_mediation, 4, "not (people > 3)", "1"},
        {&in_mediation, 4, "people != 3", "1"},
        {&in_mediation, 1, "received_on + 1 workday", "2024-01-08"},
        {&in_mediation, 1, "after(received_on + 1 day, 2 workdays)", "2024-01-09"},
        {&in_mediation, 3, "received_on + 1 month", "2024-06-30"},
        {&in_mediation, 3, "received_on - 3 months", "2024-02-29"},
        {&in_mediation, 3, "received_on + people years", "2025-05-31"},
        {&in_mediation, 3, "received_on - people days", "2024-05-30"},
        {&in_mediation, 2, "due(settle)", "2024-03-04"},
        {&in_mediation, 2, "strict(settle)", "2024-03-02"},
        {&in_mediation, 2, "due(accept)", "null"},
        {&in_mediation, 2, "overdue(settle)", "1"},
        {&in_mediation, 3, "overdue(parent, settle)", "1"},
        {&in_mediation, 1, "today", "2024-12-01"},
        {&in_mediation, 5, "people", "9"}, /* a voided record still answers about itself */
        {&in_petition, 1, "matter.kind = major and met(matter, settle)", "1"},
        {&in_petition, 2, "matter is empty", "1"},
        {&in_petition, 2, "matter.kind = major", "0"},
    };
    sqlite3 *db = office();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        auto_arena a = arena_open();
        must_be(cases[i].text, evaluated(db, a, cases[i].text, cases[i].ctx, cases[i].self), cases[i].value);
    }
    sqlite3_close(db);
}

/* A small generator with its own state, so that a failing formula can be had again. */
struct dice {
    uint64_t state;
};

static unsigned roll(struct dice *d, unsigned sides)
{
    d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(d->state >> 33) % sides;
}

/* What the parser admits at its deepest must not be too deep for SQLite. */
static void the_deepest_formulas_run(void **state)
{
    (void)state;
    static const struct {
        const char *opening, *middle, *closing;
        size_t times;
    } cases[] = {
        {"not ", "people > 3", "", 12},
        {"not (people > 1 and ", "open", ")", 6},
        {"exists(mediation where 3 > people and not (", "open", "))", 4},
        {"max(mediation.people where people in (", "people", ", 2) and not open)", 4},
        {"max(mediation.people where told_at in 2024 and not parent.parent.parent.kind in (major, '01') and "
         "(open or people > 1 and 3 < (",
         "people", ")))", 2},
        {"2 * (people - ", "3", ")", 12},
        {"3 / -(2 + ", "people", ")", 4},
        {"after(", "received_on", ", 1 workdays)", 6},
        {"after(", "received_on", ", 1 months)", 12},
        {"days(today, received_on + (", "3", ") days)", 4},
        {"((", "open", ") = (open and people > 1))", 6},
        {"people + ", "1", "", 299},
        {"people > 1 and ", "open", "", 140},
        {"people * ", "1", "", 90},
    };
    sqlite3 *db = office();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        auto_arena a = arena_open();
        struct buf b = buf_in(a);
        for (size_t n = 0; n < cases[i].times; n++) buf_puts(&b, cases[i].opening);
        buf_puts(&b, cases[i].middle);
        for (size_t n = 0; n < cases[i].times; n++) buf_puts(&b, cases[i].closing);
        (void)evaluated(db, a, str_cstr(a, buf_str(&b)), &in_mediation, 1);
    }
    sqlite3_close(db);
}

/* Layers put around a condition at random until the parser refuses: what it took last must run. */
static void random_deep_formulas_run(void **state)
{
    (void)state;
    static const char *const layers[][2] = {
        {"not (", ")"},
        {"not ", ""},
        {"(", ") = (open and people > 1)"},
        {"(open or people > 1 and ", ")"},
        {"exists(mediation where ", ")"},
        {"not exists(mediation where told_at not in 2024 and ", ")"},
        {"max(mediation.people where ", ") in (1, 2)"},
        {"max(mediation.told_at where ", ") not in 2024"},
        {"days(today, max(mediation.closed_on where ", ") + 3 workdays) > 3"},
        {"percent(count(mediation where ", "), 3 * (people + 1)) > 3"},
        {"sum(mediation.amount where not ", ") * 2 - 3 * (2 - people) > people / 2"},
    };
    struct dice dice = {7};
    sqlite3 *db = office();
    for (int i = 0; i < 2000; i++) {
        auto_arena a = arena_open();
        struct str text = STR("parent.parent.kind not in (major, '01')"), last;
        struct error err;
        do {
            const char *const *layer = layers[roll(&dice, LENGTH(layers))];
            last = text;
            bool bare = str_is(str_from(layer[1]), "");
            text = str_printf(a, bare ? "%s(%.*s)%s" : "%s%.*s%s", layer[0], STR_ARG(text), layer[1]);
        } while (formula_parse(a, text, &in_mediation, FT_BOOL, &err));
        if (!strstr(err.message, "太深") && !strstr(err.message, "太长"))
            fail_msg("%.*s: %s", STR_ARG(text), err.message);
        (void)evaluated(db, a, str_cstr(a, last), &in_mediation, 1);
    }
    sqlite3_close(db);
}

/* ---- sets ---- */

static int64_t set_size(sqlite3 *db, struct arena *a, const struct formula_set *set, const char *formula)
{
    struct formula_run run = run_about(0);
    struct str text =
        str_printf(a, "select count(*) from \"%.*s\" as self where self.office = ? and self.voided = 0 and (%.*s)",
                   STR_ARG(set->reg->name), STR_ARG(set->condition.text));
    sqlite3_stmt *stmt = prepared(db, a, text, formula);
    sqlite3_bind_text(stmt, 1, "yj", 2, SQLITE_STATIC);
    bind_all(stmt, 2, formula_values(a, &set->condition, &run), set->condition.bind_count);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static void figures_show_their_records(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    sqlite3 *db = office();
    struct formula_set *sets;
    const struct formula *parts[2];
    const char *text = "percent(count(petition where met(answer)), count(petition where due(answer) in period))";
    struct formula *f = parsed(a, text, &in_figure);
    assert_int_equal(formula_sets(a, f, DIALECT_SQLITE, &sets), 2);
    must_be(text, sets[0].role, "分子");
    must_be(text, sets[1].role, "分母");
    assert_int_equal(set_size(db, a, &sets[0], text), 1);
    assert_int_equal(set_size(db, a, &sets[1], text), 2);
    assert_true(formula_percent_parts(f, &parts[0], &parts[1]));
    must_be(text, formula_text(a, parts[1]), "count(petition where due(answer) in period)");
    assert_false(formula_percent_parts(parts[0], &parts[0], &parts[1]));

    text = "sum(mediation.amount) + count(mediation where exists(visit where visit_case = mediation))";
    assert_int_equal(formula_sets(a, parsed(a, text, &in_figure), DIALECT_SQLITE, &sets), 2);
    assert_int_equal(set_size(db, a, &sets[0], text), 3);
    assert_int_equal(set_size(db, a, &sets[1], text), 2);
    const struct formula_register *list[4];
    assert_int_equal(formula_registers(parsed(a, text, &in_figure), list, 4), 2);
    sqlite3_close(db);
}

/* ---- over many offices ---- */

static const char more_offices[] =
    "create table fz_parameter(office text, name text, valid_from text, code text, value integer);"
    "insert into fz_parameter values ('shi','crowd','2024-01-01','4502',2), ('qu','crowd','2024-02-01','450205',1),"
    " ('qu','crowd','2024-09-01','450205',99), ('qu2','crowd','2024-01-01','450206',9), ('qu','other','2024-01-01','450205',7);"
    "create table fz_office(office text, code text);"
    "insert into fz_office values ('yj','450205008'),('xx','450205001'),('zz','450206001'),('none','450205002'),"
    " ('qu','450205'),('far','460000001');"
    "insert into mediation select 'zz', id, voided, number, stage, created_on, org, kind, title, amount * 3, area, people + 1,"
    " received_on, closed_on, told_at, open, petitioner, paper, parent from mediation where office = 'yj' and id <> 2;"
    "insert into visit select 'zz', id, voided, number, stage, created_on, org, visit_case, visited_on, minutes, note"
    " from visit where office = 'yj';"
    "insert into petition select 'zz', id, voided, number, stage, created_on, org, matter, received_on, answered_on, satisfied"
    " from petition where office = 'yj' and id > 1;"
    "insert into review select 'zz', id, voided, number, stage, created_on, org, matter, conclusion from review"
    " where office = 'yj';"
    "insert into fz_deadline select 'zz', register, record, name, start_on, strict_on, legal_on, state, met_on"
    " from fz_deadline where office = 'yj' and record > 1;"
    "insert into mediation select 'far', id, voided, number, stage, created_on, org, kind, title, amount, area, people,"
    " received_on, closed_on, told_at, open, petitioner, paper, parent from mediation where office = 'yj';";

static struct str text_of(sqlite3_stmt *stmt, struct arena *a, int column)
{
    const char *found = (const char *)sqlite3_column_text(stmt, column);
    return str_copy(a, found ? str_from(found) : STR("null"));
}

/* The value of the place in the rows; "missing" when it is not there. */
static struct str value_at(sqlite3 *db, struct arena *a, const struct formula *f, const char *text, struct str tree,
                           int digits, struct str place)
{
    struct formula_sql sql = formula_over_offices(a, f, DIALECT_SQLITE);
    struct formula_run run = run_about(0);
    run.office = STR("nobody");
    run.tree_from = tree;
    run.tree_end = str_printf(a, "%.*s:", STR_ARG(tree));
    run.tree_digits = digits;
    sqlite3_stmt *stmt = prepared(db, a, sql.text, text);
    struct str result = STR("missing");
    assert_int_equal(sqlite3_bind_parameter_count(stmt), (int)sql.bind_count);
    bind_all(stmt, 1, formula_values(a, &sql, &run), sql.bind_count);
    int step;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
        if (str_eq(text_of(stmt, a, 0), place)) result = text_of(stmt, a, 1);
    if (step != SQLITE_DONE) fail_msg("%s: %s", text, sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
    return result;
}

static struct str alone(sqlite3 *db, struct arena *a, const struct formula *f, const char *text, struct str office_key)
{
    struct formula_sql sql = formula_to_sql(a, f, DIALECT_SQLITE, false);
    struct formula_run run = run_about(0);
    run.office = office_key;
    sqlite3_stmt *stmt = prepared(db, a, str_printf(a, "select %.*s", STR_ARG(sql.text)), text);
    bind_all(stmt, 1, formula_values(a, &sql, &run), sql.bind_count);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    struct str result = text_of(stmt, a, 0);
    sqlite3_finalize(stmt);
    return result;
}

static void an_office_in_the_tree_is_what_it_is_alone(void **state)
{
    (void)state;
    static const char *const formulas[] = {
        "count(mediation)",
        "count(mediation where received_on in period and kind != major)",
        "sum(mediation.amount)",
        "sum(mediation.amount where kind = major) / count(mediation)",
        "average(mediation.people)",
        "average(mediation.amount where received_on in period)",
        "min(mediation.received_on)",
        "max(mediation.closed_on where kind = major)",
        "days(min(mediation.received_on), max(mediation.closed_on))",
        "count distinct(mediation.kind)",
        "count(mediation where parent.kind = major)",
        "count(mediation where exists(visit where visit_case = mediation))",
        "count(mediation where sum(visit.minutes where visit_case = mediation) > 20)",
        "percent(count(petition where met(answer)), count(petition where due(answer) in period))",
        "percent(count(mediation where kind = major), count(mediation)) + count(petition)",
        "count(petition where answered_on <= received_on + 5 workdays)",
        "count(mediation where people >= param(crowd))",
        "count(mediation where exists(visit where visit_case = mediation and minutes > param(crowd)))",
        "7",
    };
    static const char *const offices[][2] = {
        {"yj", "450205008"}, {"xx", "450205001"}, {"zz", "450206001"}, {"none", "450205002"}};
    auto_arena a = arena_open();
    sqlite3 *db = office();
    if (sqlite3_exec(db, more_offices, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
    for (size_t i = 0; i < LENGTH(formulas); i++) {
        struct formula *f = parsed(a, formulas[i], &in_figure);
        for (size_t k = 0; k < LENGTH(offices); k++)
            must_be(formulas[i], value_at(db, a, f, formulas[i], STR("4502"), 9, str_from(offices[k][1])),
                    str_cstr(a, alone(db, a, f, formulas[i], str_from(offices[k][0]))));
        must_be(formulas[i], value_at(db, a, f, formulas[i], STR("4502"), 9, STR("460000001")), "missing");
    }
    sqlite3_close(db);
}

static void parts_are_put_together(void **state)
{
    (void)state;
    static const struct {
        const char *text, *tree;
        int digits;
        const char *place, *value;
    } cases[] = {
        {"count(mediation)", "4502", 6, "", "8"}, /* 4 + 1 + 3 */
        {"count(mediation)", "4502", 6, "450205", "5"},
        {"count(mediation)", "4502", 6, "450206", "3"},
        {"count(mediation)", "4502", 6, "450207", "missing"},
        {"count(mediation)", "450205", 9, "", "5"},
        {"count(mediation)", "450205", 9, "450205", "0"}, /* the district's own office */
        {"count(mediation)", "", 2, "46", "4"},
        /* Of 5 cases 2: not the mean of 1/4 and 1/1. */
        {"percent(count(mediation where kind = major), count(mediation))", "450205", 9, "", "40.0"},
        {"average(mediation.people)", "450205", 9, "", "3.75"}, /* (3 + 2 + 1 + 9) / 4 */
        {"min(mediation.received_on)", "450205", 9, "", "2024-01-01"},
        {"max(mediation.amount)", "450205", 9, "450205002", "null"},
        /* At the end of June: the district's 1 in 450205, 9 in 450206, the city's 2 nowhere. */
        {"count(mediation where people >= param(crowd))", "4502", 6, "450205", "4"},
        {"count(mediation where people >= param(crowd))", "4502", 6, "450206", "0"},
        /* Nobody set anything for the other province: 3. */
        {"count(mediation where people >= param(crowd))", "46", 9, "", "1"},
    };
    auto_arena a = arena_open();
    sqlite3 *db = office();
    if (sqlite3_exec(db, more_offices, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
    for (size_t i = 0; i < LENGTH(cases); i++)
        must_be(cases[i].text,
                value_at(db, a, parsed(a, cases[i].text, &in_figure), cases[i].text, str_from(cases[i].tree),
                         cases[i].digits, str_from(cases[i].place)),
                cases[i].value);
    sqlite3_close(db);
}

/* Which other records, and which fields of its own, a condition reads. */
static void a_condition_tells_what_it_reads(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t others;
        int people_at; /* byte where 人数 of the own record is read, -1: it is not */
    } cases[] = {
        {"people > 3", 0, 0},
        {"open and self.people > 3", 0, 14},
        {"count(mediation where people > 3) = 0", 1, -1},
        {"count(mediation where people > 3) = people", 1, 36},
        {"exists(visit where visit_case = self) and people = 1", 1, 42},
        {"parent.people > 3", 1, -1},
        {"parent = self", 0, -1},
    };
    auto_arena a = arena_open();
    const struct formula_field *people = NULL;
    for (size_t i = 0; i < LENGTH(mediation_fields); i++)
        if (str_is(mediation_fields[i].name, "people")) people = &mediation_fields[i];
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct formula_register *list[4];
        const struct formula *f = parsed(a, cases[i].text, &in_mediation);
        size_t others = formula_other_registers(f, list, 4), at = formula_reads(f, people);
        if (others != cases[i].others) fail_msg("%s: reads %zu others", cases[i].text, others);
        if (at != (cases[i].people_at < 0 ? SIZE_MAX : (size_t)cases[i].people_at))
            fail_msg("%s: reads the field at %zu", cases[i].text, at);
    }
}

static void random_condition(struct buf *b, struct dice *d, int depth)
{
    static const char *const leaves[] = {"kind = major",
                                         "kind != minor",
                                         "kind in (major, '01')",
                                         "kind not in (minor)",
                                         "stage = closed",
                                         "open",
                                         "open = no",
                                         "open != yes",
                                         "people > 1",
                                         "people <= 2",
                                         "people != 2",
                                         "amount >= 1",
                                         "amount < 499999.99 * 2",
                                         "area > 2",
                                         "received_on in period",
                                         "received_on not in 2024-Q1",
                                         "told_at in 2024-03",
                                         "told_at not in 2024-03",
                                         "told_at >= 2024-04-01",
                                         "title contains '漏'",
                                         "title starts with '停'",
                                         "closed_on is empty",
                                         "petitioner is not empty",
                                         "parent is empty",
                                         "parent.kind = major",
                                         "parent.parent.open",
                                         "parent.people != people",
                                         "closed_on - 20 days > received_on",
                                         "days(received_on, closed_on) < 10",
                                         "month of received_on in (1, 3)",
                                         "people / (people - 2) > 0",
                                         "overdue(settle)",
                                         "met(settle)",
                                         "due(settle) < closed_on",
                                         "title < number",
                                         "met(parent, settle)",
                                         "people * 2 > people + 1",
                                         "exists(visit where visit_case = mediation)",
                                         "count(visit where visit_case = mediation) != 2",
                                         "max(visit.visited_on where visit_case = mediation) > mediation.closed_on",
                                         "exists(visit where visit_case = mediation and not minutes > 20)",
                                         "exists(mediation where parent = mediation and people < mediation.people)",
                                         "average(visit.minutes where visit_case = mediation) > 20"};
    unsigned form = depth == 0 ? 9 : roll(d, 6);
    if (form < 2) {
        buf_puts(b, "not (");
        random_condition(b, d, depth - 1);
        buf_puts(b, ")");
    } else if (form < 4) {
        buf_puts(b, "(");
        random_condition(b, d, depth - 1);
        buf_puts(b, form == 2 ? ") and (" : ") or (");
        random_condition(b, d, depth - 1);
        buf_puts(b, ")");
    } else {
        buf_puts(b, leaves[roll(d, LENGTH(leaves))]);
    }
}

/* For any condition: the value equals the number of records listed; a condition and its negation share the records
 * out without rest; print and parse give the same tree. */
static void value_equals_records_for_any_condition(void **state)
{
    (void)state;
    sqlite3 *db = office();
    struct dice dice = {2024};
    int64_t seen[5] = {0};
    for (int i = 0; i < 3000; i++) {
        auto_arena a = arena_open();
        struct buf b = buf_in(a);
        random_condition(&b, &dice, 4);
        struct str condition = str_copy(a, buf_str(&b));
        const char *text = str_cstr(a, str_printf(a, "count(mediation where %.*s)", STR_ARG(condition)));
        const char *negated = str_cstr(a, str_printf(a, "count(mediation where not (%.*s))", STR_ARG(condition)));
        int64_t value, rest;
        assert_true(str_to_i64(evaluated(db, a, text, &in_figure, 0), &value));
        assert_true(str_to_i64(evaluated(db, a, negated, &in_figure, 0), &rest));
        struct formula *f = parsed(a, text, &in_figure);
        struct formula_set *sets;
        assert_int_equal(formula_sets(a, f, DIALECT_SQLITE, &sets), 1);
        int64_t listed = set_size(db, a, &sets[0], text);
        if (listed != value) fail_msg("%s: value %lld, records %lld", text, (long long)value, (long long)listed);
        if (value + rest != 4) fail_msg("%s: %lld and not %lld", text, (long long)value, (long long)rest);
        if (!formula_equal(f, parsed(a, str_cstr(a, formula_text(a, f)), &in_figure)))
            fail_msg("%s: another tree", text);
        seen[value]++;
    }
    for (int i = 0; i <= 4; i++) assert_true(seen[i] > 20); /* the conditions did tell records apart */
    sqlite3_close(db);
}

/* ---- periods ---- */

static void periods_are_read_and_said(void **state)
{
    (void)state;
    static const struct {
        const char *text, *from, *to, *words, *again;
    } cases[] = {
        {"2024", "2024-01-01", "2024-12-31", "2024年", "2024"},
        {"2024-02", "2024-02-01", "2024-02-29", "2024年2月", "2024-02"},
        {"2024-Q4", "2024-10-01", "2024-12-31", "2024年第四季度", "2024-Q4"},
        {"2023-H1", "2023-01-01", "2023-06-30", "2023年上半年", "2023-H1"},
        {"2023-H2", "2023-07-01", "2023-12-31", "2023年下半年", "2023-H2"},
        {"2024-01-01..2024-06-30", "2024-01-01", "2024-06-30", "2024年上半年", "2024-H1"},
        {"2024-01-01..2024-05-31", "2024-01-01", "2024-05-31", "2024年1月1日至5月31日", "2024-01-01..2024-05-31"},
        {"2024-05-01..2024-07-31", "2024-05-01", "2024-07-31", "2024年5月1日至7月31日", "2024-05-01..2024-07-31"},
        {"2024-05-03..2024-05-09", "2024-05-03", "2024-05-09", "2024年5月3日至9日", "2024-05-03..2024-05-09"},
        {"2023-12-30..2024-01-02", "2023-12-30", "2024-01-02", "2023年12月30日至2024年1月2日",
         "2023-12-30..2024-01-02"},
        {"2024-05-03..2024-05-03", "2024-05-03", "2024-05-03", "2024年5月3日", "2024-05-03..2024-05-03"},
        {"2199", "2199-01-01", "2199-12-31", "2199年", "2199"},
    };
    static const char *const wrong[] = {"",
                                        "24",
                                        "2024-",
                                        "2024-13",
                                        "2024-00",
                                        "2024-1",
                                        "2024-Q5",
                                        "2024-Q0",
                                        "2024-H3",
                                        "2024-q1",
                                        "2024-Q1x",
                                        "20245",
                                        "2024-01-01",
                                        "1800",
                                        "2024-06-30..2024-01-01",
                                        "2024-01-01..",
                                        "..",
                                        "2024-02-30..2024-03-01"};
    auto_arena a = arena_open();
    struct date from, to;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        if (!period_parse(str_from(cases[i].text), &from, &to)) fail_msg("%s was not read", cases[i].text);
        must_be(cases[i].text, date_iso(a, from), cases[i].from);
        must_be(cases[i].text, date_iso(a, to), cases[i].to);
        must_be(cases[i].text, period_words(a, from, to), cases[i].words);
        must_be(cases[i].text, period_text(a, from, to), cases[i].again);
    }
    for (size_t i = 0; i < LENGTH(wrong); i++)
        if (period_parse(str_from(wrong[i]), &from, &to)) fail_msg("“%s” was read as a period", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_print_in_normal_form),
        cmocka_unit_test(different_formulas_are_not_equal),
        cmocka_unit_test(formulas_are_said_in_chinese),
        cmocka_unit_test(faults_say_where_and_what),
        cmocka_unit_test(faults_stand_at_a_byte),
        cmocka_unit_test(a_condition_tells_what_it_reads),
        cmocka_unit_test(wanted_types_are_met),
        cmocka_unit_test(huge_formulas_are_refused),
        cmocka_unit_test(literals_never_reach_sql),
        cmocka_unit_test(names_never_break_out_of_sql),
        cmocka_unit_test(sql_is_plain),
        cmocka_unit_test(formulas_give_what_they_say),
        cmocka_unit_test(the_deepest_formulas_run),
        cmocka_unit_test(random_deep_formulas_run),
        cmocka_unit_test(figures_show_their_records),
        cmocka_unit_test(value_equals_records_for_any_condition),
        cmocka_unit_test(an_office_in_the_tree_is_what_it_is_alone),
        cmocka_unit_test(parts_are_put_together),
        cmocka_unit_test(periods_are_read_and_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
