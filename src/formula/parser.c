/* Tokens → syntax tree, by recursive descent; docs/formulas.md has the grammar that the functions follow. */
#include "formula/tree.h"

struct parser {
    const struct source *s;
    const struct token *tokens;
    size_t at, count;
    int depth, aggregates;
    size_t nodes;
};

static struct node *parse_or(struct parser *p);
static struct node *parse_sum(struct parser *p);
static struct node *parse_unary(struct parser *p);

static const struct token *peek(const struct parser *p, size_t ahead)
{
    size_t i = p->at + ahead;
    return &p->tokens[i < p->count ? i : p->count - 1];
}

static bool next_is(const struct parser *p, size_t ahead, const char *word)
{
    const struct token *t = peek(p, ahead);
    return (t->kind == TOKEN_NAME || t->kind == TOKEN_SYMBOL) && str_is(t->text, word);
}

static bool take(struct parser *p, const char *word)
{
    if (!next_is(p, 0, word)) return false;
    p->at++;
    return true;
}

static struct str shown(const struct parser *p)
{
    const struct token *t = peek(p, 0);
    if (t->kind == TOKEN_END) return STR("公式到此结束");
    return str_printf(p->s->a, "这里是“%.*s”", STR_ARG(t->text));
}

static bool expect(struct parser *p, const char *word, const char *why)
{
    if (take(p, word)) return true;
    struct str found = shown(p);
    return source_fault(p->s, peek(p, 0)->at, "%.*s，应是 %s%s", STR_ARG(found), word, why);
}

static struct node *node_new(struct parser *p, enum node_kind kind, size_t at)
{
    struct node *n = arena_new(p->s->a, struct node);
    n->kind = kind;
    n->at = at;
    if (++p->nodes > FORMULA_MAX_NODES) {
        source_fault(p->s, at, "公式太长：最多 %d 个部分，请拆成几个公式", FORMULA_MAX_NODES);
        return NULL;
    }
    return n;
}

static void add_kid(struct parser *p, struct node *n, struct node *kid)
{
    struct node **kids = arena_new_array(p->s->a, struct node *, n->kid_count + 1);
    for (size_t i = 0; i < n->kid_count; i++) kids[i] = n->kids[i];
    kids[n->kid_count++] = kid;
    n->kids = kids;
}

/* A node over one or two parts; NULL when the first failed. */
static struct node *node_over(struct parser *p, enum node_kind kind, enum op op, size_t at, struct node *a,
                              struct node *b)
{
    struct node *n = a ? node_new(p, kind, at) : NULL;
    if (!n) return NULL;
    n->op = op;
    n->kids = arena_new_array(p->s->a, struct node *, 2);
    n->kids[0] = a;
    n->kids[1] = b;
    n->kid_count = b ? 2 : 1;
    return n;
}

static bool enter(struct parser *p)
{
    if (++p->depth <= FORMULA_MAX_DEPTH) return true;
    return source_fault(p->s, peek(p, 0)->at, "括号和函数嵌套太深：最多 %d 层", FORMULA_MAX_DEPTH);
}

/* name { "." name } */
static struct node *parse_path(struct parser *p)
{
    const struct token *first = peek(p, 0);
    if (first->kind != TOKEN_NAME) {
        struct str found = shown(p);
        source_fault(p->s, first->at, "%.*s，应是一个名称", STR_ARG(found));
        return NULL;
    }
    struct node *n = node_new(p, NODE_PATH, first->at);
    if (!n) return NULL;
    struct str *names = arena_new_array(p->s->a, struct str, FORMULA_MAX_STEPS);
    size_t *name_at = arena_new_array(p->s->a, size_t, FORMULA_MAX_STEPS);
    n->names = names;
    n->name_at = name_at;
    name_at[0] = first->at;
    names[n->name_count++] = first->text;
    p->at++;
    while (take(p, ".")) {
        const struct token *t = peek(p, 0);
        if (t->kind != TOKEN_NAME) {
            source_fault(p->s, t->at, "点号后面应是字段名");
            return NULL;
        }
        if (n->name_count == FORMULA_MAX_STEPS) {
            source_fault(p->s, t->at, "引用的路径太长：最多 %d 级", FORMULA_MAX_STEPS);
            return NULL;
        }
        name_at[n->name_count] = t->at;
        names[n->name_count++] = t->text;
        p->at++;
    }
    return n;
}

