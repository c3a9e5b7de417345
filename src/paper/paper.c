#include "paper/paper.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "paper/kinsoku.h"

struct paper *paper_new(struct arena *a)
{
    struct paper *p = arena_new(a, struct paper);
    p->arena = a;
    return p;
}

/* Characters that no paper and no XML 1.0 file can hold, or that nobody could see. */
static bool is_noise(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2028 ||
           c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || c == 0xFFFE ||
           c == 0xFFFF;
}

static struct str clean(struct arena *a, struct str t)
{
    struct buf out = buf_in(a);
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        uint32_t c = utf8_next(t, &at);
        if (c == '\n' || c == '\t') {
            buf_putc(&out, ' ');
        } else if (c == 0xA0) {
            buf_putc(&out, ' ');
        } else if (!is_noise(c)) {
            buf_put(&out, str_slice(t, from, at));
        }
    }
    return buf_str(&out);
}

static struct paper_block *new_block(struct arena *a, enum paper_kind kind)
{
    struct paper_block *block = arena_new(a, struct paper_block);
    block->kind = kind;
    block->arena = a;
    return block;
}

static struct paper_block *add_block(struct paper *p, enum paper_kind kind)
{
    struct paper_block *block = new_block(p->arena, kind);
    ARENA_PUSH(p->arena, p->blocks, p->block_count, p->block_cap, block);
    return block;
}

static void add_run(struct paper_block *par, struct paper_run run)
{
    run.text = clean(par->arena, run.text);
    if (run.text.len == 0) return;
    run.href = clean(par->arena, run.href);
    run.css_class = clean(par->arena, run.css_class);
    run.tip = clean(par->arena, run.tip);
    ARENA_PUSH(par->arena, par->runs, par->run_count, par->run_cap, run);
}

void paper_run(struct paper_block *par, struct str text)
{
    add_run(par, (struct paper_run){.text = text});
}

void paper_run_styled(struct paper_block *par, enum paper_style style, struct str text)
{
    add_run(par, (struct paper_run){.text = text, .style = style});
}

static bool is_safe_link(struct str href)
{
    if (str_starts(href, STR("//"))) return false;
    return str_starts(href, STR("/")) || str_starts(href, STR("#")) || str_starts(href, STR("?")) ||
           str_starts(href, STR("http://")) || str_starts(href, STR("https://"));
}

void paper_run_link(struct paper_block *par, struct str text, struct str href, struct str css_class, struct str tip)
{
    if (!is_safe_link(href)) href = STR("");
    add_run(par, (struct paper_run){.text = text, .href = href, .css_class = css_class, .tip = tip});
}

static void add_text(struct paper *p, enum paper_kind kind, struct str text)
{
    paper_run(add_block(p, kind), text);
}

/* `text` with a full-width colon behind it, unless one stands there already. */
static struct str with_colon(struct arena *a, struct str text)
{
    text = str_trim(text);
    if (str_ends(text, STR("："))) return text;
    if (str_ends(text, STR(":"))) text.len--;
    return str_printf(a, "%.*s：", STR_ARG(text));
}

/* ---- Head and title ---- */

void paper_head(struct paper *p, struct str mark, struct str number)
{
    add_text(p, PAPER_MARK, mark);
    add_text(p, PAPER_NUMBER, number);
}

/* Width in half characters, as the title's face sets it: near enough to balance lines. */
static size_t half_width(uint32_t c)
{
    return c < 0x2000 ? 1 : 2;
}

static size_t half_widths(struct str t)
{
    size_t width = 0;
    for (size_t at = 0; at < t.len;) width += half_width(utf8_next(t, &at));
    return width;
}

enum { TITLE_HALF_WIDTHS = 40 }; /* 156 mm hold 20.1 characters of 22 pt */

/* A word reads on after these, so that a line may well end with them. */
static bool is_good_end(uint32_t c)
{
    static const uint32_t ends[] = {0x7684 /* 的 */, 0x548C /* 和 */, 0x4E0E /* 与 */, 0x53CA /* 及 */, 0x300B /* 》 */,
                                    0x5E74 /* 年 */, 0x5EA6 /* 度 */, 0x5904 /* 处 */, 0x3001 /* 、 */, 0x201D /* ” */};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends[i] == c) return true;
    }
    return false;
}

