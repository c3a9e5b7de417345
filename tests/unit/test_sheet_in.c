/* Tables from outside: encodings, CSV, XLSX. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/sheet_file.h"
#include "base/sm3.h"
#include "base/utf8.h"
#include "base/xlsx_in.h"
#include "base/xlsx_value.h"
#include "make_zip.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* A sheet in one line: 姓名|日期 / 2:甲|2024-03-01 */
static struct str picture(struct arena *a, const struct sheet_in *s)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < s->columns; i++) {
        if (i) buf_putc(&b, '|');
        buf_put(&b, s->header[i]);
    }
    for (size_t r = 0; r < s->count; r++) {
        buf_putf(&b, " / %zu:", s->rows[r].line);
        for (size_t i = 0; i < s->columns; i++) {
            if (i) buf_putc(&b, '|');
            buf_put(&b, s->rows[r].cells[i]);
        }
    }
    return buf_str(&b);
}

/* `picture` is what must come out, or NULL for a fault, whose line "where: message" must hold `says`. */
static void check(struct arena *a, const char *name, bool ok, const struct sheet_in *sheet, const struct error *err,
                  const char *expected, const char *says)
{
    if (expected) {
        if (!ok) fail_msg("%s: refused: %s: %s", name, err->where, err->message);
        struct str got = picture(a, sheet);
        if (!str_is(got, expected)) fail_msg("%s:\n got  %.*s\n want %s", name, STR_ARG(got), expected);
        return;
    }
    if (ok) fail_msg("%s: was read as %.*s", name, STR_ARG(picture(a, sheet)));
    struct str line = error_line(a, err);
    if (!str_contains(line, str_from(says))) fail_msg("%s: says “%.*s”, not “%s”", name, STR_ARG(line), says);
}

static void csv_is_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        char separator;
        const char *picture, *says;
    } cases[] = {
        {"plain", "a,b\n1,2\n", 0, "a|b / 2:1|2", NULL},
        {"no end of line", "a,b\n1,2", 0, "a|b / 2:1|2", NULL},
        {"CRLF", "a,b\r\n1,2\r\n", 0, "a|b / 2:1|2", NULL},
        {"mark",
         "\xEF\xBB\xBF"
         "a,b\n1,2\n",
         0, "a|b / 2:1|2", NULL},
        {"quotes", "a,b\n\"x,\"\"y\"\"\",\"\"\n", 0, "a|b / 2:x,\"y\"|", NULL},
        {"line break in quotes", "a,b\n\"x\r\ny\",1\nz,2\n", 0, "a|b / 2:x\ny|1 / 4:z|2", NULL},
        {"semicolon found", "a;b,c\n1;2\n", ';', "a|b,c / 2:1|2", NULL},
        {"semicolon detected", "甲;乙;丙,丁\n1;2\n", 0, "甲|乙|丙,丁 / 2:1|2|", NULL},
        {"tab detected", "a\tb\n1\t2,3\n", 0, "a|b / 2:1|2,3", NULL},
        {"separators in quotes do not count", "\"a;;;;\",b\n1,2\n", 0, "a;;;;|b / 2:1|2", NULL},
        {"sep line", "sep=;\r\na;b,c,d\n1;2\n", 0, "a|b,c,d / 3:1|2", NULL},
        {"one column", "a\n1\n", 0, "a / 2:1", NULL},
        {"short row", "a,b,c\n1\n", 0, "a|b|c / 2:1||", NULL},
        {"blank rows", "\n,,\na,b\n\n , \t\n1,2\n\xE3\x80\x80,\n", 0, "a|b / 6:1|2", NULL},
        {"blank surplus", "a,b\n1,2,, \n", 0, "a|b / 2:1|2", NULL},
        {"header trimmed",
         " a ,\xE3\x80\x80"
         "b,,\n 1 ,2\n",
         0, "a|b / 2: 1 |2", NULL},
        {"unnamed empty column", "a,,b\n1,,2\n", 0, "a||b / 2:1||2", NULL},
        {"header only", "a,b\n", 0, "a|b", NULL},
        {"surplus", "a,b\n1,2\n1,2,,x\n", 0, NULL, "第3行第4列（D列）: 这一行有内容的单元格比表头多"},
        {"title above the header", "2024年台账\n姓名,日期\n", 0, NULL, "请先删去标题行"},
        {"unnamed column with content", "a,,b\n1,x,2\n", 0, NULL, "第2行第2列（B列）: 这一列有内容却没有列名"},
        {"twice the same name", "a,b, a\n", 0, NULL, "列名“a”出现了两次：第1列（A列）和第3列（C列）"},
        {"quote in the middle", "a,b\n1,x\"y\n", 0, NULL, "第2行第2列（B列）: 单元格中间有双引号"},
        {"text behind the quote", "a,b\n\"x\"y,1\n", 0, NULL, "第2行第1列（A列）: 结束的双引号后面还有别的字"},
        {"quote without end", "a,b\n1,\"x\ny\n", 0, NULL, "第2行第2列（B列）: 从这里开始的双引号一直没有结束"},
        {"CR alone", "a,b\r1,2\r", 0, NULL, "单独的回车符"},
        {"nothing", "", 0, NULL, "表格里没有内容"},
        {"nothing but blanks", " ,\n\n", 0, NULL, "表格里没有内容"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        auto_arena a = arena_open();
        struct sheet_in sheet;
        struct error err = {0};
        bool ok = csv_read(a, str_from(cases[i].text), cases[i].separator, &sheet, &err);
        check(a, cases[i].name, ok, &sheet, &err, cases[i].picture, cases[i].says);
    }
}

