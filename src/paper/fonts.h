/* The faces of papers, read from font files: no font has to be installed in the system.
 *
 * Each face has a list of file names; the office's own fonts (仿宋_GB2312.ttf, simhei.ttf …) come before the free
 * Fandol fonts. Folders are searched in order: the given ones, then the places where Debian puts
 * texlive-lang-chinese and fonts-noto-cjk. What a face lacks is taken, character by character, from Noto Serif CJK
 * SC, Noto Sans CJK SC and HanaMin.
 *
 * One struct serves all threads: paper_pdf takes its lock for as long as it draws. */
#ifndef FAZHI_PAPER_FONTS_H
#define FAZHI_PAPER_FONTS_H

#include "base/error.h"

struct paper_fonts;

enum paper_face {
    PAPER_FANG, /* 仿宋: body */
    PAPER_KAI,  /* 楷体: level 2 */
    PAPER_HEI,  /* 黑体: level 1 */
    PAPER_SONG, /* 宋体: page numbers */
    PAPER_BIAO, /* 小标宋: titles and the mark */
    PAPER_FACE_COUNT,
};

/* `folders` (count may be 0) are searched first. ERR_IO when a face is found nowhere; the message names the Debian
 * packages that help. */
struct paper_fonts *paper_fonts_open(const char *const *folders, size_t count, struct error *err);
void paper_fonts_close(struct paper_fonts *fonts); /* NULL is allowed */

#endif
