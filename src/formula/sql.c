/* The tree as SQL. What is written into SQL text is: constants of this file, and the names of tables and columns of
 * the schema in quotation marks. Everything that stands in a formula (texts, numbers, dates, code keys, names of
 * deadlines) is bound. Nothing else may ever be appended here. */
#include "formula/sql.h"

#include "formula/tree.h"

static void value(struct emit *e, const struct node *n);

static bool sqlite(const struct emit *e)
{
    return e->dialect == DIALECT_SQLITE;
}

static void sql(struct emit *e, const char *constant)
{
    buf_puts(&e->text, constant);
}

/* The constant of the dialect. */
static void either(struct emit *e, const char *for_sqlite, const char *for_postgres)
{
    sql(e, sqlite(e) ? for_sqlite : for_postgres);
}

/* A name of the schema. The model admits [a-z0-9_] only; a quotation mark is doubled all the same. */
static void name(struct emit *e, struct str t)
{
    buf_putc(&e->text, '"');
    for (size_t i = 0; i < t.len; i++) {
        if (t.s[i] == '"') buf_putc(&e->text, '"');
        buf_putc(&e->text, t.s[i]);
    }
    buf_putc(&e->text, '"');
}

static void bind(struct emit *e, enum formula_param param, struct value literal)
{
    struct formula_bind b = {.param = param, .literal = literal};
    ARENA_PUSH(e->text.arena, e->binds, e->bind_count, e->bind_cap, b);
}

/* PostgreSQL wants to know the type of a parameter. */
static void bound(struct emit *e, enum formula_param param, struct value literal, const char *postgres_type)
{
    if (sqlite(e))
        sql(e, "?");
    else
        buf_putf(&e->text, "cast(? as %s)", postgres_type);
    bind(e, param, literal);
}

static void bound_date(struct emit *e, enum formula_param param, struct value literal)
{
    bound(e, param, literal, "date");
}

static void alias(struct emit *e, int scope)
{
    if (scope == e->self_depth)
        sql(e, "self");
    else
        buf_putf(&e->text, "t%d", scope);
}

/* Behind an alias: its office is the run's, or that of the row around it. */
static void bound_office(struct emit *e)
{
    sql(e, ".office = ");
    if (e->office_of) {
        alias(e, e->office_of - 1);
        sql(e, ".office");
        return;
    }
    sql(e, "?");
    bind(e, PARAM_OFFICE, value_null());
}

/* ---- paths ---- */

/* Where an index holds all columns that are read, it is enough. */
static void note_column(struct emit *e, int scope, struct str column)
{
    struct emit_reads *r = e->reads;
    if (!r || scope != r->scope || str_in(column, r->columns, r->count)) return;
    ARENA_PUSH(e->text.arena, r->columns, r->count, r->cap, column);
}

/* The value of the first `count` fields of the path, following references by sub-queries. */
static void path_steps(struct emit *e, const struct node *n, size_t count)
{
    if (count <= 1) {
        alias(e, n->scope);
        sql(e, ".");
        struct str column = count == 1 ? n->fields[0]->name : STR("id");
        note_column(e, n->scope, column);
        name(e, column);
        return;
    }
    int r = ++e->reference;
    buf_putf(&e->text, "(select r%d.", r);
    name(e, n->fields[count - 1]->name);
    sql(e, " from ");
    name(e, n->fields[count - 2]->target->name);
    buf_putf(&e->text, " as r%d where r%d", r, r);
    bound_office(e);
    buf_putf(&e->text, " and r%d.voided = 0 and r%d.id = ", r, r);
    path_steps(e, n, count - 1);
    sql(e, ")");
}

/* ---- numbers ---- */

static void number_literal(struct emit *e, const struct node *n)
{
    switch (n->as) {
    case FT_INTEGER: bound(e, PARAM_LITERAL, value_int(n->number / DECIMAL_SCALE), "bigint"); break;
    case FT_MONEY: bound(e, PARAM_LITERAL, value_int(n->number / (DECIMAL_SCALE / 100)), "bigint"); break;
    case FT_DECIMAL: bound(e, PARAM_LITERAL, value_int(n->number), "bigint"); break;
    default: bound(e, PARAM_LITERAL, value_real((double)n->number / DECIMAL_SCALE), "double precision"); break;
    }
}

