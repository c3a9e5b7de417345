/* The tree printed as source text again: the fewest brackets that parse to the same tree. */
#include "formula/tree.h"

/* How tightly a form binds; a part that binds less than its place wants gets brackets. */
enum { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY, LEVEL_PRIMARY };

static void put(struct buf *b, const struct node *n, int level);

static int level_of(const struct node *n)
{
    switch (n->kind) {
    case NODE_OR: return LEVEL_OR;
    case NODE_AND: return LEVEL_AND;
    case NODE_NOT: return LEVEL_NOT;
    case NODE_COMPARE:
    case NODE_IN:
    case NODE_WITHIN:
    case NODE_IS_EMPTY:
    case NODE_CONTAINS:
    case NODE_STARTS: return LEVEL_COMPARE;
    case NODE_ARITH: return n->op == OP_ADD || n->op == OP_SUB ? LEVEL_SUM : LEVEL_PRODUCT;
    case NODE_NEGATE: return LEVEL_UNARY;
    case NODE_NUMBER: return n->number < 0 ? LEVEL_UNARY : LEVEL_PRIMARY;
    default: return LEVEL_PRIMARY;
    }
}

static void put_quoted(struct buf *b, struct str t)
{
    buf_putc(b, '\'');
    for (size_t i = 0; i < t.len; i++) {
        if (t.s[i] == '\'') buf_putc(b, '\'');
        buf_putc(b, t.s[i]);
    }
    buf_putc(b, '\'');
}

/* Ten-thousandths without useless zeros. */
static void put_number(struct buf *b, int64_t number)
{
    int64_t size = number < 0 ? -number : number, fraction = size % DECIMAL_SCALE;
    if (number < 0) buf_putc(b, '-');
    buf_put_i64(b, size / DECIMAL_SCALE);
    if (fraction == 0) return;
    buf_putc(b, '.');
    for (int64_t unit = DECIMAL_SCALE / 10; fraction > 0; fraction %= unit, unit /= 10)
        buf_putc(b, (char)('0' + fraction / unit));
}

static void put_path(struct buf *b, const struct node *n)
{
    for (size_t i = 0; i < n->name_count; i++) {
        if (i) buf_putc(b, '.');
        buf_put(b, n->names[i]);
    }
}

static void put_list(struct buf *b, const struct node *n, size_t from, const char *between, int level)
{
    for (size_t i = from; i < n->kid_count; i++) {
        if (i > from) buf_puts(b, between);
        put(b, n->kids[i], level);
    }
}

static void put_aggregate(struct buf *b, const struct node *n)
{
    buf_putf(b, "%s(%.*s", op_word(n->op), STR_ARG(n->text));
    if (n->kids[0]) {
        buf_putc(b, '.');
        put_path(b, n->kids[0]);
    }
    if (n->kids[1]) {
        buf_puts(b, " where ");
        put(b, n->kids[1], LEVEL_OR);
    }
    buf_putc(b, ')');
}

static void put_comparison(struct buf *b, const struct node *n)
{
    put(b, n->kids[0], LEVEL_SUM);
    switch (n->kind) {
    case NODE_COMPARE: buf_putf(b, " %s ", op_word(n->op)); break;
    case NODE_CONTAINS: buf_puts(b, " contains "); break;
    case NODE_STARTS: buf_puts(b, " starts with "); break;
    case NODE_IS_EMPTY: buf_puts(b, n->negated ? " is not empty" : " is empty"); return;
    default: buf_puts(b, n->negated ? " not in " : " in "); break;
    }
    if (n->kind != NODE_IN) {
        put(b, n->kids[1], LEVEL_SUM);
        return;
    }
    buf_putc(b, '(');
    put_list(b, n, 1, ", ", LEVEL_SUM);
    buf_putc(b, ')');
}

static void put_call(struct buf *b, const struct node *n)
{
    switch (n->kind) {
    case NODE_PERCENT: buf_puts(b, "percent("); break;
    case NODE_DAYS: buf_puts(b, "days("); break;
    default: buf_putf(b, "%s(", op_word(n->op)); break;
    }
    put_list(b, n, 0, ", ", LEVEL_OR);
    buf_putc(b, ')');
}

static void put_after(struct buf *b, const struct node *n)
{
    buf_puts(b, "after(");
    put(b, n->kids[0], LEVEL_SUM);
    buf_puts(b, ", ");
    put(b, n->kids[1], LEVEL_UNARY);
    buf_putf(b, " %s)", op_word(n->op));
}

static void put_deadline(struct buf *b, const struct node *n)
{
    buf_putf(b, "%s(", op_word(n->op));
    if (n->kid_count > 0) {
        put(b, n->kids[0], LEVEL_PRIMARY);
        buf_puts(b, ", ");
    }
    if (name_is_bare(n->text))
        buf_put(b, n->text);
    else
        put_quoted(b, n->text);
    buf_putc(b, ')');
}

static void put_bare(struct buf *b, const struct node *n)
{
    switch (n->kind) {
    case NODE_NUMBER: put_number(b, n->number); break;
    case NODE_TEXT: put_quoted(b, n->text); break;
    case NODE_CODE:
        if (n->quoted)
            put_quoted(b, n->text);
        else
            buf_put(b, n->text);
        break;
    case NODE_BOOL: buf_puts(b, n->number ? "yes" : "no"); break;
    case NODE_DATE: buf_put(b, date_iso(b->arena, n->from)); break;
    case NODE_EMPTY: buf_puts(b, "empty"); break;
    case NODE_TODAY: buf_puts(b, "today"); break;
    case NODE_PERIOD: buf_puts(b, "period"); break;
    case NODE_SPAN: buf_put(b, period_text(b->arena, n->from, n->to)); break;
    case NODE_PATH: put_path(b, n); break;
    case NODE_ARITH: {
        int level = level_of(n);
        put(b, n->kids[0], level);
        buf_putf(b, " %s ", op_word(n->op));
        put(b, n->kids[1], level + 1);
        break;
    }
    case NODE_NEGATE:
        buf_putc(b, '-');
        if (n->kids[0]->kind == NODE_NUMBER && n->kids[0]->number >= 0)
            put(b, n->kids[0], LEVEL_PRIMARY + 1); /* -(5) is no literal */
        else
            put(b, n->kids[0], LEVEL_UNARY);
        break;
    case NODE_AND: put_list(b, n, 0, " and ", LEVEL_AND + 1); break;
    case NODE_OR: put_list(b, n, 0, " or ", LEVEL_OR + 1); break;
    case NODE_NOT:
        buf_puts(b, "not ");
        put(b, n->kids[0], LEVEL_NOT);
        break;
    case NODE_PART:
        buf_putf(b, "%s of ", op_word(n->op));
        put(b, n->kids[0], LEVEL_PRIMARY);
        break;
    case NODE_AFTER: put_after(b, n); break;
    case NODE_AGGREGATE: put_aggregate(b, n); break;
    case NODE_DEADLINE: put_deadline(b, n); break;
    case NODE_PARAMETER: buf_putf(b, "param(%.*s)", STR_ARG(n->text)); break;
    case NODE_DAYS:
    case NODE_PERCENT: put_call(b, n); break;
    default: put_comparison(b, n); break;
    }
}

static void put(struct buf *b, const struct node *n, int level)
{
    bool brackets = level_of(n) < level;
    if (brackets) buf_putc(b, '(');
    put_bare(b, n);
    if (brackets) buf_putc(b, ')');
}

struct str formula_text(struct arena *a, const struct formula *f)
{
    struct buf b = buf_in(a);
    put(&b, f->root, LEVEL_OR);
    return buf_str(&b);
}
