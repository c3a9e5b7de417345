#include "base/xlsx_package.h"

#include <string.h>

#include "base/zip_in.h"

static bool damaged(struct error *err)
{
    return error_set(err, ERR_INPUT, "文件已损坏，或不是 .xlsx 表格。请用 WPS 或 Excel 打开它，另存为 .xlsx 后再导入");
}

bool xlsx_package_open(struct xlsx_package *p, struct arena *a, struct str bytes, struct error *err)
{
    *p = (struct xlsx_package){.arena = a};
    if (bytes.len > XLSX_MAX_FILE)
        return error_set(err, ERR_LIMIT, "文件超过%zu兆字节。请删去图片等无关内容，或分成几个文件导入",
                         XLSX_MAX_FILE >> 20);
    xmlInitParser();
    p->zip = zip_of_bytes(bytes);
    if (!p->zip) return damaged(err);
    if (zip_get_num_entries(p->zip, 0) > XLSX_MAX_ENTRIES) {
        xlsx_package_close(p);
        return error_set(err, ERR_LIMIT, "文件里的部件超过%d个，不像是普通表格。请另存为新的 .xlsx 后再导入",
                         XLSX_MAX_ENTRIES);
    }
    p->left = XLSX_RATIO_FREE + bytes.len * XLSX_MAX_RATIO;
    if (p->left > XLSX_MAX_TOTAL) p->left = XLSX_MAX_TOTAL;
    return true;
}

void xlsx_package_close(struct xlsx_package *p)
{
    if (p->zip) zip_discard(p->zip);
    p->zip = NULL;
}

static zip_int64_t locate(const struct xlsx_package *p, struct str name)
{
    return zip_name_locate(p->zip, str_cstr(p->arena, name), ZIP_FL_NOCASE);
}

bool xlsx_part_exists(const struct xlsx_package *p, struct str name)
{
    return locate(p, name) >= 0;
}

/* Feeds the XML parser. What the archive says about sizes is not believed; the bytes that come are counted. */
static int feed(void *context, char *into, int room)
{
    struct xlsx_part *part = context;
    zip_int64_t n = zip_fread(part->file, into, room < 0 ? 0 : (zip_uint64_t)room);
    if (n < 0) {
        part->broken = true;
        return -1;
    }
    size_t got = (size_t)n;
    if (got > part->left || got > part->package->left) {
        part->too_large = true;
        return -1;
    }
    part->left -= got;
    part->package->left -= got;
    return (int)n;
}

static int feed_end(void *context)
{
    (void)context; /* xlsx_part_close does it */
    return 0;
}

static bool cannot_open(struct xlsx_package *p, struct error *err)
{
    if (zip_error_code_zip(zip_get_error(p->zip)) == ZIP_ER_NOPASSWD)
        return error_set(err, ERR_INPUT, "文件设了密码。请用 WPS 或 Excel 打开它，取消密码后另存为 .xlsx 再导入");
    return damaged(err);
}

bool xlsx_part_open(struct xlsx_part *part, struct xlsx_package *p, struct str name, struct error *err)
{
    *part = (struct xlsx_part){.package = p, .name = name, .left = XLSX_MAX_PART};
    zip_int64_t index = locate(p, name);
    if (index < 0) return damaged(err);
    part->file = zip_fopen_index(p->zip, (zip_uint64_t)index, 0);
    if (!part->file) return cannot_open(p, err);
    /* No NOENT, DTDLOAD, DTDATTR or HUGE: entities stay unexpanded, the parser's own limits stay on. */
    part->xml = xmlReaderForIO(feed, feed_end, part, NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
    if (part->xml) return true;
    xlsx_part_close(part);
    return damaged(err);
}

void xlsx_part_close(struct xlsx_part *part)
{
    if (part->xml) xmlFreeTextReader(part->xml);
    if (part->file) zip_fclose(part->file);
    part->xml = NULL;
    part->file = NULL;
}

enum xlsx_step xlsx_part_next(struct xlsx_part *part, struct error *err)
{
    int got = xmlTextReaderRead(part->xml);
    if (part->too_large) {
        error_set(
            err, ERR_LIMIT,
            "表格解压后太大，或压缩得异常厉害，已停止读取。请删去用不到的行列，另存为新的 .xlsx，或分成几个文件导入");
        return XLSX_FAULT;
    }
    if (got < 0 || part->broken) {
        damaged(err);
        return XLSX_FAULT;
    }
    if (got == 0) return XLSX_END;
    int type = xmlTextReaderNodeType(part->xml);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE) {
        error_set(err, ERR_INPUT,
                  "文件里有表格不应有的 DTD 声明，已拒绝读取。请用 WPS 或 Excel 打开它，另存为新的 .xlsx 后再导入");
        return XLSX_FAULT;
    }
    return XLSX_NODE;
}

bool xlsx_is(const struct xlsx_part *part, const char *name)
{
    const xmlChar *local = xmlTextReaderConstLocalName(part->xml);
    return local && strcmp((const char *)local, name) == 0;
}

bool xlsx_starts(const struct xlsx_part *part)
{
    return xmlTextReaderNodeType(part->xml) == XML_READER_TYPE_ELEMENT;
}

bool xlsx_ends(const struct xlsx_part *part)
{
    int type = xmlTextReaderNodeType(part->xml);
    return type == XML_READER_TYPE_END_ELEMENT ||
           (type == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement(part->xml) == 1);
}

bool xlsx_text(const struct xlsx_part *part, struct str *text)
{
    switch (xmlTextReaderNodeType(part->xml)) {
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        *text = str_from((const char *)xmlTextReaderConstValue(part->xml));
        return true;
    default: return false;
    }
}

bool xlsx_next_attribute(const struct xlsx_part *part, const char **name, struct str *value)
{
    if (xmlTextReaderMoveToNextAttribute(part->xml) != 1) {
        xmlTextReaderMoveToElement(part->xml);
        return false;
    }
    const xmlChar *local = xmlTextReaderConstLocalName(part->xml);
    *name = local ? (const char *)local : "";
    *value = str_from((const char *)xmlTextReaderConstValue(part->xml));
    return true;
}

bool xlsx_attribute(const struct xlsx_part *part, const char *name, struct str *value)
{
    bool found = false;
    const char *each;
    struct str content;
    while (xlsx_next_attribute(part, &each, &content)) {
        if (found || strcmp(each, name) != 0) continue;
        *value = str_copy(part->package->arena, content);
        found = true;
    }
    return found;
}
