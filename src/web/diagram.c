#include "web/diagram.h"

#include <stdlib.h>

#include "base/utf8.h"

enum {
    MARGIN = 12,
    BOX_WIDTH = 156,
    ROW = 24,       /* one line of an act, or of an arrow coming in */
    BOX_PAD = 12,
    GAP = 22,       /* between boxes */
    TEXT_GAP = 12,
    LANE = 14,
    HALF_EM = 7,    /* half the width of a hanzi at 14 px */
};

static size_t stage_index(const struct reg *reg, struct str key)
{
    for (size_t i = 0; i < reg->stage_count; i++)
        if (str_eq(reg->stages[i].key, key)) return i;
    return 0;
}

static void add_arrow(struct diagram *d, const struct act *act, size_t from, size_t to)
{
    d->arrows[d->arrow_count++] = (struct diagram_arrow){.act = act, .from = from, .to = to};
    d->boxes[from].outgoing++;
    if (from != to) d->boxes[to].incoming++;
    int width = (int)utf8_columns(act->label) * HALF_EM;
    if (width > d->label_width) d->label_width = width;
}

static void add_act(struct diagram *d, const struct reg *reg, const struct act *act)
{
    for (size_t i = 0; i < reg->stage_count; i++) {
        bool leaves = act->from_count == 0 && !reg->stages[i].final;
        for (size_t k = 0; k < act->from_count; k++) leaves = leaves || str_eq(act->from[k], reg->stages[i].key);
        if (leaves) add_arrow(d, act, i, act->to.len ? stage_index(reg, act->to) : i);
    }
}

static void place_boxes(struct diagram *d)
{
    int y = MARGIN;
    for (size_t i = 0; i < d->box_count; i++) {
        struct diagram_box *b = &d->boxes[i];
        int rows = b->outgoing + b->incoming;
        b->y = y;
        b->height = 2 * BOX_PAD + (rows > 1 ? rows : 1) * ROW;
        y += b->height + GAP;
    }
    d->height = y - GAP + MARGIN;
}

/* Outgoing lines first, then those coming in, from top to bottom of each box. */
static void place_ends(struct diagram *d)
{
    for (size_t i = 0; i < d->box_count; i++) {
        int y = d->boxes[i].y + BOX_PAD + ROW / 2;
        for (size_t k = 0; k < d->arrow_count; k++) {
            if (d->arrows[k].from != i) continue;
            d->arrows[k].y_from = y;
            if (d->arrows[k].to == i) d->arrows[k].y_to = y;
            y += ROW;
        }
        for (size_t k = 0; k < d->arrow_count; k++) {
            if (d->arrows[k].to != i || d->arrows[k].from == i) continue;
            d->arrows[k].y_to = y;
            y += ROW;
        }
    }
}

static int span(const struct diagram_arrow *a)
{
    return abs(a->y_to - a->y_from);
}

static bool overlap(const struct diagram_arrow *x, const struct diagram_arrow *y)
{
    int x1 = x->y_from < x->y_to ? x->y_from : x->y_to;
    int x2 = x->y_from + x->y_to - x1;
    int y1 = y->y_from < y->y_to ? y->y_from : y->y_to;
    int y2 = y->y_from + y->y_to - y1;
    return x1 <= y2 && y1 <= x2;
}

/* Short arrows take the inner lanes; overlapping ones never share a lane. */
static void place_lanes(struct diagram *d, struct arena *a)
{
    size_t *order = arena_new_array(a, size_t, d->arrow_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < d->arrow_count; i++) {
        if (d->arrows[i].from == d->arrows[i].to) continue;
        size_t at = n++;
        while (at > 0 && span(&d->arrows[order[at - 1]]) > span(&d->arrows[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (size_t i = 0; i < n; i++) {
        struct diagram_arrow *x = &d->arrows[order[i]];
        x->lane = 0;
        for (bool free = false; !free;) {
            free = true;
            for (size_t k = 0; k < i && free; k++) {
                const struct diagram_arrow *y = &d->arrows[order[k]];
                if (y->lane == x->lane && overlap(x, y)) free = false;
            }
            if (!free) x->lane++;
        }
        if (x->lane + 1 > d->lanes) d->lanes = x->lane + 1;
    }
}

struct diagram diagram_layout(struct arena *a, const struct reg *reg)
{
    struct diagram d = {.box_count = reg->stage_count};
    d.boxes = arena_new_array(a, struct diagram_box, reg->stage_count);
    d.arrows = arena_new_array(a, struct diagram_arrow, reg->act_count * reg->stage_count + 1);
    for (size_t i = 0; i < reg->stage_count; i++) d.boxes[i].stage = &reg->stages[i];
    for (size_t i = 0; i < reg->act_count; i++)
        if (reg->acts[i].kind == ACT_STEP) add_act(&d, reg, &reg->acts[i]);
    place_boxes(&d);
    place_ends(&d);
    place_lanes(&d, a);
    d.width = MARGIN + BOX_WIDTH + TEXT_GAP + d.label_width + 2 * TEXT_GAP + (d.lanes + 1) * LANE + MARGIN;
    return d;
}

/* ---- drawing ---- */

static void draw_box(struct buf *b, const struct diagram_box *box)
{
    const char *kind = box->stage->final ? "final" : "open";
    buf_putf(b, "<g class=\"stage %s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", kind, MARGIN, box->y,
             BOX_WIDTH, box->height);
    buf_putf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", MARGIN + BOX_WIDTH / 2, box->y + box->height / 2 + 5);
    buf_put_html(b, box->stage->label);
    buf_puts(b, "</text></g>");
}

static void draw_arrow(struct buf *b, const struct diagram *d, const struct diagram_arrow *x)
{
    int left = MARGIN + BOX_WIDTH;
    int text = left + TEXT_GAP;
    int lane = text + d->label_width + 2 * TEXT_GAP + x->lane * LANE;
    bool stays = x->from == x->to;
    buf_puts(b, stays ? "<g class=\"act stays\">" : "<g class=\"act\">");
    if (!stays) {
        int end = text + (int)utf8_columns(x->act->label) * HALF_EM + 6;
        buf_putf(b, "<path d=\"M%d %dH%dV%dH%d\"/><path class=\"head\" d=\"M%d %dl9 -5v10z\"/>", end, x->y_from, lane,
                 x->y_to, left + 9, left, x->y_to);
    }
    buf_putf(b, "<circle cx=\"%d\" cy=\"%d\" r=\"3\"/><text x=\"%d\" y=\"%d\">", left, x->y_from, text, x->y_from + 5);
    buf_put_html(b, x->act->label);
    buf_puts(b, "</text></g>");
}

struct html diagram_svg(struct arena *a, const struct reg *reg, const struct diagram *d)
{
    struct buf b = buf_in(a);
    buf_putf(&b, "<svg class=\"diagram\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                 "xmlns=\"http://www.w3.org/2000/svg\"><title>",
             d->width, d->height, d->width, d->height);
    buf_put_html(&b, reg->label);
    buf_puts(&b, "的办理程序</title>");
    for (size_t i = 0; i < d->arrow_count; i++) draw_arrow(&b, d, &d->arrows[i]);
    for (size_t i = 0; i < d->box_count; i++) draw_box(&b, &d->boxes[i]);
    buf_puts(&b, "</svg>");
    return (struct html){buf_str(&b)};
}
