/* Deadlines whose time offices above may set: param(name) in within, at_least and warn. Internal to src/office.
 *
 * The value in force on the day on which a deadline starts counts, as the version of the law of that day does: an
 * obligation is not lengthened or shortened by what is set later. It is kept in the row, so that extensions, suspensions
 * and recomputations go on with it. */
#ifndef FAZHI_OFFICE_DUE_PARAMS_H
#define FAZHI_OFFICE_DUE_PARAMS_H

#include "office/act.h"

/* What a transaction asked about parameters, once for each. Closed by tx_commit and tx_rollback. */
void parameters_seen_close(struct parameters_seen *seen);

/* `now`: the deadline with the amounts in force in the office for a start on that day, and who set them added to the
 * citation. `tx` remembers what it asked; NULL: it is asked of the database each time. */
bool due_resolve(struct tx *tx, const struct office *o, struct conn *c, struct arena *a, const struct deadline *d,
                 struct date start, struct deadline *now, struct error *err);

#endif
