/* UTF-8: the border check, characters, widths of text. */
#ifndef FAZHI_BASE_UTF8_H
#define FAZHI_BASE_UTF8_H

#include "base/str.h"

/* True when all of `t` is well-formed UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF)
 * without NUL. */
bool utf8_valid(struct str t);
/* Decodes the character at byte `*at` and moves behind it. At a malformed byte gives U+FFFD and moves one
 * byte. `*at` must be below t.len. */
uint32_t utf8_next(struct str t, size_t *at);
/* Appends one character to `out` (4 bytes of room); returns the number of bytes, 0 for a non-character. */
size_t utf8_encode(uint32_t c, char out[4]);
/* Number of characters. */
size_t utf8_length(struct str t);
/* The largest byte count <= max that does not split a character. */
size_t utf8_cut(struct str t, size_t max);
/* The first `chars` characters. */
struct str utf8_begin(struct str t, size_t chars);
/* The first `chars` characters; with "…" behind when something was left out. */
struct str utf8_shorten(struct arena *a, struct str t, size_t chars);
/* Chinese ideograph (all planes). */
bool utf8_is_han(uint32_t c);
/* Columns on a terminal: 2 for wide characters, 1 for others. */
size_t utf8_columns(struct str t);

#endif
