/* Papers: one text in every form, the grid of GB/T 9704, line ends, signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/file.h"
#include "base/utf8.h"
#include "paper/fonts.h"
#include "paper/kinsoku.h"
#include "paper/layout.h"
#include "paper/paper.h"
#include "paper/signature.h"

/* cairo 1.16 loses about 150 bytes for each font that it embeds (the list of subroutines of a CFF subset). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcairo.so";
}

static struct paper_fonts *fonts;

static int open_fonts(void **state)
{
    (void)state;
    struct error err;
    fonts = paper_fonts_open(NULL, 0, &err);
    if (!fonts) print_error("%s\n", err.message);
    return fonts ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    paper_fonts_close(fonts);
    return 0;
}

/* ---- Sample papers ---- */

static const char *const body_text =
    "街道党政主要领导先后主持谋划部署法治工作16次，梳理工作思路，进一步加强委员会实质化运转，完善工作体制机制。"
    "根据自治区《提升行政执法质量三年行动计划（2023—2025年）》、柳州市司法局《关于落实行政执法重点工作任务的通知》，"
    "街道调委会今年以来共受理各类矛盾纠纷案件98起，调解成功95起，成功率96.9%，排摸纠纷并成功化解120起；"
    "严格执行“三重一大”议事决策制度……发放法治宣传品2,100余份、受众面达3200余人次。";

static struct paper *everything(struct arena *a)
{
    struct paper *p = paper_new(a);
    struct date day;
    date_from_ymd((struct ymd){2025, 1, 8}, &day);
    paper_head(p, STR("跃进街道办事处文件"), STR("跃政〔2025〕7号"));
    paper_title(p, STR("跃进街道办事处关于报送2024年度法治政府建设情况报告以及有关情况说明的函"));
    paper_addressee(p, STR("柳北区司法局"));
    paper_heading_numbered(p, 1, STR("主要举措 <和> 工作\"成效\" & 其他"));
    paper_heading_numbered(p, 2, STR("整体谋划抓重点"));
    for (int i = 0; i < 9; i++) {
        struct paper_block *par = paper_paragraph(p);
        paper_run_styled(par, PAPER_LEVEL2, STR("一是抓住关键少数。"));
        paper_run(par, str_from(body_text));
        paper_run_link(par, STR("98"), STR("/figures/dispute?a=1&b=2"), STR("figure"), STR("按“受理”登记计"));
        paper_run(par, STR("起。"));
    }
    paper_labelled(p, STR("出席"), STR("张某、李某、王某"));
    struct str names[] = {STR("数据表"), STR("一份名称很长很长很长很长很长很长很长很长很长很长很长的清单")};
    paper_attachment_list(p, names, 2);
    paper_signature(p, STR("柳北区跃进街道办事处"), day, true);
    paper_note(p, STR("联系人：㼆某，电话：0772-0000000"));
    paper_attachment(p, 1, STR("数据表"));
    paper_text_paragraph(p, STR("附件的正文。"));
    struct paper_column columns[] = {
        {STR("序号"), 1, PAPER_CENTRE}, {STR("指标"), 5, PAPER_LEFT}, {STR("数值"), 2, PAPER_RIGHT}};
    struct paper_table *table = paper_table(p, STR("主要指标"), columns, 3);
    for (int i = 1; i <= 12; i++) {
        struct str cells[] = {str_printf(a, "%d", i), STR("街道调委会受理各类矛盾纠纷案件以及其他"),
                              str_printf(a, "%d.5%%", i * 7)};
        paper_table_row(table, cells);
    }
    paper_imprint(p, STR("区信访局，区人大常委会办公室"), STR("党政办公室"), day);
    return p;
}

/* ---- Text out of the formats ---- */

static struct str without_space(struct arena *a, struct str t)
{
    struct buf out = buf_in(a);
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        uint32_t c = utf8_next(t, &at);
        if (c > 0x20 && c != 0x3000) buf_put(&out, str_slice(t, from, at));
    }
    return buf_str(&out);
}

static struct str zip_entry(struct arena *a, struct str zip, const char *name)
{
    zip_error_t why;
    zip_source_t *source = zip_source_buffer_create(zip.s, zip.len, 0, &why);
    zip_t *archive = zip_open_from_source(source, ZIP_RDONLY, &why);
    assert_non_null(archive);
    zip_stat_t stat;
    if (zip_stat(archive, name, 0, &stat) != 0) fail_msg("no %s in the package", name);
    char *bytes = arena_alloc(a, stat.size + 1);
    zip_file_t *file = zip_fopen(archive, name, 0);
    assert_int_equal(zip_fread(file, bytes, stat.size), stat.size);
    zip_fclose(file);
    zip_discard(archive);
    return (struct str){bytes, stat.size};
}

