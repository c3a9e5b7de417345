#include "model/read.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/distance.h"
#include "base/utf8.h"

enum { MOST_LISTED = 12 };

static void add_fault(struct reader *r, struct str where, const char *format, va_list args)
{
    struct error err;
    if (r->faults->count >= READ_MAX_FAULTS) return;
    error_vat(&err, ERR_DEFINITION, where, format, args);
    errors_add(r->faults, &err);
}

void fault_at(struct reader *r, const struct yaml_node *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_fault(r, yaml_place(r->arena, n), format, args);
    va_end(args);
}

void fault_in(struct reader *r, const struct yaml_node *n, size_t byte, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_fault(r, yaml_place_in(r->arena, n, byte), format, args);
    va_end(args);
}

/* --- what was meant --- */

/* The nearest of the names, empty when none is near. */
static struct str nearest(struct str name, const struct str *names, size_t count)
{
    size_t best = (name.len < 12 ? 2 : name.len / 4) + 1;
    struct str found = {0};
    for (size_t i = 0; i < count; i++) {
        size_t d = name_distance(name, names[i]);
        if (d >= best) continue;
        best = d;
        found = names[i];
    }
    return found;
}

void fault_unknown(struct reader *r, const struct yaml_node *n, const char *what, const struct str *names, size_t count)
{
    struct str near = nearest(n->text, names, count);
    struct str name = utf8_shorten(r->arena, n->text, NAME_MAX_BYTES);
    if (near.len) {
        fault_at(r, n, "没有%s“%.*s”，是不是 %.*s", what, STR_ARG(name), STR_ARG(near));
        return;
    }
    struct buf b = buf_in(r->arena);
    for (size_t i = 0; i < count && i < MOST_LISTED; i++) buf_putf(&b, "%s%.*s", i ? "、" : "", STR_ARG(names[i]));
    if (count == 0)
        fault_at(r, n, "没有%s“%.*s”，这里一个也没有定义", what, STR_ARG(name));
    else
        fault_at(r, n, "没有%s“%.*s”；应是 %.*s%s", what, STR_ARG(name), STR_ARG(buf_str(&b)),
                 count > MOST_LISTED ? " 等之一" : " 之一");
}

/* --- kinds --- */

bool is_name(struct str t)
{
    if (t.len == 0 || t.len > NAME_MAX_BYTES || t.s[0] < 'a' || t.s[0] > 'z') return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return true;
}

bool check_name(struct reader *r, const struct yaml_node *n, const char *what)
{
    if (is_name(n->text)) return true;
    fault_at(r, n, "%s“%.*s”不合规则；名称应以小写字母开头，只含小写字母、数字和下划线，最多 %d 个字符", what,
             STR_ARG(utf8_shorten(r->arena, n->text, NAME_MAX_BYTES)), NAME_MAX_BYTES);
    return false;
}

static const char *kind_words(const struct yaml_node *n)
{
    return n->kind == YAML_MAP ? "映射（键: 值）" : n->kind == YAML_LIST ? "列表" : "一段文字";
}

static bool wrong_kind(struct reader *r, const struct yaml_node *n, const char *key, const char *expected)
{
    bool empty = n->kind == YAML_SCALAR && n->text.len == 0;
    fault_at(r, n, "%s 应是%s，这里%s%s", key, expected, empty ? "没有内容" : "是", empty ? "" : kind_words(n));
    return false;
}

static bool check_scalars(struct reader *r, const struct yaml_node *n, const char *key, bool names)
{
    const char *expected = names ? "一个名称或名称的列表" : "一段文字或文字的列表";
    if (n->kind == YAML_MAP) return wrong_kind(r, n, key, expected);
    const struct yaml_node **items;
    size_t count = read_items(r->arena, n, &items);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != YAML_SCALAR || !items[i]->text.len)
            ok = wrong_kind(r, items[i], key, expected);
        else if (names && !check_name(r, items[i], "名称"))
            ok = false;
    }
    return ok;
}

