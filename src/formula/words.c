/* The tree in Chinese words, for people who read a figure's page and not formulas. */
#include "formula/tree.h"

static void say(struct buf *b, const struct node *n);

static const char *unit_word(enum op op)
{
    switch (op) {
    case UNIT_DAYS: return "日";
    case UNIT_WORKDAYS: return "个工作日";
    case UNIT_MONTHS: return "个月";
    default: return "年";
    }
}

static void say_label(struct buf *b, struct str label)
{
    buf_putf(b, "「%.*s」", STR_ARG(label));
}

static void say_decimal(struct buf *b, int64_t number)
{
    int64_t size = number < 0 ? -number : number, fraction = size % DECIMAL_SCALE;
    if (number < 0) buf_puts(b, "负");
    buf_put_i64(b, size / DECIMAL_SCALE);
    if (fraction) buf_putc(b, '.');
    for (int64_t unit = DECIMAL_SCALE / 10; fraction > 0; fraction %= unit, unit /= 10)
        buf_putc(b, (char)('0' + fraction / unit));
}

static void say_number(struct buf *b, const struct node *n)
{
    say_decimal(b, n->number);
    if (n->as == FT_MONEY) buf_puts(b, "元");
}

/* 「事项」的「编号」; the row itself: 该「信访事项」, 本记录 */
static void say_path(struct buf *b, const struct node *n)
{
    bool from_row = n->name_count > n->field_count; /* begins with self or a register's name */
    if (from_row && str_is(n->names[0], "self"))
        buf_puts(b, "本记录");
    else if (from_row && n->field_count == 0)
        buf_putf(b, "该「%.*s」", STR_ARG(n->reg->label));
    else if (from_row)
        buf_puts(b, "外层记录");
    for (size_t i = 0; i < n->field_count; i++) {
        if (i > 0 || from_row) buf_puts(b, "的");
        say_label(b, n->fields[i]->label);
    }
}

/* A part in brackets when it consists of several. */
static void say_part(struct buf *b, const struct node *n)
{
    bool brackets = n->kind == NODE_AND || n->kind == NODE_OR || n->kind == NODE_ARITH || n->kind == NODE_NEGATE;
    if (brackets) buf_puts(b, "（");
    say(b, n);
    if (brackets) buf_puts(b, "）");
}

static bool is_date(const struct node *n)
{
    return n->type == FT_DATE || n->type == FT_MOMENT;
}

static const char *compare_word(const struct node *n)
{
    static const char *const numbers[] = {[OP_EQ] = "等于",   [OP_NE] = "不等于", [OP_LT] = "少于",
                                          [OP_LE] = "不超过", [OP_GT] = "超过",   [OP_GE] = "不少于"};
    static const char *const dates[] = {
        [OP_EQ] = "为", [OP_NE] = "不为", [OP_LT] = "早于", [OP_LE] = "不晚于", [OP_GT] = "晚于", [OP_GE] = "不早于"};
    static const char *const texts[] = {[OP_EQ] = "为",           [OP_NE] = "不为",       [OP_LT] = "排在其前：",
                                        [OP_LE] = "不排在其后：", [OP_GT] = "排在其后：", [OP_GE] = "不排在其前："};
    if (type_is_number(n->kids[0]->type)) return numbers[n->op];
    return is_date(n->kids[0]) ? dates[n->op] : texts[n->op];
}

/* A yes/no field beside another value is named alone, without the 为是 that makes a condition of it. */
static void say_operand(struct buf *b, const struct node *n)
{
    if (n->kind == NODE_PATH)
        say_path(b, n);
    else
        say_part(b, n);
}

static void say_compare(struct buf *b, const struct node *n)
{
    const struct node *right = n->kids[1];
    say_operand(b, n->kids[0]);
    buf_puts(b, compare_word(n));
    say_operand(b, right);
    if (n->kids[0]->type == FT_PERCENT && right->kind == NODE_NUMBER) buf_puts(b, "%");
}