/* What a stored number is multiplied by to become the other kind; 0: it becomes a real. */
static int factor(enum formula_type from, enum formula_type to)
{
    if (from == FT_INTEGER && to == FT_MONEY) return 100;
    if (from == FT_INTEGER && to == FT_DECIMAL) return DECIMAL_SCALE;
    if (from == FT_MONEY && to == FT_DECIMAL) return DECIMAL_SCALE / 100;
    return 0;
}

static int divisor(enum formula_type from)
{
    return from == FT_MONEY ? 100 : from == FT_DECIMAL ? DECIMAL_SCALE : 1;
}

static void raw(struct emit *e, const struct node *n);

static void converted_number(struct emit *e, const struct node *n)
{
    int times = factor(n->type, n->as);
    if (times > 0) {
        sql(e, "(");
        raw(e, n);
        buf_putf(&e->text, " * %d)", times);
        return;
    }
    bool real = n->type == FT_NUMBER || n->type == FT_PERCENT;
    if (real) {
        raw(e, n);
        return;
    }
    int by = divisor(n->type);
    if (by > 1) sql(e, "(");
    sql(e, "cast(");
    raw(e, n);
    either(e, " as real)", " as double precision)");
    if (by > 1) buf_putf(&e->text, " / %d)", by);
}

static bool is_sum(const struct node *n)
{
    return n->op == OP_ADD || n->op == OP_SUB;
}

static bool same_chain(const struct node *n, const struct node *left)
{
    return left->kind == NODE_ARITH && left->type == left->as && is_sum(n) == is_sum(left);
}

/* A chain of sums or of products stands in one pair of brackets, so that a long one doesn't nest deeply. */
static void arith(struct emit *e, const struct node *n, bool brackets)
{
    const struct node *left = n->kids[0];
    if (brackets) sql(e, "(");
    if (same_chain(n, left))
        arith(e, left, false);
    else
        value(e, left);
    buf_putf(&e->text, " %s ", op_word(n->op));
    if (n->op == OP_DIV) sql(e, "nullif(");
    value(e, n->kids[1]);
    if (n->op == OP_DIV) sql(e, ", 0)");
    if (brackets) sql(e, ")");
}

static void negate(struct emit *e, const struct node *n)
{
    sql(e, "(- ");
    value(e, n->kids[0]);
    sql(e, ")");
}

static void percent(struct emit *e, const struct node *n)
{
    either(e, "(100.0 * ", "(100 * cast(");
    value(e, n->kids[0]);
    either(e, " / nullif(", " as double precision) / nullif(");
    value(e, n->kids[1]);
    sql(e, ", 0))");
}

/* ---- dates ---- */

static void span_end(struct emit *e, const struct node *span, bool last)
{
    struct date d = last ? span->to : span->from;
    if (span->kind == NODE_PERIOD)
        bound_date(e, last ? PARAM_PERIOD_TO : PARAM_PERIOD_FROM, value_null());
    else
        bound_date(e, PARAM_LITERAL, value_text(date_iso(e->text.arena, d)));
}

static void part(struct emit *e, const struct node *n)
{
    static const char *const lite[] = {
        [PART_YEAR] = "cast(substr(", [PART_QUARTER] = "((cast(substr(", [PART_MONTH] = "cast(substr("};
    static const char *const lite_end[] = {[PART_YEAR] = ", 1, 4) as integer)",
                                           [PART_QUARTER] = ", 6, 2) as integer) + 2) / 3)",
                                           [PART_MONTH] = ", 6, 2) as integer)"};
    static const char *const postgres[] = {[PART_YEAR] = "cast(extract(year from ",
                                           [PART_QUARTER] = "cast(extract(quarter from ",
                                           [PART_MONTH] = "cast(extract(month from "};
    const struct node *what = n->kids[0];
    if (n->op == PART_START || n->op == PART_END) {
        span_end(e, what, n->op == PART_END);
        return;
    }
    either(e, lite[n->op], postgres[n->op]);
    value(e, what);
    either(e, lite_end[n->op], ") as bigint)");
}

static void days(struct emit *e, const struct node *n)
{
    either(e, "cast(julianday(", "cast(");
    value(e, n->kids[1]);
    either(e, ") - julianday(", " - ");
    value(e, n->kids[0]);
    either(e, ") as integer)", " as bigint)");
}

static void after_days(struct emit *e, const struct node *n)
{
    either(e, "date(", "(");
    value(e, n->kids[0]);
    either(e, ", ", " + cast(");
    value(e, n->kids[1]);
    either(e, " || ' days')", " as integer))");
}