static bool is_kind(struct reader *r, const struct yaml_node *n, const struct key *key)
{
    switch (key->expect) {
    case EXPECT_ANY: return true;
    case EXPECT_TEXT:
        return (n->kind == YAML_SCALAR && str_trim(n->text).len) || wrong_kind(r, n, key->name, "一段文字");
    case EXPECT_EMPTY_TEXT: return n->kind == YAML_SCALAR || wrong_kind(r, n, key->name, "一段文字");
    case EXPECT_NAME:
        if (n->kind != YAML_SCALAR || !n->text.len) return wrong_kind(r, n, key->name, "一个名称");
        return check_name(r, n, key->name);
    case EXPECT_YESNO:
        if (n->kind == YAML_SCALAR && (str_is(n->text, "true") || str_is(n->text, "false"))) return true;
        fault_at(r, n, "%s 应是 true 或 false", key->name);
        return false;
    case EXPECT_MAP: return n->kind == YAML_MAP || wrong_kind(r, n, key->name, "映射（键: 值）");
    case EXPECT_LIST: return n->kind == YAML_LIST || wrong_kind(r, n, key->name, "列表");
    case EXPECT_NAMES: return check_scalars(r, n, key->name, true);
    case EXPECT_TEXTS: return check_scalars(r, n, key->name, false);
    }
    return false;
}

static void fault_key(struct reader *r, const struct yaml_node *n, const char *what, const struct key *keys,
                      size_t count)
{
    struct str *names = arena_new_array(r->arena, struct str, count);
    for (size_t i = 0; i < count; i++) names[i] = str_from(keys[i].name);
    fault_unknown(r, n, str_printf(r->arena, "%s的键", what).s, names, count);
}

/* A key of the map that is no known one but nearly this one: reported already. */
static bool misspelt(const struct yaml_node *map, const struct key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < map->count; i++) {
        bool known = false;
        for (size_t k = 0; k < count; k++) known = known || str_is(map->keys[i]->text, keys[k].name);
        if (!known && name_distance(map->keys[i]->text, str_from(name)) <= 2) return true;
    }
    return false;
}

bool read_map(struct reader *r, const struct yaml_node *map, const char *what, const struct key *keys, size_t count,
              const struct yaml_node **out)
{
    for (size_t k = 0; k < count; k++) out[k] = NULL;
    if (map->kind != YAML_MAP) {
        fault_at(r, map, "%s应是映射（键: 值），这里是%s", what, map->kind == YAML_LIST ? "列表" : "一段文字");
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (k < count && !str_is(map->keys[i]->text, keys[k].name)) k++;
        if (k == count)
            fault_key(r, map->keys[i], what, keys, count);
        else if (is_kind(r, map->kids[i], &keys[k]))
            out[k] = map->kids[i];
    }
    for (size_t k = 0; k < count; k++)
        if (keys[k].required && !yaml_get(map, keys[k].name) && !misspelt(map, keys, count, keys[k].name))
            fault_at(r, map, "%s缺少 %s", what, keys[k].name);
    return true;
}

/* --- values --- */

struct str read_text(const struct yaml_node *n)
{
    return n && n->kind == YAML_SCALAR ? str_trim(n->text) : (struct str){0};
}

bool read_yesno(const struct yaml_node *n, bool otherwise)
{
    return n && n->kind == YAML_SCALAR ? str_is(n->text, "true") : otherwise;
}

bool read_integer(struct reader *r, const struct yaml_node *n, int64_t min, int64_t max, int64_t *value)
{
    if (n->kind == YAML_SCALAR && str_to_i64(n->text, value) && *value >= min && *value <= max) return true;
    fault_at(r, n, "这里应是 %lld 到 %lld 的整数", (long long)min, (long long)max);
    return false;
}

bool read_date(struct reader *r, const struct yaml_node *n, struct date *date)
{
    if (n->kind == YAML_SCALAR && date_parse(n->text, date)) return true;
    fault_at(r, n, "这里应是存在的日期，如 2023-12-31");
    return false;
}

size_t read_items(struct arena *a, const struct yaml_node *n, const struct yaml_node ***items)
{
    *items = NULL;
    if (!n || n->kind == YAML_MAP) return 0;
    size_t count = n->kind == YAML_LIST ? n->count : 1;
    *items = arena_new_array(a, const struct yaml_node *, count);
    if (n->kind == YAML_SCALAR) (*items)[0] = n;
    for (size_t i = 0; n->kind == YAML_LIST && i < count; i++) (*items)[i] = n->kids[i];
    return count;
}

int read_word(struct reader *r, const struct yaml_node *n, const char *what, const char *const *words, size_t count)
{
    struct str *names = arena_new_array(r->arena, struct str, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = str_from(words[i]);
        if (str_eq(n->text, names[i])) return (int)i;
    }
    fault_unknown(r, n, what, names, count);
    return -1;
}
