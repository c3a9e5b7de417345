/* Placing: which lines there are, rows, lanes. */
#include "base/utf8.h"
#include "web/diagram_inside.h"

int diagram_words_width(struct str words)
{
    return (int)utf8_columns(words) * DIAGRAM_HALF_EM;
}

int diagram_note_width(struct str note)
{
    return note.len ? (int)utf8_columns(note) * DIAGRAM_NOTE_HALF_EM + 2 * DIAGRAM_NOTE_PAD : 0;
}

static size_t stage_index(const struct reg *reg, struct str key)
{
    for (size_t i = 0; i < reg->stage_count; i++)
        if (str_eq(reg->stages[i].key, key)) return i;
    return 0;
}

/* ---- deadlines ---- */

/* What the act has to do with deadlines: within which it is due, after which it may be, by how much it extends. The
 * lengths as the law has them now. */
static struct str note_of(struct arena *a, const struct reg *reg, const struct act *act, bool *verified)
{
    struct buf b = buf_in(a);
    *verified = true;
    for (size_t i = 0; i < reg->deadline_count; i++) {
        const struct deadline *d = &reg->deadlines[i];
        const struct deadline_version *v = d->version_count ? &d->versions[d->version_count - 1] : NULL;
        bool meets = v && str_in(act->name, d->until, d->until_count);
        bool extends = d->extend_by.amount && str_eq(d->extend_on, act->name);
        if (!meets && !extends) continue;
        struct str length = period_length_words(a, meets ? v->length : d->extend_by);
        bool after = meets && d->direction == DEADLINE_AT_LEAST;
        bool set_above = meets && v->param; /* here stands what holds where nobody set it */
        struct str words = str_printf(a, "%s%s%.*s%s", set_above ? "默认" : "",
                                      !meets  ? "延长"
                                      : after ? "满"
                                              : "",
                                      STR_ARG(length),
                                      !meets  ? ""
                                      : after ? "后"
                                              : "内");
        *verified = *verified && (!v || v->cite.verified);
        if (str_find(buf_str(&b), words, 0) < b.len) continue;
        if (b.len) buf_puts(&b, "、");
        buf_put(&b, words);
    }
    return buf_str(&b);
}

/* ---- lines ---- */

static enum diagram_way way_of(size_t from, size_t to)
{
    if (from == to) return WAY_STAYS;
    if (to == from + 1) return WAY_NEXT;
    return to > from ? WAY_FORWARD : WAY_BACK;
}

static size_t lane_of(struct diagram *d, size_t to, enum diagram_way way)
{
    for (size_t i = 0; i < d->lane_count; i++)
        if (d->lanes[i].to == to && d->lanes[i].way == way) return i;
    d->lanes[d->lane_count] = (struct diagram_lane){.to = to, .way = way};
    return d->lane_count++;
}

static bool has_lane(const struct diagram_arrow *x)
{
    return x->way == WAY_FORWARD || x->way == WAY_BACK;
}

static void add_act(struct diagram *d, struct arena *a, const struct reg *reg, const struct act *act)
{
    bool verified;
    struct str note = note_of(a, reg, act, &verified);
    for (size_t i = 0; i < reg->stage_count; i++) {
        if (!act_leads_from(act, &reg->stages[i])) continue;
        size_t to = act->to.len ? stage_index(reg, act->to) : i;
        struct diagram_arrow *x = &d->arrows[d->arrow_count++];
        *x = (struct diagram_arrow){
            .act = act, .from = i, .to = to, .way = way_of(i, to), .note = note, .verified = verified};
        x->width = diagram_words_width(act->label);
        if (note.len) x->width += DIAGRAM_NOTE_GAP + diagram_note_width(note);
        if (has_lane(x)) x->lane = lane_of(d, to, x->way);
    }
}

/* ---- rows ---- */

/* The lane that comes into this box from there takes the row at y; the next free row. */
static int place_lane_end(struct diagram *d, size_t box, enum diagram_way way, int y)
{
    for (size_t i = 0; i < d->lane_count; i++) {
        if (d->lanes[i].to != box || d->lanes[i].way != way) continue;
        d->lanes[i].y_to = y;
        return y + DIAGRAM_ROW;
    }
    return y;
}

static int place_arrows(struct diagram *d, size_t box, bool next, int x, int y)
{
    for (size_t i = 0; i < d->arrow_count; i++) {
        struct diagram_arrow *arrow = &d->arrows[i];
        if (arrow->from != box || (arrow->way == WAY_NEXT) != next) continue;
        arrow->x = x;
        arrow->y = y;
        y += DIAGRAM_ROW;
    }
    return y;
}

