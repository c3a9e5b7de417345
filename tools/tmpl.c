/* tmpl: compiles page templates into C when the program is built.
 *
 *     tmpl OUT.c OUT.h FILE.html …
 *
 * A file holds one or more templates. Each begins with its name and parameters and becomes the function
 * void tmpl_NAME(struct buf *b, PARAMETERS). A tag whose first character is a space writes a value; any other tag
 * is a word:
 *
 *     {{include "web/view.h"}}             header that declares the types of the parameters
 *     {{template list(const struct v *v)}} begins a template
 *     {{ expr }}                           struct str or C string, escaped
 *     {{! expr }}                          struct html, as it stands
 *     {{d expr}}                           an integer
 *     {{u expr}}                           struct str, percent-encoded for one part of a path or query
 *     {{if expr}} {{else if expr}} {{else}} {{end}}
 *     {{for init; test; step}} {{end}}     also {{while expr}} {{end}}
 *     {{c declaration;}}                   one line of C
 *     {{block name}} {{end}}               what is written between becomes the variable struct html name
 *     {{call other(args)}}                 another template
 *     {{# comment}}
 *
 * A word alone on its line takes the line with it; the indentation of lines and space at a template's end are left out.
 * The compiler follows the HTML around the tags: a value inside a tag must stand in quotes, none may stand in <script>
 * or <style>, and a value that begins a link (href, src, action …) goes through the check of its scheme. Faults are
 * reported as file:line; #line directives make the C compiler do the same. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_NAME = 64, LITERAL_MAX = 1500 };

/* Growing output. */
struct text {
    char *s;
    size_t len, cap;
};

static void text_put(struct text *t, const char *s, size_t len)
{
    if (t->cap - t->len < len + 1) {
        t->cap = (t->cap + len + 1) * 2;
        t->s = realloc(t->s, t->cap);
        if (!t->s) {
            fputs("tmpl: out of memory\n", stderr);
            exit(3);
        }
    }
    memcpy(t->s + t->len, s, len);
    t->len += len;
    t->s[t->len] = 0;
}

static void text_puts(struct text *t, const char *s)
{
    text_put(t, s, strlen(s));
}

__attribute__((format(printf, 2, 3))) static void text_putf(struct text *t, const char *format, ...)
{
    char small[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n > 0) text_put(t, small, (size_t)n < sizeof small ? (size_t)n : sizeof small - 1);
}

/* Where in the HTML the writer stands. */
enum place { IN_TEXT, IN_TAG, IN_VALUE, IN_COMMENT, IN_RAW };

struct html_state {
    enum place place;
    char quote;             /* of the attribute's value */
    bool value_empty;       /* nothing of the value is written yet */
    char element[MAX_NAME]; /* name of the element that is or was last opened */
    char attribute[MAX_NAME];
    char word[MAX_NAME]; /* letters read so far inside a tag */
    bool naming;         /* still reading the element's name */
};

enum kind { K_IF, K_LOOP, K_BLOCK };

struct open_word {
    enum kind kind;
    unsigned line;
    bool had_else;
    char name[MAX_NAME]; /* of a block */
    struct html_state html;
};

struct compiler {
    const char *path;
    const char *s;
    size_t len, at;
    unsigned line;
    bool in_template;
    struct html_state html;
    struct open_word open[MAX_DEPTH];
    size_t depth;
    struct text literal; /* HTML not written yet */
    unsigned literal_line;
    struct text code, head, includes;
    unsigned faults;
};

/* A piece of the source. */
struct part {
    const char *s;
    size_t len;
};

__attribute__((format(printf, 3, 4))) static void fault(struct compiler *c, unsigned line, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%u: ", c->path, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    c->faults++;
}

/* ---- following the HTML ---- */

static void word_add(char word[MAX_NAME], char ch)
{
    size_t n = strlen(word);
    if (n + 1 < MAX_NAME) {
        word[n] = (char)tolower((unsigned char)ch);
        word[n + 1] = 0;
    }
}

static bool ends_with(const char *s, size_t len, const char *ending)
{
    size_t n = strlen(ending);
    return len >= n && memcmp(s + len - n, ending, n) == 0;
}

