/* The block model of documents (公文): what a paper says, without how it looks.
 *
 * A paper is a list of blocks in reading order. Build it once, then give it to as many renderers as wanted: they
 * all read these blocks and add no word of their own (only page numbers), so HTML, text, DOCX and PDF of one
 * paper can't differ in content. GB/T 9704-2012 is the one style sheet; renderers follow its clauses.
 *
 *     struct paper *p = paper_new(arena);
 *     paper_title(p, STR("跃进街道2024年度法治政府建设情况报告"));
 *     paper_heading(p, 1, STR("一、主要举措和工作成效"));
 *     struct paper_block *par = paper_paragraph(p);
 *     paper_run_styled(par, PAPER_LEVEL2, STR("一是深化“三所联动”机制。"));
 *     paper_run(par, STR("共受理各类矛盾纠纷"));
 *     paper_run_link(par, STR("98"), STR("/figures/dispute.accepted?period=2024"), STR("figure"), STR("按受理登记计"));
 *     paper_run(par, STR("起。"));
 *     paper_signature(p, STR("跃进街道办事处"), date, false);
 *
 * Call order is page order; the usual one is: paper_head, paper_title, paper_addressee, body, paper_attachment_list,
 * paper_signature, paper_note, paper_attachment + its body, paper_imprint.
 *
 * Text is cleaned as it enters (control characters, byte order marks and zero-width spaces vanish; line ends and
 * tabs become spaces) and copied into the paper's arena. Nothing here fails; a paper belongs to one thread while it
 * is built and may be rendered by many afterwards. */
#ifndef FAZHI_PAPER_PAPER_H
#define FAZHI_PAPER_PAPER_H

#include "base/buf.h"
#include "base/date.h"
#include "base/error.h"

/* What a run of text is. The face follows from it (GB/T 9704-2012, 7.3.3). */
enum paper_style {
    PAPER_PLAIN,  /* 仿宋 in the body; the block's own face in titles and headings */
    PAPER_STRONG, /* stands out inside the body: 黑体 */
    PAPER_LEVEL1, /* run-in heading 一、  黑体 */
    PAPER_LEVEL2, /* run-in heading （一） 楷体 */
    PAPER_LEVEL3, /* run-in heading 1.    仿宋 */
    PAPER_LEVEL4, /* run-in heading （1） 仿宋 */
};

struct paper_run {
    struct str text;
    enum paper_style style;
    struct str href;      /* HTML only; empty for none */
    struct str css_class; /* HTML only */
    struct str tip;       /* HTML only: the title attribute */
};

enum paper_kind {
    PAPER_MARK,        /* 发文机关标志, red */
    PAPER_NUMBER,      /* 发文字号; the red line stands below it */
    PAPER_TITLE,       /* one run a line */
    PAPER_ADDRESSEE,   /* 主送机关 */
    PAPER_HEADING,     /* a heading of `level` 1…4 as its own paragraph */
    PAPER_BODY,        /* a paragraph of the body */
    PAPER_LABELLED,    /* run 0 is a label in 黑体; further lines align behind it (出席：…) */
    PAPER_ATTACHMENTS, /* one line of 附件说明: run 0 is label and number; `level` 0 for the first, 1 for others */
    PAPER_SIGNATURE,   /* 发文机关署名 */
    PAPER_DATE,        /* 成文日期; always follows the signature */
    PAPER_NOTE,        /* 附注 */
    PAPER_TABLE,
    PAPER_PAGE_BREAK,
    PAPER_ATTACHMENT, /* “附件1” on a new page */
    PAPER_COPIES,     /* 版记: 抄送; run 0 is the label */
    PAPER_PRINTED,    /* 版记: run 0 印发机关, run 1 印发日期 */
};

struct paper_block {
    enum paper_kind kind;
    int level;
    bool sealed;      /* signature and date leave room for the organ's seal (7.3.5.1) */
    struct date date; /* of PAPER_DATE */
    struct paper_run *runs;
    size_t run_count, run_cap;
    struct paper_table *table;
    struct arena *arena;
};

/* A cell is a block of runs; its kind is PAPER_BODY. */
struct paper_row {
    struct paper_block **cells; /* column_count of them */
};

enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };

struct paper_column {
    struct str label;
    double weight; /* share of the width */
    enum paper_align align;
};

struct paper_table {
    struct str caption; /* may be empty */
    struct paper_column *columns;
    size_t column_count;
    struct paper_row *rows;
    size_t row_count, row_cap;
    struct arena *arena;
};

