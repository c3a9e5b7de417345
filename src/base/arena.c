#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most arenas live for a few lines: they begin small, where the heap is quick. */
enum { FIRST_SIZE = 2 * 1024, BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    max_align_t data[];
};

struct arena {
    struct block *first;   /* newest block; allocation happens here */
    struct block *spare;   /* blocks kept by arena_reset */
};

static void out_of_memory(void)
{
    fputs("fazhi: 内存不足，程序停止\n", stderr);
    abort();
}

struct arena *arena_open(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a) out_of_memory();
    return a;
}

static void free_blocks(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_close(struct arena *a)
{
    if (!a) return;
    free_blocks(a->first);
    free_blocks(a->spare);
    free(a);
}

void arena_cleanup(struct arena **a)
{
    arena_close(*a);
}

void arena_reset(struct arena *a)
{
    while (a->first) {
        struct block *b = a->first;
        a->first = b->next;
        if (b->size == BLOCK_SIZE) { /* kept; what was small or large is made anew */
            b->used = 0;
            b->next = a->spare;
            a->spare = b;
        } else {
            free(b);
        }
    }
}

static size_t size_of(const struct block *b)
{
    size_t size = 0;
    for (; b; b = b->next) size += sizeof *b + b->size;
    return size;
}

size_t arena_size(const struct arena *a)
{
    return size_of(a->first) + size_of(a->spare);
}

static struct block *take_block(struct arena *a, size_t need)
{
    if (need <= BLOCK_SIZE && a->spare) {
        struct block *b = a->spare;
        a->spare = b->next;
        return b;
    }
    size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    if (!a->first && need <= FIRST_SIZE) size = FIRST_SIZE;
    if (size > SIZE_MAX - sizeof(struct block)) out_of_memory();
    struct block *b = malloc(sizeof *b + size);
    if (!b) out_of_memory();
    b->size = size;
    b->used = 0;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX - align) out_of_memory();
    size = (size + align - 1) / align * align;
    if (size == 0) size = align;
    if (!a->first || a->first->size - a->first->used < size) {
        struct block *b = take_block(a, size);
        b->next = a->first;
        a->first = b;
    }
    char *p = (char *)a->first->data + a->first->used;
    a->first->used += size;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) out_of_memory();
    return arena_alloc(a, total);
}

void *arena_grow(struct arena *a, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) return items;
    size_t room = *cap ? *cap : 4;
    if (*cap && __builtin_mul_overflow(*cap, (size_t)2, &room)) out_of_memory();
    void *grown = arena_array(a, room, size);
    if (count) memcpy(grown, items, count * size);
    *cap = room;
    return grown;
}
