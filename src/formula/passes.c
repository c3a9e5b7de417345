/* Many figures of one office, computed together.
 *
 * Aggregates over the same register whose conditions begin with the same `… in period` read the same rows: one pass over
 * them gives all, each with its own filter. The formulas are then reckoned from these values, by the same SQL as ever:
 *
 *     select count(*) filter (where …) as v0, sum(…) filter (where …) as v1, …
 *       from petition as t1 where t1.office = ? and t1.voided = 0 and t1.received_on between ? and ?
 *     select (select <the formula over v0, v7> from (select ? as v0, ? as v7) as v)
 *
 * A deadline that several filters ask about is joined once, or its states in all records are asked for before. */
#include "formula/sql.h"

/* One value of a pass: an aggregate, or the number of records in the union of several. */
struct item {
    const struct node *const *nodes;
    size_t node_count;
    bool records;
    size_t column; /* among all values */
    struct item *next; /* of the same pass */
};

struct pass {
    const struct formula_register *reg;
    const struct node *lead; /* the condition that all share; NULL: none */
    int scope;
    struct item *first, *last;
    size_t first_column, column_count;
    bool adds_reals;
    struct emit_joins joins; /* these and what is read were noted when its columns were counted */
    struct emit_reads reads;
};

/* The items that count the records behind a formula, one for each register. */
struct behind {
    size_t *items;
    size_t count, cap;
};

struct formula_plan {
    struct arena *arena;
    enum formula_dialect dialect;
    struct behind *behind; /* of the formulas added */
    size_t behind_count, behind_cap;
    struct pass **passes;
    size_t pass_count, pass_cap;
    struct item **items;
    size_t item_count, item_cap;
    struct value *values;
};

struct formula_plan *formula_plan_open(struct arena *a, enum formula_dialect dialect)
{
    struct formula_plan *p = arena_new(a, struct formula_plan);
    *p = (struct formula_plan){.arena = a, .dialect = dialect};
    return p;
}

/* ---- what shares a pass ---- */

/* `day in period` about the row's own field: an index gives these rows. */
static bool may_lead(const struct node *n, int scope)
{
    return n->kind == NODE_WITHIN && !n->negated && n->kids[0]->kind == NODE_PATH && n->kids[0]->scope == scope &&
           n->kids[0]->field_count == 1;
}

static const struct node *lead_of(const struct node *aggregate)
{
    const struct node *c = aggregate->kids[1];
    if (!c) return NULL;
    if (may_lead(c, aggregate->scope)) return c;
    for (size_t i = 0; c->kind == NODE_AND && i < c->kid_count; i++)
        if (may_lead(c->kids[i], aggregate->scope)) return c->kids[i];
    return NULL;
}

static const struct formula_field *day_of(const struct node *lead)
{
    return lead ? lead->kids[0]->fields[0] : NULL;
}

/* An aggregate in the condition of another reads its own rows, by other ways. */
static void each_of_rows(const struct node *n, const struct node *aggregate, formula_counted *each, void *arg)
{
    if (!n) return;
    if (n->kind == NODE_PATH && n->scope == aggregate->scope && n->field_count > 0)
        each(arg, n->fields[0], day_of(lead_of(aggregate)));
    for (size_t i = 0; i < n->kid_count; i++) each_of_rows(n->kids[i], aggregate, each, arg);
}

static void each_counted(const struct node *n, formula_counted *each, void *arg)
{
    if (n->kind == NODE_AGGREGATE) {
        each_of_rows(n, n, each, arg);
        return;
    }
    for (size_t i = 0; i < n->kid_count; i++) each_counted(n->kids[i], each, arg);
}

void formula_each_counted(const struct formula *f, formula_counted *each, void *arg)
{
    each_counted(f->root, each, arg);
}

static bool same(const struct node *a, const struct node *b)
{
    return a == b || (a && b && node_equal(a, b));
}

static bool same_item(const struct item *i, const struct node *const *nodes, size_t count, bool records)
{
    if (i->records != records || i->node_count != count) return false;
    for (size_t k = 0; k < count; k++)
        if (!same(i->nodes[k], nodes[k])) return false;
    return true;
}

