/* The part of a replay that proves the definitions an office issued. Internal to src/office. */
#ifndef FAZHI_OFFICE_REPLAY_DEFINITIONS_H
#define FAZHI_OFFICE_REPLAY_DEFINITIONS_H

#include <jansson.h>

#include "office/office.h"

/* Compares the rows and files in the tables with what the log tells of them (`said`: number → the entry's inputs, which are
 * taken out of it as they are found). Calls `differ` with a sentence for each difference. */
bool replay_definitions(const struct office *o, struct conn *c, struct arena *a, json_t *said,
                        void (*differ)(void *arg, struct str text), void *arg, struct error *err);

#endif
