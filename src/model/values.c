/* Values of fields and figures: typed text → stored value → text for people. */
#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/model.h"

enum { FEN = 100, DECIMAL_PLACES = 4, MONEY_PLACES = 2, CODES_LISTED = 8 };

/* --- reading --- */

static bool bad(const struct field *f, struct error *err, const char *what, struct str typed)
{
    return error_at(err, ERR_INPUT, f->name, "%.*s：“%.*s”%s", STR_ARG(f->label),
                    STR_ARG(str_slice(typed, 0, utf8_cut(typed, 60))), what);
}

/* Digits with at most `places` decimals and, when allowed, commas between groups of three → the number times
 * 10^places. Wide digits and signs of an input method are taken as the narrow ones before. */
static bool scaled(struct str t, int places, int64_t *value)
{
    size_t i = 0;
    bool minus = i < t.len && t.s[i] == '-';
    if (i < t.len && (t.s[i] == '-' || t.s[i] == '+')) i++;
    int64_t n = 0;
    int decimals = -1; /* -1 before the point */
    size_t digits = 0, group = 0;
    bool commas = false;
    for (; i < t.len; i++) {
        char c = t.s[i];
        if (c == '.' && decimals < 0 && digits > 0 && (!commas || group == 3)) {
            decimals = 0;
            continue;
        }
        if (c == ',' && decimals < 0 && digits > 0 && (commas ? group == 3 : group <= 3)) {
            commas = true;
            group = 0;
            continue;
        }
        if (c < '0' || c > '9' || (decimals >= 0 && ++decimals > places)) return false;
        if (__builtin_mul_overflow(n, (int64_t)10, &n) || __builtin_add_overflow(n, (int64_t)(c - '0'), &n))
            return false;
        digits++;
        group++;
    }
    if (digits == 0 || decimals == 0 || (commas && decimals < 0 && group != 3)) return false;
    for (int d = decimals < 0 ? 0 : decimals; d < places; d++)
        if (__builtin_mul_overflow(n, (int64_t)10, &n)) return false;
    *value = minus ? -n : n;
    return true;
}

/* Full-width ASCII (０１２ ，．－) as an input method leaves it → half width. */
static struct str narrow(struct arena *a, struct str t)
{
    struct buf b = buf_in(a);
    for (size_t at = 0; at < t.len;) {
        size_t start = at;
        uint32_t c = utf8_next(t, &at);
        if (c >= 0xFF01 && c <= 0xFF5E)
            buf_putc(&b, (char)(c - 0xFEE0));
        else
            buf_put(&b, str_slice(t, start, at));
    }
    return buf_str(&b);
}

static struct str show_scaled(struct arena *a, int64_t value, int places, bool commas, bool trim);

static bool check_range(struct arena *a, const struct field *f, int64_t n, int places, struct error *err)
{
    bool low = f->has_min && n < f->min, high = f->has_max && n > f->max;
    if (!low && !high) return true;
    struct str bound = show_scaled(a, low ? f->min : f->max, places, places == MONEY_PLACES, true);
    return error_at(err, ERR_INPUT, f->name, "%.*s：应不%s %.*s%.*s", STR_ARG(f->label), low ? "小于" : "大于",
                    STR_ARG(bound), STR_ARG(f->unit));
}

static bool parse_number(struct arena *a, const struct field *f, struct str typed, struct value *v, struct error *err)
{
    int places = f->type == FIELD_MONEY ? MONEY_PLACES : f->type == FIELD_DECIMAL ? DECIMAL_PLACES : 0;
    int64_t n;
    if (!scaled(narrow(a, typed), places, &n))
        return bad(f, err,
                   places == 0   ? "不是整数"
                   : places == 2 ? "不是金额，应如 1200.50（元），最多两位小数"
                                 : "不是数，应如 4.5，最多四位小数",
                   typed);
    *v = value_int(n);
    return check_range(a, f, n, places, err);
}

static bool parse_text(struct arena *a, const struct field *f, struct str typed, struct value *v, struct error *err)
{
    size_t chars = utf8_length(typed);
    bool lines = f->multiline;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.s[i];
        bool control = ((unsigned char)c < ' ' && c != '\t' && !(lines && (c == '\n' || c == '\r'))) || c == 0x7f;
        if (control)
            return bad(f, err, lines ? "里有不能显示的字符" : "里有换行或不能显示的字符，应写成一行",
                       str_slice(typed, 0, i));
    }
    if (f->has_min && chars < (size_t)f->min)
        return error_at(err, ERR_INPUT, f->name, "%.*s：至少 %" PRId64 " 个字，现有 %zu 个", STR_ARG(f->label), f->min,
                        chars);
    if (f->has_max && chars > (size_t)f->max)
        return error_at(err, ERR_INPUT, f->name, "%.*s：最多 %" PRId64 " 个字，现有 %zu 个", STR_ARG(f->label), f->max,
                        chars);
    *v = value_text(str_replace(a, typed, STR("\r\n"), STR("\n")));
    return true;
}

