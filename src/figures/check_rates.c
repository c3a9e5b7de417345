/* Rates against their parts, and outcomes against what was accepted. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "figures/check_inside.h"
#include "figures/numeral_inside.h"

enum { HAN = 3, STEM = 2 * HAN };

/* The two characters before 率: 成功 of 调解成功率. Empty when the label names no rate. */
static struct str stem_of(struct str label)
{
    size_t at = SIZE_MAX;
    for (size_t next = str_find(label, STR("率"), 0); next != SIZE_MAX; next = str_find(label, STR("率"), next + HAN))
        at = next;
    if (at == SIZE_MAX || at < STEM) return STR("");
    struct str stem = str_slice(label, at - STEM, at);
    return utf8_valid(stem) ? stem : STR("");
}

/* 95起（96.9%） or 95起，占96.9%: the share of the number just before. */
static bool is_share_of_last(const struct check *c, const struct claim *rate, const struct claim *last)
{
    static const char *const shares[] = {"占", "占比", "占比为", "占总数的", "占总数", "占全部的", "占比达"};
    struct str between = str_slice(c->text, last->end, rate->number->at);
    if (str_is(between, "（") || str_is(between, "(")) return true;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        if (str_is(rate->label, shares[i])) return true;
    return false;
}

/* The whole that `part` is some of: the nearest before it that counts all of the same. */
static const struct claim *whole_before(const struct check *c, const struct claim *part)
{
    for (const struct claim *w = part; w-- > c->claims && same_sentence(w, part);)
        if (w->number->kind == NUMBER_FACT && same_unit(w, part) && (says_all(w->label) || says_total(w->label)) &&
            same_subject(c->arena, part->label, w->label))
            return w;
    return NULL;
}

/* The numerator: the nearest number before the rate, in this sentence, whose label has the rate's stem. */
static const struct claim *part_of_rate(const struct check *c, const struct claim *rate)
{
    struct str stem = stem_of(rate->label);
    for (const struct claim *p = rate; p-- > c->claims && same_sentence(p, rate);) {
        if (p->number->kind != NUMBER_FACT) continue;
        if (p + 1 == rate && is_share_of_last(c, rate, p)) return p;
        if (stem.len && str_contains(p->label, stem)) return p;
    }
    return NULL;
}

static bool may_exceed(const struct claim *rate)
{
    static const char *const words[] = {"增", "升", "长", "提高", "同比", "环比", "完成率", "超", "倍", "翻"};
    return CONTAINS_ANY(rate->label, words) || CONTAINS_ANY(rate->behind, words);
}

/* What is to be reached has no parts yet. */
static bool is_aim(const struct claim *rate)
{
    static const char *const words[] = {"力争", "确保", "目标", "争取"};
    return CONTAINS_ANY(rate->label, words);
}

static void check_parts(struct check *c, const struct claim *rate)
{
    const struct claim *part = part_of_rate(c, rate);
    const struct claim *whole = part ? whole_before(c, part) : NULL;
    const struct number *r = rate->number;
    struct str written = str_slice(c->text, r->at, r->at + r->len);
    if (!whole || whole->number->least <= 0 || part->number->most > whole->number->most) {
        check_add(c, rate, FINDING_RATE, VERDICT_NOT_CHECKABLE,
                  str_printf(c->arena, "文中没有给出%.*s的分子和分母，无法核对", STR_ARG(written)));
        return;
    }
    const struct number *p = part->number, *w = whole->number;
    double low = 100 * p->least / w->most, high = 100 * p->most / w->least;
    double half = 0.5 * pow(10, -r->decimals) + 1e-9;
    bool agrees = r->exact ? low <= r->value + half && high >= r->value - half : low <= r->most && high >= r->least;
    double scale = pow(10, r->decimals > 1 ? r->decimals : 1);
    double value = round(100 * p->value / w->value * scale) / scale;
    check_add(c, rate, FINDING_RATE, agrees ? VERDICT_AGREE : VERDICT_CONTRADICT,
              str_printf(c->arena, "%.10g÷%.10g＝%.10g%%，与所写%.*s%s", p->value, w->value, value, STR_ARG(written),
                         agrees ? "相符" : "不符"));
}

void check_rates(struct check *c)
{
    for (size_t i = 0; i < c->claim_count; i++) {
        const struct claim *rate = &c->claims[i];
        if (rate->number->kind != NUMBER_RATE) continue;
        if (may_exceed(rate) || is_aim(rate)) continue;
        if (rate->number->value > 100) {
            check_add(c, rate, FINDING_OVER_100, VERDICT_CONTRADICT,
                      str_printf(c->arena, "比率为%.10g%%，超过100%%", rate->number->value));
            continue;
        }
        check_parts(c, rate);
    }
}

/* Matters of earlier years may be settled too: then more can be settled than accepted. */
static bool carried_over(const struct check *c, const struct claim *claim)
{
    static const char *const words[] = {"结转", "上年", "去年", "遗留", "存量", "积案", "往年", "历年"};
    return CONTAINS_ANY(str_slice(c->text, claim->sentence_from, claim->sentence_to), words);
}

void check_outcomes(struct check *c)
{
    for (size_t i = 1; i < c->claim_count; i++) {
        const struct claim *part = &c->claims[i];
        if (part->number->kind != NUMBER_FACT || !says_outcome(part->label) || says_all(part->label)) continue;
        const struct claim *whole = whole_before(c, part);
        if (!whole || !says_all(whole->label) || carried_over(c, part)) continue;
        if (part->number->least <= whole->number->most) continue;
        check_add(c, part, FINDING_OUTCOME, VERDICT_CONTRADICT,
                  str_printf(c->arena, "%.10g多于前文的%.10g（%.*s）", part->number->value, whole->number->value,
                             STR_ARG(whole->label)));
    }
}