static void after_months(struct emit *e, const struct node *n)
{
    either(e, "fz_add_months(", "cast(");
    value(e, n->kids[0]);
    either(e, ", ", " + make_interval(months => cast(");
    value(e, n->kids[1]);
    if (n->op == UNIT_YEARS) sql(e, " * 12");
    either(e, ")", " as integer)) as date)");
}

/* The working day whose number is n more than that of the start (the last working day up to a rest day). */
static void after_workdays(struct emit *e, const struct node *n)
{
    int r = ++e->reference;
    buf_putf(&e->text, "(select c%d.day from fz_calendar as w%d, fz_calendar as c%d where w%d.day = ", r, r, r, r);
    value(e, n->kids[0]);
    buf_putf(&e->text, " and c%d.work = 1 and c%d.work_number = w%d.work_number + ", r, r, r);
    value(e, n->kids[1]);
    sql(e, ")");
}

static void after(struct emit *e, const struct node *n)
{
    if (n->op == UNIT_DAYS)
        after_days(e, n);
    else if (n->op == UNIT_WORKDAYS)
        after_workdays(e, n);
    else
        after_months(e, n);
}

/* ---- registers ---- */

static void rows_from(struct emit *e, const struct node *n)
{
    sql(e, " from ");
    name(e, n->reg->name);
    sql(e, " as ");
    alias(e, n->scope);
    sql(e, " where ");
    alias(e, n->scope);
}

static void rows_where(struct emit *e, const struct node *n)
{
    sql(e, " and ");
    alias(e, n->scope);
    sql(e, ".voided = 0");
    if (!n->kids[1]) return;
    sql(e, " and ");
    emit_condition(e, n->kids[1], false);
}

static void from_register(struct emit *e, const struct node *n)
{
    rows_from(e, n);
    bound_office(e);
    rows_where(e, n);
}

static size_t group_of(struct emit *e, const struct node *n)
{
    struct emit_groups *g = e->groups;
    for (size_t i = 0; i < g->count; i++)
        if (node_equal(g->items[i], n)) return i;
    ARENA_PUSH(e->text.arena, g->items, g->count, g->cap, n);
    return g->count - 1;
}

/* Of the sums over many offices; where an office has no rows nothing was joined, which counts as 0. */
static void group_column(struct emit *e, const struct node *n)
{
    size_t i = group_of(e, n);
    switch (n->op) {
    case AGG_EXISTS: buf_putf(&e->text, "(coalesce(v%zu, 0) > 0)", i); break;
    case AGG_COUNT:
    case AGG_DISTINCT:
    case AGG_SUM: buf_putf(&e->text, "coalesce(v%zu, 0)", i); break;
    case AGG_AVERAGE: buf_putf(&e->text, "(v%zu / nullif(n%zu, 0))", i, i); break;
    default: buf_putf(&e->text, "v%zu", i); break;
    }
}

static void aggregate(struct emit *e, const struct node *n)
{
    static const struct {
        const char *lite, *lite_end, *postgres, *postgres_end;
    } forms[] = {
        [AGG_COUNT] = {"(select count(*)", "", "(select count(*)", ""},
        [AGG_EXISTS] = {"exists(select 1", "", "exists(select 1", ""},
        [AGG_DISTINCT] = {"(select count(distinct ", ")", "(select count(distinct ", ")"},
        [AGG_SUM] = {"(select coalesce(sum(", "), 0)", "(select cast(coalesce(sum(", "), 0) as bigint)"},
        [AGG_AVERAGE] = {"(select avg(", ")", "(select avg(", ")"},
        [AGG_MIN] = {"(select min(", ")", "(select min(", ")"},
        [AGG_MAX] = {"(select max(", ")", "(select max(", ")"},
    };
    if (e->groups) {
        group_column(e, n);
        return;
    }
    bool real = n->type == FT_NUMBER || n->type == FT_PERCENT;
    const char *end = n->op == AGG_SUM && real ? "), 0) as double precision)" : forms[n->op].postgres_end;
    either(e, forms[n->op].lite, forms[n->op].postgres);
    if (n->kids[0]) value(e, n->kids[0]);
    either(e, forms[n->op].lite_end, end);
    from_register(e, n);
    sql(e, ")");
}