static void xml_text(struct buf *out, const xmlNode *node)
{
    for (; node; node = node->next) {
        bool is_text = node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "t") == 0;
        if (is_text) {
            xmlChar *content = xmlNodeGetContent(node);
            buf_puts(out, (const char *)content);
            xmlFree(content);
        } else {
            xml_text(out, node->children);
        }
    }
}

static struct str docx_text(struct arena *a, struct str docx)
{
    struct str xml = zip_entry(a, docx, "word/document.xml");
    xmlDoc *doc = xmlReadMemory(xml.s, (int)xml.len, "document.xml", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    struct buf out = buf_in(a);
    xml_text(&out, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    return buf_str(&out);
}

static bool have_poppler(void)
{
    return system("command -v pdftotext >/dev/null 2>&1") == 0;
}

/* What `pdftotext OPTIONS` says of the PDF. */
static struct str poppler(struct arena *a, struct str pdf, const char *options)
{
    char path[] = "/tmp/test-paper-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct error err;
    assert_true(file_write(path, pdf, false, &err));
    FILE *pipe = popen(str_cstr(a, str_printf(a, "pdftotext %s %s -", options, path)), "r");
    assert_non_null(pipe);
    struct buf out = buf_in(a);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, pipe)) > 0;) buf_put(&out, (struct str){chunk, n});
    pclose(pipe);
    unlink(path);
    return buf_str(&out);
}

/* Page text without its number, which is the last line. */
static struct str without_page_numbers(struct arena *a, struct str text)
{
    struct buf out = buf_in(a);
    struct str page;
    for (int number = 1; str_split(&text, '\f', &page); number++) {
        page = without_space(a, page);
        struct str label = str_printf(a, "—%d—", number);
        if (!str_ends(page, label)) fail_msg("page %d bears no number", number);
        buf_put(&out, str_slice(page, 0, page.len - label.len));
    }
    return buf_str(&out);
}

static void assert_same_text(struct arena *a, const char *what, struct str got, struct str expected)
{
    got = without_space(a, got);
    expected = without_space(a, expected);
    if (str_eq(got, expected)) return;
    size_t at = 0;
    while (at < got.len && at < expected.len && got.s[at] == expected.s[at]) at++;
    size_t from = at > 30 ? at - 30 : 0;
    fail_msg("%s differs at %zu:\n  %.*s\nexpected\n  %.*s", what, at, STR_ARG(str_slice(got, from, at + 60)),
             STR_ARG(str_slice(expected, from, at + 60)));
}

static struct str pdf_of(struct arena *a, const struct paper *p)
{
    struct str pdf;
    struct error err;
    if (!paper_pdf(p, fonts, a, &pdf, &err)) fail_msg("%s", err.message);
    return pdf;
}

static struct str docx_of(struct arena *a, const struct paper *p)
{
    struct str docx;
    struct error err;
    if (!paper_docx(p, NULL, a, &docx, &err)) fail_msg("%s", err.message);
    return docx;
}

/* ---- Tests ---- */

static void every_form_says_the_same(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = everything(a);
    struct buf text = buf_in(a);
    struct error err;
    assert_true(paper_text(p, &text, &err));
    assert_true(str_contains(buf_str(&text), STR("一、主要举措 <和> 工作\"成效\" & 其他")));
    assert_same_text(a, "DOCX", docx_text(a, docx_of(a, p)), buf_str(&text));
    struct str pdf = pdf_of(a, p);
    if (!have_poppler()) {
        print_message("pdftotext is missing: the text of the PDF is not compared\n");
        skip();
    }
    assert_same_text(a, "PDF", without_page_numbers(a, poppler(a, pdf, "-raw")), buf_str(&text));
}

