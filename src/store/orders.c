#include "store/orders.h"

#include <stdlib.h>

#include "base/date.h"

enum { BEGIN_CHARS = LIST_TEXT_CHARS };

/* ---- what an order is made of ---- */

static enum field_type value_type(const struct field *f)
{
    switch (f->type) {
    case FIELD_DATE: return FIELD_DATE;
    case FIELD_MOMENT: return FIELD_MOMENT;
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_PERSON:
    case FIELD_CODE:
    case FIELD_ATTACHMENT: return FIELD_TEXT;
    default: return FIELD_INTEGER;
    }
}

static bool add_key(struct order *o, struct order_key key)
{
    for (size_t i = 0; i < o->count; i++)
        if (str_eq(o->keys[i].column, key.column) && o->keys[i].kind == key.kind) return true;
    if (o->count == LIST_KEYS_MOST) return false;
    o->keys[o->count++] = key;
    return true;
}

/* The keys of one column; false when nothing can be ordered by it. */
static bool add_column(struct order *o, const struct reg *reg, struct str name, bool down)
{
    const struct field *f = reg_field(reg, name);
    if (str_is(name, "number"))
        return add_key(o, (struct order_key){name, KEY_LENGTH, FIELD_INTEGER, down, true}) &&
               add_key(o, (struct order_key){name, KEY_PLAIN, FIELD_TEXT, down, true});
    if (str_is(name, "stage")) return add_key(o, (struct order_key){name, KEY_PLAIN, FIELD_TEXT, down, true});
    if (str_is(name, "id")) return add_key(o, (struct order_key){name, KEY_PLAIN, FIELD_INTEGER, down, true});
    if (str_is(name, "org")) return add_key(o, (struct order_key){name, KEY_PLAIN, FIELD_INTEGER, down, false});
    if (str_is(name, "created_on")) return add_key(o, (struct order_key){name, KEY_PLAIN, FIELD_DATE, down, false});
    if (!f || f->private_) return false;
    enum key_kind kind = field_is_text(f) ? KEY_BEGIN : KEY_PLAIN;
    return add_key(o, (struct order_key){f->name, kind, value_type(f), down, false});
}

/* The register's own order, without id. The last place is id's. */
static void add_default(struct order *o, const struct reg *reg)
{
    for (size_t i = 0; i < reg->sort_count && o->count + 1 < LIST_KEYS_MOST; i++) {
        bool down = str_starts(reg->sort[i], STR("-"));
        add_column(o, reg, str_slice(reg->sort[i], down ? 1 : 0, reg->sort[i].len), down);
    }
}

static bool default_is_down(const struct reg *reg)
{
    return reg->sort_count == 0 || str_starts(reg->sort[0], STR("-"));
}

/* Many records share such a value: among them the register's own order goes on. */
static bool groups(const struct reg *reg, struct str column)
{
    const struct field *f = reg_field(reg, column);
    if (!f) return str_is(column, "stage");
    return f->type == FIELD_CODE || f->type == FIELD_YESNO || f->type == FIELD_ORG;
}

/* A column of the register's list that can be sorted by. */
bool list_sorts_by(const struct reg *reg, struct str column)
{
    if (str_is(column, "number") || str_is(column, "stage")) return true;
    const struct field *f = reg_field(reg, column);
    return f && f->listed && !f->private_ && !f->multiline && f->type != FIELD_REF && f->type != FIELD_ATTACHMENT;
}

/* Days that figures count by and references that are followed back: they have an index of the records that have them. */
static bool is_followed(const struct field *f)
{
    if (f->private_) return false;
    return f->type == FIELD_DATE || f->type == FIELD_MOMENT || f->type == FIELD_REF ||
           (f->type == FIELD_ORG && f->assigns);
}

static bool same_key(const struct order_key *a, const struct order_key *b)
{
    return str_eq(a->column, b->column) && a->kind == b->kind;
}