/* `head`, then `piece` `count` times. */
static struct str repeated(struct arena *a, const char *head, const char *piece, size_t count, const char *tail)
{
    struct buf b = buf_in(a);
    buf_puts(&b, head);
    for (size_t i = 0; i < count; i++) buf_puts(&b, piece);
    buf_puts(&b, tail);
    return buf_str(&b);
}

static void limits_hold(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct sheet_in sheet;
    struct error err = {0};
    struct str text = repeated(a, "a,b\n", "1,2\n", SHEET_MAX_ROWS, "");
    assert_true(csv_read(a, text, 0, &sheet, &err));
    assert_int_equal(sheet.count, SHEET_MAX_ROWS);
    text = repeated(a, "a,b\n", "1,2\n", SHEET_MAX_ROWS + 1, "");
    check(a, "rows", csv_read(a, text, 0, &sheet, &err), &sheet, &err, NULL, "第200002行: 表格超过200000行");
    assert_int_equal(err.code, ERR_LIMIT);

    text = repeated(a, "a", ",", SHEET_MAX_COLUMNS, "z\n");
    check(a, "columns", csv_read(a, text, 0, &sheet, &err), &sheet, &err, NULL, "表格超过500列");
    text = repeated(a, "a,b", ",", 20000, "\n1,2\n");
    check(a, "blank columns", csv_read(a, text, 0, &sheet, &err), &sheet, &err, "a|b / 2:1|2", NULL);

    struct buf wide = buf_in(a);
    for (int i = 0; i < 500; i++) buf_putf(&wide, "%sc%d", i ? "," : "", i);
    for (int i = 0; i < 20000; i++) buf_puts(&wide, "\n1");
    check(a, "cells", csv_read(a, buf_str(&wide), 0, &sheet, &err), &sheet, &err, NULL, "表格超过8000000个单元格");
}

