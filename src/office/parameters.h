/* Parameters: what an office sets for itself and all below, and what is in force in an office. */
#ifndef FAZHI_OFFICE_PARAMETERS_H
#define FAZHI_OFFICE_PARAMETERS_H

#include "office/act.h"
#include "store/parameters.h"

/* May this person set it for the own office and all below? A township-level unit only where the definition lets it. */
bool parameter_may_issue(const struct office *o, const struct user *u, const struct parameter_kind *kind);
/* Sets it from a day on; an entry in the act log. ERR_FORBIDDEN when the person may not; ERR_INPUT for a value out of
 * range or without the document that it rests on. */
bool parameter_issue(struct tx *tx, const struct parameter_kind *kind, int64_t value, struct date valid_from,
                     struct str cite, struct error *err);
/* The row in force on the day, NULL: that of the definitions. `list` as parameter_list gives it. */
const struct parameter_row *parameter_in_force(const struct parameter_row *list, size_t count, struct date on);

#endif
