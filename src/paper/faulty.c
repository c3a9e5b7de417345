#include "paper/faulty.h"

#include "paper/sheet.h"

bool faulty_wants_xlsx(struct str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04"));
}

static struct str reasons(struct arena *a, const struct import_report *report, size_t line)
{
    struct buf b = buf_in(a);
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct import_fault *f = &report->faults[i];
        if (f->line != line) continue;
        buf_putf(&b, "%s%.*s%s%.*s", b.len ? "；" : "", STR_ARG(f->column), f->column.len ? "：" : "", STR_ARG(f->why));
    }
    return buf_str(&b);
}

bool faulty_xlsx(struct arena *a, const struct sheet_in *sheet, const struct import_report *report, struct str *xlsx,
                 struct error *err)
{
    struct sheet *s = sheet_new(a, STR("有错的行"));
    for (size_t i = 0; i < sheet->columns; i++) sheet_column(s, sheet->header[i], 0, SHEET_TEXT);
    sheet_column(s, STR("原因"), 0, SHEET_TEXT);
    for (size_t i = 0; i < sheet->count; i++) {
        struct str why = reasons(a, report, sheet->rows[i].line);
        if (why.len == 0) continue;
        struct str *row = sheet_row(s);
        for (size_t k = 0; k < sheet->columns; k++) row[k] = sheet->rows[i].cells[k];
        row[sheet->columns] = why;
    }
    return sheet_xlsx(s, a, xlsx, err);
}
