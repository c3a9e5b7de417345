/* Whatever is uploaded as a table: bytes as they are; and, since mutated archives rarely get past their checksums, what
 * begins with '<' as the sheet of an otherwise good workbook, what begins with 1 to 5 as another of its parts. */
#include "fuzz_sheet.h"
#include "make_zip.h"

static void read_table(struct arena *a, struct str bytes)
{
    struct sheet_in sheet;
    struct error err = {0};
    check_sheet(sheet_in_read(a, bytes, STR("样表.xlsx"), &sheet, &err), &sheet, &err);
}

static struct str as_table(struct arena *a, struct str bytes)
{
    static const char *const parts[] = {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                        "xl/sharedStrings.xml", "xl/styles.xml"};
    const struct str sheet = STR(
        "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c s='0'><v>45352.5</v></c>"
        "<c s='5'><v>45352</v></c></row></sheetData></worksheet>");
    char first = bytes.len > 0 ? bytes.s[0] : ' ';
    if (first == '<') return make_workbook(a, bytes);
    if (first < '1' || first > '5') return bytes;
    return make_workbook_with(a, parts[first - '1'], str_slice(bytes, 1, bytes.len), sheet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_arena a = arena_open();
    read_table(a, as_table(a, (struct str){(const char *)data, size}));
    return 0;
}
