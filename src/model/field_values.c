/* Values of fields: read from what a person typed, shown, put back into a form, masked. */
#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/model.h"

enum { FEN = 100, PLACES_DECIMAL = 4, PLACES_MONEY = 2, TEXT_BYTES_MOST = 64 * 1024 };

static bool wrong(struct error *err, const struct field *f, const char *what)
{
    return error_at(err, ERR_INPUT, f->name, "「%.*s」%s", STR_ARG(f->label), what);
}

/* ---- numbers ---- */

/* Decimal text → integer in units of 10^-places. Commas between digits are allowed. */
static bool parse_fixed(struct str t, int places, int64_t *value)
{
    bool negative = false;
    bool digits = false;
    int behind = -1;
    int64_t v = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        if (i == 0 && (c == '-' || c == '+')) {
            negative = c == '-';
        } else if (c == '.' && behind < 0) {
            behind = 0;
        } else if (c == ',' && digits && behind < 0) {
            continue;
        } else if (c >= '0' && c <= '9') {
            digits = true;
            if (behind >= 0 && ++behind > places) {
                if (c != '0') return false;
                behind--;
                continue;
            }
            if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_add_overflow(v, c - '0', &v)) return false;
        } else {
            return false;
        }
    }
    for (int i = behind < 0 ? 0 : behind; i < places; i++)
        if (__builtin_mul_overflow(v, (int64_t)10, &v)) return false;
    *value = negative ? -v : v;
    return digits;
}

static struct str show_fixed(struct arena *a, int64_t v, int places, bool commas, bool trim)
{
    int64_t scale = 1;
    for (int i = 0; i < places; i++) scale *= 10;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    struct str whole = str_printf(a, "%llu", (unsigned long long)(u / (uint64_t)scale));
    struct buf b = buf_in(a);
    if (v < 0) buf_putc(&b, '-');
    for (size_t i = 0; i < whole.len; i++) {
        if (commas && i && (whole.len - i) % 3 == 0) buf_putc(&b, ',');
        buf_putc(&b, whole.s[i]);
    }
    struct str behind = str_printf(a, "%0*llu", places, (unsigned long long)(u % (uint64_t)scale));
    while (trim && behind.len && behind.s[behind.len - 1] == '0') behind.len--;
    if (places && behind.len) buf_putf(&b, ".%.*s", STR_ARG(behind));
    return buf_str(&b);
}

static bool in_range(const struct field *f, int64_t v, struct error *err)
{
    auto_arena a = arena_open();
    int places = f->type == FIELD_MONEY ? PLACES_MONEY : f->type == FIELD_DECIMAL ? PLACES_DECIMAL : 0;
    if (f->has_min && v < f->min)
        return error_at(err, ERR_INPUT, f->name, "「%.*s」不能小于 %.*s", STR_ARG(f->label),
                        STR_ARG(show_fixed(a, f->min, places, true, true)));
    if (f->has_max && v > f->max)
        return error_at(err, ERR_INPUT, f->name, "「%.*s」不能大于 %.*s", STR_ARG(f->label),
                        STR_ARG(show_fixed(a, f->max, places, true, true)));
    return true;
}

static bool parse_number(const struct field *f, struct str t, int places, const char *what, struct value *value,
                         struct error *err)
{
    int64_t v;
    if (!parse_fixed(t, places, &v)) return wrong(err, f, what);
    *value = value_int(v);
    return in_range(f, v, err);
}

/* ---- other kinds ---- */

static bool parse_text(struct arena *a, const struct field *f, struct str t, struct value *value, struct error *err)
{
    if (!utf8_valid(t)) return wrong(err, f, "里有不能识别的字符");
    size_t chars = utf8_length(t);
    if (t.len > TEXT_BYTES_MOST || (f->has_max && (int64_t)chars > f->max))
        return error_at(err, ERR_INPUT, f->name, "「%.*s」太长：有 %zu 个字，最多 %lld 个", STR_ARG(f->label), chars,
                        (long long)f->max);
    if (f->has_min && (int64_t)chars < f->min)
        return error_at(err, ERR_INPUT, f->name, "「%.*s」太短：至少 %lld 个字", STR_ARG(f->label), (long long)f->min);
    *value = value_text(str_copy(a, t));
    return true;
}

