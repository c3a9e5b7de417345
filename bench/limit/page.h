/* A growing text: the page that a limit program answers with. */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include <stddef.h>

struct page {
    char *s; /* malloc'ed, ends with a zero byte; the owner frees it */
    size_t len, cap;
};

/* Ends the program with a line on standard error; `more` may be NULL. */
__attribute__((noreturn)) void die(const char *what, const char *more);
/* The pointer, which is not NULL: without memory the program ends. */
void *must(void *p);

void page_put(struct page *p, const char *text);
/* The same with what HTML wants escaped. */
void page_put_cell(struct page *p, const char *text, size_t len);

#endif
