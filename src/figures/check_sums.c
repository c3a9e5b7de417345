/* Parts against their sum, and things listed against their stated number. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "figures/check_inside.h"
#include "figures/numeral_inside.h"

/* Parts that follow one another: claims[first … first + count). */
struct parts {
    size_t first, count;
    double least, most, value;
};

static void add_part(struct parts *p, const struct number *n)
{
    p->least += n->least;
    p->most += n->most;
    p->value += n->value;
    p->count++;
}

/* 5＋6 */
static struct str sum_words(const struct check *c, const struct parts *p)
{
    struct buf b = buf_in(c->arena);
    for (size_t i = 0; i < p->count; i++) buf_putf(&b, "%s%.10g", i ? "＋" : "", c->claims[p->first + i].number->value);
    return buf_str(&b);
}

static void tell_sum(struct check *c, const struct claim *total, const struct parts *p)
{
    const struct number *t = total->number;
    bool agrees = p->least <= t->most + 1e-9 && p->most >= t->least - 1e-9;
    check_add(c, total, FINDING_SUM, agrees ? VERDICT_AGREE : VERDICT_CONTRADICT,
              str_printf(c->arena, "分项之和%.*s＝%.10g，与总数%.10g%s", STR_ARG(sum_words(c, p)), p->value, t->value,
                         agrees ? "相符" : "不符"));
}

/* Whether the words between a total and the first part announce parts of it: 其中, 包括, a colon. */
static bool announces_parts(struct str between, const struct claim *total)
{
    static const char *const others[] = {"：", ":", "包括", "分别为", "分别是"};
    if (str_contains(between, STR("其中"))) return true;
    return says_total(total->label) && CONTAINS_ANY(between, others);
}

/* Whether every part is a share of the total, without overlap and without others left out. */
static bool is_partition(const struct check *c, const struct parts *p, const struct claim *total)
{
    static const char *const loose[] = {"主要", "大部分", "包含", "涉及"};
    for (size_t i = 0; i < p->count; i++) {
        const struct claim *part = &c->claims[p->first + i];
        bool whole_again = fabs(part->number->value - total->number->value) < 1e-9;
        if (whole_again || CONTAINS_ANY(part->label, loose)) return false;
        bool own_clause = i && part->clause_from != c->claims[p->first + i - 1].clause_from;
        /* 其中办结10件，满意9件: outcomes of the same matters, not parts of them */
        if (own_clause && (says_outcome(part->label) || says_all(part->label))) return false;
        if (i + 1 == p->count && (str_starts(part->behind, STR("等")) || str_contains(part->behind, STR("以及其他"))))
            return false;
    }
    return p->count >= 2;
}

/* The parts from claim `first` on. A list joined by 、 ends with its clause, unless what follows behind a comma makes
 * up the rest of the total. */
static struct parts parts_behind(const struct check *c, size_t first, const struct claim *total)
{
    struct parts p = {.first = first}, in_clause = {0};
    for (size_t i = first; i < c->claim_count; i++) {
        const struct claim *part = &c->claims[i];
        bool again = i > first && (str_contains(part->label, STR("其中")) || says_total(part->label));
        if (!same_sentence(part, total) || !same_unit(part, total) || again) break;
        bool own_clause = p.count >= 2 && part->clause_from != part[-1].clause_from;
        if (own_clause && !in_clause.count && part[-1].clause_from == part[-2].clause_from) in_clause = p;
        add_part(&p, part->number);
    }
    bool makes_total = fabs(p.value - total->number->value) < 1e-9;
    return in_clause.count && !makes_total ? in_clause : p;
}

static void check_parts_behind(struct check *c, size_t at)
{
    const struct claim *first = &c->claims[at + 1];
    const struct claim *total = &c->claims[at];
    if (first->number->kind != NUMBER_FACT || !same_sentence(total, first)) return;
    struct str between = str_slice(c->text, total->end, first->number->at);
    if (!announces_parts(between, total)) return;
    while (total > c->claims && same_sentence(total - 1, first) && !same_unit(total, first)) total--;
    if (!same_unit(total, first)) return;
    struct parts p = parts_behind(c, at + 1, total);
    if (is_partition(c, &p, total)) {
        tell_sum(c, total, &p);
        return;
    }
    if (first->number->least > total->number->most)
        check_add(c, first, FINDING_PART, VERDICT_CONTRADICT,
                  str_printf(c->arena, "其中%.10g大于总数%.10g", first->number->value, total->number->value));
}

