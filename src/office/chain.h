/* The act log as a chain: canonical JSON of each entry, SM3 over the hash before it and that JSON.
 *
 * Canonical JSON is compact with its keys sorted: equal objects give equal text. What every act needs is written as
 * text at once; it is the same text, byte for byte, as chain_canonical gives for the parsed object. */
#ifndef FAZHI_OFFICE_CHAIN_H
#define FAZHI_OFFICE_CHAIN_H

#include <jansson.h>

#include "base/buf.h"
#include "office/act.h"

struct str chain_canonical(struct arena *a, const json_t *json);
/* A text as JSON; "" when it has none. */
json_t *chain_json_text(struct str t);
/* An act of administration whose details are this object, which is given back. */
bool chain_record(struct tx *tx, struct str what, json_t *details, struct error *err);

/* A value as JSON: null, integer, real, string. */
void chain_put_value(struct buf *b, struct value v);
json_t *chain_json_value(struct value v);

/* Names and their JSON texts, to be written as an object. */
struct chain_member {
    struct str name, json;
};
/* Sorts the members by name. Names must differ. */
void chain_put_object(struct buf *b, struct chain_member *members, size_t count);

/* What a record's head says: number, stage, created_on, org, version, voided; with `before` only what differs from it,
 * and nothing at all when that is nothing. */
void chain_put_head(struct buf *b, const struct record_head *h, const struct record_head *before);
/* A deadline, all its columns but register, record and name, and those that are empty or 0. */
void chain_put_deadline(struct buf *b, const struct deadline_row *d);

/* Hash of an entry whose prev_hash and all else are set. */
struct str chain_hash(struct arena *a, const struct act_entry *e);
/* Fills seq, prev_hash and hash after the last entry and appends. */
bool chain_append(struct tx *tx, struct act_entry *e, struct error *err);

#endif