static void bytes_become_text(void **state)
{
    (void)state;
#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }
    static const struct {
        const char *name;
        struct str bytes;
        enum encoding encoding;
        const char *text, *says;
    } cases[] = {
        {"ASCII", BYTES("ab"), ENCODING_UTF8, "ab", NULL},
        {"UTF-8", BYTES("法治"), ENCODING_UTF8, "法治", NULL},
        {"UTF-8 with mark", BYTES("\xEF\xBB\xBF法治"), ENCODING_UTF8_BOM, "法治", NULL},
        {"GBK", BYTES("\xB7\xA8\xD6\xCE,1"), ENCODING_GB18030, "法治,1", NULL},
        {"GB 18030, four bytes", BYTES("\xB7\xA8\x95\x32\x82\x36"), ENCODING_GB18030, "法𠀀", NULL},
        {"UTF-16 LE", BYTES("\xFF\xFE\xD5\x6C\x40\xD8\x00\xDC\n\0"), ENCODING_UTF16_LE, "法𠀀\n", NULL},
        {"UTF-16 BE", BYTES("\xFE\xFF\x6C\xD5\0\t\0a"), ENCODING_UTF16_BE, "法\ta", NULL},
        {"empty", BYTES(""), ENCODING_UTF8, "", NULL},
        {"neither", BYTES("a\nb\n\xB7\xA8\xFF\xFF"), ENCODING_UTF8, NULL,
         "第3行: 这一行有既不是 UTF-8 也不是 GB 18030 的字节"},
        {"GBK cut off", BYTES("\xB7\xA8\xD6"), ENCODING_UTF8, NULL, "第1行"},
        {"damaged UTF-8", BYTES("法治\n跃进街道\xE5\xA4\n"), ENCODING_UTF8, NULL,
         "第2行: 文件是 UTF-8 编码，但这一行有损坏的字节"},
        {"marked, not UTF-8",
         BYTES("\xEF\xBB\xBF"
               "a\n\xB7\xA8"),
         ENCODING_UTF8, NULL, "第2行: 文件是 UTF-8 编码"},
        {"NUL", BYTES("a\nb\0c"), ENCODING_UTF8, NULL, "第2行: 文件里有空字节"},
        {"NUL behind the mark",
         BYTES("\xEF\xBB\xBF"
               "a\n\0"),
         ENCODING_UTF8, NULL, "第2行"},
        {"UTF-16, odd",
         BYTES("\xFF\xFE"
               "a"),
         ENCODING_UTF8, NULL, "缺了最后一个字节"},
        {"UTF-16, half a pair",
         BYTES("\xFF\xFE"
               "\n\0\x40\xD8"
               "a\0"),
         ENCODING_UTF8, NULL, "第2行: 这一行有不完整的 UTF-16 字符"},
        {"UTF-16, pair cut off", BYTES("\xFF\xFE\x40\xD8"), ENCODING_UTF8, NULL, "第1行"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        auto_arena a = arena_open();
        struct str text;
        enum encoding encoding;
        struct error err = {0};
        bool ok = encoding_decode(a, cases[i].bytes, &text, &encoding, &err);
        if (!cases[i].text) {
            check(a, cases[i].name, ok, &(struct sheet_in){0}, &err, NULL, cases[i].says);
            continue;
        }
        if (!ok) fail_msg("%s: %s", cases[i].name, err.message);
        if (!str_is(text, cases[i].text)) fail_msg("%s: got %.*s", cases[i].name, STR_ARG(text));
        if (encoding != cases[i].encoding) fail_msg("%s: taken for %s", cases[i].name, encoding_name(encoding));
    }
}

static void gb18030_holds_every_character(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct buf b = buf_in(a);
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char one[4];
        bool private_use = c >= 0xE78D && c <= 0xE864; /* 24 of them have no place */
        size_t n = c == 0xFEFF || private_use ? 0 : utf8_encode(c, one);
        buf_put(&b, (struct str){one, n});
    }
    struct str bytes, again;
    enum encoding encoding;
    struct error err = {0};
    if (!encoding_to_gb18030(a, buf_str(&b), &bytes, &err)) fail_msg("%s: %s", err.where, err.message);
    if (!encoding_decode(a, bytes, &again, &encoding, &err)) fail_msg("%s: %s", err.where, err.message);
    assert_int_equal(encoding, ENCODING_GB18030);
    assert_true(str_eq(buf_str(&b), again));
    assert_false(encoding_to_gb18030(a, STR("a\n\xEE\x9E\x8D"), &bytes, &err));
    assert_string_equal(err.where, "第2行");
}

static void formats_tell_dates_from_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum number_kind kind;
    } cases[] = {
        {"General", NUMBER_PLAIN},
        {"0.00", NUMBER_PLAIN},
        {"#,##0.00_);[Red]\\(#,##0.00\\)", NUMBER_PLAIN},
        {"0.00E+00", NUMBER_PLAIN},
        {"0\"days\"", NUMBER_PLAIN},
        {"0\\d", NUMBER_PLAIN},
        {"@", NUMBER_PLAIN},
        {"0;yyyy", NUMBER_PLAIN},
        {"yyyy-mm-dd", NUMBER_DATE},
        {"yyyy\"年\"m\"月\"d\"日\";@", NUMBER_DATE},
        {"[$-804]yyyy/m/d;@", NUMBER_DATE},
        {"[DBNum1][$-804]yyyy\"年\"m\"月\"", NUMBER_DATE},
        {"mmm", NUMBER_DATE},
        {"YYYY/MM/DD HH:MM", NUMBER_DATETIME},
        {"m/d/yy h:mm AM/PM", NUMBER_DATETIME},
        {"h:mm", NUMBER_TIME},
        {"上午/下午h\"时\"mm\"分\"", NUMBER_TIME},
        {"[h]:mm:ss", NUMBER_ELAPSED},
        {"\"open", NUMBER_PLAIN},
        {"\\", NUMBER_PLAIN},
        {"[h", NUMBER_PLAIN},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (xlsx_format_kind(str_from(cases[i].code)) != cases[i].kind)
            fail_msg("%s: kind %d, not %d", cases[i].code, (int)xlsx_format_kind(str_from(cases[i].code)),
                     (int)cases[i].kind);
}

