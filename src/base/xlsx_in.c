#include "base/xlsx_in.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/sheet_build.h"
#include "base/utf8.h"
#include "base/xlsx_book.h"

#define LAST_LINE 1048576 /* of a sheet, by the standard */
#define LAST_COLUMN 16384

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE };

struct cell {
    size_t column;
    enum cell_type type;
    size_t style;
    bool has_value;
    bool has_formula;
};

struct reading {
    struct arena *arena;
    const struct xlsx_book *book;
    struct sheet_builder builder;
    bool in_data, in_row, in_cell;
    bool in_text, phonetic;
    size_t line;        /* of the row that is being read, or was last */
    size_t next_column; /* where a cell without reference stands */
    struct cell cell;
    struct buf text;
    struct str *cells; /* SHEET_MAX_COLUMNS of them */
    size_t used;
};

static bool damaged(const struct reading *r, struct error *err)
{
    return sheet_fault(err, ERR_INPUT, r->line, SIZE_MAX,
                       "工作表的结构有错，文件可能已损坏。请用 WPS 或 Excel 打开它，另存为 .xlsx 后再导入");
}

/* C5 -> column 2, line 5. */
static bool parse_reference(struct str t, size_t *column, size_t *line)
{
    size_t at = 0;
    size_t n = 0;
    for (; at < t.len && at < 3 && t.s[at] >= 'A' && t.s[at] <= 'Z'; at++) n = n * 26 + (size_t)(t.s[at] - 'A') + 1;
    int64_t number;
    struct str digits = str_slice(t, at, t.len);
    if (n == 0 || n > LAST_COLUMN || digits.len == 0 || digits.s[0] < '0' || digits.s[0] > '9') return false;
    if (!str_to_i64(digits, &number) || number < 1 || number > LAST_LINE) return false;
    *column = n - 1;
    *line = (size_t)number;
    return true;
}

static bool row_start(struct reading *r, const struct xlsx_part *part, struct error *err)
{
    int64_t line = (int64_t)r->line + 1;
    const char *name;
    struct str value;
    bool good = true;
    while (xlsx_next_attribute(part, &name, &value))
        if (strcmp(name, "r") == 0) good = str_to_i64(value, &line);
    if (!good || line <= (int64_t)r->line || line > LAST_LINE) return damaged(r, err);
    r->line = (size_t)line;
    r->next_column = 0;
    r->used = 0;
    r->in_row = true;
    memset(r->cells, 0, SHEET_MAX_COLUMNS * sizeof *r->cells);
    return true;
}

static bool row_end(struct reading *r, struct error *err)
{
    r->in_row = false;
    return sheet_builder_row(&r->builder, r->line, r->cells, r->used, err);
}

static bool cell_type(struct str t, enum cell_type *type)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = {{"n", CELL_NUMBER}, {"s", CELL_SHARED}, {"str", CELL_TEXT}, {"inlineStr", CELL_TEXT},
                 {"b", CELL_BOOL},   {"e", CELL_ERROR},  {"d", CELL_DATE}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!str_is(t, types[i].name)) continue;
        *type = types[i].type;
        return true;
    }
    return false;
}

static bool cell_attribute(struct reading *r, const char *name, struct str value)
{
    size_t line = r->line;
    int64_t style;
    if (strcmp(name, "r") == 0) return parse_reference(value, &r->cell.column, &line) && line == r->line;
    if (strcmp(name, "t") == 0) return cell_type(value, &r->cell.type);
    if (strcmp(name, "s") != 0) return true;
    if (!str_to_i64(value, &style) || style < 0) return false;
    r->cell.style = (size_t)style;
    return true;
}

static bool cell_start(struct reading *r, const struct xlsx_part *part, struct error *err)
{
    r->cell = (struct cell){.column = r->next_column};
    const char *name;
    struct str value;
    bool good = true;
    while (xlsx_next_attribute(part, &name, &value)) good &= cell_attribute(r, name, value);
    if (!good) return damaged(r, err);
    r->in_cell = true;
    r->in_text = r->phonetic = false;
    buf_clear(&r->text);
    return true;
}