static size_t join_of(struct emit *e, const struct node *n)
{
    struct emit_joins *j = e->joins;
    for (size_t i = 0; i < j->count; i++)
        if (str_eq(j->names[i], n->text)) return i;
    ARENA_PUSH(e->text.arena, j->names, j->count, j->cap, n->text);
    return j->count - 1;
}

/* From the join of the pass: one row or none. */
static void joined_deadline(struct emit *e, const struct node *n)
{
    size_t i = join_of(e, n);
    switch (n->op) {
    case DEADLINE_DUE:
    case DEADLINE_STRICT:
        e->joins->days = true;
        buf_putf(&e->text, "j%zu.%s", i, n->op == DEADLINE_DUE ? "legal_on" : "strict_on");
        return;
    case DEADLINE_MET: buf_putf(&e->text, "coalesce(j%zu.state = 'met'", i); break;
    default:
        buf_putf(&e->text, "coalesce(j%zu.state = 'missed' or (j%zu.state = 'running' and j%zu.legal_on < ", i, i, i);
        bound_date(e, PARAM_TODAY, value_null());
        sql(e, ")");
        break;
    }
    either(e, ", 0)", ", false)");
}

/* From what fz_states gave. */
static void known_deadline(struct emit *e, const struct node *n)
{
    sql(e, "(fz_state(");
    bound(e, PARAM_LITERAL, e->joins->states[join_of(e, n)], "text");
    sql(e, ", ");
    alias(e, n->scope);
    buf_putf(&e->text, ".id) = %d)", n->op == DEADLINE_MET ? STATE_MET : STATE_OVERDUE);
}

void emit_states(struct emit *e, const struct formula_register *reg, const struct str *names, size_t count)
{
    sql(e, "select ");
    for (size_t i = 0; i < count; i++) {
        buf_putf(&e->text, "%sfz_states(d.record, case d.state when 'met' then %d when 'missed' then %d "
                           "when 'running' then %d * (d.legal_on < ", i ? ", " : "", STATE_MET, STATE_OVERDUE, STATE_OVERDUE);
        bound_date(e, PARAM_TODAY, value_null());
        sql(e, ") end) filter (where d.name = ");
        bound(e, PARAM_LITERAL, value_text(names[i]), "text");
        sql(e, ")");
    }
    /* This index holds all that is asked for. */
    sql(e, " from fz_deadline as d indexed by fz_deadline_due where d");
    bound_office(e);
    sql(e, " and d.register = ");
    bound(e, PARAM_LITERAL, value_text(reg->name), "text");
}

static void deadline(struct emit *e, const struct node *n)
{
    if (e->joins && n->kid_count == 0 && n->scope == e->joins->scope) {
        if (e->joins->states)
            known_deadline(e, n);
        else
            joined_deadline(e, n);
        return;
    }
    int r = ++e->reference;
    bool date = n->op == DEADLINE_DUE || n->op == DEADLINE_STRICT;
    if (date)
        buf_putf(&e->text, "(select max(d%d.%s)", r, n->op == DEADLINE_DUE ? "legal_on" : "strict_on");
    else
        sql(e, "exists(select 1");
    buf_putf(&e->text, " from fz_deadline as d%d where d%d", r, r);
    bound_office(e);
    buf_putf(&e->text, " and d%d.register = ", r);
    bound(e, PARAM_LITERAL, value_text(n->reg->name), "text");
    buf_putf(&e->text, " and d%d.record = ", r);
    if (n->kid_count > 0) {
        value(e, n->kids[0]);
    } else {
        alias(e, n->scope);
        sql(e, ".id");
    }
    buf_putf(&e->text, " and d%d.name = ", r);
    bound(e, PARAM_LITERAL, value_text(n->text), "text");
    if (n->op == DEADLINE_MET) buf_putf(&e->text, " and d%d.state = 'met'", r);
    if (n->op == DEADLINE_OVERDUE) {
        buf_putf(&e->text, " and (d%d.state = 'missed' or (d%d.state = 'running' and d%d.legal_on < ", r, r, r);
        bound_date(e, PARAM_TODAY, value_null());
        sql(e, "))");
    }
    sql(e, ")");
}

