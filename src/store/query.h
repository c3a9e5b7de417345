/* Running SQL: the small interface that hides which database it is. Internal to src/store.
 *
 *     auto_query q = query_start(c, "select id, stage from %T where office = ? and number = ?", reg);
 *     query_bind_str(&q, office);
 *     query_bind_str(&q, number);
 *     while (query_row(&q)) { ... query_i64(&q, 0) ... }
 *     return query_finish(&q, err);
 *
 * A fault anywhere on the way is kept: query_row then gives no row and query_finish reports it. Statements are
 * prepared once for each connection and text. Values are bound in the order of the `?`. */
#ifndef FAZHI_STORE_QUERY_H
#define FAZHI_STORE_QUERY_H

#include "base/buf.h"
#include "store/store.h"

struct query {
    struct conn *conn;
    void *statement; /* the backend's; NULL after a fault */
    int slot;        /* in the connection's cache, -1: not cached */
    int bound;
    bool failed;
};

/* In `text`, %T takes a const struct reg * (its table), %F a const struct field * (its column), %N a struct str
 * (any name); each is checked to be [a-z][a-z0-9_]* and written in double quotes. A `%` alone is not allowed. */
struct query query_start(struct conn *c, const char *text, ...);
/* The same for text put together with sql_… below. The text need not outlive the call. */
struct query query_start_text(struct conn *c, struct str sql);

/* Text is not copied: it must live until the query ends. */
void query_bind_str(struct query *q, struct str t);  /* the empty text stays an empty text */
void query_bind_text(struct query *q, struct str t); /* the empty text becomes NULL: dates, optional texts */
void query_bind_i64(struct query *q, int64_t n);
void query_bind_bool(struct query *q, bool b);
void query_bind_value(struct query *q, struct value v);
void query_bind_values(struct query *q, const struct value *values, size_t count);

/* Before the first row: there may be very many, they are fetched in parts. */
void query_stream(struct query *q);
/* Before the first row, which will be asked for after that of another query: both travel together. */
void query_send(struct query *q);
/* Moves to the next row. */
bool query_row(struct query *q);
int64_t query_i64(struct query *q, int column); /* 0 for NULL */
bool query_bool(struct query *q, int column);
struct str query_str(struct query *q, struct arena *a, int column); /* a copy; empty for NULL */
struct value query_value(struct query *q, struct arena *a, int column);

/* Ends the query; false with the fault if there was one. May be called once only. */
bool query_finish(struct query *q, struct error *err);
/* Runs what gives no rows, and ends it. `changed` (may be NULL): how many rows were changed. In a write, without
 * `changed`, it may be put off: a fault then ends the next query that is asked for an answer, or the commit. */
bool query_run(struct query *q, int64_t *changed, struct error *err);
/* SQL that must change one row begins and ends with these. */
void sql_begin_must(struct conn *c, struct buf *sql);
void sql_end_must(struct conn *c, struct buf *sql);
/* Runs it, and ends it; put off likewise. What is said when it changes none, or a key is taken, lives longer than that. */
struct refusal {
    enum error_code code;
    const char *where, *say; /* of the error */
};
bool query_run_must(struct query *q, const struct refusal *refusal, struct error *err);
bool refuse(const struct refusal *refusal, struct error *err); /* always false */

void query_cleanup(struct query *q);
/* Ended silently when it goes out of scope unfinished. */
#define auto_query __attribute__((cleanup(query_cleanup))) struct query

/* SQL text. sql_in gives a buffer in the connection's own memory that lives until its next query_start. */
struct buf sql_in(struct conn *c);
/* A name in double quotes. Names that are none are a programming error: the model has checked them. */
void sql_put_name(struct buf *sql, struct str name);
/* "?, ?, ?" */
void sql_put_marks(struct buf *sql, size_t count);
/* Lists of any length (at least 1) are filled up to a power of two by repeating the last, so that few different texts of
 * SQL arise and statements stay prepared: marks for a list, and its values. */
size_t sql_room(size_t count);
void sql_bind_room(struct query *q, const int64_t *list, size_t count);

#endif