static const struct node *common_lead(const struct node *const *nodes, size_t count)
{
    const struct node *lead = lead_of(nodes[0]);
    for (size_t i = 1; i < count; i++)
        if (!same(lead, lead_of(nodes[i]))) return NULL;
    return lead;
}

static struct pass *pass_for(struct formula_plan *p, const struct node *aggregate, const struct node *lead)
{
    for (size_t i = 0; i < p->pass_count; i++) {
        struct pass *pass = p->passes[i];
        if (pass->reg == aggregate->reg && pass->scope == aggregate->scope && same(pass->lead, lead)) return pass;
    }
    struct pass *pass = arena_new(p->arena, struct pass);
    *pass = (struct pass){.reg = aggregate->reg, .lead = lead, .scope = aggregate->scope};
    ARENA_PUSH(p->arena, p->passes, p->pass_count, p->pass_cap, pass);
    return pass;
}

/* A count by itself counts the records behind it. */
static bool counts_records(const struct node *n)
{
    return (n->op == AGG_COUNT || n->op == AGG_EXISTS) && !n->kids[0];
}

static size_t item_for(struct formula_plan *p, const struct node *const *nodes, size_t count, bool records)
{
    if (count == 1 && counts_records(nodes[0])) records = false;
    for (size_t i = 0; i < p->item_count; i++)
        if (same_item(p->items[i], nodes, count, records)) return i;
    struct item *item = arena_new(p->arena, struct item);
    *item = (struct item){.nodes = nodes, .node_count = count, .records = records};
    struct pass *pass = pass_for(p, nodes[0], common_lead(nodes, count));
    if (pass->last)
        pass->last->next = item;
    else
        pass->first = item;
    pass->last = item;
    ARENA_PUSH(p->arena, p->items, p->item_count, p->item_cap, item);
    return p->item_count - 1;
}

/* The aggregates of one register among them: what the records behind the figure are counted from. */
static size_t of_register(struct arena *a, const struct emit_groups *g, const struct formula_register *reg,
                          const struct node ***nodes)
{
    size_t count = 0;
    *nodes = arena_new_array(a, const struct node *, g->count + 1);
    for (size_t i = 0; i < g->count; i++)
        if (g->items[i]->reg == reg) (*nodes)[count++] = g->items[i];
    return count;
}

static bool first_of_register(const struct emit_groups *g, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (g->items[i]->reg == g->items[at]->reg) return false;
    return true;
}

size_t formula_plan_add(struct formula_plan *p, const struct formula *f)
{
    struct emit_groups g = {0};
    struct behind behind = {0};
    struct emit e = {.text = buf_in(p->arena), .dialect = p->dialect, .groups = &g};
    emit_result(&e, f->root); /* notes the aggregates on the way */
    for (size_t i = 0; i < g.count; i++) {
        item_for(p, &g.items[i], 1, false);
        if (!first_of_register(&g, i)) continue;
        const struct node **nodes;
        size_t count = of_register(p->arena, &g, g.items[i]->reg, &nodes);
        ARENA_PUSH(p->arena, behind.items, behind.count, behind.cap, item_for(p, nodes, count, true));
    }
    ARENA_PUSH(p->arena, p->behind, p->behind_count, p->behind_cap, behind);
    return p->behind_count - 1;
}

/* ---- a pass as SQL ---- */

/* The aggregate's condition without what the pass asks anyway; false when nothing is left. */
static bool put_rest(struct emit *e, const struct node *n, const struct node *lead)
{
    const struct node *c = n->kids[1];
    if (!c || same(c, lead)) return false;
    if (c->kind != NODE_AND || !lead) {
        emit_condition(e, c, false);
        return true;
    }
    bool any = false, left_out = false;
    for (size_t i = 0; i < c->kid_count; i++) {
        if (!left_out && same(c->kids[i], lead)) {
            left_out = true;
            continue;
        }
        if (any) emit_constant(e, " and ");
        emit_condition(e, c->kids[i], false);
        any = true;
    }
    return any;
}

static void put_filter(struct emit *e, const struct node *n, const struct node *lead)
{
    struct emit rest = emit_part(e);
    if (!put_rest(&rest, n, lead)) return;
    emit_constant(e, " filter (where ");
    emit_append(e, &rest);
    emit_constant(e, ")");
}

