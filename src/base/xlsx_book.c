#include "base/xlsx_book.h"

#include <string.h>

#include "base/buf.h"
#include "base/sheet_in.h"

/* Handles one node of a part. */
typedef bool visit(struct xlsx_book *book, struct xlsx_part *part, void *context, struct error *err);

static bool walk(struct xlsx_book *book, struct xlsx_package *p, struct str name, visit *each, void *context,
                 struct error *err)
{
    struct xlsx_part part;
    if (!xlsx_part_open(&part, p, name, err)) return false;
    enum xlsx_step step = XLSX_NODE;
    bool ok = true;
    while (ok && (step = xlsx_part_next(&part, err)) == XLSX_NODE) ok = each(book, &part, context, err);
    xlsx_part_close(&part);
    return ok && step == XLSX_END;
}

/* "xl/workbook.xml" -> "xl/" */
static struct str folder_of(struct str name)
{
    size_t n = name.len;
    while (n > 0 && name.s[n - 1] != '/') n--;
    return str_slice(name, 0, n);
}

static bool visit_relation(struct xlsx_book *book, struct xlsx_part *part, void *context, struct error *err)
{
    (void)err;
    const struct str *source = context;
    if (!xlsx_starts(part) || !xlsx_is(part, "Relationship")) return true;
    struct xlsx_relation relation = {STR(""), STR(""), STR("")};
    xlsx_attribute(part, "Id", &relation.id);
    xlsx_attribute(part, "Type", &relation.type);
    if (!xlsx_attribute(part, "Target", &relation.target)) return true;
    if (str_starts(relation.target, STR("/")))
        relation.target = str_slice(relation.target, 1, relation.target.len);
    else
        relation.target = str_printf(book->arena, "%.*s%.*s", STR_ARG(folder_of(*source)), STR_ARG(relation.target));
    ARENA_PUSH(book->arena, book->relations, book->relation_count, book->relation_cap, relation);
    return true;
}

/* Reads the relations of a part; of the whole package for the empty name. */
static bool read_relations(struct xlsx_book *book, struct xlsx_package *p, struct str source, struct error *err)
{
    struct str folder = folder_of(source);
    struct str base = str_slice(source, folder.len, source.len);
    struct str name = str_printf(book->arena, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(base));
    book->relation_count = 0;
    return !xlsx_part_exists(p, name) || walk(book, p, name, visit_relation, &source, err);
}

/* The part of the first relation whose type ends so; both namespaces of the standard end alike. */
static bool related(const struct xlsx_book *book, struct str type_end, struct str *part)
{
    for (size_t i = 0; i < book->relation_count; i++) {
        if (!str_ends(book->relations[i].type, type_end)) continue;
        *part = book->relations[i].target;
        return true;
    }
    return false;
}

static bool visit_workbook(struct xlsx_book *book, struct xlsx_part *part, void *context, struct error *err)
{
    (void)context;
    (void)err;
    if (!xlsx_starts(part)) return true;
    if (xlsx_is(part, "workbookPr")) {
        struct str value = STR("");
        if (xlsx_attribute(part, "date1904", &value)) book->from_1904 = str_is(value, "1") || str_is(value, "true");
    }
    if (!xlsx_is(part, "sheet")) return true;
    struct xlsx_sheet_name sheet = {STR(""), STR(""), true};
    struct str state;
    xlsx_attribute(part, "name", &sheet.name);
    xlsx_attribute(part, "id", &sheet.relation);
    if (xlsx_attribute(part, "state", &state)) sheet.visible = str_is(state, "visible");
    ARENA_PUSH(book->arena, book->sheets, book->sheet_count, book->sheet_cap, sheet);
    return true;
}

struct string_state {
    struct buf text;
    bool in_text;
    bool phonetic; /* readings beside the characters are not part of the text */
};

static bool visit_string(struct xlsx_book *book, struct xlsx_part *part, void *context, struct error *err)
{
    struct string_state *state = context;
    struct str piece;
    if (xlsx_text(part, &piece)) {
        if (state->in_text && !state->phonetic) buf_put(&state->text, piece);
        return true;
    }
    if (xlsx_is(part, "si") && xlsx_starts(part)) buf_clear(&state->text);
    if (xlsx_is(part, "t")) state->in_text = !xlsx_ends(part);
    if (xlsx_is(part, "rPh")) state->phonetic = !xlsx_ends(part);
    if (!xlsx_is(part, "si") || !xlsx_ends(part)) return true;
    if (book->string_count >= SHEET_MAX_CELLS)
        return error_set(err, ERR_LIMIT, "表格里的文字条目超过%zu个。请分成几个文件导入", SHEET_MAX_CELLS);
    ARENA_PUSH(book->arena, book->strings, book->string_count, book->string_cap,
               xlsx_unescape(book->arena, buf_str(&state->text)));
    return true;
}