static void numbers_become_text(void **state)
{
    (void)state;
    static const struct {
        double value;
        enum number_kind kind;
        bool from_1904;
        const char *text; /* NULL: refused */
    } cases[] = {
        {0, NUMBER_PLAIN, false, "0"},
        {-0.0, NUMBER_PLAIN, false, "0"},
        {12, NUMBER_PLAIN, false, "12"},
        {-3, NUMBER_PLAIN, false, "-3"},
        {100, NUMBER_PLAIN, false, "100"},
        {0.1 + 0.2, NUMBER_PLAIN, false, "0.3"},
        {0.95, NUMBER_PLAIN, false, "0.95"},
        {1234.5, NUMBER_PLAIN, false, "1234.5"},
        {13812345678, NUMBER_PLAIN, false, "13812345678"},
        {999999999999999, NUMBER_PLAIN, false, "999999999999999"},
        {0.0000001, NUMBER_PLAIN, false, "0.0000001"},
        {310110199001011200.0, NUMBER_PLAIN, false, NULL},
        {45352, NUMBER_DATE, false, "2024-03-01"},
        {45352.4, NUMBER_DATE, false, "2024-03-01"},
        {45351.9999999999, NUMBER_DATETIME, false, "2024-03-01"},
        {45352.3958333333, NUMBER_DATETIME, false, "2024-03-01T09:30:00"},
        {43890, NUMBER_DATE, true, "2024-03-01"},
        {0, NUMBER_DATE, true, "1904-01-01"},
        {1, NUMBER_DATE, false, "1900-01-01"},
        {59, NUMBER_DATE, false, "1900-02-28"},
        {60, NUMBER_DATE, false, NULL},
        {61, NUMBER_DATE, false, "1900-03-01"},
        {0, NUMBER_DATE, false, NULL},
        {-1, NUMBER_DATE, false, NULL},
        {1e9, NUMBER_DATE, false, NULL},
        {0.395833333333333, NUMBER_TIME, false, "09:30:00"},
        {45352.5, NUMBER_TIME, false, "2024-03-01T12:00:00"},
        {1.5, NUMBER_ELAPSED, false, "36:00:00"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = STR("");
        const char *why = cases[i].kind == NUMBER_PLAIN
                              ? xlsx_plain_number(a, cases[i].value, &text)
                              : xlsx_serial(a, cases[i].value, cases[i].kind, cases[i].from_1904, &text);
        if (!cases[i].text) {
            if (!why) fail_msg("%g: became %.*s", cases[i].value, STR_ARG(text));
            continue;
        }
        if (why || !str_is(text, cases[i].text))
            fail_msg("%g: got %.*s %s, not %s", cases[i].value, STR_ARG(text), why ? why : "", cases[i].text);
    }
}

static void sheet_parts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rows, *picture, *says;
    } cases[] = {
        {"shared, rich and phonetic",
         "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='s'><v>2</v></c></row>"
         "<row r='3'><c r='A3' t='s'><v>3</v></c><c r='C3'><v>1.5E3</v></c></row>",
         "姓名|日期|金额 / 3:甲||1500", NULL},
        {"no references",
         "<row><c t='inlineStr'><is><t>a</t></is></c><c t='str'><v>b</v></c></row><row><c><v>1</v></c></row>",
         "a|b / 2:1|", NULL},
        {"styles",
         "<row r='1'><c t='str'><v>a</v></c><c t='str'><v>b</v></c><c t='str'><v>c</v></c><c t='str'><v>d</v></c>"
         "<c t='str'><v>e</v></c></row><row r='2'><c s='1'><v>45352</v></c><c s='2'><v>45352.5</v></c>"
         "<c s='3'><v>0.5</v></c><c s='4'><v>2</v></c><c s='5'><v>45352</v></c></row>",
         "a|b|c|d|e / 2:2024-03-01|2024-03-01T12:00:00|12:00:00|48:00:00|2024-03-01", NULL},
        {"yes and no",
         "<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row><row><c t='b'><v>1</v></c><c "
         "t='b'><v>0</v></c></row>",
         "a|b / 2:是|否", NULL},
        {"ISO dates", "<row><c t='str'><v>a</v></c></row><row><c t='d'><v>2024-03-01T00:00:00</v></c></row>",
         "a / 2:2024-03-01", NULL},
        {"formula with result", "<row><c t='str'><v>a</v></c></row><row><c><f>1+1</f><v>2</v></c></row>", "a / 2:2",
         NULL},
        {"formula with empty text",
         "<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row><row><c "
         "t='str'><f>T(1)</f><v></v></c><c><v>2</v></c></row>",
         "a|b / 2:|2", NULL},
        {"escapes",
         "<row><c t='str'><v>a</v></c></row><row><c t='inlineStr'><is><t xml:space='preserve"
         "'> x_x000D_&#10;y_x005F_x0041_&lt;</t></is></c></row>",
         "a / 2: x\ny_x0041_<", NULL},
        {"empty styled cells far away",
         "<row><c t='str'><v>a</v></c><c r='XFD1' s='1'/></row><row><c><v>1</v></c></row>", "a / 2:1", NULL},
        {"merged header",
         "<row><c t='str'><v>a</v></c></row><row><c><v>1</v></c></row></sheetData><mergeCells>"
         "<mergeCell ref='A1:C1'/><mergeCell ref='A2:B2'/></mergeCells><sheetData>",
         "a / 2:1", NULL},
        {"merged rows",
         "<row><c t='str'><v>a</v></c></row><row><c><v>1</v></c></row><row/></sheetData><mergeCells>"
         "<mergeCell ref='A2:A3'/></mergeCells><sheetData>",
         NULL, "第2行第1列（A列）: A2:A3 是跨行合并的单元格"},
        {"error value", "<row><c t='str'><v>a</v></c></row><row><c t='e'><v>#N/A</v></c></row>", NULL,
         "第2行第1列（A列）: 公式结果是错误值 #N/A"},
        {"formula never computed", "<row><c t='str'><v>a</v></c></row><row><c><f>1+1</f></c></row>", NULL,
         "公式还没有计算结果"},
        {"identity number as number",
         "<row><c t='str'><v>a</v></c></row><row r='7'><c><v>310110199001011234</v></c></row>", NULL,
         "第7行第1列（A列）: 这个数超过15位"},
        {"no date", "<row><c t='str'><v>a</v></c></row><row><c s='1'><v>-5</v></c></row>", NULL,
         "第2行第1列（A列）: 这个单元格设成了日期格式"},
        {"twice the same name", "<row><c t='str'><v>a</v></c><c t='str'><v>a</v></c></row>", NULL, "列名“a”出现了两次"},
        {"surplus", "<row><c t='str'><v>a</v></c></row><row><c r='C2'><v>1</v></c></row>", NULL, "第2行第3列（C列）"},
        {"too many columns", "<row><c t='str'><v>a</v></c></row><row><c r='SG2'><v>1</v></c></row>", NULL,
         "表格超过500列"},
        {"no such string", "<row><c t='s'><v>9</v></c></row>", NULL, "第1行: 工作表的结构有错"},
        {"negative string", "<row><c t='s'><v>-1</v></c></row>", NULL, "结构有错"},
        {"rows backwards", "<row r='5'/><row r='4'/>", NULL, "结构有错"},
        {"cell of another row", "<row r='5'><c r='A6'/></row>", NULL, "结构有错"},
        {"no number", "<row><c><v>abc</v></c></row>", NULL, "结构有错"},
        {"no number either", "<row><c><v>nan</v></c></row>", NULL, "结构有错"},
        {"nothing", "", NULL, "表格里没有内容"},
        {"cut off", "<row>", NULL, "文件已损坏"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        auto_arena a = arena_open();
        struct str xml = str_printf(a, "<worksheet><sheetData>%s</sheetData></worksheet>", cases[i].rows);
        struct sheet_in sheet;
        struct error err = {0};
        bool ok = sheet_in_read(a, make_workbook(a, xml), STR(""), &sheet, &err);
        check(a, cases[i].name, ok, &sheet, &err, cases[i].picture, cases[i].says);
    }
}

