#include "model/yaml.h"

#include <limits.h>
#include <yaml.h>

#include "base/utf8.h"

struct open_node { /* a map or list that is not closed yet */
    struct yaml_node *node;
    struct yaml_node *key; /* of a map: the key that waits for its value */
    size_t key_cap, kid_cap;
};

struct reading {
    struct arena *arena;
    const struct yaml_source *source;
    struct errors *faults;
    yaml_parser_t parser;
    struct open_node open[YAML_MAX_DEPTH];
    size_t depth, nodes;
    struct yaml_node *root;
    bool bad;                    /* something was reported: the tree is not given */
    size_t mark_char, mark_byte; /* libyaml counts characters; the byte of the last one asked for */
};

static void auto_parser_end(struct reading *r)
{
    yaml_parser_delete(&r->parser);
}

static struct str place(struct arena *a, const struct yaml_source *source, size_t line, size_t column)
{
    return str_printf(a, "%.*s:%zu:%zu", STR_ARG(source->path), line, column);
}

/* Reports at a mark; always false. */
static bool fault(struct reading *r, yaml_mark_t mark, const char *what)
{
    r->bad = true;
    errors_addf(r->faults, ERR_DEFINITION, place(r->arena, r->source, mark.line + 1, mark.column + 1), "%s", what);
    return false;
}

/* Marks only move forward, so the whole file is walked once. */
static size_t byte_of(struct reading *r, size_t character)
{
    if (character < r->mark_char) r->mark_char = r->mark_byte = 0;
    while (r->mark_char < character && r->mark_byte < r->source->text.len) {
        (void)utf8_next(r->source->text, &r->mark_byte);
        r->mark_char++;
    }
    return r->mark_byte;
}

static struct yaml_node *new_node(struct reading *r, enum yaml_kind kind, yaml_mark_t mark)
{
    if (++r->nodes > YAML_MAX_NODES) return fault(r, mark, "文件的内容太多，请拆成几个文件"), NULL;
    struct yaml_node *n = arena_new(r->arena, struct yaml_node);
    *n = (struct yaml_node){.source = r->source,
                            .kind = kind,
                            .line = (int)(mark.line + 1),
                            .column = (int)(mark.column + 1),
                            .at = byte_of(r, mark.index)};
    return n;
}

static bool twice(const struct yaml_node *map, struct str key)
{
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->keys[i]->text, key)) return true;
    return false;
}

/* Puts a finished or just opened node where it belongs. False on a fault that ends the reading. */
static bool attach(struct reading *r, struct yaml_node *n, yaml_mark_t mark)
{
    if (r->depth == 0) {
        r->root = n;
        return true;
    }
    struct open_node *o = &r->open[r->depth - 1];
    if (o->node->kind == YAML_LIST) {
        ARENA_PUSH(r->arena, o->node->kids, o->node->count, o->kid_cap, n);
        return true;
    }
    if (!o->key) {
        if (n->kind != YAML_SCALAR) return fault(r, mark, "键应是一个词，不能是列表或映射");
        if (o->node->count == YAML_MAX_KEYS) return fault(r, mark, "这个映射的键太多，应不超过 2000 个");
        o->key = n;
        return true;
    }
    if (twice(o->node, o->key->text)) {
        r->bad = true;
        errors_addf(r->faults, ERR_DEFINITION, yaml_place(r->arena, o->key), "键“%.*s”写了两次，应只写一次",
                    STR_ARG(o->key->text));
    } else {
        size_t count = o->node->count;
        ARENA_PUSH(r->arena, o->node->keys, count, o->key_cap, o->key);
        ARENA_PUSH(r->arena, o->node->kids, o->node->count, o->kid_cap, n);
    }
    o->key = NULL;
    return true;
}

static bool open_node(struct reading *r, enum yaml_kind kind, const yaml_event_t *event)
{
    if (r->depth == YAML_MAX_DEPTH) return fault(r, event->start_mark, "嵌套太深，应不超过 16 层");
    struct yaml_node *n = new_node(r, kind, event->start_mark);
    if (!n || !attach(r, n, event->start_mark)) return false;
    r->open[r->depth++] = (struct open_node){.node = n};
    return true;
}

