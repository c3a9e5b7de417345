#include "figures/numerals.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "figures/numeral_inside.h"

enum {
    HAN = 3,
    QUOTED_MOST = 14 * HAN,
    TITLE_MOST = 200 * HAN,
    YEAR_LEAST = 1900,
    YEAR_MOST = 2199,
    TELEPHONE_DIGITS = 7
};

struct scan {
    struct arena *arena;
    struct str text;
    size_t at;
    size_t title_end; /* inside 《》 up to here */
    size_t quote_end; /* inside short quotation marks up to here */
    struct numbers out;
};

/* --- writing results --- */

static struct number plain(size_t at, size_t end, enum number_kind kind, double value)
{
    return (struct number){.at = at,
                           .len = end - at,
                           .numeral_at = at,
                           .numeral_len = end - at,
                           .kind = kind,
                           .value = value,
                           .least = value,
                           .most = value,
                           .exact = true};
}

/* In a title or a quoted slogan nothing is counted. */
static enum number_kind kind_in_place(const struct scan *s, enum number_kind kind)
{
    bool countable = kind == NUMBER_FACT || kind == NUMBER_PERIOD || kind == NUMBER_ORDINAL || kind == NUMBER_SECTION;
    if (s->at < s->title_end && (countable || kind == NUMBER_RATE || kind == NUMBER_FIXED)) return NUMBER_NAME;
    if (s->at < s->quote_end && (countable || kind == NUMBER_NAME)) return NUMBER_FIXED;
    return kind;
}

static bool emit(struct scan *s, struct number n)
{
    n.kind = kind_in_place(s, n.kind);
    ARENA_PUSH(s->arena, s->out.items, s->out.count, s->out.cap, n);
    s->at = n.at + n.len;
    return true;
}

static bool emit_plain(struct scan *s, size_t end, enum number_kind kind, double value)
{
    return emit(s, plain(s->at, end, kind, value));
}

/* --- helpers --- */

static bool any_at(struct str t, size_t at, const char *const *words, size_t count, size_t *len)
{
    for (size_t i = 0; i < count; i++) {
        if (!text_at(t, at, words[i])) continue;
        *len = strlen(words[i]);
        return true;
    }
    return false;
}

#define ANY_AT(t, at, words, len) any_at((t), (at), (words), sizeof(words) / sizeof *(words), (len))

static bool read_either(struct str t, size_t at, struct reading *r)
{
    return read_arabic(t, at, r) || read_chinese(t, at, r);
}

static bool is_year(const struct reading *r)
{
    return r->digits == 4 && !r->decimals && r->value >= YEAR_LEAST && r->value <= YEAR_MOST;
}

static size_t dash_at(struct str t, size_t at)
{
    static const char *const dashes[] = {"——", "—", "–", "-", "－", "~", "～", "至", "到"};
    size_t len;
    return ANY_AT(t, at, dashes, &len) ? len : 0;
}

static bool letter_before(struct str t, size_t at)
{
    if (!at) return false;
    char c = t.s[at - 1];
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool letter_at(struct str t, size_t at)
{
    return at < t.len && letter_before(t, at + 1);
}

/* At the beginning of a line or behind a mark that ends a clause. */
static bool clause_begins(struct str t, size_t at)
{
    static const char *const marks[] = {"\n", "。", "；", ";",  "：", ":", "，", ",",
                                        "！", "？", "、", "）", ")",  " ", "　", "“"};
    if (!at) return true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_before(t, at, marks[i])) return true;
    return false;
}

static bool line_begins(struct str t, size_t at)
{
    while (at && (text_before(t, at, " ") || text_before(t, at, "\t"))) at--;
    while (text_before(t, at, "　")) at -= HAN;
    return !at || text_before(t, at, "\n") || text_before(t, at, "。") || text_before(t, at, "\r");
}

/* --- rules, each for one place in the text --- */