static void html_tag_char(struct html_state *h, char ch)
{
    if (ch == '"' || ch == '\'') {
        h->place = IN_VALUE;
        h->quote = ch;
        h->value_empty = true;
    } else if (ch == '>') {
        bool raw = strcmp(h->element, "script") == 0 || strcmp(h->element, "style") == 0;
        h->place = raw ? IN_RAW : IN_TEXT;
    } else if (isspace((unsigned char)ch)) {
        h->naming = false;
        h->word[0] = 0;
    } else if (ch == '=') {
        memcpy(h->attribute, h->word, sizeof h->attribute);
        h->word[0] = 0;
    } else {
        word_add(h->naming ? h->element : h->word, ch);
    }
}

/* `before` is the text up to and without ch. */
static void html_char(struct html_state *h, const char *before, size_t len, char ch)
{
    switch (h->place) {
    case IN_TEXT:
        if (ch == '<') {
            h->place = IN_TAG;
            h->naming = true;
            h->element[0] = h->word[0] = 0;
        }
        break;
    case IN_TAG:
        html_tag_char(h, ch);
        if (strcmp(h->element, "!--") == 0) h->place = IN_COMMENT;
        break;
    case IN_VALUE:
        if (ch == h->quote) h->place = IN_TAG;
        h->value_empty = false;
        break;
    case IN_COMMENT:
        if (ch == '>' && ends_with(before, len, "--")) h->place = IN_TEXT;
        break;
    case IN_RAW:
        if (ch == '>' && (ends_with(before, len, "</script") || ends_with(before, len, "</style"))) h->place = IN_TEXT;
        break;
    }
}

static bool is_link(const char *attribute)
{
    static const char *const links[] = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster"};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (strcmp(links[i], attribute) == 0) return true;
    return false;
}

static bool same_place(const struct html_state *a, const struct html_state *b)
{
    return a->place == b->place && (a->place != IN_VALUE || a->quote == b->quote);
}

/* ---- writing C ---- */

static void at_line(struct compiler *c, unsigned line)
{
    text_putf(&c->code, "#line %u \"%s\"\n", line, c->path);
}

static void put_c_string(struct text *t, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char ch = (unsigned char)s[i];
        if (ch == '"' || ch == '\\')
            text_putf(t, "\\%c", ch);
        else if (ch == '\n')
            text_puts(t, "\\n");
        else if (ch == '?')
            text_puts(t, "\\?");
        else if (ch < 32)
            text_putf(t, "\\%03o", ch);
        else
            text_put(t, s + i, 1);
    }
}

static void flush_literal(struct compiler *c)
{
    size_t len = c->literal.len;
    for (size_t from = 0; from < len;) {
        size_t n = len - from < LITERAL_MAX ? len - from : LITERAL_MAX;
        at_line(c, c->literal_line);
        text_puts(&c->code, "    buf_put(b, STR(\"");
        put_c_string(&c->code, c->literal.s + from, n);
        text_puts(&c->code, "\"));\n");
        from += n;
    }
    c->literal.len = 0;
}

static void literal_char(struct compiler *c, char ch)
{
    if (c->literal.len == 0) c->literal_line = c->line;
    html_char(&c->html, c->literal.s ? c->literal.s : "", c->literal.len, ch);
    text_put(&c->literal, &ch, 1);
}

/* Writes `before` expr `after` as one line of C that belongs to the template's line. */
static void put_code(struct compiler *c, unsigned line, const char *before, struct part expr, const char *after)
{
    flush_literal(c);
    at_line(c, line);
    text_puts(&c->code, before);
    for (size_t i = 0; i < expr.len; i++) text_put(&c->code, expr.s[i] == '\n' ? " " : expr.s + i, 1);
    text_puts(&c->code, after);
}

/* ---- words ---- */

static struct part trim(struct part p)
{
    while (p.len && isspace((unsigned char)p.s[0])) p.s++, p.len--;
    while (p.len && isspace((unsigned char)p.s[p.len - 1])) p.len--;
    return p;
}

static size_t identifier_length(struct part p)
{
    size_t n = 0;
    while (n < p.len && (isalnum((unsigned char)p.s[n]) || p.s[n] == '_')) n++;
    return n && !isdigit((unsigned char)p.s[0]) ? n : 0;
}