/* What libxlsxwriter writes, in the way a person's program would. */
static struct str written_workbook(struct arena *a)
{
    char path[] = "/tmp/fazhi-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *hidden = workbook_add_worksheet(book, "说明");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "台账");
    lxw_worksheet *second = workbook_add_worksheet(book, "二月");
    lxw_format *day = workbook_add_format(book);
    format_set_num_format(day, "yyyy\"年\"m\"月\"d\"日\"");
    lxw_format *moment = workbook_add_format(book);
    format_set_num_format(moment, "yyyy-mm-dd hh:mm");
    worksheet_write_string(hidden, 0, 0, "不要读这里", NULL);
    worksheet_hide(hidden);
    worksheet_activate(sheet);
    static const char *const header[] = {"编号", "收到日期", "答复时间", "人数", "按期", "内容"};
    for (uint16_t i = 0; i < COUNT(header); i++) worksheet_write_string(sheet, 0, i, header[i], NULL);
    worksheet_write_string(sheet, 1, 0, "跃信〔2024〕1号", NULL);
    worksheet_write_datetime(sheet, 1, 1, &(lxw_datetime){.year = 2024, .month = 2, .day = 29}, day);
    worksheet_write_datetime(sheet, 1, 2, &(lxw_datetime){2024, 3, 1, 9, 30, 0}, moment);
    worksheet_write_number(sheet, 1, 3, 12, NULL);
    worksheet_write_boolean(sheet, 1, 4, 1, NULL);
    worksheet_write_string(sheet, 1, 5, "楼上漏水，\n“多次”反映", NULL);
    worksheet_write_formula_num(sheet, 4, 3, "=SUM(D2:D2)", NULL, 12);
    worksheet_write_string(second, 0, 0, "甲", NULL);
    worksheet_write_number(second, 1, 0, 0.5, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);
    struct str bytes;
    struct error err = {0};
    assert_true(file_read(a, path, (size_t)1 << 20, &bytes, &err));
    unlink(path);
    return bytes;
}

