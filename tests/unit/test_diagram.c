/* The drawing of a procedure: boxes and lanes never run into each other, for every register of the built-in office. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/diagram.h"

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

static void boxes_stand_below_one_another(void **state)
{
    (void)state;
    struct model *m = built_in();
    for (size_t r = 0; r < m->reg_count; r++) {
        auto_arena a = arena_open();
        struct diagram d = diagram_layout(a, &m->regs[r]);
        assert_int_equal(d.box_count, m->regs[r].stage_count);
        for (size_t i = 1; i < d.box_count; i++)
            assert_true(d.boxes[i].y >= d.boxes[i - 1].y + d.boxes[i - 1].height);
        assert_true(d.boxes[d.box_count - 1].y + d.boxes[d.box_count - 1].height <= d.height);
    }
    model_close(m);
}

/* Each end of an arrow lies on the side of its box, and no two ends share a place. */
static void ends_lie_at_their_boxes(void **state)
{
    (void)state;
    struct model *m = built_in();
    for (size_t r = 0; r < m->reg_count; r++) {
        auto_arena a = arena_open();
        struct diagram d = diagram_layout(a, &m->regs[r]);
        for (size_t i = 0; i < d.arrow_count; i++) {
            const struct diagram_arrow *x = &d.arrows[i];
            const struct diagram_box *from = &d.boxes[x->from];
            const struct diagram_box *to = &d.boxes[x->to];
            assert_true(x->y_from > from->y && x->y_from < from->y + from->height);
            assert_true(x->y_to > to->y && x->y_to < to->y + to->height);
            for (size_t k = 0; k < i; k++) {
                assert_int_not_equal(x->y_from, d.arrows[k].y_from);
                if (x->from != x->to) assert_int_not_equal(x->y_to, d.arrows[k].y_from);
            }
        }
    }
    model_close(m);
}

static void overlapping_arrows_have_lanes_of_their_own(void **state)
{
    (void)state;
    struct model *m = built_in();
    for (size_t r = 0; r < m->reg_count; r++) {
        auto_arena a = arena_open();
        struct diagram d = diagram_layout(a, &m->regs[r]);
        for (size_t i = 0; i < d.arrow_count; i++) {
            for (size_t k = 0; k < i; k++) {
                const struct diagram_arrow *x = &d.arrows[i];
                const struct diagram_arrow *y = &d.arrows[k];
                if (x->from == x->to || y->from == y->to || x->lane != y->lane) continue;
                int x1 = x->y_from < x->y_to ? x->y_from : x->y_to;
                int y1 = y->y_from < y->y_to ? y->y_from : y->y_to;
                int x2 = x->y_from + x->y_to - x1;
                int y2 = y->y_from + y->y_to - y1;
                if (x1 <= y2 && y1 <= x2) fail_msg("%.*s: two arrows share a lane", STR_ARG(m->regs[r].name));
            }
        }
    }
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_stand_below_one_another),
        cmocka_unit_test(ends_lie_at_their_boxes),
        cmocka_unit_test(overlapping_arrows_have_lanes_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
