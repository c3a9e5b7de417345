#include "paper/line.h"

#include <string.h>

#include "base/utf8.h"
#include "paper/kinsoku.h"

static const double tolerance = 0.01; /* em: rounding must not break a full line */

/* Signs that stand in a square of their own in Chinese text, though some fonts know them as narrow. */
static bool is_full_width(uint32_t c)
{
    if (c >= 0x2E80 && c < 0xFF61) return true;
    if (c >= 0xFFE0 && c <= 0xFFE6) return true;
    if (c >= 0x20000) return true;
    switch (c) {
    case 0x2014:
    case 0x2018:
    case 0x2019:
    case 0x201C:
    case 0x201D:
    case 0x2026:
    case 0xB7:
    case 0x2605: return true;
    default: return (c >= 0x2460 && c <= 0x24FF) || (c >= 0x25A0 && c <= 0x25FF) || (c >= 0x2160 && c <= 0x2179);
    }
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void set_full_width(struct line_cell *cell)
{
    enum kinsoku_white white = kinsoku_white(cell->c);
    double spare = 1.0 - cell->glyph.advance;
    cell->advance = 1.0;
    if (white == KINSOKU_WHITE_LEFT)
        cell->shift = spare;
    else if (white == KINSOKU_SOLID)
        cell->shift = spare / 2;
    if (white == KINSOKU_WHITE_RIGHT) cell->squeeze = clamp(1.0 - cell->shift - cell->glyph.right - 0.05, 0, 0.5);
    if (white == KINSOKU_WHITE_LEFT) {
        cell->squeeze = clamp(cell->shift + cell->glyph.left - 0.05, 0, 0.5);
        cell->squeeze_left = true;
    }
}

bool line_shape(struct line_text *text, struct paper_fonts *fonts, enum paper_face face, struct str t,
                struct error *err)
{
    for (size_t at = 0; at < t.len;) {
        size_t from = at;
        struct line_cell cell = {.c = utf8_next(t, &at)};
        cell.byte_count = (uint8_t)(at - from);
        memcpy(cell.bytes, t.s + from, cell.byte_count);
        if (!paper_fonts_glyph(fonts, face, cell.c, &cell.glyph)) {
            return error_set(err, ERR_INPUT, "没有字体能显示“%.*s”（U+%04X），请换用其他字或者安装补充字库",
                             (int)cell.byte_count, cell.bytes, (unsigned)cell.c);
        }
        cell.advance = cell.glyph.advance;
        if (is_full_width(cell.c)) set_full_width(&cell);
        ARENA_PUSH(text->arena, text->cells, text->count, text->cap, cell);
    }
    return true;
}

static bool is_space(uint32_t c)
{
    return c == ' ';
}

static size_t without_spaces(const struct line_text *text, size_t from, size_t to)
{
    while (to > from && is_space(text->cells[to - 1].c)) to--;
    return to;
}

double line_width(const struct line_text *text, size_t from, size_t to)
{
    double width = 0;
    to = without_spaces(text, from, to);
    for (size_t i = from; i < to; i++) width += text->cells[i].advance;
    return width;
}

static double squeeze_of(const struct line_text *text, size_t from, size_t to)
{
    double squeeze = 0;
    to = without_spaces(text, from, to);
    for (size_t i = from; i < to; i++) squeeze += text->cells[i].squeeze;
    return squeeze;
}

/* White behind the last sign, at the very edge. */
static double edge_white(const struct line_text *text, size_t from, size_t to)
{
    to = without_spaces(text, from, to);
    return to > from && !text->cells[to - 1].squeeze_left ? text->cells[to - 1].squeeze : 0;
}

static bool may_break_at(const struct line_text *text, size_t at)
{
    return at >= text->count || kinsoku_may_break(text->cells[at - 1].c, text->cells[at].c);
}

/* First cell that no longer fits. */
static size_t overflow_at(const struct line_text *text, size_t from, double width)
{
    double used = 0;
    for (size_t i = from; i < text->count; i++) {
        used += text->cells[i].advance;
        if (used > width + tolerance && !is_space(text->cells[i].c)) return i;
    }
    return text->count;
}

/* White behind the last sign is nobody's loss; more than this share of the other signs' white looks cramped, and
 * spreading the line reads better. */
static bool squeezes_well(const struct line_text *text, size_t from, size_t to, double excess)
{
    static const double share = 0.6;
    double edge = edge_white(text, from, to);
    return excess <= edge + share * (squeeze_of(text, from, to) - edge);
}

size_t line_fit(const struct line_text *text, size_t from, double width)
{
    size_t over = overflow_at(text, from, width);
    if (over >= text->count) return text->count;
    if (over > from && may_break_at(text, over)) return over;
    /* A closing sign would open the next line: take it in when the line's punctuation has the white for it. */
    size_t next = over + 1;
    while (next < text->count && next < over + 3 && !may_break_at(text, next)) next++;
    bool takes_sign = !kinsoku_is_word(text->cells[over].c) && may_break_at(text, next);
    if (takes_sign && squeezes_well(text, from, next, line_width(text, from, next) - width)) return next;
    for (size_t at = over; at > from + 1;) {
        if (may_break_at(text, --at)) return at;
    }
    return over > from ? over : from + 1; /* one long word: cut it */
}

/* True when white may be put between the cells at - 1 and at. */
static bool may_stretch(const struct line_text *text, size_t at)
{
    uint32_t before = text->cells[at - 1].c, after = text->cells[at].c;
    if (kinsoku_is_word(before) && kinsoku_is_word(after)) return false;
    if (before == after && (before == 0x2014 || before == 0x2026)) return false;
    return kinsoku_may_break(before, after) || kinsoku_white(before) != KINSOKU_SOLID ||
           kinsoku_white(after) != KINSOKU_SOLID;
}

static size_t count_gaps(const struct line_text *text, size_t from, size_t to)
{
    size_t gaps = 0;
    for (size_t i = from + 1; i < to; i++) gaps += may_stretch(text, i);
    return gaps;
}

void line_place(const struct line_text *text, size_t from, size_t to, double width, bool justify, double *x)
{
    static const double widest_gap = 0.6; /* em: a line poorer than this is left ragged */
    size_t end = without_spaces(text, from, to);
    double spare = width - line_width(text, from, end);
    double squeeze = squeeze_of(text, from, end);
    double edge = edge_white(text, from, end); /* given up first */
    double inner = squeeze - edge, excess = -spare - edge;
    double tighten = excess > 0 && inner > 0 ? clamp(excess / inner, 0, 1) : 0;
    size_t gaps = justify && spare > 0 ? count_gaps(text, from, end) : 0;
    double gap = gaps ? spare / (double)gaps : 0;
    if (gap > widest_gap) gap = 0;
    double pen = 0;
    for (size_t i = from; i < to; i++) {
        const struct line_cell *cell = &text->cells[i];
        double taken = cell->squeeze * tighten;
        if (gap > 0 && i > from && i < end && may_stretch(text, i)) pen += gap;
        x[i - from] = pen + cell->shift - (cell->squeeze_left ? taken : 0);
        pen += cell->advance - taken;
    }
}
