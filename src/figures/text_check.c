#include "figures/text_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "figures/check_inside.h"
#include "figures/numeral_inside.h"

/* --- words --- */

static const char *const all_words[] = {"受理", "登记", "收到", "接收", "接到", "立案",   "排查", "排摸",
                                        "承办", "交办", "转办", "接待", "应办", "应公开", "参评", "应到"};
static const char *const outcome_words[] = {"成功", "办结", "化解", "答复", "满意", "采纳", "整改", "结案", "回复",
                                            "调解", "调处", "办理", "达成", "履行", "解决", "合格", "及时", "按期"};
static const char *const total_words[] = {"共", "合计", "总计", "总数", "累计"};
static const char *const filler[] = {"截至目前", "今年以来", "全年", "今年", "本年度", "本年", "年内", "街道", "我街道",
                                     "各类",     "各种",     "其中", "共计", "合计",   "总计", "累计", "共",   "计",
                                     "已经",     "已",       "均",   "全部", "并",     "实际", "当场", "现场", "依法",
                                     "有效",     "先后",     "分别", "为",   "了",     "的",   "达到", "达",   "是",
                                     "约",       "完成",     "全面", "案件", "事项",   "矛盾", "件",   "率",   "各",
                                     "等",       "有",       "发",   "总数", "（",     "(",    "：",   ":"};

bool contains_any(struct str t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_contains(t, str_from(words[i]))) return true;
    return false;
}

bool says_all(struct str label)
{
    return CONTAINS_ANY(label, all_words);
}

bool says_outcome(struct str label)
{
    return CONTAINS_ANY(label, outcome_words);
}

bool says_total(struct str label)
{
    return CONTAINS_ANY(label, total_words);
}

static size_t word_at(struct str t, size_t at, const char *const *words, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(words[i]);
        if (len > longest && text_at(t, at, words[i])) longest = len;
    }
    return longest;
}

struct str bare_label(struct arena *a, struct str label, bool outcomes)
{
    struct buf b = buf_in(a);
    for (size_t at = 0; at < label.len;) {
        size_t skip = word_at(label, at, filler, sizeof filler / sizeof *filler);
        if (!skip && outcomes) skip = word_at(label, at, outcome_words, sizeof outcome_words / sizeof *outcome_words);
        size_t next = at;
        (void)utf8_next(label, &next);
        if (!skip) buf_put(&b, str_slice(label, at, next));
        at = skip ? at + skip : next;
    }
    return str_trim(buf_str(&b));
}

bool same_subject(struct arena *a, struct str part, struct str whole)
{
    struct str rest = bare_label(a, part, true);
    return !rest.len || str_contains(bare_label(a, whole, false), rest);
}

bool same_unit(const struct claim *a, const struct claim *b)
{
    return a->number->kind == b->number->kind && str_eq(a->number->unit, b->number->unit);
}

bool same_sentence(const struct claim *a, const struct claim *b)
{
    return a->sentence_from == b->sentence_from;
}

/* --- the claims of a text --- */

static const char *const sentence_marks[] = {"。", "！", "？", "\n"};
static const char *const clause_marks[] = {"，", ",", "；", ";", "。", "！", "？", "\n"};

/* Limits that no report comes near; they keep the time linear for whatever else is fed in. */
enum { REACH = 3000, CLAIMS_MOST = 4000 };

/* The place of the last mark before `at` (behind it), not before `floor`. */
static size_t back_to(struct str t, size_t at, size_t floor, const char *const *marks, size_t count)
{
    if (at - floor > REACH) floor = at - REACH;
    for (; at > floor; at--)
        for (size_t i = 0; i < count; i++)
            if (text_before(t, at, marks[i])) return at;
    return floor;
}

static size_t on_to(struct str t, size_t at, const char *const *marks, size_t count)
{
    size_t to = t.len - at > REACH ? at + REACH : t.len;
    for (; at < to; at++)
        for (size_t i = 0; i < count; i++)
            if (text_at(t, at, marks[i])) return at;
    return to;
}

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static struct str label_of(struct str t, size_t from, size_t to)
{
    struct str label = str_slice(t, from, to);
    for (;;) { /* what stands behind 、 is another item */
        size_t at = str_find(label, STR("、"), 0);
        if (at == SIZE_MAX) return str_trim(label);
        label = str_slice(label, at + strlen("、"), label.len);
    }
}

