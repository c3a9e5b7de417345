/* What a name means where it stands, and what was probably meant when it means nothing. */
#include "base/distance.h"
#include "base/utf8.h"
#include "formula/tree.h"

enum { MOST_SHOWN = 12 };

const struct formula_field *register_field(const struct formula_register *reg, struct str name)
{
    for (size_t i = 0; reg && i < reg->field_count; i++)
        if (str_eq(reg->fields[i].name, name)) return &reg->fields[i];
    return NULL;
}

/* Fields whose name is at most `limit` changes away, nearest first, at most three. */
static size_t nearest(const struct formula_register *reg, struct str name, const struct formula_field *found[3])
{
    size_t limit = name.len < 6 ? 2 : name.len / 3, count = 0;
    for (size_t d = 0; d <= limit; d++)
        for (size_t i = 0; i < reg->field_count && count < 3; i++)
            if (name_distance(reg->fields[i].name, name) == d) found[count++] = &reg->fields[i];
    return count;
}

static void put_field(struct buf *b, const struct formula_field *f, bool first)
{
    buf_putf(b, "%s%.*s（%.*s）", first ? "" : "、", STR_ARG(f->name), STR_ARG(f->label));
}

/* A field of an enclosing row must be written with the row's name. */
static bool fault_enclosing(const struct source *s, size_t at, struct str name, const struct scope *scope)
{
    for (const struct scope *o = scope->outer; o; o = o->outer) {
        if (!register_field(o->reg, name)) continue;
        struct str row = o->depth == 0 ? STR("self") : o->reg->name;
        source_fault(s, at, "「%.*s」没有字段 %.*s；外层记录的字段要写 %.*s.%.*s", STR_ARG(scope->reg->label),
                     STR_ARG(name), STR_ARG(row), STR_ARG(name));
        return true;
    }
    return false;
}

bool fault_unknown_field(const struct source *s, size_t at, const struct formula_register *reg, struct str name,
                         const struct scope *scope)
{
    struct buf b = buf_in(s->a);
    const struct formula_field *near[3];
    for (size_t i = 0; i < reg->field_count; i++)
        if (str_eq(reg->fields[i].label, name))
            return source_fault(s, at, "公式里写字段名，不写中文名称：「%.*s」是 %.*s", STR_ARG(name),
                                STR_ARG(reg->fields[i].name));
    if (scope && fault_enclosing(s, at, name, scope)) return false;
    size_t count = nearest(reg, name, near);
    for (size_t i = 0; i < count; i++) put_field(&b, near[i], i == 0);
    if (count > 0)
        return source_fault(s, at, "「%.*s」没有字段 %.*s，是不是 %.*s", STR_ARG(reg->label), STR_ARG(name),
                            STR_ARG(buf_str(&b)));
    for (size_t i = 0; i < reg->field_count && i < MOST_SHOWN; i++) put_field(&b, &reg->fields[i], i == 0);
    return source_fault(s, at, "「%.*s」没有字段 %.*s；它的字段有：%.*s%s", STR_ARG(reg->label), STR_ARG(name),
                        STR_ARG(buf_str(&b)), reg->field_count > MOST_SHOWN ? " 等" : "");
}

bool fault_unknown_code(const struct source *s, size_t at, const struct formula_codes *codes, struct str label,
                        struct str key)
{
    struct str keys[MOST_SHOWN + 1];
    struct buf b = buf_in(s->a);
    const struct formula_schema *schema = s->ctx->schema;
    size_t count = schema->list_codes(schema->context, codes, keys, MOST_SHOWN + 1);
    for (size_t i = 0; i < count && i < MOST_SHOWN; i++) {
        struct str name = {0};
        schema->find_code(schema->context, codes, keys[i], &name);
        buf_putf(&b, "%s%.*s（%.*s）", i ? "、" : "", STR_ARG(keys[i]), STR_ARG(name));
    }
    return source_fault(s, at, "“%.*s”不是「%.*s」的代码；可以是：%.*s%s", STR_ARG(key), STR_ARG(label),
                        STR_ARG(buf_str(&b)), count > MOST_SHOWN ? " 等" : "");
}

