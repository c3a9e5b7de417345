#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *what, const char *more)
{
    fprintf(stderr, "%s%s%s\n", what, more ? ": " : "", more ? more : "");
    exit(1);
}

void *must(void *p)
{
    if (!p) die("no memory", NULL);
    return p;
}

static void put(struct page *p, const char *text, size_t len)
{
    if (p->len + len >= p->cap) {
        p->cap = (p->len + len + 1) * 2;
        p->s = must(realloc(p->s, p->cap));
    }
    memcpy(p->s + p->len, text, len);
    p->len += len;
    p->s[p->len] = '\0';
}

void page_put(struct page *p, const char *text)
{
    put(p, text, strlen(text));
}

void page_put_cell(struct page *p, const char *text, size_t len)
{
    page_put(p, "<td>");
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '<') page_put(p, "&lt;");
        else if (text[i] == '&') page_put(p, "&amp;");
        else put(p, text + i, 1);
    }
    page_put(p, "</td>");
}
