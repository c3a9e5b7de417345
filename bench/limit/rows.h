/* The rows that one record of the product takes in all its tables, as a pattern for writing new ones.
 *
 * A limit program loads some real records: the row of the register, and whatever rows of other tables carry its register
 * and id (acts, deadlines, words). It then writes them again and again under new ids, so that as many rows, columns and
 * indexes change as in the product, with contents of the same size. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stddef.h>

/* What a column takes when a row is written anew. */
enum role { ROLE_SAME, ROLE_RECORD, ROLE_SEQ, ROLE_NUMBER };

struct cell {
    enum { CELL_NULL, CELL_INTEGER, CELL_TEXT } kind;
    long long i;
    const char *text;
    size_t len;
};

struct table {
    char *name;
    char **columns;
    enum role *roles;
    size_t column_count;
    void *statement; /* the engine's own */
};

struct row {
    struct table *table;
    struct cell *cells;
};

struct record {
    struct row *rows;
    size_t count;
};

struct rows {
    struct table **tables;
    size_t table_count;
    struct record *records;
    size_t record_count;
    size_t turn;           /* of the record that is written next */
    long long id, seq;     /* last written */
    char number[64];       /* of the record that is being written */
};

/* All that it gives lives until the program ends. */
struct table *rows_table(struct rows *r, const char *name);
void rows_column(struct table *t, const char *name, enum role role);
/* What the column's name says about it in every table but the register's own. */
enum role rows_role(const char *column);
struct record *rows_record(struct rows *r);
/* A row with all cells NULL, to be filled. */
struct row *rows_row(struct record *rec, struct table *t);
struct cell rows_text(const char *text, size_t len);
struct cell rows_integer(long long i);

/* Prints what a bulk run took since `begin`. */
struct timespec;
void rows_tell_rate(size_t records, const struct timespec *begin);
/* The record whose rows are written next, under a new id. */
const struct record *rows_next(struct rows *r);
/* Called once for a row, before its cells are asked for. */
void rows_begin(struct rows *r, const struct row *row);
struct cell rows_cell(const struct rows *r, const struct row *row, size_t column);
/* "insert into …" with ? or $1 … for the values. */
char *rows_insert(const struct table *t, int dollars);

#endif
