/* One fact with two values in one text. */
#include <math.h>
#include <string.h>

#include "figures/check_inside.h"
#include "figures/numeral_inside.h"

enum { KEY_LEAST = 4 * 3 }; /* four characters: fewer name too little to be the same fact for sure */

/* Another year, a part of the year, or a plan: a second value is no contradiction. */
static bool other_period(const struct check *c, const struct claim *a, const struct claim *b)
{
    static const char *const words[] = {"去年", "上年", "同比", "上半年", "下半年", "季度",
                                        "计划", "目标", "力争", "确保",   "往年"};
    static const char *const part_of_year[] = {"月", "季"};
    if (CONTAINS_ANY(str_slice(c->text, a->sentence_from, a->sentence_to), words)) return true;
    if (CONTAINS_ANY(str_slice(c->text, b->sentence_from, b->sentence_to), words)) return true;
    if (a->date.len && b->date.len) return !str_eq(a->date, b->date);
    return CONTAINS_ANY(a->date, part_of_year) || CONTAINS_ANY(b->date, part_of_year);
}

/* An organisation named earlier in the sentence may be whose figure it is. */
static bool other_owner(const struct check *c, const struct claim *a, const struct claim *b)
{
    static const char *const words[] = {"社区",   "派出所", "司法所", "律师",   "学校", "小学",   "中学",
                                        "小区",   "企业",   "网格",   "服务站", "中心", "办公室", "部门",
                                        "居委会", "街道",   "村",     "县",     "区",   "市"};
    struct str x = str_slice(c->text, a->sentence_from, (size_t)(a->label.s - c->text.s));
    struct str y = str_slice(c->text, b->sentence_from, (size_t)(b->label.s - c->text.s));
    return !str_eq(x, y) && (CONTAINS_ANY(x, words) || CONTAINS_ANY(y, words));
}

static bool comparable(const struct claim *claim)
{
    return claim->number->kind != NUMBER_ZERO && claim->number->exact && claim->label.len;
}

static void check_pair(struct check *c, const struct claim *a, const struct claim *b)
{
    if (!same_unit(a, b) || fabs(a->number->value - b->number->value) < 1e-9) return;
    if (other_period(c, a, b) || other_owner(c, a, b)) return;
    check_add(c, b, FINDING_TWO_VALUES, VERDICT_CONTRADICT,
              str_printf(c->arena, "此处为%.10g%.*s，前文同一事实为%.10g%.*s", b->number->value,
                         STR_ARG(b->number->unit), a->number->value, STR_ARG(a->number->unit)));
}

/* 无行政复议案件 and 行政复议案件3件 */
static void check_zero(struct check *c, const struct claim *zero, const struct claim *fact)
{
    if (fact->number->kind != NUMBER_FACT || fact->number->least <= 0 || zero->number->noun.len < KEY_LEAST) return;
    struct str behind = fact->behind;
    if (str_starts(behind, STR("的"))) behind = str_slice(behind, strlen("的"), behind.len);
    if (!str_ends(fact->label, zero->number->noun) && !str_starts(behind, zero->number->noun)) return;
    if (other_period(c, zero, fact)) return;
    check_add(c, fact, FINDING_TWO_VALUES, VERDICT_CONTRADICT,
              str_printf(c->arena, "此处为%.10g%.*s，文中另称没有%.*s", fact->number->value,
                         STR_ARG(fact->number->unit), STR_ARG(zero->number->noun)));
}

void check_repeats(struct check *c)
{
    struct str *keys = arena_new_array(c->arena, struct str, c->claim_count + 1);
    for (size_t i = 0; i < c->claim_count; i++)
        if (comparable(&c->claims[i])) keys[i] = bare_label(c->arena, c->claims[i].label, false);
    for (size_t i = 0; i < c->claim_count; i++) {
        const struct claim *a = &c->claims[i];
        if (a->number->kind == NUMBER_ZERO)
            for (size_t j = 0; j < c->claim_count; j++) check_zero(c, a, &c->claims[j]);
        if (keys[i].len < KEY_LEAST) continue;
        for (size_t j = i + 1; j < c->claim_count; j++)
            if (str_eq(keys[i], keys[j])) check_pair(c, a, &c->claims[j]);
    }
}
