/* The parts of a workbook beside its sheets: which sheets there are, shared strings, number formats. Used by
 * xlsx_in.c. */
#ifndef FAZHI_BASE_XLSX_BOOK_H
#define FAZHI_BASE_XLSX_BOOK_H

#include "base/xlsx_package.h"
#include "base/xlsx_value.h"

struct xlsx_relation {
    struct str id, type, target; /* target: the part's name in the package */
};

struct xlsx_sheet_name {
    struct str name, relation;
    bool visible;
};

struct xlsx_format {
    int64_t id;
    enum number_kind kind;
};

struct xlsx_book {
    struct arena *arena;
    bool from_1904;
    struct xlsx_relation *relations;
    size_t relation_count, relation_cap;
    struct xlsx_sheet_name *sheets;
    size_t sheet_count, sheet_cap;
    struct str *strings; /* shared strings */
    size_t string_count, string_cap;
    struct xlsx_format *formats; /* custom number formats */
    size_t format_count, format_cap;
    enum number_kind *styles; /* of cell style 0, 1 … */
    size_t style_count, style_cap;
};

/* Reads all of it. */
bool xlsx_book_read(struct xlsx_book *book, struct xlsx_package *p, struct error *err);
/* The part's name of the sheet `name`, or of the first visible one for the empty name. */
bool xlsx_book_sheet(const struct xlsx_book *book, struct str name, struct str *part, struct error *err);

#endif
