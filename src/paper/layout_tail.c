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

struct imprint {
    struct line_text copies, organ, date;
    struct line_shape_of copies_form, organ_form, date_form;
    size_t *copies_breaks, copies_lines;
    size_t *organ_breaks, organ_lines; /* at least 1 */
};

static bool shape_run(struct placer *at, const struct paper_block *block, size_t run, struct line_text *text)
{
    *text = (struct line_text){.arena = at->arena};
    return run >= block->run_count || line_shape(text, at->fonts, PAPER_FANG, block->runs[run].text, at->err);
}

static struct line_shape_of small_form(enum paper_align align, bool justify)
{
    return (struct line_shape_of){AREA_LEFT + EM_SMALL, AREA_WIDTH - 2 * EM_SMALL, 0, 0, EM_SMALL, align, justify};
}

static bool shape_copies(struct placer *at, const struct paper_block *copies, struct imprint *im)
{
    struct line_text label;
    if (!placer_shape(at, copies, PAPER_FANG, &im->copies) || !shape_run(at, copies, 0, &label)) return false;
    im->copies_form.hang = line_width(&label, 0, label.count);
    im->copies_lines = placer_break(at, &im->copies, &im->copies_form, &im->copies_breaks);
    return true;
}

static bool shape_imprint(struct placer *at, const struct paper_block *copies, const struct paper_block *printed,
                          struct imprint *im)
{
    size_t date = printed->run_count - 1; /* always there; a paper may name no printer */
    *im = (struct imprint){.copies_form = small_form(PAPER_LEFT, true),
                           .organ_form = small_form(PAPER_LEFT, false),
                           .date_form = small_form(PAPER_RIGHT, false),
                           .organ = {.arena = at->arena}};
    if (date > 0 && !shape_run(at, printed, 0, &im->organ)) return false;
    if (!shape_run(at, printed, date, &im->date)) return false;
    im->organ_form.width -= (line_width(&im->date, 0, im->date.count) + 1) * EM_SMALL;
    im->organ_lines = placer_break(at, &im->organ, &im->organ_form, &im->organ_breaks);
    if (im->organ_lines == 0) im->organ_lines = 1;
    return !copies || shape_copies(at, copies, im);
}

/* Lines of one element, the first row at `top`. */
static void set_small(struct placer *at, const struct line_text *text, const size_t *breaks, size_t lines,
                      const struct line_shape_of *form, double top, enum paper_kind kind)
{
    double y = top + (imprint_row - EM_SMALL) / 2;
    for (size_t i = 0, from = 0; i < lines && from < text->count; from = breaks[i++], y += imprint_row) {
        placer_set(at, text, from, breaks[i], form, i == 0, i + 1 == lines, y)->kind = kind;
    }
}

bool layout_imprint(struct placer *at, const struct paper_block *copies, const struct paper_block *printed)
{
    struct imprint im;
    if (!shape_imprint(at, copies, printed, &im)) return false;
    double last = AREA_BOTTOM - (double)im.organ_lines * imprint_row;
    double top = last - (double)im.copies_lines * imprint_row;
    if (top < AREA_TOP) return error_set(at->err, ERR_LIMIT, "抄送机关太多，版记一页放不下");
    if (at->y > top - LINE_UNIT + EM && at->y > AREA_TOP + 0.01) placer_new_page(at);
    placer_rule(at, AREA_LEFT, top, AREA_RIGHT, top, thick, false);
    set_small(at, &im.copies, im.copies_breaks, im.copies_lines, &im.copies_form, top, PAPER_COPIES);
    if (im.copies_lines) placer_rule(at, AREA_LEFT, last, AREA_RIGHT, last, thin, false);
    set_small(at, &im.organ, im.organ_breaks, im.organ_lines, &im.organ_form, last, PAPER_PRINTED);
    size_t whole = im.date.count;
    set_small(at, &im.date, &whole, 1, &im.date_form, last, PAPER_PRINTED);
    placer_rule(at, AREA_LEFT, AREA_BOTTOM, AREA_RIGHT, AREA_BOTTOM, thick, false);
    at->y = AREA_BOTTOM;
    return true;
}
