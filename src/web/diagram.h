/* A register's procedure as a drawing, made from the definition.
 *
 * Stages stand below one another. What leaves a stage is written at its right side, one line an act; its arrow runs
 * right into a lane of its own, along the lane, and back into the stage it leads to. Lanes of overlapping arrows
 * differ, and all text stands left of the lanes, so no line crosses a word. */
#ifndef FAZHI_WEB_DIAGRAM_H
#define FAZHI_WEB_DIAGRAM_H

#include "model/model.h"
#include "web/html.h"

struct diagram_box {
    const struct stage *stage;
    int y, height;
    int outgoing, incoming; /* lines at its right side */
};

struct diagram_arrow {
    const struct act *act;
    size_t from, to; /* boxes; the same: the act does not move the matter */
    int y_from, y_to;
    int lane;
};

struct diagram {
    struct diagram_box *boxes;
    size_t box_count;
    struct diagram_arrow *arrows;
    size_t arrow_count;
    int label_width, lanes;
    int width, height;
};

/* Places everything; units are pixels. */
struct diagram diagram_layout(struct arena *a, const struct reg *reg);
/* The SVG, with a title for screen readers. */
struct html diagram_svg(struct arena *a, const struct reg *reg, const struct diagram *d);

#endif
