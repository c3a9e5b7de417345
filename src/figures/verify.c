#include "figures/verify.h"

#include <math.h>

#include "base/utf8.h"
#include "figures/wording.h"

struct check {
    struct office *office;
    struct conn *conn;
    struct arena *arena;
    struct str text;
    int year;                     /* of the period's start */
    struct formula_run run;
    struct numbers numbers;
    struct folded folded;
    const struct figure **best;   /* by number: the figure that words it most specifically */
    size_t *rank;                 /* by number: how well that figure words it */
    struct verify_report *report;
    size_t cap;
};

const char *verify_verdict_name(enum verify_verdict v)
{
    switch (v) {
    case VERIFY_AGREES: return "相符";
    case VERIFY_CONTRADICTS: return "不符";
    case VERIFY_NO_FIGURE: return "没有对应的数字";
    case VERIFY_GOAL: return "计划或者目标，不核对";
    }
    return "";
}

/* ---- matching figures to numbers ---- */

/* The more literal text the better; of two alike, the one that stands closer together: in
 * 受理纠纷98件，成功调解95起 both 受理…纠纷…{n}起 and 成功调解…{n}起 reach the 95. */
static size_t rank_of(const struct wording_match *m)
{
    enum { SPANS = 4096 };
    size_t span = m->to - m->from;
    return m->weight == 0 ? 0 : m->weight * SPANS + (span < SPANS ? SPANS - 1 - span : 0);
}

static void offer(struct check *k, size_t number, const struct figure *f, const struct wording_match *m)
{
    size_t rank = rank_of(m);
    if (rank <= k->rank[number]) return;
    k->rank[number] = rank;
    k->best[number] = f;
}

/* A pattern without {n} states none of the noun that its match ends with. */
static void offer_zero(struct check *k, const struct wording_match *m, const struct figure *f)
{
    for (size_t i = 0; i < k->numbers.count; i++) {
        const struct number *n = &k->numbers.items[i];
        if (n->kind != NUMBER_ZERO || n->at < m->from || n->at >= m->to) continue;
        size_t noun_end = n->at + n->len;
        if (noun_end <= m->to ? m->to - noun_end <= 6 : noun_end - m->to <= 6) offer(k, i, f, m);
    }
}

static void match_figure(struct check *k, const struct figure *f)
{
    for (size_t i = 0; i < f->wording_count; i++) {
        struct wording_match *matches;
        size_t count = wording_find(k->arena, f->wording[i], &k->folded, &k->numbers, &matches);
        for (size_t m = 0; m < count; m++) {
            if (matches[m].number == SIZE_MAX) offer_zero(k, &matches[m], f);
            else offer(k, matches[m].number, f, &matches[m]);
        }
    }
}

/* ---- goals ---- */

static bool contains_any(struct str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_contains(text, str_from(words[i]))) return true;
    return false;
}

static size_t line_start(struct str text, size_t at)
{
    while (at > 0 && text.s[at - 1] != '\n') at--;
    return at;
}

static bool begins_part(struct str line)
{
    static const char *const marks[] = {"一、", "二、", "三、", "四、", "五、", "六、"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(line, str_from(marks[i]))) return true;
    return false;
}

/* Does the part's heading above `at` speak of a later year, or of plans? */
static bool in_later_years_part(const struct check *k, size_t at)
{
    size_t start = line_start(k->text, at);
    for (;;) {
        size_t end = str_find(k->text, STR("\n"), start);
        struct str line = str_trim(str_slice(k->text, start, end));
        if (begins_part(line)) {
            static const char *const plans[] = {"下一步", "下步", "下一年", "明年", "工作打算", "工作计划", "工作安排"};
            struct str next = str_printf(k->arena, "%d年", k->year + 1);
            return str_contains(line, next) || contains_any(line, plans, sizeof plans / sizeof *plans);
        }
        if (start == 0) return false;
        start = line_start(k->text, start - 1);
    }
}