/* 一、 （二） 1. 一是 */
static bool rule_section(struct scan *s)
{
    struct reading r;
    struct str t = s->text;
    bool paren = text_at(t, s->at, "(");
    bool wide = text_at(t, s->at, "（");
    size_t from = s->at + (paren ? 1 : wide ? HAN : 0);
    if (!read_either(t, from, &r) || r.decimals || r.value > 99 || r.multiples_only) return false;
    size_t len;
    if (paren || wide) {
        static const char *const closing[] = {")", "）"};
        return ANY_AT(t, r.end, closing, &len) && emit_plain(s, r.end + len, NUMBER_SECTION, r.value);
    }
    static const char *const marks[] = {"、", ".", "．"};
    if (line_begins(t, s->at) && ANY_AT(t, r.end, marks, &len) &&
        (text_at(t, r.end, "、") || !is_digit_at(t, r.end + len)))
        return emit_plain(s, r.end + len, NUMBER_SECTION, r.value);
    if (is_digit_at(t, s->at) || !text_at(t, r.end, "是") || !clause_begins(t, s->at)) return false;
    return emit_plain(s, r.end + HAN, NUMBER_SECTION, r.value);
}

/* 〔2024〕5号 */
static bool rule_document(struct scan *s)
{
    static const char *const opening[] = {"〔", "［", "[", "【", "（", "("};
    static const char *const closing[] = {"〕", "］", "]", "】", "）", ")"};
    struct reading year, number;
    size_t len;
    if (!ANY_AT(s->text, s->at, opening, &len) || !read_arabic(s->text, s->at + len, &year) || !is_year(&year))
        return false;
    if (!ANY_AT(s->text, year.end, closing, &len) || !read_either(s->text, year.end + len, &number)) return false;
    if (!text_at(s->text, number.end, "号")) return false;
    return emit_plain(s, number.end + HAN, NUMBER_DOCUMENT, number.value);
}

/* 第十二条, 第一责任人, 第2季度 */
static bool rule_ordinal(struct scan *s)
{
    struct reading r;
    size_t len;
    static const char *const quarters[] = {"季度"};
    if (!text_at(s->text, s->at, "第") || !read_either(s->text, s->at + HAN, &r)) return false;
    if (ANY_AT(s->text, r.end, quarters, &len)) return emit_plain(s, r.end + len, NUMBER_DATE, r.value);
    bool period;
    return emit_plain(s, r.end + match_unit(s->text, r.end, &period), NUMBER_ORDINAL, r.value);
}

static bool rule_fixed(struct scan *s)
{
    size_t len = match_fixed(s->text, s->at);
    if (!len) return false;
    /* 12345件 is a number of tickets, not the hotline. */
    bool digits = is_digit_at(s->text, s->at), period;
    if (digits && (match_unit(s->text, s->at + len, &period) || is_digit_at(s->text, s->at + len))) return false;
    return emit_plain(s, s->at + len, NUMBER_FIXED, 0);
}

static bool rule_zero(struct scan *s)
{
    size_t first = s->out.count;
    size_t end = s->at < s->title_end ? s->at : find_zero(s->arena, s->text, s->at, &s->out);
    if (s->out.count == first) return false;
    s->at = end;
    return true;
}