bool order_of(const struct reg *reg, struct str column, bool descending, struct order *o)
{
    struct order own = {.alias = "self"};
    add_default(&own, reg);
    add_key(&own, (struct order_key){STR("id"), KEY_PLAIN, FIELD_INTEGER, default_is_down(reg), true});
    own.indexed = true;
    *o = (struct order){.alias = "self"};
    if (column.len == 0) {
        *o = own;
        return true;
    }
    if (!add_column(o, reg, column, false)) return false;
    const struct field *f = reg_field(reg, column);
    o->indexed = list_sorts_by(reg, column) || (f && is_followed(f));
    /* No two records have the same number: it needs nothing behind it. */
    if (str_is(column, "number") || str_is(column, "id")) {
        if (descending) *o = order_reversed(o);
        return true;
    }
    if (own.count == 2 && same_key(&own.keys[0], &o->keys[0])) {
        /* The register's own order, perhaps turned round: one index serves both. */
        *o = own.keys[0].down ? order_reversed(&own) : own;
    } else {
        if (groups(reg, column)) add_default(o, reg);
        bool id_down = groups(reg, column) && default_is_down(reg);
        add_key(o, (struct order_key){STR("id"), KEY_PLAIN, FIELD_INTEGER, id_down, true});
    }
    if (descending) *o = order_reversed(o);
    return true;
}

struct order order_reversed(const struct order *o)
{
    struct order r = *o;
    for (size_t i = 0; i < r.count; i++) r.keys[i].down = !r.keys[i].down;
    return r;
}

/* ---- SQL ---- */

void order_put_key(struct buf *sql, const char *alias, const struct order_key *k)
{
    buf_puts(sql, k->kind == KEY_LENGTH ? "length(" : k->kind == KEY_BEGIN ? "substr(" : "");
    if (alias[0]) buf_putf(sql, "%s.", alias);
    sql_put_name(sql, k->column);
    if (k->kind == KEY_LENGTH) buf_putc(sql, ')');
    if (k->kind == KEY_BEGIN) buf_putf(sql, ", 1, %d)", BEGIN_CHARS);
}

void order_put(struct buf *sql, const struct order *o, size_t fixed)
{
    for (size_t i = fixed; i < o->count; i++) {
        buf_puts(sql, i == fixed ? " order by " : ", ");
        order_put_key(sql, o->alias, &o->keys[i]);
        /* As SQLite orders by itself; PostgreSQL's indexes are made so. */
        buf_puts(sql, o->keys[i].down ? " desc nulls last" : " asc nulls first");
    }
}

static bool key_takes(const struct order_key *k, struct value v)
{
    struct date date;
    int64_t ms;
    if (v.kind == VALUE_NULL) return !k->filled;
    switch (k->type) {
    case FIELD_INTEGER: return v.kind == VALUE_INT;
    case FIELD_DATE: return v.kind == VALUE_TEXT && date_parse(v.t, &date);
    case FIELD_MOMENT: return v.kind == VALUE_TEXT && moment_parse(v.t, &ms);
    default: return v.kind == VALUE_TEXT;
    }
}

bool order_takes(const struct order *o, const struct list_place *place)
{
    if (place->count != o->count) return false;
    for (size_t i = 0; i < o->count; i++)
        if (!key_takes(&o->keys[i], place->values[i])) return false;
    return true;
}

/* Nearest first: the rows that share the most keys with the place. */
size_t order_segments(const struct order *o, const struct list_place *place, struct segment *out)
{
    size_t n = 0;
    for (size_t i = o->count; i-- > 0;) {
        bool empty = place->values[i].kind == VALUE_NULL;
        if (empty && o->keys[i].down) continue; /* nothing is smaller */
        out[n++] = (struct segment){i, empty ? FILLED : BEYOND};
        if (o->keys[i].down && !o->keys[i].filled) out[n++] = (struct segment){i, EMPTY};
    }
    return n;
}

void segment_put(struct buf *sql, const struct order *o, const struct list_place *place, const struct segment *s)
{
    for (size_t i = 0; i <= s->equal; i++) {
        if (i) buf_puts(sql, " and ");
        order_put_key(sql, o->alias, &o->keys[i]);
        bool empty = i < s->equal ? place->values[i].kind == VALUE_NULL : s->next == EMPTY;
        if (empty)
            buf_puts(sql, " is null");
        else if (i < s->equal)
            buf_puts(sql, " = ?");
        else if (s->next == FILLED)
            buf_puts(sql, " is not null");
        else
            buf_puts(sql, o->keys[i].down ? " < ?" : " > ?");
    }
}

void segment_bind(struct query *q, const struct list_place *place, const struct segment *s)
{
    for (size_t i = 0; i < s->equal; i++)
        if (place->values[i].kind != VALUE_NULL) query_bind_value(q, place->values[i]);
    if (s->next == BEYOND) query_bind_value(q, place->values[s->equal]);
}

/* ---- indexes ---- */

static uint32_t hash_of(struct str t)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < t.len; i++) h = (h ^ (unsigned char)t.s[i]) * 16777619u;
    return h;
}

