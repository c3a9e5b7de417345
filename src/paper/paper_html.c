/* HTML: the fragment that the web pages show. Looks are the stylesheet's; here are tags and classes only:
 *
 *   article.paper
 *     p.paper-mark p.paper-number | h1.paper-title | p.paper-addressee
 *     h2 h3 h4 h5 .paper-heading.paper-level1…4 | p.paper-body with b.paper-level1…4 or strong for run-in headings
 *     a.CLASS[href][title] or span.CLASS[title] for runs with them
 *     table.paper-table > caption, thead, tbody; td.paper-centre, td.paper-right
 *     p.paper-attachments | div.paper-signature > p, p > time | p.paper-note
 *     p.paper-attachment | footer.paper-imprint */
#include "paper/paper.h"

static void put_attribute(struct buf *out, const char *name, struct str value)
{
    if (value.len == 0) return;
    buf_putf(out, " %s=\"", name);
    buf_put_html(out, value);
    buf_putc(out, '"');
}

static const char *const style_tags[][2] = {
    [PAPER_PLAIN] = {"", ""},
    [PAPER_STRONG] = {"<strong>", "</strong>"},
    [PAPER_LEVEL1] = {"<b class=\"paper-level1\">", "</b>"},
    [PAPER_LEVEL2] = {"<b class=\"paper-level2\">", "</b>"},
    [PAPER_LEVEL3] = {"<b class=\"paper-level3\">", "</b>"},
    [PAPER_LEVEL4] = {"<b class=\"paper-level4\">", "</b>"},
};

static void put_run(struct buf *out, const struct paper_run *run)
{
    const char *tag = run->href.len ? "a" : run->css_class.len || run->tip.len ? "span" : NULL;
    buf_puts(out, style_tags[run->style][0]);
    if (tag) {
        buf_putf(out, "<%s", tag);
        put_attribute(out, "href", run->href);
        put_attribute(out, "class", run->css_class);
        put_attribute(out, "title", run->tip);
        buf_putc(out, '>');
    }
    buf_put_html(out, run->text);
    if (tag) buf_putf(out, "</%s>", tag);
    buf_puts(out, style_tags[run->style][1]);
}

static void put_runs(struct buf *out, const struct paper_block *block, const char *between)
{
    for (size_t i = 0; i < block->run_count; i++) {
        if (i > 0) buf_puts(out, between);
        put_run(out, &block->runs[i]);
    }
}

static void put_table(struct buf *out, const struct paper_table *table)
{
    static const char *const classes[] = {
        [PAPER_LEFT] = "", [PAPER_CENTRE] = " class=\"paper-centre\"", [PAPER_RIGHT] = " class=\"paper-right\""};
    buf_puts(out, "<table class=\"paper-table\">");
    if (table->caption.len) {
        buf_puts(out, "<caption>");
        buf_put_html(out, table->caption);
        buf_puts(out, "</caption>");
    }
    buf_puts(out, "<thead><tr>");
    for (size_t c = 0; c < table->column_count; c++) {
        buf_puts(out, "<th scope=\"col\">");
        buf_put_html(out, table->columns[c].label);
        buf_puts(out, "</th>");
    }
    buf_puts(out, "</tr></thead>\n<tbody>");
    for (size_t r = 0; r < table->row_count; r++) {
        buf_puts(out, "<tr>");
        for (size_t c = 0; c < table->column_count; c++) {
            buf_putf(out, "<td%s>", classes[table->columns[c].align]);
            put_runs(out, table->rows[r].cells[c], "");
            buf_puts(out, "</td>");
        }
        buf_puts(out, "</tr>\n");
    }
    buf_puts(out, "</tbody></table>\n");
}

static void put_heading(struct buf *out, const struct paper_block *block)
{
    int tag = block->level + 1; /* h1 is the title */
    buf_putf(out, "<h%d class=\"paper-heading paper-level%d\">", tag, block->level);
    put_runs(out, block, "");
    buf_putf(out, "</h%d>\n", tag);
}

static void put_date(struct buf *out, const struct paper_block *block)
{
    buf_puts(out, "<p class=\"paper-date\"><time datetime=\"");
    buf_put(out, date_iso(out->arena, block->date));
    buf_puts(out, "\">");
    put_runs(out, block, "");
    buf_puts(out, "</time></p></div>\n");
}

static void put_framed(struct buf *out, const char *before, const struct paper_block *block, const char *between,
                       const char *after)
{
    buf_puts(out, before);
    put_runs(out, block, between);
    buf_puts(out, after);
}

/* Blocks that need nothing but a frame around their runs. */
static const struct {
    const char *before, *between, *after;
} frames[] = {
    [PAPER_MARK] = {"<p class=\"paper-mark\">", "", "</p>\n"},
    [PAPER_NUMBER] = {"<p class=\"paper-number\">", "", "</p>\n"},
    [PAPER_TITLE] = {"<h1 class=\"paper-title\">", "<br>", "</h1>\n"},
    [PAPER_ADDRESSEE] = {"<p class=\"paper-addressee\">", "", "</p>\n"},
    [PAPER_BODY] = {"<p class=\"paper-body\">", "", "</p>\n"},
    [PAPER_LABELLED] = {"<p class=\"paper-body paper-labelled\">", "", "</p>\n"},
    [PAPER_ATTACHMENTS] = {"<p class=\"paper-attachments\">", "", "</p>\n"},
    [PAPER_SIGNATURE] = {"<div class=\"paper-signature\"><p class=\"paper-organ\">", "", "</p>\n"},
    [PAPER_NOTE] = {"<p class=\"paper-note\">", "", "</p>\n"},
    [PAPER_PAGE_BREAK] = {"<hr class=\"paper-page-break\">\n", "", ""},
    [PAPER_ATTACHMENT] = {"<p class=\"paper-attachment\">", "", "</p>\n"},
    [PAPER_COPIES] = {"<footer class=\"paper-imprint\"><p>", "", "</p></footer>\n"},
    [PAPER_PRINTED] = {"<footer class=\"paper-imprint\"><p><span>", "</span> <span>", "</span></p></footer>\n"},
};

static void put_block(struct buf *out, const struct paper_block *block)
{
    switch (block->kind) {
    case PAPER_TABLE: put_table(out, block->table); return;
    case PAPER_HEADING: put_heading(out, block); return;
    case PAPER_DATE: put_date(out, block); return;
    default: break;
    }
    put_framed(out, frames[block->kind].before, block, frames[block->kind].between, frames[block->kind].after);
}

bool paper_html(const struct paper *p, struct buf *out, struct error *err)
{
    (void)err;
    buf_puts(out, "<article class=\"paper\" lang=\"zh-CN\">\n");
    for (size_t i = 0; i < p->block_count; i++) put_block(out, p->blocks[i]);
    buf_puts(out, "</article>\n");
    return true;
}
