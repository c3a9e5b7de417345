/* Reads CSV text strictly by RFC 4180.
 *
 * A cell in double quotes may hold separators, line breaks and doubled quotes ("" is one "); a quote anywhere else is
 * a fault, since guessing would shift cells. Lines end with CRLF or LF; inside quotes CRLF is read as LF. A byte
 * order mark is skipped, and so is the line `sep=;` that Excel understands. The apostrophe of csv_needs_guard is taken
 * off. */
#ifndef FAZHI_BASE_CSV_H
#define FAZHI_BASE_CSV_H

#include "base/sheet_in.h"

/* Reads UTF-8 text (see base/encoding.h for bytes). `separator` is ',' ';' or '\t', or 0 to take the one that the
 * header line holds most often. Cells point into `text` where they can. A fault names row and column. */
bool csv_read(struct arena *a, struct str text, char separator, struct sheet_in *sheet, struct error *err);
/* Reads and checks all of it, and keeps only header, number of rows, text and separator in `sheet`: for files that are
 * too large to hold their rows. `text` is a file in memory (file.h's file_map); what was read of it is given back. */
bool csv_scan(struct arena *a, struct str text, struct sheet_in *sheet, struct error *err);
/* The rows of such a sheet; see sheet_rows in sheet_in.h. */
struct csv_rows;
struct csv_rows *csv_rows_open(struct arena *a, const struct sheet_in *sheet);
bool csv_rows_next(struct csv_rows *r, struct arena *a, struct sheet_row *row, bool *more, struct error *err);

/* A spreadsheet would run the cell as a formula: it begins with = + - @ (or a tab or line end before them) and is no
 * number. Who writes CSV puts an apostrophe in front of it. */
bool csv_needs_guard(struct str cell);
/* The cell without that apostrophe. */
struct str csv_unguard(struct str cell);

#endif
