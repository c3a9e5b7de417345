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
    size_t header_lines;
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

static double height_of(size_t lines)
{
    return (double)(lines - 1) * leading + EM_TABLE + 2 * pad_y;
}

/* How many lines of a row fit between the place and the foot of the page. */
static size_t lines_that_fit(const struct placer *at)
{
    double room = AREA_BOTTOM - at->y + 0.01 - height_of(1);
    return room < 0 ? 0 : (size_t)(room / leading) + 1;
}

/* Shapes the cells of a row; `most` becomes the number of lines of its longest cell. */
static bool shape_row(struct placer *at, const struct table_place *place, struct paper_block **cells,
                      enum paper_face face, struct cell_lines *row, size_t *most)
{
    *most = 1;
    for (size_t c = 0; c < place->table->column_count; c++) {
        double left = place->edges[c] + pad_x, right = place->edges[c + 1] - pad_x;
        enum paper_align align = face == PAPER_HEI ? PAPER_CENTRE : place->table->columns[c].align;
        row[c].form = (struct line_shape_of){left, fmax(right - left, EM_TABLE), 0, 0, EM_TABLE, align, false};
        if (!placer_shape(at, cells[c], face, &row[c].text)) return false;
        row[c].count = placer_break(at, &row[c].text, &row[c].form, &row[c].breaks);
        if (row[c].count > *most) *most = row[c].count;
    }
    return true;
}

/* The lines [first, end) of a row; a cell that is shorter than the row stands in its middle. */
static void set_row(struct placer *at, const struct table_place *place, const struct cell_lines *row, size_t first,
                    size_t end)
{
    double height = height_of(end - first);
    for (size_t c = 0; c < place->table->column_count; c++) {
        const struct cell_lines *cell = &row[c];
        size_t last = cell->count < end ? cell->count : end;
        if (last <= first) continue;
        double y = at->y + (height - height_of(last - first)) / 2 + pad_y;
        for (size_t i = first; i < last; i++, y += leading) {
            size_t from = i == 0 ? 0 : cell->breaks[i - 1];
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
    set_row(at, place, place->header, 0, place->header_lines);
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
    return shape_row(at, place, cells, PAPER_HEI, place->header, &place->header_lines);
}

/* Caption, header and first row stay together. */
static void make_room(struct placer *at, const struct table_place *place)
{
    double need = height_of(place->header_lines) + height_of(1) + (place->table->caption.len ? LINE_UNIT : 0);
    placer_snap(at);
    if (at->y > AREA_TOP + 0.01 && at->y + need > AREA_BOTTOM) placer_new_page(at);
}

static void next_page(struct placer *at, struct table_place *place)
{
    close_part(at, place);
    placer_new_page(at);
    open_part(at, place);
}

/* A row goes whole to the next page where it doesn't fit; one that is longer than a page is divided. */
static void place_row(struct placer *at, struct table_place *place, const struct cell_lines *row, size_t lines)
{
    double page = AREA_BOTTOM - AREA_TOP - height_of(place->header_lines);
    bool divided = height_of(lines) > page;
    for (size_t done = 0; done < lines;) {
        size_t fit = lines_that_fit(at);
        size_t left = lines - done;
        if (fit == 0 || (!divided && fit < left)) {
            next_page(at, place);
            continue;
        }
        if (fit > left) fit = left;
        set_row(at, place, row, done, done + fit);
        done += fit;
    }
}

bool layout_table(struct placer *at, const struct paper_table *table)
{
    struct table_place place = {.table = table, .edges = column_edges(at, table)};
    struct cell_lines *row = arena_new_array(at->arena, struct cell_lines, table->column_count);
    if (!shape_header(at, &place)) return false;
    if (height_of(place.header_lines) > (AREA_BOTTOM - AREA_TOP) / 2) {
        return error_set(at->err, ERR_LIMIT, "表格的列太多或者列名太长，一页放不下，请减少列");
    }
    make_room(at, &place);
    if (!set_caption(at, table)) return false;
    open_part(at, &place);
    for (size_t r = 0; r < table->row_count; r++) {
        size_t lines;
        if (!shape_row(at, &place, table->rows[r].cells, PAPER_FANG, row, &lines)) return false;
        place_row(at, &place, row, lines);
    }
    close_part(at, &place);
    at->y += LINE_UNIT - EM; /* air before the next line */
    return true;
}
