#include "make_zip.h"

#include <stdlib.h>
#include <zip.h>

static void must(bool ok)
{
    if (!ok) abort();
}

static struct str read_back(struct arena *a, zip_source_t *source)
{
    zip_stat_t stat;
    must(zip_source_open(source) == 0 && zip_source_stat(source, &stat) == 0);
    char *bytes = arena_alloc(a, stat.size + 1);
    zip_int64_t n = zip_source_read(source, bytes, stat.size);
    must(n >= 0 && (zip_uint64_t)n == stat.size);
    zip_source_close(source);
    return (struct str){bytes, stat.size};
}

struct str make_zip(struct arena *a, const struct zip_item *items, size_t count, bool deflated)
{
    zip_error_t fault;
    zip_error_init(&fault);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &fault);
    must(source != NULL);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &fault);
    must(zip != NULL);
    zip_source_keep(source);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *content = zip_source_buffer(zip, items[i].content.s, items[i].content.len, 0);
        zip_int64_t index = zip_file_add(zip, items[i].name, content, ZIP_FL_ENC_UTF_8);
        must(index >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)index, deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    must(zip_close(zip) == 0);
    struct str bytes = read_back(a, source);
    zip_source_free(source);
    zip_error_fini(&fault);
    return bytes;
}

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PKG "http://schemas.openxmlformats.org/package/2006/relationships"

struct str make_workbook_with(struct arena *a, const char *part, struct str part_xml, struct str sheet_xml)
{
    struct zip_item items[] = {
        {"_rels/.rels", STR("<Relationships xmlns='" PKG "'><Relationship Id='r1' Type='" REL
                            "/officeDocument' Target='xl/workbook.xml'/></Relationships>")},
        {"xl/workbook.xml", STR("<workbook xmlns='" MAIN "' xmlns:r='" REL
                                "'><sheets><sheet name='表一' sheetId='1' r:id='r1'/></sheets></workbook>")},
        {"xl/_rels/workbook.xml.rels",
         STR("<Relationships xmlns='" PKG "'><Relationship Id='r1' Type='" REL
             "/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='" REL
             "/sharedStrings' Target='/xl/sharedStrings.xml'/><Relationship Id='r3' Type='" REL
             "/styles' Target='styles.xml'/></Relationships>")},
        {"xl/sharedStrings.xml",
         STR("<sst xmlns='" MAIN "'><si><t>姓名</t></si><si><r><t>日</t></r><r><rPr><b/></rPr><t>期</t></r></si>"
             "<si><t>金额</t><rPh sb='0' eb='1'><t>jin</t></rPh></si><si><t>甲</t></si></sst>")},
        {"xl/styles.xml",
         STR("<styleSheet xmlns='" MAIN "'><numFmts><numFmt numFmtId='164' "
             "formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@'/></numFmts><cellStyleXfs><xf "
             "numFmtId='14'/>"
             "</cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='20'/>"
             "<xf numFmtId='46'/><xf numFmtId='164'/></cellXfs></styleSheet>")},
        {"xl/worksheets/sheet1.xml", sheet_xml},
    };
    const size_t count = sizeof items / sizeof *items;
    for (size_t i = 0; i < count; i++)
        if (str_is(str_from(part), items[i].name)) items[i].content = part_xml;
    return make_zip(a, items, count, false);
}

struct str make_workbook(struct arena *a, struct str sheet_xml)
{
    return make_workbook_with(a, NULL, STR(""), sheet_xml);
}