/* Behind the numeral: 余, a multiplier, a unit, 以上; before it: 近, 超过. */
static void qualify(struct scan *s, struct number *n, size_t end)
{
    struct str t = s->text;
    struct qualifier rest = match_remainder(t, end);
    if (rest.len && text_at(t, end, "来") && is_digit_at(t, n->numeral_at)) rest = (struct qualifier){0};
    end += rest.len;
    static const struct {
        const char *word;
        double times;
    } multipliers[] = {{"万亿", 1e12}, {"万", 1e4}, {"亿", 1e8}};
    double times = 1;
    for (size_t i = 0; times < 2 && i < sizeof multipliers / sizeof *multipliers; i++)
        if (text_at(t, end, multipliers[i].word)) times = multipliers[i].times, end += strlen(multipliers[i].word);
    struct qualifier behind = rest.len ? (struct qualifier){0} : match_remainder(t, end);
    if (text_at(t, end, "来")) behind = (struct qualifier){0};
    end += behind.len;
    if (rest.apply) rest.apply(n);
    n->value *= times;
    n->least *= times;
    n->most *= times;
    if (behind.apply) behind.apply(n);
    size_t unit_at = end;
    while (text_at(t, unit_at, " ")) unit_at++;
    bool period = false;
    size_t unit = match_unit(t, unit_at, &period);
    if (unit) {
        n->unit = str_slice(t, unit_at, unit_at + unit);
        end = unit_at + unit;
        if (period && n->kind == NUMBER_FACT) n->kind = NUMBER_PERIOD;
    }
    struct qualifier suffix = match_suffix(t, end);
    if (suffix.len) suffix.apply(n), end += suffix.len;
    n->len = end - n->at;
}

static void qualify_before(struct scan *s, struct number *n)
{
    size_t floor = s->out.count ? s->out.items[s->out.count - 1].at + s->out.items[s->out.count - 1].len : 0;
    struct qualifier q = match_prefix(s->text, n->at);
    if (!q.len || n->at - q.len < floor) return;
    if (q.apply) q.apply(n);
    n->at -= q.len;
    n->len += q.len;
}

static struct number from_reading(const struct scan *s, const struct reading *r, enum number_kind kind)
{
    struct number n = plain(s->at, r->end, kind, r->value);
    n.decimals = r->decimals;
    if (r->interval) {
        n.most = r->most;
        n.most_open = r->most_open;
        n.exact = false;
    }
    return n;
}

static bool emit_rate(struct scan *s, struct number n, size_t end)
{
    n.kind = NUMBER_RATE;
    n.unit = STR("%");
    n.len = end - n.at;
    struct qualifier more = match_remainder(s->text, end);
    if (more.len && !text_at(s->text, end, "来")) more.apply(&n), n.len += more.len, end += more.len;
    struct qualifier suffix = match_suffix(s->text, end);
    if (suffix.len) suffix.apply(&n), n.len += suffix.len;
    qualify_before(s, &n);
    return emit(s, n);
}

static bool rule_spoken_rate(struct scan *s)
{
    struct reading r;
    if (!read_spoken_rate(s->text, s->at, &r)) return false;
    return emit_rate(s, from_reading(s, &r, NUMBER_RATE), r.end);
}

/* 年3月5日 behind a year; 3月5日; 9时30分 — the byte behind what belongs to the date. */
static size_t rest_of_date(struct str t, size_t at)
{
    static const char *const months[] = {"月份", "月"}, *const days[] = {"日", "号"}, *const quarters[] = {"季度"};
    struct reading r;
    size_t len, end = at;
    if (text_at(t, at, "第")) at += HAN;
    if (!read_either(t, at, &r) || r.value < 1 || r.value > 12) return end;
    if (ANY_AT(t, r.end, quarters, &len)) return r.end + len;
    struct reading to;
    size_t dash = dash_at(t, r.end);
    if (dash && read_either(t, r.end + dash, &to) && text_at(t, to.end, "月")) return to.end + HAN; /* 1—6月 */
    if (!ANY_AT(t, r.end, months, &len)) return end;
    end = r.end + len;
    if (text_at(t, end - HAN, "份") || !read_either(t, end, &r) || r.value < 1 || r.value > 31) return end;
    return ANY_AT(t, r.end, days, &len) ? r.end + len : end;
}

