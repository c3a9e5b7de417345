#include "base/xlsx_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"

enum number_kind xlsx_builtin_format(int64_t id)
{
    static const struct {
        int64_t from, to;
        enum number_kind kind;
    } formats[] = {
        {14, 17, NUMBER_DATE}, {18, 21, NUMBER_TIME}, {22, 22, NUMBER_DATETIME}, {27, 31, NUMBER_DATE},
        {32, 35, NUMBER_TIME}, {36, 36, NUMBER_DATE}, {45, 45, NUMBER_TIME},     {46, 46, NUMBER_ELAPSED},
        {47, 47, NUMBER_TIME}, {50, 54, NUMBER_DATE}, {55, 56, NUMBER_TIME},     {57, 58, NUMBER_DATE},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (id >= formats[i].from && id <= formats[i].to) return formats[i].kind;
    return NUMBER_PLAIN;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* True for [h], [mm], [ss] and the like. */
static bool is_elapsed(struct str inside)
{
    if (inside.len == 0) return false;
    char first = lower(inside.s[0]);
    if (first != 'h' && first != 'm' && first != 's') return false;
    for (size_t i = 1; i < inside.len; i++)
        if (lower(inside.s[i]) != first) return false;
    return true;
}

/* Where the piece that begins at `i` ends, when it is no placeholder: quoted text, an escaped character, a bracket,
 * AM/PM; else `i`. */
static size_t skip_literal(struct str code, size_t i)
{
    char c = code.s[i];
    if (c == '"' || c == '[') {
        size_t end = str_find(code, c == '"' ? STR("\"") : STR("]"), i + 1);
        return end == SIZE_MAX ? code.len : end + 1;
    }
    if (c == '\\' || c == '_' || c == '*') return i + 2;
    static const char *const halves[] = {"am/pm", "a/p"};
    for (size_t k = 0; k < sizeof halves / sizeof *halves; k++) {
        size_t n = strlen(halves[k]);
        size_t same = 0;
        while (same < n && i + same < code.len && lower(code.s[i + same]) == halves[k][same]) same++;
        if (same == n) return i + n;
    }
    return i;
}

enum number_kind xlsx_format_kind(struct str code)
{
    bool date = false, time = false, month_or_minute = false, elapsed = false;
    for (size_t i = 0; i < code.len && code.s[i] != ';';) {
        size_t next = skip_literal(code, i);
        if (next != i) {
            if (code.s[i] == '[') elapsed |= is_elapsed(str_slice(code, i + 1, next - 1));
            i = next;
            continue;
        }
        char c = lower(code.s[i++]);
        date |= c == 'y' || c == 'd';
        time |= c == 'h' || c == 's';
        month_or_minute |= c == 'm';
    }
    if (elapsed && !date) return NUMBER_ELAPSED;
    if (date) return time ? NUMBER_DATETIME : NUMBER_DATE;
    if (time) return NUMBER_TIME;
    return month_or_minute ? NUMBER_DATE : NUMBER_PLAIN;
}

xlsx_reason xlsx_plain_number(struct arena *a, double value, struct str *text)
{
    if (!isfinite(value)) return "数值不是有效的数，请改正";
    if (fabs(value) >= 1e15)
        return "这个数超过15位，表格软件只保留15位，后面的数字已经丢失（身份证号、银行卡号常见）。"
               "请把这一列设为“文本”格式，重新填写原号码";
    char image[400]; /* the smallest number has 324 places */
    snprintf(image, sizeof image, "%.14e", value == 0 ? 0.0 : value);
    int64_t exponent = 0;
    str_to_i64(str_from(strchr(image, 'e') + 1), &exponent);
    int n = snprintf(image, sizeof image, "%.*f", (int)(14 - exponent), value == 0 ? 0.0 : value);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (memchr(image, '.', len)) {
        while (image[len - 1] == '0') len--;
        if (image[len - 1] == '.') len--;
    }
    *text = str_copy(a, (struct str){image, len});
    return NULL;
}

static struct str clock_text(struct arena *a, int64_t seconds)
{
    return str_printf(a, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

/* The 1900 system counts a 29 February 1900 that never was: 60. */
static bool serial_date(int64_t day, bool from_1904, struct date *date)
{
    struct date start;
    struct ymd epoch = from_1904 ? (struct ymd){1904, 1, 1} : (struct ymd){1900, 1, 1};
    if (!date_from_ymd(epoch, &start) || day < (from_1904 ? 0 : 1) || (!from_1904 && day == 60)) return false;
    int64_t offset = from_1904 ? day : day < 60 ? day - 1 : day - 2;
    *date = date_add_days(start, (int)offset);
    return date_ymd(*date).year <= 2199;
}

xlsx_reason xlsx_serial(struct arena *a, double value, enum number_kind kind, bool from_1904, struct str *text)
{
    static const char *const bad =
        "这个单元格设成了日期格式，但里面的数不是1900年到2199年的日期。请改正日期，或把格式改回“常规”";
    if (!(value >= 0 && value < 120000)) return bad;
    int64_t seconds = (int64_t)llround(value * 86400);
    int64_t day = seconds / 86400;
    int64_t rest = seconds % 86400;
    if (kind == NUMBER_ELAPSED || (kind == NUMBER_TIME && day == 0) ||
        (kind == NUMBER_DATETIME && day == 0 && rest > 0)) {
        *text = clock_text(a, seconds);
        return NULL;
    }
    struct date date;
    if (!serial_date(kind == NUMBER_DATE ? (int64_t)floor(value) : day, from_1904, &date)) return bad;
    if (kind == NUMBER_DATE || rest == 0)
        *text = date_iso(a, date);
    else
        *text = moment_iso(a, moment_of_date(date) + rest * 1000);
    return NULL;
}

static bool hex_digit(char c, uint32_t *value)
{
    c = lower(c);
    if (c >= '0' && c <= '9')
        *value = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *value = (uint32_t)(c - 'a') + 10;
    else
        return false;
    return true;
}

/* Reads _xHHHH_ at `i`. */
static bool escape_at(struct str t, size_t i, uint32_t *c)
{
    if (t.len - i < 7 || t.s[i] != '_' || t.s[i + 1] != 'x' || t.s[i + 6] != '_') return false;
    *c = 0;
    for (size_t k = 2; k < 6; k++) {
        uint32_t digit;
        if (!hex_digit(t.s[i + k], &digit)) return false;
        *c = *c << 4 | digit;
    }
    return true;
}

struct str xlsx_unescape(struct arena *a, struct str t)
{
    if (t.len == 0 || (!memchr(t.s, '\r', t.len) && !str_contains(t, STR("_x")))) return str_copy(a, t);
    char *out = arena_alloc(a, t.len);
    size_t n = 0;
    for (size_t i = 0; i < t.len;) {
        uint32_t c;
        if (escape_at(t, i, &c)) {
            i += 7; /* of which the character takes 3 at most */
            if (c >= 0x20 || c == '\n' || c == '\t') n += utf8_encode(c, out + n);
            continue;
        }
        if (t.s[i] != '\r') out[n++] = t.s[i];
        i++;
    }
    return (struct str){out, n};
}