static void the_parts_of_a_docx_are_xml(void **state)
{
    (void)state;
    static const char *const parts[] = {"[Content_Types].xml", "_rels/.rels",      "docProps/core.xml",
                                        "word/document.xml",   "word/styles.xml",  "word/settings.xml",
                                        "word/footer1.xml",    "word/footer2.xml", "word/_rels/document.xml.rels"};
    auto_arena a = arena_open();
    struct str docx = docx_of(a, everything(a));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct str xml = zip_entry(a, docx, parts[i]);
        xmlDoc *doc = xmlReadMemory(xml.s, (int)xml.len, parts[i], NULL, XML_PARSE_NONET);
        if (!doc) fail_msg("%s is not well-formed", parts[i]);
        xmlFreeDoc(doc);
    }
    struct str document = zip_entry(a, docx, "word/document.xml");
    assert_true(str_contains(document, STR("w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\"")));
    struct str styles = zip_entry(a, docx, "word/styles.xml");
    assert_true(str_contains(styles, STR("w:line=\"579\" w:lineRule=\"exact\"")));
    assert_true(str_contains(styles, STR("仿宋_GB2312")));
}

static void the_same_paper_gives_the_same_bytes(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    assert_true(str_eq(docx_of(a, everything(a)), docx_of(a, everything(a))));
    assert_true(str_eq(pdf_of(a, everything(a)), pdf_of(a, everything(a))));
}

