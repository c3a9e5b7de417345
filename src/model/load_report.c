/* reports/…: prose with figures, lists drawn from records. */
#include "base/buf.h"
#include "model/loading.h"

/* Prose under way. */
struct prose_reading {
    struct loading *l;
    const struct yaml_node *node;
    const struct reg *from;  /* in a list's template: whose fields may be named */
    struct prose_piece *pieces;
    size_t count, cap;
    struct buf literal;
};

static void flush(struct prose_reading *p)
{
    if (p->literal.len == 0) return;
    struct prose_piece piece = {.text = str_copy(p->l->arena, buf_str(&p->literal))};
    ARENA_PUSH(p->l->arena, p->pieces, p->count, p->cap, piece);
    buf_clear(&p->literal);
}

/* name|about 100, name|chinese */
static void put_figure(struct prose_reading *p, struct str inner)
{
    size_t bar = str_find(inner, STR("|"), 0);
    struct str name = str_trim(str_slice(inner, 0, bar == SIZE_MAX ? inner.len : bar));
    struct str how = bar == SIZE_MAX ? STR("") : str_trim(str_slice(inner, bar + 1, inner.len));
    struct prose_piece piece = {.figure = model_figure(p->l->model, name)};
    int64_t round;
    if (!piece.figure) load_fault(p->l, p->node, "没有数字「%.*s」", STR_ARG(name));
    if (str_is(how, "chinese")) {
        piece.show = SHOW_CHINESE;
    } else if (str_starts(how, STR("about ")) && str_to_i64(str_slice(how, 6, how.len), &round) && round > 1 &&
               round <= 1000000) {
        piece.show = SHOW_ABOUT;
        piece.about = (int)round;
    } else if (how.len) {
        load_fault(p->l, p->node, "「%.*s」只能写 about 100 这样的整数，或者 chinese", STR_ARG(how));
    }
    if (piece.figure) ARENA_PUSH(p->l->arena, p->pieces, p->count, p->cap, piece);
}

static void put_field(struct prose_reading *p, struct str name)
{
    static const char *const everywhere[] = {"year", "next_year", "office", "full_name"};
    static const char *const in_lists[] = {"ordinal", "index", "number"};
    bool known = false;
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++) known = known || str_is(name, everywhere[i]);
    for (size_t i = 0; p->from && i < sizeof in_lists / sizeof *in_lists; i++)
        known = known || str_is(name, in_lists[i]);
    const struct field *f = p->from ? reg_field(p->from, name) : NULL;
    if (f && f->private_) load_fault(p->l, p->node, "「%.*s」是隐私信息，不能写进报告", STR_ARG(name));
    else if (!known && !f) load_fault(p->l, p->node, "这里没有「{%.*s}」可用", STR_ARG(name));
    struct prose_piece piece = {.field = name};
    ARENA_PUSH(p->l->arena, p->pieces, p->count, p->cap, piece);
}

/* Takes what stands between `open` and `close` at `*at` and moves behind it; reports when it is not closed. */
static bool take_between(struct prose_reading *p, struct str t, size_t *at, struct str open, struct str close,
                         struct str *inner)
{
    size_t end = str_find(t, close, *at + open.len);
    if (end == SIZE_MAX) return load_fault(p->l, p->node, "「%.*s」没有结束", STR_ARG(open));
    *inner = str_slice(t, *at + open.len, end);
    *at = end + close.len;
    return true;
}

