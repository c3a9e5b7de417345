/* Plain text: what goes into an e-mail, a terminal or a comparison. */
#include "paper/paper.h"

static const char *indent_of(enum paper_kind kind)
{
    switch (kind) {
    case PAPER_HEADING:
    case PAPER_BODY:
    case PAPER_LABELLED:
    case PAPER_ATTACHMENTS:
    case PAPER_NOTE: return "　　";
    case PAPER_SIGNATURE:
    case PAPER_DATE: return "　　　　　　　　　　　　　　";
    default: return "";
    }
}

static void put_runs(struct buf *out, const struct paper_block *block, const char *between)
{
    for (size_t i = 0; i < block->run_count; i++) {
        if (i > 0) buf_puts(out, between);
        buf_put(out, block->runs[i].text);
    }
}

static void put_table(struct buf *out, const struct paper_table *table)
{
    if (table->caption.len) {
        buf_put(out, table->caption);
        buf_putc(out, '\n');
    }
    for (size_t c = 0; c < table->column_count; c++) {
        if (c > 0) buf_putc(out, '\t');
        buf_put(out, table->columns[c].label);
    }
    buf_putc(out, '\n');
    for (size_t r = 0; r < table->row_count; r++) {
        for (size_t c = 0; c < table->column_count; c++) {
            if (c > 0) buf_putc(out, '\t');
            put_runs(out, table->rows[r].cells[c], "");
        }
        buf_putc(out, '\n');
    }
}

static void put_block(struct buf *out, const struct paper_block *block)
{
    switch (block->kind) {
    case PAPER_PAGE_BREAK: buf_putc(out, '\n'); return;
    case PAPER_TABLE: put_table(out, block->table); return;
    case PAPER_TITLE:
        put_runs(out, block, "\n");
        buf_puts(out, "\n\n");
        return;
    case PAPER_PRINTED:
        put_runs(out, block, "　　");
        buf_putc(out, '\n');
        return;
    case PAPER_ATTACHMENT:
    case PAPER_SIGNATURE:
    case PAPER_COPIES: buf_putc(out, '\n'); break;
    case PAPER_ATTACHMENTS:
        if (block->level == 0) buf_putc(out, '\n');
        break;
    default: break;
    }
    buf_puts(out, indent_of(block->kind));
    if (block->kind == PAPER_ATTACHMENTS && block->level) buf_puts(out, "　　　");
    put_runs(out, block, "");
    buf_putc(out, '\n');
    if (block->kind == PAPER_NUMBER) buf_putc(out, '\n');
}

bool paper_text(const struct paper *p, struct buf *out, struct error *err)
{
    (void)err;
    for (size_t i = 0; i < p->block_count; i++) put_block(out, p->blocks[i]);
    return true;
}
