#include "paper/layout.h"

#include <assert.h>
#include <math.h>

#include "paper/layout_inside.h"

static const double hair = 0.01; /* mm: less is rounding */

/* ---- Places ---- */

double placer_row_top(int row)
{
    return AREA_TOP + row * LINE_UNIT;
}

int placer_row(const struct placer *at)
{
    return (int)ceil((at->y - AREA_TOP - hair) / LINE_UNIT);
}

void placer_new_page(struct placer *at)
{
    at->page++;
    at->y = AREA_TOP;
    at->out->page_count = at->page + 1;
}

void placer_snap(struct placer *at)
{
    int row = placer_row(at);
    if (row >= GRID_ROWS) {
        placer_new_page(at);
        row = 0;
    }
    at->y = placer_row_top(row);
}

static bool at_top(const struct placer *at)
{
    return at->y < AREA_TOP + hair;
}

static void skip_rows(struct placer *at, int rows)
{
    if (!at_top(at)) at->y += rows * LINE_UNIT;
}

void placer_rule(struct placer *at, double x0, double y0, double x1, double y1, double width, bool red)
{
    struct layout_rule rule = {at->page, x0, y0, x1, y1, width, red};
    ARENA_PUSH(at->arena, at->out->rules, at->out->rule_count, at->out->rule_cap, rule);
}

/* ---- Lines ---- */

static enum paper_face face_of(enum paper_style style, enum paper_face base)
{
    switch (style) {
    case PAPER_STRONG:
    case PAPER_LEVEL1: return PAPER_HEI;
    case PAPER_LEVEL2: return PAPER_KAI;
    case PAPER_LEVEL3:
    case PAPER_LEVEL4: return PAPER_FANG;
    case PAPER_PLAIN: break;
    }
    return base;
}

bool placer_shape(struct placer *at, const struct paper_block *block, enum paper_face base, struct line_text *text)
{
    *text = (struct line_text){.arena = at->arena};
    for (size_t i = 0; i < block->run_count; i++) {
        enum paper_face face = face_of(block->runs[i].style, base);
        if (!line_shape(text, at->fonts, face, block->runs[i].text, at->err)) return false;
    }
    return true;
}

static double room(const struct line_shape_of *form, bool first)
{
    return form->width / form->size - (first ? form->first : form->hang);
}

size_t placer_break(struct placer *at, const struct line_text *text, const struct line_shape_of *form, size_t **breaks)
{
    size_t count = 0, cap = 0;
    *breaks = NULL;
    for (size_t from = 0; from < text->count;) {
        from = line_fit(text, from, room(form, count == 0));
        ARENA_PUSH(at->arena, *breaks, count, cap, from);
    }
    return count;
}

static double aligned(const struct line_shape_of *form, double spare)
{
    if (form->align == PAPER_CENTRE) return spare / 2;
    return form->align == PAPER_RIGHT ? spare : 0;
}

struct layout_line *placer_set(struct placer *at, const struct line_text *text, size_t from, size_t to,
                               const struct line_shape_of *form, bool first, bool last, double top)
{
    size_t count = to - from;
    double *x = arena_new_array(at->arena, double, count + 1);
    double width = room(form, first);
    line_place(text, from, to, width, form->justify && !last, x);
    double left = (first ? form->first : form->hang) + aligned(form, width - line_width(text, from, to));
    struct layout_line line = {.page = at->page,
                               .y = top + ASCENT * form->size,
                               .size = form->size,
                               .block = at->block,
                               .count = count,
                               .glyphs = arena_new_array(at->arena, struct layout_glyph, count + 1)};
    for (size_t i = 0; i < count; i++) {
        line.glyphs[i] = (struct layout_glyph){&text->cells[from + i], form->left + (left + x[i]) * form->size};
    }
    struct layout *out = at->out;
    ARENA_PUSH(at->arena, out->lines, out->line_count, out->line_cap, line);
    return &out->lines[out->line_count - 1];
}