/* Start of the clause around `at`: behind the last 。；，or line end. */
static size_t clause_start(struct str text, size_t at, bool stop_at_comma)
{
    static const char *const ends[] = {"。", "；", "！", "？", "\n", ";"};
    size_t start = 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct str end = str_from(ends[i]);
        for (size_t p = 0; (p = str_find(text, end, p)) != SIZE_MAX && p < at; p += end.len)
            if (p + end.len > start) start = p + end.len;
    }
    for (size_t p = start; stop_at_comma && p < at; p++) {
        if (text.s[p] == ',') start = p + 1;
        if (str_starts(str_slice(text, p, text.len), STR("，"))) start = p + 3;
    }
    return start;
}

/* 2024年 inside a phrase of time; 0 without a year of four digits, or where it only begins or ends a span
 * (2023—2025年, 自2023年以来). */
static int year_named(const struct check *k, const struct number *n)
{
    struct str s = str_slice(k->text, n->at, n->at + n->len);
    struct str behind = str_slice(k->text, n->at + n->len, k->text.len);
    int64_t year;
    bool lone = s.len >= 7 && str_to_i64(str_slice(s, 0, 4), &year) && str_starts(str_slice(s, 4, s.len), STR("年")) &&
                !str_starts(behind, STR("以来")) && !str_starts(behind, STR("起"));
    return lone && year > 1900 && year < 2200 ? (int)year : 0;
}

/* Is the last year named in the sentence before the number another one than the period's? */
static bool in_another_year(const struct check *k, const struct number *n)
{
    size_t start = clause_start(k->text, n->at, false);
    int year = k->year;
    for (size_t i = 0; i < k->numbers.count && k->numbers.items[i].at < n->at; i++) {
        const struct number *d = &k->numbers.items[i];
        if (d->kind != NUMBER_DATE || d->at < start) continue;
        int named = year_named(k, d);
        if (named) year = named;
    }
    return year != k->year;
}

static bool is_goal(const struct check *k, const struct number *n)
{
    /* 计划 and 将 alone are also a noun (工作计划3项) and a plain particle (将98起纠纷化解): only with a verb behind. */
    static const char *const words[] = {"确保",     "力争",     "争取",     "目标",     "拟于",     "拟开展", "拟组织",
                                        "拟举办",   "计划于",   "计划开展", "计划组织", "计划举办", "计划新", "计划完成",
                                        "计划建",   "计划在",   "将开展",   "将组织",   "将举办",   "将继续", "将进一步",
                                        "将达",     "将完成",   "将新",     "将建",     "将在",     "明年",   "来年",
                                        "下一年",   "下年度",   "下一步"};
    struct str before = str_slice(k->text, clause_start(k->text, n->at, false), n->at);
    return contains_any(before, words, sizeof words / sizeof *words) || in_another_year(k, n) ||
           in_later_years_part(k, n->at);
}

/* ---- verdicts ---- */

static double as_number(const struct figure *f, struct value v)
{
    if (v.kind == VALUE_REAL) return v.r;
    if (v.kind != VALUE_INT) return (double)NAN;
    if (f->type == FT_MONEY) return (double)v.i / 100.0;
    if (f->type == FT_DECIMAL) return (double)v.i / DECIMAL_SCALE;
    return (double)v.i;
}

static struct str phrase_around(struct check *k, const struct number *n)
{
    size_t from = clause_start(k->text, n->at, true);
    size_t to = n->at + n->len;
    for (int i = 0; i < 8 && to < k->text.len; i++) {
        size_t next = to;
        uint32_t c = utf8_next(k->text, &next);
        if (c == '\n' || c == 0x3002 || c == 0xFF1B || c == 0xFF0C || c == ',' || c == ';') break;
        to = next;
    }
    /* The fixed length may end inside a later number; a cut number would be another number. */
    for (size_t i = 0; i < k->numbers.count; i++) {
        const struct number *other = &k->numbers.items[i];
        if (other->at < to && other->at + other->len > to) to = other->at + other->len;
    }
    return str_trim(str_slice(k->text, from, to));
}

