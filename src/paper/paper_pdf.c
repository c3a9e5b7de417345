/* PDF: draws the layout with cairo. The text layer is written beside the glyphs, so that copying and searching
 * give the paper's own characters. */
#include <cairo-pdf.h>
#include <string.h>

#include "paper/fonts_inside.h"
#include "paper/layout.h"
#include "paper/paper.h"

#define MM (72.0 / 25.4) /* points */

struct painter {
    cairo_t *cr;
    cairo_surface_t *surface;
    struct paper_fonts *fonts;
    struct arena *arena;
    struct error *err;
};

static cairo_status_t write_pdf(void *closure, const unsigned char *data, unsigned length)
{
    buf_put(closure, (struct str){(const char *)data, length});
    return CAIRO_STATUS_SUCCESS;
}

static void set_colour(cairo_t *cr, bool red)
{
    if (red)
        cairo_set_source_rgb(cr, 0.85, 0.07, 0.09);
    else
        cairo_set_source_rgb(cr, 0, 0, 0);
}

/* Glyphs [from, to) of a line, all of one font. */
static void draw_part(struct painter *pt, const struct layout_line *line, size_t from, size_t to)
{
    size_t count = to - from;
    cairo_glyph_t *glyphs = arena_new_array(pt->arena, cairo_glyph_t, count);
    cairo_text_cluster_t *clusters = arena_new_array(pt->arena, cairo_text_cluster_t, count);
    struct buf text = buf_in(pt->arena);
    for (size_t i = 0; i < count; i++) {
        const struct layout_glyph *g = &line->glyphs[from + i];
        glyphs[i] = (cairo_glyph_t){g->cell->glyph.glyph, g->x * MM, line->y * MM};
        clusters[i] = (cairo_text_cluster_t){g->cell->byte_count, 1};
        buf_put(&text, (struct str){g->cell->bytes, g->cell->byte_count});
    }
    cairo_set_font_face(pt->cr, paper_fonts_cairo(pt->fonts, line->glyphs[from].cell->glyph.font));
    cairo_set_font_size(pt->cr, line->size * MM);
    cairo_show_text_glyphs(pt->cr, text.s, (int)text.len, glyphs, (int)count, clusters, (int)count, 0);
}

static void draw_line(struct painter *pt, const struct layout_line *line)
{
    set_colour(pt->cr, line->red);
    for (size_t from = 0, to; from < line->count; from = to) {
        unsigned font = line->glyphs[from].cell->glyph.font;
        for (to = from + 1; to < line->count && line->glyphs[to].cell->glyph.font == font; to++) {}
        draw_part(pt, line, from, to);
    }
}

static void draw_rule(struct painter *pt, const struct layout_rule *rule)
{
    set_colour(pt->cr, rule->red);
    cairo_set_line_width(pt->cr, rule->width * MM);
    cairo_move_to(pt->cr, rule->x0 * MM, rule->y0 * MM);
    cairo_line_to(pt->cr, rule->x1 * MM, rule->y1 * MM);
    cairo_stroke(pt->cr);
}

/* — n —: 4号宋体, the dash 7 mm below the type area, outside by one character (7.5). */
static bool draw_page_number(struct painter *pt, unsigned page)
{
    struct line_text text = {.arena = pt->arena};
    struct str label = str_printf(pt->arena, "— %u —", page + 1);
    if (!line_shape(&text, pt->fonts, PAPER_SONG, label, pt->err)) return false;
    double width = line_width(&text, 0, text.count) * EM_SMALL;
    bool odd = page % 2 == 0;
    double left = odd ? AREA_RIGHT - EM_SMALL - width : AREA_LEFT + EM_SMALL;
    double *x = arena_new_array(pt->arena, double, text.count);
    line_place(&text, 0, text.count, width / EM_SMALL, false, x);
    struct layout_line line = {.page = page,
                               .size = EM_SMALL,
                               .count = text.count,
                               .y = AREA_BOTTOM + 7 + text.cells[0].glyph.top * EM_SMALL,
                               .glyphs = arena_new_array(pt->arena, struct layout_glyph, text.count)};
    for (size_t i = 0; i < text.count; i++) {
        line.glyphs[i] = (struct layout_glyph){&text.cells[i], left + x[i] * EM_SMALL};
    }
    draw_line(pt, &line);
    return true;
}

