/* Numbers in Chinese prose: each line of the table is a text and all that must be found in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "figures/numerals.h"

/* kind phrase=value[least,most], one after the other; the interval only where it is not the value itself. */
static struct str told(struct arena *a, struct str text)
{
    struct numbers found = numerals_find(a, text);
    struct buf b = buf_in(a);
    for (size_t i = 0; i < found.count; i++) {
        const struct number *n = &found.items[i];
        struct str phrase = str_slice(text, n->at, n->at + n->len);
        if (i) buf_puts(&b, " ");
        buf_putf(&b, "%s:%.*s", number_kind_name(n->kind), STR_ARG(phrase));
        if (n->kind == NUMBER_FACT || n->kind == NUMBER_RATE || n->kind == NUMBER_PERIOD)
            buf_putf(&b, "=%.10g", n->value);
        if (!n->exact)
            buf_putf(&b, "%s%.10g,%.10g%s", n->least_open ? "(" : "[", n->least, n->most, n->most_open ? ")" : "]");
    }
    return buf_str(&b);
}

struct told_case {
    const char *text, *found;
};

static void check_cases(const struct told_case *cases, size_t count)
{
    auto_arena a = arena_open();
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        struct str got = told(a, str_from(cases[i].text));
        if (str_is(got, cases[i].found)) continue;
        print_error("%s\n   got  %.*s\n   want %s\n", cases[i].text, STR_ARG(got), cases[i].found);
        failed++;
    }
    assert_int_equal(failed, 0);
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof *(cases))

static void quantities(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"调解成功95起", "事实:95起=95"},
        {"发放2,100份", "事实:2,100份=2100"},
        {"资金1,234,567元", "事实:1,234,567元=1234567"},
        {"受理16件,100份", "事实:16件=16 事实:100份=100"},
        {"用时3.5小时", "事实:3.5小时=3.5"},
        {"受理９８起", "事实:９８起=98"},
        {"收到 12 件", "事实:12 件=12"},
        {"公文类政府信息0篇", "事实:0篇=0"},
        {"行政复议0纠错", "事实:0=0"},
        {"宣传十六场次", "事实:十六场次=16"},
        {"发放两千一百份", "事实:两千一百份=2100"},
        {"审核一百零五件", "事实:一百零五件=105"},
        {"审核一百五十件", "事实:一百五十件=150"},
        {"受众两万五千人次", "事实:两万五千人次=25000"},
        {"资金三亿二千万元", "事实:三亿二千万元=320000000"},
        {"收到二十件", "事实:二十件=20"},
        {"受众1.2万人次", "事实:1.2万人次=12000"},
        {"两万亿元", "事实:两万亿元=2e+12"},
        {"资金3亿元", "事实:3亿元=300000000"},
        {"下降2.5个百分点", "事实:2.5个百分点=2.5"},
        {"深入调研7个居委会、6个业委会", "事实:7个=7 事实:6个=6"},
        {"一起案件", "固定用语:一起"},
        {"全年受理一起案件", "事实:一起=1"},
        {"办理行政诉讼案件一件。", "事实:一件=1"},
        {"从四个类别列明", "事实:四个=4"},
        {"", ""},
        {"没有数字的句子", ""},
    };
    CHECK(cases);
}

static void intervals(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"发放2100余份", "事实:2100余份=2100[2100,2200)"},
        {"达3200余人次", "事实:3200余人次=3200[3200,3300)"},
        {"1.2万余人", "事实:1.2万余人=12000[12000,13000)"},
        {"10多万元", "事实:10多万元=100000[100000,200000)"},
        {"三十余起", "事实:三十余起=30[30,40)"},
        {"近100件", "事实:近100件=100[90,100]"},
        {"最近100件", "事实:100件=100"},
        {"约50人", "事实:约50人=50[45,55]"},
        {"节约50万元", "事实:50万元=500000"},
        {"超过30场", "事实:超过30场=30(30,inf]"},
        {"30场以上", "事实:30场以上=30[30,inf]"},
        {"至少5次", "事实:至少5次=5[5,inf]"},
        {"不少于5次", "事实:不少于5次=5[5,inf]"},
        {"不足10件", "事实:不足10件=10[0,10)"},
        {"不到十件", "事实:不到十件=10[0,10)"},
        {"不超过20件", "事实:不超过20件=20[0,20]"},
        {"3至5件", "事实:3至5件=3[3,5]"},
        {"十几件", "事实:十几件=11[11,20)"},
        {"十几万元", "事实:十几万元=110000[110000,200000)"},
        {"数十件", "事实:数十件=20[20,100)"},
        {"数十万元", "事实:数十万元=200000[200000,1000000)"},
        {"三五个", "事实:三五个=3[3,5]"},
        {"满意率98%以上", "比率:98%以上=98[98,inf]"},
        {"50人左右", "事实:50人左右=50[45,55]"},
    };
    CHECK(cases);
}

static void rates(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"成功率100%", "比率:100%=100"},
        {"成功率98.5％", "比率:98.5％=98.5"},
        {"占三成", "比率:三成=30"},
        {"占九成五", "比率:九成五=95"},
        {"三成立", "固定用语:三"},
        {"达百分之九十八", "比率:百分之九十八=98"},
        {"达百分之百", "比率:百分之百=100"},
        {"达百分之九十八点五", "比率:百分之九十八点五=98.5"},
        {"三分之二", "比率:三分之二=66.66666667"},
        {"5‰", "比率:5‰=0.5"},
        {"超过九成", "比率:超过九成=90(90,inf]"},
        {"近百分之九十", "比率:近百分之九十=90[81,90]"},
        {"95%—98%", "比率:95%—98%=95[95,98]"},
    };
    CHECK(cases);
}

