/* Names and types: every node learns what it gives (`type`) and what its user makes of it (`as`). */
#include "formula/tree.h"

struct checker {
    const struct source *s;
    bool uses_self;
};

/* What a bare name or a quoted text stands beside: its codes decide whether it is a code. */
struct guide {
    const struct formula_codes *codes;
    struct str label;
};

static bool check(struct checker *c, struct node *n, const struct scope *scope, const struct guide *guide);

static bool check_plain(struct checker *c, struct node *n, const struct scope *scope)
{
    return check(c, n, scope, NULL);
}

static bool gives(struct node *n, enum formula_type type)
{
    n->type = n->as = type;
    return true;
}

/* The label of a field, or a word for what stands there. */
static struct str naming(const struct source *s, const struct node *n)
{
    if (n->kind == NODE_PATH && n->field_count > 0)
        return str_printf(s->a, "「%.*s」", STR_ARG(n->fields[n->field_count - 1]->label));
    if (n->kind == NODE_TEXT) return str_printf(s->a, "'%.*s'", STR_ARG(n->text));
    if (n->kind == NODE_PATH) return str_printf(s->a, "“%.*s”", STR_ARG(n->names[0]));
    return STR("这里");
}

static bool want_type(const struct checker *c, const struct node *n, enum formula_type type, const char *where)
{
    if (n->type == type) return true;
    struct str name = naming(c->s, n);
    return source_fault(c->s, n->at, "%s应是%s，%.*s是%s", where, type_name(type), STR_ARG(name), type_name(n->type));
}

static bool want_number(const struct checker *c, const struct node *n, const char *where)
{
    if (type_is_number(n->type)) return true;
    struct str name = naming(c->s, n);
    return source_fault(c->s, n->at, "%s应是数，%.*s是%s", where, STR_ARG(name), type_name(n->type));
}

/* Dates; a moment is taken as its date. */
static bool want_date(const struct checker *c, struct node *n, const char *where)
{
    if (n->type == FT_MOMENT) n->as = FT_DATE;
    if (n->type == FT_MOMENT || n->type == FT_DATE) return true;
    struct str name = naming(c->s, n);
    return source_fault(c->s, n->at, "%s应是日期，%.*s是%s；日期直接写 2024-03-01，不加引号", where, STR_ARG(name),
                        type_name(n->type));
}

/* ---- numbers of different kinds ---- */

/* How much each kind of number can express; the wider one wins. */
static int width(enum formula_type t)
{
    switch (t) {
    case FT_INTEGER: return 1;
    case FT_MONEY: return 2;
    case FT_DECIMAL: return 3;
    default: return 4;
    }
}

static enum formula_type wider(enum formula_type a, enum formula_type b)
{
    if (a == b) return a;
    return width(a) > width(b) ? a : width(b) > width(a) ? b : FT_NUMBER;
}

/* Whether a literal can be written exactly in this kind of number. */
static bool literal_fits(const struct node *n, enum formula_type t)
{
    if (t == FT_INTEGER) return n->number % DECIMAL_SCALE == 0;
    if (t == FT_MONEY) return n->number % (DECIMAL_SCALE / 100) == 0;
    return true;
}

/* Brings numbers to one kind: that of the fields, unless a literal needs a finer one. */
static void common_number(struct node *const *nodes, size_t count)
{
    enum formula_type t = FT_NONE;
    for (size_t i = 0; i < count; i++)
        if (nodes[i]->kind != NODE_NUMBER) t = t == FT_NONE ? nodes[i]->type : wider(t, nodes[i]->type);
    for (size_t i = 0; i < count; i++)
        if (nodes[i]->kind == NODE_NUMBER && (t == FT_NONE || !literal_fits(nodes[i], t)))
            t = t == FT_NONE ? nodes[i]->type : wider(t, nodes[i]->type);
    for (size_t i = 0; i < count; i++) nodes[i]->as = t;
}

/* ---- two things side by side ---- */

