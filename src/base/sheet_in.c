#include "base/sheet_in.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/encoding.h"
#include "base/utf8.h"
#include "base/xlsx_in.h"

static bool read_csv(struct arena *a, struct str bytes, struct sheet_in *sheet, struct error *err)
{
    struct str text;
    enum encoding encoding;
    return encoding_decode(a, bytes, &text, &encoding, err) && csv_read(a, text, 0, sheet, err);
}

static bool refuse_compound(struct error *err)
{
    return error_set(err, ERR_INPUT,
                     "这是旧版 .xls 表格，或设了打开密码的工作簿，不能读取。请用 WPS 或 Excel 打开它"
                     "（有密码的先取消密码），另存为 .xlsx 后再导入");
}

static bool read_any(struct arena *a, struct str bytes, struct sheet_in *sheet, struct error *err)
{
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0"))) return refuse_compound(err);
    if (str_starts(bytes, STR("PK\3\4")) || str_starts(bytes, STR("PK\5\6")))
        return xlsx_read(a, bytes, STR(""), sheet, err);
    if (str_starts(bytes, STR("%PDF")))
        return error_set(err, ERR_INPUT, "这是 PDF 文件，不是表格。请导入 .xlsx 或 .csv 文件");
    return read_csv(a, bytes, sheet, err);
}

/* A list of faults of several files stays readable. */
bool sheet_in_name_place(struct error *err, struct str file_name)
{
    struct str name = str_slice(file_name, 0, utf8_cut(file_name, 150));
    char where[sizeof err->where];
    const char *gap = err->where[0] != '\0' && name.len > 0 ? " " : "";
    int n = snprintf(where, sizeof where, "%.*s%s%s", STR_ARG(name), gap, err->where);
    if (n > 0 && (size_t)n < sizeof where) memcpy(err->where, where, (size_t)n + 1);
    return false;
}

bool sheet_in_read(struct arena *a, struct str bytes, struct str file_name, struct sheet_in *sheet, struct error *err)
{
    return read_any(a, bytes, sheet, err) || sheet_in_name_place(err, file_name);
}

size_t sheet_in_column(const struct sheet_in *sheet, struct str name)
{
    for (size_t i = 0; i < sheet->columns; i++)
        if (str_eq(sheet->header[i], name)) return i;
    return SIZE_MAX;
}

struct sheet_rows {
    const struct sheet_in *sheet;
    size_t at;
    struct csv_rows *csv; /* NULL: the rows stand in memory */
};

struct sheet_rows *sheet_rows_open(struct arena *a, const struct sheet_in *sheet)
{
    struct sheet_rows *r = arena_new(a, struct sheet_rows);
    r->sheet = sheet;
    if (!sheet->rows && sheet->count) r->csv = csv_rows_open(a, sheet);
    return r;
}

bool sheet_rows_next(struct sheet_rows *r, struct arena *a, struct sheet_row *row, bool *more, struct error *err)
{
    if (r->csv) return csv_rows_next(r->csv, a, row, more, err);
    *more = r->at < r->sheet->count;
    if (*more) *row = r->sheet->rows[r->at++];
    return true;
}