/* The word 关于 opens what a title is about: a line likes to begin with it, and it is never torn. */
static bool is_torn(uint32_t before, uint32_t after)
{
    return before == 0x5173 /* 关 */ && after == 0x4E8E /* 于 */;
}

static size_t break_cost(uint32_t before, struct str rest, size_t off_target)
{
    bool good = is_good_end(before) || str_starts(rest, STR("关于"));
    return off_target + (good ? 0 : 5);
}

/* Byte offset of the break that comes nearest to `target` half characters, with at least `least` before it, so that
 * the rest fits into the lines left. */
static size_t title_break(struct str t, size_t target, size_t least)
{
    size_t best = t.len, best_cost = SIZE_MAX, width = 0;
    uint32_t before = 0;
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        uint32_t c = utf8_next(t, &at);
        if (from > 0 && width >= least && width <= TITLE_HALF_WIDTHS && kinsoku_may_break(before, c) &&
            !is_torn(before, c)) {
            size_t cost =
                break_cost(before, str_slice(t, from, t.len), width > target ? width - target : target - width);
            if (cost < best_cost) {
                best_cost = cost;
                best = from;
            }
        }
        width += half_width(c);
        before = c;
    }
    return best;
}

static void title_lines(struct paper_block *block, struct str line)
{
    line = str_trim(line);
    size_t width;
    while ((width = half_widths(line)) > TITLE_HALF_WIDTHS) {
        size_t lines = (width + TITLE_HALF_WIDTHS - 1) / TITLE_HALF_WIDTHS;
        size_t rest = (lines - 1) * TITLE_HALF_WIDTHS;
        size_t at = title_break(line, width / lines, width > rest ? width - rest : 0);
        if (at >= line.len) at = title_break(line, width / lines, 0);
        if (at >= line.len) break;
        paper_run(block, str_slice(line, 0, at));
        line = str_trim(str_slice(line, at, line.len));
    }
    paper_run(block, line);
}

static void fill_title(struct paper_block *block, struct str title)
{
    struct str rest = title, line;
    while (str_split(&rest, '\n', &line)) title_lines(block, line);
}

void paper_title(struct paper *p, struct str title)
{
    fill_title(add_block(p, PAPER_TITLE), title);
}

void paper_addressee(struct paper *p, struct str organs)
{
    add_text(p, PAPER_ADDRESSEE, with_colon(p->arena, organs));
}

/* ---- Headings ---- */

static struct str chinese_number(struct arena *a, int n)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    assert(n >= 1 && n <= 99);
    if (n < 10) return str_from(digits[n]);
    return str_printf(a, "%s十%s", n < 20 ? "" : digits[n / 10], digits[n % 10]);
}

struct str paper_heading_number(struct arena *a, int level, int n)
{
    switch (level) {
    case 1: return str_printf(a, "%.*s、", STR_ARG(chinese_number(a, n)));
    case 2: return str_printf(a, "（%.*s）", STR_ARG(chinese_number(a, n)));
    case 3: return str_printf(a, "%d.", n);
    default: return str_printf(a, "（%d）", n);
    }
}

struct paper_block *paper_heading(struct paper *p, int level, struct str text)
{
    assert(level >= 1 && level <= 4);
    struct paper_block *block = add_block(p, PAPER_HEADING);
    block->level = level;
    paper_run(block, text);
    return block;
}

struct paper_block *paper_heading_numbered(struct paper *p, int level, struct str text)
{
    assert(level >= 1 && level <= 4);
    int n = ++p->heading_numbers[level - 1];
    for (int i = level; i < 4; i++) p->heading_numbers[i] = 0;
    struct str number = paper_heading_number(p->arena, level, n);
    return paper_heading(p, level, str_printf(p->arena, "%.*s%.*s", STR_ARG(number), STR_ARG(text)));
}

