/* DOCX with the page set-up that an inspector expects in 页面设置 (22 lines of 28 characters). Written by hand as
 * WordprocessingML; every text passes buf_put_html, whose five entities are XML's as well. */
#include <math.h>

#include "base/utf8.h"
#include "paper/docx_parts.h"
#include "paper/package.h"
#include "paper/paper.h"
#include "paper/signature.h"

struct writer {
    struct buf out;
    const struct paper *paper;
    size_t block;
    bool break_before; /* the next paragraph begins a page */
};

static const char *const run_style_ids[] = {
    [PAPER_PLAIN] = NULL,         [PAPER_STRONG] = "Strong",    [PAPER_LEVEL1] = "RunLevel1",
    [PAPER_LEVEL2] = "RunLevel2", [PAPER_LEVEL3] = "RunLevel3", [PAPER_LEVEL4] = "RunLevel4",
};

static void put_run(struct writer *w, const struct paper_run *run, const char *properties)
{
    const char *style = run_style_ids[run->style];
    buf_puts(&w->out, "<w:r><w:rPr>");
    if (style) buf_putf(&w->out, "<w:rStyle w:val=\"%s\"/>", style);
    buf_puts(&w->out, "<w:rFonts w:hint=\"eastAsia\"/>");
    buf_puts(&w->out, properties);
    buf_puts(&w->out, "</w:rPr><w:t xml:space=\"preserve\">");
    buf_put_html(&w->out, run->text);
    buf_puts(&w->out, "</w:t></w:r>");
}

/* `rest` stands behind the style in the order of the schema: keepNext, spacing, ind, jc. */
static void open_paragraph(struct writer *w, const char *style, const char *keep, const char *rest)
{
    buf_putf(&w->out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/>%s", style, keep);
    if (w->break_before) buf_puts(&w->out, "<w:pageBreakBefore/>");
    w->break_before = false;
    buf_putf(&w->out, "%s</w:pPr>", rest);
}

static void put_paragraph(struct writer *w, const char *style, const char *rest, const struct paper_block *block)
{
    open_paragraph(w, style, "", rest);
    for (size_t i = 0; i < block->run_count; i++) put_run(w, &block->runs[i], "");
    buf_puts(&w->out, "</w:p>");
}

/* Width in characters as the body's faces have it: digits and Latin letters take half. */
static double width_of(struct str t)
{
    double width = 0;
    for (size_t at = 0; at < t.len;) {
        uint32_t c = utf8_next(t, &at);
        width += c < 0x2000 && c != 0xB7 ? 0.5 : 1;
    }
    return width;
}

static struct str block_text(struct arena *a, const struct paper_block *block)
{
    struct buf text = buf_in(a);
    for (size_t i = 0; i < block->run_count; i++) buf_put(&text, block->runs[i].text);
    return buf_str(&text);
}

/* ---- Head, title ---- */

/* As large as one line of 156 mm allows, at most 22 mm; its ink begins 35 mm below the type area's top. */
static void put_mark(struct writer *w, const struct paper_block *block)
{
    double width = width_of(block_text(w->out.arena, block));
    double points = fmin(62, width > 0 ? 440.0 / width : 62);
    int half_points = (int)(points * 2);
    struct arena *a = w->out.arena;
    struct str rest = str_printf(a, "<w:spacing w:before=\"%d\" w:line=\"%d\" w:lineRule=\"exact\"/>",
                                 1984 - half_points / 2, half_points * 10);
    open_paragraph(w, "Mark", "", str_cstr(a, rest));
    struct str size = str_printf(a, "<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/>", half_points, half_points);
    for (size_t i = 0; i < block->run_count; i++) put_run(w, &block->runs[i], str_cstr(a, size));
    buf_puts(&w->out, "</w:p>");
}

static void put_title(struct writer *w, const struct paper_block *block)
{
    bool of_attachment = w->block > 0 && w->paper->blocks[w->block - 1]->kind == PAPER_ATTACHMENT;
    open_paragraph(w, "Title", "", of_attachment ? "<w:spacing w:before=\"579\"/>" : "");
    for (size_t i = 0; i < block->run_count; i++) {
        if (i > 0) buf_puts(&w->out, "<w:r><w:br/></w:r>");
        put_run(w, &block->runs[i], "");
    }
    buf_puts(&w->out, "</w:p>");
}

/* ---- Body ---- */

static int twips(double characters)
{
    return (int)lround(characters * DOCX_CHARACTER);
}

/* First line at `first` characters, the others behind run 0. */
static void put_hanging(struct writer *w, const char *style, const struct paper_block *block, double first,
                        bool blank_before)
{
    double label = block->run_count > 1 ? width_of(block->runs[0].text) : 0;
    struct str rest = str_printf(w->out.arena, "%s<w:ind w:left=\"%d\" w:hanging=\"%d\"/>",
                                 blank_before ? "<w:spacing w:before=\"579\"/>" : "", twips(first + label), twips(label));
    put_paragraph(w, style, str_cstr(w->out.arena, rest), block);
}

static void put_heading(struct writer *w, const struct paper_block *block)
{
    static const char *const styles[] = {"Heading1", "Heading2", "Heading3", "Heading4"};
    put_paragraph(w, styles[block->level - 1], "", block);
}

static void put_signature_line(struct writer *w, const struct paper_block *block, double left, bool first)
{
    struct arena *a = w->out.arena;
    struct str rest = str_printf(a, "%s<w:ind w:left=\"%d\"/>", first ? "<w:spacing w:before=\"579\"/>" : "", twips(left));
    open_paragraph(w, "Signature", first ? "<w:keepNext/>" : "", str_cstr(a, rest));
    for (size_t i = 0; i < block->run_count; i++) put_run(w, &block->runs[i], "");
    buf_puts(&w->out, "</w:p>");
}

static void put_signature(struct writer *w, const struct paper_block *organ)
{
    const struct paper_block *date = w->paper->blocks[++w->block];
    struct arena *a = w->out.arena;
    struct signature_place place = signature_place(width_of(block_text(a, organ)), width_of(block_text(a, date)),
                                                   organ->sealed);
    put_signature_line(w, organ, place.organ, true);
    put_signature_line(w, date, place.date, false);
}

/* The last paragraph before a signature keeps with it, so that no page holds the signature alone (7.3.5.5). */
static void put_body(struct writer *w, const struct paper_block *block)
{
    size_t next = w->block + 1;
    bool before_signature = next < w->paper->block_count && w->paper->blocks[next]->kind == PAPER_SIGNATURE;
    open_paragraph(w, "Body", before_signature ? "<w:keepNext/>" : "", "");
    for (size_t i = 0; i < block->run_count; i++) put_run(w, &block->runs[i], "");
    buf_puts(&w->out, "</w:p>");
}

/* ---- Tables ---- */

static void put_borders(struct buf *out)
{
    static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    buf_puts(out, "<w:tblBorders>");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        buf_putf(out, "<w:%s w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/>", sides[i]);
    }
    buf_puts(out, "</w:tblBorders>");
}

