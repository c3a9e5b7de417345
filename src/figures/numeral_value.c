/* What a numeral is worth: Arabic digits (also full-width, grouped, with a point) and Chinese numerals. */
#include <string.h>

#include "base/utf8.h"
#include "figures/numeral_inside.h"

enum { DIGITS_MOST = 18, CHINESE_MOST = 20 };

bool text_at(struct str t, size_t at, const char *word)
{
    size_t len = strlen(word);
    return at <= t.len && t.len - at >= len && memcmp(t.s + at, word, len) == 0;
}

bool text_before(struct str t, size_t at, const char *word)
{
    size_t len = strlen(word);
    return at >= len && text_at(t, at - len, word);
}

/* The digit at `at`, moving behind it; -1 when there is none. */
static int take_digit(struct str t, size_t *at)
{
    if (*at >= t.len) return -1;
    size_t next = *at;
    uint32_t c = utf8_next(t, &next);
    if (c >= 0xFF10 && c <= 0xFF19) c -= 0xFF10 - '0';
    if (c < '0' || c > '9') return -1;
    *at = next;
    return (int)(c - '0');
}

bool is_digit_at(struct str t, size_t at)
{
    return take_digit(t, &at) >= 0;
}

/* A comma with exactly three digits behind it: 2,100 */
static bool group_follows(struct str t, size_t at)
{
    if (!text_at(t, at, ",")) return false;
    at++;
    for (int i = 0; i < 3; i++)
        if (take_digit(t, &at) < 0) return false;
    return !is_digit_at(t, at);
}

bool read_arabic(struct str t, size_t at, struct reading *r)
{
    *r = (struct reading){.end = at};
    int d;
    size_t group = 0; /* digits before the first comma, or 3 once grouped */
    bool grouped = false;
    while (r->digits < DIGITS_MOST) {
        if ((group == 3 || (!grouped && group >= 1 && group <= 3)) && group_follows(t, r->end)) {
            r->end++;
            grouped = true;
            group = 0;
        }
        if ((d = take_digit(t, &r->end)) < 0) break;
        r->value = r->value * 10 + d;
        r->digits++;
        group++;
    }
    if (!r->digits) return false;
    size_t point = text_at(t, r->end, ".") ? 1 : text_at(t, r->end, "．") ? sizeof "．" - 1 : 0;
    if (!point || !is_digit_at(t, r->end + point)) return true;
    r->end += point;
    for (double scale = 0.1; r->decimals < DIGITS_MOST && (d = take_digit(t, &r->end)) >= 0; scale /= 10) {
        r->value += d * scale;
        r->decimals++;
    }
    return true;
}

static const struct {
    const char *word;
    double value;
} chinese[] = {{"〇", 0}, {"零", 0},  {"○", 0},    {"一", 1},    {"二", 2},   {"两", 2},
               {"三", 3}, {"四", 4},  {"五", 5},   {"六", 6},    {"七", 7},   {"八", 8},
               {"九", 9}, {"十", 10}, {"百", 100}, {"千", 1000}, {"万", 1e4}, {"亿", 1e8}};

/* -1 for none. */
static double chinese_value(struct str t, size_t at)
{
    for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
        if (text_at(t, at, chinese[i].word)) return chinese[i].value;
    return -1;
}

bool is_chinese_digit_at(struct str t, size_t at)
{
    return chinese_value(t, at) >= 0;
}

enum { HAN = 3 }; /* bytes of each character of the table */

/* 二〇二四, 三五 */
static void read_positional(const double *v, size_t count, struct reading *r)
{
    r->positional = true;
    for (size_t i = 0; i < count; i++) r->value = r->value * 10 + v[i];
    /* 三五个, 七八件: between the two. 一三五 and 二〇 are not meant so. */
    if (count == 2 && v[0] > 0 && v[1] > v[0] && v[1] - v[0] <= 2) {
        r->interval = true;
        r->value = v[0];
        r->most = v[1];
    }
}

