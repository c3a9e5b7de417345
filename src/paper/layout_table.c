/* Tables: 小四, thin rules, the header again on each page, back to the grid behind the last row. */
#include <math.h>

#include "paper/layout_inside.h"

static const double pad_x = 1.2, pad_y = 1.0; /* mm between rule and em box */
static const double leading = EM_TABLE * 1.5; /* mm from line to line in a cell */
static const double rule_width = 0.25;

struct cell_lines {
    struct line_text text;
    size_t *breaks, count;
    struct line_shape_of form;
};

struct table_place {
    const struct paper_table *table;
    double *edges; /* column_count + 1, mm from the page's edge */
    struct cell_lines *header;
    double header_height;
    double top; /* of the part on this page */
};

static double *column_edges(struct placer *at, const struct paper_table *table)
{
    double *edges = arena_new_array(at->arena, double, table->column_count + 1);
    double sum = 0, used = 0;
    for (size_t c = 0; c < table->column_count; c++) sum += table->columns[c].weight;
    for (size_t c = 0; c <= table->column_count; c++) {
        edges[c] = AREA_LEFT + AREA_WIDTH * used / sum;
        if (c < table->column_count) used += table->columns[c].weight;
    }
    return edges;
}

/* Shapes the cells of a row and gives its height. */
static bool shape_row(struct placer *at, const struct table_place *place, struct paper_block **cells,
                      enum paper_face face, struct cell_lines *row, double *height)
{
    size_t most = 1;
    for (size_t c = 0; c < place->table->column_count; c++) {
        double left = place->edges[c] + pad_x, right = place->edges[c + 1] - pad_x;
        enum paper_align align = face == PAPER_HEI ? PAPER_CENTRE : place->table->columns[c].align;
        row[c].form = (struct line_shape_of){left, fmax(right - left, EM_TABLE), 0, 0, EM_TABLE, align, false};
        if (!placer_shape(at, cells[c], face, &row[c].text)) return false;
        row[c].count = placer_break(at, &row[c].text, &row[c].form, &row[c].breaks);
        if (row[c].count > most) most = row[c].count;
    }
    *height = (double)(most - 1) * leading + EM_TABLE + 2 * pad_y;
    return true;
}

static void set_row(struct placer *at, const struct table_place *place, const struct cell_lines *row, double height)
{
    for (size_t c = 0; c < place->table->column_count; c++) {
        const struct cell_lines *cell = &row[c];
        double used = cell->count ? (double)(cell->count - 1) * leading + EM_TABLE : 0;
        double y = at->y + (height - used) / 2;
        for (size_t i = 0, from = 0; i < cell->count; from = cell->breaks[i++], y += leading) {
            placer_set(at, &cell->text, from, cell->breaks[i], &cell->form, i == 0, true, y)->kind = PAPER_TABLE;
        }
    }
    at->y += height;
    placer_rule(at, AREA_LEFT, at->y, AREA_RIGHT, at->y, rule_width, false);
}

static void open_part(struct placer *at, struct table_place *place)
{
    place->top = at->y;
    placer_rule(at, AREA_LEFT, at->y, AREA_RIGHT, at->y, rule_width, false);
    set_row(at, place, place->header, place->header_height);
}

static void close_part(struct placer *at, const struct table_place *place)
{
    for (size_t c = 0; c <= place->table->column_count; c++) {
        placer_rule(at, place->edges[c], place->top, place->edges[c], at->y, rule_width, false);
    }
}

static bool set_caption(struct placer *at, const struct paper_table *table)
{
    struct line_text text = {.arena = at->arena};
    struct line_shape_of form = {AREA_LEFT, AREA_WIDTH, 0, 0, EM, PAPER_CENTRE, false};
    size_t *breaks;
    if (table->caption.len == 0) return true;
    if (!line_shape(&text, at->fonts, PAPER_HEI, table->caption, at->err)) return false;
    size_t lines = placer_break(at, &text, &form, &breaks);
    for (size_t i = 0, from = 0; i < lines; from = breaks[i++]) {
        placer_snap(at);
        placer_set(at, &text, from, breaks[i], &form, false, true, at->y)->kind = PAPER_TABLE;
        at->y += LINE_UNIT;
    }
    return true;
}

static bool shape_header(struct placer *at, struct table_place *place)
{
    size_t count = place->table->column_count;
    struct paper_block *blocks = arena_new_array(at->arena, struct paper_block, count);
    struct paper_block **cells = arena_new_array(at->arena, struct paper_block *, count);
    for (size_t c = 0; c < count; c++) {
        blocks[c].arena = at->arena;
        paper_run(&blocks[c], place->table->columns[c].label);
        cells[c] = &blocks[c];
    }
    place->header = arena_new_array(at->arena, struct cell_lines, count);
    return shape_row(at, place, cells, PAPER_HEI, place->header, &place->header_height);
}

/* Caption, header and first row stay together. */
static void make_room(struct placer *at, const struct table_place *place)
{
    double need = place->header_height * 2 + (place->table->caption.len ? LINE_UNIT : 0);
    placer_snap(at);
    if (at->y > AREA_TOP + 0.01 && at->y + need > AREA_BOTTOM) placer_new_page(at);
}

bool layout_table(struct placer *at, const struct paper_table *table)
{
    struct table_place place = {.table = table, .edges = column_edges(at, table)};
    struct cell_lines *row = arena_new_array(at->arena, struct cell_lines, table->column_count);
    if (!shape_header(at, &place)) return false;
    make_room(at, &place);
    if (!set_caption(at, table)) return false;
    open_part(at, &place);
    for (size_t r = 0; r < table->row_count; r++) {
        double height;
        if (!shape_row(at, &place, table->rows[r].cells, PAPER_FANG, row, &height)) return false;
        if (at->y + height > AREA_BOTTOM) {
            if (AREA_TOP + place.header_height + height > AREA_BOTTOM) {
                return error_set(at->err, ERR_LIMIT, "表格第%zu行的内容一页放不下，请把它分成几行", r + 1);
            }
            close_part(at, &place);
            placer_new_page(at);
            open_part(at, &place);
        }
        set_row(at, &place, row, height);
    }
    close_part(at, &place);
    at->y += LINE_UNIT - EM; /* air before the next line */
    return true;
}
