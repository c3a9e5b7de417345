/* The parts of the SQLite backend that know each other. Internal to src/store. */
#ifndef FAZHI_STORE_SQLITE_H
#define FAZHI_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/inside.h"

/* Fills the error from the connection's last result code. Always false. */
bool sqlite_fault(sqlite3 *db, struct error *err);

/* sqlite_bulk.c: many rows at once */
void *sqlite_bulk_begin(struct conn *c, struct str table, const struct column *columns, size_t count,
                        struct error *err);
bool sqlite_bulk_row(void *bulk, const struct value *values, size_t count, struct error *err);
bool sqlite_bulk_end(void *bulk, bool good, struct error *err);

/* sqlite_words.c: the text index by FTS5 */
bool sqlite_words_make(struct conn *c, struct error *err);
bool sqlite_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                      struct error *err);
bool sqlite_words_keep(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *was,
                       struct error *err);
bool sqlite_words_take_out(struct conn *c, struct arena *a, struct words_of *records, size_t most, size_t *count,
                           struct error *err);
bool sqlite_words_renew(struct conn *c, struct str office, struct str reg, struct error *err);
bool sqlite_words_clear(struct conn *c, struct error *err);
struct str sqlite_words_match(struct arena *a, struct str office, struct str reg, const struct word_term *terms,
                              size_t count);
extern const char sqlite_words_condition[], sqlite_words_walk_from[], sqlite_words_walk_where[], sqlite_words_check[];

/* sqlite_states.c: functions that the passes of figures call */
bool sqlite_add_states(sqlite3 *db);

/* sqlite_copy.c: online backup */
bool sqlite_copy(struct conn *c, const char *to, struct error *err);

#endif