/* register [ "." path ] [ "where" condition ] ")" */
static struct node *parse_aggregate(struct parser *p, enum op op, size_t at)
{
    struct node *n = node_new(p, NODE_AGGREGATE, at), *path, *where = NULL;
    if (!n || !(path = parse_path(p))) return NULL;
    if (++p->aggregates > FORMULA_MAX_AGGREGATES) {
        source_fault(p->s, at, "统计函数嵌套太深：最多 %d 层", FORMULA_MAX_AGGREGATES);
        return NULL;
    }
    n->op = op;
    n->text = path->names[0];
    if (take(p, "where") && !(where = parse_or(p))) return NULL;
    if (!expect(p, ")", "（条件写在 where 后面）")) return NULL;
    p->aggregates--;
    bool plain = op == AGG_COUNT || op == AGG_EXISTS;
    if (plain && path->name_count > 1) {
        source_fault(p->s, path->at, "%s 数的是记录，只写台账名；数不同的值用 count distinct(台账.字段)", op_word(op));
        return NULL;
    }
    if (!plain && path->name_count == 1) {
        source_fault(p->s, path->at, "%s 后面要写“台账.字段”，这里只有“%.*s”", op_word(op), STR_ARG(path->names[0]));
        return NULL;
    }
    n->kids = arena_new_array(p->s->a, struct node *, 2);
    n->kid_count = 2;
    n->kids[1] = where;
    if (plain) return n;
    path->names++;
    path->at = *++path->name_at;
    path->name_count--;
    n->kids[0] = path;
    return n;
}

static bool unit_follows(const struct parser *p, enum op *unit)
{
    static const struct word units[] = {
        {"days", UNIT_DAYS},     {"day", UNIT_DAYS},     {"workdays", UNIT_WORKDAYS}, {"workday", UNIT_WORKDAYS},
        {"months", UNIT_MONTHS}, {"month", UNIT_MONTHS}, {"years", UNIT_YEARS},       {"year", UNIT_YEARS},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!next_is(p, 0, units[i].word) || next_is(p, 1, "of") || next_is(p, 1, "(")) continue;
        *unit = units[i].op;
        return true;
    }
    return false;
}

/* after "(" date "," amount unit ")" */
static struct node *parse_after(struct parser *p, enum op op, size_t at)
{
    (void)op;
    struct node *date = parse_sum(p), *amount;
    enum op unit;
    if (!date || !expect(p, ",", "：after(日期, 5 workdays)") || !(amount = parse_unary(p))) return NULL;
    if (!unit_follows(p, &unit)) {
        struct str found = shown(p);
        source_fault(p->s, peek(p, 0)->at, "%.*s，应是单位 days、workdays、months 或 years", STR_ARG(found));
        return NULL;
    }
    p->at++;
    if (!expect(p, ")", "")) return NULL;
    return node_over(p, NODE_AFTER, unit, at, date, amount);
}

/* due "(" [ record "," ] name ")" */
static struct node *parse_deadline(struct parser *p, enum op op, size_t at)
{
    struct node *n = node_new(p, NODE_DEADLINE, at);
    if (!n) return NULL;
    n->op = op;
    bool quoted = peek(p, 0)->kind == TOKEN_TEXT;
    struct node *path = NULL;
    if (!quoted && !(path = parse_path(p))) return NULL;
    if (path && take(p, ",")) {
        n->kids = arena_new_array(p->s->a, struct node *, 1);
        n->kids[0] = path;
        n->kid_count = 1;
        quoted = peek(p, 0)->kind == TOKEN_TEXT;
        if (!quoted && !(path = parse_path(p))) return NULL;
    }
    if (!quoted && path->name_count > 1) {
        source_fault(p->s, path->at, "%s 里应是期限的名称，或“记录, 期限的名称”", op_word(op));
        return NULL;
    }
    n->text = quoted ? peek(p, 0)->text : path->names[0];
    if (quoted) p->at++;
    return expect(p, ")", "") ? n : NULL;
}

/* param "(" name ")" */
static struct node *parse_parameter(struct parser *p, enum op op, size_t at)
{
    (void)op;
    const struct token *t = peek(p, 0);
    if (t->kind != TOKEN_NAME) {
        struct str found = shown(p);
        source_fault(p->s, t->at, "%.*s，应是参数的名称", STR_ARG(found));
        return NULL;
    }
    struct node *n = node_new(p, NODE_PARAMETER, at);
    if (!n) return NULL;
    n->text = t->text;
    p->at++;
    return expect(p, ")", "") ? n : NULL;
}

/* a "," b ")" */
static struct node *parse_two(struct parser *p, enum node_kind kind, size_t at)
{
    struct node *a = parse_or(p), *b;
    if (!a || !expect(p, ",", "和第二个参数") || !(b = parse_or(p)) || !expect(p, ")", "")) return NULL;
    return node_over(p, kind, OP_NONE, at, a, b);
}

