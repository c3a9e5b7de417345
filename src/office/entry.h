/* What the entry of an act in the log says.
 *
 * `inputs` are the fields that were given, as they were taken, and the reason. `changes`, each part left out when there
 * is nothing in it:
 *   head       the members of the record's head that became another
 *   others     fields that changed beside the inputs; the inputs' own changes are not told twice
 *   kept       inputs whose field had that value before
 *   deadlines  those that moved, whole but for empty members
 * Entries of earlier versions hold `fields` (all that changed) instead of `others` and `kept`, and say everything of head
 * and deadlines; both are read alike. */
#ifndef FAZHI_OFFICE_ENTRY_H
#define FAZHI_OFFICE_ENTRY_H

#include <jansson.h>

#include "store/store.h"

/* The fields that the act changed, with their new values. The caller's own (json_decref). */
json_t *entry_fields(const struct act_entry *e, const json_t *changes);
/* A deadline of `changes` as chain_put_deadline writes it now: without empty members. The caller's own. */
json_t *entry_deadline(const json_t *said);

#endif