static bool judge(struct check *k, size_t i, struct error *err)
{
    const struct number *n = &k->numbers.items[i];
    struct str written = str_slice(k->text, n->at, n->at + n->len);
    struct verify_item item = {.at = n->at,
                               .len = n->len,
                               .phrase = phrase_around(k, n),
                               .stated = n->kind == NUMBER_ZERO ? str_printf(k->arena, "无%.*s", STR_ARG(written)) : written,
                               .figure = k->best[i],
                               .verdict = VERIFY_NO_FIGURE};
    if (is_goal(k, n)) {
        item.verdict = VERIFY_GOAL;
        item.figure = NULL;
    } else if (item.figure) {
        struct figure_result r;
        if (!figure_compute(k->office, k->conn, k->arena, item.figure, &k->run, &r, err)) return false;
        item.value = r.shown;
        item.records = r.records;
        bool agrees = r.value.kind != VALUE_NULL && number_allows(n, as_number(item.figure, r.value));
        item.verdict = agrees ? VERIFY_AGREES : VERIFY_CONTRADICTS;
    }
    struct verify_report *rep = k->report;
    if (item.verdict == VERIFY_AGREES) rep->agree++;
    else if (item.verdict == VERIFY_CONTRADICTS) rep->contradict++;
    else if (item.verdict == VERIFY_GOAL) rep->goals++;
    else rep->unknown++;
    ARENA_PUSH(k->arena, rep->items, rep->count, k->cap, item);
    return true;
}

/* Is number `i` the first of 「（12件中12件）」, the parts that stand beside a rate of few cases? They belong to that rate's
 * figure and are no figure of their own. */
static bool begins_parts(const struct check *k, size_t i)
{
    if (i + 1 >= k->numbers.count) return false;
    const struct number *n = &k->numbers.items[i];
    struct str between = str_slice(k->text, n->at + n->len, k->numbers.items[i + 1].at);
    struct str before = str_slice(k->text, 0, n->at);
    return str_is(between, "中") && (str_ends(before, STR("（")) || str_ends(before, STR("(")));
}

static bool is_part(const struct check *k, size_t i)
{
    return begins_parts(k, i) || (i > 0 && begins_parts(k, i - 1));
}

static bool check_registers(struct check *k, struct error *err)
{
    k->numbers = numerals_find(k->arena, k->text);
    k->folded = wording_fold(k->arena, k->text);
    k->best = arena_new_array(k->arena, const struct figure *, k->numbers.count + 1);
    k->rank = arena_new_array(k->arena, size_t, k->numbers.count + 1);
    for (size_t i = 0; i < k->office->model->figure_count; i++) match_figure(k, &k->office->model->figures[i]);
    for (size_t i = 0; i < k->numbers.count; i++)
        if ((number_is_claim(&k->numbers.items[i]) || k->best[i]) && !is_part(k, i) && !judge(k, i, err)) return false;
    return true;
}

bool verify_text(struct office *o, struct conn *c, struct arena *a, struct str text, struct date from, struct date to,
                 struct verify_report *report, struct error *err)
{
    *report = (struct verify_report){0};
    if (!utf8_valid(text)) return error_set(err, ERR_INPUT, "报告不是 UTF-8 文本，请另存为 UTF-8 后再核对");
    report->findings = text_check(a, text);
    report->text_contradictions = findings_contradictions(&report->findings);
    if (!c) return true;
    struct check k = {.office = o,
                      .conn = c,
                      .arena = a,
                      .text = text,
                      .year = date_ymd(from).year,
                      .run = figure_run(o, from, to),
                      .report = report};
    return check_registers(&k, err);
}
