/* What the PDF renderer sees of the fonts. All functions want the lock held. */
#ifndef FAZHI_PAPER_FONTS_INSIDE_H
#define FAZHI_PAPER_FONTS_INSIDE_H

#include <cairo.h>

#include "paper/fonts.h"

struct paper_glyph {
    unsigned font; /* for paper_fonts_cairo */
    uint32_t glyph;
    double advance;                  /* em */
    double left, right, top, bottom; /* ink, em, y upwards from the baseline */
};

void paper_fonts_lock(struct paper_fonts *fonts);
void paper_fonts_unlock(struct paper_fonts *fonts);
/* Finds the character in the face, then in the fallbacks. False when no font holds it. */
bool paper_fonts_glyph(struct paper_fonts *fonts, enum paper_face face, uint32_t c, struct paper_glyph *glyph);
cairo_font_face_t *paper_fonts_cairo(struct paper_fonts *fonts, unsigned font);

#endif
