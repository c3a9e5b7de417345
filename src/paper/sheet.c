#include "paper/sheet.h"

#include <assert.h>

#include "base/csv.h"

struct sheet *sheet_new(struct arena *a, struct str name)
{
    struct sheet *sheet = arena_new(a, struct sheet);
    sheet->arena = a;
    sheet->name = name;
    return sheet;
}

void sheet_column(struct sheet *sheet, struct str label, double width, enum sheet_type type)
{
    assert(sheet->row_count == 0);
    struct sheet_column column = {label, width, type};
    ARENA_PUSH(sheet->arena, sheet->columns, sheet->column_count, sheet->column_cap, column);
}

struct str *sheet_row(struct sheet *sheet)
{
    struct str *cells = arena_new_array(sheet->arena, struct str, sheet->column_count);
    ARENA_PUSH(sheet->arena, sheet->rows, sheet->row_count, sheet->row_cap, cells);
    return cells;
}

/* ---- CSV ---- */

static bool needs_quotes(struct str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.s[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r') return true;
    }
    /* Edge spaces are lost without quotes in some programs. */
    return cell.len > 0 && (cell.s[0] == ' ' || cell.s[cell.len - 1] == ' ');
}

static void put_cell(struct buf *out, struct str cell)
{
    bool guard = csv_needs_guard(cell), quotes = needs_quotes(cell);
    if (quotes) buf_putc(out, '"');
    if (guard) buf_putc(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.s[i] == '"') buf_putc(out, '"');
        buf_putc(out, cell.s[i]);
    }
    if (quotes) buf_putc(out, '"');
}

void sheet_csv(const struct sheet *sheet, struct buf *out)
{
    buf_puts(out, "\xEF\xBB\xBF");
    for (size_t c = 0; c < sheet->column_count; c++) {
        if (c > 0) buf_putc(out, ',');
        put_cell(out, sheet->columns[c].label);
    }
    buf_puts(out, "\r\n");
    sheet_csv_rows(sheet, out);
}

void sheet_csv_rows(const struct sheet *sheet, struct buf *out)
{
    for (size_t r = 0; r < sheet->row_count; r++) {
        for (size_t c = 0; c < sheet->column_count; c++) {
            if (c > 0) buf_putc(out, ',');
            put_cell(out, sheet->rows[r][c]);
        }
        buf_puts(out, "\r\n");
    }
}