/* 2024年…, 2023—2025年 */
static bool date_of_year(struct scan *s, const struct reading *year)
{
    static const char *const years[] = {"年度", "年"};
    struct reading to;
    size_t end = year->end, len, dash = dash_at(s->text, end);
    if (!dash && ANY_AT(s->text, end, years, &len)) dash = text_at(s->text, end + len, "至") ? len + HAN : 0;
    if (dash && read_either(s->text, year->end + dash, &to) && is_year(&to)) end = to.end;
    if (!ANY_AT(s->text, end, years, &len)) {
        static const char *const closing[] = {"）", ")", "》"}; /* （2021—2025） */
        if (end == year->end || !ANY_AT(s->text, end, closing, &len)) return false;
        return emit_plain(s, end, NUMBER_DATE, year->value);
    }
    return emit_plain(s, rest_of_date(s->text, end + len), NUMBER_DATE, year->value);
}

/* Digits joined by marks: 2024-03-05, 9:30, 12·4, 0772-2812345, 1+3+N, 3/4. Returns the byte behind, or `at`. */
static size_t joined_digits(struct str t, size_t at, enum number_kind *kind)
{
    static const struct {
        const char *mark;
        enum number_kind kind;
    } marks[] = {{"·", NUMBER_DATE},  {":", NUMBER_DATE},   {"：", NUMBER_DATE}, {"/", NUMBER_NAME},
                 {"+", NUMBER_FIXED}, {"＋", NUMBER_FIXED}, {"×", NUMBER_FIXED}};
    size_t end = at;
    for (;;) {
        while (is_digit_at(t, end)) (void)utf8_next(t, &end);
        size_t next = end;
        for (size_t i = 0; i < sizeof marks / sizeof *marks && next == end; i++) {
            size_t behind = end + strlen(marks[i].mark);
            if (!text_at(t, end, marks[i].mark)) continue;
            if (!is_digit_at(t, behind) && !(marks[i].kind == NUMBER_FIXED && letter_at(t, behind))) continue;
            *kind = marks[i].kind;
            next = behind + letter_at(t, behind);
        }
        if (next == end) return *kind == NUMBER_FACT ? at : end;
        end = next;
    }
}

/* 2024-03-05 or 2024.3.5: a year and two more numbers. */
static size_t dotted_date(struct str t, size_t at)
{
    struct reading r;
    size_t end = at;
    for (int part = 0; part < 3; part++) {
        r = (struct reading){.end = end};
        size_t from = end;
        while (is_digit_at(t, r.end)) (void)utf8_next(t, &r.end), r.digits++;
        if (part == 0 ? r.digits != 4 : r.digits < 1 || r.digits > 2) return at;
        end = r.end;
        if (part == 2) return end > from ? end : at;
        if (!text_at(t, end, "-") && !text_at(t, end, ".") && !text_at(t, end, "/")) return at;
        end++;
    }
    return at;
}

/* A run of digits that names something: telephone, house number, A4, a code with dashes. */
static bool digits_name(struct scan *s, const struct reading *r)
{
    static const char *const behind[] = {"号", "楼", "室", "单元", "路", "中学", "小学"};
    size_t len = 0;
    enum number_kind kind = NUMBER_FACT;
    size_t date = dotted_date(s->text, s->at);
    if (date > s->at) return emit_plain(s, date, NUMBER_DATE, 0);
    size_t joined = joined_digits(s->text, s->at, &kind);
    if (joined > s->at) return emit_plain(s, joined, kind, 0);
    bool telephone = r->digits > TELEPHONE_DIGITS && !r->decimals;
    bool period;
    if (telephone && match_unit(s->text, r->end, &period)) telephone = r->digits >= 11;
    bool zero_led = s->text.s[s->at] == '0' && r->digits >= 3 && !r->decimals;
    if (letter_before(s->text, s->at) || letter_at(s->text, r->end) || telephone || zero_led) {
        size_t end = r->end;
        while (end < s->text.len && (letter_at(s->text, end) || is_digit_at(s->text, end) || s->text.s[end] == '-')) {
            if (is_digit_at(s->text, end))
                (void)utf8_next(s->text, &end);
            else
                end++;
        }
        return emit_plain(s, end, NUMBER_NAME, r->value);
    }
    if (ANY_AT(s->text, r->end, behind, &len)) return emit_plain(s, r->end + len, NUMBER_NAME, r->value);
    if (text_at(s->text, r->end, "届")) return emit_plain(s, r->end + HAN, NUMBER_ORDINAL, r->value);
    return false;
}

