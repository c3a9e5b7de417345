/* What a writer of an office counts on: the end of the act log, the running numbers, organisations seen before.
 *
 * They are read once in a transaction and written once, before its commit, however many writers share it: each takes what
 * the one before left, and leaves behind what it made of it when its own part is to be kept. */
#ifndef FAZHI_STORE_HEADS_H
#define FAZHI_STORE_HEADS_H

#include "store/store.h"

/* The end of the act log. */
struct chain_end {
    int64_t seq;
    char hash[65]; /* hex SM3, terminated; empty when there is no act yet */
    bool known, moved;
};

/* The number given last: of a register and year, or of all records (no register). */
struct counter {
    const struct reg *reg;
    int year;
    int64_t last;
    bool known, moved;
};
enum { COUNTERS = 8 };

/* Organisations that were looked up: an import, and many who share a transaction, ask for the same few again and again. */
enum { ORGS_SEEN = 16, ORG_TEXT_MOST = 96 };
struct org_seen {
    char text[ORG_TEXT_MOST];
    size_t len;
    int64_t id; /* 0: none here */
};

struct heads {
    struct chain_end end;
    struct counter counters[COUNTERS];
    struct org_seen orgs[ORGS_SEEN]; /* forgotten when an organisation changes */
};

/* Position and hash of the last entry as one text. It is kept beside the log (setting chain_head), so that a log whose
 * end was cut off is noticed. */
struct str chain_head(struct arena *a, int64_t seq, struct str hash);

/* Only in a write. What those before in the same transaction left; nothing known when nobody did. */
void heads_take(struct conn *c, struct str office, struct heads *h);
/* Leaves it to the next, or to the commit. What the store itself is asked for meanwhile does not show it yet. */
void heads_leave(struct conn *c, struct str office, const struct heads *h);
/* The numbers of all records and of this register and year will be wanted, and the end of the log: what of it is not
 * known comes with the next answer, and is taken by the two below. */
void heads_expect(struct conn *c, struct str office, const struct reg *reg, int year, const struct heads *h);
/* Makes h->end known. */
bool heads_end(struct conn *c, struct str office, struct heads *h, struct error *err);
/* The next number of a register and year, or of all records (reg NULL). */
bool heads_next(struct conn *c, struct str office, const struct reg *reg, int year, struct heads *h, int64_t *n,
                struct error *err);

#endif
