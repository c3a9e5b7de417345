/* Orders of lists, their pages and the indexes that serve them. Internal to src/store.
 *
 * A list is ordered by one or more columns and, last, by id: no two rows stand at the same place. Empties count as
 * smallest. A page begins at a place, which is the values of the row at its edge: what lies beyond it is a few plain
 * ranges of one index, so that the millionth row is found as fast as the first. */
#ifndef FAZHI_STORE_ORDERS_H
#define FAZHI_STORE_ORDERS_H

#include "store/query.h"

enum key_kind {
    KEY_PLAIN,
    KEY_LENGTH, /* length of a text: 9号 before 10号 */
    KEY_BEGIN,  /* first characters of a text: indexes stay small, and PostgreSQL takes no long ones */
};

struct order_key {
    struct str column;
    enum key_kind kind;
    enum field_type type; /* what its values are: FIELD_TEXT, FIELD_INTEGER, FIELD_DATE or FIELD_MOMENT */
    bool down;
    bool filled; /* is never empty */
};

struct order {
    const char *alias; /* of the table in SQL */
    struct order_key keys[LIST_KEYS_MOST];
    size_t count;
    bool indexed; /* the register has an index for it */
};

/* How a list of `reg` is ordered by this column; "" for the register's own order. False when it can't be: unknown, or
 * private, whose sealed text has no order and must not tell one. */
bool order_of(const struct reg *reg, struct str column, bool descending, struct order *o);
/* The same backwards. */
struct order order_reversed(const struct order *o);

/* " order by …". `fixed`: so many keys have one value in all rows. */
void order_put(struct buf *sql, const struct order *o, size_t fixed);
/* The column as the order sees it. */
void order_put_key(struct buf *sql, const char *alias, const struct order_key *k);
/* ", a, b desc" of an index. */
void order_put_columns(struct buf *sql, const struct order *o, enum formula_dialect dialect);
/* Whether the values of a place may stand in this order. */
bool order_takes(const struct order *o, const struct list_place *place);

/* What lies behind a place, as ranges of the index in their order: for each the first `equal` keys are as in the place
 * and the next is beyond it, or empty, or filled. */
struct segment {
    size_t equal;
    enum { BEYOND, EMPTY, FILLED } next;
};
enum { SEGMENTS_MOST = 2 * LIST_KEYS_MOST };
size_t order_segments(const struct order *o, const struct list_place *place, struct segment *out);
/* "a = ? and b > ?" */
void segment_put(struct buf *sql, const struct order *o, const struct list_place *place, const struct segment *s);
void segment_bind(struct query *q, const struct list_place *place, const struct segment *s);

/* ---- indexes of a register ---- */

struct index_def {
    struct str name;
    struct str columns; /* SQL behind "on TABLE" */
};
/* All that the register should have, in the dialect of the database. */
size_t register_indexes(struct arena *a, const struct reg *reg, enum formula_dialect dialect, struct index_def **list);
/* The name of the index that serves an order; empty when there is none but the primary key. */
struct str order_index(struct arena *a, const struct reg *reg, const struct order *o);
/* The index that finds the records with a column's value, empty when there is none; with `ordered` only one in which they
 * stand in the register's own order. */
struct str lookup_index(struct arena *a, const struct reg *reg, struct str column, bool ordered);
/* Does the index of the stages in the register's own order hold these columns? */
bool stage_index_holds(const struct reg *reg, const struct str *columns, size_t count);
/* Names that indexes of the register had before they told what they are made of. */
size_t former_indexes(struct arena *a, const struct reg *reg, struct str **list);

#endif