/* 3至5件: both ends. */
static bool range_of(struct scan *s, const struct reading *r, struct number *n, size_t *end)
{
    static const char *const percent[] = {"%", "％"};
    struct reading to;
    size_t len = 0, from = r->end;
    if (ANY_AT(s->text, from, percent, &len)) from += len;
    size_t dash = dash_at(s->text, from);
    if (!dash || !read_arabic(s->text, from + dash, &to) || to.value <= r->value) return false;
    bool period;
    size_t skip;
    if (!match_unit(s->text, to.end, &period) && !ANY_AT(s->text, to.end, percent, &skip)) return false;
    n->most = to.value;
    n->exact = false;
    *end = to.end;
    return true;
}

static bool rule_arabic(struct scan *s)
{
    static const char *const percent[] = {"%", "％"};
    struct reading r;
    size_t len = 0;
    if (!is_digit_at(s->text, s->at) || !read_arabic(s->text, s->at, &r)) return false;
    if (is_year(&r) && date_of_year(s, &r)) return true;
    size_t date_end = rest_of_date(s->text, s->at);
    if (date_end > s->at) return emit_plain(s, date_end, NUMBER_DATE, r.value);
    if (digits_name(s, &r)) return true;
    struct number n = from_reading(s, &r, NUMBER_FACT);
    size_t end = r.end;
    range_of(s, &r, &n, &end);
    n.numeral_len = end - n.numeral_at;
    if (ANY_AT(s->text, end, percent, &len)) return emit_rate(s, n, end + len);
    if (text_at(s->text, end, "‰")) {
        n.value /= 10, n.least /= 10, n.most /= 10;
        n.decimals++;
        return emit_rate(s, n, end + strlen("‰"));
    }
    qualify(s, &n, end);
    qualify_before(s, &n);
    return emit(s, n);
}

/* 一件, 一项 is a count only where the text counts: 共一件, 受理一起, 诉讼案件一件。 */
static bool one_is_counted(struct str t, size_t at, size_t end)
{
    static const char *const verbs[] = {"共",   "计",   "仅",   "只",   "有",   "受理", "调解", "化解",
                                        "办理", "办结", "发生", "审核", "组织", "举办", "召开", "收到",
                                        "新增", "完成", "登记", "查处", "立案", "件",   "案",   "名"};
    static const char *const marks[] = {"，", ",", "。", "；", ";", "、", "\n", "）", ")"};
    size_t len;
    if (text_before(t, at, "每") || text_before(t, at, "作为") || text_before(t, at, "这")) return false;
    if (end >= t.len || ANY_AT(t, end, marks, &len)) return true;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (text_before(t, at, verbs[i])) return true;
    return false;
}

/* A length of time, unless a plan is named by it: 三年行动, 五年规划. */
static bool names_plan(struct str t, size_t end)
{
    static const char *const words[] = {"行动", "规划", "计划", "攻坚"};
    size_t len;
    return text_before(t, end, "年") && ANY_AT(t, end, words, &len);
}

