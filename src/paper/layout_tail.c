/* What ends a paper: signature and date (GB/T 9704-2012, 7.3.5), 版记 (7.4). */
#include <math.h>

#include "paper/layout_inside.h"
#include "paper/signature.h"

/* ---- Signature ---- */

/* How many lines at the end of the page go with the signature to the next: two where the paragraph has them, a
 * heading never stays behind alone. 0 when nothing can be moved. */
static size_t lines_to_take(const struct placer *at)
{
    const struct layout *out = at->out;
    size_t take = 0;
    while (take < out->line_count) {
        const struct layout_line *line = &out->lines[out->line_count - 1 - take];
        bool body = line->kind == PAPER_BODY || line->kind == PAPER_LABELLED || line->kind == PAPER_ATTACHMENTS;
        if (line->page != at->page) break;
        if (line->kind == PAPER_HEADING || (body && take < 2))
            take++;
        else
            break;
    }
    /* Taking the whole page would only move the trouble. */
    if (take == out->line_count || (take > 0 && out->lines[out->line_count - 1 - take].page != at->page)) return 0;
    return take;
}

/* Starts a new page for the signature with the last lines of the body on it: a page of signature alone is not
 * allowed, nor is “此页无正文” (7.3.5.5). */
static void take_lines_along(struct placer *at)
{
    size_t take = lines_to_take(at);
    struct layout *out = at->out;
    placer_new_page(at);
    for (size_t i = out->line_count - take; i < out->line_count; i++) {
        out->lines[i].page = at->page;
        out->lines[i].y = at->y + ASCENT * out->lines[i].size;
        at->y += LINE_UNIT;
    }
}

static void set_signature_line(struct placer *at, const struct line_text *text, double indent, enum paper_kind kind)
{
    struct line_shape_of form = {AREA_LEFT, AREA_WIDTH, indent, 0, EM, PAPER_LEFT, false};
    size_t *breaks;
    size_t lines = placer_break(at, text, &form, &breaks);
    for (size_t i = 0, from = 0; i < lines; from = breaks[i++]) {
        placer_snap(at);
        placer_set(at, text, from, breaks[i], &form, i == 0, true, at->y)->kind = kind;
        at->y += LINE_UNIT;
    }
}

bool layout_signature(struct placer *at, const struct paper_block *organ, const struct paper_block *date)
{
    struct line_text organ_text, date_text;
    if (!placer_shape(at, organ, PAPER_FANG, &organ_text)) return false;
    if (!placer_shape(at, date, PAPER_FANG, &date_text)) return false;
    struct signature_place place = signature_place(line_width(&organ_text, 0, organ_text.count),
                                                   line_width(&date_text, 0, date_text.count), organ->sealed);
    static const int rows = 3; /* a free one, the organ, the date */
    if (placer_row(at) + rows > GRID_ROWS) take_lines_along(at);
    at->y += LINE_UNIT;
    set_signature_line(at, &organ_text, place.organ, PAPER_SIGNATURE);
    set_signature_line(at, &date_text, place.date, PAPER_DATE);
    return true;
}

/* ---- 版记 ---- */

static const double imprint_row = EM_SMALL * 1.875;
static const double thick = 0.35, thin = 0.25; /* mm, 7.4.1 */

static void set_printed(struct placer *at, struct line_text text[2], double top)
{
    struct line_shape_of form = {AREA_LEFT + EM_SMALL, AREA_WIDTH - 2 * EM_SMALL, 0, 0, EM_SMALL, PAPER_LEFT, false};
    double y = top + (imprint_row - EM_SMALL) / 2;
    placer_set(at, &text[0], 0, text[0].count, &form, true, true, y)->kind = PAPER_PRINTED;
    form.align = PAPER_RIGHT;
    placer_set(at, &text[1], 0, text[1].count, &form, true, true, y)->kind = PAPER_PRINTED;
}

static bool shape_run(struct placer *at, const struct paper_block *block, size_t run, struct line_text *text)
{
    *text = (struct line_text){.arena = at->arena};
    return run >= block->run_count || line_shape(text, at->fonts, PAPER_FANG, block->runs[run].text, at->err);
}

bool layout_imprint(struct placer *at, const struct paper_block *copies, const struct paper_block *printed)
{
    struct line_text printed_text[2], copies_text = {.arena = at->arena}, label;
    struct line_shape_of form = {AREA_LEFT + EM_SMALL, AREA_WIDTH - 2 * EM_SMALL, 0, 0, EM_SMALL, PAPER_LEFT, true};
    size_t *breaks = NULL, lines = 0;
    if (!shape_run(at, printed, 0, &printed_text[0]) || !shape_run(at, printed, 1, &printed_text[1])) return false;
    if (copies) {
        if (!placer_shape(at, copies, PAPER_FANG, &copies_text) || !shape_run(at, copies, 0, &label)) return false;
        form.hang = line_width(&label, 0, label.count);
        lines = placer_break(at, &copies_text, &form, &breaks);
    }
    double top = AREA_BOTTOM - (double)(lines + 1) * imprint_row;
    if (at->y > top - LINE_UNIT + EM && at->y > AREA_TOP + 0.01) placer_new_page(at);
    placer_rule(at, AREA_LEFT, top, AREA_RIGHT, top, thick, false);
    for (size_t i = 0, from = 0; i < lines; from = breaks[i++]) {
        double y = top + (double)i * imprint_row + (imprint_row - EM_SMALL) / 2;
        placer_set(at, &copies_text, from, breaks[i], &form, i == 0, i + 1 == lines, y)->kind = PAPER_COPIES;
    }
    double last = AREA_BOTTOM - imprint_row;
    if (lines) placer_rule(at, AREA_LEFT, last, AREA_RIGHT, last, thin, false);
    set_printed(at, printed_text, last);
    placer_rule(at, AREA_LEFT, AREA_BOTTOM, AREA_RIGHT, AREA_BOTTOM, thick, false);
    at->y = AREA_BOTTOM;
    return true;
}
