/* The words around numbers: units, fixed words, qualifiers. Data, so that one line more is one word more. */
#include <math.h>
#include <string.h>

#include "figures/numeral_inside.h"

/* Longest first where one begins another. */
static const struct {
    const char *word;
    bool period;
} units[] = {
    {"个百分点", false}, {"个工作日", true}, {"平方公里", false}, {"平方米", false}, {"个小时", false}, {"个月", true},
    {"人次", false},     {"场次", false},    {"户次", false},     {"家次", false},   {"件次", false},   {"批次", false},
    {"篇次", false},     {"小时", false},    {"学时", false},     {"课时", false},   {"分钟", true},    {"方面", false},
    {"公里", false},     {"工作日", true},   {"百分点", false},   {"万元", false},   {"亿元", false},   {"个", false},
    {"人", false},       {"名", false},      {"位", false},       {"户", false},     {"家", false},     {"件", false},
    {"项", false},       {"条", false},      {"起", false},       {"次", false},     {"份", false},     {"篇", false},
    {"场", false},       {"期", false},      {"批", false},       {"本", false},     {"册", false},     {"部", false},
    {"处", false},       {"所", false},      {"栋", false},       {"幢", false},     {"元", false},     {"支", false},
    {"队", false},       {"类", false},      {"种", false},       {"张", false},     {"块", false},     {"套", false},
    {"台", false},       {"辆", false},      {"例", false},       {"宗", false},     {"桩", false},     {"节", false},
    {"讲", false},       {"堂", false},      {"幅", false},       {"封", false},     {"笔", false},     {"倍", false},
    {"款", false},       {"页", false},      {"字", false},       {"轮", false},     {"遍", false},     {"趟", false},
    {"班", false},       {"米", false},      {"则", false},       {"间", false},     {"岗", false},     {"天", true},
    {"日", true},        {"年", true},       {"周", true},
};

size_t match_unit(struct str t, size_t at, bool *period)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!text_at(t, at, units[i].word)) continue;
        *period = units[i].period;
        return strlen(units[i].word);
    }
    *period = false;
    return 0;
}

/* Words and names in which a numeral states nothing. Those that a rule of numerals.c catches anyway (a Chinese numeral
 * without a unit, short words in quotation marks) need no line here. */
static const char *const fixed[] = {
    "三重一大",     "四个亲自",       "三项制度",   "三所联动",   "两所联动",     "一网统管",  "一网通办", "一站式",
    "一对一",       "一把手",         "一级抓一级", "最后一公里", "最先一公里",   "两个维护",  "两个确立", "四个意识",
    "四个自信",     "四个全面",       "三个规定",   "三个代表",   "三会一课",     "五位一体",  "八项规定", "三个一批",
    "双随机一公开", "双随机、一公开", "四议两公开", "一岗双责",   "最多跑一次",   "一次办好",  "一次性",   "一事一议",
    "一人一档",     "一案一策",       "一企一策",   "一件事",     "一揽子",       "一部分",    "一方面",   "一条龙",
    "一条线",       "一张网",         "一盘棋",     "一张图",     "一本账",       "一类事",    "一家人",   "一段时间",
    "一系列",       "一批",           "一些",       "一定",       "一体",         "一直",      "一律",     "一流",
    "一线",         "一并",           "一旦",       "一般",       "一致",         "进一步",    "十分",     "万一",
    "三中全会",     "四中全会",       "三月三",     "千方百计",   "千家万户",     "三三两两",  "7×24",     "7*24",
    "5+2",          "12345",          "12348",      "12309",      "12368",        "12378",     "12388",    "12389",
    "12315",        "110联动",        "一件一",     "四个类型化", "一次会议纪要", "百分百",    "每月一次", "每年一次",
    "每周一次",     "每季度一次",     "每半年一次", "每月1次",    "每年1次",      "每季度1次", "三级",     "四级",
};

size_t match_fixed(struct str t, size_t at)
{
    size_t longest = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        size_t len = strlen(fixed[i]);
        if (len > longest && text_at(t, at, fixed[i])) longest = len;
    }
    return longest;
}

/* --- qualifiers --- */