/* The value issued by the nearest office above (or the office itself) that is in force, else that of the definitions. */
static void parameter(struct emit *e, const struct node *n)
{
    int r = ++e->reference;
    buf_putf(&e->text, "coalesce((select p%d.value from fz_parameter as p%d, fz_office as o%d where o%d", r, r, r, r);
    bound_office(e);
    buf_putf(&e->text, " and p%d.name = ", r);
    bound(e, PARAM_LITERAL, value_text(n->text), "text");
    buf_putf(&e->text, " and p%d.valid_from <= ", r);
    bound_date(e, n->of_period ? PARAM_PERIOD_TO : PARAM_TODAY, value_null());
    buf_putf(&e->text, " and p%d.code = substr(o%d.code, 1, length(p%d.code)) order by length(p%d.code) desc, "
                       "p%d.valid_from desc limit 1), ", r, r, r, r, r);
    bound(e, PARAM_LITERAL, value_int(n->number), "bigint");
    sql(e, ")");
}

/* ---- conditions ---- */

/* A comparison that may be null is made false where that matters. */
static void open_exact(struct emit *e, bool exact)
{
    if (exact) sql(e, "coalesce(");
}

static void close_exact(struct emit *e, bool exact)
{
    if (exact) either(e, ", 0)", ", false)");
}

static void compare(struct emit *e, const struct node *n, bool exact)
{
    exact = exact && n->op != OP_NE; /* `is not` is never null */
    bool order = n->op != OP_NE && n->op != OP_EQ;
    open_exact(e, exact);
    value(e, n->kids[0]);
    if (n->op == OP_NE)
        either(e, " is not ", " is distinct from ");
    else
        buf_putf(&e->text, " %s ", op_word(n->op));
    value(e, n->kids[1]);
    if (order && n->kids[0]->type == FT_TEXT) either(e, "", " collate \"C\"");
    close_exact(e, exact);
}

static void in_list(struct emit *e, const struct node *n, bool exact)
{
    if (n->negated) sql(e, "not ");
    open_exact(e, exact || n->negated);
    value(e, n->kids[0]);
    sql(e, " in (");
    for (size_t i = 1; i < n->kid_count; i++) {
        if (i > 1) sql(e, ", ");
        value(e, n->kids[i]);
    }
    sql(e, ")");
    close_exact(e, exact || n->negated);
}

/* Moments: from the first midnight to before the one after the last day, so that an index serves. */
static void within_moments(struct emit *e, const struct node *what, const struct node *span)
{
    value(e, what);
    sql(e, " >= ");
    span_end(e, span, false);
    sql(e, " and ");
    value(e, what);
    either(e, " < date(", " < ");
    span_end(e, span, true);
    either(e, ", '+1 day')", " + 1");
}

static void within(struct emit *e, const struct node *n, bool exact)
{
    const struct node *what = n->kids[0], *span = n->kids[1];
    bool moment = what->type == FT_MOMENT, wrap = exact || n->negated;
    if (n->negated) sql(e, "not ");
    open_exact(e, wrap);
    if (moment && !wrap) sql(e, "(");
    if (moment) {
        within_moments(e, what, span);
    } else {
        value(e, what);
        sql(e, " between ");
        span_end(e, span, false);
        sql(e, " and ");
        span_end(e, span, true);
    }
    if (moment && !wrap) sql(e, ")");
    close_exact(e, wrap);
}

static void is_empty(struct emit *e, const struct node *n)
{
    const struct node *what = n->kids[0];
    bool texty = what->type == FT_TEXT || what->type == FT_CODE || what->type == FT_ATTACHMENT;
    if (texty) sql(e, "coalesce(");
    value(e, what);
    if (texty)
        sql(e, n->negated ? ", '') <> ''" : ", '') = ''");
    else
        sql(e, n->negated ? " is not null" : " is null");
}

/* Without LIKE: % and _ of a person's text are plain characters. */
static void text_test(struct emit *e, const struct node *n, bool exact)
{
    open_exact(e, exact);
    either(e, "instr(", "position(");
    value(e, n->kids[sqlite(e) ? 0 : 1]);
    either(e, ", ", " in ");
    value(e, n->kids[sqlite(e) ? 1 : 0]);
    sql(e, n->kind == NODE_CONTAINS ? ") > 0" : ") = 1");
    close_exact(e, exact);
}

static void chain(struct emit *e, const struct node *n, bool exact)
{
    sql(e, "(");
    for (size_t i = 0; i < n->kid_count; i++) {
        if (i) sql(e, n->kind == NODE_AND ? " and " : " or ");
        emit_condition(e, n->kids[i], exact);
    }
    sql(e, ")");
}

static void negation(struct emit *e, const struct node *n)
{
    sql(e, "(not ");
    emit_condition(e, n->kids[0], true);
    sql(e, ")");
}

