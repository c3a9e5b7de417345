/* Acts: the only way in which a record comes into being or changes.
 *
 * act_apply checks, in one transaction: role, stage, inputs, gates; writes the record, its deadlines, and the
 * act with its hash in the chain. A refused act changes nothing and tells every reason at once: ERR_INPUT faults
 * with the field's name, ERR_REFUSED with rule, article and remedy, ERR_FORBIDDEN, ERR_CONFLICT. */
#ifndef FAZHI_OFFICE_ACT_H
#define FAZHI_OFFICE_ACT_H

#include "office/office.h"
#include "store/heads.h"

struct parameters_seen; /* due_params.h */

/* What one person does in one transaction. */
struct tx {
    struct office *office;
    struct conn *conn;
    struct arena *arena;
    const struct user *user;
    struct str entrance; /* page, api, import, command */
    int64_t now;
    struct date today;
    struct heads heads;
    struct parameters_seen *parameters; /* NULL: none was asked for yet */
    bool noted;  /* the log tells, with this transaction, which definitions are in force */
    bool whole;  /* acts take no savepoint of their own: */
    bool careful; /* of a new record's number it is asked at once whether it is free; else it may turn out at the end */
    bool spoilt; /* one was refused after it had written, what was done since the last savepoint must be undone */
};

/* Begins; ends with tx_commit or tx_rollback. */
bool tx_begin(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
              struct error *err);
/* The same for what takes long, as an import does: no other act waits for its end to be saved. */
bool tx_begin_long(struct tx *tx, struct office *o, struct arena *a, const struct user *u, struct str entrance,
                   struct error *err);
bool tx_commit(struct tx *tx, struct error *err);
/* What kept somebody from writing (ERR_BUSY): when an import is under way, on whichever server, says which and how far. */
void tx_explain_busy(struct office *o, struct error *err);
/* The same for a writer who was announced (store_announce): true says only that the promise will tell. NULL: tx_commit. */
bool tx_commit_later(struct tx *tx, struct store_promise *promise, struct error *err);
void tx_rollback(struct tx *tx);

/* A part that can be undone alone; `mark` keeps what the transaction knew when it began. */
struct tx_mark {
    struct heads heads;
};
bool tx_savepoint(struct tx *tx, struct tx_mark *mark, struct error *err);
bool tx_release(struct tx *tx, struct error *err);
bool tx_undo(struct tx *tx, const struct tx_mark *mark, struct error *err);

/* A new record of the register will need the end of the log and the numbers below: the next answer brings them. */
void tx_expect(struct tx *tx, const struct reg *reg, int year);
/* Next free id in the office, and next {seq} of a register and year. Asked of the database once, then counted here. */
bool tx_next_id(struct tx *tx, int64_t *id, struct error *err);
bool tx_next_seq(struct tx *tx, const struct reg *reg, int year, int64_t *seq, struct error *err);

struct held;

struct input {
    struct str name; /* field name */
    struct str text; /* as typed; empty clears the field */
    bool ready;      /* act_read_inputs has made `value` of it */
    struct value value;
};

/* Reads what of the inputs needs no database (dates, numbers, texts, what is to be sealed), so that less is left to do while
 * others wait to write. What can't be read is left for the act, which tells why. */
void act_read_inputs(const struct office *o, struct arena *a, const struct reg *reg, struct input *inputs, size_t count);

struct act_request {
    const struct reg *reg;
    int64_t record; /* 0 for create */
    struct str act;
    const struct input *inputs;
    size_t input_count;
    struct str reason; /* needed for amend, void, view; the text of a note */
    struct held *held; /* the record in hand (held.h), also as this act leaves it, in a transaction that is undone as a
                        * whole; NULL: it is read and written back */
    int64_t version;   /* of the record the person looked at; 0: not checked */
    struct str number; /* create by import: the number it has already */
    bool no_defaults;  /* inputs not given stay empty (a form that showed its defaults) */
};

struct act_result {
    int64_t record;
    int64_t seq; /* position in the act log */
    struct str number;
    struct str stage;
};

bool act_apply(struct tx *tx, const struct act_request *rq, struct act_result *result, struct errors *faults);

/* Was a number taken that the transaction believed to be free? Then what was done since the savepoint is to be undone,
 * and done again with `careful`. */
bool act_number_taken(const struct error *err);

/* tx_begin, act_apply, tx_commit_later. */
bool act_do(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct act_request *rq,
            struct act_result *result, struct errors *faults, struct store_promise *promise);

/* May the act be tried now: role and stage, not the gates. */
bool act_is_open(const struct user *u, const struct record *r, const struct act *act, struct str entrance);
/* Fields that the act takes as inputs, with whether each is required. For create: fields given at creation; for amend:
 * every field that is not derived. */
size_t act_fields(struct arena *a, const struct reg *reg, const struct act *act, struct act_input **inputs);
/* May this person correct this field of the record: a field given at creation, whoever may create; a field that an act
 * of the procedure fills, only who may do that act, and only after it was filled: an amendment corrects what was done
 * and never does it (else a clerk could write the reviewer's conclusion). */
bool act_may_amend(const struct user *u, const struct record *r, const struct field *f, struct str entrance);
/* Default of an input for a record (0 for a new one); VALUE_NULL when there is none. */
bool act_default(struct tx *tx, const struct act_input *input, int64_t record, struct value *value, struct error *err);

/* An act of administration (accounts, organisations, reports, recomputation): only the entry in the chain. `what` is
 * the act's name, `details` a JSON object's text without secrets. */
bool act_record_admin(struct tx *tx, struct str what, struct str details, struct error *err);

#endif