/* fz_i_<register>_<what>_<of what it is made>, at most 63 bytes (PostgreSQL cuts longer names, and two might become
 * one). An index whose make-up changes gets another name: the old one goes, and a new one is made. */
static struct str index_name(struct arena *a, const struct reg *reg, struct str what, struct str columns)
{
    struct str name = str_printf(a, "fz_i_%.*s_%.*s", STR_ARG(reg->name), STR_ARG(what));
    struct str all = str_printf(a, "%.*s %.*s", STR_ARG(name), STR_ARG(columns));
    return str_printf(a, "%.*s_%08x", STR_ARG(str_slice(name, 0, 54)), hash_of(all));
}

void order_put_columns(struct buf *sql, const struct order *o, enum formula_dialect dialect)
{
    bool told = dialect == DIALECT_POSTGRES; /* SQLite knows no other order of empties, nor the words for it */
    for (size_t i = 0; i < o->count; i++) {
        buf_puts(sql, ", ");
        order_put_key(sql, "", &o->keys[i]);
        if (o->keys[i].down) buf_puts(sql, " desc");
        if (told) buf_puts(sql, o->keys[i].down ? " nulls last" : " nulls first");
    }
}

static struct str order_columns(struct arena *a, const struct order *o, enum formula_dialect dialect, struct str more)
{
    struct buf b = buf_in(a);
    buf_puts(&b, " (\"office\", \"voided\"");
    order_put_columns(&b, o, dialect);
    buf_put(&b, more);
    buf_putc(&b, ')');
    return buf_str(&b);
}

/* Only records that have the field are in the index of a field that is no column of the list. */
static bool is_partial(const struct reg *reg, const struct order *o)
{
    struct str lead = o->keys[0].column;
    struct order own;
    order_of(reg, STR(""), false, &own);
    return reg_field(reg, lead) && !list_sorts_by(reg, lead) && !same_key(&own.keys[0], &o->keys[0]);
}

/* In SQLite the index of the stages, which changes with every act anyway, holds besides what figures count by and what
 * conditions mostly ask for: these then read it alone, a tenth of the table. */
static bool rides_along(const struct field *f, const struct order *o)
{
    bool small = !field_is_text(f) && f->type != FIELD_ATTACHMENT;
    bool asked = f->counted || f->type == FIELD_CODE || f->type == FIELD_YESNO;
    if (!asked || f->private_ || !small) return false;
    for (size_t i = 0; i < o->count; i++)
        if (str_eq(o->keys[i].column, f->name)) return false;
    return true;
}

static bool is_of_stages(const struct order *o)
{
    return str_is(o->keys[0].column, "stage");
}

static struct str riders(struct arena *a, const struct reg *reg, const struct order *o)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; is_of_stages(o) && i < reg->field_count; i++) {
        if (!rides_along(&reg->fields[i], o)) continue;
        buf_puts(&b, ", ");
        sql_put_name(&b, reg->fields[i].name);
    }
    return buf_str(&b);
}

static struct index_def order_def(struct arena *a, const struct reg *reg, const struct order *o,
                                  enum formula_dialect dialect)
{
    struct order up = o->keys[0].down ? order_reversed(o) : *o;
    struct str lead = up.keys[0].column, more = riders(a, reg, &up), none = {0};
    struct buf where = buf_in(a);
    if (is_partial(reg, o)) {
        buf_puts(&where, " where ");
        sql_put_name(&where, lead);
        buf_puts(&where, " is not null");
    }
    struct str plain = str_printf(a, "%.*s%.*s", STR_ARG(order_columns(a, &up, DIALECT_SQLITE, more)), STR_ARG(buf_str(&where)));
    struct str columns = str_printf(a, "%.*s%.*s", STR_ARG(order_columns(a, &up, dialect, dialect == DIALECT_SQLITE ? more : none)), STR_ARG(buf_str(&where)));
    return (struct index_def){index_name(a, reg, lead, plain), columns};
}

/* The primary key is (office, id). */
static bool is_primary(const struct order *o)
{
    return str_is(o->keys[0].column, "id");
}

struct str order_index(struct arena *a, const struct reg *reg, const struct order *o)
{
    if (!o->indexed || is_primary(o)) return STR("");
    return order_def(a, reg, o, DIALECT_SQLITE).name;
}

static void add_def(struct arena *a, struct index_def **list, size_t *count, size_t *cap, struct index_def def)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq((*list)[i].name, def.name)) return;
    ARENA_PUSH(a, *list, *count, *cap, def);
}

