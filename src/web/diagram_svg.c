/* Painting what diagram.c has placed. */
#include "web/diagram_inside.h"

enum { ROUND = 6 /* radius of a lane's corners */, HEAD = 9 /* length of an arrow's head */, BASELINE = 5 };

static void draw_words(struct buf *b, int x, int y, struct str words)
{
    buf_putf(b, "<text x=\"%d\" y=\"%d\">", x, y + BASELINE);
    buf_put_html(b, words);
    buf_puts(b, "</text>");
}

static void draw_box(struct buf *b, const struct diagram *d, const struct diagram_box *box)
{
    buf_putf(b, "<g class=\"stage%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
             box->stage->final ? " final" : "", DIAGRAM_MARGIN, box->y, d->box_width, box->height);
    draw_words(b, DIAGRAM_MARGIN + d->box_width / 2, box->y + box->height / 2, box->stage->label);
    buf_puts(b, "</g>");
}

static void draw_note(struct buf *b, const struct diagram_arrow *x)
{
    int width = diagram_note_width(x->note);
    int left = x->x + x->width - width;
    if (width == 0) return;
    buf_putf(b, "<g class=\"note%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" rx=\"9\"/>",
             x->verified ? "" : " custom", left, x->y - 9, width);
    draw_words(b, left + DIAGRAM_NOTE_PAD, x->y - 1, x->note);
    buf_puts(b, "</g>");
}

/* From the words into the lane; the farthest line draws the lane itself, down or up to where it enters the box. */
static void draw_way(struct buf *b, const struct diagram *d, const struct diagram_arrow *x)
{
    const struct diagram_lane *lane = &d->lanes[x->lane];
    int from = x->x + x->width + DIAGRAM_NOTE_GAP, side = DIAGRAM_MARGIN + d->box_width;
    bool forward = x->way == WAY_FORWARD;
    int turn = forward ? ROUND : -ROUND;
    buf_putf(b, "<path d=\"M%d %dH%dq%d 0 %d %d", from, x->y, lane->x - ROUND, ROUND, ROUND, turn);
    bool farthest = x->y == (forward ? lane->top : lane->bottom);
    if (farthest) buf_putf(b, "V%dq0 %d %d %dH%d", lane->y_to - turn, turn, -ROUND, turn, side + HEAD);
    buf_puts(b, "\"/>");
    if (farthest) buf_putf(b, "<path class=\"head\" d=\"M%d %dl%d -5v10z\"/>", side, lane->y_to, HEAD);
}

static void draw_arrow(struct buf *b, const struct diagram *d, const struct diagram_arrow *x)
{
    static const char *const classes[] = {
        [WAY_STAYS] = "stays", [WAY_NEXT] = "next", [WAY_FORWARD] = "forward", [WAY_BACK] = "back"};
    buf_putf(b, "<g class=\"act %s\">", classes[x->way]);
    if (x->way == WAY_FORWARD || x->way == WAY_BACK) draw_way(b, d, x);
    if (x->way != WAY_NEXT) buf_putf(b, "<circle cx=\"%d\" cy=\"%d\" r=\"3\"/>", DIAGRAM_MARGIN + d->box_width, x->y);
    draw_words(b, x->x, x->y, x->act->label);
    draw_note(b, x);
    buf_puts(b, "</g>");
}

static void draw_down(struct buf *b, int from, int to)
{
    int x = DIAGRAM_MARGIN + DIAGRAM_SPINE;
    buf_putf(b, "<g class=\"act next\"><path d=\"M%d %dV%d\"/><path class=\"head\" d=\"M%d %dl-5 -%dh10z\"/></g>", x,
             from, to - HEAD, x, to, HEAD);
}

static bool leads_on(const struct diagram *d, size_t box)
{
    for (size_t i = 0; i < d->arrow_count; i++)
        if (d->arrows[i].from == box && d->arrows[i].way == WAY_NEXT) return true;
    return false;
}

/* The dot where a record begins, and the arrows from stage to stage below. */
static void draw_spine(struct buf *b, const struct diagram *d)
{
    int x = DIAGRAM_MARGIN + DIAGRAM_SPINE, y = DIAGRAM_MARGIN + DIAGRAM_ROW / 2;
    buf_putf(b, "<g class=\"start\"><circle cx=\"%d\" cy=\"%d\" r=\"5\"/>", x, y);
    draw_words(b, x + DIAGRAM_TEXT_GAP, y, d->create);
    buf_puts(b, "</g>");
    draw_down(b, y, d->boxes[0].y);
    for (size_t i = 0; i + 1 < d->box_count; i++)
        if (leads_on(d, i)) draw_down(b, d->boxes[i].y + d->boxes[i].height, d->boxes[i + 1].y);
}

struct html diagram_svg(struct arena *a, const struct reg *reg, const struct diagram *d)
{
    struct buf b = buf_in(a);
    buf_putf(&b,
             "<svg class=\"diagram\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
             "xmlns=\"http://www.w3.org/2000/svg\"><title>",
             d->width, d->height, d->width, d->height);
    buf_put_html(&b, reg->label);
    buf_puts(&b, "的办理程序</title>");
    for (size_t i = 0; i < d->box_count; i++) draw_box(&b, d, &d->boxes[i]);
    draw_spine(&b, d);
    for (size_t i = 0; i < d->arrow_count; i++) draw_arrow(&b, d, &d->arrows[i]);
    buf_puts(&b, "</svg>");
    return (struct html){buf_str(&b)};
}