static enum yaml_style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return YAML_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return YAML_DOUBLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE: return YAML_BLOCK;
    default: return YAML_PLAIN;
    }
}

static bool take_scalar(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *n = new_node(r, YAML_SCALAR, event->start_mark);
    if (!n) return false;
    n->style = style_of(event->data.scalar.style);
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (!utf8_valid(text)) return fault(r, event->start_mark, "文字里有不能使用的字符");
    n->text = str_copy(r->arena, text);
    return attach(r, n, event->start_mark);
}

static bool no_extras(struct reading *r, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor) return fault(r, event->start_mark, "这里有锚点（&），定义文件里不能用");
    if (tag) return fault(r, event->start_mark, "这里有标签（!），定义文件里不能用；要写文字请加引号");
    return true;
}

/* Takes one event; false ends the reading, by its end or by a fault. */
static bool take(struct reading *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_STREAM_END_EVENT: return false;
    case YAML_DOCUMENT_START_EVENT:
        return r->root ? fault(r, e->start_mark, "文件里有第二份文档（---），应只有一份") : true;
    case YAML_ALIAS_EVENT: return fault(r, e->start_mark, "这里有引用（*），定义文件里不能用；要写文字请加引号");
    case YAML_SCALAR_EVENT: return no_extras(r, e, e->data.scalar.anchor, e->data.scalar.tag) && take_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return no_extras(r, e, e->data.sequence_start.anchor, e->data.sequence_start.tag) && open_node(r, YAML_LIST, e);
    case YAML_MAPPING_START_EVENT:
        return no_extras(r, e, e->data.mapping_start.anchor, e->data.mapping_start.tag) && open_node(r, YAML_MAP, e);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: r->depth--; return true;
    default: return true;
    }
}

/* The messages that people meet most, in their language. */
static const char *problem_words(const char *problem)
{
    static const struct {
        const char *part, *words;
    } table[] = {
        {"mapping values are not allowed", "这里不能出现“: ”；文字里有冒号加空格时请给整段文字加引号"},
        {"did not find expected key", "这里应是一个键；请核对缩进和引号"},
        {"could not find expected ':'", "这里缺少冒号；键后面应有半角冒号和空格"},
        {"did not find expected '-' indicator", "这里应是列表的下一项（- ）；请核对缩进"},
        {"did not find expected ',' or", "这里应是逗号或者结尾的括号"},
        {"found character that cannot start any token",
         "这里不能用这个字符开头（制表符、@、` 等）；文字请加引号，缩进用空格"},
        {"found unexpected end of stream", "引号或括号没有结束"},
        {"block sequence entries are not allowed", "这里不能出现“- ”；请核对缩进"},
        {"found unknown escape character", "双引号里的反斜线写法不对；改用单引号，或把 \\ 写成 \\\\"},
        {"control characters are not allowed", "文件里有控制字符"},
    };
    for (size_t i = 0; problem && i < sizeof table / sizeof *table; i++)
        if (str_contains(str_from(problem), str_from(table[i].part))) return table[i].words;
    return problem ? problem : "不能读成 YAML";
}

static void fault_syntax(struct reading *r)
{
    const yaml_parser_t *p = &r->parser;
    yaml_mark_t mark = p->problem_mark;
    r->bad = true;
    if (p->error == YAML_MEMORY_ERROR) mark = p->mark;
    errors_addf(r->faults, ERR_DEFINITION, place(r->arena, r->source, mark.line + 1, mark.column + 1),
                "YAML 写法不对：%s", problem_words(p->problem));
}