static struct node *parse_percent(struct parser *p, enum op op, size_t at)
{
    (void)op;
    return parse_two(p, NODE_PERCENT, at);
}

static struct node *parse_days(struct parser *p, enum op op, size_t at)
{
    (void)op;
    return parse_two(p, NODE_DAYS, at);
}

static const struct function {
    const char *name, *second; /* words before the bracket */
    enum op op;
    struct node *(*parse)(struct parser *p, enum op op, size_t at);
} functions[] = {
    {"count", "distinct", AGG_DISTINCT, parse_aggregate},
    {"count", NULL, AGG_COUNT, parse_aggregate},
    {"sum", NULL, AGG_SUM, parse_aggregate},
    {"average", NULL, AGG_AVERAGE, parse_aggregate},
    {"min", NULL, AGG_MIN, parse_aggregate},
    {"max", NULL, AGG_MAX, parse_aggregate},
    {"exists", NULL, AGG_EXISTS, parse_aggregate},
    {"percent", NULL, OP_NONE, parse_percent},
    {"days", "between", OP_NONE, parse_days},
    {"days", NULL, OP_NONE, parse_days},
    {"after", NULL, OP_NONE, parse_after},
    {"due", NULL, DEADLINE_DUE, parse_deadline},
    {"strict", NULL, DEADLINE_STRICT, parse_deadline},
    {"met", NULL, DEADLINE_MET, parse_deadline},
    {"overdue", NULL, DEADLINE_OVERDUE, parse_deadline},
    {"param", NULL, OP_NONE, parse_parameter},
};

/* The function whose words and bracket stand here. */
static const struct function *function_here(const struct parser *p)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const struct function *f = &functions[i];
        if (!next_is(p, 0, f->name)) continue;
        if (f->second ? next_is(p, 1, f->second) && next_is(p, 2, "(") : next_is(p, 1, "(")) return f;
    }
    return NULL;
}

static struct node *parse_call(struct parser *p, const struct function *f)
{
    size_t at = peek(p, 0)->at;
    p->at += f->second ? 3 : 2;
    if (!enter(p)) return NULL;
    struct node *n = f->parse(p, f->op, at);
    p->depth--;
    return n;
}

/* ("year" | "quarter" | "month" | "start" | "end") "of" primary */
static bool part_here(const struct parser *p, enum op *part)
{
    static const struct word parts[] = {
        {"year", PART_YEAR}, {"quarter", PART_QUARTER}, {"month", PART_MONTH}, {"start", PART_START}, {"end", PART_END},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!next_is(p, 0, parts[i].word) || !next_is(p, 1, "of")) continue;
        *part = parts[i].op;
        return true;
    }
    return false;
}

static struct node *parse_brackets(struct parser *p)
{
    if (!enter(p)) return NULL;
    struct node *n = parse_or(p);
    if (!n || !expect(p, ")", "（括号没有关上）")) return NULL;
    p->depth--;
    return n;
}

static struct node *parse_literal(struct parser *p)
{
    static const struct {
        const char *word;
        enum node_kind kind;
        int64_t number;
    } words[] = {
        {"yes", NODE_BOOL, 1},    {"no", NODE_BOOL, 0},       {"today", NODE_TODAY, 0},
        {"empty", NODE_EMPTY, 0}, {"period", NODE_PERIOD, 0},
    };
    static const enum node_kind kinds[] = {
        [TOKEN_NUMBER] = NODE_NUMBER,
        [TOKEN_TEXT] = NODE_TEXT,
        [TOKEN_DATE] = NODE_DATE,
        [TOKEN_SPAN] = NODE_SPAN,
    };
    const struct token *t = peek(p, 0);
    if (t->kind == TOKEN_NAME) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (!take(p, words[i].word)) continue;
            struct node *n = node_new(p, words[i].kind, t->at);
            if (n) n->number = words[i].number;
            return n;
        }
        if (name_is_bare(t->text) || str_is(t->text, "self") || (unsigned char)t->text.s[0] >= 0x80)
            return parse_path(p);
    }
    if (t->kind == TOKEN_END || t->kind == TOKEN_NAME || t->kind == TOKEN_SYMBOL) {
        struct str found = shown(p);
        source_fault(p->s, t->at, "%.*s，应是一个值、字段或函数", STR_ARG(found));
        return NULL;
    }
    struct node *n = node_new(p, kinds[t->kind], t->at);
    if (!n) return NULL;
    n->number = t->number;
    if (t->kind == TOKEN_TEXT) n->text = t->text;
    n->from = t->from;
    n->to = t->to;
    p->at++;
    return n;
}