static void html_is_escaped(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    struct paper_block *par = paper_paragraph(p);
    paper_run_link(par, STR("<script>"), STR("/f?a=1&b=\"x\""), STR("figure"), STR("a\"b<c>"));
    paper_run_link(par, STR("危险"), STR("javascript:alert(1)"), STR(""), STR(""));
    paper_run_link(par, STR("别处"), STR("//evil.example"), STR(""), STR(""));
    struct buf out = buf_in(a);
    struct error err;
    assert_true(paper_html(p, &out, &err));
    struct str html = buf_str(&out);
    assert_true(str_contains(html, STR("<a href=\"/f?a=1&amp;b=&quot;x&quot;\" class=\"figure\" "
                                       "title=\"a&quot;b&lt;c&gt;\">&lt;script&gt;</a>危险别处</p>")));
    assert_false(str_contains(html, STR("javascript")));
    assert_false(str_contains(html, STR("evil")));
    buf_clear(&out);
    assert_true(paper_html(everything(a), &out, &err));
    html = str_replace(a, buf_str(&out), STR("<br>"), STR("<br/>")); /* but for this it is XML: no tag is left open */
    xmlDoc *doc = xmlReadMemory(html.s, (int)html.len, "paper.html", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    assert_string_equal((const char *)xmlDocGetRootElement(doc)->name, "article");
    xmlFreeDoc(doc);
}

static struct layout layout_of(struct arena *a, const struct paper *p)
{
    struct layout layout = {.arena = a};
    struct error err;
    if (!layout_paper(&layout, p, fonts, &err)) fail_msg("%s", err.message);
    return layout;
}

static struct paper *of_hanzi(struct arena *a, size_t characters)
{
    struct paper *p = paper_new(a);
    struct buf text = buf_in(a);
    for (size_t i = 0; i < characters; i++) buf_puts(&text, "国");
    paper_text_paragraph(p, buf_str(&text));
    return p;
}

static void a_page_has_22_lines_of_28_characters(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct layout layout = layout_of(a, of_hanzi(a, 28 * 50 - 2));
    assert_int_equal(layout.line_count, 50);
    assert_int_equal(layout.page_count, 3);
    for (size_t i = 0; i < layout.line_count; i++) {
        const struct layout_line *line = &layout.lines[i];
        assert_int_equal(line->page, i / 22);
        assert_int_equal(line->count, i == 0 ? 26 : 28);
        double top = 37 + (double)(i % 22) * 10.446428;
        assert_true(fabs(line->y - (top + 0.88 * 5.5714286)) < 0.001);
        for (size_t k = 0; k < line->count; k++) {
            double column = (double)(k + (i == 0 ? 2 : 0));
            assert_true(fabs(line->glyphs[k].x - (28 + column * 5.5714286)) < 0.001);
        }
    }
}

/* The same, seen by a reader of the PDF. */
static void poppler_sees_the_grid(void **state)
{
    (void)state;
    if (!have_poppler()) {
        print_message("pdftotext is missing: the grid is not measured in the PDF\n");
        skip();
    }
    auto_arena a = arena_open();
    struct str rest = poppler(a, pdf_of(a, of_hanzi(a, 28 * 22 - 2)), "-bbox"), line;
    double last_y = 0;
    int lines = 0;
    while (str_split(&rest, '\n', &line)) {
        double x0, y0, x1, y1;
        if (!str_contains(line, STR("国国国"))) continue;
        if (sscanf(str_cstr(a, str_trim(line)), "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &x0, &y0,
                   &x1, &y1) != 4)
            fail_msg("unreadable: %.*s", STR_ARG(line));
        const double mm = 25.4 / 72;
        double left = lines == 0 ? 28 + 2 * 5.5714 : 28;
        if (fabs(x0 * mm - left) > 0.1 || fabs(x1 * mm - 184) > 0.1) fail_msg("x %f … %f", x0 * mm, x1 * mm);
        if (lines > 0 && fabs((y0 - last_y) * mm - 10.4464) > 0.05) fail_msg("pitch %f", (y0 - last_y) * mm);
        last_y = y0;
        lines++;
    }
    assert_int_equal(lines, 22);
}

static void lines_break_where_they_may(void **state)
{
    (void)state;
    static const struct {
        uint32_t before, after;
        bool may;
    } cases[] = {
        {0x56FD, 0x56FD, true},  {0x56FD, 0xFF0C, false}, {0xFF0C, 0x56FD, true}, {0x300A, 0x56FD, false},
        {0x56FD, 0x300A, true},  {'1', '2', false},       {'1', ',', false},      {',', '2', false},
        {'6', 0x6B21, true},     {'9', '%', false},       {'%', 0x56FD, true},    {0x2014, 0x2014, false},
        {0x2026, 0x2026, false}, {0x201D, 0x3002, false}, {0x56FD, 0x201C, true}, {'a', 'b', false},
        {' ', 'b', true},        {0x56FD, ' ', false},    {0x3014, '2', false},   {0x56FD, '2', true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (kinsoku_may_break(cases[i].before, cases[i].after) != cases[i].may) {
            fail_msg("break between U+%04X and U+%04X: expected %d", (unsigned)cases[i].before,
                     (unsigned)cases[i].after, cases[i].may);
        }
    }
}

static bool holds(const char *list, uint32_t c)
{
    struct str all = str_from(list);
    for (size_t at = 0; at < all.len;) {
        if (utf8_next(all, &at) == c) return true;
    }
    return false;
}

static void check_line(const struct layout_line *line, const struct layout_line *next)
{
    uint32_t first = line->glyphs[0].cell->c, last = line->glyphs[line->count - 1].cell->c;
    if (holds("，。；：？！、）》」』〕”", first)) fail_msg("a line begins with U+%04X", (unsigned)first);
    if (holds("（《「『〔“", last) && next) fail_msg("a line ends with U+%04X", (unsigned)last);
    if (next && last >= '0' && last <= '9' && next->glyphs[0].cell->c >= '0' && next->glyphs[0].cell->c <= '9') {
        fail_msg("a number is broken");
    }
    const struct layout_glyph *end = &line->glyphs[line->count - 1];
    double ink = end->x + end->cell->glyph.right * line->size;
    double begin = line->glyphs[0].x + line->glyphs[0].cell->glyph.left * line->size;
    if (begin < 28 || ink > 184.3) fail_msg("ink from %f to %f", begin, ink);
    for (size_t i = 1; i < line->count; i++) {
        const struct layout_glyph *l = &line->glyphs[i - 1], *r = &line->glyphs[i];
        double gap = r->x + r->cell->glyph.left * line->size - (l->x + l->cell->glyph.right * line->size);
        if (gap < -0.6) fail_msg("U+%04X and U+%04X overlap by %f mm", (unsigned)l->cell->c, (unsigned)r->cell->c, gap);
    }
}

static void no_line_begins_or_ends_with_a_forbidden_sign(void **state)
{
    (void)state;
    static const char *const pieces[] = {"国", "法", "治", "街", "道",    "，",   "。", "、", "《", "》", "“",  "”",
                                         "（", "）", "12", "3",  "98.5%", "2024", "；", "：", "〔", "〕", "民", "调"};
    enum { HANZI = 5, PIECES = sizeof pieces / sizeof *pieces };
    unsigned seed = 1;
    for (int round = 0; round < 60; round++) {
        auto_arena a = arena_open();
        struct buf text = buf_in(a);
        bool hanzi = true; /* between two signs stands a hanzi: real text has no five closing signs in a row */
        for (int i = 0; i < 900; i++, hanzi = !hanzi) {
            seed = seed * 1103515245u + 12345u;
            buf_puts(&text, pieces[(seed >> 16) % (hanzi ? HANZI : PIECES)]);
        }
        struct paper *p = paper_new(a);
        paper_text_paragraph(p, buf_str(&text));
        struct layout layout = layout_of(a, p);
        for (size_t i = 0; i < layout.line_count; i++) {
            check_line(&layout.lines[i], i + 1 < layout.line_count ? &layout.lines[i + 1] : NULL);
        }
    }
}

static void signatures_stand_where_the_standard_puts_them(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double organ, date;
        bool sealed;
        double organ_at, date_at;
    } cases[] = {
        {"sealed", 10, 6, true, 16, 18},       {"plain", 10, 6, false, 16, 18},
        {"short organ", 4, 6, false, 18, 20},  {"long organ, sealed", 20, 6, true, 8, 18},
        {"equal widths", 6, 6, false, 20, 22},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct signature_place place = signature_place(cases[i].organ, cases[i].date, cases[i].sealed);
        if (fabs(place.organ - cases[i].organ_at) > 0.001 || fabs(place.date - cases[i].date_at) > 0.001) {
            fail_msg("%s: %f and %f", cases[i].name, place.organ, place.date);
        }
    }
}

static void a_signature_never_stands_alone(void **state)
{
    (void)state;
    for (size_t lines = 1; lines <= 70; lines++) {
        auto_arena a = arena_open();
        struct paper *p = of_hanzi(a, 28 * lines - 2);
        struct date day = {20000};
        paper_signature(p, STR("跃进街道办事处"), day, false);
        struct layout layout = layout_of(a, p);
        unsigned page = layout.lines[layout.line_count - 1].page;
        size_t body = 0, signature = 0;
        for (size_t i = 0; i < layout.line_count; i++) {
            const struct layout_line *line = &layout.lines[i];
            assert_true(line->y < 262);
            body += line->page == page && line->kind == PAPER_BODY;
            signature += line->page == page && line->kind != PAPER_BODY;
        }
        if (signature != 2 || body < 1) fail_msg("%zu lines: %zu of body, %zu of signature", lines, body, signature);
    }
}

static void a_heading_never_ends_a_page(void **state)
{
    (void)state;
    for (size_t lines = 1; lines <= 44; lines++) {
        auto_arena a = arena_open();
        struct paper *p = of_hanzi(a, 28 * lines - 2);
        paper_heading_numbered(p, 1, STR("标题"));
        paper_heading_numbered(p, 2, STR("标题"));
        paper_text_paragraph(p, STR("正文。"));
        struct layout layout = layout_of(a, p);
        const struct layout_line *last = &layout.lines[layout.line_count - 1];
        if (last->page != last[-1].page || last->page != last[-2].page) fail_msg("%zu lines: a heading alone", lines);
    }
}

static void a_long_table_goes_on_with_its_header(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    struct paper_column columns[] = {{STR("头"), 1, PAPER_CENTRE}, {STR("头"), 4, PAPER_LEFT}};
    struct paper_table *table = paper_table(p, STR(""), columns, 2);
    enum { ROWS = 80 };
    for (int i = 0; i < ROWS; i++) {
        struct str cells[] = {STR("行"),
                              STR("指标指标指标指标指标指标指标指标指标指标指标指标指标指标指标指标指标指标指标")};
        paper_table_row(table, cells);
    }
    struct layout layout = layout_of(a, p);
    size_t headers = 0, rows = 0;
    for (size_t i = 0; i < layout.line_count; i++) {
        headers += layout.lines[i].glyphs[0].cell->c == 0x5934;
        rows += layout.lines[i].glyphs[0].cell->c == 0x884C;
        assert_true(layout.lines[i].y < 262);
    }
    assert_true(layout.page_count > 2);
    assert_int_equal(headers, 2 * layout.page_count);
    assert_int_equal(rows, ROWS);
    for (size_t i = 0; i < layout.rule_count; i++) assert_true(layout.rules[i].y1 < 262.01);
}

static void a_row_longer_than_a_page_is_divided(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    struct paper_column columns[] = {{STR("头"), 1, PAPER_CENTRE}, {STR("头"), 1, PAPER_LEFT}};
    struct paper_table *table = paper_table(p, STR(""), columns, 2);
    enum { CHARACTERS = 3000 };
    struct buf text = buf_in(a);
    for (int i = 0; i < CHARACTERS; i++) buf_puts(&text, "国");
    struct str cells[] = {STR("行"), buf_str(&text)};
    paper_table_row(table, cells);
    struct layout layout = layout_of(a, p);
    size_t found = 0;
    for (size_t i = 0; i < layout.line_count; i++) {
        const struct layout_line *line = &layout.lines[i];
        assert_true(line->y < 262 && line->page < layout.page_count);
        for (size_t k = 0; k < line->count; k++) found += line->glyphs[k].cell->c == 0x56FD;
    }
    assert_int_equal(found, CHARACTERS);
    assert_true(layout.page_count > 3);
}

static void a_character_without_glyph_is_an_error(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    paper_text_paragraph(p, STR("张\xEE\x80\x80某")); /* U+E000, private use */
    struct str pdf;
    struct error err = {0};
    assert_false(paper_pdf(p, fonts, a, &pdf, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "U+E000"));
    struct paper *rare = paper_new(a);
    paper_text_paragraph(rare, STR("㼆、䶮、镕、喆")); /* not all in the body's face */
    pdf_of(a, rare);
}

static void headings_number_themselves(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    static const struct {
        int level;
        const char *expected;
    } cases[] = {{1, "一、甲"},  {2, "（一）甲"}, {2, "（二）甲"}, {3, "1.甲"},   {4, "（1）甲"},
                 {4, "（2）甲"}, {3, "2.甲"},     {4, "（1）甲"},  {1, "二、甲"}, {2, "（一）甲"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paper_block *heading = paper_heading_numbered(p, cases[i].level, STR("甲"));
        assert_string_equal(str_cstr(a, heading->runs[0].text), cases[i].expected);
    }
    assert_string_equal(str_cstr(a, paper_heading_number(a, 1, 10)), "十、");
    assert_string_equal(str_cstr(a, paper_heading_number(a, 1, 21)), "二十一、");
    assert_string_equal(str_cstr(a, paper_heading_number(a, 2, 19)), "（十九）");
}

static void long_titles_are_broken_between_words(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    paper_title(p, STR("柳州市柳北区人民政府跃进街道办事处关于报送2024年度法治政府建设情况报告的函"));
    struct paper_block *title = p->blocks[0];
    assert_int_equal(title->run_count, 2);
    assert_string_equal(str_cstr(a, title->runs[1].text), "关于报送2024年度法治政府建设情况报告的函");
    paper_title(p, STR("短的\n标题"));
    assert_int_equal(p->blocks[1]->run_count, 2);
}

static void text_is_cleaned(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct paper *p = paper_new(a);
    struct paper_block *par = paper_text_paragraph(p, STR("\xEF\xBB\xBF甲\x01乙\n丙\xE2\x80\x8B丁"));
    assert_string_equal(str_cstr(a, par->runs[0].text), "甲乙 丙丁");
    paper_run(par, STR("\x02"));
    assert_int_equal(par->run_count, 1);
}

struct rendering {
    struct str first;
    bool same;
};

static void *render_often(void *argument)
{
    struct rendering *r = argument;
    for (int i = 0; i < 5; i++) {
        auto_arena a = arena_open();
        struct str pdf;
        struct error err;
        r->same = paper_pdf(everything(a), fonts, a, &pdf, &err) && str_eq(pdf, r->first);
        if (!r->same) break;
    }
    return NULL;
}

static void threads_share_the_fonts(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    auto_arena a = arena_open();
    struct rendering all[THREADS];
    pthread_t threads[THREADS];
    struct str first = pdf_of(a, everything(a));
    for (int i = 0; i < THREADS; i++) {
        all[i] = (struct rendering){first, false};
        assert_int_equal(pthread_create(&threads[i], NULL, render_often, &all[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(all[i].same);
    }
}

int main(void)
{
    xmlInitParser();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_says_the_same),
        cmocka_unit_test(the_parts_of_a_docx_are_xml),
        cmocka_unit_test(the_same_paper_gives_the_same_bytes),
        cmocka_unit_test(html_is_escaped),
        cmocka_unit_test(a_page_has_22_lines_of_28_characters),
        cmocka_unit_test(poppler_sees_the_grid),
        cmocka_unit_test(lines_break_where_they_may),
        cmocka_unit_test(no_line_begins_or_ends_with_a_forbidden_sign),
        cmocka_unit_test(signatures_stand_where_the_standard_puts_them),
        cmocka_unit_test(a_signature_never_stands_alone),
        cmocka_unit_test(a_heading_never_ends_a_page),
        cmocka_unit_test(a_long_table_goes_on_with_its_header),
        cmocka_unit_test(a_row_longer_than_a_page_is_divided),
        cmocka_unit_test(a_character_without_glyph_is_an_error),
        cmocka_unit_test(headings_number_themselves),
        cmocka_unit_test(long_titles_are_broken_between_words),
        cmocka_unit_test(text_is_cleaned),
        cmocka_unit_test(threads_share_the_fonts),
    };
    int failed = cmocka_run_group_tests(tests, open_fonts, close_fonts);
    xmlCleanupParser();
    return failed;
}