/* ---- Body ---- */

struct paper_block *paper_paragraph(struct paper *p)
{
    return add_block(p, PAPER_BODY);
}

struct paper_block *paper_text_paragraph(struct paper *p, struct str text)
{
    struct paper_block *par = paper_paragraph(p);
    paper_run(par, text);
    return par;
}

struct paper_block *paper_labelled(struct paper *p, struct str label, struct str text)
{
    struct paper_block *par = add_block(p, PAPER_LABELLED);
    paper_run_styled(par, PAPER_STRONG, with_colon(p->arena, label));
    paper_run(par, text);
    return par;
}

struct paper_table *paper_table(struct paper *p, struct str caption, const struct paper_column *columns,
                                size_t column_count)
{
    assert(column_count > 0);
    struct paper_table *table = arena_new(p->arena, struct paper_table);
    table->arena = p->arena;
    table->caption = clean(p->arena, caption);
    table->columns = arena_new_array(p->arena, struct paper_column, column_count);
    table->column_count = column_count;
    for (size_t i = 0; i < column_count; i++) {
        table->columns[i] = columns[i];
        table->columns[i].label = clean(p->arena, columns[i].label);
        if (!(columns[i].weight > 0)) table->columns[i].weight = 1;
    }
    add_block(p, PAPER_TABLE)->table = table;
    return table;
}

struct paper_row *paper_table_row(struct paper_table *table, const struct str *cells)
{
    struct paper_row row = {.cells = arena_new_array(table->arena, struct paper_block *, table->column_count)};
    for (size_t i = 0; i < table->column_count; i++) {
        row.cells[i] = new_block(table->arena, PAPER_BODY);
        if (cells) paper_run(row.cells[i], cells[i]);
    }
    ARENA_PUSH(table->arena, table->rows, table->row_count, table->row_cap, row);
    return &table->rows[table->row_count - 1];
}

void paper_page_break(struct paper *p)
{
    add_block(p, PAPER_PAGE_BREAK);
}

/* ---- What stands behind the body ---- */

void paper_attachment_list(struct paper *p, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct paper_block *item = add_block(p, PAPER_ATTACHMENTS);
        item->level = i > 0;
        const char *label = i == 0 ? "附件：" : "";
        paper_run(item, count == 1 ? str_from(label) : str_printf(p->arena, "%s%zu.", label, i + 1));
        paper_run(item, names[i]);
    }
}

void paper_signature(struct paper *p, struct str organ, struct date date, bool sealed)
{
    struct paper_block *sign = add_block(p, PAPER_SIGNATURE);
    sign->sealed = sealed;
    paper_run(sign, organ);
    struct paper_block *day = add_block(p, PAPER_DATE);
    day->sealed = sealed;
    day->date = date;
    paper_run(day, date_chinese(p->arena, date));
}

void paper_note(struct paper *p, struct str text)
{
    text = str_trim(text);
    bool enclosed = str_starts(text, STR("（")) && str_ends(text, STR("）"));
    add_text(p, PAPER_NOTE, enclosed ? text : str_printf(p->arena, "（%.*s）", STR_ARG(text)));
}

void paper_attachment(struct paper *p, int number, struct str title)
{
    add_text(p, PAPER_ATTACHMENT, number > 0 ? str_printf(p->arena, "附件%d", number) : STR("附件"));
    paper_title(p, title);
    memset(p->heading_numbers, 0, sizeof p->heading_numbers);
}

void paper_imprint(struct paper *p, struct str copies, struct str printer, struct date printed)
{
    copies = str_trim(copies);
    if (copies.len) {
        struct paper_block *block = add_block(p, PAPER_COPIES);
        paper_run(block, STR("抄送："));
        paper_run(block, str_ends(copies, STR("。")) ? copies : str_printf(p->arena, "%.*s。", STR_ARG(copies)));
    }
    struct paper_block *last = add_block(p, PAPER_PRINTED);
    paper_run(last, printer);
    paper_run(last, str_printf(p->arena, "%.*s印发", STR_ARG(date_chinese(p->arena, printed))));
}