static void push(struct compiler *c, enum kind kind, unsigned line, struct part name)
{
    if (c->depth == MAX_DEPTH) {
        fault(c, line, "words nested more than %d deep", MAX_DEPTH);
        return;
    }
    struct open_word *o = &c->open[c->depth++];
    *o = (struct open_word){.kind = kind, .line = line, .html = c->html};
    if (name.len >= MAX_NAME)
        fault(c, line, "name longer than %d", MAX_NAME - 1);
    else
        memcpy(o->name, name.s, name.len);
}

static void close_template(struct compiler *c)
{
    while (c->literal.len && isspace((unsigned char)c->literal.s[c->literal.len - 1])) c->literal.len--;
    flush_literal(c);
    while (c->depth) fault(c, c->open[--c->depth].line, "no {{end}} for this");
    if (c->in_template) text_puts(&c->code, "}\n");
    if (c->in_template && c->html.place != IN_TEXT) fault(c, c->line, "the template ends inside a tag");
    c->in_template = false;
}

/* NAME(ARGS) → `before`NAME(struct buf *b, ARGS) `after`, in code and, for a definition, in the header. */
static void do_signature(struct compiler *c, struct part arg, unsigned line, bool definition)
{
    size_t n = identifier_length(arg);
    if (!n || n == arg.len || arg.s[n] != '(' || arg.s[arg.len - 1] != ')') {
        fault(c, line, "expected NAME(…)");
        return;
    }
    struct part inner = trim((struct part){arg.s + n + 1, arg.len - n - 2});
    const char *first = definition ? "struct buf *b" : "b";
    struct text sig = {0};
    text_puts(&sig, "tmpl_");
    text_put(&sig, arg.s, n);
    text_putf(&sig, "(%s%s", first, inner.len ? ", " : "");
    text_put(&sig, inner.s, inner.len);
    text_puts(&sig, ")");
    struct part whole = {sig.s, sig.len};
    if (definition) {
        put_code(c, line, "void ", whole, "\n{\n");
        text_putf(&c->head, "void %s;\n", sig.s);
    } else {
        put_code(c, line, "    ", whole, ";\n");
    }
    free(sig.s);
}

static void word_template(struct compiler *c, struct part arg, unsigned line)
{
    close_template(c);
    c->html = (struct html_state){0};
    c->in_template = true;
    do_signature(c, arg, line, true);
}

static void word_include(struct compiler *c, struct part arg, unsigned line)
{
    if (arg.len < 3) {
        fault(c, line, "expected {{include \"header.h\"}}");
        return;
    }
    struct text l = {0};
    text_puts(&l, "#include ");
    text_put(&l, arg.s, arg.len);
    text_puts(&l, "\n");
    if (!c->includes.s || !strstr(c->includes.s, l.s)) text_put(&c->includes, l.s, l.len);
    free(l.s);
}

static void word_call(struct compiler *c, struct part arg, unsigned line)
{
    do_signature(c, arg, line, false);
}

static void word_c(struct compiler *c, struct part arg, unsigned line)
{
    put_code(c, line, "    ", arg, "\n");
}

static void word_if(struct compiler *c, struct part arg, unsigned line)
{
    if (!arg.len) fault(c, line, "expected {{if expr}}");
    put_code(c, line, "    if (", arg, ") {\n");
    push(c, K_IF, line, (struct part){"", 0});
}

static void word_else(struct compiler *c, struct part arg, unsigned line)
{
    struct open_word *o = c->depth ? &c->open[c->depth - 1] : NULL;
    if (!o || o->kind != K_IF || o->had_else) {
        fault(c, line, "{{else}} without {{if}}");
        return;
    }
    flush_literal(c);
    if (!same_place(&o->html, &c->html)) fault(c, line, "this branch leaves a tag or an attribute open");
    c->html = o->html;
    if (!arg.len) {
        o->had_else = true;
        put_code(c, line, "    } else {", arg, "\n");
    } else if (arg.len > 3 && memcmp(arg.s, "if ", 3) == 0) {
        put_code(c, line, "    } else if (", (struct part){arg.s + 3, arg.len - 3}, ") {\n");
    } else {
        fault(c, line, "expected {{else}} or {{else if expr}}");
    }
}