static void written_workbooks_are_read(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct str bytes = written_workbook(a);
    struct sheet_in sheet;
    struct error err = {0};
    check(a, "first visible", sheet_in_read(a, bytes, STR("台账.xlsx"), &sheet, &err), &sheet, &err,
          "编号|收到日期|答复时间|人数|按期|内容 / "
          "2:跃信〔2024〕1号|2024-02-29|2024-03-01T09:30:00|12|是|楼上漏水，\n“多次”反映 / 5:|||12||",
          NULL);
    assert_int_equal(sheet_in_column(&sheet, STR("人数")), 3);
    assert_true(sheet_in_column(&sheet, STR("无")) == SIZE_MAX);
    check(a, "by name", xlsx_read(a, bytes, STR("二月"), &sheet, &err), &sheet, &err, "甲 / 2:0.5", NULL);
    check(a, "no such name", xlsx_read(a, bytes, STR("三月"), &sheet, &err), &sheet, &err, NULL,
          "没有名为“三月”的工作表，有的是：说明、台账、二月");
    for (size_t cut = 4; cut < bytes.len; cut += 97) {
        auto_arena inner = arena_open();
        assert_false(sheet_in_read(inner, str_slice(bytes, 0, cut), STR(""), &sheet, &err));
    }
}

static struct str workbook_with(struct arena *a, const char *part, struct str content)
{
    struct zip_item items[] = {
        {"xl/workbook.xml", STR("<workbook><sheets><sheet name='a' id='r1'/></sheets></workbook>")},
        {"xl/_rels/workbook.xml.rels", STR("<R><Relationship Id='r1' Type='/worksheet' Target='s.xml'/>"
                                           "<Relationship Id='r2' Type='/sharedStrings' Target='t.xml'/></R>")},
        {part, content},
        {"xl/s.xml", STR("<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>")},
    };
    return make_zip(a, items, str_is(STR("xl/s.xml"), part) ? 3 : 4, true);
}