struct yaml_node *yaml_read(struct arena *a, const struct yaml_source *source, struct errors *faults)
{
    struct reading r __attribute__((cleanup(auto_parser_end))) = {.arena = a, .source = source, .faults = faults};
    yaml_mark_t start = {0};
    if (!yaml_parser_initialize(&r.parser)) return fault(&r, start, "内存不足"), NULL;
    if (source->text.len > YAML_MAX_BYTES) return fault(&r, start, "文件太大，应不超过 1 MB"), NULL;
    if (!utf8_valid(source->text)) return fault(&r, start, "文件不是 UTF-8 编码，请另存为 UTF-8"), NULL;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(source->text.s ? source->text.s : ""),
                                 source->text.len);
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r.parser, &event)) {
            fault_syntax(&r);
            break;
        }
        more = take(&r, &event);
        yaml_event_delete(&event);
    }
    if (!r.bad && !r.root) fault(&r, start, "文件是空的");
    return r.bad ? NULL : r.root;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (str_is(map->keys[i]->text, key)) return map->kids[i];
    return NULL;
}

/* --- places --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* End of the run of white space that starts at `at`; *lines when a line ends in it. */
static size_t run_end(struct str t, size_t at, bool *lines)
{
    *lines = false;
    for (; at < t.len && is_space(t.s[at]); at++)
        if (t.s[at] == '\n') *lines = true;
    return at;
}

/* Bytes in the source of the escape at `at`, and in `*gives` the bytes that it stands for. */
static size_t escape_length(struct str src, size_t at, struct str text, size_t i, size_t *gives)
{
    char c = at + 1 < src.len ? src.s[at + 1] : '\0';
    bool lines;
    *gives = 0;
    if (c == '\n') return run_end(src, at + 1, &lines) - at; /* a line that goes on */
    size_t end = i;
    if (end < text.len) (void)utf8_next(text, &end);
    *gives = end - i;
    return c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2;
}

/* Walks text and source side by side until `byte` of the text; gives the byte in the source. */
static size_t source_byte(const struct yaml_node *n, size_t byte)
{
    struct str src = n->source->text, text = n->text;
    size_t at = n->at, i = 0;
    bool lines, ignored;
    if (n->style == YAML_QUOTED || n->style == YAML_DOUBLE_QUOTED) at++;
    if (n->style == YAML_BLOCK) {
        size_t end = str_find(src, STR("\n"), at);
        at = run_end(src, end == SIZE_MAX ? src.len : end, &lines);
        i = run_end(text, 0, &lines); /* empty lines in front */
    }
    while (i < byte && i < text.len && at < src.len) {
        if (is_space(src.s[at])) {
            size_t end = run_end(src, at, &lines);
            if (lines) { /* folded or indented: both runs of white space stand for each other */
                at = end;
                i = run_end(text, i, &ignored);
                continue;
            }
        }
        if (n->style == YAML_DOUBLE_QUOTED && src.s[at] == '\\') {
            size_t gives;
            at += escape_length(src, at, text, i, &gives);
            i += gives;
            continue;
        }
        at += n->style == YAML_QUOTED && src.s[at] == '\'' ? 2 : 1;
        i++;
    }
    if (n->style == YAML_DOUBLE_QUOTED && str_starts(str_slice(src, at, src.len), STR("\\\n")))
        at = run_end(src, at + 1, &lines); /* the line goes on in the next */
    return at < src.len ? at : src.len;
}

struct str yaml_place(struct arena *a, const struct yaml_node *node)
{
    return place(a, node->source, (size_t)node->line, (size_t)node->column);
}

struct str yaml_place_in(struct arena *a, const struct yaml_node *node, size_t byte)
{
    if (node->kind != YAML_SCALAR || (byte == 0 && node->style == YAML_PLAIN)) return yaml_place(a, node);
    size_t target = source_byte(node, byte), line = (size_t)node->line, start = 0;
    for (size_t i = node->at; i < target; i++) {
        if (node->source->text.s[i] != '\n') continue;
        line++;
        start = i + 1;
    }
    if (start > 0) return place(a, node->source, line, utf8_length(str_slice(node->source->text, start, target)) + 1);
    size_t chars = utf8_length(str_slice(node->source->text, node->at, target));
    return place(a, node->source, line, (size_t)node->column + chars);
}