/* How many records the sets of these aggregates hold together. */
static void put_records(struct emit *e, const struct item *item, const struct node *lead)
{
    bool all = false;
    struct emit any = emit_part(e);
    for (size_t i = 0; i < item->node_count; i++) {
        const struct node *n = item->nodes[i];
        struct emit one = emit_part(&any);
        bool rest = put_rest(&one, n, lead);
        if (n->kids[0]) {
            if (rest) emit_constant(&one, " and ");
            emit_not_null(&one, n->kids[0]);
            rest = true;
        }
        all = all || !rest;
        emit_constant(&any, i ? " or (" : "(");
        emit_append(&any, &one);
        emit_constant(&any, ")");
    }
    emit_constant(e, "count(*)");
    if (all) return;
    emit_constant(e, " filter (where ");
    emit_append(e, &any);
    emit_constant(e, ")");
}

static void put_item(struct emit *e, struct formula_plan *p, struct pass *pass, struct item *item)
{
    item->column = pass->first_column + pass->column_count++;
    if (item->records) {
        put_records(e, item, pass->lead);
        return;
    }
    const struct node *n = item->nodes[0];
    bool average = n->op == AGG_AVERAGE, real = n->type == FT_NUMBER || n->type == FT_PERCENT;
    pass->adds_reals = pass->adds_reals || average || (real && n->op == AGG_SUM);
    bool cast = p->dialect == DIALECT_POSTGRES && (n->op == AGG_SUM || average);
    if (cast) emit_constant(e, "cast(");
    emit_constant(e, n->op == AGG_DISTINCT ? "count(distinct " : n->op == AGG_SUM || average ? "sum(" :
                     n->op == AGG_MIN ? "min(" : n->op == AGG_MAX ? "max(" : "count(*");
    if (n->kids[0]) emit_value(e, n->kids[0]);
    emit_constant(e, ")");
    put_filter(e, n, pass->lead);
    if (cast) emit_constant(e, average || real ? " as double precision)" : " as bigint)");
    if (!average) return;
    pass->column_count++;
    emit_constant(e, ", count(");
    emit_value(e, n->kids[0]);
    emit_constant(e, ")");
    put_filter(e, n, pass->lead);
}

/* What is asked of the rows, as columns. */
static struct emit pass_columns(struct formula_plan *p, struct pass *pass, struct emit_joins *joins)
{
    struct emit columns = {.text = buf_in(p->arena), .dialect = p->dialect, .joins = joins, .reads = &pass->reads};
    pass->column_count = 0;
    for (struct item *i = pass->first; i; i = i->next) {
        if (i != pass->first) emit_constant(&columns, ", ");
        put_item(&columns, p, pass, i);
    }
    return columns;
}

static void put_lead(struct emit *e, const struct pass *pass)
{
    if (!pass->lead) return;
    emit_constant(e, " and ");
    emit_condition(e, pass->lead, false);
}

size_t formula_plan_passes(struct formula_plan *p, struct formula_pass **passes)
{
    size_t column = 0;
    *passes = arena_new_array(p->arena, struct formula_pass, p->pass_count + 1);
    for (size_t i = 0; i < p->pass_count; i++) {
        struct pass *pass = p->passes[i];
        pass->first_column = column;
        pass->joins = (struct emit_joins){.scope = pass->scope};
        pass->reads = (struct emit_reads){.scope = pass->scope};
        pass_columns(p, pass, &pass->joins);
        column += pass->column_count;
    }
    p->values = arena_new_array(p->arena, struct value, column + 1);
    for (size_t i = 0; i < p->pass_count; i++) {
        const struct pass *pass = p->passes[i];
        (*passes)[i] = (struct formula_pass){.reg = pass->reg,
                                             .lead = day_of(pass->lead),
                                             .columns = pass->reads.columns,
                                             .column_count = pass->reads.count,
                                             .deadlines = pass->joins.names,
                                             .deadline_count = pass->joins.count,
                                             .days = pass->joins.days,
                                             .adds_reals = pass->adds_reals,
                                             .place = i,
                                             .count = pass->column_count,
                                             .values = p->values + pass->first_column};
    }
    return p->pass_count;
}

