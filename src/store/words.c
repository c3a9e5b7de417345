#include "store/words.h"

#include "base/utf8.h"

enum letter { LETTER_NONE, LETTER_CHINESE, LETTER_WORD };

/* Full-width forms (U+FF01…U+FF5E) stand for ASCII; ASCII and Latin-1 capitals become small. */
static uint32_t folded(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) c = c - 0xFF01 + 0x21;
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    return c;
}

static enum letter letter_of(uint32_t c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) return LETTER_WORD;
    if (c < 0xC0 || c == 0xD7 || c == 0xF7) return LETTER_NONE;
    if (utf8_is_han(c) || c == 0x3005 || c == 0x3007) return LETTER_CHINESE;
    if (c >= 0x3040 && c <= 0x30FF) return LETTER_CHINESE; /* kana */
    if (c >= 0xAC00 && c <= 0xD7A3) return LETTER_CHINESE; /* Hangul */
    if (c >= 0x2000 && c <= 0x303F) return LETTER_NONE;    /* punctuation, symbols, CJK punctuation */
    if (c >= 0x3200 && c <= 0x33FF) return LETTER_NONE;
    if (c >= 0xFE00 && c <= 0xFFFF) return LETTER_NONE;
    if (c >= 0x1F000 && c <= 0x1FAFF) return LETTER_NONE; /* pictures */
    return LETTER_WORD;
}

/* A run of letters of one kind. */
struct run {
    enum letter kind;
    uint32_t *chars;
    size_t count;
};

/* Takes the next run; false at the end. `room` holds as many characters as the text has bytes. */
static bool next_run(struct str text, size_t *at, uint32_t *room, struct run *run)
{
    *run = (struct run){.chars = room};
    while (*at < text.len) {
        size_t next = *at;
        uint32_t c = folded(utf8_next(text, &next));
        enum letter kind = letter_of(c);
        if (run->count && kind != run->kind) return true;
        *at = next;
        if (kind == LETTER_NONE) continue;
        run->kind = kind;
        room[run->count++] = c;
    }
    return run->count > 0;
}

static void put_chars(struct buf *b, const uint32_t *chars, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char bytes[4];
        buf_put(b, (struct str){bytes, utf8_encode(chars[i], bytes)});
    }
}

static void put_token(struct buf *b, const uint32_t *chars, size_t count)
{
    if (b->len) buf_putc(b, ' ');
    put_chars(b, chars, count);
}

enum { SEEN = 256 };

struct words words_in(struct arena *a)
{
    return (struct words){.pairs = buf_in(a), .chars = buf_in(a), .seen = arena_new_array(a, uint32_t, SEEN)};
}

/* Where a character stands, and how often, nobody asks: a text has each of them about twice. */
static void put_char(struct words *w, uint32_t c)
{
    uint32_t *seen = &w->seen[c % SEEN];
    if (*seen == c) return;
    *seen = c;
    put_token(&w->chars, &c, 1);
}

static void put_pairs(struct buf *b, const struct run *run)
{
    for (size_t i = 0; i + 1 < run->count; i++) put_token(b, run->chars + i, 2);
}

void words_add(struct words *w, struct str text)
{
    uint32_t *room = arena_new_array(w->pairs.arena, uint32_t, text.len + 1);
    static const uint32_t stop = 0xB7;
    struct run run;
    for (size_t at = 0; next_run(text, &at, room, &run);) {
        if (run.kind == LETTER_WORD) {
            put_token(&w->pairs, run.chars, run.count);
            continue;
        }
        put_pairs(&w->pairs, &run);
        put_token(&w->pairs, &stop, 1);
        for (size_t i = 0; i < run.count; i++) put_char(w, run.chars[i]);
    }
}

size_t words_of_search(struct arena *a, struct str search, struct word_term **terms)
{
    uint32_t *room = arena_new_array(a, uint32_t, search.len + 1);
    size_t count = 0;
    size_t cap = 0;
    *terms = NULL;
    struct run run;
    for (size_t at = 0; next_run(search, &at, room, &run);) {
        struct buf b = buf_in(a), whole = buf_in(a);
        struct word_term term = {.kind = TERM_PREFIX};
        if (run.kind == LETTER_CHINESE) term.kind = run.count == 1 ? TERM_CHAR : TERM_PAIRS;
        if (term.kind == TERM_PAIRS)
            put_pairs(&b, &run);
        else
            put_token(&b, run.chars, run.count);
        put_chars(&whole, run.chars, run.count);
        term.tokens = buf_str(&b);
        term.text = buf_str(&whole);
        ARENA_PUSH(a, *terms, count, cap, term);
    }
    return count;
}
