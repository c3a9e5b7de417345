/* The drawing of a procedure: boxes, words and lanes never run into each other, for every register of the built-in
 * office. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "web/diagram_inside.h"

static struct model *built_in(void)
{
    const struct definition_file *files;
    size_t count = model_built_in_files(&files);
    auto_arena a = arena_open();
    struct errors faults = errors_in(a);
    struct model *m = model_load(files, count, &faults);
    assert_non_null(m);
    return m;
}

/* Lays out each register and lets `look` judge. */
static void each_register(void (*look)(const struct reg *reg, const struct diagram *d))
{
    struct model *m = built_in();
    assert_true(m->reg_count > 30);
    for (size_t r = 0; r < m->reg_count; r++) {
        auto_arena a = arena_open();
        struct diagram d = diagram_layout(a, &m->regs[r]);
        look(&m->regs[r], &d);
    }
    model_close(m);
}

static bool has_lane(const struct diagram_arrow *x)
{
    return x->way == WAY_FORWARD || x->way == WAY_BACK;
}

static void look_at_boxes(const struct reg *reg, const struct diagram *d)
{
    assert_int_equal(d->box_count, reg->stage_count);
    for (size_t i = 0; i < d->box_count; i++) {
        assert_true(diagram_words_width(d->boxes[i].stage->label) < d->box_width);
        if (i) assert_true(d->boxes[i].y >= d->boxes[i - 1].y + d->boxes[i - 1].height + DIAGRAM_GAP);
    }
    assert_true(d->boxes[d->box_count - 1].y + d->boxes[d->box_count - 1].height <= d->height);
}

static void boxes_stand_below_one_another(void **state)
{
    (void)state;
    each_register(look_at_boxes);
}

/* Each act at each of its stages, once. */
static void look_at_acts(const struct reg *reg, const struct diagram *d)
{
    size_t wanted = 0;
    for (size_t i = 0; i < reg->act_count; i++) {
        const struct act *act = &reg->acts[i];
        for (size_t s = 0; act->kind == ACT_STEP && s < reg->stage_count; s++) {
            bool leaves = act->from_count == 0 && !reg->stages[s].final;
            for (size_t k = 0; k < act->from_count; k++) leaves = leaves || str_eq(act->from[k], reg->stages[s].key);
            wanted += leaves;
        }
    }
    assert_int_equal(d->arrow_count, wanted);
    for (size_t i = 0; i < d->arrow_count; i++) {
        const struct diagram_arrow *x = &d->arrows[i];
        if (x->act->to.len)
            assert_true(str_eq(x->act->to, d->boxes[x->to].stage->key));
        else
            assert_int_equal(x->to, x->from);
    }
}

static void every_act_stands_at_its_stages(void **state)
{
    (void)state;
    each_register(look_at_acts);
}

/* Words stand in a row of their own, at their box or in the gap below it. */
static void look_at_words(const struct reg *reg, const struct diagram *d)
{
    for (size_t i = 0; i < d->arrow_count; i++) {
        const struct diagram_arrow *x = &d->arrows[i];
        const struct diagram_box *box = &d->boxes[x->from];
        int top = x->way == WAY_NEXT ? box->y + box->height : box->y;
        int bottom = x->way == WAY_NEXT ? d->boxes[x->to].y : box->y + box->height;
        if (x->y - DIAGRAM_ROW / 2 < top || x->y + DIAGRAM_ROW / 2 > bottom)
            fail_msg("%.*s: %.*s stands outside of its place", STR_ARG(reg->name), STR_ARG(x->act->label));
        for (size_t k = 0; k < i; k++)
            if (abs(x->y - d->arrows[k].y) < DIAGRAM_ROW)
                fail_msg("%.*s: %.*s runs into %.*s", STR_ARG(reg->name), STR_ARG(x->act->label),
                         STR_ARG(d->arrows[k].act->label));
        for (size_t k = 0; k < d->lane_count; k++) {
            assert_true(x->x + x->width < d->lanes[k].x);
            assert_true(abs(x->y - d->lanes[k].y_to) >= DIAGRAM_ROW);
        }
    }
}

static void words_never_meet_words_or_lines(void **state)
{
    (void)state;
    each_register(look_at_words);
}

static void look_at_lanes(const struct reg *reg, const struct diagram *d)
{
    for (size_t i = 0; i < d->lane_count; i++) {
        const struct diagram_lane *x = &d->lanes[i];
        const struct diagram_box *box = &d->boxes[x->to];
        assert_true(x->y_to > box->y && x->y_to < box->y + box->height);
        assert_true(x->x < d->width);
        assert_true(x->y_to == (x->way == WAY_FORWARD ? x->bottom : x->top));
        for (size_t k = 0; k < i; k++) {
            const struct diagram_lane *y = &d->lanes[k];
            if (x->x == y->x && x->top <= y->bottom && y->top <= x->bottom)
                fail_msg("%.*s: lanes to %.*s and %.*s run into each other", STR_ARG(reg->name),
                         STR_ARG(box->stage->label), STR_ARG(d->boxes[y->to].stage->label));
        }
    }
    for (size_t i = 0; i < d->arrow_count; i++) {
        const struct diagram_arrow *x = &d->arrows[i];
        if (!has_lane(x)) continue;
        const struct diagram_lane *lane = &d->lanes[x->lane];
        assert_int_equal(lane->to, x->to);
        assert_int_equal(lane->way, x->way);
        assert_true(x->y >= lane->top && x->y <= lane->bottom);
    }
}

static void overlapping_lanes_stand_apart(void **state)
{
    (void)state;
    each_register(look_at_lanes);
}

static void acts_carry_their_deadlines(void **state)
{
    (void)state;
    struct model *m = built_in();
    auto_arena a = arena_open();
    const struct reg *petition = model_reg(m, STR("petition"));
    struct diagram d = diagram_layout(a, petition);
    bool found = false;
    for (size_t i = 0; i < d.arrow_count; i++)
        found = found ||
                (str_is(d.arrows[i].act->name, "accept") && str_is(d.arrows[i].note, "15日内") && d.arrows[i].verified);
    assert_true(found);
    struct html svg = diagram_svg(a, petition, &d);
    assert_true(str_find(svg.text, STR(">15日内<"), 0) < svg.text.len);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_stand_below_one_another),   cmocka_unit_test(every_act_stands_at_its_stages),
        cmocka_unit_test(words_never_meet_words_or_lines), cmocka_unit_test(overlapping_lanes_stand_apart),
        cmocka_unit_test(acts_carry_their_deadlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
