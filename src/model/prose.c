/* Prose of reports: literal text, [[figure]] and {words}. */
#include "base/buf.h"
#include "base/distance.h"
#include "model/load.h"

struct prose_reading {
    struct loader *l;
    const struct yaml_node *n;
    const struct reg *reg;
    struct buf text; /* literal so far */
    struct prose_piece *pieces;
    size_t count, cap;
};

static void push(struct prose_reading *p, struct prose_piece piece)
{
    struct arena *a = p->l->arena;
    if (p->text.len) {
        struct prose_piece literal = {.text = str_copy(a, buf_str(&p->text))};
        ARENA_PUSH(a, p->pieces, p->count, p->cap, literal);
        buf_clear(&p->text);
    }
    if (piece.figure || piece.field.len) ARENA_PUSH(a, p->pieces, p->count, p->cap, piece);
}

/* value, about 100, chinese */
static bool read_show(struct str how, struct prose_piece *piece)
{
    int64_t about;
    how = str_trim(how);
    if (str_is(how, "chinese")) {
        piece->show = SHOW_CHINESE;
        return true;
    }
    if (!str_starts(how, STR("about ")) || !str_to_i64(str_trim(str_slice(how, 6, how.len)), &about)) return false;
    if (about < 2 || about > 100000000) return false;
    piece->show = SHOW_ABOUT;
    piece->about = (int)about;
    return true;
}

static void read_figure_piece(struct prose_reading *p, struct str inside, size_t at)
{
    struct loader *l = p->l;
    struct prose_piece piece = {.show = SHOW_VALUE};
    size_t bar = str_find(inside, STR("|"), 0);
    struct str name = str_trim(str_slice(inside, 0, bar == SIZE_MAX ? inside.len : bar));
    piece.figure = model_figure(l->model, name);
    if (!piece.figure && !l->unreadable) {
        struct str near = {0};
        size_t best = name.len / 3 + 1;
        for (size_t i = 0; i < l->model->figure_count; i++) {
            size_t d = name_distance(name, l->model->figures[i].name);
            if (d < best) best = d, near = l->model->figures[i].name;
        }
        fault_in(&l->reader, p->n, at, "没有指标“%.*s”%s%.*s", STR_ARG(name), near.len ? "，是不是 " : "",
                 STR_ARG(near));
    }
    if (bar != SIZE_MAX && !read_show(str_slice(inside, bar + 1, inside.len), &piece))
        fault_in(&l->reader, p->n, at, "竖线后面应是 about 100（取整）或 chinese（汉字数目）");
    push(p, piece);
}

static bool known_word(struct str name, bool list)
{
    static const char *const words[] = {"year", "next_year", "office", "full_name"};
    for (size_t i = 0; i < KEY_COUNT(words); i++)
        if (str_is(name, words[i])) return true;
    return list && (str_is(name, "ordinal") || str_is(name, "index"));
}

static void read_word_piece(struct prose_reading *p, struct str name, size_t at)
{
    struct prose_piece piece = {.field = name};
    if (!known_word(name, p->reg) && !(p->reg && is_builtin_field(name))) {
        const struct field *f = p->reg ? reg_field(p->reg, name) : NULL;
        if (!f && p->reg && !register_is_read(p->l, p->reg)) return;
        if (!f && p->reg)
            fault_in(&p->l->reader, p->n, at, "「%.*s」没有字段 %.*s", STR_ARG(p->reg->label), STR_ARG(name));
        else if (!f)
            fault_in(&p->l->reader, p->n, at, "这里没有 {%.*s}；应是 {year}、{next_year}、{office} 或 {full_name}",
                     STR_ARG(name));
        else if (f->private_)
            fault_in(&p->l->reader, p->n, at, "「%.*s」是隐私，不能写进报告", STR_ARG(f->label));
    }
    push(p, piece);
}

/* Takes what begins at `at` with a bracket or brace; gives the byte behind it. */
static size_t read_special(struct prose_reading *p, size_t at)
{
    struct str t = p->n->text, rest = str_slice(t, at, t.len);
    bool figure = str_starts(rest, STR("[["));
    struct str twice[] = {STR("[[[["), STR("]]]]"), STR("{{"), STR("}}")};
    for (size_t i = 0; i < KEY_COUNT(twice); i++) {
        if (!str_starts(rest, twice[i])) continue;
        buf_put(&p->text, str_slice(twice[i], 0, twice[i].len / 2));
        return at + twice[i].len;
    }
    if (!figure && rest.s[0] != '{') {
        if (rest.s[0] == '}') fault_in(&p->l->reader, p->n, at, "多出一个右大括号；要印出大括号请写两个");
        buf_putc(&p->text, rest.s[0]);
        return at + 1;
    }
    struct str close = figure ? STR("]]") : STR("}");
    size_t start = at + close.len, end = str_find(t, close, start);
    if (end == SIZE_MAX) {
        fault_in(&p->l->reader, p->n, at, "这里的%s没有结束，缺少 %s", figure ? "[[" : "大括号", close.s);
        return t.len;
    }
    if (figure)
        read_figure_piece(p, str_slice(t, start, end), at);
    else
        read_word_piece(p, str_trim(str_slice(t, start, end)), at);
    return end + close.len;
}

struct prose read_prose(struct loader *l, const struct yaml_node *n, const struct reg *reg)
{
    if (!n) return (struct prose){0};
    struct prose_reading p = {.l = l, .n = n, .reg = reg, .text = buf_in(l->arena)};
    for (size_t at = 0; at < n->text.len;) {
        char c = n->text.s[at];
        if (c == '[' || c == ']' || c == '{' || c == '}')
            at = read_special(&p, at);
        else
            buf_putc(&p.text, n->text.s[at++]);
    }
    push(&p, (struct prose_piece){0});
    return (struct prose){p.pieces, p.count};
}