static void say_in(struct buf *b, const struct node *n)
{
    say_operand(b, n->kids[0]);
    buf_puts(b, n->negated ? "不为" : "为");
    for (size_t i = 1; i < n->kid_count; i++) {
        if (i > 1) buf_puts(b, i + 1 == n->kid_count ? "或" : "、");
        say_operand(b, n->kids[i]);
    }
}

static void say_within(struct buf *b, const struct node *n)
{
    say_part(b, n->kids[0]);
    buf_puts(b, n->negated ? "不在" : "在");
    say(b, n->kids[1]);
    buf_puts(b, "内");
}

static void say_text_test(struct buf *b, const struct node *n, const char *before, const char *behind)
{
    say_part(b, n->kids[0]);
    buf_puts(b, before);
    say_part(b, n->kids[1]);
    buf_puts(b, behind);
}

/* Alternatives inside a conjunction, and the other way round, stand in brackets. */
static void say_chain(struct buf *b, const struct node *n)
{
    for (size_t i = 0; i < n->kid_count; i++) {
        if (i) buf_puts(b, n->kind == NODE_AND ? "且" : "或者");
        say_part(b, n->kids[i]);
    }
}

static void say_exists(struct buf *b, const struct node *n, bool negated)
{
    buf_puts(b, negated ? "没有" : "有");
    say_label(b, n->reg->label);
    if (!n->kids[1]) return;
    buf_puts(b, "（");
    say(b, n->kids[1]);
    buf_puts(b, "）");
}

static void say_not(struct buf *b, const struct node *n)
{
    const struct node *what = n->kids[0];
    if (what->kind == NODE_AGGREGATE) {
        say_exists(b, what, true);
        return;
    }
    buf_puts(b, "并非（");
    say(b, what);
    buf_puts(b, "）");
}

static struct str deadline_label(const struct node *n)
{
    for (size_t i = 0; n->reg->deadline_labels && i < n->reg->deadline_count; i++)
        if (str_eq(n->reg->deadlines[i], n->text) && n->reg->deadline_labels[i].len > 0)
            return n->reg->deadline_labels[i];
    return n->text;
}

static void say_deadline(struct buf *b, const struct node *n)
{
    if (n->kid_count > 0) {
        say_path(b, n->kids[0]);
        buf_puts(b, "的");
    }
    buf_putf(b, "“%.*s”", STR_ARG(deadline_label(n)));
    switch (n->op) {
    case DEADLINE_DUE: buf_puts(b, "期限届满日"); break;
    case DEADLINE_STRICT: buf_puts(b, "期限未顺延的届满日"); break;
    case DEADLINE_MET: buf_puts(b, "期限已按期办到"); break;
    default: buf_puts(b, "期限已逾期"); break;
    }
}

/* 「信访事项」中「收到日期」在统计期内的件数 */
static void say_aggregate(struct buf *b, const struct node *n)
{
    const struct node *of = n->kids[0];
    bool date = of && is_date(of);
    if (n->op == AGG_EXISTS) {
        say_exists(b, n, false);
        return;
    }
    say_label(b, n->reg->label);
    if (n->kids[1]) {
        buf_puts(b, "中");
        say(b, n->kids[1]);
    }
    buf_puts(b, "的");
    if (n->op == AGG_DISTINCT) buf_puts(b, "不同");
    if (of) say_path(b, of);
    switch (n->op) {
    case AGG_COUNT: buf_puts(b, "件数"); break;
    case AGG_DISTINCT: buf_puts(b, "的个数"); break;
    case AGG_SUM: buf_puts(b, "合计"); break;
    case AGG_AVERAGE: buf_puts(b, "平均值"); break;
    case AGG_MIN: buf_puts(b, date ? "中最早的" : "最小值"); break;
    default: buf_puts(b, date ? "中最晚的" : "最大值"); break;
    }
}

static void say_percent(struct buf *b, const struct node *n)
{
    buf_puts(b, "（");
    say(b, n->kids[0]);
    buf_puts(b, "）占（");
    say(b, n->kids[1]);
    buf_puts(b, "）的百分比");
}