/* 甲5件、乙6件，共12件 */
static void check_parts_before(struct check *c, size_t at)
{
    static const char *const totals[] = {"共", "共计", "合计", "总计", "合计共", "一共", "总共"};
    const struct claim *total = &c->claims[at];
    bool bare = false;
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) bare = bare || str_is(total->label, totals[i]);
    if (!bare || total->number->kind != NUMBER_FACT) return;
    size_t first = at;
    while (first && same_sentence(&c->claims[first - 1], total) && same_unit(&c->claims[first - 1], total) &&
           !says_total(c->claims[first - 1].label))
        first--;
    struct parts p = {.first = first};
    for (size_t i = first; i < at; i++) add_part(&p, c->claims[i].number);
    if (is_partition(c, &p, total)) tell_sum(c, total, &p);
}

void check_sums(struct check *c)
{
    for (size_t i = 0; i < c->claim_count; i++) {
        if (c->claims[i].number->kind != NUMBER_FACT) continue;
        if (i + 1 < c->claim_count) check_parts_behind(c, i);
        check_parts_before(c, i);
    }
}

/* --- lists --- */

/* How many things `t` lists: at 、 for sure, at 和 及 与 perhaps. What stands in marks is one thing. */
static void count_items(struct str t, size_t *least, size_t *most)
{
    static const char *const opening[] = {"《", "“", "（", "("}, *const closing[] = {"》", "”", "）", ")"};
    static const char *const perhaps[] = {"和", "及", "与"};
    size_t commas = 0, joints = 0, depth = 0;
    for (size_t at = 0; at < t.len; at++) {
        for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
            if (text_at(t, at, opening[i])) depth++;
            if (text_at(t, at, closing[i]) && depth) depth--;
        }
        if (depth) continue;
        commas += text_at(t, at, "、") || text_at(t, at, "》《") || text_at(t, at, "”“");
        for (size_t i = 0; i < sizeof perhaps / sizeof *perhaps; i++) joints += text_at(t, at, perhaps[i]);
    }
    *least = commas ? commas + 1 : 0;
    *most = commas + joints + 1;
}

/* 从甲、乙、丙、丁四个类别: nothing left out. */
static bool lists_all(const struct claim *claim, struct str clause)
{
    static const char *const kinds[] = {"类别", "方面", "维度", "环节", "层面", "类型", "部分"};
    static const char *const openings[] = {"从", "围绕", "包括", "涵盖", "分为", "聚焦"};
    bool kind = str_is(claim->number->unit, "方面") || str_is(claim->number->unit, "类");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        kind = kind || str_starts(claim->behind, str_from(kinds[i]));
    for (size_t i = 0; kind && i < sizeof openings / sizeof *openings; i++)
        if (str_starts(clause, str_from(openings[i]))) return true;
    return false;
}

void check_lists(struct check *c)
{
    for (size_t i = 0; i < c->claim_count; i++) {
        const struct claim *claim = &c->claims[i];
        const struct number *n = claim->number;
        if (n->kind != NUMBER_FACT || !n->exact || !n->unit.len) continue;
        size_t from = claim->clause_from;
        if (i && c->claims[i - 1].end > from) from = c->claims[i - 1].end;
        struct str clause = str_slice(c->text, from, n->at);
        bool open = str_ends(clause, STR("等"));
        size_t least, most;
        count_items(clause, &least, &most);
        if (!least || (!open && !lists_all(claim, clause))) continue;
        bool agrees = (double)least <= n->value && (open || (double)most >= n->value);
        struct claim whole = *claim;
        whole.label = str_trim(clause); /* the phrase told is the list with its number */
        check_add(c, &whole, FINDING_LIST, agrees ? VERDICT_AGREE : VERDICT_CONTRADICT,
                  str_printf(c->arena, "列举了%zu项，写的是%.10g%.*s%s", least, n->value, STR_ARG(n->unit),
                             agrees ? "，相符" : "，不符"));
    }
}
