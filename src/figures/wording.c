#include "figures/wording.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* ---- folding ---- */

/* Full-width forms and the punctuation that has two shapes. */
static uint32_t fold_character(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
    switch (c) {
    case 0x201C: case 0x201D: case 0x300C: case 0x300D: return '"';
    case 0x2018: case 0x2019: return '\'';
    default: return c;
    }
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == 0x3000 || c == 0xA0;
}

struct folded wording_fold(struct arena *a, struct str text)
{
    struct buf b = buf_in(a);
    size_t *origin = arena_new_array(a, size_t, text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (is_blank(c)) continue;
        char bytes[4];
        /* 。 must not look like the point of 3.5: it becomes a line end, which ends a clause too. */
        uint32_t folded = c == 0x3002 ? '\n' : fold_character(c);
        size_t n = utf8_encode(folded, bytes);
        for (size_t i = 0; i < n; i++) origin[b.len + i] = from;
        buf_put(&b, (struct str){bytes, n});
    }
    origin[b.len] = text.len;
    return (struct folded){buf_str(&b), origin};
}

/* ---- matching ---- */

struct matcher {
    struct str pattern;   /* folded, with {n} and … */
    const struct folded *text;
    const struct numbers *numbers;
    size_t number;        /* what {n} took */
    size_t end;           /* folded end of the match */
    size_t steps;         /* guards against patterns with many gaps */
};

enum { STEPS_MOST = 200000 };

static bool ends_clause(uint32_t c)
{
    return c == '\n' || c == ';' || c == '!' || c == '?';
}

/* Folded position of a byte of the original text: the first folded byte that stands there or later. */
static size_t folded_at(const struct folded *t, size_t original)
{
    size_t low = 0;
    size_t high = t->text.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->origin[middle] < original) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool match_from(struct matcher *m, size_t p, size_t at);

/* Position behind the words that only join a number to what it counts: 为100%, 均达到100%, 共98起. */
static size_t skip_joints(struct str text, size_t at)
{
    static const char *const joints[] = {"达到", "达", "均", "为", "是", "共计", "共有", "共", "约"};
    enum { JOINTS_MOST = 3 };
    for (int round = 0; round < JOINTS_MOST; round++) {
        size_t from = at;
        for (size_t i = 0; i < sizeof joints / sizeof *joints && at == from; i++)
            if (str_starts(str_slice(text, at, text.len), str_from(joints[i]))) at += strlen(joints[i]);
        if (at == from) break;
    }
    return at;
}

/* The last number that begins at or before this byte of the original text; the count when there is none. */
static size_t last_number(const struct numbers *numbers, size_t original)
{
    size_t low = 0, high = numbers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers->items[middle].at <= original) low = middle + 1;
        else high = middle;
    }
    return low ? low - 1 : numbers->count;
}

/* Its phrase or its numeral begins at this folded byte. */
static bool begins_at(const struct folded *t, const struct number *n, size_t at)
{
    return folded_at(t, n->at) == at || folded_at(t, n->numeral_at) == at;
}

/* {n}: a claim that begins here or behind joining words; behind it the pattern may go on at the end of the numeral, of its qualifier (余 多)
 * or of the whole phrase. */
static bool match_number(struct matcher *m, size_t p, size_t at)
{
    const size_t places[] = {at, skip_joints(m->text->text, at)};
    for (size_t place = 0; place < (places[1] == at ? 1 : 2); place++) {
        size_t i = last_number(m->numbers, m->text->origin[places[place]]);
        const struct number *n = i < m->numbers->count ? &m->numbers->items[i] : NULL;
        if (!n || (n->kind != NUMBER_FACT && n->kind != NUMBER_RATE) || !begins_at(m->text, n, places[place])) continue;
        size_t ends[] = {folded_at(m->text, n->at + n->len), folded_at(m->text, n->numeral_at + n->numeral_len)};
        m->number = i;
        /* Between the two ends stands the qualifier, then the unit: try every character's edge. */
        for (size_t end = ends[1]; end <= ends[0];) {
            if (match_from(m, p, end)) return true;
            if (end >= m->text->text.len) break;
            utf8_next(m->text->text, &end);
        }
    }
    m->number = SIZE_MAX;
    return false;
}

static bool match_gap(struct matcher *m, size_t p, size_t at)
{
    for (int i = 0; i <= WORDING_GAP; i++) {
        if (match_from(m, p, at)) return true;
        if (at >= m->text->text.len) return false;
        if (ends_clause(utf8_next(m->text->text, &at))) return false;
    }
    return false;
}

static bool match_from(struct matcher *m, size_t p, size_t at)
{
    if (++m->steps > STEPS_MOST) return false;
    while (p < m->pattern.len) {
        struct str rest = str_slice(m->pattern, p, m->pattern.len);
        if (str_starts(rest, STR("{n}"))) return match_number(m, p + 3, at);
        if (str_starts(rest, STR("…"))) return match_gap(m, p + 3, at);
        if (at >= m->text->text.len || m->text->text.s[at] != m->pattern.s[p]) return false;
        p++;
        at++;
    }
    m->end = at;
    return true;
}

static size_t literal_weight(struct str pattern)
{
    size_t weight = pattern.len;
    for (size_t at = 0; (at = str_find(pattern, STR("…"), at)) != SIZE_MAX; at += 3) weight -= 3;
    if (str_contains(pattern, STR("{n}"))) weight -= 3;
    return weight;
}

static bool at_character(struct str t, size_t at)
{
    return ((unsigned char)t.s[at] & 0xC0) != 0x80;
}

/* With a leading {n} the match begins at the number; else at the pattern's first literal. */
size_t wording_find(struct arena *a, struct str pattern, const struct folded *text, const struct numbers *numbers,
                    struct wording_match **matches)
{
    struct folded folded = wording_fold(a, pattern);
    struct matcher m = {.pattern = folded.text, .text = text, .numbers = numbers};
    size_t weight = literal_weight(folded.text);
    size_t count = 0;
    size_t cap = 0;
    *matches = NULL;
    for (size_t at = 0; at < text->text.len; at++) {
        if (!at_character(text->text, at)) continue;
        m.number = SIZE_MAX;
        m.steps = 0;
        if (!match_from(&m, 0, at)) continue;
        struct wording_match w = {text->origin[at], text->origin[m.end], m.number, weight};
        ARENA_PUSH(a, *matches, count, cap, w);
    }
    return count;
}
