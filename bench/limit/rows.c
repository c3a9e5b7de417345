#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "page.h"

struct table *rows_table(struct rows *r, const char *name)
{
    struct table *t = must(calloc(1, sizeof *t));
    t->name = must(strdup(name));
    r->tables = must(realloc(r->tables, (r->table_count + 1) * sizeof *r->tables));
    r->tables[r->table_count++] = t;
    return t;
}

void rows_column(struct table *t, const char *name, enum role role)
{
    t->columns = must(realloc(t->columns, (t->column_count + 1) * sizeof *t->columns));
    t->roles = must(realloc(t->roles, (t->column_count + 1) * sizeof *t->roles));
    t->columns[t->column_count] = must(strdup(name));
    t->roles[t->column_count++] = role;
}

enum role rows_role(const char *column)
{
    static const struct {
        const char *name;
        enum role role;
    } known[] = {{"record", ROLE_RECORD}, {"row", ROLE_RECORD},           {"rowid", ROLE_RECORD},
                 {"seq", ROLE_SEQ},       {"number", ROLE_NUMBER}, {"source_number", ROLE_NUMBER}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, column) == 0) return known[i].role;
    return ROLE_SAME;
}

struct record *rows_record(struct rows *r)
{
    r->records = must(realloc(r->records, (r->record_count + 1) * sizeof *r->records));
    r->records[r->record_count] = (struct record){0};
    return &r->records[r->record_count++];
}

struct row *rows_row(struct record *rec, struct table *t)
{
    rec->rows = must(realloc(rec->rows, (rec->count + 1) * sizeof *rec->rows));
    rec->rows[rec->count] = (struct row){t, must(calloc(t->column_count, sizeof(struct cell)))};
    return &rec->rows[rec->count++];
}

struct cell rows_text(const char *text, size_t len)
{
    char *copy = must(malloc(len + 1));
    memcpy(copy, text, len);
    copy[len] = '\0';
    return (struct cell){.kind = CELL_TEXT, .text = copy, .len = len};
}

struct cell rows_integer(long long i)
{
    return (struct cell){.kind = CELL_INTEGER, .i = i};
}

const struct record *rows_next(struct rows *r)
{
    r->id++;
    snprintf(r->number, sizeof r->number, "界限〔2026〕%08lld号", r->id);
    return &r->records[r->turn++ % r->record_count];
}

void rows_begin(struct rows *r, const struct row *row)
{
    for (size_t i = 0; i < row->table->column_count; i++)
        if (row->table->roles[i] == ROLE_SEQ) r->seq++;
}

struct cell rows_cell(const struct rows *r, const struct row *row, size_t column)
{
    switch (row->table->roles[column]) {
    case ROLE_RECORD: return rows_integer(r->id);
    case ROLE_SEQ: return rows_integer(r->seq);
    case ROLE_NUMBER: return (struct cell){.kind = CELL_TEXT, .text = r->number, .len = strlen(r->number)};
    case ROLE_SAME: break;
    }
    return row->cells[column];
}

char *rows_insert(const struct table *t, int dollars)
{
    struct page sql = {0};
    char part[32];
    page_put(&sql, "insert into \"");
    page_put(&sql, t->name);
    page_put(&sql, "\" (");
    for (size_t i = 0; i < t->column_count; i++) {
        page_put(&sql, i ? ", \"" : "\"");
        page_put(&sql, t->columns[i]);
        page_put(&sql, "\"");
    }
    page_put(&sql, ") values (");
    for (size_t i = 0; i < t->column_count; i++) {
        snprintf(part, sizeof part, dollars ? "%s$%zu" : "%s?", i ? ", " : "", i + 1);
        page_put(&sql, part);
    }
    page_put(&sql, ")");
    return sql.s;
}

void rows_tell_rate(size_t records, const struct timespec *begin)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin->tv_sec) + (double)(end.tv_nsec - begin->tv_nsec) / 1e9;
    printf("{\"records\":%zu,\"seconds\":%.3f,\"rate\":%.1f}\n", records, seconds, (double)records / seconds);
}