static bool parse_code(struct arena *a, const struct field *f, struct str typed, struct value *v, struct error *err)
{
    const struct code *code = code_by_label(f->codes, typed);
    if (!code) code = code_by_key(f->codes, typed);
    if (code) {
        *v = value_text(code->key);
        return true;
    }
    struct buf b = buf_in(a);
    size_t listed = 0;
    for (size_t i = 0; i < f->codes->count && listed < CODES_LISTED; i++)
        if (f->codes->codes[i].until.day == 0)
            buf_putf(&b, "%s%.*s", listed++ ? "、" : "", STR_ARG(f->codes->codes[i].label));
    return error_at(err, ERR_INPUT, f->name, "%.*s：没有“%.*s”这一项，应是%.*s%s", STR_ARG(f->label),
                    STR_ARG(str_slice(typed, 0, utf8_cut(typed, 60))), STR_ARG(buf_str(&b)),
                    f->codes->count > CODES_LISTED ? "等之一" : "之一");
}

static bool parse_yesno(const struct field *f, struct str typed, struct value *v, struct error *err)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {{"是", true},  {"yes", true}, {"true", true}, {"1", true},      {"√", true},  {"有", true},
                 {"无", false}, {"否", false}, {"no", false},  {"false", false}, {"0", false}, {"×", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_is(typed, words[i].word)) continue;
        *v = value_int(words[i].yes);
        return true;
    }
    return bad(f, err, "应是“是”或“否”", typed);
}

static bool parse_time(struct arena *a, const struct field *f, struct str typed, struct value *v, struct error *err)
{
    struct str t = narrow(a, typed);
    struct date date;
    int64_t ms;
    if (f->type == FIELD_DATE) {
        /* a workbook's date comes with midnight behind it */
        bool midnight = moment_parse(t, &ms) && moment_of_date(moment_date(ms)) == ms;
        if (midnight) date = moment_date(ms);
        if (!midnight && !date_parse(t, &date)) return bad(f, err, "不是存在的日期，应如 2024-03-01", typed);
        *v = value_text(date_iso(a, date));
        return true;
    }
    if (moment_parse(t, &ms)) {
        *v = value_text(moment_iso(a, ms));
        return true;
    }
    if (!date_parse(t, &date)) return bad(f, err, "不是存在的时刻，应如 2024-03-01 09:30", typed);
    *v = value_text(moment_iso(a, moment_of_date(date)));
    return true;
}

bool field_parse(struct arena *a, const struct field *f, struct str typed, struct value *value, struct error *err)
{
    struct str t = str_trim(typed);
    *value = value_null();
    if (t.len == 0) return true;
    switch (f->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY: return parse_number(a, f, t, value, err);
    case FIELD_DATE:
    case FIELD_MOMENT: return parse_time(a, f, t, value, err);
    case FIELD_YESNO: return parse_yesno(f, t, value, err);
    case FIELD_CODE: return parse_code(a, f, t, value, err);
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_PERSON: return parse_text(a, f, t, value, err);
    case FIELD_ORG:
    case FIELD_REF:
    case FIELD_ATTACHMENT: *value = value_text(str_copy(a, t)); return true;
    }
    return true;
}

/* --- showing --- */

static struct str show_scaled(struct arena *a, int64_t value, int places, bool commas, bool trim)
{
    struct buf b = buf_in(a);
    uint64_t n = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value, scale = 1;
    for (int i = 0; i < places; i++) scale *= 10;
    struct str whole = str_printf(a, "%" PRIu64, n / scale);
    if (value < 0) buf_putc(&b, '-');
    for (size_t i = 0; i < whole.len; i++) {
        if (commas && i > 0 && (whole.len - i) % 3 == 0) buf_putc(&b, ',');
        buf_putc(&b, whole.s[i]);
    }
    struct str rest = str_printf(a, "%0*" PRIu64, places, n % scale);
    while (trim && rest.len && rest.s[rest.len - 1] == '0') rest.len--;
    if (places && rest.len) buf_putf(&b, ".%.*s", STR_ARG(rest));
    return buf_str(&b);
}