static bool parse_yesno(const struct field *f, struct str t, struct value *value, struct error *err)
{
    static const char *const yes[] = {"是", "yes", "1", "true", "有"};
    static const char *const no[] = {"否", "no", "0", "false", "无"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_is(t, yes[i])) return *value = value_int(1), true;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (str_is(t, no[i])) return *value = value_int(0), true;
    return wrong(err, f, "要写 是 或者 否");
}

static bool parse_code(struct arena *a, const struct field *f, struct str t, struct value *value, struct error *err)
{
    const struct code *c = code_by_label(f->codes, t);
    if (!c) c = code_by_key(f->codes, t);
    if (c) return *value = value_text(c->key), true;
    struct buf b = buf_in(a);
    for (size_t i = 0; i < f->codes->count && i < 12; i++)
        buf_putf(&b, "%s%.*s", i ? "、" : "", STR_ARG(f->codes->codes[i].label));
    if (f->codes->count > 12) buf_puts(&b, "等");
    return error_at(err, ERR_INPUT, f->name, "「%.*s」不能是「%.*s」，可以是：%.*s", STR_ARG(f->label), STR_ARG(t),
                    STR_ARG(buf_str(&b)));
}

static bool parse_date(struct arena *a, const struct field *f, struct str t, struct value *value, struct error *err)
{
    struct date d;
    int64_t ms;
    bool ok = date_parse(t, &d);
    if (!ok && moment_parse(t, &ms)) {
        d = moment_date(ms);
        ok = moment_of_date(d) == ms;
    }
    if (!ok) return wrong(err, f, "要写日期，如 2024-03-01");
    *value = value_text(date_iso(a, d));
    return true;
}

static bool parse_moment(struct arena *a, const struct field *f, struct str t, struct value *value, struct error *err)
{
    int64_t ms;
    if (!moment_parse(t, &ms)) return wrong(err, f, "要写日期和时间，如 2024-03-01 09:30");
    *value = value_text(moment_iso(a, ms));
    return true;
}

bool field_parse(struct arena *a, const struct field *f, struct str typed, struct value *value, struct error *err)
{
    struct str t = str_trim(typed);
    *value = value_null();
    if (t.len == 0) return true;
    switch (f->type) {
    case FIELD_INTEGER: return parse_number(f, t, 0, "要写整数", value, err);
    case FIELD_DECIMAL: return parse_number(f, t, PLACES_DECIMAL, "要写数字，最多四位小数", value, err);
    case FIELD_MONEY: return parse_number(f, t, PLACES_MONEY, "要写金额（元），最多两位小数", value, err);
    case FIELD_DATE: return parse_date(a, f, t, value, err);
    case FIELD_MOMENT: return parse_moment(a, f, t, value, err);
    case FIELD_YESNO: return parse_yesno(f, t, value, err);
    case FIELD_CODE: return parse_code(a, f, t, value, err);
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_PERSON:
    case FIELD_ORG:
    case FIELD_REF:
    case FIELD_ATTACHMENT: return parse_text(a, f, t, value, err);
    }
    return false;
}

static struct str show_moment(struct arena *a, struct str t)
{
    return str_replace(a, str_slice(t, 0, 16), STR("T"), STR(" "));
}

struct str field_show(struct arena *a, const struct field *f, struct value v)
{
    if (v.kind == VALUE_NULL) return STR("");
    if (v.kind == VALUE_TEXT) {
        const struct code *c = f->type == FIELD_CODE ? code_by_key(f->codes, v.t) : NULL;
        if (c) return c->label;
        return f->type == FIELD_MOMENT ? show_moment(a, v.t) : v.t;
    }
    if (v.kind == VALUE_REAL) return str_printf(a, "%.2f", v.r);
    switch (f->type) {
    case FIELD_MONEY: return show_fixed(a, v.i, PLACES_MONEY, true, false);
    case FIELD_DECIMAL: return show_fixed(a, v.i, PLACES_DECIMAL, true, true);
    case FIELD_YESNO: return v.i ? STR("是") : STR("否");
    default: return str_printf(a, "%lld", (long long)v.i);
    }
}

