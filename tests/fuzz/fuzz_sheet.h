/* What must hold of every table, whatever the file was. */
#ifndef FAZHI_TESTS_FUZZ_SHEET_H
#define FAZHI_TESTS_FUZZ_SHEET_H

#include "base/sheet_build.h"
#include "base/utf8.h"
#include "fuzz.h"

/* A sheet that was read keeps its promises; a refusal explains itself in valid text. */
static inline void check_sheet(bool ok, const struct sheet_in *sheet, const struct error *err)
{
    if (!ok) {
        FUZZ_MUST(err->code != ERR_NONE && err->message[0] != '\0');
        FUZZ_MUST(utf8_valid(str_from(err->message)) && utf8_valid(str_from(err->where)));
        return;
    }
    FUZZ_MUST(sheet->columns > 0 && sheet->columns <= SHEET_MAX_COLUMNS && sheet->count <= SHEET_MAX_ROWS);
    FUZZ_MUST(sheet->header[sheet->columns - 1].len > 0);
    for (size_t i = 0; i < sheet->columns; i++) FUZZ_MUST(utf8_valid(sheet->header[i]));
    size_t line = sheet->header_line;
    for (size_t r = 0; r < sheet->count; r++) {
        bool blank = true;
        FUZZ_MUST(sheet->rows[r].line > line);
        line = sheet->rows[r].line;
        for (size_t i = 0; i < sheet->columns; i++) {
            struct str cell = sheet->rows[r].cells[i];
            FUZZ_MUST(utf8_valid(cell));
            blank = blank && sheet_is_blank(cell);
        }
        FUZZ_MUST(!blank);
    }
}

#endif
