/* A table that comes from outside: an XLSX workbook or a CSV file, read into one shape.
 *
 * The first row that holds anything is the header. What reaches the caller is already checked: text is valid UTF-8,
 * header names differ, every row has exactly `columns` cells, rows without content are left out. Cells are the
 * text as it stands in the file (not trimmed); numbers, dates and yes/no of a workbook are written as
 * base/xlsx_in.h says. A fault names its place as 第5行第3列（C列）, which is what WPS and Excel show too. */
#ifndef FAZHI_BASE_SHEET_IN_H
#define FAZHI_BASE_SHEET_IN_H

#include "base/error.h"

#define SHEET_MAX_ROWS ((size_t)200000)
#define SHEET_MAX_STREAMED_ROWS ((size_t)20000000) /* row by row, from a file */
#define SHEET_MAX_COLUMNS ((size_t)500)
/* Rows times columns: a wide header over many short rows costs memory that the file did not pay for. */
#define SHEET_MAX_CELLS ((size_t)8000000)

struct sheet_row {
    size_t line;       /* of the file, from 1: the row number of a workbook; the first line of the row in a CSV */
    struct str *cells; /* `columns` of them; short rows are filled up with empty text */
};

struct sheet_in {
    struct str *header; /* trimmed. An unnamed column between named ones is kept as "" and has no content */
    size_t columns;
    struct sheet_row *rows; /* NULL of a sheet that was opened with sheet_file.h: use sheet_rows */
    size_t count;
    size_t header_line;
    struct str text; /* the CSV that rows are read from while rows is NULL */
    char separator;
};

/* Reads a table, whichever of the two it is: told apart by content, not by the name. For a workbook the first
 * visible sheet is read. `file_name` only serves messages and may be empty. Cells may point into `bytes`, which
 * must live as long as the sheet. Refuses old .xls and workbooks with a password with advice what to do. */
bool sheet_in_read(struct arena *a, struct str bytes, struct str file_name, struct sheet_in *sheet, struct error *err);

/* Puts the file's name before the place of a fault. Always false. */
bool sheet_in_name_place(struct error *err, struct str file_name);

/* The rows one after another, whether they stand in memory or in a file. */
struct sheet_rows;
struct sheet_rows *sheet_rows_open(struct arena *a, const struct sheet_in *sheet);
/* The next row, with its cells in `a`; `more` is false at the end. A fault only when the file changed while it was read. */
bool sheet_rows_next(struct sheet_rows *r, struct arena *a, struct sheet_row *row, bool *more, struct error *err);

/* The column whose header is `name`, or SIZE_MAX. */
size_t sheet_in_column(const struct sheet_in *sheet, struct str name);

#endif
