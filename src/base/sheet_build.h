/* Puts a struct sheet_in together row by row: header rules, padding, surplus and limits are the same for every
 * kind of file. Used by the readers (csv.c, xlsx_in.c). */
#ifndef FAZHI_BASE_SHEET_BUILD_H
#define FAZHI_BASE_SHEET_BUILD_H

#include "base/sheet_in.h"

struct sheet_builder {
    struct arena *arena;
    struct sheet_in *sheet;
    size_t cap;
    bool has_header;
    bool only_count; /* checks and counts the rows, and keeps none */
};

/* Empties `sheet` and begins. */
struct sheet_builder sheet_builder_start(struct arena *a, struct sheet_in *sheet);
/* Takes the next row. The texts are kept, the array is copied. */
bool sheet_builder_row(struct sheet_builder *b, size_t line, const struct str *cells, size_t count, struct error *err);
/* The cells of a row as the sheet gives them, in `a`: as many as it has columns. False for a row without content. */
bool sheet_builder_cells(struct arena *a, const struct sheet_in *sheet, const struct str *cells, size_t count,
                         struct sheet_row *row);
/* Fails when there was no header. */
bool sheet_builder_finish(const struct sheet_builder *b, struct error *err);

/* Only spaces, tabs, line ends and ideographic spaces. */
bool sheet_is_blank(struct str cell);
/* 0 is A, 25 is Z, 26 is AA. */
struct sheet_column_name {
    char letters[8];
};
struct sheet_column_name sheet_column_name(size_t column);
/* An error at a cell. Lines count from 1, columns from 0; SIZE_MAX for "the whole row". Always false. */
bool sheet_fault(struct error *err, enum error_code code, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
