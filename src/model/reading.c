#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "model/loading.h"

enum { NAME_MOST = 40 };

bool load_fault(struct loading *l, const struct yaml_node *n, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t n_text = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    struct str message = {text, utf8_cut((struct str){text, n_text}, n_text)};
    errors_addf(l->faults, ERR_DEFINITION, yaml_place(l->arena, n), "%.*s", STR_ARG(message));
    return false;
}

/* Edit distance, small words only. */
static size_t distance(struct str a, struct str b)
{
    enum { MOST = 48 };
    size_t row[MOST + 1];
    if (a.len > MOST || b.len > MOST) return MOST;
    for (size_t i = 0; i <= b.len; i++) row[i] = i;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b.len; k++) {
            size_t change = diagonal + (a.s[i - 1] != b.s[k - 1]);
            diagonal = row[k];
            size_t least = row[k] < row[k - 1] ? row[k] + 1 : row[k - 1] + 1;
            row[k] = change < least ? change : least;
        }
    }
    return row[b.len];
}

static void check_key(struct loading *l, const struct yaml_node *key, const char *keys)
{
    struct str rest = str_from(keys);
    struct str nearest = STR("");
    size_t best = 4;
    for (struct str word; str_split(&rest, ' ', &word);) {
        if (str_eq(word, key->text)) return;
        size_t d = distance(word, key->text);
        if (d < best) {
            best = d;
            nearest = word;
        }
    }
    if (nearest.len)
        load_fault(l, key, "没有「%.*s」这一项；是不是 %.*s？可用的有：%s", STR_ARG(key->text), STR_ARG(nearest), keys);
    else
        load_fault(l, key, "没有「%.*s」这一项；可用的有：%s", STR_ARG(key->text), keys);
}

bool load_map(struct loading *l, const struct yaml_node *n, const char *keys)
{
    if (!n) return false;
    if (n->kind != YAML_MAP) return load_fault(l, n, "这里要写成一组「名称: 值」");
    for (size_t i = 0; i < n->count; i++) check_key(l, n->keys[i], keys);
    return true;
}

struct str load_text(struct loading *l, const struct yaml_node *map, const char *key, bool required)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (!n) {
        if (required && map) load_fault(l, map, "缺少 %s", key);
        return STR("");
    }
    if (n->kind != YAML_SCALAR) {
        load_fault(l, n, "%s 要写成一个词或者一句话", key);
        return STR("");
    }
    if (required && str_trim(n->text).len == 0) load_fault(l, n, "%s 不能为空", key);
    return n->text;
}

bool load_bool(struct loading *l, const struct yaml_node *map, const char *key, bool otherwise)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (!n) return otherwise;
    struct str t = load_text(l, map, key, true);
    if (str_is(t, "true")) return true;
    if (str_is(t, "false")) return false;
    load_fault(l, n, "%s 只能写 true 或者 false", key);
    return otherwise;
}

bool load_integer(struct loading *l, const struct yaml_node *map, const char *key, int64_t *value)
{
    const struct yaml_node *n = yaml_get(map, key);
    if (!n) return false;
    if (n->kind == YAML_SCALAR && str_to_i64(n->text, value)) return true;
    return load_fault(l, n, "%s 要写整数", key);
}

size_t load_names(struct loading *l, const struct yaml_node *map, const char *key, struct str **names)
{
    const struct yaml_node *n = yaml_get(map, key);
    *names = NULL;
    if (!n) return 0;
    if (n->kind == YAML_SCALAR) {
        *names = arena_new(l->arena, struct str);
        (*names)[0] = n->text;
        return n->text.len ? 1 : 0;
    }
    if (n->kind == YAML_MAP) {
        load_fault(l, n, "%s 要写成一个词或者列表", key);
        return 0;
    }
    *names = arena_new_array(l->arena, struct str, n->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++) {
        if (n->kids[i]->kind == YAML_SCALAR) (*names)[count++] = n->kids[i]->text;
        else load_fault(l, n->kids[i], "%s 的每一项要写成一个词", key);
    }
    return count;
}

bool load_name_is_good(struct loading *l, const struct yaml_node *n, struct str name, bool dotted)
{
    bool good = name.len > 0 && name.len <= NAME_MOST && name.s[0] >= 'a' && name.s[0] <= 'z';
    for (size_t i = 0; good && i < name.len; i++) {
        char c = name.s[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (dotted && c == '.');
    }
    if (good) return true;
    return load_fault(l, n, "名称「%.*s」不合规定：要以小写字母开头，只用小写字母、数字和下划线，最多 %d 个字符",
                      STR_ARG(name), NAME_MOST);
}

struct formula_context load_context(const struct loading *l, const struct yaml_node *n, const struct reg *self)
{
    return (struct formula_context){.schema = &l->model->schema,
                                    .self = self ? &self->as_formula : NULL,
                                    .file = n->source->path,
                                    .line = n->line,
                                    .column = n->column};
}

/* The formula's own text begins behind the quotation mark when it is quoted. */
const struct formula *load_formula(struct loading *l, const struct yaml_node *map, const char *key,
                                   const struct formula_context *like, enum formula_type want, bool required)
{
    const struct yaml_node *n = yaml_get(map, key);
    struct str text = load_text(l, map, key, required);
    if (!n || text.len == 0) return NULL;
    struct formula_context ctx = *like;
    ctx.line = n->line;
    ctx.column = n->column + (n->style == YAML_QUOTED || n->style == YAML_DOUBLE_QUOTED);
    struct error err;
    const struct formula *f = formula_parse(l->arena, text, &ctx, want, &err);
    if (!f) errors_add(l->faults, &err);
    return f;
}

struct citation load_citation(struct loading *l, const struct yaml_node *map)
{
    return (struct citation){.rule = load_text(l, map, "rule", false),
                             .text = load_text(l, map, "cite", false),
                             .verified = load_bool(l, map, "verified", true)};
}

bool load_length(struct loading *l, const struct yaml_node *map, const char *key, struct period_length *length)
{
    const struct yaml_node *n = yaml_get(map, key);
    *length = (struct period_length){0};
    if (!n) return false;
    if (n->kind == YAML_SCALAR && period_length_parse(n->text, length)) return true;
    return load_fault(l, n, "%s 要写成 15 days、5 workdays、2 months、1 year 或者 24 hours", key);
}

bool names_hold(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name)) return true;
    return false;
}