static struct node *parse_primary(struct parser *p)
{
    enum op part;
    if (take(p, "(")) return parse_brackets(p);
    if (part_here(p, &part)) {
        size_t at = peek(p, 0)->at;
        p->at += 2;
        if (!enter(p)) return NULL;
        struct node *n = node_over(p, NODE_PART, part, at, parse_primary(p), NULL);
        p->depth--;
        return n;
    }
    const struct function *f = function_here(p);
    if (f) return parse_call(p, f);
    const struct token *t = peek(p, 0);
    if (t->kind == TOKEN_NAME && next_is(p, 1, "(") && name_is_bare(t->text)) {
        source_fault(p->s, t->at,
                     "没有函数“%.*s”；有：count、count distinct、sum、average、min、max、exists、percent、days、"
                     "after、due、strict、met、overdue、param",
                     STR_ARG(t->text));
        return NULL;
    }
    return parse_literal(p);
}

static struct node *parse_unary(struct parser *p)
{
    const struct token *t = peek(p, 0);
    if (!take(p, "-")) return parse_primary(p);
    bool literal = peek(p, 0)->kind == TOKEN_NUMBER;
    if (!enter(p)) return NULL;
    struct node *n = parse_unary(p);
    p->depth--;
    if (!n || !literal) return node_over(p, NODE_NEGATE, OP_NONE, t->at, n, NULL);
    n->number = -n->number;
    n->at = t->at;
    return n;
}

static struct node *parse_product(struct parser *p)
{
    struct node *left = parse_unary(p);
    while (left && (next_is(p, 0, "*") || next_is(p, 0, "/"))) {
        size_t at = peek(p, 0)->at;
        enum op op = next_is(p, 0, "*") ? OP_MUL : OP_DIV;
        p->at++;
        struct node *right = parse_unary(p);
        left = right ? node_over(p, NODE_ARITH, op, at, left, right) : NULL;
    }
    return left;
}

/* date - 5 days is date + -5 days */
static struct node *shifted(struct parser *p, struct node *date, struct node *amount, enum op op, enum op unit,
                            size_t at)
{
    if (op == OP_SUB && amount->kind == NODE_NUMBER)
        amount->number = -amount->number;
    else if (op == OP_SUB)
        amount = node_over(p, NODE_NEGATE, OP_NONE, amount->at, amount, NULL);
    return amount ? node_over(p, NODE_AFTER, unit, at, date, amount) : NULL;
}

static struct node *parse_sum(struct parser *p)
{
    struct node *left = parse_product(p);
    while (left && (next_is(p, 0, "+") || next_is(p, 0, "-"))) {
        size_t at = peek(p, 0)->at;
        enum op op = next_is(p, 0, "+") ? OP_ADD : OP_SUB, unit;
        p->at++;
        struct node *right = parse_product(p);
        if (!right) return NULL;
        if (unit_follows(p, &unit)) {
            p->at++;
            left = shifted(p, left, right, op, unit, at);
        } else {
            left = node_over(p, NODE_ARITH, op, at, left, right);
        }
    }
    return left;
}

/* What follows `in` when it is no list: period or a period written out. */
static struct node *parse_span(struct parser *p)
{
    const struct token *t = peek(p, 0);
    struct node *n = node_new(p, NODE_SPAN, t->at);
    if (!n) return NULL;
    if (take(p, "period")) {
        n->kind = NODE_PERIOD;
        return n;
    }
    n->from = t->from;
    n->to = t->to;
    bool ok = t->kind == TOKEN_SPAN;
    size_t used = 1;
    if (t->kind == TOKEN_NUMBER) ok = period_parse(t->text, &n->from, &n->to);
    if (t->kind == TOKEN_DATE && next_is(p, 1, "..") && peek(p, 2)->kind == TOKEN_DATE) {
        n->to = peek(p, 2)->from;
        ok = date_cmp(n->from, n->to) <= 0;
        used = 3;
    }
    if (!ok) {
        struct str found = shown(p);
        source_fault(p->s, t->at,
                     "%.*s；in 后面应是 (值, 值)、period 或期间：2024、2024-05、2024-Q1、2024-H1、"
                     "2024-01-01..2024-06-30",
                     STR_ARG(found));
        return NULL;
    }
    p->at += used;
    return n;
}

