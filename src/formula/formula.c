/* The entry to the language, and the small tables that all passes share. */
#include "formula/formula.h"

#include <stdarg.h>

#include "base/utf8.h"
#include "formula/tree.h"

static const char *const type_names[] = {
    [FT_NONE] = "空值",           [FT_TEXT] = "文字",       [FT_INTEGER] = "整数",   [FT_DECIMAL] = "小数",
    [FT_MONEY] = "金额",          [FT_NUMBER] = "数",       [FT_PERCENT] = "百分比", [FT_DATE] = "日期",
    [FT_MOMENT] = "时刻",         [FT_BOOL] = "是否",       [FT_CODE] = "代码",      [FT_ORG] = "机构",
    [FT_RECORD] = "对记录的引用", [FT_ATTACHMENT] = "附件", [FT_PERIOD] = "期间",
};

static const char *const op_words[] = {
    [OP_NONE] = "",
    [OP_EQ] = "=",
    [OP_NE] = "!=",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_ADD] = "+",
    [OP_SUB] = "-",
    [OP_MUL] = "*",
    [OP_DIV] = "/",
    [PART_YEAR] = "year",
    [PART_QUARTER] = "quarter",
    [PART_MONTH] = "month",
    [PART_START] = "start",
    [PART_END] = "end",
    [UNIT_DAYS] = "days",
    [UNIT_WORKDAYS] = "workdays",
    [UNIT_MONTHS] = "months",
    [UNIT_YEARS] = "years",
    [AGG_COUNT] = "count",
    [AGG_DISTINCT] = "count distinct",
    [AGG_SUM] = "sum",
    [AGG_AVERAGE] = "average",
    [AGG_MIN] = "min",
    [AGG_MAX] = "max",
    [AGG_EXISTS] = "exists",
    [DEADLINE_DUE] = "due",
    [DEADLINE_STRICT] = "strict",
    [DEADLINE_MET] = "met",
    [DEADLINE_OVERDUE] = "overdue",
};

const char *type_name(enum formula_type t)
{
    return type_names[t];
}

const char *op_word(enum op op)
{
    return op_words[op];
}

bool type_is_number(enum formula_type t)
{
    return t == FT_INTEGER || t == FT_DECIMAL || t == FT_MONEY || t == FT_NUMBER || t == FT_PERCENT;
}

bool formula_reserved(struct str name)
{
    static const char *const words[] = {"and",    "or",  "not", "in",    "is",    "where",  "contains",
                                        "starts", "yes", "no",  "today", "empty", "period", "self"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(name, words[i])) return true;
    return false;
}

bool name_is_bare(struct str t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return t.len > 0 && !formula_reserved(t);
}

bool source_fault(const struct source *s, size_t at, const char *format, ...)
{
    if (s->err->code != ERR_NONE) return false; /* the first fault is the cause of the others */
    struct str where = str_printf(s->a, "第%zu个字符", utf8_length(str_slice(s->text, 0, at)) + 1);
    if (s->ctx->fault_at) *s->ctx->fault_at = at;
    va_list args;
    va_start(args, format);
    error_vat(s->err, ERR_INPUT, where, format, args);
    va_end(args);
    return false;
}

static struct formula *formula_over(struct arena *a, struct node *root, const struct formula_register *self,
                                    bool uses_self)
{
    struct formula *f = arena_new(a, struct formula);
    f->root = root;
    f->self = self;
    f->uses_self = uses_self;
    return f;
}

struct formula *formula_parse(struct arena *a, struct str text, const struct formula_context *ctx,
                              enum formula_type want, struct error *err)
{
    struct error scratch = {0};
    struct source s = {.a = a, .text = text, .ctx = ctx, .err = err ? err : &scratch};
    size_t count;
    bool uses_self;
    s.err->code = ERR_NONE;
    if (text.len > FORMULA_MAX_BYTES) {
        source_fault(&s, 0, "公式太长：最多 %d 个字节", FORMULA_MAX_BYTES);
        return NULL;
    }
    if (!utf8_valid(text)) {
        source_fault(&s, 0, "公式不是有效的 UTF-8 文字");
        return NULL;
    }
    s.text = str_copy(a, text);
    struct token *tokens = lex(&s, &count);
    struct node *root = tokens ? parse_tokens(&s, tokens, count) : NULL;
    if (!root || !check_formula(&s, root, want, &uses_self)) return NULL;
    struct formula *f = formula_over(a, root, ctx->self, uses_self);
    if (formula_too_deep(a, f)) {
        source_fault(&s, root->at, "公式嵌套太深，请拆开，或先做成派生字段");
        return NULL;
    }
    for (size_t i = 0; i < 2 && root->kind == NODE_PERCENT; i++)
        f->parts[i] = formula_over(a, root->kids[i], ctx->self, uses_self);
    return f;
}