/* 两千一百, 一百零五, 两万五 */
static void read_by_units(const double *v, size_t count, struct reading *r)
{
    double total = 0, section = 0, digit = 0, unit = 1;
    bool have_digit = false, after_zero = false;
    for (size_t i = 0; i < count; i++) {
        if (v[i] < 10) {
            digit = v[i];
            have_digit = true;
            after_zero = digit < 1;
            if (i && v[i - 1] < 1) after_zero = true;
        } else if (v[i] < 1e4) {
            section += (have_digit ? digit : 1) * v[i];
            unit = v[i];
            digit = 0;
            have_digit = after_zero = false;
        } else {
            section += digit;
            if (total + section < 1) section = 1;
            /* 二千万 behind 三亿 is added; 亿 behind 两万 multiplies all before it. */
            total = v[i] > 1e4 ? (total + section) * v[i] : total + section * v[i];
            unit = v[i];
            section = digit = 0;
            have_digit = after_zero = false;
        }
    }
    if (have_digit && !after_zero && unit > 10) digit *= unit / 10; /* 一百五 */
    r->value = total + section + digit;
}

/* 几十, 数百: two to ten of them. */
static bool read_several(struct str t, size_t at, struct reading *r)
{
    if (!text_at(t, at, "几") && !text_at(t, at, "数")) return false;
    double v = chinese_value(t, at + HAN);
    if (v < 10) return false;
    size_t end = at + 2 * HAN;
    while (chinese_value(t, end) >= 1e4) v *= chinese_value(t, end), end += HAN;
    *r = (struct reading){.end = end, .value = 2 * v, .most = 10 * v, .interval = true, .most_open = true};
    return true;
}

bool read_chinese(struct str t, size_t at, struct reading *r)
{
    if (read_several(t, at, r)) return true;
    *r = (struct reading){.end = at};
    double v[CHINESE_MOST];
    size_t count = 0;
    bool units = false, digits = false;
    while (count < CHINESE_MOST && (v[count] = chinese_value(t, r->end)) >= 0) {
        units = units || v[count] >= 10;
        digits = digits || v[count] < 11;
        r->end += HAN;
        count++;
    }
    if (!count) return false;
    r->digits = count;
    r->multiples_only = !digits;
    if (units)
        read_by_units(v, count, r);
    else
        read_positional(v, count, r);
    if (units && text_at(t, r->end, "几") && v[count - 1] > 9 && v[count - 1] < 11) { /* 十几 */
        r->end += HAN;
        r->interval = true;
        r->most = r->value + 10; /* 十几万 goes up to 二十万 */
        r->most_open = true;
        r->value += 1;
    }
    return true;
}

/* 九十八点五 */
static bool read_with_point(struct str t, size_t at, struct reading *r)
{
    if (read_arabic(t, at, r)) return true;
    if (!read_chinese(t, at, r)) return false;
    if (!text_at(t, r->end, "点")) return true;
    size_t end = r->end + HAN;
    double scale = 0.1, v;
    for (; (v = chinese_value(t, end)) >= 0 && v < 10 && r->decimals < DIGITS_MOST; end += HAN, scale /= 10) {
        r->value += v * scale;
        r->decimals++;
        r->end = end + HAN;
    }
    return true;
}

static bool read_tenths(struct str t, size_t at, struct reading *r)
{
    if (!read_chinese(t, at, r) || r->value < 1 || r->most > 10 || r->value > 10 || !text_at(t, r->end, "成"))
        return false;
    static const char *const words[] = {"立", "功", "员", "为", "果", "长", "效", "本", "绩", "都", "就", "交", "熟"};
    size_t end = r->end + HAN;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_at(t, end, words[i])) return false;
    r->value *= 10;
    r->most *= 10;
    double v = chinese_value(t, end);
    if (v >= 1 && v < 10 && !r->interval) r->value += v, end += HAN;
    r->end = end;
    return true;
}

bool read_spoken_rate(struct str t, size_t at, struct reading *r)
{
    if (text_at(t, at, "百分之")) return read_with_point(t, at + strlen("百分之"), r);
    if (text_at(t, at, "千分之")) {
        if (!read_with_point(t, at + strlen("千分之"), r)) return false;
        r->value /= 10;
        r->decimals++;
        return true;
    }
    if (read_tenths(t, at, r)) return true;
    struct reading of;
    if (!read_chinese(t, at, &of) || of.value < 1 || !text_at(t, of.end, "分之")) return false;
    if (!read_chinese(t, of.end + strlen("分之"), r)) return false;
    r->value = r->value * 100 / of.value;
    r->decimals = 0; /* 三分之二: compared to a whole percent */
    return true;
}
