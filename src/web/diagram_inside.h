/* Inside the drawing of procedures: sizes shared by placing and painting. */
#ifndef FAZHI_WEB_DIAGRAM_INSIDE_H
#define FAZHI_WEB_DIAGRAM_INSIDE_H

#include "web/diagram.h"

enum {
    DIAGRAM_MARGIN = 12,
    DIAGRAM_ROW = 26, /* one line of an act, or of a lane coming in */
    DIAGRAM_BOX_PAD = 10,
    DIAGRAM_BOX_LEAST = 132, /* width */
    DIAGRAM_GAP = 26,        /* between boxes, without words in it */
    DIAGRAM_SPINE = 22,      /* from a box's left side to the arrow to the next one */
    DIAGRAM_TEXT_GAP = 14,   /* between a line and words */
    DIAGRAM_LANE = 16,       /* between lanes */
    DIAGRAM_HALF_EM = 7,     /* half the width of a hanzi at 14 px; notes are of 12 px */
    DIAGRAM_NOTE_HALF_EM = 6,
    DIAGRAM_NOTE_PAD = 7, /* at each side of a note's words in its frame */
    DIAGRAM_NOTE_GAP = 8, /* between words and note */
};

int diagram_words_width(struct str words);
int diagram_note_width(struct str note); /* 0 for an empty one */

#endif