static bool fault_pair(const struct checker *c, const struct node *a, const struct node *b)
{
    struct str left = naming(c->s, a), right = naming(c->s, b);
    const char *hint = "";
    if (a->kind == NODE_EMPTY || b->kind == NODE_EMPTY)
        return source_fault(c->s, b->at, "是否为空要写 is empty 或 is not empty");
    if ((a->type == FT_DATE || a->type == FT_MOMENT) && b->kind == NODE_TEXT)
        hint = "；日期直接写 2024-03-01，不加引号";
    if (b->type == FT_PERIOD) hint = "；期间只能写在 in 后面，如 a in period";
    if (a->type == FT_CODE && type_is_number(b->type)) hint = "；以数字开头的代码要加引号";
    if (type_is_number(a->type) && b->kind == NODE_TEXT) hint = "；数字不加引号";
    if (a->type == FT_BOOL) hint = "；“是否”字段写 = yes 或 = no";
    return source_fault(c->s, b->at, "%.*s是%s，不能与%s比较，%.*s应是%s%s", STR_ARG(left), type_name(a->type),
                        type_name(b->type), STR_ARG(right), type_name(a->type), hint);
}

/* Whether values of both may be compared; sets the conversions of dates (numbers: common_number). */
static bool comparable(const struct checker *c, struct node *a, struct node *b)
{
    bool dates = (a->type == FT_DATE || a->type == FT_MOMENT) && (b->type == FT_DATE || b->type == FT_MOMENT);
    if (type_is_number(a->type) && type_is_number(b->type)) return true;
    if (dates && a->type != b->type) a->as = b->as = FT_DATE;
    if (dates) return true;
    if (a->type != b->type || a->type == FT_NONE || a->type == FT_PERIOD) return fault_pair(c, a, b);
    if (a->type == FT_CODE && a->codes != b->codes)
        return source_fault(c->s, b->at, "两边的代码不属于同一个代码表，不能比较");
    if (a->type == FT_RECORD && a->reg != b->reg)
        return source_fault(c->s, b->at, "左边是「%.*s」的记录，右边是「%.*s」的记录，不能比较", STR_ARG(a->reg->label),
                            STR_ARG(b->reg->label));
    return true;
}

static struct guide guide_of(const struct node *n)
{
    if (n->type != FT_CODE) return (struct guide){0};
    struct str label = n->kind == NODE_PATH ? n->fields[n->field_count - 1]->label : STR("这里");
    return (struct guide){n->codes, label};
}

/* A node that means something only beside another one: a quoted text, a name that is no field here. */
static bool is_pliable(const struct node *n, const struct scope *scope)
{
    if (n->kind == NODE_TEXT) return true;
    return n->kind == NODE_PATH && n->name_count == 1 && !path_resolves(n, scope);
}

static bool check_pair(struct checker *c, struct node *a, struct node *b, const struct scope *scope)
{
    bool turned = is_pliable(a, scope) && !is_pliable(b, scope);
    struct node *first = turned ? b : a, *second = turned ? a : b;
    if (!check_plain(c, first, scope)) return false;
    struct guide guide = guide_of(first);
    return check(c, second, scope, &guide) && comparable(c, first, second);
}

static bool same_path(const struct node *a, const struct node *b)
{
    if (a->kind != NODE_PATH || b->kind != NODE_PATH || a->scope != b->scope || a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++)
        if (a->fields[i] != b->fields[i]) return false;
    return true;
}

static bool check_compare(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *a = n->kids[0], *b = n->kids[1];
    if (!check_pair(c, a, b, scope)) return false;
    if (type_is_number(a->type)) common_number(n->kids, 2);
    bool order = n->op != OP_EQ && n->op != OP_NE;
    bool ordered = type_is_number(a->type) || a->type == FT_TEXT || a->type == FT_DATE || a->type == FT_MOMENT;
    if (order && !ordered) return source_fault(c->s, n->at, "%s没有大小，只能用 = 或 != 比较", type_name(a->type));
    if (same_path(a, b))
        return source_fault(c->s, n->at, "两边是同一个字段，比较没有意义；外层记录的字段写 self.字段 或 台账.字段");
    return gives(n, FT_BOOL);
}

