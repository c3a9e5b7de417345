/* Whole formulas and their sets as SQL, and the values of a run. */
#include "formula/sql.h"

static struct emit emit_start(struct arena *a, enum formula_dialect dialect, int self_depth)
{
    return (struct emit){.text = buf_in(a), .dialect = dialect, .self_depth = self_depth};
}

/* The root as the formula's result; NODE_BOOL has no field to compare, yet must be a condition. */
static void put_result(struct emit *e, const struct node *root, bool exact)
{
    if (root->type == FT_BOOL)
        emit_condition(e, root, exact);
    else
        emit_value(e, root);
}

/* The deadline that must be overdue for the condition to hold. */
static struct str must_be_overdue(const struct node *n, int scope)
{
    struct str name = {0};
    if (n->kind == NODE_DEADLINE && n->op == DEADLINE_OVERDUE && n->kid_count == 0 && n->scope == scope) return n->text;
    for (size_t i = 0; n->kind == NODE_AND && name.len == 0 && i < n->kid_count; i++)
        name = must_be_overdue(n->kids[i], scope);
    return name;
}

struct formula_sql formula_to_sql(struct arena *a, const struct formula *f, enum formula_dialect dialect,
                                  bool self_alias)
{
    struct emit e = emit_start(a, dialect, 0);
    struct emit_reads reads = {.scope = 0};
    if (self_alias) e.reads = &reads;
    bool own_row = f->uses_self && !self_alias, condition = f->root->type == FT_BOOL;
    if (!own_row) {
        put_result(&e, f->root, !self_alias);
        struct formula_sql sql = emit_done(&e);
        if (self_alias) sql.overdue = must_be_overdue(f->root, 0);
        return sql;
    }
    if (condition) {
        emit_constant(&e, "exists(select 1");
        emit_self_row(&e, f->self);
        emit_constant(&e, " and ");
        emit_condition(&e, f->root, false);
    } else {
        emit_constant(&e, "(select ");
        emit_value(&e, f->root);
        emit_self_row(&e, f->self);
    }
    emit_constant(&e, ")");
    return emit_done(&e);
}

/* Roughly how many symbols SQLite's parser has to keep for the bracket at `at`. */
static size_t bracket_weight(struct str sql, size_t at)
{
    enum { OF_SELECT = 11, OF_CALL = 5, PLAIN = 3 };
    if (str_starts(str_slice(sql, at + 1, sql.len), STR("select"))) return OF_SELECT;
    bool call = at > 0 && ((sql.s[at - 1] >= 'a' && sql.s[at - 1] <= 'z') || sql.s[at - 1] == '_');
    return call ? OF_CALL : PLAIN;
}

bool formula_too_deep(struct arena *a, const struct formula *f)
{
    enum { ALLOWED = 84, MOST_OPEN = 64 }; /* SQLite keeps 100; the query around the formula needs some */
    struct str sql = formula_to_sql(a, f, DIALECT_SQLITE, false).text;
    size_t open[MOST_OPEN], depth = 0, sum = 0;
    bool quoted = false;
    for (size_t i = 0; i < sql.len; i++) {
        if (sql.s[i] == '"') quoted = !quoted;
        if (quoted) continue;
        if (sql.s[i] == ')' && depth > 0) sum -= open[--depth];
        if (sql.s[i] != '(') continue;
        if (depth == MOST_OPEN) return true;
        sum += open[depth++] = bracket_weight(sql, i);
        if (sum > ALLOWED) return true;
    }
    return false;
}

struct set_list {
    struct formula_set *items;
    size_t count, cap;
};

/* The records that the aggregate counts: its condition, and for a value one that is not empty. */
static struct formula_sql set_condition(struct arena *a, const struct node *n, enum formula_dialect dialect)
{
    struct emit e = emit_start(a, dialect, n->scope);
    struct emit_reads reads = {.scope = n->scope};
    e.reads = &reads;
    if (!n->kids[0] && !n->kids[1]) emit_constant(&e, "1 = 1");
    if (n->kids[1]) emit_condition(&e, n->kids[1], false);
    if (n->kids[0] && n->kids[1]) emit_constant(&e, " and ");
    if (n->kids[0]) emit_not_null(&e, n->kids[0]);
    struct formula_sql sql = emit_done(&e);
    if (n->kids[1]) sql.overdue = must_be_overdue(n->kids[1], n->scope);
    return sql;
}

static bool is_own_field(const struct node *n, int scope)
{
    return n->kind == NODE_PATH && n->scope == scope && n->field_count == 1;
}