/* A yes/no field or value as a condition. */
static void flag(struct emit *e, const struct node *n, bool exact)
{
    if (n->kind == NODE_AGGREGATE || n->kind == NODE_DEADLINE) {
        raw(e, n);
        return;
    }
    open_exact(e, exact);
    raw(e, n);
    sql(e, " = 1");
    close_exact(e, exact);
}

void emit_condition(struct emit *e, const struct node *n, bool exact)
{
    switch (n->kind) {
    case NODE_AND:
    case NODE_OR: chain(e, n, exact); break;
    case NODE_NOT: negation(e, n); break;
    case NODE_COMPARE: compare(e, n, exact); break;
    case NODE_IN: in_list(e, n, exact); break;
    case NODE_WITHIN: within(e, n, exact); break;
    case NODE_IS_EMPTY: is_empty(e, n); break;
    case NODE_CONTAINS:
    case NODE_STARTS: text_test(e, n, exact); break;
    default: flag(e, n, exact); break;
    }
}

/* ---- values ---- */

/* The value in its own type, as one operand: a name, a parameter, a call or something in brackets. */
static void raw(struct emit *e, const struct node *n)
{
    switch (n->kind) {
    case NODE_NUMBER: number_literal(e, n); break;
    case NODE_TEXT:
    case NODE_CODE: bound(e, PARAM_LITERAL, value_text(n->text), "text"); break;
    case NODE_BOOL: bound(e, PARAM_LITERAL, value_int(n->number), "smallint"); break;
    case NODE_DATE: bound_date(e, PARAM_LITERAL, value_text(date_iso(e->text.arena, n->from))); break;
    case NODE_TODAY: bound_date(e, PARAM_TODAY, value_null()); break;
    case NODE_PERIOD:
    case NODE_SPAN: span_end(e, n, false); break;
    case NODE_PATH: path_steps(e, n, n->field_count); break;
    case NODE_ARITH: arith(e, n, true); break;
    case NODE_NEGATE: negate(e, n); break;
    case NODE_PERCENT: percent(e, n); break;
    case NODE_PART: part(e, n); break;
    case NODE_DAYS: days(e, n); break;
    case NODE_AFTER: after(e, n); break;
    case NODE_AGGREGATE: aggregate(e, n); break;
    case NODE_DEADLINE: deadline(e, n); break;
    case NODE_PARAMETER: parameter(e, n); break;
    default: sql(e, "null"); break;
    }
}

static bool is_condition(const struct node *n)
{
    if (n->type != FT_BOOL) return false;
    return n->kind != NODE_PATH && n->kind != NODE_BOOL;
}

/* The value as its user wants it. */
static void value(struct emit *e, const struct node *n)
{
    if (is_condition(n)) {
        sql(e, "(case when ");
        emit_condition(e, n, false);
        sql(e, " then 1 else 0 end)");
    } else if (n->type == n->as || n->kind == NODE_NUMBER) {
        raw(e, n);
    } else if (n->type == FT_MOMENT && n->as == FT_DATE) {
        either(e, "substr(", "cast(");
        raw(e, n);
        either(e, ", 1, 10)", " as date)");
    } else if (type_is_number(n->as)) {
        converted_number(e, n);
    } else {
        raw(e, n);
    }
}

void emit_value(struct emit *e, const struct node *n)
{
    value(e, n);
}

void emit_not_null(struct emit *e, const struct node *n)
{
    value(e, n);
    sql(e, " is not null");
}

void emit_self_row(struct emit *e, const struct formula_register *self)
{
    sql(e, " from ");
    name(e, self->name);
    sql(e, " as self where self");
    bound_office(e);
    sql(e, " and self.id = ?");
    bind(e, PARAM_SELF, value_null());
}

void emit_result(struct emit *e, const struct node *root)
{
    if (root->type != FT_BOOL) {
        value(e, root);
        return;
    }
    sql(e, "case when ");
    emit_condition(e, root, true);
    sql(e, " then 1 else 0 end");
}

struct emit emit_part(const struct emit *e)
{
    struct emit part = *e;
    part.text = buf_in(e->text.arena);
    part.binds = NULL;
    part.bind_count = part.bind_cap = 0;
    return part;
}

void emit_append(struct emit *e, const struct emit *part)
{
    buf_put(&e->text, buf_str(&part->text));
    for (size_t i = 0; i < part->bind_count; i++)
        ARENA_PUSH(e->text.arena, e->binds, e->bind_count, e->bind_cap, part->binds[i]);
    if (part->reference > e->reference) e->reference = part->reference;
}