/* The largest power of ten that divides the number: 2100余 goes up to 2200, 30余 to 40. */
static double step_of(double value)
{
    double step = 1;
    while (step < value && fmod(value, step * 10) < 0.5) step *= 10;
    return step;
}

static void bounds(struct number *n, double least, bool least_open, double most, bool most_open)
{
    n->exact = false;
    n->least = least;
    n->least_open = least_open;
    n->most = most;
    n->most_open = most_open;
}

/* Writers use 余 also of the round number itself. */
static void apply_more(struct number *n)
{
    bounds(n, n->value, false, n->value + step_of(n->value), true);
}

static void apply_nearly(struct number *n)
{
    bounds(n, n->value * 0.9, false, n->value, false);
}

static void apply_about(struct number *n)
{
    bounds(n, n->value * 0.9, false, n->value * 1.1, false);
}

/* Civil code, article 1259: 以上, 以下, 以内, 届满 include the number; 不满, 超过, 以外 do not. */
static void apply_over(struct number *n)
{
    bounds(n, n->value, true, INFINITY, false);
}

static void apply_least(struct number *n)
{
    bounds(n, n->value, false, INFINITY, false);
}

static void apply_under(struct number *n)
{
    bounds(n, 0, false, n->value, true);
}

static void apply_most(struct number *n)
{
    bounds(n, 0, false, n->value, false);
}

static const struct prefix {
    const char *word;
    void (*apply)(struct number *n);
    const char *not_after[12]; /* characters that make another word of it: 最近, 节约 */
} prefixes[] = {
    {"不超过", apply_most, {0}},
    {"不少于", apply_least, {0}},
    {"不低于", apply_least, {0}},
    {"不多于", apply_most, {0}},
    {"不高于", apply_most, {0}},
    {"超过", apply_over, {0}},
    {"高于", apply_over, {0}},
    {"多于", apply_over, {0}},
    {"至少", apply_least, {0}},
    {"最少", apply_least, {0}},
    {"至多", apply_most, {0}},
    {"最多", apply_most, {0}},
    {"不足", apply_under, {0}},
    {"不到", apply_under, {0}},
    {"不满", apply_under, {0}},
    {"少于", apply_under, {0}},
    {"低于", apply_under, {0}},
    {"将近", apply_nearly, {0}},
    {"接近", apply_nearly, {0}},
    {"大约", apply_about, {0}},
    {"大概", apply_about, {0}},
    {"逾", apply_over, {0}},
    {"超", apply_over, {"赶"}},
    {"近", apply_nearly, {"最", "附", "就", "邻", "临", "靠", "亲"}},
    {"约", apply_about, {"节", "预", "签", "履", "违", "合", "特", "公", "条", "续", "解"}},
};

static bool after_any(struct str t, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && words[i]; i++)
        if (text_before(t, at, words[i])) return true;
    return false;
}

struct qualifier match_prefix(struct str t, size_t at)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const struct prefix *p = &prefixes[i];
        size_t len = strlen(p->word);
        if (!text_before(t, at, p->word)) continue;
        if (after_any(t, at - len, p->not_after, sizeof p->not_after / sizeof *p->not_after)) continue;
        return (struct qualifier){len, p->apply};
    }
    return (struct qualifier){0};
}

struct suffix {
    const char *word;
    void (*apply)(struct number *n);
};

static struct qualifier match_word(struct str t, size_t at, const struct suffix *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_at(t, at, list[i].word)) return (struct qualifier){strlen(list[i].word), list[i].apply};
    return (struct qualifier){0};
}

struct qualifier match_suffix(struct str t, size_t at)
{
    static const struct suffix list[] = {{"及以上", apply_least}, {"以上", apply_least}, {"以下", apply_most},
                                         {"以内", apply_most},    {"左右", apply_about}, {"上下", apply_about}};
    return match_word(t, at, list, sizeof list / sizeof *list);
}

struct qualifier match_remainder(struct str t, size_t at)
{
    static const struct suffix list[] = {{"余", apply_more}, {"多", apply_more}, {"来", apply_about}};
    return match_word(t, at, list, sizeof list / sizeof *list);
}