/* The part of the condition that holds one of the rows' own fields within a period. */
static const struct node *part_within(const struct node *n, int scope)
{
    if (!n) return NULL;
    if (n->kind == NODE_WITHIN && !n->negated && is_own_field(n->kids[0], scope)) return n;
    const struct node *part = NULL;
    for (size_t i = 0; n->kind == NODE_AND && !part && i < n->kid_count; i++) part = part_within(n->kids[i], scope);
    return part;
}

static void put_day(struct formula_set *set, const struct node *part)
{
    if (!part) return;
    set->day = part->kids[0]->fields[0]->name;
    set->day_in_period = part->kids[1]->kind == NODE_PERIOD;
    set->day_from = part->kids[1]->from;
    set->day_to = part->kids[1]->to;
}

static void collect_sets(struct arena *a, const struct node *n, enum formula_dialect dialect, struct str role,
                         struct set_list *list)
{
    if (n->kind == NODE_AGGREGATE) {
        struct formula_set set = {.reg = n->reg, .role = role, .condition = set_condition(a, n, dialect)};
        put_day(&set, part_within(n->kids[1], n->scope));
        ARENA_PUSH(a, list->items, list->count, list->cap, set);
        return;
    }
    for (size_t i = 0; i < n->kid_count; i++) {
        bool part = n->kind == NODE_PERCENT && role.len == 0;
        collect_sets(a, n->kids[i], dialect, part ? (i ? STR("分母") : STR("分子")) : role, list);
    }
}

size_t formula_sets(struct arena *a, const struct formula *f, enum formula_dialect dialect, struct formula_set **sets)
{
    struct set_list list = {0};
    /* With a record of its own there would be two rows called self. */
    if (!f->uses_self) collect_sets(a, f->root, dialect, STR(""), &list);
    *sets = list.items;
    return list.count;
}

static struct value run_value(struct arena *a, const struct formula_bind *b, const struct formula_run *run)
{
    switch (b->param) {
    case PARAM_OFFICE: return value_text(run->office);
    case PARAM_SELF: return value_int(run->self);
    case PARAM_TODAY: return value_text(date_iso(a, run->today));
    case PARAM_PERIOD_FROM: return value_text(date_iso(a, run->period_from));
    case PARAM_PERIOD_TO: return value_text(date_iso(a, run->period_to));
    case PARAM_TREE_FROM: return value_text(run->tree_from);
    case PARAM_TREE_END: return value_text(run->tree_end);
    case PARAM_TREE_DIGITS: return value_int(run->tree_digits);
    default: return b->literal;
    }
}

struct value *formula_values(struct arena *a, const struct formula_sql *sql, const struct formula_run *run)
{
    struct value *values = arena_new_array(a, struct value, sql->bind_count);
    for (size_t i = 0; i < sql->bind_count; i++) values[i] = run_value(a, &sql->binds[i], run);
    return values;
}

/* ---- days ---- */

struct days {
    struct date from, to;
    bool any;
};

static void narrow_from(struct days *d, struct date from)
{
    if (date_cmp(from, d->from) > 0) d->from = from;
    d->any = true;
}

static void narrow_to(struct days *d, struct date to)
{
    if (date_cmp(to, d->to) < 0) d->to = to;
    d->any = true;
}

static void narrow_by_comparison(const struct node *n, struct days *d)
{
    struct date day = n->kids[1]->from;
    if (n->op == OP_EQ || n->op == OP_GE || n->op == OP_GT) narrow_from(d, day);
    if (n->op == OP_EQ || n->op == OP_LE || n->op == OP_LT) narrow_to(d, day);
}

static void narrow(const struct node *n, struct str field, struct days *d)
{
    for (size_t i = 0; n->kind == NODE_AND && i < n->kid_count; i++) narrow(n->kids[i], field, d);
    bool about = (n->kind == NODE_WITHIN || n->kind == NODE_COMPARE) && is_own_field(n->kids[0], 0) &&
                 str_eq(n->kids[0]->fields[0]->name, field) && !n->negated;
    if (!about) return;
    if (n->kind == NODE_COMPARE && n->kids[1]->kind == NODE_DATE) narrow_by_comparison(n, d);
    if (n->kind == NODE_WITHIN && n->kids[1]->kind == NODE_SPAN) {
        narrow_from(d, n->kids[1]->from);
        narrow_to(d, n->kids[1]->to);
    }
}

bool formula_days(const struct formula *f, struct str field, struct date *from, struct date *to)
{
    struct days d = {.from = *from, .to = *to};
    narrow(f->root, field, &d);
    *from = d.from;
    *to = d.to;
    return d.any;
}