static void word_for(struct compiler *c, struct part arg, unsigned line)
{
    put_code(c, line, "    for (", arg, ") {\n");
    push(c, K_LOOP, line, (struct part){"", 0});
}

static void word_while(struct compiler *c, struct part arg, unsigned line)
{
    put_code(c, line, "    while (", arg, ") {\n");
    push(c, K_LOOP, line, (struct part){"", 0});
}

static void word_block(struct compiler *c, struct part arg, unsigned line)
{
    if (!arg.len || identifier_length(arg) != arg.len) fault(c, line, "expected {{block name}}");
    put_code(c, line, "    size_t block_", arg, " = b->len;\n");
    push(c, K_BLOCK, line, arg);
}

static void word_end(struct compiler *c, struct part arg, unsigned line)
{
    if (arg.len) fault(c, line, "nothing may follow in {{end}}");
    if (!c->depth) {
        fault(c, line, "{{end}} without a beginning");
        return;
    }
    flush_literal(c);
    struct open_word *o = &c->open[--c->depth];
    if (!same_place(&o->html, &c->html))
        fault(c, line, "what begins in line %u leaves a tag or an attribute open", o->line);
    c->html.value_empty = c->html.value_empty || o->html.value_empty;
    at_line(c, line);
    if (o->kind == K_BLOCK)
        text_putf(&c->code, "    struct html %s = html_take(b, block_%s);\n", o->name, o->name);
    else
        text_puts(&c->code, "    }\n");
}

static void word_value(struct compiler *c, struct part arg, unsigned line, const char *call)
{
    if (!arg.len) fault(c, line, "empty tag");
    if (c->html.place == IN_TAG) fault(c, line, "a value inside a tag must stand in quotes");
    if (c->html.place == IN_RAW) fault(c, line, "no value may stand in <%s>", c->html.element);
    if (c->html.place == IN_COMMENT) fault(c, line, "no value may stand in a comment");
    put_code(c, line, call, arg, ");\n");
    c->html.value_empty = false;
}

static void word_text(struct compiler *c, struct part arg, unsigned line)
{
    bool link = c->html.place == IN_VALUE && c->html.value_empty && is_link(c->html.attribute);
    word_value(c, arg, line, link ? "    HTML_PUT_LINK(b, " : "    HTML_PUT(b, ");
}

static void word_integer(struct compiler *c, struct part arg, unsigned line)
{
    word_value(c, arg, line, "    HTML_PUT_INTEGER(b, ");
}

static void word_query(struct compiler *c, struct part arg, unsigned line)
{
    word_value(c, arg, line, "    html_put_query(b, ");
}

static void word_html(struct compiler *c, struct part arg, unsigned line)
{
    if (c->html.place == IN_VALUE) fault(c, line, "{{! }} may not stand in an attribute");
    word_value(c, arg, line, "    html_put(b, ");
}

static void word_comment(struct compiler *c, struct part arg, unsigned line)
{
    (void)c, (void)arg, (void)line;
}

static const struct word {
    const char *name;
    void (*compile)(struct compiler *c, struct part arg, unsigned line);
    bool writes;  /* it writes to the page, so the line it stands on stays */
    bool outside; /* allowed before the first template */
} words[] = {
    {"template", word_template, false, true},
    {"include", word_include, false, true},
    {"#", word_comment, false, true},
    {"if", word_if, false, false},
    {"else", word_else, false, false},
    {"end", word_end, false, false},
    {"for", word_for, false, false},
    {"while", word_while, false, false},
    {"block", word_block, false, false},
    {"call", word_call, false, false},
    {"c", word_c, false, false},
    {"!", word_html, true, false},
    {"d", word_integer, true, false},
    {"u", word_query, true, false},
    {" ", word_text, true, false},
};

static const struct word *find_word(struct part *tag)
{
    struct part t = *tag;
    size_t n = 0;
    if (t.len && (isspace((unsigned char)t.s[0]) || t.s[0] == '!' || t.s[0] == '#'))
        n = 1;
    else
        n = identifier_length(t);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        bool space = strcmp(words[i].name, " ") == 0 && n == 1 && isspace((unsigned char)t.s[0]);
        if (!space && (strlen(words[i].name) != n || memcmp(words[i].name, t.s, n) != 0)) continue;
        *tag = trim((struct part){t.s + n, t.len - n});
        return &words[i];
    }
    return NULL;
}