static bool check_in(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *left = n->kids[0];
    if (!check_plain(c, left, scope)) return false;
    struct guide guide = guide_of(left);
    for (size_t i = 1; i < n->kid_count; i++)
        if (!check(c, n->kids[i], scope, &guide) || !comparable(c, left, n->kids[i])) return false;
    if (type_is_number(left->type)) common_number(n->kids, n->kid_count);
    for (size_t i = 1; i < n->kid_count && left->as == FT_DATE; i++) n->kids[i]->as = FT_DATE;
    return gives(n, FT_BOOL);
}

static bool check_within(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *what = n->kids[0];
    if (!check_plain(c, what, scope) || !check_plain(c, n->kids[1], scope)) return false;
    if (what->type != FT_DATE && what->type != FT_MOMENT) {
        struct str name = naming(c->s, what);
        return source_fault(c->s, what->at, "in 期间的左边应是日期或时刻，%.*s是%s", STR_ARG(name),
                            type_name(what->type));
    }
    return gives(n, FT_BOOL);
}

static bool check_is_empty(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *what = n->kids[0];
    if (what->kind == NODE_PATH ? !resolve_path(c->s, what, scope, false, true) : !check_plain(c, what, scope))
        return false;
    if (what->kind == NODE_PATH && what->scope == 0) c->uses_self = true;
    if (what->type == FT_PERIOD || what->type == FT_NONE)
        return source_fault(c->s, what->at, "is empty 的左边应是字段");
    return gives(n, FT_BOOL);
}

static bool check_text_test(struct checker *c, struct node *n, const struct scope *scope)
{
    const char *where = n->kind == NODE_CONTAINS ? "contains 的两边" : "starts with 的两边";
    for (size_t i = 0; i < 2; i++)
        if (!check_plain(c, n->kids[i], scope) || !want_type(c, n->kids[i], FT_TEXT, where)) return false;
    if (n->kids[1]->kind == NODE_TEXT && n->kids[1]->text.len == 0)
        return source_fault(c->s, n->kids[1]->at, "要找的文字是空的");
    return gives(n, FT_BOOL);
}

static bool check_logic(struct checker *c, struct node *n, const struct scope *scope)
{
    const char *where = n->kind == NODE_AND ? "and 的两边" : n->kind == NODE_OR ? "or 的两边" : "not 后面";
    for (size_t i = 0; i < n->kid_count; i++) {
        if (!check_plain(c, n->kids[i], scope)) return false;
        if (n->kids[i]->type == FT_BOOL) continue;
        struct str name = naming(c->s, n->kids[i]);
        return source_fault(c->s, n->kids[i]->at, "%s应是条件，%.*s是%s", where, STR_ARG(name),
                            type_name(n->kids[i]->type));
    }
    return gives(n, FT_BOOL);
}

/* ---- arithmetic ---- */

static bool check_product(const struct checker *c, struct node *n)
{
    struct node *a = n->kids[0], *b = n->kids[1];
    if (a->type == FT_MONEY && b->type == FT_MONEY) return source_fault(c->s, n->at, "金额不能乘以金额");
    if (a->type == FT_INTEGER && width(b->type) <= width(FT_DECIMAL)) return gives(n, b->type);
    if (b->type == FT_INTEGER && width(a->type) <= width(FT_DECIMAL)) return gives(n, a->type);
    a->as = b->as = FT_NUMBER;
    return gives(n, FT_NUMBER);
}

static bool check_arith(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *a = n->kids[0], *b = n->kids[1];
    if (!check_plain(c, a, scope) || !check_plain(c, b, scope)) return false;
    bool date = a->type == FT_DATE || a->type == FT_MOMENT;
    if (date && (b->type == FT_DATE || b->type == FT_MOMENT))
        return source_fault(c->s, n->at, "两个日期相差的天数写 days(开始, 结束)");
    if (date && type_is_number(b->type))
        return source_fault(c->s, b->at, "日期加减要写单位：+ 5 days、+ 5 workdays、+ 1 months 或 + 1 years");
    const char *where = str_cstr(c->s->a, str_printf(c->s->a, "%s 的两边", op_word(n->op)));
    if (!want_number(c, a, where) || !want_number(c, b, where)) return false;
    if (n->op == OP_MUL) return check_product(c, n);
    if (n->op == OP_DIV) {
        a->as = b->as = FT_NUMBER;
        return gives(n, FT_NUMBER);
    }
    common_number(n->kids, 2);
    return gives(n, a->as);
}