/* A paragraph on the grid. */
static bool set_paragraph(struct placer *at, const struct paper_block *block, enum paper_face base,
                          const struct line_shape_of *form)
{
    struct line_text text;
    size_t *breaks;
    if (!placer_shape(at, block, base, &text)) return false;
    size_t lines = placer_break(at, &text, form, &breaks);
    for (size_t i = 0, from = 0; i < lines; from = breaks[i++]) {
        placer_snap(at);
        placer_set(at, &text, from, breaks[i], form, i == 0, i + 1 == lines, at->y)->kind = block->kind;
        at->y += LINE_UNIT;
    }
    return true;
}

static struct line_shape_of grid_form(double first, double hang)
{
    return (struct line_shape_of){AREA_LEFT, AREA_WIDTH, first, hang, EM, PAPER_LEFT, true};
}

/* ---- Head ---- */

static bool set_mark(struct placer *at, const struct paper_block *block)
{
    static const double top = 72, largest = 22; /* mm; 7.2.4 and documents in use */
    struct line_text text;
    if (!placer_shape(at, block, PAPER_BIAO, &text)) return false;
    if (text.count == 0) return true;
    double size = AREA_WIDTH / line_width(&text, 0, text.count);
    if (size > largest) size = largest;
    double ink = 0;
    for (size_t i = 0; i < text.count; i++) ink = fmax(ink, text.cells[i].glyph.top);
    struct line_shape_of form = {AREA_LEFT, AREA_WIDTH + hair, 0, 0, size, PAPER_CENTRE, false};
    struct layout_line *line = placer_set(at, &text, 0, text.count, &form, true, true, top - (ASCENT - ink) * size);
    line->red = true;
    line->kind = PAPER_MARK;
    at->y = top + size * (1 - ASCENT + ink);
    return true;
}

static bool set_number(struct placer *at, const struct paper_block *block)
{
    struct line_text text;
    if (!placer_shape(at, block, PAPER_FANG, &text)) return false;
    struct line_shape_of form = grid_form(0, 0);
    form.align = PAPER_CENTRE;
    size_t *breaks;
    size_t lines = placer_break(at, &text, &form, &breaks);
    skip_rows(at, 2);
    for (size_t i = 0, from = 0; i < lines; from = breaks[i++]) {
        if (i > 0) at->y += LINE_UNIT;
        placer_set(at, &text, from, breaks[i], &form, true, true, at->y)->kind = PAPER_NUMBER;
    }
    at->y += EM + 4; /* the red line: 7.2.7 */
    placer_rule(at, AREA_LEFT, at->y, AREA_RIGHT, at->y, 0.5, true);
    return true;
}

/* Two free rows above: below the red line (7.3.1) and, where there is none, below the page's edge; in an attachment
 * the title stands in the third row (7.3.7). One free row below. */
static bool set_title(struct placer *at, const struct paper_block *block)
{
    struct line_shape_of form = {AREA_LEFT, AREA_WIDTH, 0, 0, EM_TITLE, PAPER_CENTRE, false};
    const struct paper_block *before = at->block > 0 ? at->paper->blocks[at->block - 1] : NULL;
    if (before && before->kind == PAPER_ATTACHMENT) {
        at->y = placer_row_top(2);
    } else {
        at->y += 2 * LINE_UNIT;
    }
    for (size_t i = 0; i < block->run_count; i++) {
        struct paper_block one = *block;
        struct line_text text;
        size_t *breaks;
        one.runs = &block->runs[i];
        one.run_count = 1;
        if (!placer_shape(at, &one, PAPER_BIAO, &text)) return false;
        size_t lines = placer_break(at, &text, &form, &breaks);
        for (size_t k = 0, from = 0; k < lines; from = breaks[k++]) {
            if (at->y + EM_TITLE > AREA_BOTTOM + 3) placer_new_page(at);
            placer_set(at, &text, from, breaks[k], &form, false, true, at->y)->kind = PAPER_TITLE;
            at->y += LINE_UNIT;
        }
    }
    at->y += LINE_UNIT;
    return true;
}

/* ---- Body ---- */

