/* Text → tokens. Faults here are wrong characters, so most of this file is what a person may mistype. */
#include <string.h>

#include "base/utf8.h"
#include "formula/tree.h"

/* Characters of Chinese input methods and what the language wants in their place. */
static const struct {
    const char *found, *wanted;
} wide_marks[] = {
    {"（", "("}, {"）", ")"}, {"，", ","}, {"、", ","}, {"＝", "="},  {"！", "!="}, {"＜", "<"},
    {"＞", ">"}, {"＋", "+"}, {"－", "-"}, {"＊", "*"}, {"／", "/"},  {"．", "."},  {"。", "."},
    {"“", "'"},  {"”", "'"},  {"‘", "'"},  {"’", "'"},  {"＂", "\""}, {"＇", "'"},  {"「", "'"},
    {"」", "'"}, {"《", "<"}, {"》", ">"}, {"≥", ">="}, {"≤", "<="},  {"≠", "!="},  {"×", "*"},
    {"÷", "/"},  {"—", "-"},  {"–", "-"},  {"【", "("}, {"】", ")"},
};

/* What people write who know other languages. Longer ones first. */
static const struct {
    const char *found, *hint;
} foreign_marks[] = {
    {"==", "相等只写一个 ="},        {"<>", "不相等写 !="},
    {"&&", "“并且”写 and"},          {"||", "“或者”写 or"},
    {"=>", "“大于或等于”写 >="},     {"=<", "“小于或等于”写 <="},
    {"%", "百分比写 percent(a, b)"}, {"!", "“不是”写 not，不相等写 !="},
};