static void none_in_words(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"今年街道无行政诉讼案件及行政复议案件,未收到司法建议书、纠正违法通知书、检察建议书。",
         "无:行政诉讼案件 无:行政复议案件 无:司法建议书 无:纠正违法通知书 无:检察建议书"},
        {"全年未发生群体性事件。", "无:群体性事件"},
        {"未发生一起越级上访", "无:越级上访"},
        {"无被纠错或败诉的行政诉讼案件", "无:被纠错 无:败诉的行政诉讼案件"},
        {"辖区没有安全事故的发生", "无:安全事故"},
        {"实现零投诉、零败诉", "无:投诉 无:败诉"},
        {"各项基础设施无法满足要求", ""},
        {"跟业务无关的事项", ""},
        {"实现行政复议案件“零纠错”", "无:纠错"},
        {"“零距离”服务", "固定用语:零"},
        {"没有发生一起集体上访事件", "无:集体上访事件"},
        {"零距离服务", "固定用语:零"},
        {"一百零五件", "事实:一百零五件=105"},
        {"有无复议案件", ""},
        {"无微不至", ""},
        {"无人机巡查3次", "事实:3次=3"},
    };
    CHECK(cases);
}

static void what_states_nothing(void **state)
{
    (void)state;
    static const struct told_case cases[] = {
        {"2024年受理98起", "日期:2024年 事实:98起=98"},
        {"2023—2025年", "日期:2023—2025年"},
        {"(2021-2025年)", "日期:2021-2025年"},
        {"2024年3月5日", "日期:2024年3月5日"},
        {"二〇二四年三月五日", "日期:二〇二四年三月五日"},
        {"2024-03-05", "日期:2024-03-05"},
        {"2024年1—6月", "日期:2024年1—6月"},
        {"2024年第二季度", "日期:2024年第二季度"},
        {"一季度", "日期:一季度"},
        {"十二月", "日期:十二月"},
        {"12·4国家宪法日", "日期:12·4"},
        {"上午9:30", "日期:9:30"},
        {"一、基本情况", "序号:一、"},
        {"二、2024年度", "序号:二、 日期:2024年度"},
        {"（二）主要做法", "序号:（二）"},
        {"(1)受理", "序号:(1)"},
        {"1.加强领导", "序号:1."},
        {"一是抓谋划，二是抓落实", "序号:一是 序号:二是"},
        {"国办发明电〔2023〕7号", "文号:〔2023〕7号"},
        {"第十二条", "次第:第十二条"},
        {"第一责任人", "次第:第一"},
        {"二十届三中全会", "次第:二十届 固定用语:三中全会"},
        {"党的二十大精神", "固定用语:二十"},
        {"“三重一大”事项", "固定用语:三重一大"},
        {"四个亲自", "固定用语:四个亲自"},
        {"三所联动、两所联动", "固定用语:三所联动 固定用语:两所联动"},
        {"落实“五好”司法所和“三项制度”", "固定用语:五 固定用语:三项制度"},
        {"\"四个亲自\"抓3件", "固定用语:四个亲自 事实:3件=3"},
        {"一把手、一网统管、一站式、一对一", "固定用语:一把手 固定用语:一网统管 固定用语:一站式 固定用语:一对一"},
        {"12345热线受理12345件", "固定用语:12345 事实:12345件=12345"},
        {"三年行动计划", "固定用语:三年"},
        {"三年来", "期间:三年=3"},
        {"15日内办结", "期间:15日=15"},
        {"20个工作日", "期间:20个工作日=20"},
        {"一级抓一级，最后一公里", "固定用语:一级抓一级 固定用语:最后一公里"},
        {"跃进路71号小区", "名称:71号"},
        {"市三十五中、滨江小学", "名称:三十五中"},
        {"一批群众，进一步，一系列", "固定用语:一批 固定用语:进一步 固定用语:一系列"},
        {"作为一项街道重要工作", "固定用语:一项"},
        {"《三年行动计划（2023—2025年）》印发5件", "名称:三年 日期:2023—2025年 事实:5件=5"},
        {"每季度一次", "固定用语:每季度一次"},
        {"电话0772-2812345", "名称:0772-2812345"},
        {"A4纸3张", "名称:4 事实:3张=3"},
        {"“1+3+N”模式", "固定用语:1+3+N"},
        {"十分重视", "固定用语:十分"},
        {"统一管理", "固定用语:一"},
    };
    CHECK(cases);
}

static void values_fit_the_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
        bool fits;
    } cases[] = {
        {"2100余份", 2100, true}, {"2100余份", 2199, true}, {"2100余份", 2200, false}, {"2100余份", 2099, false},
        {"98起", 98, true},       {"98起", 97, false},      {"96.9%", 96.94, true},    {"96.9%", 96.84, false},
        {"97%", 96.94, true},     {"98%", 96.94, false},    {"超过30场", 30, false},   {"30场以上", 30, true},
        {"不足10件", 10, false},  {"不足10件", 9, true},    {"近100件", 95, true},     {"近100件", 101, false},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct numbers found = numerals_find(a, str_from(cases[i].text));
        assert_int_equal(found.count, 1);
        if (number_allows(&found.items[0], cases[i].value) != cases[i].fits)
            fail_msg("%s against %g", cases[i].text, cases[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities),    cmocka_unit_test(intervals),           cmocka_unit_test(rates),
        cmocka_unit_test(none_in_words), cmocka_unit_test(what_states_nothing), cmocka_unit_test(values_fit_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
