/* Text: a pointer and a length, never a terminator, always valid UTF-8 once it has passed the border.
 *
 * A struct str does not own its bytes: they live in an arena, in a literal or in whoever gave them. */
#ifndef FAZHI_BASE_STR_H
#define FAZHI_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct str {
    const char *s;
    size_t len;
};

/* A literal as text. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf: printf("%.*s", STR_ARG(t)). Text longer than INT_MAX is not printable this way. */
#define STR_ARG(t) ((int)(t).len), ((t).s ? (t).s : "")

struct str str_from(const char *terminated); /* NULL gives the empty text */
struct str str_copy(struct arena *a, struct str t);
/* A terminated copy for libraries that want one. Text with an inner NUL is cut there. */
char *str_cstr(struct arena *a, struct str t);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *terminated);
int str_cmp(struct str a, struct str b); /* by bytes, as strcmp orders */
bool str_starts(struct str t, struct str prefix);
bool str_ends(struct str t, struct str suffix);
/* Byte offset of the first `needle` at or after `from`, or SIZE_MAX. The empty needle is found at `from`. */
size_t str_find(struct str t, struct str needle, size_t from);
bool str_contains(struct str t, struct str needle);
/* Is it one of the list? */
bool str_in(struct str t, const struct str *list, size_t count);

/* Without spaces, tabs, line ends and ideographic spaces (U+3000) at both ends. */
struct str str_trim(struct str t);
/* The bytes [from, to); both are clamped to the text. */
struct str str_slice(struct str t, size_t from, size_t to);
/* Splits off what stands before the next `sep` and moves `*rest` behind it. False when nothing is left;
 * "a,,b" gives "a", "", "b"; an empty part at the very end ("a,") is not given. */
bool str_split(struct str *rest, char sep, struct str *part);
/* Copy with every `what` replaced by `with`. `what` must not be empty. */
struct str str_replace(struct arena *a, struct str t, struct str what, struct str with);

/* Whole decimal integer, optional sign, nothing else. False on anything else and on overflow. */
bool str_to_i64(struct str t, int64_t *value);

/* Formats into the arena. */
struct str str_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));

#endif
