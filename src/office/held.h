/* A record in hand: what the acts of one transaction make of it, one after the other, and of its deadlines.
 *
 * The tables follow when a formula is to see them and when the record is put down (held_write), not after every step of
 * every act: a row that an import plays through five acts is written two or three times instead of ten. What happened
 * since the last writing must be undone as a whole, with the transaction or with a savepoint from before the record was
 * taken up. */
#ifndef FAZHI_OFFICE_HELD_H
#define FAZHI_OFFICE_HELD_H

#include "office/act.h"

struct held_deadline {
    struct deadline_row row; /* no name: there is none */
    bool moved;              /* the table has it otherwise */
};

/* Begins as {0}; everything in it lives in the transaction's arena. */
struct held {
    struct record now;
    struct record stored; /* as the table has it */
    bool is_new;          /* the table does not have it */
    bool behind;          /* the table lacks what `now` has */
    bool knows_deadlines;
    struct held_deadline *deadlines; /* in the order of the register's */
};

/* Takes up a record as the table has it, or a new one, which it does not have. */
void held_take(struct held *h, struct arena *a, const struct record *r, bool is_new);
/* It is so now. Values are shared, not copied. */
void held_change(struct held *h, const struct record *now);
/* Its deadlines, read when they are asked for first. */
bool held_know_deadlines(struct tx *tx, struct held *h, struct error *err);
/* Brings the tables up to it for a formula to see, though it may yet be refused. */
bool held_show(struct tx *tx, struct held *h, struct error *err);
/* Brings the tables up to it: nothing refuses it any more. ERR_CONFLICT when the record is not what it was when it was
 * taken up. */
bool held_write(struct tx *tx, struct held *h, struct error *err);

#endif