static struct prose load_prose(struct loading *l, const struct yaml_node *map, const char *key, const struct reg *from,
                               bool required)
{
    struct str t = load_text(l, map, key, required);
    const struct yaml_node *node = yaml_get(map, key);
    struct prose_reading p = {.l = l, .node = node ? node : map, .from = from, .literal = buf_in(l->arena)};
    for (size_t at = 0; at < t.len;) {
        struct str rest = str_slice(t, at, t.len);
        struct str inner;
        bool doubled = str_starts(rest, STR("{{")) || str_starts(rest, STR("}}"));
        if (doubled) {
            buf_putc(&p.literal, t.s[at]);
            at += 2;
        } else if (str_starts(rest, STR("[[[["))) {
            buf_puts(&p.literal, "[[");
            at += 4;
        } else if (str_starts(rest, STR("[["))) {
            flush(&p);
            if (!take_between(&p, t, &at, STR("[["), STR("]]"), &inner)) break;
            put_figure(&p, inner);
        } else if (str_starts(rest, STR("{"))) {
            flush(&p);
            if (!take_between(&p, t, &at, STR("{"), STR("}"), &inner)) break;
            put_field(&p, inner);
        } else {
            buf_putc(&p.literal, t.s[at++]);
        }
    }
    flush(&p);
    return (struct prose){p.pieces, p.count};
}

static void load_list(struct loading *l, const struct yaml_node *n, struct report_item *item)
{
    if (!load_map(l, n, "before from where order each between after none")) return;
    struct str from = load_text(l, n, "from", true);
    item->from = model_reg(l->model, from);
    if (!item->from) {
        load_fault(l, n, "没有台账「%.*s」", STR_ARG(from));
        return;
    }
    struct formula_context ctx = load_context(l, n, item->from);
    ctx.has_period = true;
    item->where = load_formula(l, n, "where", &ctx, FT_BOOL, false);
    struct str *order;
    item->order_count = load_names(l, n, "order", &order);
    item->order = order;
    item->text = load_prose(l, n, "before", NULL, false);
    item->each = load_prose(l, n, "each", item->from, true);
    item->between = load_text(l, n, "between", false);
    item->after = load_prose(l, n, "after", NULL, false);
    item->none = load_prose(l, n, "none", NULL, false);
}

static void load_item(struct loading *l, const struct yaml_node *n, struct report_item *item)
{
    static const char *const headings[] = {"heading", "heading2", "heading3"};
    if (!load_map(l, n, "heading heading2 heading3 paragraph list when")) return;
    struct formula_context ctx = load_context(l, n, NULL);
    ctx.has_period = true;
    item->when = load_formula(l, n, "when", &ctx, FT_BOOL, false);
    for (int i = 0; i < 3; i++) {
        if (!yaml_get(n, headings[i])) continue;
        item->part = REPORT_HEADING;
        item->level = i + 1;
        item->text = load_prose(l, n, headings[i], NULL, true);
        return;
    }
    if (yaml_get(n, "paragraph")) {
        item->part = REPORT_PARAGRAPH;
        item->text = load_prose(l, n, "paragraph", NULL, true);
    } else if (yaml_get(n, "list")) {
        item->part = REPORT_LIST;
        load_list(l, yaml_get(n, "list"), item);
    } else {
        load_fault(l, n, "这里要写 heading、heading2、heading3、paragraph 或者 list");
    }
}

void load_report(struct loading *l, const struct yaml_node *root)
{
    if (!load_map(l, root, "report label title cite rule verified body")) return;
    size_t count = l->model->report_count;
    struct report *all = arena_new_array(l->arena, struct report, count + 1);
    for (size_t i = 0; i < count; i++) all[i] = l->model->reports[i];
    struct report *r = &all[count];
    r->name = load_text(l, root, "report", true);
    r->label = load_text(l, root, "label", true);
    r->title = load_prose(l, root, "title", NULL, true);
    r->cite = load_citation(l, root);
    const struct yaml_node *body = yaml_get(root, "body");
    if (!body || body->kind != YAML_LIST) {
        load_fault(l, root, "缺少 body：报告的内容要写成列表");
    } else {
        struct report_item *items = arena_new_array(l->arena, struct report_item, body->count + 1);
        for (size_t i = 0; i < body->count; i++) load_item(l, body->kids[i], &items[i]);
        r->items = items;
        r->item_count = body->count;
    }
    l->model->reports = all;
    l->model->report_count = count + 1;
}