enum formula_type formula_result(const struct formula *f)
{
    return f->root->as;
}

bool formula_percent_parts(const struct formula *f, const struct formula **numerator,
                           const struct formula **denominator)
{
    if (!f->parts[0]) return false;
    *numerator = f->parts[0];
    *denominator = f->parts[1];
    return true;
}

static bool names_equal(const struct node *a, const struct node *b)
{
    if (a->name_count != b->name_count) return false;
    for (size_t i = 0; i < a->name_count; i++)
        if (!str_eq(a->names[i], b->names[i])) return false;
    return true;
}

bool node_equal(const struct node *a, const struct node *b)
{
    if (!a || !b) return a == b;
    bool same = a->kind == b->kind && a->op == b->op && a->negated == b->negated && a->quoted == b->quoted &&
                a->type == b->type && a->as == b->as && a->number == b->number && str_eq(a->text, b->text) &&
                a->from.day == b->from.day && a->to.day == b->to.day && a->scope == b->scope && a->reg == b->reg &&
                a->codes == b->codes && a->kid_count == b->kid_count && names_equal(a, b);
    for (size_t i = 0; same && i < a->kid_count; i++) same = node_equal(a->kids[i], b->kids[i]);
    return same;
}

bool formula_equal(const struct formula *a, const struct formula *b)
{
    return a->self == b->self && node_equal(a->root, b->root);
}

/* A deadline of another record than the row itself. */
static bool reads_further(const struct node *n)
{
    return n->kid_count > 0 && n->kids[0] && n->kids[0]->field_count > 0;
}

struct registers {
    const struct formula_register **list;
    size_t count, room;
};

static void add_register(struct registers *r, const struct formula_register *reg)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i] == reg) return;
    if (reg && r->count < r->room) r->list[r->count++] = reg;
}

/* `self`: the own record's register, NULL to leave the own record out. */
static void collect_registers(struct registers *r, const struct node *n, const struct formula_register *self)
{
    if (!n) return;
    bool own = n->scope == 0 && (n->kind == NODE_PATH || (n->kind == NODE_DEADLINE && !reads_further(n)));
    if (own)
        add_register(r, self);
    else if (n->kind == NODE_AGGREGATE || n->kind == NODE_DEADLINE)
        add_register(r, n->reg);
    for (size_t i = 0; n->kind == NODE_PATH && i + 1 < n->field_count; i++) add_register(r, n->fields[i]->target);
    for (size_t i = 0; i < n->kid_count; i++) collect_registers(r, n->kids[i], self);
}

size_t formula_registers(const struct formula *f, const struct formula_register **list, size_t room)
{
    struct registers r = {.list = list, .room = room};
    collect_registers(&r, f->root, f->self);
    return r.count;
}

size_t formula_other_registers(const struct formula *f, const struct formula_register **list, size_t room)
{
    struct registers r = {.list = list, .room = room};
    collect_registers(&r, f->root, NULL);
    return r.count;
}

static size_t node_reads(const struct node *n, const struct formula_field *field)
{
    if (!n) return SIZE_MAX;
    if (n->kind == NODE_PATH && n->scope == 0 && n->field_count > 0 && n->fields[0] == field)
        return n->name_at[n->name_count - n->field_count];
    for (size_t i = 0; i < n->kid_count; i++) {
        size_t at = node_reads(n->kids[i], field);
        if (at != SIZE_MAX) return at;
    }
    return SIZE_MAX;
}

size_t formula_reads(const struct formula *f, const struct formula_field *field)
{
    return node_reads(f->root, field);
}

static bool is_about_itself(const struct node *n)
{
    if (!n) return true;
    if (n->kind == NODE_AGGREGATE || n->kind == NODE_DEADLINE || (n->kind == NODE_PATH && (n->scope != 0 || n->field_count > 1)))
        return false;
    for (size_t i = 0; i < n->kid_count; i++)
        if (!is_about_itself(n->kids[i])) return false;
    return true;
}

bool formula_is_about_itself(const struct formula *f)
{
    return is_about_itself(f->root);
}