void emit_literal(struct emit *e, struct value v, const char *postgres_type)
{
    bound(e, PARAM_LITERAL, v, postgres_type);
}

/* One step of the index for each stage that there is. */
void emit_pass_stages(struct emit *e, const struct formula_register *reg, const struct formula_way *way)
{
    if (!way->by_stage) return;
    sql(e, "with recursive stages(stage) as (select min(a.stage) from ");
    name(e, reg->name);
    sql(e, " as a where a");
    bound_office(e);
    sql(e, " and a.voided = 0 union all select (select min(b.stage) from ");
    name(e, reg->name);
    sql(e, " as b where b");
    bound_office(e);
    sql(e, " and b.voided = 0 and b.stage > stages.stage) from stages where stages.stage is not null) ");
}

static void join_deadline(struct emit *e, const struct formula_register *reg, const struct emit_joins *joins, size_t i)
{
    buf_putf(&e->text, " left join fz_deadline as j%zu on j%zu.office = ", i, i);
    alias(e, joins->scope);
    buf_putf(&e->text, ".office and j%zu.register = ", i);
    bound(e, PARAM_LITERAL, value_text(reg->name), "text");
    buf_putf(&e->text, " and j%zu.record = ", i);
    alias(e, joins->scope);
    buf_putf(&e->text, ".id and j%zu.name = ", i);
    bound(e, PARAM_LITERAL, value_text(joins->names[i]), "text");
}

void emit_joined_from(struct emit *e, const struct formula_register *reg, const struct emit_joins *joins)
{
    sql(e, " from ");
    name(e, reg->name);
    sql(e, " as ");
    alias(e, joins->scope);
    for (size_t i = 0; i < joins->count; i++) join_deadline(e, reg, joins, i);
}

void emit_pass_from(struct emit *e, const struct formula_register *reg, const struct emit_joins *joins,
                    const struct formula_way *way)
{
    sql(e, way->by_stage ? " from stages cross join " : " from ");
    name(e, reg->name);
    sql(e, " as ");
    alias(e, joins->scope);
    if (way->index.len) sql(e, " indexed by ");
    if (way->index.len) name(e, way->index);
    for (size_t i = 0; !joins->states && i < joins->count; i++) join_deadline(e, reg, joins, i);
    sql(e, " where ");
    alias(e, joins->scope);
    bound_office(e);
    sql(e, " and ");
    alias(e, joins->scope);
    sql(e, ".voided = 0");
    if (!way->by_stage) return;
    sql(e, " and ");
    alias(e, joins->scope);
    sql(e, ".stage = stages.stage");
}

void emit_bind(struct emit *e, enum formula_param param)
{
    bind(e, param, value_null());
}

void emit_alias(struct emit *e, int scope)
{
    alias(e, scope);
}

void emit_group_values(struct emit *e, const struct node *n)
{
    static const char *const forms[][2] = {
        [AGG_COUNT] = {"count(*", ")"},
        [AGG_EXISTS] = {"count(*", ")"},
        [AGG_DISTINCT] = {"count(distinct ", ")"},
        [AGG_SUM] = {"sum(", ")"},
        [AGG_AVERAGE] = {"cast(sum(", ") as double precision)"},
        [AGG_MIN] = {"min(", ")"},
        [AGG_MAX] = {"max(", ")"},
    };
    e->office_of = n->scope + 1;
    sql(e, forms[n->op][0]);
    if (n->kids[0]) value(e, n->kids[0]);
    sql(e, forms[n->op][1]);
    sql(e, " as v");
    if (n->op == AGG_AVERAGE) {
        sql(e, ", count(");
        value(e, n->kids[0]);
        sql(e, ") as n");
    }
    e->office_of = 0;
}

void emit_rows_where(struct emit *e, const struct node *n)
{
    e->office_of = n->scope + 1;
    rows_where(e, n);
    e->office_of = 0;
}

void emit_constant(struct emit *e, const char *constant)
{
    sql(e, constant);
}

struct formula_sql emit_done(const struct emit *e)
{
    struct formula_sql sql = {.text = buf_str(&e->text), .binds = e->binds, .bind_count = e->bind_count};
    if (!e->reads) return sql;
    sql.columns = e->reads->columns;
    sql.column_count = e->reads->count;
    return sql;
}