static bool cell_fault(const struct reading *r, const char *why, struct error *err)
{
    return sheet_fault(err, ERR_INPUT, r->line, r->cell.column, "%s", why);
}

static bool number_value(const struct reading *r, struct str raw, struct str *text, struct error *err)
{
    char digits[64];
    raw = str_trim(raw);
    if (raw.len == 0 || raw.len >= sizeof digits) return damaged(r, err);
    memcpy(digits, raw.s, raw.len);
    digits[raw.len] = '\0';
    char *end;
    double value = strtod(digits, &end);
    if (*end != '\0' || strpbrk(digits, "xXnN")) return damaged(r, err);
    enum number_kind kind = r->cell.style < r->book->style_count ? r->book->styles[r->cell.style] : NUMBER_PLAIN;
    const char *why = kind == NUMBER_PLAIN ? xlsx_plain_number(r->arena, value, text)
                                           : xlsx_serial(r->arena, value, kind, r->book->from_1904, text);
    return !why || cell_fault(r, why, err);
}

static bool shared_value(const struct reading *r, struct str raw, struct str *text, struct error *err)
{
    int64_t index;
    if (!str_to_i64(raw, &index) || index < 0 || (uint64_t)index >= r->book->string_count) return damaged(r, err);
    *text = r->book->strings[index];
    return true;
}

/* t="d": ISO text, maybe with Z or fractions of seconds, which no clerk's sheet holds. */
static bool date_value(const struct reading *r, struct str raw, struct str *text, struct error *err)
{
    int64_t ms;
    if (!moment_parse(raw, &ms)) return cell_fault(r, "日期写法不能识别，请写成 2024-03-01 的样子", err);
    struct date date = moment_date(ms);
    *text = ms == moment_of_date(date) ? date_iso(r->arena, date) : moment_iso(r->arena, ms);
    return true;
}

static bool cell_value(const struct reading *r, struct str *text, struct error *err)
{
    struct str raw = buf_str(&r->text);
    *text = STR("");
    if (!r->cell.has_value || (raw.len == 0 && r->cell.type != CELL_SHARED)) {
        if (r->cell.has_formula && r->cell.type != CELL_TEXT)
            return cell_fault(r, "公式还没有计算结果。请用 WPS 或 Excel 打开文件，保存一次后再导入", err);
        return true;
    }
    switch (r->cell.type) {
    case CELL_NUMBER: return number_value(r, raw, text, err);
    case CELL_SHARED: return shared_value(r, raw, text, err);
    case CELL_DATE: return date_value(r, raw, text, err);
    case CELL_BOOL: *text = str_is(raw, "1") || str_is(raw, "true") ? STR("是") : STR("否"); return true;
    case CELL_TEXT: *text = xlsx_unescape(r->arena, raw); return true;
    case CELL_ERROR:
        return sheet_fault(err, ERR_INPUT, r->line, r->cell.column, "公式结果是错误值 %.*s。请改正公式或填入正确内容",
                           STR_ARG(str_slice(raw, 0, utf8_cut(raw, 40))));
    }
    return damaged(r, err);
}

static bool cell_end(struct reading *r, struct error *err)
{
    struct str text;
    r->in_cell = false;
    r->next_column = r->cell.column + 1;
    if (!cell_value(r, &text, err)) return false;
    if (text.len == 0) return true;
    if (!utf8_valid(text)) return cell_fault(r, "单元格里有不能用的字符，请删去后重新填写", err);
    if (r->cell.column >= SHEET_MAX_COLUMNS) {
        if (sheet_is_blank(text)) return true;
        return sheet_fault(err, ERR_LIMIT, r->line, r->cell.column, "表格超过%zu列。请删去用不到的列后再导入",
                           SHEET_MAX_COLUMNS);
    }
    r->cells[r->cell.column] = text;
    if (r->used <= r->cell.column) r->used = r->cell.column + 1;
    return true;
}