static bool check_negate(struct checker *c, struct node *n, const struct scope *scope)
{
    return check_plain(c, n->kids[0], scope) && want_number(c, n->kids[0], "负号后面") && gives(n, n->kids[0]->type);
}

static bool check_percent(struct checker *c, struct node *n, const struct scope *scope)
{
    for (size_t i = 0; i < 2; i++)
        if (!check_plain(c, n->kids[i], scope) || !want_number(c, n->kids[i], i ? "percent 的分母" : "percent 的分子"))
            return false;
    common_number(n->kids, 2);
    return gives(n, FT_PERCENT);
}

/* ---- dates ---- */

static bool check_part(struct checker *c, struct node *n, const struct scope *scope)
{
    struct node *what = n->kids[0];
    bool end = n->op == PART_START || n->op == PART_END;
    struct str where = str_printf(c->s->a, "%s of 后面", op_word(n->op));
    if (!check_plain(c, what, scope)) return false;
    if (end && what->type != FT_PERIOD)
        return source_fault(c->s, what->at, "%s of 后面应是 period，这里是%s", op_word(n->op), type_name(what->type));
    if (what->type != FT_PERIOD && !want_date(c, what, str_cstr(c->s->a, where))) return false;
    return gives(n, end ? FT_DATE : FT_INTEGER);
}

static bool check_days(struct checker *c, struct node *n, const struct scope *scope)
{
    for (size_t i = 0; i < 2; i++)
        if (!check_plain(c, n->kids[i], scope) || !want_date(c, n->kids[i], "days 的参数")) return false;
    return gives(n, FT_INTEGER);
}

static bool check_after(struct checker *c, struct node *n, const struct scope *scope)
{
    enum { MOST = 100000 }; /* days: almost 300 years */
    struct node *amount = n->kids[1];
    if (!check_plain(c, n->kids[0], scope) || !want_date(c, n->kids[0], "加时间的起点")) return false;
    if (!check_plain(c, amount, scope) || !want_type(c, amount, FT_INTEGER, "天数、月数、年数")) return false;
    int64_t number = amount->kind == NODE_NUMBER ? amount->number / DECIMAL_SCALE : 0;
    if (number > MOST || number < -MOST) return source_fault(c->s, amount->at, "这段时间太长");
    return gives(n, FT_DATE);
}

static bool check_period(struct checker *c, struct node *n, const struct scope *scope)
{
    (void)scope;
    if (!c->s->ctx->has_period) return source_fault(c->s, n->at, "这个公式没有统计期，不能用 period");
    return gives(n, FT_PERIOD);
}

/* ---- registers ---- */

static bool check_value_path(struct checker *c, struct node *n, const struct scope *inner)
{
    struct node *value = n->kids[0];
    bool extreme = n->op == AGG_MIN || n->op == AGG_MAX;
    if (!resolve_path(c->s, value, inner, true, false)) return false;
    struct str name = naming(c->s, value);
    bool date = value->type == FT_DATE || value->type == FT_MOMENT;
    if (n->op == AGG_DISTINCT) return gives(n, FT_INTEGER);
    if (!type_is_number(value->type) && !(extreme && date))
        return source_fault(c->s, value->at, "%s 里应是数%s，%.*s是%s", op_word(n->op), extreme ? "或日期" : "",
                            STR_ARG(name), type_name(value->type));
    if (n->op == AGG_AVERAGE) value->as = FT_NUMBER;
    return gives(n, value->as);
}

