#include "base/csv.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/sheet_build.h"

/* ---- the guard against formulas ---- */

static bool opens_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == '\n';
}

/* -12.5, +3, 1,200 are numbers to a spreadsheet, not formulas. */
static bool is_number(struct str t)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c == '.' && points == 0)
            points++;
        else if (!(i == 0 && (c == '-' || c == '+')))
            return false;
    }
    return digits > 0;
}

bool csv_needs_guard(struct str cell)
{
    /* Behind apostrophes too: else the reader would take off one that was written by a person. */
    while (cell.len > 0 && cell.s[0] == '\'') cell = str_slice(cell, 1, cell.len);
    return cell.len > 0 && opens_formula(cell.s[0]) && !is_number(cell);
}

struct str csv_unguard(struct str cell)
{
    bool guarded = cell.len > 1 && cell.s[0] == '\'' && csv_needs_guard(cell);
    return guarded ? str_slice(cell, 1, cell.len) : cell;
}

/* ---- reading ---- */

struct csv {
    struct arena *arena;
    struct str text;
    size_t at;
    size_t line; /* of the place `at` */
    char separator;
    struct str *cells; /* of the row being read */
    size_t count, cap;
    size_t column;
};

static bool at_end(const struct csv *c)
{
    return c->at >= c->text.len;
}

/* The line end at `i`: 1 for LF, 2 for CRLF, 0 for none. */
static size_t line_end(struct str t, size_t i)
{
    if (i < t.len && t.s[i] == '\n') return 1;
    if (i + 1 < t.len && t.s[i] == '\r' && t.s[i + 1] == '\n') return 2;
    return 0;
}

static void skip_mark(struct csv *c)
{
    if (str_starts(c->text, STR("\xEF\xBB\xBF"))) c->at = 3;
}

/* The line sep=X at the very beginning: Excel writes and obeys it. */
static void take_separator_line(struct csv *c)
{
    struct str rest = str_slice(c->text, c->at, c->text.len);
    if (rest.len < 5 || !str_starts(rest, STR("sep=")) || !strchr(",;\t", rest.s[4]) || rest.s[4] == '\0') return;
    size_t end = line_end(rest, 5);
    if (end == 0) return;
    if (c->separator == 0) c->separator = rest.s[4];
    c->at += 5 + end;
    c->line++;
}

/* The most frequent of the three in the first line that holds anything, outside quotes; a comma when none is there. */
static char detect_separator(const struct csv *c)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t found[sizeof candidates] = {0};
    bool quoted = false;
    bool content = false;
    for (size_t i = c->at; i < c->text.len; i++) {
        char ch = c->text.s[i];
        if (ch == '"') quoted = !quoted;
        if (ch == '\n' && !quoted && content) break;
        if (!strchr(" \t\r\n", ch)) content = true;
        for (size_t k = 0; k < sizeof candidates; k++)
            if (ch == candidates[k] && !quoted) found[k]++;
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof candidates; k++)
        if (found[k] > found[best]) best = k;
    return candidates[best];
}

/* The content between quotes, with "" as " and CRLF as LF. */
static struct str unquoted(struct arena *a, struct str raw)
{
    if (!memchr(raw.s, '"', raw.len) && !memchr(raw.s, '\r', raw.len)) return raw;
    char *out = arena_alloc(a, raw.len);
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (line_end(raw, i) == 2) continue;
        out[n++] = raw.s[i];
        if (raw.s[i] == '"') i++;
    }
    return (struct str){out, n};
}

static bool quoted_cell(struct csv *c, struct str *cell, struct error *err)
{
    size_t opened = c->line;
    size_t from = ++c->at;
    while (!at_end(c)) {
        char ch = c->text.s[c->at];
        if (ch == '\n') c->line++;
        if (ch != '"') {
            c->at++;
            continue;
        }
        if (c->at + 1 < c->text.len && c->text.s[c->at + 1] == '"') {
            c->at += 2;
            continue;
        }
        *cell = unquoted(c->arena, str_slice(c->text, from, c->at));
        c->at++;
        if (at_end(c) || c->text.s[c->at] == c->separator || line_end(c->text, c->at) > 0) return true;
        return sheet_fault(err, ERR_INPUT, c->line, c->column,
                           "结束的双引号后面还有别的字。内容里的双引号要写成两个（\"\"），改正后再导入，"
                           "或用 WPS、Excel 另存为 .xlsx");
    }
    return sheet_fault(
        err, ERR_INPUT, opened, c->column,
        "从这里开始的双引号一直没有结束。请在这个单元格末尾补上双引号，或用 WPS、Excel 另存为 .xlsx 再导入");
}

