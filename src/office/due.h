/* Deadlines in motion: what an act starts, meets, extends, suspends and stops.
 *
 * Each is computed once, at its start, from the version of the law in force on that day, and kept as a row with both
 * last days (strict and moved). Later acts move it; looking at it does not. */
#ifndef FAZHI_OFFICE_DUE_H
#define FAZHI_OFFICE_DUE_H

#include "office/held.h"

/* How later acts move it:
 *  - an act that starts it once more (a step) begins a new round; an amendment of the start moves the round there is,
 *    and takes it away when the start is emptied or its condition does not hold for the new start;
 *  - an amendment of the day of the act that started or met it, or of the days of its last suspension, counts and judges again;
 *  - a suspension that began after the last day takes out nothing; meeting it while suspended ends the suspension. */

/* Mark in deadline_row.calendar while a year on the way has no holiday arrangement yet: pending:2027. The dates then
 * are the earliest possible ones, and recomputing after the arrangement came fills in the true ones. */
bool due_is_pending(const struct deadline_row *d, struct str *year);

/* After `act` (done on day `on`) changed `before` (NULL for a new record) into what is in hand: moves the record's
 * deadlines in hand, and lists those that changed. An act that comes before an "at least" period is over is
 * refused into `faults`. */
bool due_after_act(struct tx *tx, struct held *held, const struct record *before, const struct act *act, struct date on,
                   struct deadline_row **changed, size_t *count, struct errors *faults);

/* The deadline as a start on that day has it: param(name) with the amount that the nearest office set for that day, who
 * set it added to the citation. What runs already keeps the length it was started with. */
bool due_in_force(const struct office *o, struct conn *c, struct arena *a, const struct deadline *d, struct date day,
                  struct deadline *now, struct error *err);

/* Computes the row's dates from its start_on, length, roll, extended and deducted. A year without holiday
 * arrangement is no fault here: the row is marked pending (see due_is_pending). */
void due_compute(const struct model *m, struct arena *a, const struct deadline *d, struct deadline_row *row);
/* The same from the date that the paper itself states; `unit` is the kind of day that its time is counted in. */
void due_compute_given(const struct model *m, struct arena *a, const struct deadline *d, enum period_unit unit,
                       struct str day, struct deadline_row *row);
/* Takes the time between out of the period (adds to `deducted`). Working days of a year without arrangement are owed:
 * noted behind the mark of due_is_pending and counted when the arrangement came. */
void due_deduct(const struct model *m, struct arena *a, enum period_unit unit, struct date from, struct date to,
                struct deadline_row *row);
/* Met or missed, of a row with met_on: by the day. */
enum deadline_state due_judged(const struct deadline *d, const struct deadline_row *row);

/* How a running deadline stands today. */
enum due_standing {
    DUE_OK,
    DUE_NEAR,
    DUE_TODAY,
    DUE_OVERDUE,
    DUE_LAPSED, /* a right that nobody used in time: nobody's failure */
    DUE_MET,
    DUE_MISSED,
    DUE_LATE_USE, /* a right that was used after it had lapsed */
    DUE_SUSPENDED,
    DUE_STOPPED
};
/* `d`: NULL when the definitions no longer have it. */
enum due_standing due_standing(const struct deadline *d, const struct deadline_row *row, struct date today);
/* 剩余3天, 今天到期, 已逾期2天, 按期完成, 逾期完成, 已中止, 已终止; of rights: 期满未提出, 期内提出, 期满后提出 */
struct str due_standing_words(struct arena *a, const struct deadline *d, const struct deadline_row *row,
                              struct date today);

/* ---- recomputation when the holiday data changed ---- */

struct due_move {
    struct deadline_row before;
    struct str legal_on, strict_on; /* after */
    bool held;                      /* told to a citizen and the move would be to their harm: stays */
};
/* What would move; changes nothing. */
bool due_recompute_preview(struct office *o, struct conn *c, struct arena *a, struct due_move **moves, size_t *count,
                           struct error *err);
/* Does it, in one act of administration; `moved` tells how many rows changed. */
bool due_recompute(struct office *o, struct arena *a, const struct user *u, struct str entrance, size_t *moved,
                   struct error *err);

#endif
