/* The template compiler as a program: faults named with file and line, and what it makes of a good template. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Runs it in `folder` on t.html; what it says goes to the file "said". */
static int run_tmpl(const char *folder)
{
    pid_t child = fork();
    if (child == 0) {
        int fd = chdir(folder) == 0 ? open("said", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
        if (fd < 0 || dup2(fd, STDERR_FILENO) < 0) _exit(99);
        execl(TMPL, "tmpl", "t.c", "t.h", "t.html", (char *)NULL);
        _exit(99);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

static struct str read_in(struct arena *a, const char *folder, const char *name)
{
    struct str text = STR("");
    struct error err;
    if (!file_read(a, str_cstr(a, str_printf(a, "%s/%s", folder, name)), 1 << 20, &text, &err))
        fail_msg("%s", err.message);
    return text;
}

static int compile(struct arena *a, const char *folder, const char *template)
{
    struct error err;
    if (!file_write(str_cstr(a, str_printf(a, "%s/t.html", folder)), str_from(template), false, &err))
        fail_msg("%s", err.message);
    return run_tmpl(folder);
}

static char folder[] = "/tmp/test_tmpl_XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"t.html", "t.c", "t.h", "said"};
    if (chdir(folder) != 0) return -1;
    for (size_t i = 0; i < COUNT(names); i++) unlink(names[i]);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

#define T "{{template t(struct str x)}}\n"

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *name, *template, *said;
    } cases[] = {
        {"text outside", "<p>\n", "t.html:1: text before"},
        {"tag outside", "\n{{ x }}", "t.html:2: stands before"},
        {"no signature", "{{template t}}", "t.html:1: expected NAME"},
        {"unknown word", T "{{iff x}}", "t.html:2: unknown word in {{iff x}}"},
        {"not closed", T "\n{{ x", "t.html:3: {{ without }}"},
        {"no end", T "{{if x.len}}\n<p>\n", "t.html:2: no {{end}}"},
        {"end alone", T "{{end}}", "t.html:2: {{end}} without"},
        {"else alone", T "{{for ;;}}\n{{else}}\n{{end}}", "t.html:3: {{else}} without"},
        {"two elses", T "{{if x}}{{else}}{{else}}{{end}}", "t.html:2: {{else}} without"},
        {"empty", T "{{ }}", "t.html:2: empty tag"},
        {"no quotes", T "<p class={{ x }}>", "t.html:2: a value inside a tag"},
        {"attribute", T "<p {{ x }}>", "t.html:2: a value inside a tag"},
        {"script", T "<script>\nlet a = {{ x }};</script>", "t.html:3: no value may stand in <script>"},
        {"style", T "<style>{{ x }}</style>", "t.html:2: no value may stand in <style>"},
        {"comment", T "<!-- {{ x }} -->", "t.html:2: no value may stand in a comment"},
        {"html in attribute", T "<p title=\"{{! x }}\">", "t.html:2: {{! }} may not"},
        {"branches differ", T "<p{{if x.len}}>{{else}} a=\"b\"{{end}}>", "t.html:2: this branch leaves"},
        {"open attribute", T "<p title=\"{{if x.len}}\"{{end}}>", "t.html:2: what begins in line 2"},
        {"ends in a tag", T "<p\n", "the template ends inside a tag"},
        {"second fault too", T "{{end}}\n{{end}}\n", "t.html:3: {{end}} without"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = compile(a, folder, cases[i].template);
        struct str said = read_in(a, folder, "said");
        if (status != 1) fail_msg("%s: exit status %d, said: %.*s", cases[i].name, status, STR_ARG(said));
        if (!str_contains(said, str_from(cases[i].said)))
            fail_msg("%s: want “%s”, said: %.*s", cases[i].name, cases[i].said, STR_ARG(said));
    }
}

static void test_output(void **state)
{
    (void)state;
    static const struct {
        const char *name, *template, *code;
    } cases[] = {
        {"function", "{{template a_b(struct str x, int n)}}", "void tmpl_a_b(struct buf *b, struct str x, int n)\n{\n"},
        {"no parameters", "{{template t()}}", "void tmpl_t(struct buf *b)\n{"},
        {"line", T "\n\n<p>{{ x }}", "#line 4 \"t.html\"\n    HTML_PUT(b, x);"},
        {"escaped C", T "a\"b\\c?\?=", "STR(\"a\\\"b\\\\c\\?\\?=\")"},
        {"indentation", T "    <p>\n      <b>\n", "STR(\"<p>\\n<b>\")"},
        {"own line", T "a\n  {{if x.len}}  \nb\n{{end}}\nc",
         "STR(\"a\\n\"));\n#line 3 \"t.html\"\n    if (x.len) {\n#line 4 \"t.html\"\n    buf_put(b, STR(\"b\\n\"));"},
        {"link", T "<a href=\"{{ x }}\">", "HTML_PUT_LINK(b, x);"},
        {"link, both branches", T "<a href=\"{{if x.len}}{{ x }}{{else}}{{ x }}{{end}}\">",
         "} else {\n#line 2 \"t.html\"\n    HTML_PUT_LINK(b, x);"},
        {"inside a link", T "<a href=\"/r/{{ x }}\">", "    HTML_PUT(b, x);"},
        {"no link", T "<a title=\"{{ x }}\">", "    HTML_PUT(b, x);"},
        {"integer", T "{{d 1 + 2}}", "HTML_PUT_INTEGER(b, 1 + 2);"},
        {"query", T "<a href=\"/?q={{u x}}\">", "html_put_query(b, x);"},
        {"html", T "{{! h }}", "html_put(b, h);"},
        {"call", T "{{call other(x, 1)}}", "tmpl_other(b, x, 1);"},
        {"call without arguments", T "{{call other()}}", "tmpl_other(b);"},
        {"block", T "{{block inner}}\n<p>\n{{end}}", "struct html inner = html_take(b, block_inner);"},
        {"else if", T "{{if x.len}}{{else if 1}}{{end}}", "} else if (1) {"},
        {"while", T "{{while x.len}}{{end}}", "while (x.len) {"},
        {"declaration", T "{{c int n = 1;}}", "    int n = 1;\n"},
        {"script element", T "<script src=\"{{ x }}\" defer></script><p>{{ x }}", "HTML_PUT(b, x);"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = compile(a, folder, cases[i].template);
        if (status != 0)
            fail_msg("%s: exit status %d: %.*s", cases[i].name, status, STR_ARG(read_in(a, folder, "said")));
        struct str code = read_in(a, folder, "t.c");
        if (!str_contains(code, str_from(cases[i].code)))
            fail_msg("%s: want “%s” in:\n%.*s", cases[i].name, cases[i].code, STR_ARG(code));
    }
}

static void test_header(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    assert_int_equal(compile(a, folder, "{{include \"web/view.h\"}}\n{{include \"web/view.h\"}}\n" T), 0);
    struct str head = read_in(a, folder, "t.h");
    size_t first = str_find(head, STR("#include \"web/view.h\""), 0);
    assert_true(first != SIZE_MAX);
    assert_true(str_find(head, STR("#include \"web/view.h\""), first + 1) == SIZE_MAX);
    assert_true(str_contains(head, STR("void tmpl_t(struct buf *b, struct str x);")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_faults), cmocka_unit_test(test_output),
                                       cmocka_unit_test(test_header)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
