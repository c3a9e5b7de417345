/* The parts of the PostgreSQL backend that know each other. Internal to src/store. */
#ifndef FAZHI_STORE_POSTGRES_H
#define FAZHI_STORE_POSTGRES_H

#include "store/inside.h"
#include "store/postgres_pipe.h"

/* The handle of a connection. */
struct postgres {
    struct pipe pipe;
    unsigned names; /* of statements and cursors so far */
    bool open;      /* a transaction is */
    bool locked;    /* a writer: it has the office, as far as is known */
};

struct pipe *pipe_of(const struct conn *c);
/* Asks and drops the answer. */
bool postgres_run(struct conn *c, const char *sql, struct pipe_order order, struct error *err);

/* postgres_statement.c: prepared statements. A `?` of our SQL becomes $1, $2, …; values travel as text. */
void *postgres_prepare(struct conn *c, struct str sql);
void postgres_finalize(void *statement);
void postgres_reset(void *statement);
bool postgres_bind(struct conn *c, void *statement, int at, struct value v);
void postgres_stream(void *statement);
bool postgres_later(struct conn *c, void *statement, const struct refusal *refusal);
bool postgres_send(struct conn *c, void *statement);
bool postgres_settle(struct conn *c, struct error *err);
int postgres_step(struct conn *c, void *statement);
struct value postgres_column(void *statement, int at);
int64_t postgres_changes(struct conn *c, void *statement);

/* postgres_files.c: attachments */
bool postgres_files_make(struct conn *c, struct error *err);
bool postgres_file_put(struct conn *c, struct str office, struct str digest, struct str bytes, struct error *err);
bool postgres_file_remove(struct conn *c, struct str office, struct str digest, struct error *err);
bool postgres_file_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct str *bytes,
                       struct error *err);

/* postgres_bulk.c: many rows at once */
void *postgres_bulk_begin(struct conn *c, struct str table, const struct column *columns, size_t count,
                          struct error *err);
bool postgres_bulk_row(void *bulk, const struct value *values, size_t count, struct error *err);
bool postgres_bulk_end(void *bulk, bool good, struct error *err);

/* postgres_words.c: the text index as a tsvector of our own tokens */
bool postgres_words_make(struct conn *c, struct error *err);
bool postgres_words_put(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                        struct error *err);
struct str postgres_words_match(struct arena *a, struct str office, struct str reg, const struct word_term *terms,
                                size_t count);
extern const char postgres_words_condition[];

#endif
