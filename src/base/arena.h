/* Arena: memory that is given back all at once.
 *
 * One arena serves one request, command or load; see docs/architecture.md. Allocation never fails: when the
 * system is out of memory the program stops with a message, since no caller could do anything sensible.
 * An arena belongs to one thread at a time. */
#ifndef FAZHI_BASE_ARENA_H
#define FAZHI_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_open(void);
void arena_close(struct arena *a); /* NULL is allowed */

/* Zeroed memory, aligned for any type, that lives until arena_close or arena_reset. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));

/* Room for `count` objects of `size` bytes; the product is checked for overflow. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* Forgets everything allocated so far but keeps the memory for reuse. */
void arena_reset(struct arena *a);

/* Bytes that it has taken from the system and not given back. */
size_t arena_size(const struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_new_array(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

/* Grows an array in the arena: doubles `*cap` when `count` has reached it and copies the old elements.
 * Use through ARENA_PUSH. */
void *arena_grow(struct arena *a, void *items, size_t count, size_t *cap, size_t size);

/* Appends `value` to the array `items` of `count` elements with room for `cap`; all three are lvalues. */
#define ARENA_PUSH(a, items, count, cap, value)                                                                    \
    do {                                                                                                           \
        (items) = arena_grow((a), (items), (count), &(cap), sizeof *(items));                                      \
        (items)[(count)++] = (value);                                                                              \
    } while (0)

void arena_cleanup(struct arena **a);
/* struct arena *a = …; declared with auto_arena is closed when it goes out of scope. */
#define auto_arena __attribute__((cleanup(arena_cleanup))) struct arena *

#endif