static bool check_aggregate(struct checker *c, struct node *n, const struct scope *scope)
{
    const struct formula_schema *schema = c->s->ctx->schema;
    n->reg = schema->find_register(schema->context, n->text);
    if (!n->reg) return source_fault(c->s, n->at, "没有台账“%.*s”；%s 里先写台账名", STR_ARG(n->text), op_word(n->op));
    struct scope inner = {.reg = n->reg, .outer = scope, .depth = scope ? scope->depth + 1 : 1};
    n->scope = inner.depth;
    struct node *where = n->kids[1];
    if (n->kids[0] && !check_value_path(c, n, &inner)) return false;
    if (where && (!check_plain(c, where, &inner) || !want_type(c, where, FT_BOOL, "where 后面"))) return false;
    if (n->op == AGG_COUNT) return gives(n, FT_INTEGER);
    return n->op == AGG_EXISTS ? gives(n, FT_BOOL) : true;
}

static bool check_deadline(struct checker *c, struct node *n, const struct scope *scope)
{
    if (n->kid_count == 0 && !scope)
        return source_fault(c->s, n->at, "这里没有记录，%s 要写在 count(台账 where …) 之类的函数里", op_word(n->op));
    if (n->kid_count > 0 &&
        (!check_plain(c, n->kids[0], scope) || !want_type(c, n->kids[0], FT_RECORD, "期限名称前面")))
        return false;
    n->reg = n->kid_count > 0 ? n->kids[0]->reg : scope->reg;
    n->scope = n->kid_count > 0 ? n->kids[0]->scope : scope->depth;
    if (n->scope == 0) c->uses_self = true;
    for (size_t i = 0; i < n->reg->deadline_count; i++) {
        if (!str_eq(n->reg->deadlines[i], n->text)) continue;
        if (n->op == DEADLINE_OVERDUE && n->reg->deadline_rights && n->reg->deadline_rights[i])
            return source_fault(c->s, n->at, "“%.*s”是行使权利的期限，期满不算逾期，不能用 overdue", STR_ARG(n->text));
        return gives(n, n->op == DEADLINE_DUE || n->op == DEADLINE_STRICT ? FT_DATE : FT_BOOL);
    }
    return fault_unknown_deadline(c->s, n->at, n->reg, n->text);
}

/* Many offices may stand beside one another in a figure: which one's value is meant only a record tells. */
static bool check_parameter(struct checker *c, struct node *n, const struct scope *scope)
{
    const struct formula_context *ctx = c->s->ctx;
    struct formula_parameter p;
    if (!ctx->schema->find_parameter || !ctx->schema->find_parameter(ctx->schema->context, n->text, &p))
        return source_fault(c->s, n->at, "没有参数“%.*s”；参数写在 parameters.yaml 里", STR_ARG(n->text));
    if (!scope) return source_fault(c->s, n->at, "参数要写在 count(台账 where …) 之类的函数里");
    n->label = p.label;
    n->number = p.otherwise;
    n->of_period = ctx->has_period;
    return gives(n, p.type);
}

/* ---- single words ---- */

static bool becomes_code(const struct checker *c, struct node *n, struct str key, const struct guide *guide)
{
    const struct formula_schema *schema = c->s->ctx->schema;
    if (!schema->find_code(schema->context, guide->codes, key, &n->label)) return false;
    n->quoted = n->kind == NODE_TEXT;
    n->kind = NODE_CODE;
    n->text = key;
    n->codes = guide->codes;
    return gives(n, FT_CODE);
}

static bool check_text(struct checker *c, struct node *n, const struct guide *guide)
{
    if (!guide || !guide->codes) return gives(n, FT_TEXT);
    return becomes_code(c, n, n->text, guide) || fault_unknown_code(c->s, n->at, guide->codes, guide->label, n->text);
}

static bool check_path(struct checker *c, struct node *n, const struct scope *scope, const struct guide *guide)
{
    bool beside_code = guide && guide->codes && n->name_count == 1;
    if (beside_code && becomes_code(c, n, n->names[0], guide)) return true;
    if (beside_code && !path_resolves(n, scope))
        return fault_unknown_code(c->s, n->at, guide->codes, guide->label, n->names[0]);
    if (!resolve_path(c->s, n, scope, false, false)) return false;
    if (n->scope == 0) c->uses_self = true;
    return true;
}

