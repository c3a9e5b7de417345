/* How one list is read: what is asked for, in which order, and through which index. Internal to src/store.
 *
 * SQLite keeps no statistics here that would tell it what is rare, so it is told the index; PostgreSQL finds it by
 * itself. */
#ifndef FAZHI_STORE_LIST_PLAN_H
#define FAZHI_STORE_LIST_PLAN_H

#include "store/inside.h"
#include "store/orders.h"

enum {
    ARMS_MOST = 16,     /* stages that are read each by itself and merged */
    STAGES_FEW = 5000,  /* records in the stages asked for that are looked at one by one */
    STAGES_SOME = 50000, /* the same in the index of stages alone, where it holds all that is asked */
};

struct plan {
    struct conn *conn;
    struct arena *arena;
    const struct list_query *q;
    struct order order; /* already turned round for a page that is read backwards */
    bool backwards;
    bool placed;        /* the page begins at q->place */
    struct str match;   /* for the text index */
    struct word_term *terms;
    size_t term_count;
    bool searches;
    bool nothing;       /* nothing can be found */
    bool newest;        /* hits of a search, by id */
    int64_t all, in_stages; /* live records, and those of the stages asked for */
    bool few_in_stages, most_in_stages; /* of all */
    bool stages_first;  /* a search finds more of all records than are in the stages asked for */
    int64_t span;       /* between the ids of the first and the last that were counted */
    bool dense;         /* a search finds so many that they are best looked for in the order of the list */
};
bool plan_make(struct conn *c, struct arena *a, const struct list_query *q, struct plan *p, struct error *err);
/* Stages in the register's own order, each with its range in the index of stages. (Where most records are in them and
 * have to have a code besides, the index of the codes leads to fewer.) */
bool plan_has_arms(const struct plan *p);

/* Might the records of the stages be looked through for the words, rather than those with the words for the stages? */
bool plan_may_begin_with_stages(const struct plan *p);

enum words_use {
    WORDS_NONE,
    WORDS_WALK,      /* through the text index, in the order of id */
    WORDS_CONDITION, /* the hits as a set */
    WORDS_CHECK,     /* record by record */
};
#define EVERY_WAY SIZE_MAX

/* One reading of the register's table. */
struct reading {
    struct str index;              /* SQLite must go through this one; empty: as it likes */
    enum words_use words;
    const struct segment *segment; /* only this range of the order */
    bool in_order;                 /* a walk in the order of the list */
    bool from_place;               /* WORDS_WALK begins at the place */
    const struct str *stage;       /* only this stage; NULL: those of the query */
    struct str late;               /* through the deadlines of this name that are overdue; "": not */
    size_t way;                    /* only what is seen by this way, through its index; EVERY_WAY: what is seen */
};
/* For all rows, in whatever order, and for rows in the order of the list. With `way` 0 the rows of each of sight_ways are
 * to be read in turn, and put together. */
struct reading reading_all(const struct plan *p);
struct reading reading_in_order(const struct plan *p);
/* " from … where …". The range comes before the conditions: of two bounds on one column SQLite takes the first. */
void reading_put(struct buf *sql, const struct plan *p, const struct reading *r);
void reading_bind(struct query *query, const struct plan *p, const struct reading *r);

#endif