bool fault_unknown_deadline(const struct source *s, size_t at, const struct formula_register *reg, struct str name)
{
    struct buf b = buf_in(s->a);
    for (size_t i = 0; i < reg->deadline_count && i < MOST_SHOWN; i++)
        buf_putf(&b, "%s%.*s", i ? "、" : "", STR_ARG(reg->deadlines[i]));
    if (reg->deadline_count == 0)
        return source_fault(s, at, "「%.*s」没有期限，这里却写了期限“%.*s”", STR_ARG(reg->label), STR_ARG(name));
    return source_fault(s, at, "「%.*s」没有期限“%.*s”；它的期限有：%.*s", STR_ARG(reg->label), STR_ARG(name),
                        STR_ARG(buf_str(&b)));
}

/* The row that a first name denotes: self, or a register whose record stands around this place. Of several with one
 * name the nearest around is meant, the innermost row itself only when there is none around it. */
static const struct scope *row_named(const struct scope *scope, struct str name)
{
    if (str_is(name, "self")) {
        while (scope && scope->depth > 0) scope = scope->outer;
        return scope;
    }
    for (const struct scope *o = scope ? scope->outer : NULL; o; o = o->outer)
        if (str_eq(o->reg->name, name)) return o;
    return scope && str_eq(scope->reg->name, name) ? scope : NULL;
}

bool path_resolves(const struct node *n, const struct scope *scope)
{
    if (scope && register_field(scope->reg, n->names[0])) return true;
    return row_named(scope, n->names[0]) != NULL;
}

static bool fault_first_name(const struct source *s, const struct node *n, const struct scope *scope)
{
    struct str name = n->names[0];
    const struct formula_schema *schema = s->ctx->schema;
    if (str_is(name, "self")) return source_fault(s, n->at, "这个公式不属于某一条记录，不能用 self");
    if (!scope)
        return source_fault(s, n->at, "这里没有记录，不能用“%.*s”；字段只能写在 count(台账 where …) 之类的函数里",
                            STR_ARG(name));
    if (!register_field(scope->reg, name) && schema->find_register(schema->context, name))
        return source_fault(s, n->at, "“%.*s”是台账，它不在外层；要查它的记录请写 exists(%.*s where …) 或 count(…)",
                            STR_ARG(name), STR_ARG(name));
    return fault_unknown_field(s, n->at, scope->reg, name, scope);
}

/* Whether the value of the field may be used at all, and as the start of another step. */
static bool step_allowed(const struct source *s, size_t at, const struct formula_field *f, bool last,
                         bool sealed_allowed)
{
    if ((f->sealed || f->type == FT_ATTACHMENT) && !(last && sealed_allowed))
        return source_fault(s, at, "「%.*s」是%s，公式里只能问 is empty 或 is not empty", STR_ARG(f->label),
                            f->sealed ? "保密字段" : "附件");
    if (!last && f->type != FT_RECORD)
        return source_fault(s, at, "「%.*s」是%s，不是对记录的引用，后面不能再接字段", STR_ARG(f->label),
                            type_name(f->type));
    return true;
}

bool resolve_path(const struct source *s, struct node *n, const struct scope *scope, bool bare, bool sealed_allowed)
{
    size_t step = 0;
    const struct scope *row = scope;
    if (!bare && (!scope || !register_field(scope->reg, n->names[0]))) {
        row = row_named(scope, n->names[0]);
        if (!row) return fault_first_name(s, n, scope);
        step = 1;
    }
    const struct formula_register *reg = row->reg;
    n->scope = row->depth;
    n->fields = arena_new_array(s->a, const struct formula_field *, FORMULA_MAX_STEPS);
    n->type = FT_RECORD;
    n->reg = reg;
    for (; step < n->name_count; step++) {
        const struct formula_field *f = register_field(reg, n->names[step]);
        if (!f) return fault_unknown_field(s, n->name_at[step], reg, n->names[step], NULL);
        if (!step_allowed(s, n->name_at[step], f, step + 1 == n->name_count, sealed_allowed)) return false;
        n->fields[n->field_count++] = f;
        n->type = f->type;
        n->codes = f->codes;
        n->reg = reg = f->type == FT_RECORD ? f->target : NULL;
    }
    n->as = n->type;
    return true;
}
