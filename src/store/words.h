/* Words of Chinese text for the text index. Internal to src/store.
 *
 * Runs of Chinese characters become overlapping pairs (物业纠纷 → 物业 业纠 纠纷), so that every word of two or more
 * characters is found without a dictionary; each character is kept once more by itself for queries of one. Latin
 * letters and digits become words in lower case, full-width forms as half-width ones. All else separates. */
#ifndef FAZHI_STORE_WORDS_H
#define FAZHI_STORE_WORDS_H

#include "base/buf.h"

/* Tokens of one record, joined by spaces. */
struct words {
    struct buf pairs; /* pairs and words in the order of the text; "·" where a run of characters ends */
    struct buf chars; /* single Chinese characters, most of them once */
    uint32_t *seen;   /* characters that stand in chars, as far as remembered */
};

/* Changes whenever the tokens of the same text would change: an index made by another version is made anew. */
#define WORDS_VERSION "2"

struct words words_in(struct arena *a);
void words_add(struct words *w, struct str text);

enum word_term_kind {
    TERM_PAIRS,  /* pairs that must follow each other */
    TERM_CHAR,   /* one Chinese character */
    TERM_PREFIX, /* beginning of a word */
};

struct word_term {
    enum word_term_kind kind;
    struct str tokens; /* joined by spaces */
    struct str text;   /* the run of characters that they were cut from */
};

/* What a record must hold all of to be found by `search`. None when nothing in it can be searched for. */
size_t words_of_search(struct arena *a, struct str search, struct word_term **terms);

#endif
