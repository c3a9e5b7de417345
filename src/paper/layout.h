/* The pages of a paper: which character stands where. Millimetres from the page's top-left corner, y downwards.
 *
 * The grid of GB/T 9704-2012 (5.2.3) is exact here: type area 156 × 225 at x 28, y 37; em 156/28 mm; line unit
 * 1.875 em, so that line n (0…21) begins at 37 + n · 10.4464. */
#ifndef FAZHI_PAPER_LAYOUT_H
#define FAZHI_PAPER_LAYOUT_H

#include "paper/line.h"

#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define AREA_LEFT 28.0
#define AREA_TOP 37.0
#define AREA_WIDTH 156.0
#define AREA_RIGHT (AREA_LEFT + AREA_WIDTH)
#define AREA_BOTTOM 262.0
#define GRID_COLUMNS 28
#define GRID_ROWS 22
#define EM (AREA_WIDTH / GRID_COLUMNS) /* 三号 */
#define LINE_UNIT (EM * 1.875)
#define EM_TITLE (22.0 * 25.4 / 72.0) /* 二号 */
#define EM_SMALL (14.0 * 25.4 / 72.0) /* 四号 */
#define EM_TABLE (12.0 * 25.4 / 72.0) /* 小四 */
#define ASCENT 0.88                   /* of the em box above the baseline */

struct layout_glyph {
    const struct line_cell *cell;
    double x;
};

struct layout_line {
    unsigned page; /* from 0 */
    double y;      /* baseline */
    double size;   /* em */
    bool red;
    enum paper_kind kind;
    size_t block; /* which block of the paper */
    struct layout_glyph *glyphs;
    size_t count;
};

struct layout_rule {
    unsigned page;
    double x0, y0, x1, y1;
    double width;
    bool red;
};

struct layout {
    struct arena *arena;
    struct layout_line *lines;
    size_t line_count, line_cap;
    struct layout_rule *rules;
    size_t rule_count, rule_cap;
    unsigned page_count;
};

/* Holds the fonts' lock already. */
bool layout_paper(struct layout *layout, const struct paper *p, struct paper_fonts *fonts, struct error *err);

#endif