/* Top to bottom: what comes in from above, what goes out, what comes in from below; then the words of the gap. */
static void place_rows(struct diagram *d)
{
    int text = DIAGRAM_MARGIN + d->box_width + DIAGRAM_TEXT_GAP;
    int spine = DIAGRAM_MARGIN + DIAGRAM_SPINE + DIAGRAM_TEXT_GAP;
    int y = DIAGRAM_MARGIN + DIAGRAM_ROW + DIAGRAM_BOX_PAD; /* the making of the record */
    for (size_t i = 0; i < d->box_count; i++) {
        struct diagram_box *b = &d->boxes[i];
        int first = y + DIAGRAM_BOX_PAD + DIAGRAM_ROW / 2;
        int row = place_lane_end(d, i, WAY_FORWARD, first);
        row = place_arrows(d, i, false, text, row);
        row = place_lane_end(d, i, WAY_BACK, row);
        if (row == first) row += DIAGRAM_ROW;
        b->y = y;
        b->height = row - first + 2 * DIAGRAM_BOX_PAD;
        int gap = y + b->height + DIAGRAM_BOX_PAD + DIAGRAM_ROW / 2;
        row = place_arrows(d, i, true, spine, gap);
        y += b->height + (row > gap ? row - gap + 2 * DIAGRAM_BOX_PAD + 4 : DIAGRAM_GAP);
    }
    const struct diagram_box *last = &d->boxes[d->box_count - 1];
    d->height = last->y + last->height + DIAGRAM_MARGIN;
}

/* ---- lanes ---- */

static void measure_lanes(struct diagram *d)
{
    for (size_t i = 0; i < d->lane_count; i++) d->lanes[i].top = d->lanes[i].bottom = d->lanes[i].y_to;
    for (size_t i = 0; i < d->arrow_count; i++) {
        const struct diagram_arrow *x = &d->arrows[i];
        if (!has_lane(x)) continue;
        struct diagram_lane *lane = &d->lanes[x->lane];
        if (x->y < lane->top) lane->top = x->y;
        if (x->y > lane->bottom) lane->bottom = x->y;
    }
}

static bool overlap(const struct diagram_lane *x, const struct diagram_lane *y)
{
    return x->top <= y->bottom && y->top <= x->bottom;
}

/* Short lanes stand inside of long ones, as far as they overlap. The number of columns. */
static int place_columns(struct diagram *d)
{
    int columns = 0;
    for (size_t placed = 0; placed < d->lane_count; placed++) {
        size_t shortest = placed;
        for (size_t i = placed; i < d->lane_count; i++)
            if (d->lanes[i].bottom - d->lanes[i].top < d->lanes[shortest].bottom - d->lanes[shortest].top) shortest = i;
        struct diagram_lane lane = d->lanes[shortest];
        d->lanes[shortest] = d->lanes[placed];
        d->lanes[placed] = lane;
        for (size_t i = 0; i < placed; i++)
            if (overlap(&d->lanes[i], &d->lanes[placed]) && d->lanes[i].column >= d->lanes[placed].column)
                d->lanes[placed].column = d->lanes[i].column + 1;
        if (d->lanes[placed].column >= columns) columns = d->lanes[placed].column + 1;
    }
    for (size_t i = 0; i < d->arrow_count; i++)
        if (has_lane(&d->arrows[i])) d->arrows[i].lane = lane_of(d, d->arrows[i].to, d->arrows[i].way);
    return columns;
}

/* Lanes begin right of all words. */
static void place_widths(struct diagram *d, int columns)
{
    int right = DIAGRAM_MARGIN + d->box_width;
    for (size_t i = 0; i < d->arrow_count; i++) {
        int end = d->arrows[i].x + d->arrows[i].width + DIAGRAM_TEXT_GAP;
        if (end > right) right = end;
    }
    for (size_t i = 0; i < d->lane_count; i++) d->lanes[i].x = right + DIAGRAM_LANE * (d->lanes[i].column + 1);
    d->width = right + DIAGRAM_LANE * columns + DIAGRAM_MARGIN;
}

struct diagram diagram_layout(struct arena *a, const struct reg *reg)
{
    struct diagram d = {.box_count = reg->stage_count, .create = reg->acts[0].label, .box_width = DIAGRAM_BOX_LEAST};
    d.boxes = arena_new_array(a, struct diagram_box, reg->stage_count);
    d.arrows = arena_new_array(a, struct diagram_arrow, reg->act_count * reg->stage_count + 1);
    d.lanes = arena_new_array(a, struct diagram_lane, 2 * reg->stage_count);
    for (size_t i = 0; i < reg->stage_count; i++) {
        int width = diagram_words_width(reg->stages[i].label) + 2 * DIAGRAM_TEXT_GAP;
        d.boxes[i].stage = &reg->stages[i];
        if (width > d.box_width) d.box_width = width;
    }
    for (size_t i = 0; i < reg->act_count; i++)
        if (reg->acts[i].kind == ACT_STEP) add_act(&d, a, reg, &reg->acts[i]);
    place_rows(&d);
    measure_lanes(&d);
    place_widths(&d, place_columns(&d));
    int words = DIAGRAM_MARGIN + DIAGRAM_SPINE + DIAGRAM_TEXT_GAP + diagram_words_width(d.create) + DIAGRAM_MARGIN;
    if (words > d.width) d.width = words;
    return d;
}