static void the_other_parts_matter(void **state)
{
    (void)state;
    static const struct {
        const char *name, *part, *xml, *picture, *says;
    } cases[] = {
        {"1904", "xl/workbook.xml",
         "<workbook><workbookPr date1904='1'/><sheets><sheet name='x' id='r1'/></sheets></workbook>",
         "姓名|日期 / 2:2028-03-02|45352", NULL},
        {"strict names with prefix", "xl/workbook.xml",
         "<x:workbook xmlns:x='u' xmlns:q='v'><x:sheets><x:sheet name='x' q:id='r1'/></x:sheets></x:workbook>",
         "姓名|日期 / 2:2024-03-01|45352", NULL},
        {"no styles", "xl/styles.xml", "<s/>", "姓名|日期 / 2:45352|45352", NULL},
        {"empty string", "xl/sharedStrings.xml", "<sst><si><t>a</t></si><si/></sst>", NULL, "比表头多"},
        {"all hidden", "xl/workbook.xml",
         "<workbook><sheets><sheet name='x' state='hidden' id='r1'/></sheets></workbook>", NULL, "没有可见的工作表"},
        {"dangling", "xl/workbook.xml", "<workbook><sheets><sheet name='x' id='r9'/></sheets></workbook>", NULL,
         "工作表"},
        {"missing sheet", "xl/_rels/workbook.xml.rels",
         "<R><Relationship Id='r1' Type='/worksheet' Target='../a.xml'/></R>", NULL, "文件已损坏"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        auto_arena a = arena_open();
        struct sheet_in sheet;
        struct error err = {0};
        struct str xml = STR("<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
                             "<row><c s='1'><v>45352</v></c><c><v>45352</v></c></row></sheetData></worksheet>");
        struct str bytes = make_workbook_with(a, cases[i].part, str_from(cases[i].xml), xml);
        check(a, cases[i].name, sheet_in_read(a, bytes, STR(""), &sheet, &err), &sheet, &err, cases[i].picture,
              cases[i].says);
    }
}

static void malice_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct sheet_in sheet;
    struct error err = {0};
    struct str good = workbook_with(a, "xl/t.xml", STR("<sst><si><t>甲</t></si></sst>"));
    check(a, "good", sheet_in_read(a, good, STR(""), &sheet, &err), &sheet, &err, "甲", NULL);

    struct str bomb =
        repeated(a, "<sst>", "<!-- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -->", 1 << 19, "</sst>");
    struct str zip = workbook_with(a, "xl/t.xml", bomb);
    assert_true(zip.len * 100 < bomb.len);
    check(a, "bomb", sheet_in_read(a, zip, STR("坏.xlsx"), &sheet, &err), &sheet, &err, NULL,
          "坏.xlsx: 表格解压后太大");
    assert_int_equal(err.code, ERR_LIMIT);

    struct str entities = STR("<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;&b;'>]><sst><si><t>&c;</t></si></sst>");
    check(a, "entities", sheet_in_read(a, workbook_with(a, "xl/t.xml", entities), STR(""), &sheet, &err), &sheet, &err,
          NULL, "DTD");
    struct str outside = STR("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><sst><si><t>&b;</t></si></sst>");
    check(a, "file", sheet_in_read(a, workbook_with(a, "xl/t.xml", outside), STR(""), &sheet, &err), &sheet, &err, NULL,
          "DTD");

    struct buf laughs = buf_in(a);
    buf_puts(&laughs, "<!DOCTYPE a [<!ENTITY e0 'ha'>");
    for (int i = 1; i < 30; i++)
        buf_putf(&laughs, "<!ENTITY e%d '&e%d;&e%d;&e%d;&e%d;'>", i, i - 1, i - 1, i - 1, i - 1);
    buf_puts(&laughs, "]><sst a='&e29;'/>");
    check(a, "laughs", sheet_in_read(a, workbook_with(a, "xl/t.xml", buf_str(&laughs)), STR(""), &sheet, &err), &sheet,
          &err, NULL, "");

    struct buf deep = buf_in(a);
    for (int i = 0; i < 5000; i++) buf_puts(&deep, "<a>");
    check(a, "deep", sheet_in_read(a, workbook_with(a, "xl/s.xml", buf_str(&deep)), STR(""), &sheet, &err), &sheet,
          &err, NULL, "文件已损坏");

    /* A stored size that lies: the entry's checksum does not fit its bytes. */
    struct str sheet_xml = STR("<worksheet><sheetData><row><c t='str'><v>aaaa</v></c></row></sheetData></worksheet>");
    struct str broken = str_replace(a, make_workbook(a, sheet_xml), STR("aaaa"), STR("bbbb"));
    check(a, "checksum", sheet_in_read(a, broken, STR(""), &sheet, &err), &sheet, &err, NULL, "文件已损坏");
}

