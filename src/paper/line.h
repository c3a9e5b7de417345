/* One paragraph as a row of set characters, and the breaking of it into lines.
 *
 * All widths are in em, the size of one hanzi, so that the same code serves every type size. A hanzi or a full-width
 * sign is exactly 1 em wide whatever its font says: that is what makes the grid of 28 characters. */
#ifndef FAZHI_PAPER_LINE_H
#define FAZHI_PAPER_LINE_H

#include "paper/fonts_inside.h"
#include "paper/paper.h"

struct line_cell {
    uint32_t c;
    char bytes[4]; /* the character in UTF-8, for the text layer of the PDF */
    uint8_t byte_count;
    struct paper_glyph glyph;
    double advance;
    double shift;      /* from the cell's left edge to the glyph's origin */
    double squeeze;    /* how much white may be taken away … */
    bool squeeze_left; /* … in front of the ink instead of behind it */
};

struct line_text {
    struct arena *arena;
    struct line_cell *cells;
    size_t count, cap;
};

/* Appends `t` in a face. ERR_INPUT when no font holds a character; the message names it. */
bool line_shape(struct line_text *text, struct paper_fonts *fonts, enum paper_face face, struct str t,
                struct error *err);

/* Natural width of the cells [from, to), without spaces at the end. */
double line_width(const struct line_text *text, size_t from, size_t to);

/* Where the line that begins at `from` must end to fit into `width`: > from, <= count. Takes a sign more than fits
 * when the white of the line's punctuation has room for it, else leaves characters to the next line, so that no
 * forbidden sign stands at an edge. */
size_t line_fit(const struct line_text *text, size_t from, double width);

/* Sets x[i - from], the place of each glyph's origin, for the cells [from, to). With `justify` the line is
 * tightened or stretched to `width`; without, it is only tightened where it is too long. */
void line_place(const struct line_text *text, size_t from, size_t to, double width, bool justify, double *x);

#endif
