/* Table data for the spreadsheet: CSV and XLSX from the same cells. Used for exports and for handing faulty import
 * rows back with a column that says why.
 *
 *     struct sheet *sheet = sheet_new(arena, STR("信访事项"));
 *     sheet_column(sheet, STR("编号"), 20, SHEET_TEXT);
 *     sheet_column(sheet, STR("件数"), 8, SHEET_NUMBER);
 *     struct str *row = sheet_row(sheet);
 *     row[0] = STR("跃信〔2024〕1号");
 *     row[1] = STR("12");
 */
#ifndef FAZHI_PAPER_SHEET_H
#define FAZHI_PAPER_SHEET_H

#include "base/buf.h"
#include "base/error.h"

enum sheet_type {
    SHEET_TEXT,
    SHEET_NUMBER, /* cells that read as a plain decimal number become numbers in XLSX; others stay text */
    SHEET_DATE,   /* cells that read as a date become dates in XLSX (shown 2024-03-01); others stay text */
};

struct sheet_column {
    struct str label;
    double width; /* characters of a digit's width; 0 chooses one from label and cells */
    enum sheet_type type;
};

struct sheet {
    struct arena *arena;
    struct str name;
    struct sheet_column *columns;
    size_t column_count, column_cap;
    struct str **rows; /* column_count cells each */
    size_t row_count, row_cap;
};

struct sheet *sheet_new(struct arena *a, struct str name);
/* All columns come before the first row. */
void sheet_column(struct sheet *sheet, struct str label, double width, enum sheet_type type);
/* A new row of empty cells, to be filled by the caller. */
struct str *sheet_row(struct sheet *sheet);

/* UTF-8 with byte order mark, CRLF, RFC 4180 quoting: what spreadsheets open without asking. What they would run as a
 * formula gets an apostrophe in front (see csv_needs_guard), which reading takes off again. */
void sheet_csv(const struct sheet *sheet, struct buf *out);
/* The same without the mark and the line of labels: more rows of a sheet that is written in parts. */
void sheet_csv_rows(const struct sheet *sheet, struct buf *out);

/* XLSX with a bold, fixed header row and a filter. Text cells are text: nothing becomes a formula or a link. ERR_LIMIT
 * for more than 1,048,575 rows or 16,384 columns, or a cell of more than 32,767 characters. */
bool sheet_xlsx(const struct sheet *sheet, struct arena *a, struct str *xlsx, struct error *err);

#endif