struct paper {
    struct arena *arena;
    struct paper_block **blocks;
    size_t block_count, block_cap;
    int heading_numbers[4]; /* last number given by paper_heading_numbered */
};

struct paper *paper_new(struct arena *a);

/* 版头: the red mark (发文机关标志, e.g. 柳州市柳北区跃进街道办事处文件) and the 发文字号 (跃政〔2025〕7号). */
void paper_head(struct paper *p, struct str mark, struct str number);
/* A line end in `title` breaks the line there; without one a title too long for one line is broken into lines of
 * similar length, never inside a number (7.3.1). */
void paper_title(struct paper *p, struct str title);
/* 主送机关; a full-width colon is put behind it when it has none. */
void paper_addressee(struct paper *p, struct str organs);

/* A heading of level 1…4 as its own paragraph, text as it shall stand (with its number). */
struct paper_block *paper_heading(struct paper *p, int level, struct str text);
/* The same, numbered here: 一、 （一） 1. （1）. A heading starts the numbers of the levels below it anew. */
struct paper_block *paper_heading_numbered(struct paper *p, int level, struct str text);
/* 一、 （一） 1. （1）; Chinese numerals up to 99. */
struct str paper_heading_number(struct arena *a, int level, int n);

/* An empty paragraph of the body, to be filled with runs. */
struct paper_block *paper_paragraph(struct paper *p);
/* A paragraph of one plain run. */
struct paper_block *paper_text_paragraph(struct paper *p, struct str text);
/* 出席：, 请假：, 列席： of minutes (10.3). A full-width colon is put behind the label when it has none. */
struct paper_block *paper_labelled(struct paper *p, struct str label, struct str text);

/* Runs; empty text adds nothing. `href` must begin with / (not //), #, ?, http:// or https://, else the run is no
 * link. Class and tip may be empty. */
void paper_run(struct paper_block *par, struct str text);
void paper_run_styled(struct paper_block *par, enum paper_style style, struct str text);
void paper_run_link(struct paper_block *par, struct str text, struct str href, struct str css_class, struct str tip);

/* A table with a header row. Weights and alignments are taken from `columns`, which is copied. */
struct paper_table *paper_table(struct paper *p, struct str caption, const struct paper_column *columns,
                                size_t column_count);
/* A row of plain text, or of empty cells when `cells` is NULL; fill those with paper_run(table_row->cells[i], …). */
struct paper_row *paper_table_row(struct paper_table *table, const struct str *cells);

/* 附件说明: names without number and punctuation. */
void paper_attachment_list(struct paper *p, const struct str *names, size_t count);
/* 署名 and 成文日期, with or without room for a seal. */
void paper_signature(struct paper *p, struct str organ, struct date date, bool sealed);
/* 附注: put in full-width parentheses when it has none. */
void paper_note(struct paper *p, struct str text);
void paper_page_break(struct paper *p);
/* An attachment on a new page: number 0 for the only one. */
void paper_attachment(struct paper *p, int number, struct str title);
/* 版记 at the foot of the last page: 抄送 (may be empty), 印发机关, 印发日期. */
void paper_imprint(struct paper *p, struct str copies, struct str printer, struct date printed);

/* ---- Renderers ---- */

/* A fragment <article class="paper">…</article>: semantic tags, classes, everything escaped, no styles. */
bool paper_html(const struct paper *p, struct buf *out, struct error *err);
/* Plain text with full-width indents, one paragraph a line; table cells are divided by tabs. */
bool paper_text(const struct paper *p, struct buf *out, struct error *err);

/* Names written into a DOCX; nothing is embedded there. */
struct paper_docx_fonts {
    const char *title; /* 方正小标宋简体 */
    const char *fang;  /* 仿宋_GB2312 */
    const char *kai;   /* 楷体_GB2312 */
    const char *hei;   /* 黑体 */
    const char *song;  /* 宋体, page numbers */
};
/* NULL for `fonts` takes the names above. The same paper gives the same bytes. */
bool paper_docx(const struct paper *p, const struct paper_docx_fonts *fonts, struct arena *a, struct str *zip,
                struct error *err);

struct paper_fonts; /* paper/fonts.h */
/* The exact grid of GB/T 9704 (22 lines of 28 characters). A character that no font holds is an ERR_INPUT naming
 * it. The same paper gives the same bytes with the same fonts. Safe from several threads with one `fonts`. */
bool paper_pdf(const struct paper *p, struct paper_fonts *fonts, struct arena *a, struct str *pdf, struct error *err);

#endif