static int *column_widths(struct arena *a, const struct paper_table *table)
{
    int *widths = arena_new_array(a, int, table->column_count);
    double sum = 0;
    for (size_t c = 0; c < table->column_count; c++) sum += table->columns[c].weight;
    for (size_t c = 0; c < table->column_count; c++) {
        widths[c] = (int)lround(DOCX_WIDTH * table->columns[c].weight / sum);
    }
    return widths;
}

static void open_cell(struct writer *w, int width, const char *style, enum paper_align align)
{
    static const char *const aligns[] = {
        [PAPER_LEFT] = "", [PAPER_CENTRE] = "<w:jc w:val=\"center\"/>", [PAPER_RIGHT] = "<w:jc w:val=\"right\"/>"};
    buf_putf(&w->out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>", width);
    open_paragraph(w, style, "", aligns[align]);
}

static void put_table_header(struct writer *w, const struct paper_table *table, const int *widths)
{
    buf_puts(&w->out, "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for (size_t c = 0; c < table->column_count; c++) {
        struct paper_run label = {.text = table->columns[c].label};
        open_cell(w, widths[c], "TableHead", PAPER_CENTRE);
        put_run(w, &label, "");
        buf_puts(&w->out, "</w:p></w:tc>");
    }
    buf_puts(&w->out, "</w:tr>");
}

static void put_table_rows(struct writer *w, const struct paper_table *table, const int *widths)
{
    for (size_t r = 0; r < table->row_count; r++) {
        buf_puts(&w->out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (size_t c = 0; c < table->column_count; c++) {
            const struct paper_block *cell = table->rows[r].cells[c];
            open_cell(w, widths[c], "TableText", table->columns[c].align);
            for (size_t i = 0; i < cell->run_count; i++) put_run(w, &cell->runs[i], "");
            buf_puts(&w->out, "</w:p></w:tc>");
        }
        buf_puts(&w->out, "</w:tr>");
    }
}

static void put_thin_paragraph(struct writer *w)
{
    open_paragraph(w, "Normal", "", "<w:spacing w:line=\"20\" w:lineRule=\"exact\"/>");
    buf_puts(&w->out, "</w:p>");
}

static void put_table(struct writer *w, const struct paper_table *table)
{
    int *widths = column_widths(w->out.arena, table);
    if (table->caption.len) {
        struct paper_run caption = {.text = table->caption};
        open_paragraph(w, "TableCaption", "", "");
        put_run(w, &caption, "");
        buf_puts(&w->out, "</w:p>");
    } else if (w->break_before) {
        put_thin_paragraph(w);
    }
    buf_putf(&w->out, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/>", DOCX_WIDTH);
    put_borders(&w->out);
    buf_puts(&w->out, "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:top w:w=\"57\" w:type=\"dxa\"/>"
                      "<w:left w:w=\"68\" w:type=\"dxa\"/><w:bottom w:w=\"57\" w:type=\"dxa\"/>"
                      "<w:right w:w=\"68\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>");
    for (size_t c = 0; c < table->column_count; c++) buf_putf(&w->out, "<w:gridCol w:w=\"%d\"/>", widths[c]);
    buf_puts(&w->out, "</w:tblGrid>");
    put_table_header(w, table, widths);
    put_table_rows(w, table, widths);
    buf_puts(&w->out, "</w:tbl>");
    put_thin_paragraph(w); /* tables that follow each other would become one */
}

/* ---- 版记: a table that floats at the foot of the last page ---- */

static void put_imprint_cell(struct writer *w, int span, int width, const char *borders, const char *rest,
                             const struct paper_run *runs, size_t count)
{
    buf_putf(&w->out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>", width);
    if (span > 1) buf_putf(&w->out, "<w:gridSpan w:val=\"%d\"/>", span);
    buf_putf(&w->out, "<w:tcBorders>%s</w:tcBorders></w:tcPr>", borders);
    open_paragraph(w, "Imprint", "", rest);
    for (size_t i = 0; i < count; i++) put_run(w, &runs[i], "");
    buf_puts(&w->out, "</w:p></w:tc>");
}

#define THICK(side) "<w:" side " w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"000000\"/>"
#define THIN(side) "<w:" side " w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/>"

static void put_printed(struct writer *w, const struct paper_block *printed, bool below_copies)
{
    const char *borders = below_copies ? THIN("top") THICK("bottom") : THICK("top") THICK("bottom");
    size_t first = printed->run_count > 1 ? 1 : 0; /* a paper may name no printer */
    buf_puts(&w->out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    put_imprint_cell(w, 1, DOCX_WIDTH / 2, borders, "<w:ind w:left=\"280\"/><w:jc w:val=\"left\"/>", printed->runs, first);
    put_imprint_cell(w, 1, DOCX_WIDTH / 2, borders, "<w:ind w:right=\"280\"/><w:jc w:val=\"right\"/>",
                     printed->runs + first, printed->run_count - first);
    buf_puts(&w->out, "</w:tr>");
}

static void put_imprint(struct writer *w, const struct paper_block *copies, const struct paper_block *printed)
{
    buf_putf(&w->out, "<w:tbl><w:tblPr><w:tblpPr w:leftFromText=\"0\" w:rightFromText=\"0\" w:vertAnchor=\"margin\" "
                      "w:horzAnchor=\"margin\" w:tblpXSpec=\"left\" w:tblpYSpec=\"bottom\"/>"
                      "<w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>"
                      "<w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>"
                      "<w:tblGrid><w:gridCol w:w=\"%d\"/><w:gridCol w:w=\"%d\"/></w:tblGrid>",
             DOCX_WIDTH, DOCX_WIDTH / 2, DOCX_WIDTH / 2);
    if (copies) {
        buf_puts(&w->out, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        put_imprint_cell(w, 2, DOCX_WIDTH, THICK("top"), "<w:ind w:left=\"1120\" w:right=\"280\" w:hanging=\"840\"/>",
                         copies->runs, copies->run_count);
        buf_puts(&w->out, "</w:tr>");
    }
    put_printed(w, printed, copies != NULL);
    buf_puts(&w->out, "</w:tbl>");
    put_thin_paragraph(w);
}

/* ---- The whole ---- */

static void put_block(struct writer *w)
{
    const struct paper_block *block = w->paper->blocks[w->block];
    switch (block->kind) {
    case PAPER_MARK: put_mark(w, block); break;
    case PAPER_NUMBER: put_paragraph(w, "Number", "", block); break;
    case PAPER_TITLE: put_title(w, block); break;
    case PAPER_ADDRESSEE: put_paragraph(w, "Addressee", "", block); break;
    case PAPER_HEADING: put_heading(w, block); break;
    case PAPER_BODY: put_body(w, block); break;
    case PAPER_LABELLED: put_hanging(w, "Labelled", block, 2, false); break;
    case PAPER_ATTACHMENTS:
        put_hanging(w, "Attachments", block, block->level == 0 ? 2 : 5, block->level == 0);
        break;
    case PAPER_SIGNATURE: put_signature(w, block); break;
    case PAPER_DATE: break; /* stands with the signature */
    case PAPER_NOTE: put_paragraph(w, "Note", "", block); break;
    case PAPER_TABLE: put_table(w, block->table); break;
    case PAPER_PAGE_BREAK: w->break_before = w->block > 0; break;
    case PAPER_ATTACHMENT:
        w->break_before = w->block > 0;
        put_paragraph(w, "AttachmentLabel", "", block);
        break;
    case PAPER_COPIES: put_imprint(w, block, w->paper->blocks[w->block + 1]); w->block++; break;
    case PAPER_PRINTED: put_imprint(w, NULL, block); break;
    }
}

static struct str document(const struct paper *p, struct arena *a)
{
    struct writer w = {.out = buf_in(a), .paper = p};
    buf_puts(&w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                     "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
                     "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>");
    for (; w.block < p->block_count; w.block++) put_block(&w);
    buf_putf(&w.out, "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>"
                     "<w:footerReference w:type=\"even\" r:id=\"rId4\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>"
                     "<w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" "
                     "w:footer=\"1420\" w:gutter=\"0\"/><w:docGrid w:type=\"lines\" w:linePitch=\"%d\"/></w:sectPr>"
                     "</w:body></w:document>", DOCX_LINE);
    return buf_str(&w.out);
}

/* The dates are the paper's own, so that the same paper gives the same bytes. */
static struct str core_properties(const struct paper *p, struct arena *a)
{
    struct buf out = buf_in(a);
    struct date day = {10957}; /* 2000-01-01 where the paper bears no date */
    struct str title = STR("");
    for (size_t i = 0; i < p->block_count; i++) {
        if (p->blocks[i]->kind == PAPER_DATE) day = p->blocks[i]->date;
        if (p->blocks[i]->kind == PAPER_TITLE && title.len == 0) title = block_text(a, p->blocks[i]);
    }
    buf_puts(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties "
                   "xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
                   "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                   "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
    buf_put_html(&out, title);
    buf_puts(&out, "</dc:title><dcterms:created xsi:type=\"dcterms:W3CDTF\">");
    buf_put(&out, date_iso(a, day));
    buf_puts(&out, "T00:00:00Z</dcterms:created></cp:coreProperties>");
    return buf_str(&out);
}

bool paper_docx(const struct paper *p, const struct paper_docx_fonts *fonts, struct arena *a, struct str *zip,
                struct error *err)
{
    static const struct paper_docx_fonts official = {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"};
    if (!fonts) fonts = &official;
    struct package_entry entries[] = {
        {"[Content_Types].xml", str_from(docx_content_types)},
        {"_rels/.rels", str_from(docx_relations)},
        {"docProps/core.xml", core_properties(p, a)},
        {"word/document.xml", document(p, a)},
        {"word/_rels/document.xml.rels", str_from(docx_document_relations)},
        {"word/styles.xml", docx_styles(a, fonts)},
        {"word/settings.xml", str_from(docx_settings)},
        {"word/footer1.xml", docx_footer(a, true)},
        {"word/footer2.xml", docx_footer(a, false)},
    };
    return package_zip(entries, sizeof entries / sizeof *entries, a, zip, err);
}
