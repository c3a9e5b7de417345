/* Shared by layout.c, layout_table.c and layout_tail.c: the place where the next thing stands. */
#ifndef FAZHI_PAPER_LAYOUT_INSIDE_H
#define FAZHI_PAPER_LAYOUT_INSIDE_H

#include "paper/layout.h"

struct placer {
    struct layout *out;
    struct arena *arena;
    const struct paper *paper;
    struct paper_fonts *fonts;
    unsigned page;
    double y;     /* top of the next em box */
    size_t block; /* being placed */
    struct error *err;
};

struct line_shape_of {
    double left, width; /* mm; left from the page's edge */
    double first, hang; /* em: indent of the first and of the other lines */
    double size;        /* mm */
    enum paper_align align;
    bool justify;
};

/* The runs of a block in their faces; `base` is the face of plain runs. */
bool placer_shape(struct placer *at, const struct paper_block *block, enum paper_face base, struct line_text *text);
/* Breaks `text`; breaks[i] is the end of line i. Returns the number of lines. */
size_t placer_break(struct placer *at, const struct line_text *text, const struct line_shape_of *form, size_t **breaks);
/* Sets the cells [from, to) on one line whose em box begins at `top` on the current page. */
struct layout_line *placer_set(struct placer *at, const struct line_text *text, size_t from, size_t to,
                               const struct line_shape_of *form, bool first, bool last, double top);
void placer_rule(struct placer *at, double x0, double y0, double x1, double y1, double width, bool red);
void placer_new_page(struct placer *at);
/* Row of the grid that the place is in or, when it is between two, the next: 0…22. */
int placer_row(const struct placer *at);
double placer_row_top(int row);
/* Moves to the next row of the grid, on a new page when this one is full. */
void placer_snap(struct placer *at);

bool layout_table(struct placer *at, const struct paper_table *table);
bool layout_signature(struct placer *at, const struct paper_block *organ, const struct paper_block *date);
bool layout_imprint(struct placer *at, const struct paper_block *copies, const struct paper_block *printed);

#endif
