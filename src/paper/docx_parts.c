#include "paper/docx_parts.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define PART "application/vnd.openxmlformats-officedocument.wordprocessingml."

const char docx_content_types[] =
    XML "<Types xmlns=\"" PACKAGE "/content-types\">"
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        "<Override PartName=\"/word/document.xml\" ContentType=\"" PART "document.main+xml\"/>"
        "<Override PartName=\"/word/styles.xml\" ContentType=\"" PART "styles+xml\"/>"
        "<Override PartName=\"/word/settings.xml\" ContentType=\"" PART "settings+xml\"/>"
        "<Override PartName=\"/word/footer1.xml\" ContentType=\"" PART "footer+xml\"/>"
        "<Override PartName=\"/word/footer2.xml\" ContentType=\"" PART "footer+xml\"/>"
        "<Override PartName=\"/docProps/core.xml\" "
        "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
        "</Types>";

const char docx_relations[] =
    XML "<Relationships xmlns=\"" PACKAGE "/relationships\">"
        "<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" Target=\"word/document.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"" PACKAGE
        "/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
        "</Relationships>";

const char docx_document_relations[] =
    XML "<Relationships xmlns=\"" PACKAGE "/relationships\">"
        "<Relationship Id=\"rId1\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"" OFFICE "/settings\" Target=\"settings.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"" OFFICE "/footer\" Target=\"footer1.xml\"/>"
        "<Relationship Id=\"rId4\" Type=\"" OFFICE "/footer\" Target=\"footer2.xml\"/>"
        "</Relationships>";

const char docx_settings[] = XML
    "<w:settings " W "><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"420\"/><w:evenAndOddHeaders/>"
    "<w:characterSpacingControl w:val=\"doNotCompress\"/><w:compat>"
    "<w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/>"
    "</w:compat><w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>";

/* ---- Styles ---- */

enum style_font { SAME, TITLE, FANG, KAI, HEI, SONG };

/* Paragraph styles: what stands in w:pPr and w:rPr besides the font. Order inside pPr is that of the schema. */
static const struct {
    const char *id, *name, *paragraph, *run;
    enum style_font font;
} paragraph_styles[] = {
    {"Mark", "发文机关标志", "<w:jc w:val=\"center\"/>", "<w:color w:val=\"D9121A\"/><w:spacing w:val=\"0\"/>", TITLE},
    /* The red line 4 mm below; the exact line leaves some of it below the characters. */
    {"Number", "发文字号",
     "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"6\" w:color=\"D9121A\"/></w:pBdr>"
     "<w:spacing w:before=\"800\"/><w:jc w:val=\"center\"/>",
     "", SAME},
    {"Title", "Title", "<w:spacing w:before=\"1158\" w:after=\"579\"/><w:jc w:val=\"center\"/>",
     "<w:spacing w:val=\"0\"/><w:sz w:val=\"44\"/><w:szCs w:val=\"44\"/>", TITLE},
    {"Addressee", "主送机关", "", "", SAME},
    {"Heading1", "heading 1",
     "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/><w:outlineLvl w:val=\"0\"/>", "", HEI},
    {"Heading2", "heading 2",
     "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/><w:outlineLvl w:val=\"1\"/>", "", KAI},
    {"Heading3", "heading 3",
     "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/><w:outlineLvl w:val=\"2\"/>", "", FANG},
    {"Heading4", "heading 4",
     "<w:keepNext/><w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/><w:outlineLvl w:val=\"3\"/>", "", FANG},
    {"Body", "公文正文", "<w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/>", "", SAME},
    {"Labelled", "出席人员", "", "", SAME},
    {"Attachments", "附件说明", "", "", SAME},
    {"Signature", "署名和日期", "<w:keepLines/><w:jc w:val=\"left\"/>", "", SAME},
    {"Note", "附注", "<w:ind w:firstLineChars=\"200\" w:firstLine=\"630\"/>", "", SAME},
    {"AttachmentLabel", "附件标识", "<w:keepNext/>", "", HEI},
    {"TableCaption", "表题", "<w:keepNext/><w:jc w:val=\"center\"/>", "", HEI},
    {"TableHead", "表头",
     "<w:keepNext/><w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"360\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>",
     "<w:spacing w:val=\"0\"/><w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/>", HEI},
    {"TableText", "表格文字",
     "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"360\" w:lineRule=\"exact\"/><w:jc w:val=\"left\"/>",
     "<w:spacing w:val=\"0\"/><w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/>", SAME},
    {"Imprint", "版记", "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"525\" w:lineRule=\"exact\"/>",
     "<w:spacing w:val=\"0\"/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>", SAME},
    {"PageNumber", "页码", "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"280\" w:lineRule=\"exact\"/>",
     "<w:spacing w:val=\"0\"/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>", SONG},
};

