#include "entries.h"

#include <stdlib.h>
#include <string.h>

#include "page.h"

struct token {
    long long place;
    char *text;
};

struct entry {
    struct token *tokens;
    size_t count, room;
};

static sqlite3_stmt *start(sqlite3 *db, const char *office, const char *reg, long long lowest)
{
    static const char sql[] =
        "select e.doc - b.base, e.\"offset\", e.term from fz_words_base as b cross join temp.entries as e "
        "where b.office = ? and b.register = ? and e.doc - b.base between ? and 1099511627775";
    sqlite3_stmt *st = NULL;
    if (sqlite3_exec(db,
                     "pragma query_only = off; create virtual table temp.entries using fts5vocab('main', 'fz_words', "
                     "'instance')",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die("the text index", sqlite3_errmsg(db));
    sqlite3_bind_text(st, 1, office, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, reg, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, lowest);
    return st;
}

static int descending(const void *x, const void *y)
{
    long long a = *(const long long *)x, b = *(const long long *)y;
    return (a < b) - (a > b);
}

static int by_place(const void *x, const void *y)
{
    long long a = ((const struct token *)x)->place, b = ((const struct token *)y)->place;
    return (a > b) - (a < b);
}

static void add(struct entry *e, long long place, const char *text)
{
    if (e->count == e->room) {
        e->room = e->room ? 2 * e->room : 64;
        e->tokens = must(realloc(e->tokens, e->room * sizeof *e->tokens));
    }
    e->tokens[e->count++] = (struct token){place, must(strdup(text))};
}

/* Ends the entry. */
static char *joined(struct entry *e)
{
    struct page text = {0};
    qsort(e->tokens, e->count, sizeof *e->tokens, by_place);
    page_put(&text, "");
    for (size_t i = 0; i < e->count; i++) {
        if (i) page_put(&text, " ");
        page_put(&text, e->tokens[i].text);
        free(e->tokens[i].text);
    }
    free(e->tokens);
    return must(text.s);
}

char **entries_read(sqlite3 *db, const char *office, const char *reg, const long long *ids, size_t count)
{
    struct entry *entries = must(calloc(count, sizeof *entries));
    char **list = must(calloc(count, sizeof *list));
    sqlite3_stmt *st = start(db, office, reg, ids[count - 1]);
    while (sqlite3_step(st) == SQLITE_ROW) {
        long long id = sqlite3_column_int64(st, 0);
        const long long *found = bsearch(&id, ids, count, sizeof id, descending);
        if (found) add(&entries[found - ids], sqlite3_column_int64(st, 1), (const char *)sqlite3_column_text(st, 2));
    }
    sqlite3_finalize(st);
    for (size_t i = 0; i < count; i++) list[i] = joined(&entries[i]);
    free(entries);
    return list;
}
