/* The act log as a chain: canonical JSON of each entry, SM3 over the hash before it and that JSON. */
#ifndef FAZHI_OFFICE_CHAIN_H
#define FAZHI_OFFICE_CHAIN_H

#include <jansson.h>

#include "store/store.h"

/* A value as JSON: null, integer, real, string. */
json_t *chain_json_value(struct value v);
/* Compact, keys sorted: equal objects give equal text. */
struct str chain_canonical(struct arena *a, const json_t *json);
/* What a record's head says: number, stage, created_on, org, version, voided. */
json_t *chain_json_head(const struct record_head *h);
/* A deadline as JSON object, all its columns but register, record and name. */
json_t *chain_json_deadline(const struct deadline_row *d);
/* Hash of an entry whose prev_hash and all else are set. */
struct str chain_hash(struct arena *a, const struct act_entry *e);
/* Position and hash of the last entry as one text. It is kept beside the log (setting chain_head), so that a log whose
 * end was cut off is noticed. */
struct str chain_head(struct arena *a, int64_t seq, struct str hash);
/* Fills seq, prev_hash and hash after the last entry, appends, and notes the new head. */
bool chain_append(struct conn *c, struct arena *a, struct str office, struct act_entry *e, struct error *err);

#endif
