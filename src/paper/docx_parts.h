/* The parts of a DOCX that don't depend on the paper's text. */
#ifndef FAZHI_PAPER_DOCX_PARTS_H
#define FAZHI_PAPER_DOCX_PARTS_H

#include "paper/paper.h"

extern const char docx_content_types[];
extern const char docx_relations[];
extern const char docx_document_relations[];
extern const char docx_settings[];

/* styles.xml: the ids used by docx.c are Mark, Number, Title, Addressee, Heading1…4, Body, Labelled, Attachments,
 * Signature, Note, AttachmentLabel, TableCaption, TableHead, TableText, Imprint, PageNumber and, for runs, Strong,
 * RunLevel1…4. */
struct str docx_styles(struct arena *a, const struct paper_docx_fonts *fonts);
/* footer*.xml: odd pages at the right, even pages at the left, one character in (7.5). */
struct str docx_footer(struct arena *a, bool odd);

#define DOCX_LINE 579      /* twentieths of a point: 22 lines in 225 mm (set-up A) */
#define DOCX_CHARACTER 315 /* 16 pt less the 0.25 pt that make 28 of them fit */
#define DOCX_SMALL 280     /* 14 pt */
#define DOCX_WIDTH 8844    /* 156 mm */

#endif