struct style_state {
    bool in_formats, in_styles;
};

static void take_format(struct xlsx_book *book, const struct xlsx_part *part)
{
    struct xlsx_format format = {-1, NUMBER_PLAIN};
    struct str id, code;
    if (!xlsx_attribute(part, "numFmtId", &id) || !str_to_i64(id, &format.id)) return;
    if (!xlsx_attribute(part, "formatCode", &code)) return;
    format.kind = xlsx_format_kind(code);
    ARENA_PUSH(book->arena, book->formats, book->format_count, book->format_cap, format);
}

static enum number_kind kind_of(const struct xlsx_book *book, int64_t id)
{
    for (size_t i = 0; i < book->format_count; i++)
        if (book->formats[i].id == id) return book->formats[i].kind;
    return xlsx_builtin_format(id);
}

static bool visit_style(struct xlsx_book *book, struct xlsx_part *part, void *context, struct error *err)
{
    struct style_state *state = context;
    if (xlsx_is(part, "numFmts")) state->in_formats = !xlsx_ends(part);
    if (xlsx_is(part, "cellXfs")) state->in_styles = !xlsx_ends(part);
    if (!xlsx_starts(part)) return true;
    if (state->in_formats && xlsx_is(part, "numFmt")) take_format(book, part);
    if (!state->in_styles || !xlsx_is(part, "xf")) return true;
    /* Excel itself allows 65,490 cell formats and fewer than 250 number formats. */
    if (book->style_count >= 70000 || book->format_count > 2000)
        return error_set(err, ERR_LIMIT, "表格的单元格格式太多。请把内容粘贴（只粘贴数值）到新表格后再导入");
    struct str text = STR("");
    int64_t id = 0;
    if (xlsx_attribute(part, "numFmtId", &text) && !str_to_i64(text, &id)) id = 0;
    ARENA_PUSH(book->arena, book->styles, book->style_count, book->style_cap, kind_of(book, id));
    return true;
}

static bool read_parts(struct xlsx_book *book, struct xlsx_package *p, struct error *err)
{
    struct str part;
    struct string_state strings = {.text = buf_in(book->arena)};
    struct style_state styles = {false, false};
    if (related(book, STR("/styles"), &part) && xlsx_part_exists(p, part) &&
        !walk(book, p, part, visit_style, &styles, err))
        return false;
    return !related(book, STR("/sharedStrings"), &part) || !xlsx_part_exists(p, part) ||
           walk(book, p, part, visit_string, &strings, err);
}

bool xlsx_book_read(struct xlsx_book *book, struct xlsx_package *p, struct error *err)
{
    *book = (struct xlsx_book){.arena = p->arena};
    struct str workbook = STR("xl/workbook.xml");
    if (!read_relations(book, p, STR(""), err)) return false;
    related(book, STR("/officeDocument"), &workbook);
    if (!xlsx_part_exists(p, workbook))
        return error_set(err, ERR_INPUT, "这不是 .xlsx 表格。请用 WPS 或 Excel 打开它，另存为 .xlsx 后再导入");
    if (!read_relations(book, p, workbook, err) || !walk(book, p, workbook, visit_workbook, NULL, err)) return false;
    if (book->sheet_count == 0)
        return error_set(err, ERR_INPUT, "文件里没有工作表。它可能是文字文档，请导入 .xlsx 表格");
    return read_parts(book, p, err);
}

/* Chart sheets are listed too, but are no tables. */
static bool is_worksheet(const struct xlsx_book *book, struct str relation, struct str *part)
{
    for (size_t i = 0; i < book->relation_count; i++) {
        const struct xlsx_relation *r = &book->relations[i];
        if (!str_eq(r->id, relation) || !str_ends(r->type, STR("/worksheet"))) continue;
        *part = r->target;
        return true;
    }
    return false;
}

static bool no_such_sheet(const struct xlsx_book *book, struct str name, struct error *err)
{
    if (name.len == 0) return error_set(err, ERR_INPUT, "文件里没有可见的工作表。请取消隐藏要导入的工作表后再导入");
    struct buf names = buf_in(book->arena);
    for (size_t i = 0; i < book->sheet_count && names.len < 300; i++) {
        if (i > 0) buf_puts(&names, "、");
        buf_put(&names, book->sheets[i].name);
    }
    return error_set(err, ERR_NOT_FOUND, "文件里没有名为“%.*s”的工作表，有的是：%.*s", STR_ARG(name),
                     STR_ARG(buf_str(&names)));
}

bool xlsx_book_sheet(const struct xlsx_book *book, struct str name, struct str *part, struct error *err)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct xlsx_sheet_name *sheet = &book->sheets[i];
        bool wanted = name.len > 0 ? str_eq(sheet->name, name) : sheet->visible;
        if (wanted && is_worksheet(book, sheet->relation, part)) return true;
    }
    return no_such_sheet(book, name, err);
}
