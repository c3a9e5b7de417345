/* One act under way, as the parts of the engine that apply it see it: act_inputs.c takes what was typed, entry.c writes
 * the log, act.c does the rest. Internal to src/office. */
#ifndef FAZHI_OFFICE_ACT_INSIDE_H
#define FAZHI_OFFICE_ACT_INSIDE_H

#include "office/held.h"

struct work {
    struct tx *tx;
    const struct act_request *rq;
    const struct act *act;
    const struct act_input *inputs; /* fields the act takes */
    size_t input_count;
    struct record before; /* as it was; unused for create */
    struct record after;
    struct held own, *held; /* in hand */
    bool *given;    /* by field: an input named it */
    bool *faulty;   /* by field: that input was told as a fault */
    struct date on; /* the day on which it happened */
    struct errors *faults;
};

size_t work_field_index(const struct work *w, const struct field *f);
/* Adds the fault. Always false. */
bool work_fail(struct work *w, const struct error *err);

/* Formulas about the record as it is in hand, which is written for it, all in one statement. */
bool work_evaluate(struct work *w, const struct formula *const *list, size_t count, struct value *values);
/* Reason and number as they came: what no field checks. */
bool work_check_words(struct work *w);
/* Takes the inputs into `after`, fills defaults, checks what is required and unique, finds the day. All faults at once.
 */
bool work_take_inputs(struct work *w);
/* Writes the act into the log, with the deadlines that it moved. */
bool work_append(struct work *w, const struct deadline_row *rows, size_t count, int64_t *seq);

#endif