static struct node *parse_in(struct parser *p, struct node *left, size_t at, bool negated)
{
    struct node *n;
    if (!take(p, "(")) {
        struct node *span = parse_span(p);
        n = span ? node_over(p, NODE_WITHIN, OP_NONE, at, left, span) : NULL;
        if (n) n->negated = negated;
        return n;
    }
    n = node_over(p, NODE_IN, OP_NONE, at, left, NULL);
    if (!n || !enter(p)) return NULL;
    n->negated = negated;
    do {
        struct node *item = parse_sum(p);
        if (!item) return NULL;
        add_kid(p, n, item);
    } while (take(p, ","));
    p->depth--;
    return expect(p, ")", "（列表没有关上）") ? n : NULL;
}

static bool compare_here(const struct parser *p, enum op *op)
{
    static const struct word operators[] = {
        {"=", OP_EQ}, {"!=", OP_NE}, {"<", OP_LT}, {"<=", OP_LE}, {">", OP_GT}, {">=", OP_GE},
    };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!next_is(p, 0, operators[i].word)) continue;
        *op = operators[i].op;
        return true;
    }
    return false;
}

static struct node *parse_compare(struct parser *p, struct node *left, enum op op)
{
    size_t at = peek(p, 0)->at;
    p->at++;
    struct node *right = parse_sum(p);
    enum op second;
    if (!right) return NULL;
    if (compare_here(p, &second)) {
        source_fault(p->s, peek(p, 0)->at, "比较不能连着写；请写成 a < b and b < c");
        return NULL;
    }
    return node_over(p, NODE_COMPARE, op, at, left, right);
}

static struct node *parse_is(struct parser *p, struct node *left, size_t at)
{
    bool negated = take(p, "not");
    if (!expect(p, "empty", "：is 后面只有 empty 和 not empty；比较用 =")) return NULL;
    struct node *n = node_over(p, NODE_IS_EMPTY, OP_NONE, at, left, NULL);
    if (n) n->negated = negated;
    return n;
}

static struct node *parse_comparison(struct parser *p)
{
    struct node *left = parse_sum(p), *right;
    size_t at = peek(p, 0)->at;
    enum op op;
    if (!left) return NULL;
    if (compare_here(p, &op)) return parse_compare(p, left, op);
    if (take(p, "in")) return parse_in(p, left, at, false);
    if (next_is(p, 0, "not") && next_is(p, 1, "in")) {
        p->at += 2;
        return parse_in(p, left, at, true);
    }
    if (take(p, "is")) return parse_is(p, left, at);
    if (take(p, "contains")) {
        right = parse_sum(p);
        return right ? node_over(p, NODE_CONTAINS, OP_NONE, at, left, right) : NULL;
    }
    if (take(p, "starts")) {
        if (!expect(p, "with", "") || !(right = parse_sum(p))) return NULL;
        return node_over(p, NODE_STARTS, OP_NONE, at, left, right);
    }
    if (next_is(p, 0, "not")) {
        source_fault(p->s, at, "not 写在整个条件前面：not (a contains 'b')；这里只能是 not in");
        return NULL;
    }
    return left;
}

static struct node *parse_not(struct parser *p)
{
    size_t at = peek(p, 0)->at;
    if (!take(p, "not")) return parse_comparison(p);
    if (!enter(p)) return NULL;
    struct node *n = node_over(p, NODE_NOT, OP_NONE, at, parse_not(p), NULL);
    p->depth--;
    return n;
}

/* part { word part } as one node of many kids */
static struct node *parse_chain(struct parser *p, const char *word, enum node_kind kind,
                                struct node *(*part)(struct parser *))
{
    struct node *first = part(p), *chain;
    if (!first || !next_is(p, 0, word)) return first;
    if (!(chain = node_over(p, kind, OP_NONE, peek(p, 0)->at, first, NULL))) return NULL;
    while (take(p, word)) {
        struct node *next = part(p);
        if (!next) return NULL;
        add_kid(p, chain, next);
    }
    return chain;
}

static struct node *parse_and(struct parser *p)
{
    return parse_chain(p, "and", NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *p)
{
    return parse_chain(p, "or", NODE_OR, parse_and);
}

struct node *parse_tokens(const struct source *s, const struct token *tokens, size_t count)
{
    struct parser p = {.s = s, .tokens = tokens, .count = count};
    if (count == 1) {
        source_fault(s, 0, "公式是空的");
        return NULL;
    }
    struct node *n = parse_or(&p);
    if (!n) return NULL;
    if (peek(&p, 0)->kind != TOKEN_END) {
        struct str found = shown(&p);
        source_fault(s, peek(&p, 0)->at, "%.*s，前面的公式已经完整；是不是少了 and 或 or", STR_ARG(found));
        return NULL;
    }
    return n;
}