static bool plain_cell(struct csv *c, struct str *cell, struct error *err)
{
    size_t from = c->at;
    for (; !at_end(c); c->at++) {
        char ch = c->text.s[c->at];
        if (ch == c->separator || line_end(c->text, c->at) > 0) break;
        if (ch == '"')
            return sheet_fault(err, ERR_INPUT, c->line, c->column,
                               "单元格中间有双引号。请把整个单元格用双引号括起来，里面的双引号写成两个（\"\"），"
                               "或用 WPS、Excel 另存为 .xlsx 再导入");
        if (ch == '\r')
            return sheet_fault(err, ERR_INPUT, c->line, c->column,
                               "这里有单独的回车符，不是完整的换行。请用 WPS 或 Excel 打开后另存为 .xlsx 再导入");
    }
    *cell = str_slice(c->text, from, c->at);
    return true;
}

/* Beyond the limit only blank cells are passed over: spreadsheets like to write thousands of empty columns. */
static bool keep_cell(struct csv *c, struct str cell, struct error *err)
{
    if (c->column < SHEET_MAX_COLUMNS) {
        ARENA_PUSH(c->arena, c->cells, c->count, c->cap, cell);
        return true;
    }
    if (sheet_is_blank(cell)) return true;
    return sheet_fault(err, ERR_LIMIT, c->line, c->column, "表格超过%zu列。请删去用不到的列后再导入",
                       SHEET_MAX_COLUMNS);
}

/* Reads one row with its line end. */
static bool read_row(struct csv *c, struct error *err)
{
    c->count = 0;
    for (c->column = 0;; c->column++) {
        struct str cell = STR("");
        bool quoted = !at_end(c) && c->text.s[c->at] == '"';
        if (quoted ? !quoted_cell(c, &cell, err) : !plain_cell(c, &cell, err)) return false;
        if (!keep_cell(c, csv_unguard(cell), err)) return false;
        if (at_end(c)) return true;
        size_t end = line_end(c->text, c->at);
        if (end > 0) {
            c->at += end;
            c->line++;
            return true;
        }
        c->at++; /* the separator */
    }
}

static struct csv start(struct arena *a, struct str text, char separator)
{
    struct csv c = {.arena = a, .text = text, .line = 1, .separator = separator};
    skip_mark(&c);
    take_separator_line(&c);
    if (c.separator == 0) c.separator = detect_separator(&c);
    return c;
}

bool csv_read(struct arena *a, struct str text, char separator, struct sheet_in *sheet, struct error *err)
{
    struct csv c = start(a, text, separator);
    struct sheet_builder builder = sheet_builder_start(a, sheet);
    while (!at_end(&c)) {
        size_t line = c.line;
        if (!read_row(&c, err) || !sheet_builder_row(&builder, line, c.cells, c.count, err)) return false;
    }
    return sheet_builder_finish(&builder, err);
}

/* ---- row by row ---- */

enum { GIVE_BACK = 8 << 20 };

/* The row's own memory comes anew from `a`. */
static bool read_row_in(struct csv *c, struct arena *a, struct error *err)
{
    c->arena = a;
    c->cells = NULL;
    c->cap = 0;
    return read_row(c, err);
}

enum { NEIGHBOURS = 2 << 20 };

static void give_back(const struct csv *c, size_t *given)
{
    if (c->at - *given < GIVE_BACK) return;
    /* Looking at a page brings its neighbours in, those before it too, which were given back already. */
    size_t from = *given > NEIGHBOURS ? *given - NEIGHBOURS : 0;
    file_map_forget(str_slice(c->text, from, c->at));
    *given = c->at;
}

static void keep_header(struct arena *a, struct sheet_in *sheet)
{
    for (size_t i = 0; i < sheet->columns; i++) sheet->header[i] = str_copy(a, sheet->header[i]);
}

bool csv_scan(struct arena *a, struct str text, struct sheet_in *sheet, struct error *err)
{
    auto_arena row = arena_open();
    struct csv c = start(row, text, 0);
    struct sheet_builder builder = sheet_builder_start(a, sheet);
    builder.only_count = true;
    for (size_t given = 0; !at_end(&c); give_back(&c, &given)) {
        size_t line = c.line;
        bool had_header = builder.has_header;
        arena_reset(row);
        if (!read_row_in(&c, row, err) || !sheet_builder_row(&builder, line, c.cells, c.count, err)) return false;
        if (!had_header && builder.has_header) keep_header(a, sheet);
    }
    sheet->text = text;
    sheet->separator = c.separator;
    return sheet_builder_finish(&builder, err);
}

struct csv_rows {
    const struct sheet_in *sheet;
    struct csv csv;
    size_t given;
};

struct csv_rows *csv_rows_open(struct arena *a, const struct sheet_in *sheet)
{
    struct csv_rows *r = arena_new(a, struct csv_rows);
    r->sheet = sheet;
    r->csv = start(a, sheet->text, sheet->separator);
    return r;
}

bool csv_rows_next(struct csv_rows *r, struct arena *a, struct sheet_row *row, bool *more, struct error *err)
{
    struct csv *c = &r->csv;
    *more = false;
    while (!*more && !at_end(c)) {
        row->line = c->line;
        if (!read_row_in(c, a, err)) return false;
        *more = row->line > r->sheet->header_line && sheet_builder_cells(a, r->sheet, c->cells, c->count, row);
        give_back(c, &r->given); /* cells that point there are read from the file again */
    }
    return true;
}