static const struct {
    const char *id, *name;
    enum style_font font;
} run_styles[] = {
    {"Strong", "Strong", HEI},         {"RunLevel1", "一级标题字", HEI},  {"RunLevel2", "二级标题字", KAI},
    {"RunLevel3", "三级标题字", FANG}, {"RunLevel4", "四级标题字", FANG},
};

/* All four scripts in one face: Latin letters and digits come from it too, and quotation marks and dashes, which
 * Word would otherwise take for Western, are hinted to be Chinese. */
static void put_fonts(struct buf *out, const struct paper_docx_fonts *fonts, enum style_font which)
{
    const char *const names[] = {[SAME] = NULL,      [TITLE] = fonts->title, [FANG] = fonts->fang,
                                 [KAI] = fonts->kai, [HEI] = fonts->hei,     [SONG] = fonts->song};
    if (!names[which]) return;
    static const char *const scripts[] = {"ascii", "hAnsi", "eastAsia", "cs"};
    buf_puts(out, "<w:rFonts w:hint=\"eastAsia\"");
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        buf_putf(out, " w:%s=\"", scripts[i]);
        buf_put_html(out, str_from(names[which]));
        buf_putc(out, '"');
    }
    buf_puts(out, "/>");
}

static void put_defaults(struct buf *out, const struct paper_docx_fonts *fonts)
{
    buf_puts(out, "<w:docDefaults><w:rPrDefault><w:rPr>");
    put_fonts(out, fonts, FANG);
    buf_puts(out, "<w:spacing w:val=\"-5\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>"
                  "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>"
                  "</w:docDefaults>");
}

/* Set in the style, not in the defaults: LibreOffice reads some of these only there. */
static void put_normal(struct buf *out)
{
    buf_puts(out,
             "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/>"
             "<w:pPr><w:widowControl w:val=\"0\"/><w:kinsoku/><w:overflowPunct w:val=\"0\"/>"
             "<w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/>");
    buf_putf(out, "<w:spacing w:line=\"%d\" w:lineRule=\"exact\"/><w:jc w:val=\"both\"/></w:pPr></w:style>", DOCX_LINE);
}

static void put_paragraph_styles(struct buf *out, const struct paper_docx_fonts *fonts)
{
    for (size_t i = 0; i < sizeof paragraph_styles / sizeof *paragraph_styles; i++) {
        buf_putf(out,
                 "<w:style w:type=\"paragraph\" w:styleId=\"%s\"><w:name w:val=\"%s\"/><w:basedOn "
                 "w:val=\"Normal\"/><w:qFormat/>",
                 paragraph_styles[i].id, paragraph_styles[i].name);
        if (*paragraph_styles[i].paragraph) buf_putf(out, "<w:pPr>%s</w:pPr>", paragraph_styles[i].paragraph);
        buf_puts(out, "<w:rPr>");
        put_fonts(out, fonts, paragraph_styles[i].font);
        buf_puts(out, paragraph_styles[i].run);
        buf_puts(out, "</w:rPr></w:style>");
    }
}

struct str docx_styles(struct arena *a, const struct paper_docx_fonts *fonts)
{
    struct buf out = buf_in(a);
    buf_puts(&out, XML "<w:styles " W ">");
    put_defaults(&out, fonts);
    put_normal(&out);
    buf_puts(&out, "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal "
                   "Table\"/></w:style>");
    put_paragraph_styles(&out, fonts);
    for (size_t i = 0; i < sizeof run_styles / sizeof *run_styles; i++) {
        buf_putf(&out, "<w:style w:type=\"character\" w:styleId=\"%s\"><w:name w:val=\"%s\"/><w:qFormat/><w:rPr>",
                 run_styles[i].id, run_styles[i].name);
        put_fonts(&out, fonts, run_styles[i].font);
        buf_puts(&out, "</w:rPr></w:style>");
    }
    buf_puts(&out, "</w:styles>");
    return buf_str(&out);
}

struct str docx_footer(struct arena *a, bool odd)
{
    struct buf out = buf_in(a);
    buf_puts(&out, XML "<w:ftr " W "><w:p><w:pPr><w:pStyle w:val=\"PageNumber\"/>");
    buf_putf(&out, "<w:ind w:%s=\"%d\"/><w:jc w:val=\"%s\"/></w:pPr>", odd ? "right" : "left", DOCX_SMALL,
             odd ? "right" : "left");
    buf_puts(&out, "<w:r><w:t xml:space=\"preserve\">— </w:t></w:r>"
                   "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>"
                   "<w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>"
                   "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r>"
                   "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
                   "<w:r><w:t xml:space=\"preserve\"> —</w:t></w:r></w:p></w:ftr>");
    return buf_str(&out);
}