static bool draw_page(struct painter *pt, const struct layout *layout, unsigned page)
{
    for (size_t i = 0; i < layout->rule_count; i++) {
        if (layout->rules[i].page == page) draw_rule(pt, &layout->rules[i]);
    }
    for (size_t i = 0; i < layout->line_count; i++) {
        if (layout->lines[i].page == page) draw_line(pt, &layout->lines[i]);
    }
    if (!draw_page_number(pt, page)) return false;
    cairo_show_page(pt->cr);
    return true;
}

static struct str block_text(struct arena *a, const struct paper_block *block)
{
    struct buf text = buf_in(a);
    for (size_t i = 0; i < block->run_count; i++) buf_put(&text, block->runs[i].text);
    return buf_str(&text);
}

/* Bookmarks from the headings. */
static void add_outline(struct painter *pt, const struct paper *p, const struct layout *layout)
{
    int parents[5] = {CAIRO_PDF_OUTLINE_ROOT};
    size_t done = SIZE_MAX;
    for (size_t i = 0; i < layout->line_count; i++) {
        const struct layout_line *line = &layout->lines[i];
        if (line->kind != PAPER_HEADING || line->block == done) continue;
        const struct paper_block *block = p->blocks[line->block];
        done = line->block;
        struct str target =
            str_printf(pt->arena, "page=%u pos=[0 %d]", line->page + 1, (int)((line->y - line->size) * MM));
        int id = cairo_pdf_surface_add_outline(pt->surface, parents[block->level - 1],
                                               str_cstr(pt->arena, block_text(pt->arena, block)),
                                               str_cstr(pt->arena, target), CAIRO_PDF_OUTLINE_FLAG_OPEN);
        for (int level = block->level; level < 5; level++) parents[level] = id;
    }
}

/* Title and date of the document itself: the same paper must give the same bytes, so no clock is asked. */
static void add_metadata(struct painter *pt, const struct paper *p)
{
    struct date day = {10957}; /* 2000-01-01 where the paper bears no date */
    struct str title = STR("");
    for (size_t i = 0; i < p->block_count; i++) {
        if (p->blocks[i]->kind == PAPER_DATE) day = p->blocks[i]->date;
        if (p->blocks[i]->kind == PAPER_TITLE && title.len == 0) title = block_text(pt->arena, p->blocks[i]);
    }
    struct str moment = str_printf(pt->arena, "%.*sT00:00:00+08:00", STR_ARG(date_iso(pt->arena, day)));
    const char *at = str_cstr(pt->arena, moment);
    cairo_pdf_surface_set_metadata(pt->surface, CAIRO_PDF_METADATA_TITLE, str_cstr(pt->arena, title));
    cairo_pdf_surface_set_metadata(pt->surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
    cairo_pdf_surface_set_metadata(pt->surface, CAIRO_PDF_METADATA_MOD_DATE, at);
}

static bool draw(struct painter *pt, const struct paper *p)
{
    struct layout layout = {.arena = pt->arena};
    if (!layout_paper(&layout, p, pt->fonts, pt->err)) return false;
    add_metadata(pt, p);
    for (unsigned page = 0; page < layout.page_count; page++) {
        if (!draw_page(pt, &layout, page)) return false;
    }
    add_outline(pt, p, &layout);
    return true;
}

static bool finish(struct painter *pt)
{
    cairo_status_t status = cairo_status(pt->cr);
    cairo_destroy(pt->cr);
    cairo_surface_finish(pt->surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(pt->surface);
    cairo_surface_destroy(pt->surface);
    if (status == CAIRO_STATUS_SUCCESS) return true;
    return error_set(pt->err, ERR_IO, "生成 PDF 失败：%s", cairo_status_to_string(status));
}

bool paper_pdf(const struct paper *p, struct paper_fonts *fonts, struct arena *a, struct str *pdf, struct error *err)
{
    struct buf out = buf_in(a);
    struct painter pt = {.fonts = fonts, .arena = a, .err = err};
    paper_fonts_lock(fonts);
    pt.surface = cairo_pdf_surface_create_for_stream(write_pdf, &out, PAGE_WIDTH * MM, PAGE_HEIGHT * MM);
    pt.cr = cairo_create(pt.surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(pt.cr, options);
    cairo_font_options_destroy(options);
    bool drawn = draw(&pt, p);
    struct error ignored;
    if (!drawn) pt.err = &ignored; /* the first error is the one to tell */
    bool finished = finish(&pt);
    paper_fonts_unlock(fonts);
    *pdf = buf_str(&out);
    return drawn && finished;
}