static bool rule_chinese(struct scan *s)
{
    struct str t = s->text;
    struct reading r;
    if (!read_chinese(t, s->at, &r)) return false;
    if (r.positional && is_year(&r) && date_of_year(s, &r)) return true;
    size_t date_end = r.value >= 1 && r.value <= 12 ? rest_of_date(t, s->at) : s->at;
    if (date_end > s->at) return emit_plain(s, date_end, NUMBER_DATE, r.value);
    if (text_at(t, r.end, "届")) return emit_plain(s, r.end + HAN, NUMBER_ORDINAL, r.value);
    static const char *const schools[] = {"中", "小", "幼"};
    size_t len;
    if (r.value > 0 && r.value < 100 && ANY_AT(t, r.end, schools, &len) && !text_at(t, r.end, "小时"))
        return emit_plain(s, r.end + len, NUMBER_NAME, r.value);
    if (text_at(t, r.end, "号")) return emit_plain(s, r.end + HAN, NUMBER_NAME, r.value);
    struct number n = from_reading(s, &r, NUMBER_FACT);
    if (!r.multiples_only) qualify(s, &n, r.end);
    if (!n.unit.len) return emit_plain(s, r.end, NUMBER_FIXED, r.value);
    size_t end = n.at + n.len;
    bool one = r.value < 2 && !r.interval && r.value >= 1;
    if (names_plan(t, end) || (one && n.kind == NUMBER_FACT && !one_is_counted(t, s->at, end)))
        return emit_plain(s, end, NUMBER_FIXED, r.value);
    qualify_before(s, &n);
    return emit(s, n);
}

/* --- the scan --- */

static void enter_marks(struct scan *s)
{
    struct str t = s->text;
    if (s->at >= s->title_end && text_at(t, s->at, "《")) {
        struct str near = str_slice(t, 0, s->at + TITLE_MOST);
        size_t end = str_find(near, STR("》"), s->at), line = str_find(near, STR("\n"), s->at);
        if (end != SIZE_MAX && end < line) s->title_end = end;
    }
    static const struct {
        const char *open, *close;
    } quotes[] = {{"“", "”"}, {"「", "」"}, {"\"", "\""}};
    for (size_t i = 0; s->at >= s->quote_end && i < sizeof quotes / sizeof *quotes; i++) {
        if (!text_at(t, s->at, quotes[i].open)) continue;
        size_t from = s->at + strlen(quotes[i].open);
        size_t end = str_find(str_slice(t, 0, from + QUOTED_MOST), str_from(quotes[i].close), from);
        if (end != SIZE_MAX) s->quote_end = end + strlen(quotes[i].close);
    }
}

struct numbers numerals_find(struct arena *a, struct str text)
{
    static bool (*const rules[])(struct scan * s) = {rule_section, rule_document,    rule_ordinal, rule_fixed,
                                                     rule_zero,    rule_spoken_rate, rule_arabic,  rule_chinese};
    struct scan s = {.arena = a, .text = text};
    while (s.at < text.len) {
        enter_marks(&s);
        bool found = false;
        for (size_t i = 0; !found && i < sizeof rules / sizeof *rules; i++) found = rules[i](&s);
        if (!found) (void)utf8_next(text, &s.at);
    }
    return s.out;
}

bool number_is_claim(const struct number *n)
{
    return n->kind == NUMBER_FACT || n->kind == NUMBER_RATE || n->kind == NUMBER_ZERO;
}

bool number_allows(const struct number *n, double value)
{
    double slack = n->kind == NUMBER_RATE && n->exact ? 0.5 * pow(10, -n->decimals) : 0;
    double tiny = 1e-9 * (fabs(value) + 1);
    if (n->least_open ? value <= n->least + tiny : value < n->least - slack - tiny) return false;
    if (n->most_open ? value >= n->most - tiny : value > n->most + slack + tiny) return false;
    return true;
}

const char *number_kind_name(enum number_kind kind)
{
    static const char *const names[] = {
        [NUMBER_FACT] = "事实", [NUMBER_RATE] = "比率",     [NUMBER_ZERO] = "无",      [NUMBER_PERIOD] = "期间",
        [NUMBER_DATE] = "日期", [NUMBER_SECTION] = "序号",  [NUMBER_ORDINAL] = "次第", [NUMBER_DOCUMENT] = "文号",
        [NUMBER_NAME] = "名称", [NUMBER_FIXED] = "固定用语"};
    return names[kind];
}