static struct str plain(struct arena *a, struct value v)
{
    switch (v.kind) {
    case VALUE_NULL: return (struct str){0};
    case VALUE_INT: return str_printf(a, "%" PRId64, v.i);
    case VALUE_REAL: return str_printf(a, "%g", v.r);
    case VALUE_TEXT: return v.t;
    }
    return (struct str){0};
}

/* 2024-03-01T09:30:00 → 2024-03-01 09:30; seconds only when there are some. */
static struct str show_moment(struct arena *a, struct str t)
{
    int64_t ms;
    if (!moment_parse(t, &ms)) return t;
    struct str iso = str_replace(a, moment_iso(a, ms), STR("T"), STR(" "));
    return str_ends(iso, STR(":00")) && iso.len == 19 ? str_slice(iso, 0, 16) : iso;
}

static struct str file_name(struct str attachment)
{
    size_t slash = str_find(attachment, STR("/"), 0);
    return slash == SIZE_MAX ? attachment : str_slice(attachment, slash + 1, attachment.len);
}

static struct str show(struct arena *a, const struct field *f, struct value v, bool commas)
{
    const struct code *code;
    if (v.kind == VALUE_INT && f->type == FIELD_MONEY) return show_scaled(a, v.i, MONEY_PLACES, commas, false);
    if (v.kind == VALUE_INT && f->type == FIELD_DECIMAL) return show_scaled(a, v.i, DECIMAL_PLACES, false, true);
    if (v.kind == VALUE_INT && f->type == FIELD_YESNO) return v.i ? STR("是") : STR("否");
    if (v.kind != VALUE_TEXT) return plain(a, v);
    if (f->type == FIELD_CODE && f->codes && (code = code_by_key(f->codes, v.t))) return code->label;
    if (f->type == FIELD_MOMENT) return show_moment(a, v.t);
    return v.t;
}

struct str field_show(struct arena *a, const struct field *f, struct value value)
{
    if (f->type == FIELD_ATTACHMENT && value.kind == VALUE_TEXT) return file_name(value.t);
    return show(a, f, value, true);
}

struct str field_edit(struct arena *a, const struct field *f, struct value value)
{
    return show(a, f, value, false);
}

/* --- figures --- */

/* Half away from zero in decimal, and never 100% unless all of it: 99.96 with one place stays 99.9. */
static double rounded(double r, int places, bool percent)
{
    double scale = pow(10, places);
    double n = round(r * scale + (r < 0 ? -1e-9 : 1e-9));
    if (percent && r < 100 && n >= 100 * scale) n = 100 * scale - 1;
    if (percent && r > 0 && n <= 0) n = 1;
    return n / scale;
}

static struct str show_real(struct arena *a, const struct figure *f, double r)
{
    bool percent = f->type == FT_PERCENT;
    double n = rounded(r, f->decimals, percent);
    bool whole = !(n < round(n)) && !(n > round(n));
    struct str t = str_printf(a, "%.*f", whole ? 0 : f->decimals, n);
    return percent ? str_printf(a, "%.*s%%", STR_ARG(t)) : t;
}

struct str figure_show(struct arena *a, const struct figure *f, struct value value)
{
    if (value.kind == VALUE_NULL) return STR("不适用（无此类事项）");
    if (value.kind == VALUE_TEXT) return value.t;
    if (value.kind == VALUE_INT && f->type == FT_MONEY) return show_scaled(a, value.i, MONEY_PLACES, true, false);
    if (value.kind == VALUE_INT && f->type == FT_DECIMAL) return show_scaled(a, value.i, DECIMAL_PLACES, false, true);
    if (value.kind == VALUE_INT && f->type == FT_BOOL) return value.i ? STR("是") : STR("否");
    if (value.kind == VALUE_INT && (f->type == FT_PERCENT || f->type == FT_NUMBER))
        return show_real(a, f, (double)value.i);
    if (value.kind == VALUE_REAL && f->type == FT_MONEY)
        return show_scaled(a, (int64_t)llround(value.r), MONEY_PLACES, true, false);
    if (value.kind == VALUE_REAL && f->type == FT_DECIMAL) return show_real(a, f, value.r / DECIMAL_SCALE);
    if (value.kind == VALUE_REAL) return show_real(a, f, value.r);
    return plain(a, value);
}