static void other_files_get_advice(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct sheet_in sheet;
    struct error err = {0};
    struct zip_item document = {"word/document.xml", STR("<document/>")};
    const struct {
        const char *name;
        struct str bytes;
        const char *says;
    } cases[] = {
        {"xls", STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "台账.xls: 这是旧版 .xls 表格"},
        {"docx", make_zip(a, &document, 1, false), "这不是 .xlsx 表格"},
        {"pdf", STR("%PDF-1.7\n"), "这是 PDF 文件"},
        {"no archive", STR("PK\3\4 and nothing"), "文件已损坏"},
        {"csv fault", STR("a,b\n1,\"2\n"), "台账.xls 第2行第2列（B列）: "},
        {"empty", STR(""), "表格里没有内容"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(a, cases[i].name, sheet_in_read(a, cases[i].bytes, STR("台账.xls"), &sheet, &err), &sheet, &err, NULL,
              cases[i].says);
    check(a, "GB 18030 CSV", sheet_in_read(a, STR("\xB7\xA8,\xD6\xCE\n1,2"), STR(""), &sheet, &err), &sheet, &err,
          "法|治 / 2:1|2", NULL);
    check(a, "Unicode text of Excel",
          sheet_in_read(a,
                        (struct str){"\xFF\xFE"
                                     "a\0\t\0b\0\r\0\n\0"
                                     "1\0\t\0"
                                     "2\0",
                                     18},
                        STR(""), &sheet, &err),
          &sheet, &err, "a|b / 2:1|2", NULL);
}

/* ---- a file of any size gives the rows that the whole text gives ---- */

static char *put_file(struct arena *a, struct str bytes)
{
    static const char path[] = "sheet-file-test.csv";
    struct error err;
    if (!file_write(path, bytes, false, &err)) fail_msg("%s", err.message);
    return str_cstr(a, str_from(path));
}

static void same_rows(struct arena *a, const char *name, struct str bytes)
{
    struct sheet_in whole;
    struct sheet_file file;
    struct error whole_fault = {0}, file_fault = {0};
    char *path = put_file(a, bytes);
    bool good = sheet_in_read(a, bytes, str_from(path), &whole, &whole_fault);
    bool opened = sheet_file_open(a, path, &file, &file_fault);
    if (good != opened || strcmp(whole_fault.message, file_fault.message) != 0 || strcmp(whole_fault.where, file_fault.where) != 0)
        fail_msg("%s: 「%s %s」 and 「%s %s」", name, whole_fault.where, whole_fault.message, file_fault.where, file_fault.message);
    if (good) {
        assert_true(str_eq(file.digest, sm3_hex(a, bytes)));
        assert_int_equal(file.sheet.count, whole.count);
        assert_int_equal(file.sheet.columns, whole.columns);
        for (size_t i = 0; i < whole.columns; i++) assert_true(str_eq(file.sheet.header[i], whole.header[i]));
        struct sheet_rows *rows = sheet_rows_open(a, &file.sheet);
        struct sheet_row row;
        bool more;
        for (size_t r = 0;; r++) {
            if (!sheet_rows_next(rows, a, &row, &more, &file_fault)) fail_msg("%s", file_fault.message);
            assert_int_equal(more, r < whole.count);
            if (!more) break;
            assert_int_equal(row.line, whole.rows[r].line);
            for (size_t i = 0; i < whole.columns; i++)
                if (!str_eq(row.cells[i], whole.rows[r].cells[i]))
                    fail_msg("%s: row %zu column %zu: 「%.*s」", name, r, i, STR_ARG(row.cells[i]));
        }
    }
    sheet_file_close(&file);
    remove(path);
}

static void a_file_gives_the_same_rows(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    static const char *const texts[] = {
        "", "\n\n", "甲,乙\n", "甲,乙\n1,2\n", "甲,乙\r\n1,2\r\n", "甲,乙\n1,2", "\n ,\n甲,乙\n\n1\n,,\n3,4\n",
        "\xEF\xBB\xBF甲,乙\n1,2\n", "sep=;\n甲;乙\n1;2,3\n", "甲\t乙\n1\t2\n", "\"甲\n乙\",丙\n\"1\"\"2\",\"3\r\n4\"\n",
        "甲,甲\n1,2\n", "甲,乙\n1,2,3\n", "甲,,乙\n1,,2\n", "甲,,乙\n1,x,2\n", "甲,乙\n\"1,2\n", "甲,乙\n1\"2,3\n", "甲,乙\n1\r2,3\n",
        "\xBC\xD7,\xD2\xD2\n1,2\n", "%PDF-1.4", "\xFF\xFE\x32\x75,\0\n\0" "1\0", "PK\3\4nothing"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) same_rows(a, texts[i], str_from(texts[i]));
    static const char long_text[] = "一般事项的说明文字，一般事项的说明文字，一般事项的说明文字，一般事项的说明文字";
    /* More than is read at once, with what is given back in between. */
    struct buf b = buf_in(a);
    buf_puts(&b, "编号,内容,备注\n");
    for (int i = 0; b.len < (size_t)20 << 20; i++)
        buf_putf(&b, "%d,\"第%d件，\"\"引\"\"\n换行\",%s\n", i, i, i % 7 ? long_text : "");
    same_rows(a, "long", buf_str(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read_strictly),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(bytes_become_text),
        cmocka_unit_test(gb18030_holds_every_character),
        cmocka_unit_test(formats_tell_dates_from_numbers),
        cmocka_unit_test(numbers_become_text),
        cmocka_unit_test(sheet_parts_are_read),
        cmocka_unit_test(written_workbooks_are_read),
        cmocka_unit_test(the_other_parts_matter),
        cmocka_unit_test(malice_is_refused),
        cmocka_unit_test(other_files_get_advice),
        cmocka_unit_test(a_file_gives_the_same_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