/* Columns that are looked up as they are, among voided records too. */
static struct index_def plain_def(struct arena *a, const struct reg *reg, const char *what, const char *first,
                                  const struct str *names, size_t count)
{
    struct buf b = buf_in(a);
    struct buf words = buf_in(a);
    buf_putf(&b, " (\"office\"%s", first);
    buf_puts(&words, what);
    for (size_t i = 0; i < count; i++) {
        buf_puts(&b, ", ");
        sql_put_name(&b, names[i]);
        buf_putf(&words, "%s%.*s", words.len ? "_" : "", STR_ARG(names[i]));
    }
    buf_putc(&b, ')');
    return (struct index_def){index_name(a, reg, buf_str(&words), buf_str(&b)), buf_str(&b)};
}

static bool is_looked_up(const struct reg *reg, const struct field *f)
{
    if (f->private_) return false;
    if (f->unique || str_is(f->name, "source_number")) return true;
    return f == reg->title && f->type == FIELD_TEXT && !f->multiline && !list_sorts_by(reg, f->name);
}

size_t register_indexes(struct arena *a, const struct reg *reg, enum formula_dialect dialect, struct index_def **list)
{
    static const struct str built_in[] = {{"", 0}, {"stage", 5}, {"number", 6}};
    static const struct str created = {"created_on", 10}, org = {"org", 3};
    size_t count = 0, cap = 0;
    struct order o;
    *list = NULL;
    for (size_t i = 0; i < 3; i++)
        if (order_of(reg, built_in[i], false, &o) && !is_primary(&o))
            add_def(a, list, &count, &cap, order_def(a, reg, &o, dialect));
    add_def(a, list, &count, &cap, plain_def(a, reg, "", ", \"voided\"", &created, 1));
    add_def(a, list, &count, &cap, plain_def(a, reg, "", ", \"voided\"", &org, 1));
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        bool walked = list_sorts_by(reg, f->name) || is_followed(f);
        if (walked && order_of(reg, f->name, false, &o)) add_def(a, list, &count, &cap, order_def(a, reg, &o, dialect));
        if (is_looked_up(reg, f)) add_def(a, list, &count, &cap, plain_def(a, reg, "is", "", &f->name, 1));
    }
    if (reg->natural_key_count)
        add_def(a, list, &count, &cap, plain_def(a, reg, "key", "", reg->natural_key, reg->natural_key_count));
    return count;
}

struct str lookup_index(struct arena *a, const struct reg *reg, struct str column, bool ordered)
{
    struct order o;
    static const struct str org = {"org", 3};
    if (str_is(column, "org")) return ordered ? STR("") : plain_def(a, reg, "", ", \"voided\"", &org, 1).name;
    if ((ordered && !groups(reg, column)) || !order_of(reg, column, false, &o)) return STR("");
    return order_index(a, reg, &o);
}

bool stage_index_holds(const struct reg *reg, const struct str *columns, size_t count)
{
    struct order o;
    if (!order_of(reg, STR("stage"), false, &o)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct field *f = reg_field(reg, columns[i]);
        bool held = f && rides_along(f, &o);
        for (size_t k = 0; k < o.count && !held; k++)
            held = o.keys[k].kind == KEY_PLAIN && str_eq(o.keys[k].column, columns[i]);
        if (!held) return false;
    }
    return true;
}

size_t former_indexes(struct arena *a, const struct reg *reg, struct str **list)
{
    static const struct str built_in[] = {{"stage", 5}, {"created_on", 10}, {"org", 3}};
    size_t count = 0, cap = 0;
    struct buf key = buf_in(a);
    buf_puts(&key, "key");
    for (size_t i = 0; i < reg->natural_key_count; i++) buf_putf(&key, "_%.*s", STR_ARG(reg->natural_key[i]));
    *list = NULL;
    for (size_t i = 0; i < 4 + reg->field_count; i++) {
        struct str what = i < 3 ? built_in[i] : i == 3 ? buf_str(&key) : reg->fields[i - 4].name;
        struct str name = str_printf(a, "fz_i_%.*s_%.*s", STR_ARG(reg->name), STR_ARG(what));
        if (name.len > 63) name = str_printf(a, "%.*s_%08x", STR_ARG(str_slice(name, 0, 54)), hash_of(name));
        ARENA_PUSH(a, *list, count, cap, name);
    }
    return count;
}
