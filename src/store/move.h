/* Carrying offices from one database to another, row by row. */
#ifndef FAZHI_STORE_MOVE_H
#define FAZHI_STORE_MOVE_H

#include "store/store.h"

struct move_counts {
    int64_t rows;        /* of all tables */
    int64_t attachments;
    int64_t acts;
};

/* The keys of all offices of the database that have acted, in order. */
bool store_offices(struct conn *c, struct arena *a, struct str **keys, size_t *count, struct error *err);
/* Copies everything of the office as it is at one moment: records, log, deadlines, people, settings, fixed reports,
 * attachments; no sessions. In one transaction: all of it is there afterwards, or nothing. Both stores have the same
 * model. ERR_CONFLICT when `to` has the office already. `from` is left as it is. The key file is the caller's to copy.
 */
bool store_copy_office(struct store *from, struct store *to, struct str office, struct move_counts *counts,
                       struct error *err);

#endif
