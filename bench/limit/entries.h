/* What stands in the text index of a database of the product. */
#ifndef FAZHI_BENCH_ENTRIES_H
#define FAZHI_BENCH_ENTRIES_H

#include <sqlite3.h>
#include <stddef.h>

/* The tokens of these records' entries in their order, joined by spaces; "" for a record without one. The index keeps no
 * text, so that all of it is read for them. `ids` descend. The list and its texts are the caller's; ends the program on a
 * fault. */
char **entries_read(sqlite3 *db, const char *office, const char *reg, const long long *ids, size_t count);

#endif