static void add_claim(struct check *c, const struct number *n, struct claim *last, struct str date)
{
    struct str t = c->text;
    struct claim claim = {.number = n, .end = n->at + n->len, .date = date};
    size_t floor = last->number ? last->end : 0;
    claim.sentence_from = last->number && n->at < last->sentence_to
                              ? last->sentence_from
                              : back_to(t, n->at, floor, sentence_marks, COUNT_OF(sentence_marks));
    claim.sentence_to =
        n->at < last->sentence_to ? last->sentence_to : on_to(t, n->at, sentence_marks, COUNT_OF(sentence_marks));
    size_t mark = back_to(t, n->at, floor, clause_marks, COUNT_OF(clause_marks));
    claim.clause_from = mark == floor && last->number && n->at < last->clause_to ? last->clause_from : mark;
    claim.clause_to = on_to(t, claim.end, clause_marks, COUNT_OF(clause_marks));
    claim.label = label_of(t, mark, n->at);
    claim.behind = str_slice(t, claim.end, claim.clause_to);
    ARENA_PUSH(c->arena, c->claims, c->claim_count, c->claim_cap, claim);
    *last = claim;
}

static void collect_claims(struct check *c)
{
    struct claim last = {0};
    struct str date = {0};
    for (size_t i = 0; i < c->numbers.count && c->claim_count < CLAIMS_MOST; i++) {
        const struct number *n = &c->numbers.items[i];
        if (n->kind == NUMBER_DATE) date = str_slice(c->text, n->at, n->at + n->len);
        if (!number_is_claim(n)) continue;
        add_claim(c, n, &last, (struct str){0});
        struct claim *claim = &c->claims[c->claim_count - 1];
        bool inside = date.s && (size_t)(date.s - c->text.s) >= claim->sentence_from;
        claim->date = inside ? date : STR("");
    }
}

/* --- results --- */

void check_add(struct check *c, const struct claim *of, enum finding_kind kind, enum finding_verdict verdict,
               struct str message)
{
    size_t from = of->number->at;
    if (of->number->kind != NUMBER_ZERO && of->label.len) from = (size_t)(of->label.s - c->text.s);
    struct finding f = {.at = from, .len = of->end - from, .kind = kind, .verdict = verdict, .message = message};
    f.phrase = str_slice(c->text, f.at, f.at + f.len);
    ARENA_PUSH(c->arena, c->found.items, c->found.count, c->found.cap, f);
}

static int by_place(const void *x, const void *y)
{
    const struct finding *a = x, *b = y;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

struct findings text_check(struct arena *a, struct str text)
{
    struct check c = {.arena = a, .text = text, .numbers = numerals_find(a, text)};
    collect_claims(&c);
    check_rates(&c);
    check_outcomes(&c);
    check_sums(&c);
    check_lists(&c);
    check_repeats(&c);
    if (c.found.count) qsort(c.found.items, c.found.count, sizeof *c.found.items, by_place);
    return c.found;
}

size_t findings_contradictions(const struct findings *found)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++) count += found->items[i].verdict == VERDICT_CONTRADICT;
    return count;
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[] = {
        [FINDING_RATE] = "比率与分项",   [FINDING_OVER_100] = "比率超过100%", [FINDING_SUM] = "分项与合计",
        [FINDING_PART] = "分项大于总数", [FINDING_OUTCOME] = "办结多于受理",  [FINDING_TWO_VALUES] = "同一事实两个数",
        [FINDING_LIST] = "列举与个数"};
    return names[kind];
}

const char *finding_verdict_name(enum finding_verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_AGREE] = "相符", [VERDICT_CONTRADICT] = "矛盾", [VERDICT_NOT_CHECKABLE] = "无法核对"};
    return names[verdict];
}