/* A heading must not stand alone at the foot of a page. */
static bool set_heading(struct placer *at, const struct paper_block *block)
{
    static const enum paper_face by_level[] = {PAPER_HEI, PAPER_KAI, PAPER_FANG, PAPER_FANG};
    struct line_shape_of form = grid_form(2, 0);
    enum paper_face face = by_level[block->level - 1];
    struct line_text text;
    size_t *breaks;
    if (!placer_shape(at, block, face, &text)) return false;
    int rows = (int)placer_break(at, &text, &form, &breaks) + 1;
    size_t next = at->block + 1;
    if (next < at->paper->block_count && at->paper->blocks[next]->kind == PAPER_HEADING) rows++;
    if (!at_top(at) && placer_row(at) + rows > GRID_ROWS) placer_new_page(at);
    return set_paragraph(at, block, face, &form);
}

/* Lines after the first align behind run 0. */
static bool set_hanging(struct placer *at, const struct paper_block *block, double first)
{
    struct line_text label = {.arena = at->arena};
    enum paper_face face = block->run_count ? face_of(block->runs[0].style, PAPER_FANG) : PAPER_FANG;
    if (block->run_count > 1 && !line_shape(&label, at->fonts, face, block->runs[0].text, at->err)) return false;
    double width = line_width(&label, 0, label.count);
    if (width > GRID_COLUMNS / 2) width = 0; /* too long to align behind */
    struct line_shape_of form = grid_form(first, first + width);
    return set_paragraph(at, block, PAPER_FANG, &form);
}

static bool set_attachment_item(struct placer *at, const struct paper_block *block)
{
    if (block->level == 0) skip_rows(at, 1);
    return set_hanging(at, block, block->level == 0 ? 2 : 5); /* behind 附件： */
}

static bool set_attachment(struct placer *at, const struct paper_block *block)
{
    struct line_shape_of form = grid_form(0, 0);
    if (!at_top(at)) placer_new_page(at);
    return set_paragraph(at, block, PAPER_HEI, &form);
}

static const struct paper_block *next_of_kind(const struct placer *at, enum paper_kind kind)
{
    size_t next = at->block + 1;
    if (next >= at->paper->block_count || at->paper->blocks[next]->kind != kind) return NULL;
    return at->paper->blocks[next];
}

/* Places the block at->block, and what belongs to it; moves at->block to the last one placed. */
static bool set_block(struct placer *at)
{
    const struct paper_block *block = at->paper->blocks[at->block];
    struct line_shape_of plain = grid_form(0, 0), indented = grid_form(2, 0);
    switch (block->kind) {
    case PAPER_MARK: return set_mark(at, block);
    case PAPER_NUMBER: return set_number(at, block);
    case PAPER_TITLE: return set_title(at, block);
    case PAPER_ADDRESSEE: return set_paragraph(at, block, PAPER_FANG, &plain);
    case PAPER_HEADING: return set_heading(at, block);
    case PAPER_BODY:
    case PAPER_NOTE: return set_paragraph(at, block, PAPER_FANG, &indented);
    case PAPER_LABELLED: return set_hanging(at, block, 2);
    case PAPER_ATTACHMENTS: return set_attachment_item(at, block);
    case PAPER_TABLE: return layout_table(at, block->table);
    case PAPER_ATTACHMENT: return set_attachment(at, block);
    case PAPER_PAGE_BREAK:
        if (!at_top(at)) placer_new_page(at);
        return true;
    case PAPER_SIGNATURE: {
        const struct paper_block *date = next_of_kind(at, PAPER_DATE);
        assert(date);
        bool ok = layout_signature(at, block, date);
        at->block++;
        return ok;
    }
    case PAPER_COPIES: {
        const struct paper_block *printed = next_of_kind(at, PAPER_PRINTED);
        assert(printed);
        bool ok = layout_imprint(at, block, printed);
        at->block++;
        return ok;
    }
    case PAPER_PRINTED: return layout_imprint(at, NULL, block);
    case PAPER_DATE: break;
    }
    assert(block->kind != PAPER_DATE); /* it is placed with its signature */
    return true;
}

bool layout_paper(struct layout *layout, const struct paper *p, struct paper_fonts *fonts, struct error *err)
{
    struct placer at = {.out = layout, .arena = layout->arena, .paper = p, .fonts = fonts, .y = AREA_TOP, .err = err};
    layout->page_count = 1;
    for (; at.block < p->block_count; at.block++) {
        if (!set_block(&at)) return false;
    }
    return true;
}