/* A cell merged over several rows stands in the first only: the others would be read as empty. */
static bool merged(struct reading *r, const struct xlsx_part *part, struct error *err)
{
    struct str range;
    size_t left, right, top, bottom;
    if (!xlsx_attribute(part, "ref", &range)) return true;
    size_t colon = str_find(range, STR(":"), 0);
    if (colon == SIZE_MAX) return true;
    if (!parse_reference(str_slice(range, 0, colon), &left, &top) ||
        !parse_reference(str_slice(range, colon + 1, range.len), &right, &bottom))
        return damaged(r, err);
    const struct sheet_in *sheet = r->builder.sheet;
    bool holds_rows = sheet->count > 0 && bottom > sheet->header_line && top <= sheet->rows[sheet->count - 1].line;
    if (top >= bottom || !holds_rows || left >= sheet->columns) return true;
    return sheet_fault(err, ERR_INPUT, top, left,
                       "%.*s 是跨行合并的单元格，合并后只有第一行有内容。请取消合并，并在每一行填上内容",
                       STR_ARG(str_slice(range, 0, utf8_cut(range, 40))));
}

static bool in_cell_node(struct reading *r, const struct xlsx_part *part, struct error *err)
{
    bool ends = xlsx_ends(part);
    if (xlsx_is(part, "v") || xlsx_is(part, "t")) {
        r->in_text = !ends;
        r->cell.has_value = true;
    } else if (xlsx_is(part, "rPh")) {
        r->phonetic = !ends;
    } else if (xlsx_is(part, "f")) {
        r->cell.has_formula = true;
    } else if (xlsx_is(part, "c") && ends) {
        return cell_end(r, err);
    }
    return true;
}

static bool node(struct reading *r, const struct xlsx_part *part, struct error *err)
{
    struct str piece;
    if (xlsx_text(part, &piece)) {
        if (r->in_text && !r->phonetic) buf_put(&r->text, piece);
        return true;
    }
    bool starts = xlsx_starts(part);
    bool ends = xlsx_ends(part);
    if (r->in_cell) return in_cell_node(r, part, err);
    if (xlsx_is(part, "sheetData")) r->in_data = !ends;
    if (starts && xlsx_is(part, "mergeCell")) return merged(r, part, err);
    if (r->in_row && starts && xlsx_is(part, "c")) return cell_start(r, part, err) && (!ends || cell_end(r, err));
    if (!r->in_data || !xlsx_is(part, "row")) return true;
    if (starts && r->in_row) return damaged(r, err);
    return (!starts || row_start(r, part, err)) && (!ends || row_end(r, err));
}

static bool read_sheet(struct arena *a, const struct xlsx_book *book, struct xlsx_package *p, struct str name,
                       struct sheet_in *sheet, struct error *err)
{
    struct reading r = {.arena = a, .book = book, .builder = sheet_builder_start(a, sheet), .text = buf_in(a)};
    r.cells = arena_new_array(a, struct str, SHEET_MAX_COLUMNS);
    struct xlsx_part part;
    if (!xlsx_part_open(&part, p, name, err)) return false;
    enum xlsx_step step = XLSX_NODE;
    bool ok = true;
    while (ok && (step = xlsx_part_next(&part, err)) == XLSX_NODE) ok = node(&r, &part, err);
    xlsx_part_close(&part);
    return ok && step == XLSX_END && sheet_builder_finish(&r.builder, err);
}

bool xlsx_read(struct arena *a, struct str bytes, struct str name, struct sheet_in *sheet, struct error *err)
{
    struct xlsx_package package;
    struct xlsx_book book;
    struct str part;
    *sheet = (struct sheet_in){0};
    if (!xlsx_package_open(&package, a, bytes, err)) return false;
    bool ok = xlsx_book_read(&book, &package, err) && xlsx_book_sheet(&book, name, &part, err) &&
              read_sheet(a, &book, &package, part, sheet, err);
    xlsx_package_close(&package);
    return ok;
}
