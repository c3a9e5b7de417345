#include "figures/verify.h"

#include <math.h>

#include "base/utf8.h"
#include "figures/wording.h"

/* Where a number stands. */
struct setting {
    size_t sentence; /* start of its sentence: behind the last 。；！？ or line end */
    size_t clause;   /* the same, a comma ends it too */
    bool another_year; /* the last year named in the sentence before it is not the period's */
    bool goal;       /* words of a plan stand before it in the sentence, or its part speaks of a later year */
};

struct check {
    struct office *office;
    struct conn *conn;
    struct arena *arena;
    struct str text;
    int year;                     /* of the period's start */
    struct formula_run run;
    struct numbers numbers;
    struct folded folded;
    struct setting *settings;     /* by number */
    const struct figure **best;   /* by number: the figure that words it most specifically */
    size_t *rank;                 /* by number: how well that figure words it */
    struct figure_result *results; /* of the figures that are stated, in the order of the model; others are empty */
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

/* The first number that begins at or behind this byte. */
static size_t number_from(const struct numbers *numbers, size_t at)
{
    size_t low = 0, high = numbers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers->items[middle].at < at) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* A pattern without {n} states none of the noun that its match ends with. */
static void offer_zero(struct check *k, const struct wording_match *m, const struct figure *f)
{
    for (size_t i = number_from(&k->numbers, m->from); i < k->numbers.count && k->numbers.items[i].at < m->to; i++) {
        const struct number *n = &k->numbers.items[i];
        if (n->kind != NUMBER_ZERO) continue;
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

/* ---- where a number stands ---- */

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Length of the word that stands at `at`, 0 when none of them does. */
static size_t word_at(struct str text, size_t at, const char *const *words, size_t count)
{
    struct str rest = str_slice(text, at, text.len);
    for (size_t i = 0; i < count; i++)
        if (str_starts(rest, str_from(words[i]))) return str_from(words[i]).len;
    return 0;
}

static size_t sentence_end_at(struct str text, size_t at)
{
    static const char *const ends[] = {"。", "；", "！", "？", "\n", ";"};
    return word_at(text, at, ends, COUNT(ends));
}

static size_t comma_at(struct str text, size_t at)
{
    static const char *const commas[] = {",", "，"};
    return word_at(text, at, commas, COUNT(commas));
}

/* 计划 and 将 alone are also a noun (工作计划3项) and a plain particle (将98起纠纷化解): only with a verb behind. */
static size_t goal_at(struct str text, size_t at)
{
    static const char *const words[] = {"确保",     "力争",     "争取",     "目标",     "拟于",     "拟开展", "拟组织",
                                        "拟举办",   "计划于",   "计划开展", "计划组织", "计划举办", "计划新", "计划完成",
                                        "计划建",   "计划在",   "将开展",   "将组织",   "将举办",   "将继续", "将进一步",
                                        "将达",     "将完成",   "将新",     "将建",     "将在",     "明年",   "来年",
                                        "下一年",   "下年度",   "下一步"};
    return word_at(text, at, words, COUNT(words));
}

/* Does the heading of a part that begins here speak of a later year, or of plans? False in *is: no part begins here. */
static bool part_of_plans(const struct check *k, size_t at, bool *begins)
{
    static const char *const marks[] = {"一、", "二、", "三、", "四、", "五、", "六、"};
    static const char *const plans[] = {"下一步", "下步", "下一年", "明年", "工作打算", "工作计划", "工作安排"};
    struct str line = str_trim(str_slice(k->text, at, str_find(k->text, STR("\n"), at)));
    *begins = word_at(line, 0, marks, COUNT(marks)) > 0;
    if (!*begins) return false;
    if (str_contains(line, str_printf(k->arena, "%d年", k->year + 1))) return true;
    for (size_t i = 0; i < COUNT(plans); i++)
        if (str_contains(line, str_from(plans[i]))) return true;
    return false;
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

/* One way through the text, which notes where each number stands. */
struct reader {
    size_t at;
    size_t sentence, clause;
    size_t goal_end; /* behind the first words of a plan in this sentence; SIZE_MAX while there are none */
    int year;        /* named last in this sentence; else the period's */
    bool later_part; /* the part that we are in speaks of a later year, or of plans */
};

static void begin_sentence(const struct check *k, struct reader *r, size_t at)
{
    r->sentence = r->clause = at;
    r->goal_end = SIZE_MAX;
    r->year = k->year;
}

/* Reads on to `to`: everything that begins before it has been seen. */
static void read_on(const struct check *k, struct reader *r, size_t to)
{
    for (; r->at < to; r->at++) {
        bool begins, line = r->at == 0 || k->text.s[r->at - 1] == '\n';
        bool plans = line && part_of_plans(k, r->at, &begins);
        if (line && begins) r->later_part = plans;
        size_t end = sentence_end_at(k->text, r->at), comma = comma_at(k->text, r->at), goal = goal_at(k->text, r->at);
        if (end) begin_sentence(k, r, r->at + end);
        if (comma) r->clause = r->at + comma;
        if (goal && r->at + goal < r->goal_end) r->goal_end = r->at + goal;
    }
}

static void read_settings(struct check *k)
{
    struct reader r = {0};
    begin_sentence(k, &r, 0);
    k->settings = arena_new_array(k->arena, struct setting, k->numbers.count + 1);
    for (size_t i = 0; i < k->numbers.count; i++) {
        const struct number *n = &k->numbers.items[i];
        read_on(k, &r, n->at);
        /* A line that begins with the number itself may be the heading of its part. */
        bool begins = false, line = n->at == 0 || k->text.s[n->at - 1] == '\n';
        bool plans = line && part_of_plans(k, n->at, &begins);
        k->settings[i] = (struct setting){.sentence = r.sentence,
                                          .clause = r.clause,
                                          .another_year = r.year != k->year,
                                          .goal = r.goal_end <= n->at || (begins ? plans : r.later_part)};
        int named = n->kind == NUMBER_DATE && n->at >= r.sentence ? year_named(k, n) : 0;
        if (named) r.year = named;
    }
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

static struct str phrase_around(const struct check *k, size_t i)
{
    const struct number *n = &k->numbers.items[i];
    size_t from = k->settings[i].clause;
    size_t to = n->at + n->len;
    for (int steps = 0; steps < 8 && to < k->text.len; steps++) {
        size_t next = to;
        uint32_t c = utf8_next(k->text, &next);
        if (c == '\n' || c == 0x3002 || c == 0xFF1B || c == 0xFF0C || c == ',' || c == ';') break;
        to = next;
    }
    /* The fixed length may end inside a later number; a cut number would be another number. */
    for (size_t o = i; o < k->numbers.count && k->numbers.items[o].at < to; o++) {
        const struct number *other = &k->numbers.items[o];
        if (other->at + other->len > to) to = other->at + other->len;
    }
    return str_trim(str_slice(k->text, from, to));
}

/* Plans and other years are no facts of the period. */
static bool is_goal(const struct check *k, size_t i)
{
    return k->settings[i].goal || k->settings[i].another_year;
}

static const struct figure *stated_figure(const struct check *k, size_t i)
{
    return is_goal(k, i) ? NULL : k->best[i];
}

static void judge(struct check *k, size_t i)
{
    const struct number *n = &k->numbers.items[i];
    struct str written = str_slice(k->text, n->at, n->at + n->len);
    struct verify_item item = {.at = n->at,
                               .len = n->len,
                               .phrase = phrase_around(k, i),
                               .stated = n->kind == NUMBER_ZERO ? str_printf(k->arena, "无%.*s", STR_ARG(written)) : written,
                               .figure = stated_figure(k, i),
                               .verdict = is_goal(k, i) ? VERIFY_GOAL : VERIFY_NO_FIGURE};
    if (item.figure) {
        const struct figure_result *r = &k->results[item.figure - k->office->model->figures];
        item.value = r->shown;
        item.records = r->records;
        bool agrees = r->value.kind != VALUE_NULL && number_allows(n, as_number(item.figure, r->value));
        item.verdict = agrees ? VERIFY_AGREES : VERIFY_CONTRADICTS;
    }
    struct verify_report *rep = k->report;
    if (item.verdict == VERIFY_AGREES) rep->agree++;
    else if (item.verdict == VERIFY_CONTRADICTS) rep->contradict++;
    else if (item.verdict == VERIFY_GOAL) rep->goals++;
    else rep->unknown++;
    ARENA_PUSH(k->arena, rep->items, rep->count, k->cap, item);
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

/* Is the number looked at: does it claim something, or does a figure word it so? */
static bool is_checked(const struct check *k, size_t i)
{
    return (number_is_claim(&k->numbers.items[i]) || k->best[i]) && !is_part(k, i);
}

/* Each figure that is stated, once, all together. */
static bool compute_stated(struct check *k, struct error *err)
{
    const struct model *m = k->office->model;
    bool *stated = arena_new_array(k->arena, bool, m->figure_count + 1);
    const struct figure **list = arena_new_array(k->arena, const struct figure *, m->figure_count + 1);
    struct figure_result *results = arena_new_array(k->arena, struct figure_result, m->figure_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < k->numbers.count; i++) {
        const struct figure *f = is_checked(k, i) ? stated_figure(k, i) : NULL;
        if (!f || stated[f - m->figures]) continue;
        stated[f - m->figures] = true;
        list[count++] = f;
    }
    struct figures_wanted wanted = {.figures = list, .count = count};
    if (!figures_compute(k->office, k->conn, k->arena, &wanted, &k->run, results, NULL, err)) return false;
    k->results = arena_new_array(k->arena, struct figure_result, m->figure_count + 1);
    for (size_t i = 0; i < count; i++) k->results[list[i] - m->figures] = results[i];
    return true;
}

static bool check_registers(struct check *k, struct error *err)
{
    k->numbers = numerals_find(k->arena, k->text);
    k->folded = wording_fold(k->arena, k->text);
    k->best = arena_new_array(k->arena, const struct figure *, k->numbers.count + 1);
    k->rank = arena_new_array(k->arena, size_t, k->numbers.count + 1);
    read_settings(k);
    for (size_t i = 0; i < k->office->model->figure_count; i++) match_figure(k, &k->office->model->figures[i]);
    if (!compute_stated(k, err)) return false;
    for (size_t i = 0; i < k->numbers.count; i++)
        if (is_checked(k, i)) judge(k, i);
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
