/* DOCX with the page set-up that an inspector expects in 页面设置 (22 lines of 28 characters). Written by hand as
 * WordprocessingML; every text passes buf_put_html, whose five entities are XML's as well. */
#include <math.h>
#include <string.h>

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

/* `keep` (keepNext, framePr, borders) and `rest` (tabs, spacing, ind, jc) stand before and behind the page break, as
 * the schema orders them. The rules of Chinese line breaking stand in each paragraph: LibreOffice doesn't inherit
 * them. */
static void open_paragraph(struct writer *w, const char *style, const char *keep, const char *rest)
{
    buf_putf(&w->out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/>%s", style, keep);
    if (w->break_before) buf_puts(&w->out, "<w:pageBreakBefore/>");
    w->break_before = false;
    bool tabs = strncmp(rest, "<w:tabs>", 8) == 0; /* the only thing of `rest` that stands before kinsoku */
    size_t tabs_end = tabs ? str_find(str_from(rest), STR("</w:tabs>"), 0) + strlen("</w:tabs>") : 0;
    buf_put(&w->out, str_slice(str_from(rest), 0, tabs_end));
    buf_puts(&w->out,
             "<w:kinsoku/><w:overflowPunct w:val=\"0\"/><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>");
    buf_putf(&w->out, "%s</w:pPr>", rest + tabs_end);
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
        /* A full line is set a little tighter: LibreOffice puts air between digits and hanzi, told or not. */
        bool full = width_of(block->runs[i].text) > 18.5;
        put_run(w, &block->runs[i], full ? "<w:spacing w:val=\"-12\"/>" : "");
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
    if (label > 14) label = 0; /* too long to align behind */
    struct str rest =
        str_printf(w->out.arena, "%s<w:ind w:left=\"%d\" w:hanging=\"%d\"/>",
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
    struct str rest =
        str_printf(a, "%s<w:ind w:left=\"%d\"/>", first ? "<w:spacing w:before=\"579\"/>" : "", twips(left));
    open_paragraph(w, "Signature", first ? "<w:keepNext/>" : "", str_cstr(a, rest));
    for (size_t i = 0; i < block->run_count; i++) put_run(w, &block->runs[i], "");
    buf_puts(&w->out, "</w:p>");
}

static void put_signature(struct writer *w, const struct paper_block *organ)
{
    const struct paper_block *date = w->paper->blocks[++w->block];
    struct arena *a = w->out.arena;
    struct signature_place place =
        signature_place(width_of(block_text(a, organ)), width_of(block_text(a, date)), organ->sealed);
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

/* ---- 版记: a frame whose last line stands at the type area's lower edge, 262 mm ---- */

#define AREA_BOTTOM_TWIPS 14854 /* 262 mm */
#define IMPRINT_LINE 525        /* as in the style */
#define EMU_OF_TWIP 635
#define EMU_THICK 12600 /* 0.35 mm (7.4.1) */
#define EMU_THIN 9000   /* 0.25 mm */

/* A black line across the type area at `y` twips from the page's top. Drawn, since borders that differ between the
 * paragraphs of a frame make LibreOffice drop the frame. */
static void put_line(struct writer *w, int id, int y, int thickness)
{
    buf_putf(
        &w->out,
        "<w:r><w:drawing><wp:anchor distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\" simplePos=\"0\" "
        "relativeHeight=\"%d\" behindDoc=\"0\" locked=\"0\" layoutInCell=\"1\" allowOverlap=\"1\">"
        "<wp:simplePos x=\"0\" y=\"0\"/><wp:positionH relativeFrom=\"page\"><wp:posOffset>%d</wp:posOffset>"
        "</wp:positionH><wp:positionV relativeFrom=\"page\"><wp:posOffset>%d</wp:posOffset></wp:positionV>"
        "<wp:extent cx=\"%d\" cy=\"0\"/><wp:wrapNone/><wp:docPr id=\"%d\" name=\"Line %d\"/><wp:cNvGraphicFramePr/>",
        id, 1588 * EMU_OF_TWIP, y * EMU_OF_TWIP, DOCX_WIDTH * EMU_OF_TWIP, id, id);
    buf_putf(&w->out,
             "<a:graphic><a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\">"
             "<wps:wsp><wps:cNvCnPr/><wps:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"%d\" cy=\"0\"/></a:xfrm>"
             "<a:prstGeom prst=\"line\"><a:avLst/></a:prstGeom><a:ln w=\"%d\"><a:solidFill><a:srgbClr val=\"000000\"/>"
             "</a:solidFill></a:ln></wps:spPr><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></"
             "w:drawing></w:r>",
             DOCX_WIDTH * EMU_OF_TWIP, thickness);
}

/* Lines that the 抄送 takes: the frame's place must be told in advance. */
static int copies_lines(struct arena *a, const struct paper_block *copies)
{
    if (!copies) return 0;
    double room = (DOCX_WIDTH - 2.0 * DOCX_SMALL) / DOCX_SMALL, hang = 3;
    double width = width_of(block_text(a, copies));
    return width <= room ? 1 : 1 + (int)ceil((width - room) / (room - hang));
}

/* Paragraphs with the same framePr stand in one frame. */
static void open_imprint(struct writer *w, int top, const char *rest)
{
    struct str frame = str_printf(w->out.arena,
                                  "<w:framePr w:w=\"%d\" w:hSpace=\"0\" w:wrap=\"around\" w:vAnchor=\"page\" "
                                  "w:hAnchor=\"page\" w:x=\"1588\" w:y=\"%d\"/>",
                                  DOCX_WIDTH, top);
    open_paragraph(w, "Imprint", str_cstr(w->out.arena, frame), rest);
}

/* The paragraph that frame and lines are anchored to. */
static void put_imprint_lines(struct writer *w, int top, bool copies)
{
    open_paragraph(w, "Normal", "", "<w:spacing w:line=\"20\" w:lineRule=\"exact\"/>");
    put_line(w, 1, top, EMU_THICK);
    if (copies) put_line(w, 2, AREA_BOTTOM_TWIPS - IMPRINT_LINE, EMU_THIN);
    put_line(w, 3, AREA_BOTTOM_TWIPS, EMU_THICK);
    buf_puts(&w->out, "</w:p>");
}

static void put_imprint(struct writer *w, const struct paper_block *copies, const struct paper_block *printed)
{
    int top = AREA_BOTTOM_TWIPS - (copies_lines(w->out.arena, copies) + 1) * IMPRINT_LINE;
    if (w->break_before) put_thin_paragraph(w); /* a frame can't begin a page */
    if (copies) {
        open_imprint(w, top, "<w:ind w:left=\"1120\" w:right=\"280\" w:hanging=\"840\"/>");
        for (size_t i = 0; i < copies->run_count; i++) put_run(w, &copies->runs[i], "");
        buf_puts(&w->out, "</w:p>");
    }
    open_imprint(w, top,
                 "<w:tabs><w:tab w:val=\"right\" w:pos=\"8564\"/></w:tabs><w:ind w:left=\"280\"/>"
                 "<w:jc w:val=\"left\"/>");
    for (size_t i = 0; i < printed->run_count; i++) {
        if (i + 1 == printed->run_count) buf_puts(&w->out, "<w:r><w:tab/></w:r>");
        put_run(w, &printed->runs[i], "");
    }
    buf_puts(&w->out, "</w:p>");
    put_imprint_lines(w, top, copies != NULL);
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
    case PAPER_ATTACHMENTS: put_hanging(w, "Attachments", block, block->level == 0 ? 2 : 5, block->level == 0); break;
    case PAPER_SIGNATURE: put_signature(w, block); break;
    case PAPER_DATE: break; /* stands with the signature */
    case PAPER_NOTE: put_paragraph(w, "Note", "", block); break;
    case PAPER_TABLE: put_table(w, block->table); break;
    case PAPER_PAGE_BREAK: w->break_before = w->block > 0; break;
    case PAPER_ATTACHMENT:
        w->break_before = w->block > 0;
        put_paragraph(w, "AttachmentLabel", "", block);
        break;
    case PAPER_COPIES:
        put_imprint(w, block, w->paper->blocks[w->block + 1]);
        w->block++;
        break;
    case PAPER_PRINTED: put_imprint(w, NULL, block); break;
    }
}

static struct str document(const struct paper *p, struct arena *a)
{
    struct writer w = {.out = buf_in(a), .paper = p};
    buf_puts(&w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                     "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
                     "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "
                     "xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" "
                     "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
                     "xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"><w:body>");
    for (; w.block < p->block_count; w.block++) put_block(&w);
    buf_putf(&w.out,
             "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>"
             "<w:footerReference w:type=\"even\" r:id=\"rId4\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>"
             "<w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" "
             "w:footer=\"1420\" w:gutter=\"0\"/><w:docGrid w:type=\"lines\" w:linePitch=\"%d\"/></w:sectPr>"
             "</w:body></w:document>",
             DOCX_LINE);
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
