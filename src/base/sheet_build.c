#include "base/sheet_build.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct sheet_builder sheet_builder_start(struct arena *a, struct sheet_in *sheet)
{
    *sheet = (struct sheet_in){0};
    return (struct sheet_builder){.arena = a, .sheet = sheet};
}

bool sheet_is_blank(struct str cell)
{
    return str_trim(cell).len == 0;
}

struct sheet_column_name sheet_column_name(size_t column)
{
    struct sheet_column_name name = {{0}};
    char reversed[sizeof name.letters];
    size_t n = 0;
    for (size_t c = column; n < sizeof reversed - 1; c = c / 26 - 1) {
        reversed[n++] = (char)('A' + (int)(c % 26));
        if (c < 26) break;
    }
    for (size_t i = 0; i < n; i++) name.letters[i] = reversed[n - 1 - i];
    return name;
}

bool sheet_fault(struct error *err, enum error_code code, size_t line, size_t column, const char *format, ...)
{
    char where[96];
    int n;
    if (column == SIZE_MAX)
        n = snprintf(where, sizeof where, "第%zu行", line);
    else
        n = snprintf(where, sizeof where, "第%zu行第%zu列（%s列）", line, column + 1,
                     sheet_column_name(column).letters);
    va_list args;
    va_start(args, format);
    error_vat(err, code, (struct str){where, n < 0 ? 0 : (size_t)n}, format, args);
    va_end(args);
    return false;
}

static size_t used_cells(const struct str *cells, size_t count)
{
    while (count > 0 && sheet_is_blank(cells[count - 1])) count--;
    return count;
}

static bool check_duplicates(const struct sheet_in *sheet, size_t line, struct error *err)
{
    for (size_t i = 1; i < sheet->columns; i++) {
        for (size_t j = 0; j < i; j++) {
            if (sheet->header[i].len == 0 || !str_eq(sheet->header[i], sheet->header[j])) continue;
            return sheet_fault(
                err, ERR_INPUT, line, i,
                "列名“%.*s”出现了两次：第%zu列（%s列）和第%zu列（%s列）。请改掉其中一个列名，或删去重复的一列",
                STR_ARG(str_slice(sheet->header[i], 0, utf8_cut(sheet->header[i], 90))), j + 1,
                sheet_column_name(j).letters, i + 1, sheet_column_name(i).letters);
        }
    }
    return true;
}

static bool take_header(struct sheet_builder *b, size_t line, const struct str *cells, size_t used, struct error *err)
{
    struct sheet_in *sheet = b->sheet;
    if (used > SHEET_MAX_COLUMNS)
        return sheet_fault(err, ERR_LIMIT, line, SHEET_MAX_COLUMNS, "表头超过%zu列。请删去用不到的列后再导入",
                           SHEET_MAX_COLUMNS);
    sheet->header = arena_new_array(b->arena, struct str, used);
    sheet->columns = used;
    sheet->header_line = line;
    for (size_t i = 0; i < used; i++) sheet->header[i] = str_trim(cells[i]);
    b->has_header = true;
    return check_duplicates(sheet, line, err);
}

/* Content where the header has no name: the person would lose it without noticing. */
static bool check_unnamed(const struct sheet_in *sheet, size_t line, const struct str *cells, size_t used,
                          struct error *err)
{
    for (size_t i = 0; i < used; i++) {
        if (i < sheet->columns && sheet->header[i].len > 0) continue;
        if (sheet_is_blank(cells[i])) continue;
        if (i >= sheet->columns)
            return sheet_fault(
                err, ERR_INPUT, line, i,
                "这一行有内容的单元格比表头多：表头（第%zu行）只有%zu列。请给这一列补上列名或清空多出的内容；"
                "如果第%zu行是表格的大标题，请先删去标题行，让列名成为第一行",
                sheet->header_line, sheet->columns, sheet->header_line);
        return sheet_fault(err, ERR_INPUT, line, i, "这一列有内容却没有列名。请在表头（第%zu行）补上列名，或清空这一列",
                           sheet->header_line);
    }
    return true;
}

bool sheet_builder_cells(struct arena *a, const struct sheet_in *sheet, const struct str *cells, size_t count,
                         struct sheet_row *row)
{
    if (used_cells(cells, count) == 0) return false;
    row->cells = arena_new_array(a, struct str, sheet->columns);
    for (size_t i = 0; i < sheet->columns; i++) row->cells[i] = i < count && cells[i].len > 0 ? cells[i] : STR("");
    return true;
}

static bool check_limits(const struct sheet_builder *b, size_t line, struct error *err)
{
    const struct sheet_in *sheet = b->sheet;
    size_t most = b->only_count ? SHEET_MAX_STREAMED_ROWS : SHEET_MAX_ROWS;
    if (sheet->count >= most)
        return sheet_fault(err, ERR_LIMIT, line, SIZE_MAX, "表格超过%zu行。请分成几个文件导入", most);
    if (!b->only_count && (sheet->count + 1) * sheet->columns > SHEET_MAX_CELLS)
        return sheet_fault(err, ERR_LIMIT, line, SIZE_MAX, "表格超过%zu个单元格。请删去用不到的列，或分成几个文件导入",
                           SHEET_MAX_CELLS);
    return true;
}

bool sheet_builder_row(struct sheet_builder *b, size_t line, const struct str *cells, size_t count, struct error *err)
{
    struct sheet_in *sheet = b->sheet;
    size_t used = used_cells(cells, count);
    if (used == 0) return true;
    if (!b->has_header) return take_header(b, line, cells, used, err);
    if (!check_unnamed(sheet, line, cells, used, err) || !check_limits(b, line, err)) return false;
    if (b->only_count) {
        sheet->count++;
        return true;
    }
    struct sheet_row row = {.line = line};
    sheet_builder_cells(b->arena, sheet, cells, count, &row);
    ARENA_PUSH(b->arena, sheet->rows, sheet->count, b->cap, row);
    return true;
}

bool sheet_builder_finish(const struct sheet_builder *b, struct error *err)
{
    if (b->has_header) return true;
    return error_set(err, ERR_INPUT, "表格里没有内容。第一行应当是列名，以下每行一条记录");
}