struct str field_edit(struct arena *a, const struct field *f, struct value v)
{
    if (v.kind == VALUE_INT && f->type == FIELD_MONEY) return show_fixed(a, v.i, PLACES_MONEY, false, false);
    if (v.kind == VALUE_INT && f->type == FIELD_DECIMAL) return show_fixed(a, v.i, PLACES_DECIMAL, false, true);
    if (v.kind == VALUE_TEXT) return f->type == FIELD_MOMENT ? show_moment(a, v.t) : v.t;
    return field_show(a, f, v);
}

/* ---- masks (security checklist S-67) ---- */

static bool has_double_surname(struct str name)
{
    static const char *const names[] = {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_starts(name, str_from(names[i]))) return true;
    return false;
}

/* Shows the first and last characters and a star for each between. */
static struct str keep_ends(struct arena *a, struct str t, size_t first, size_t last)
{
    struct buf b = buf_in(a);
    size_t chars = utf8_length(t);
    if (first + last >= chars) first = last = 0;
    size_t i = 0;
    for (size_t at = 0; at < t.len; i++) {
        size_t from = at;
        utf8_next(t, &at);
        if (i < first || i >= chars - last) buf_put(&b, str_slice(t, from, at));
        else buf_putc(&b, '*');
    }
    return buf_str(&b);
}

/* To the community or the estate: what stands before the first digit. */
static struct str mask_address(struct arena *a, struct str t)
{
    size_t at = 0;
    while (at < t.len && !(t.s[at] >= '0' && t.s[at] <= '9')) at++;
    size_t keep = utf8_cut(t, at < 18 ? at : 18);
    if (at >= t.len) keep = utf8_cut(t, t.len / 2);
    return str_printf(a, "%.*s***", (int)keep, t.s);
}

struct str field_mask(struct arena *a, const struct field *f, struct str shown)
{
    if (!f->private_ || shown.len == 0) return shown;
    switch (f->private_->mask) {
    case MASK_NAME: return keep_ends(a, shown, has_double_surname(shown) ? 2 : 1, 0);
    case MASK_ID: return keep_ends(a, shown, 6, 4);
    case MASK_PHONE: return keep_ends(a, shown, 3, 4);
    case MASK_ADDRESS: return mask_address(a, shown);
    case MASK_ALL: break;
    }
    return STR("***");
}

/* ---- figures ---- */

static struct str show_real(struct arena *a, double v, int places)
{
    struct str t = str_printf(a, "%.*f", places, v);
    if (!str_contains(t, STR("."))) return t;
    while (t.s[t.len - 1] == '0') t.len--;
    if (t.s[t.len - 1] == '.') t.len--;
    return t;
}

struct str figure_show(struct arena *a, const struct figure *f, struct value v)
{
    if (v.kind == VALUE_NULL) return STR("不适用（无此类事项）");
    if (v.kind == VALUE_INT && f->type == FT_MONEY) return show_fixed(a, v.i, PLACES_MONEY, true, false);
    if (v.kind == VALUE_INT && f->type == FT_DECIMAL) return show_fixed(a, v.i, PLACES_DECIMAL, false, true);
    if (v.kind == VALUE_INT) return str_printf(a, "%lld", (long long)v.i);
    if (v.kind == VALUE_TEXT) return v.t;
    double shown = v.r;
    if (f->type == FT_MONEY) shown /= FEN;
    if (f->type == FT_DECIMAL) shown /= DECIMAL_SCALE;
    struct str t = show_real(a, shown, f->decimals);
    return f->type == FT_PERCENT ? str_printf(a, "%.*s%%", STR_ARG(t)) : t;
}