struct formula_sql formula_pass_sql(struct formula_plan *p, const struct formula_pass *which, const struct formula_way *way)
{
    struct pass *pass = p->passes[which->place];
    struct emit_joins joins = {.scope = pass->scope, .names = pass->joins.names, .count = pass->joins.count,
                               .cap = pass->joins.count, .states = way->states};
    struct emit e = {.text = buf_in(p->arena), .dialect = p->dialect};
    struct emit columns = pass_columns(p, pass, &joins);
    emit_pass_stages(&e, pass->reg, way);
    emit_constant(&e, "select ");
    emit_append(&e, &columns);
    emit_pass_from(&e, pass->reg, &joins, way);
    put_lead(&e, pass);
    return emit_done(&e);
}

struct formula_sql formula_pass_states(struct formula_plan *p, const struct formula_pass *which)
{
    const struct pass *pass = p->passes[which->place];
    struct emit e = {.text = buf_in(p->arena), .dialect = p->dialect};
    emit_states(&e, pass->reg, pass->joins.names, pass->joins.count);
    return emit_done(&e);
}

struct formula_sql formula_pass_size(struct formula_plan *p, const struct formula_pass *which, int64_t most)
{
    const struct pass *pass = p->passes[which->place];
    const struct emit_joins none = {.scope = pass->scope};
    struct emit e = {.text = buf_in(p->arena), .dialect = p->dialect};
    emit_constant(&e, "select count(*) from (select 1");
    emit_pass_from(&e, pass->reg, &none, &(struct formula_way){.by_stage = false});
    put_lead(&e, pass);
    emit_constant(&e, " limit ");
    emit_literal(&e, value_int(most), "bigint");
    emit_constant(&e, ") as rows");
    return emit_done(&e);
}

/* ---- the formulas over the values ---- */

static struct value value_of(const struct formula_plan *p, const struct node *n, size_t further)
{
    for (size_t i = 0; i < p->item_count; i++) {
        const struct item *item = p->items[i];
        if (!item->records && same(item->nodes[0], n)) return p->values[item->column + further];
    }
    return value_null();
}

static const char *postgres_type(const struct node *n)
{
    switch (n->op == AGG_MIN || n->op == AGG_MAX ? n->type : FT_INTEGER) {
    case FT_DATE: return "date";
    case FT_MOMENT: return "timestamp";
    case FT_TEXT:
    case FT_CODE: return "text";
    case FT_NUMBER:
    case FT_PERCENT: return "double precision";
    default: break;
    }
    bool real = n->op == AGG_AVERAGE || n->type == FT_NUMBER || n->type == FT_PERCENT;
    return real ? "double precision" : "bigint";
}

struct formula_sql formula_plan_value(const struct formula_plan *p, const struct formula *f)
{
    struct emit_groups g = {0};
    struct emit e = {.text = buf_in(p->arena), .dialect = p->dialect};
    struct emit result = {.text = buf_in(p->arena), .dialect = p->dialect, .groups = &g};
    emit_result(&result, f->root);
    emit_constant(&e, "(select ");
    emit_append(&e, &result);
    for (size_t i = 0; i < g.count; i++) {
        emit_constant(&e, i ? ", " : " from (select ");
        emit_literal(&e, value_of(p, g.items[i], 0), postgres_type(g.items[i]));
        buf_putf(&e.text, " as v%zu", i);
        if (g.items[i]->op != AGG_AVERAGE) continue;
        emit_constant(&e, ", ");
        emit_literal(&e, value_of(p, g.items[i], 1), "bigint");
        buf_putf(&e.text, " as n%zu", i);
    }
    emit_constant(&e, g.count ? ") as v)" : ")");
    return emit_done(&e);
}

int64_t formula_plan_records(const struct formula_plan *p, size_t place)
{
    int64_t sum = 0;
    const struct behind *b = &p->behind[place];
    for (size_t i = 0; i < b->count; i++) {
        struct value v = p->values[p->items[b->items[i]]->column];
        if (v.kind == VALUE_INT) sum += v.i;
    }
    return sum;
}