static bool check(struct checker *c, struct node *n, const struct scope *scope, const struct guide *guide)
{
    static bool (*const checks[])(struct checker *, struct node *, const struct scope *) = {
        [NODE_PERIOD] = check_period,       [NODE_COMPARE] = check_compare,   [NODE_IN] = check_in,
        [NODE_WITHIN] = check_within,       [NODE_IS_EMPTY] = check_is_empty, [NODE_CONTAINS] = check_text_test,
        [NODE_STARTS] = check_text_test,    [NODE_ARITH] = check_arith,       [NODE_NEGATE] = check_negate,
        [NODE_AND] = check_logic,           [NODE_OR] = check_logic,          [NODE_NOT] = check_logic,
        [NODE_PART] = check_part,           [NODE_DAYS] = check_days,         [NODE_AFTER] = check_after,
        [NODE_AGGREGATE] = check_aggregate, [NODE_PERCENT] = check_percent,   [NODE_DEADLINE] = check_deadline,
        [NODE_PARAMETER] = check_parameter,
    };
    switch (n->kind) {
    case NODE_NUMBER: return gives(n, literal_fits(n, FT_INTEGER) ? FT_INTEGER : FT_DECIMAL);
    case NODE_TEXT: return check_text(c, n, guide);
    case NODE_BOOL: return gives(n, FT_BOOL);
    case NODE_DATE:
    case NODE_TODAY: return gives(n, FT_DATE);
    case NODE_EMPTY: return gives(n, FT_NONE);
    case NODE_SPAN: return gives(n, FT_PERIOD);
    case NODE_PATH: return check_path(c, n, scope, guide);
    case NODE_CODE: return true;
    default: return checks[n->kind](c, n, scope);
    }
}

/* ---- the whole ---- */

/* Brings the result to the wanted type, or says what was wanted. */
static bool fit_result(const struct checker *c, struct node *root, enum formula_type want)
{
    const struct formula_context *ctx = c->s->ctx;
    if (root->type == FT_PERIOD) return source_fault(c->s, root->at, "期间只能写在 in 后面，如 a in period");
    if (want == FT_NONE || root->type == want) {
        bool other_codes = want == FT_CODE && ctx->codes && root->codes != ctx->codes;
        bool other_register = want == FT_RECORD && ctx->target && root->reg != ctx->target;
        if (other_codes) return source_fault(c->s, root->at, "这里的代码不属于所要的代码表");
        if (other_register)
            return source_fault(c->s, root->at, "这里应是「%.*s」的记录，不是「%.*s」的", STR_ARG(ctx->target->label),
                                STR_ARG(root->reg->label));
        return true;
    }
    if (root->type == FT_NONE && want != FT_BOOL) return true;
    if (want == FT_NUMBER && type_is_number(root->type)) return true;
    bool exact = root->kind == NODE_NUMBER ? literal_fits(root, want) : width(want) >= width(root->type);
    if (type_is_number(want) && want != FT_PERCENT && type_is_number(root->type) && root->type != FT_NUMBER && exact) {
        root->as = want;
        return true;
    }
    struct str name = naming(c->s, root);
    return source_fault(c->s, root->at, "这个公式应给出%s，%.*s是%s", want == FT_BOOL ? "条件" : type_name(want),
                        STR_ARG(name), type_name(root->type));
}

bool check_formula(const struct source *s, struct node *root, enum formula_type want, bool *uses_self)
{
    struct checker c = {.s = s};
    struct scope self = {.reg = s->ctx->self};
    struct guide guide = {want == FT_CODE ? s->ctx->codes : NULL, STR("这里")};
    if (!check(&c, root, s->ctx->self ? &self : NULL, &guide)) return false;
    *uses_self = c.uses_self;
    return fit_result(&c, root, want);
}