static const char *const symbols[] = {"!=", "<=", ">=", "..", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."};

struct lexer {
    const struct source *s;
    size_t at;
    struct token *tokens;
    size_t count, cap;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct str rest_of(const struct lexer *x)
{
    return str_slice(x->s->text, x->at, x->s->text.len);
}

static char char_at(const struct lexer *x, size_t at)
{
    return at < x->s->text.len ? x->s->text.s[at] : '\0';
}

static size_t digits_at(const struct lexer *x, size_t at)
{
    size_t n = 0;
    while (is_digit(char_at(x, at + n))) n++;
    return n;
}

static bool push(struct lexer *x, struct token t, size_t len)
{
    t.at = x->at;
    if (t.kind != TOKEN_TEXT) t.text = str_slice(x->s->text, x->at, x->at + len);
    ARENA_PUSH(x->s->a, x->tokens, x->count, x->cap, t);
    x->at += len;
    return true;
}

static bool lex_text(struct lexer *x)
{
    char quote = char_at(x, x->at);
    struct buf b = buf_in(x->s->a);
    size_t i = x->at + 1;
    for (; i < x->s->text.len; i++) {
        char c = x->s->text.s[i];
        if (c == quote) {
            if (char_at(x, i + 1) != quote) break;
            i++; /* a doubled mark stands for itself */
        } else if ((unsigned char)c < ' ' && c != '\n' && c != '\t') {
            return source_fault(x->s, i, "文字里有不能显示的控制字符");
        }
        buf_putc(&b, c);
    }
    if (i >= x->s->text.len) return source_fault(x->s, x->at, "这段文字缺少结尾的引号 %c", quote);
    return push(x, (struct token){.kind = TOKEN_TEXT, .text = buf_str(&b)}, i + 1 - x->at);
}

static bool lex_number(struct lexer *x)
{
    const int64_t largest = INT64_C(90000000000000); /* in ten-thousandths and in fen it still fits */
    size_t whole = digits_at(x, x->at), len = whole, fraction = 0;
    if (char_at(x, x->at + whole) == '.' && is_digit(char_at(x, x->at + whole + 1))) {
        fraction = digits_at(x, x->at + whole + 1);
        len += 1 + fraction;
    }
    if (is_letter(char_at(x, x->at + len)))
        return source_fault(x->s, x->at, "数字后面不能直接跟字母；以数字开头的代码要加引号，单位前要有空格");
    if (fraction > 4) return source_fault(x->s, x->at, "小数最多四位");
    int64_t value = 0;
    for (size_t i = 0; i < whole; i++) {
        value = value * 10 + (x->s->text.s[x->at + i] - '0');
        if (value > largest) return source_fault(x->s, x->at, "这个数太大");
    }
    for (size_t i = 0; i < 4; i++) value = value * 10 + (i < fraction ? x->s->text.s[x->at + whole + 1 + i] - '0' : 0);
    return push(x, (struct token){.kind = TOKEN_NUMBER, .number = value}, len);
}

/* A date or period beginning with four digits and a hyphen without spaces; false in `*is` when it is a number. */
static bool lex_date(struct lexer *x, bool *is)
{
    *is = false;
    if (digits_at(x, x->at) != 4 || char_at(x, x->at + 4) != '-') return true;
    struct str year = str_slice(x->s->text, x->at, x->at + 4);
    if (str_cmp(year, STR("1900")) < 0 || str_cmp(year, STR("2199")) > 0) return true;
    char letter = char_at(x, x->at + 5);
    size_t month = digits_at(x, x->at + 5), day = 0, len = 7;
    bool half = (letter == 'Q' || letter == 'H') && digits_at(x, x->at + 6) == 1;
    if (!half && month != 2) return true;
    if (!half && char_at(x, x->at + 7) == '-' && (day = digits_at(x, x->at + 8)) == 2) len = 10;
    struct str t = str_slice(x->s->text, x->at, x->at + len);
    struct token token = {.kind = day == 2 ? TOKEN_DATE : TOKEN_SPAN};
    *is = true;
    if (day == 2 ? !date_parse(t, &token.from) : !period_parse(t, &token.from, &token.to))
        return source_fault(x->s, x->at, "没有“%.*s”这个%s；如果是减法，减号两边要有空格", STR_ARG(t),
                            day == 2 ? "日期"
                            : half   ? "季度或半年"
                                     : "月份");
    if (is_letter(char_at(x, x->at + len)) || is_digit(char_at(x, x->at + len)))
        return source_fault(x->s, x->at, "日期后面不能直接跟字母或数字");
    return push(x, token, len);
}

/* Letters of other scripts are taken as names too, so that the check can say which field a label belongs to. */
static size_t name_length(const struct lexer *x)
{
    size_t at = x->at;
    while (at < x->s->text.len) {
        char c = x->s->text.s[at];
        size_t next = at;
        if (is_letter(c) || (at > x->at && is_digit(c)))
            next++;
        else if ((unsigned char)c < 0x80 || !utf8_is_han(utf8_next(x->s->text, &next)))
            break;
        at = next;
    }
    return at - x->at;
}

static bool fault_character(const struct lexer *x)
{
    struct str rest = rest_of(x);
    for (size_t i = 0; i < sizeof wide_marks / sizeof *wide_marks; i++)
        if (str_starts(rest, str_from(wide_marks[i].found)))
            return source_fault(x->s, x->at, "这里是中文标点 %s ，公式里请用半角的 %s", wide_marks[i].found,
                                wide_marks[i].wanted);
    size_t next = x->at;
    uint32_t c = utf8_next(x->s->text, &next);
    struct str found = str_slice(x->s->text, x->at, next);
    if (c >= 0xFF01 && c <= 0xFF5E)
        return source_fault(x->s, x->at, "这里是全角字符 %.*s ，公式里请用半角的 %c", STR_ARG(found),
                            (char)(c - 0xFF01 + '!'));
    if (c < ' ') return source_fault(x->s, x->at, "这里有不能显示的控制字符");
    return source_fault(x->s, x->at, "公式里不能有“%.*s”", STR_ARG(found));
}

static bool lex_symbol(struct lexer *x)
{
    struct str rest = rest_of(x);
    if (str_starts(rest, STR("!="))) return push(x, (struct token){.kind = TOKEN_SYMBOL}, 2);
    for (size_t i = 0; i < sizeof foreign_marks / sizeof *foreign_marks; i++)
        if (str_starts(rest, str_from(foreign_marks[i].found)))
            return source_fault(x->s, x->at, "公式里没有“%s”：%s", foreign_marks[i].found, foreign_marks[i].hint);
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (str_starts(rest, str_from(symbols[i])))
            return push(x, (struct token){.kind = TOKEN_SYMBOL}, strlen(symbols[i]));
    return fault_character(x);
}

/* Spaces, tabs, line ends, ideographic spaces. */
static void skip_spaces(struct lexer *x)
{
    for (;;) {
        char c = char_at(x, x->at);
        if (x->at < x->s->text.len && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
            x->at++;
        else if (str_starts(rest_of(x), STR("\u3000")))
            x->at += 3;
        else
            return;
    }
}

static bool lex_one(struct lexer *x)
{
    char c = char_at(x, x->at);
    if (c == '\'' || c == '"') return lex_text(x);
    if (is_digit(c)) {
        bool date;
        if (!lex_date(x, &date)) return false;
        return date || lex_number(x);
    }
    size_t name = name_length(x);
    if (name > 0) return push(x, (struct token){.kind = TOKEN_NAME}, name);
    return lex_symbol(x);
}

struct token *lex(const struct source *s, size_t *count)
{
    struct lexer x = {.s = s};
    for (skip_spaces(&x); x.at < s->text.len; skip_spaces(&x))
        if (!lex_one(&x)) return NULL;
    push(&x, (struct token){.kind = TOKEN_END}, 0);
    *count = x.count;
    return x.tokens;
}
