/* Rows of fz_deadline in SQL. Internal to src/store. */
#ifndef FAZHI_STORE_DEADLINE_ROW_H
#define FAZHI_STORE_DEADLINE_ROW_H

#include "store/query.h"

/* What deadline_take reads, from column 0 on. */
#define DEADLINE_COLUMNS(alias)                                                                                        \
    alias "\"register\", " alias "\"record\", " alias "\"name\", " alias "\"start_on\", " alias "\"strict_on\", " alias  \
          "\"legal_on\", " alias "\"strict_at\", " alias "\"warn_on\", " alias "\"state\", " alias "\"met_on\", " alias \
          "\"suspended_on\", " alias "\"deducted\", " alias "\"extended\", " alias "\"cite\", " alias "\"rule\", " alias \
          "\"length\", " alias "\"roll\", " alias "\"calendar\""

struct deadline_row deadline_take(struct query *q, struct arena *a);

/* ` and (…)` of the table under the alias d: without the rights of these registers that lapsed before `today`; nothing
 * where there are no rights. The same registers are bound. */
void deadline_put_unlapsed(struct buf *sql, const struct seen_register *regs, size_t count);
void deadline_bind_unlapsed(struct query *q, const struct seen_register *regs, size_t count, struct str today);

#endif
