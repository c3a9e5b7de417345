/* Words looked for in the records' own texts: what the text index would say, known from a row that is read anyway.
 * Internal to src/store.
 *
 * Chinese characters stand in the index as they stand in the text, so a run of them is in a record when it is part of one
 * of its searched texts (or of the label of one of its codes). Beginnings of Latin words need the index: they are folded. */
#ifndef FAZHI_STORE_LIST_WORDS_H
#define FAZHI_STORE_LIST_WORDS_H

#include "store/inside.h"

/* Can the texts tell? */
bool texts_tell(const struct word_term *terms, size_t count);
/* " and (…)" for each of the terms, about the row `self`; SQLite. */
void texts_put(struct buf *sql, const struct reg *reg, const struct word_term *terms, size_t count);
void texts_bind(struct query *q, const struct reg *reg, const struct word_term *terms, size_t count);

#endif
