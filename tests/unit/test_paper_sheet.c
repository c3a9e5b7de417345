/* Sheets: CSV that a spreadsheet can't mistake for formulas, XLSX with true numbers and dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <zip.h>

#include "base/csv.h"
#include "paper/sheet.h"

static void csv_is_quoted_and_guarded(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } cases[] = {
        {"普通", "普通"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"说\"好\"", "\"说\"\"好\"\"\""},
        {"两\n行", "\"两\n行\""},
        {"=1+1", "'=1+1"},
        {"=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+86 772", "'+86 772"},
        {"-12.5", "-12.5"},
        {"+3", "+3"},
        {"-", "'-"},
        {"\t=1", "'\t=1"},
        {"'=1", "''=1"},
        {"''@x", "'''@x"},
        {"'quoted'", "'quoted'"},
        {"'-5", "'-5"},
    };
    auto_arena a = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet *sheet = sheet_new(a, STR("表"));
        sheet_column(sheet, STR("列"), 0, SHEET_TEXT);
        sheet_row(sheet)[0] = str_from(cases[i].cell);
        struct buf out = buf_in(a);
        sheet_csv(sheet, &out);
        struct str expected = str_printf(a, "\xEF\xBB\xBF列\r\n%s\r\n", cases[i].written);
        if (!str_eq(buf_str(&out), expected)) fail_msg("%s became %.*s", cases[i].cell, STR_ARG(buf_str(&out)));
        struct sheet_in in;
        struct error err;
        assert_true(csv_read(a, buf_str(&out), 0, &in, &err));
        struct str back = in.count ? in.rows[0].cells[0] : STR("");
        if (!str_is(back, cases[i].cell)) fail_msg("%s came back as %.*s", cases[i].cell, STR_ARG(back));
    }
}

static struct str zip_entry(struct arena *a, struct str zip, const char *name)
{
    zip_error_t why;
    zip_t *archive = zip_open_from_source(zip_source_buffer_create(zip.s, zip.len, 0, &why), ZIP_RDONLY, &why);
    assert_non_null(archive);
    zip_stat_t stat;
    if (zip_stat(archive, name, 0, &stat) != 0) fail_msg("no %s", name);
    char *bytes = arena_alloc(a, stat.size + 1);
    zip_file_t *file = zip_fopen(archive, name, 0);
    assert_int_equal(zip_fread(file, bytes, stat.size), stat.size);
    zip_fclose(file);
    zip_discard(archive);
    return (struct str){bytes, stat.size};
}

static struct sheet *sample(struct arena *a)
{
    struct sheet *sheet = sheet_new(a, STR("信访/事项[2024]"));
    sheet_column(sheet, STR("编号"), 0, SHEET_TEXT);
    sheet_column(sheet, STR("件数"), 8, SHEET_NUMBER);
    sheet_column(sheet, STR("日期"), 12, SHEET_DATE);
    struct str *row = sheet_row(sheet);
    row[0] = STR("=1+1");
    row[1] = STR("12.5");
    row[2] = STR("2024-03-01");
    row = sheet_row(sheet);
    row[0] = STR("0012");
    row[1] = STR("不是数");
    row[2] = STR("没有日期");
    row = sheet_row(sheet);
    row[1] = STR("450205199001011234"); /* too long for a number to hold */
    return sheet;
}

static void xlsx_keeps_types(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct str xlsx;
    struct error err;
    if (!sheet_xlsx(sample(a), a, &xlsx, &err)) fail_msg("%s", err.message);
    struct str cells = zip_entry(a, xlsx, "xl/worksheets/sheet1.xml");
    struct str strings = zip_entry(a, xlsx, "xl/sharedStrings.xml");
    struct str book = zip_entry(a, xlsx, "xl/workbook.xml");
    assert_true(str_contains(cells, STR("<v>12.5</v>")));
    assert_true(str_contains(cells, STR("<v>45352</v>"))); /* 2024-03-01 */
    assert_false(str_contains(cells, STR("<f>")));
    static const char *const texts[] = {"=1+1", "0012", "不是数", "没有日期", "450205199001011234", "件数"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!str_contains(strings, str_from(texts[i]))) fail_msg("%s is no text", texts[i]);
    }
    assert_true(str_contains(book, STR("name=\"信访 事项 2024\"")));
    struct str again;
    assert_true(sheet_xlsx(sample(a), a, &again, &err));
    assert_true(str_eq(xlsx, again));
}

static void an_oversized_cell_is_refused(void **state)
{
    (void)state;
    auto_arena a = arena_open();
    struct sheet *sheet = sheet_new(a, STR("表"));
    sheet_column(sheet, STR("列"), 0, SHEET_TEXT);
    char *huge = arena_alloc(a, 40000);
    memset(huge, 'x', 40000);
    sheet_row(sheet)[0] = (struct str){huge, 40000};
    struct str xlsx;
    struct error err = {0};
    assert_false(sheet_xlsx(sheet, a, &xlsx, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_quoted_and_guarded),
        cmocka_unit_test(xlsx_keeps_types),
        cmocka_unit_test(an_oversized_cell_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
