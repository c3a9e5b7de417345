#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/date.h"
#include "base/file.h"
#include "base/utf8.h"
#include "paper/sheet.h"

struct formats {
    lxw_format *header, *text, *number, *date;
};

/* XML can't hold control characters; tabs and line ends may stay. */
static char *cell_text(struct arena *a, struct str t)
{
    char *out = arena_alloc(a, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.s[i];
        if (c >= 0x20 || c == '\n' || c == '\t') out[n++] = t.s[i];
    }
    out[n] = '\0';
    return out;
}

/* Sheet names: at most 31 characters, none of []:*?/\ and no apostrophe at the edges. */
static char *sheet_name(struct arena *a, struct str name)
{
    struct buf out = buf_in(a);
    size_t count = 0;
    for (size_t at = 0; at < name.len && count < 31; count++) {
        size_t from = at;
        uint32_t c = utf8_next(name, &at);
        if (c < 0x20 || (c < 0x80 && strchr("[]:*?/\\'", (int)c)))
            buf_putc(&out, ' ');
        else
            buf_put(&out, str_slice(name, from, at));
    }
    struct str trimmed = str_trim(buf_str(&out));
    return str_cstr(a, trimmed.len ? trimmed : STR("表1"));
}

/* A plain decimal that a double holds exactly enough: identity numbers and the like must stay text. */
static bool plain_number(struct arena *a, struct str t, double *value)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.s[i] >= '0' && t.s[i] <= '9')
            digits++;
        else if (t.s[i] == '.' && ++points == 1)
            continue;
        else if (!(i == 0 && t.s[i] == '-'))
            return false;
    }
    if (digits == 0 || digits > 15) return false;
    *value = strtod(str_cstr(a, t), NULL);
    return true;
}

static lxw_error put_cell(lxw_worksheet *ws, struct arena *a, const struct formats *formats, size_t row, size_t column,
                          struct str cell, enum sheet_type type)
{
    lxw_row_t r = (lxw_row_t)row;
    lxw_col_t c = (lxw_col_t)column;
    double number;
    struct date date;
    if (cell.len == 0) return LXW_NO_ERROR;
    if (type == SHEET_NUMBER && plain_number(a, cell, &number)) {
        return worksheet_write_number(ws, r, c, number, formats->number);
    }
    if (type == SHEET_DATE && date_parse(cell, &date) &&
        date.day > -25509) { /* 1900-03-01: Excel's calendar errs before */
        return worksheet_write_number(ws, r, c, (double)date.day + 25569, formats->date);
    }
    return worksheet_write_string(ws, r, c, cell_text(a, cell), formats->text);
}

static double column_width(const struct sheet *sheet, size_t column)
{
    if (sheet->columns[column].width > 0) return sheet->columns[column].width;
    size_t widest = utf8_columns(sheet->columns[column].label);
    for (size_t r = 0; r < sheet->row_count && r < 200; r++) {
        size_t width = utf8_columns(sheet->rows[r][column]);
        if (width > widest) widest = width;
    }
    return widest > 48 ? 50 : (double)widest + 2;
}

static void prepare(lxw_workbook *book, struct formats *formats)
{
    formats->header = workbook_add_format(book);
    format_set_bold(formats->header);
    format_set_bg_color(formats->header, 0xEDEDED);
    format_set_text_wrap(formats->header);
    formats->text = workbook_add_format(book);
    format_set_num_format(formats->text, "@"); /* typing into it keeps leading zeros */
    format_set_text_wrap(formats->text);
    format_set_align(formats->text, LXW_ALIGN_VERTICAL_TOP);
    formats->number = workbook_add_format(book);
    format_set_align(formats->number, LXW_ALIGN_VERTICAL_TOP);
    formats->date = workbook_add_format(book);
    format_set_num_format(formats->date, "yyyy-mm-dd");
    format_set_align(formats->date, LXW_ALIGN_VERTICAL_TOP);
}

static lxw_error fill(lxw_worksheet *ws, struct arena *a, const struct sheet *sheet, const struct formats *formats)
{
    lxw_error failed = LXW_NO_ERROR;
    for (size_t c = 0; c < sheet->column_count && !failed; c++) {
        failed = worksheet_set_column(ws, (lxw_col_t)c, (lxw_col_t)c, column_width(sheet, c), NULL);
        char *label = cell_text(a, sheet->columns[c].label);
        if (!failed) failed = worksheet_write_string(ws, 0, (lxw_col_t)c, label, formats->header);
    }
    for (size_t r = 0; r < sheet->row_count && !failed; r++) {
        for (size_t c = 0; c < sheet->column_count && !failed; c++) {
            failed = put_cell(ws, a, formats, r + 1, c, sheet->rows[r][c], sheet->columns[c].type);
        }
    }
    worksheet_freeze_panes(ws, 1, 0);
    if (!failed && sheet->column_count) {
        failed = worksheet_autofilter(ws, 0, 0, (lxw_row_t)sheet->row_count, (lxw_col_t)(sheet->column_count - 1));
    }
    return failed;
}

/* Writes the workbook to `path`. */
static lxw_error write_book(const struct sheet *sheet, struct arena *a, const char *path)
{
    /* The time of the file is fixed, so that the same sheet gives the same bytes. */
    lxw_doc_properties properties = {.created = 946684800};
    lxw_workbook *book = workbook_new(path);
    if (!book) return LXW_ERROR_MEMORY_MALLOC_FAILED;
    struct formats formats;
    prepare(book, &formats);
    workbook_set_properties(book, &properties);
    lxw_worksheet *ws = workbook_add_worksheet(book, sheet_name(a, sheet->name));
    lxw_error failed = ws ? fill(ws, a, sheet, &formats) : LXW_ERROR_MEMORY_MALLOC_FAILED;
    lxw_error closed = workbook_close(book);
    return failed ? failed : closed;
}

/* An empty file that only we may read: the library writes files, not memory. */
static char *temporary_file(struct arena *a, struct error *err)
{
    const char *folder = getenv("TMPDIR");
    char *path = str_cstr(a, str_printf(a, "%s/fazhi-XXXXXX", folder && *folder ? folder : "/tmp"));
    int fd = mkstemp(path);
    if (fd < 0) {
        file_fault(err, "不能建立临时文件", path);
        return NULL;
    }
    close(fd);
    return path;
}

bool sheet_xlsx(const struct sheet *sheet, struct arena *a, struct str *xlsx, struct error *err)
{
    static const size_t largest = (size_t)1 << 30;
    if (sheet->row_count >= LXW_ROW_MAX || sheet->column_count > LXW_COL_MAX) {
        return error_set(err, ERR_LIMIT, "一个 Excel 工作表最多 1048575 行、16384 列，请缩小范围后再导出");
    }
    char *path = temporary_file(a, err);
    if (!path) return false;
    lxw_error failed = write_book(sheet, a, path);
    bool ok = !failed && file_read(a, path, largest, xlsx, err);
    unlink(path);
    if (failed == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
        return error_set(err, ERR_LIMIT, "有单元格超过 32767 个字，Excel 放不下，请改用 CSV 导出");
    }
    if (failed) return error_set(err, ERR_BUSY, "生成 Excel 文件失败，请检查临时文件夹的磁盘是否已满（%s）", lxw_strerror(failed));
    return ok;
}