/* ---- the file ---- */

/* The end of the line when nothing but spaces stands between `at` and it, else 0. */
static size_t blank_to_end(const struct compiler *c, size_t at)
{
    while (at < c->len && (c->s[at] == ' ' || c->s[at] == '\t' || c->s[at] == '\r')) at++;
    if (at == c->len) return at;
    return c->s[at] == '\n' ? at + 1 : 0;
}

static bool blank_before(const struct compiler *c, size_t at)
{
    while (at && (c->s[at - 1] == ' ' || c->s[at - 1] == '\t')) at--;
    return at == 0 || c->s[at - 1] == '\n';
}

static void compile_tag(struct compiler *c)
{
    size_t begin = c->at;
    unsigned line = c->line;
    const char *close = memmem(c->s + begin, c->len - begin, "}}", 2);
    if (!close) {
        fault(c, line, "{{ without }}");
        c->at = c->len;
        return;
    }
    size_t end = (size_t)(close - c->s) + 2;
    for (size_t i = begin; i < end; i++) c->line += c->s[i] == '\n';
    struct part tag = {c->s + begin + 2, end - begin - 4};
    c->at = end;
    const struct word *w = find_word(&tag);
    if (!w) {
        fault(c, line, "unknown word in {{%.*s}}", (int)tag.len, tag.s);
        return;
    }
    if (!w->outside && !c->in_template) {
        fault(c, line, "stands before the first {{template}}");
        return;
    }
    w->compile(c, tag, line);
    size_t next = blank_to_end(c, end);
    if (!w->writes && next && blank_before(c, begin)) {
        if (next > end && c->s[next - 1] == '\n') c->line++;
        c->at = next;
    }
}

static void compile_file(struct compiler *c)
{
    c->line = 1;
    c->at = 0;
    bool line_start = true;
    while (c->at < c->len) {
        char ch = c->s[c->at];
        if (ch == '{' && c->at + 1 < c->len && c->s[c->at + 1] == '{') {
            compile_tag(c);
            line_start = c->at && c->s[c->at - 1] == '\n';
            continue;
        }
        c->at++;
        bool indentation = line_start && (ch == ' ' || ch == '\t');
        if (!c->in_template && !isspace((unsigned char)ch)) {
            fault(c, c->line, "text before the first {{template}}");
            return;
        }
        if (c->in_template && !indentation && !(line_start && ch == '\n')) literal_char(c, ch);
        line_start = ch == '\n' || indentation;
        c->line += ch == '\n';
    }
    close_template(c);
}

static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(3);
    }
    struct text t = {0};
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) text_put(&t, piece, n);
    fclose(f);
    text_puts(&t, "");
    *len = t.len;
    return t.s;
}

static void write_file(const char *path, const char *preface, const struct text *a, const struct text *b)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fputs(preface, f) >= 0 && (!a->len || fwrite(a->s, 1, a->len, f) == a->len) &&
              (!b->len || fwrite(b->s, 1, b->len, f) == b->len);
    if (f && fclose(f) != 0) ok = false;
    if (!ok) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(3);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: tmpl OUT.c OUT.h FILE.html …\n", stderr);
        return 2;
    }
    struct compiler c = {0};
    for (int i = 3; i < argc; i++) {
        c.path = argv[i];
        char *s = read_file(argv[i], &c.len);
        c.s = s;
        compile_file(&c);
        free(s);
    }
    if (c.faults) return 1;
    const char *slash = strrchr(argv[2], '/');
    struct text preface = {0}, none = {0};
    text_putf(&preface, "/* Made by tools/tmpl.c from web/templates. */\n#include \"%s\"\n",
              slash ? slash + 1 : argv[2]);
    write_file(argv[1], preface.s, &c.code, &none);
    write_file(argv[2], "/* Made by tools/tmpl.c from web/templates. */\n#pragma once\n#include \"web/html.h\"\n",
               &c.includes, &c.head);
    free(preface.s);
    free(c.literal.s), free(c.code.s), free(c.head.s), free(c.includes.s);
    return 0;
}