static void say_arith(struct buf *b, const struct node *n)
{
    static const char *const words[] = {[OP_ADD] = "加", [OP_SUB] = "减", [OP_MUL] = "乘以", [OP_DIV] = "除以"};
    say_part(b, n->kids[0]);
    buf_puts(b, words[n->op]);
    say_part(b, n->kids[1]);
}

static void say_part_of_date(struct buf *b, const struct node *n)
{
    say_part(b, n->kids[0]);
    switch (n->op) {
    case PART_YEAR: buf_puts(b, "的年份"); break;
    case PART_QUARTER: buf_puts(b, "的季度"); break;
    case PART_MONTH: buf_puts(b, "的月份"); break;
    case PART_START: buf_puts(b, "首日"); break;
    default: buf_puts(b, "末日"); break;
    }
}

static void say_after(struct buf *b, const struct node *n)
{
    const struct node *amount = n->kids[1];
    bool before = amount->kind == NODE_NUMBER && amount->number < 0;
    say_part(b, n->kids[0]);
    buf_puts(b, before ? "之前" : "之后");
    if (before)
        say_decimal(b, -amount->number);
    else
        say_part(b, amount);
    buf_puts(b, unit_word(n->op));
}

static void say_days(struct buf *b, const struct node *n)
{
    buf_puts(b, "从");
    say_part(b, n->kids[0]);
    buf_puts(b, "到");
    say_part(b, n->kids[1]);
    buf_puts(b, "的天数");
}

static void say_code(struct buf *b, const struct node *n)
{
    buf_putf(b, "“%.*s”", STR_ARG(n->label.len > 0 ? n->label : n->text));
}

/* A yes/no field standing as a condition reads as 「公开」为“是”. */
static void say_condition_field(struct buf *b, const struct node *n)
{
    say_path(b, n);
    if (n->type == FT_BOOL) buf_puts(b, "为是");
}

static void say(struct buf *b, const struct node *n)
{
    switch (n->kind) {
    case NODE_NUMBER: say_number(b, n); break;
    case NODE_TEXT: buf_putf(b, "“%.*s”", STR_ARG(n->text)); break;
    case NODE_CODE: say_code(b, n); break;
    case NODE_BOOL: buf_puts(b, n->number ? "是" : "否"); break;
    case NODE_DATE: buf_put(b, date_chinese(b->arena, n->from)); break;
    case NODE_EMPTY: buf_puts(b, "空"); break;
    case NODE_TODAY: buf_puts(b, "今天"); break;
    case NODE_PERIOD: buf_puts(b, "统计期"); break;
    case NODE_SPAN: buf_put(b, period_words(b->arena, n->from, n->to)); break;
    case NODE_PATH: say_condition_field(b, n); break;
    case NODE_COMPARE: say_compare(b, n); break;
    case NODE_IN: say_in(b, n); break;
    case NODE_WITHIN: say_within(b, n); break;
    case NODE_IS_EMPTY:
        say_operand(b, n->kids[0]);
        buf_puts(b, n->negated ? "不为空" : "为空");
        break;
    case NODE_CONTAINS: say_text_test(b, n, "含有", ""); break;
    case NODE_STARTS: say_text_test(b, n, "以", "开头"); break;
    case NODE_ARITH: say_arith(b, n); break;
    case NODE_NEGATE:
        buf_puts(b, "负");
        say_part(b, n->kids[0]);
        break;
    case NODE_AND:
    case NODE_OR: say_chain(b, n); break;
    case NODE_NOT: say_not(b, n); break;
    case NODE_PART: say_part_of_date(b, n); break;
    case NODE_DAYS: say_days(b, n); break;
    case NODE_AFTER: say_after(b, n); break;
    case NODE_AGGREGATE: say_aggregate(b, n); break;
    case NODE_PERCENT: say_percent(b, n); break;
    case NODE_DEADLINE: say_deadline(b, n); break;
    case NODE_PARAMETER: buf_putf(b, "“%.*s”", STR_ARG(n->label)); break;
    }
}

struct str formula_words(struct arena *a, const struct formula *f)
{
    struct buf b = buf_in(a);
    say(&b, f->root);
    return buf_str(&b);
}
