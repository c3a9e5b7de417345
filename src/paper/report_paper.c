#include "paper/report_paper.h"

static void put_piece(struct paper_block *par, struct arena *a, const struct report_text *text,
                      const struct report_piece *p, struct str figure_path)
{
    if (!p->figure || figure_path.len == 0) {
        paper_run(par, p->text);
        return;
    }
    struct str name = p->figure->figure->name;
    struct str href = str_printf(a, "%.*s%.*s?period=%.*s", STR_ARG(figure_path), STR_ARG(name), STR_ARG(text->period));
    struct str tip = p->note.len ? str_printf(a, "%.*s：%.*s", STR_ARG(p->figure->figure->label), STR_ARG(p->note))
                                 : p->figure->figure->label;
    paper_run_link(par, p->text, href, STR("figure"), tip);
}

static struct str joined(struct arena *a, const struct report_block *b)
{
    struct buf text = buf_in(a);
    for (size_t i = 0; i < b->count; i++) buf_put(&text, b->pieces[i].text);
    return buf_str(&text);
}

struct paper *report_paper(struct arena *a, const struct report_text *text, struct str organ, struct date date,
                           struct str figure_path)
{
    struct paper *p = paper_new(a);
    paper_title(p, text->title);
    for (size_t i = 0; i < text->block_count; i++) {
        const struct report_block *b = &text->blocks[i];
        if (b->level) {
            paper_heading(p, b->level, joined(a, b));
            continue;
        }
        struct paper_block *par = paper_paragraph(p);
        for (size_t k = 0; k < b->count; k++) put_piece(par, a, text, &b->pieces[k], figure_path);
    }
    paper_signature(p, organ, date, false);
    return p;
}
