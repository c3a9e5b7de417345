/* A figure over many offices as one statement.
 *
 *     with fz_parts as (select substr(o.code, 1, digits) as place, a0.v as v0, …
 *                       from fz_office as o left join (select t1.office as office, count(*) as v from … group by
 * t1.office) as a0 on a0.office = o.office … where <the tree>), fz_rows as (select place, sum(v0) as v0 … from fz_parts
 * group by place union all select '', sum(v0) … from fz_parts) select place, <the formula over v0, v1, …> from fz_rows
 * order by place
 *
 * The formula is reckoned from the sums of its parts, in the rows and in the total alike: a rate of the district is
 * that of all its cases, never a mean of rates. Every sub-query groups by the office, by which the tables are
 * distributed. */
#include "formula/sql.h"

/* How the parts of one aggregate are put together, in SQL for SQLite and PostgreSQL. The average keeps its sum in v and
 * its number in n. */
struct putting {
    const char *lite, *lite_end, *postgres, *postgres_end;
};

static struct putting putting_of(const struct node *n)
{
    bool real = n->type == FT_NUMBER || n->type == FT_PERCENT;
    switch (n->op) {
    case AGG_MIN: return (struct putting){"min(", ")", "min(", ")"};
    case AGG_MAX: return (struct putting){"max(", ")", "max(", ")"};
    case AGG_AVERAGE: return (struct putting){"sum(", ")", "cast(sum(", ") as double precision)"};
    default:
        if (real) return (struct putting){"sum(", ")", "cast(sum(", ") as double precision)"};
        return (struct putting){"sum(", ")", "cast(sum(", ") as bigint)"};
    }
}

static const char *const in_tree = "(select o.office from fz_office as o where o.code >= ? and o.code < ?)";

static void bind_tree(struct emit *e)
{
    emit_bind(e, PARAM_TREE_FROM);
    emit_bind(e, PARAM_TREE_END);
}

static bool is_lite(const struct emit *e)
{
    return e->dialect == DIALECT_SQLITE;
}

/* (select t1.office as office, count(*) as v from petition as t1 left join fz_deadline as j0 on … where t1.office in …
 * group by t1.office); a deadline that the rows are asked about is joined once. */
static void put_group(struct emit *e, const struct node *n)
{
    struct emit_joins joins = {.scope = n->scope};
    struct emit values = emit_part(e), rows = emit_part(e);
    values.joins = rows.joins = &joins;
    emit_group_values(&values, n);
    emit_rows_where(&rows, n);
    emit_constant(e, "(select ");
    emit_alias(e, n->scope);
    emit_constant(e, ".office as office, ");
    emit_append(e, &values);
    emit_joined_from(e, n->reg, &joins);
    emit_constant(e, " where ");
    emit_alias(e, n->scope);
    emit_constant(e, ".office in ");
    emit_constant(e, in_tree);
    bind_tree(e);
    emit_append(e, &rows);
    emit_constant(e, " group by ");
    emit_alias(e, n->scope);
    emit_constant(e, ".office)");
}

static void put_parts(struct emit *e, const struct emit_groups *groups)
{
    emit_constant(e, "with fz_parts as (select substr(o.code, 1, ");
    emit_constant(e, is_lite(e) ? "?" : "cast(? as integer)");
    emit_bind(e, PARAM_TREE_DIGITS);
    emit_constant(e, ") as place");
    for (size_t i = 0; i < groups->count; i++) {
        buf_putf(&e->text, ", a%zu.v as v%zu", i, i);
        if (groups->items[i]->op == AGG_AVERAGE) buf_putf(&e->text, ", a%zu.n as n%zu", i, i);
    }
    emit_constant(e, " from fz_office as o");
    for (size_t i = 0; i < groups->count; i++) {
        emit_constant(e, " left join ");
        put_group(e, groups->items[i]);
        buf_putf(&e->text, " as a%zu on a%zu.office = o.office", i, i);
    }
    emit_constant(e, " where o.code >= ? and o.code < ?)");
    bind_tree(e);
}

static void put_sums(struct emit *e, const struct emit_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        struct putting p = putting_of(groups->items[i]);
        buf_putf(&e->text, ", %sv%zu%s as v%zu", is_lite(e) ? p.lite : p.postgres, i,
                 is_lite(e) ? p.lite_end : p.postgres_end, i);
        if (groups->items[i]->op == AGG_AVERAGE) buf_putf(&e->text, ", sum(n%zu) as n%zu", i, i);
    }
    emit_constant(e, " from fz_parts");
}

static void put_rows(struct emit *e, const struct emit_groups *groups)
{
    emit_constant(e, ", fz_rows as (select place");
    put_sums(e, groups);
    emit_constant(e, " group by place union all select ''");
    put_sums(e, groups);
    emit_constant(e, ")");
}

struct formula_sql formula_over_offices(struct arena *a, const struct formula *f, enum formula_dialect dialect)
{
    struct emit_groups groups = {0};
    struct emit values = {.text = buf_in(a), .dialect = dialect, .groups = &groups};
    emit_result(&values, f->root); /* over the columns of fz_rows; its aggregates are noted on the way */
    for (size_t i = 0; i < 2; i++) {
        emit_constant(&values, ", ");
        if (f->parts[i])
            emit_result(&values, f->parts[i]->root);
        else
            emit_constant(&values, "null");
    }
    struct emit e = {.text = buf_in(a), .dialect = dialect};
    put_parts(&e, &groups);
    put_rows(&e, &groups);
    emit_constant(&e, " select place, ");
    emit_append(&e, &values);
    emit_constant(&e, " from fz_rows order by place");
    return emit_done(&e);
}

struct formula_sql formula_condition_over_offices(struct arena *a, const struct formula *f,
                                                  enum formula_dialect dialect)
{
    struct emit e = {.text = buf_in(a), .dialect = dialect, .office_of = 1};
    emit_condition(&e, f->root, false);
    return emit_done(&e);
}
