/* A register's procedure as a drawing, made from the definition.
 *
 * Stages stand below one another, the making of the record above them. An act that leads to the stage just below is
 * written at the arrow between the two. Every other act of a stage is written at the stage's right side; its line runs
 * into the lane of the stage it leads to and along it, joined by all others that lead there: forward lanes enter a
 * stage at its top row, lanes that lead back at its bottom row. Acts that keep the stage have no line. Behind an act
 * stand the deadlines it meets. All text stands left of the lanes, so no lane crosses a word. */
#ifndef FAZHI_WEB_DIAGRAM_H
#define FAZHI_WEB_DIAGRAM_H

#include "model/model.h"
#include "web/html.h"

struct diagram_box {
    const struct stage *stage;
    int y, height;
};

enum diagram_way { WAY_STAYS, WAY_NEXT, WAY_FORWARD, WAY_BACK };

/* One act at one of the stages it may start from. */
struct diagram_arrow {
    const struct act *act;
    size_t from, to; /* boxes */
    enum diagram_way way;
    struct str note; /* 15日内; empty: meets no deadline */
    bool verified;   /* the note is law, not custom */
    int x, y;        /* where its words begin, and their middle */
    int width;       /* of the words with the note */
    size_t lane;     /* of d->lanes; for WAY_FORWARD and WAY_BACK */
};

/* What leads to one stage from one direction. */
struct diagram_lane {
    size_t to;
    enum diagram_way way;
    int y_to;        /* where it enters the box */
    int top, bottom; /* all it reaches */
    int column, x;   /* lanes that overlap have different columns */
};

struct diagram {
    struct diagram_box *boxes;
    size_t box_count;
    struct diagram_arrow *arrows;
    size_t arrow_count;
    struct diagram_lane *lanes;
    size_t lane_count;
    struct str create; /* label of the act that makes the record */
    int box_width;
    int width, height;
};

/* Places everything; units are pixels. */
struct diagram diagram_layout(struct arena *a, const struct reg *reg);
/* The SVG, with a title for screen readers. */
struct html diagram_svg(struct arena *a, const struct reg *reg, const struct diagram *d);

#endif
