/* The way to the server: what is sent on one connection, and the answers to it. Internal to src/store.
 *
 * libpq's pipeline mode. A statement whose answer nobody reads (pipe_send) is only written down; it goes out together with
 * the next one whose answer is wanted (pipe_ask), so that an act, however many statements it has, waits for few answers.
 * When something that was put off fails, the server passes over all that was sent behind it, up to the next answer that is
 * waited for: this then fails with the fault of the first. What was put off is bounded; an overflow waits by itself.
 *
 * No wait is endless. A server that is silent for some seconds is asked on a second connection whether it lives; while it
 * does, a long statement may take its time (the server's own statement_timeout ends it). One that does not answer there
 * either, as when it is stopped with its sockets open, is given up, and the connection with it. */
#ifndef FAZHI_STORE_POSTGRES_PIPE_H
#define FAZHI_STORE_POSTGRES_PIPE_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/query.h"

enum { PIPE_MOST = 256, PIPE_BYTES = 256 * 1024 };

/* What the server is told to do. */
struct pipe_order {
    bool *done;      /* NULL, or told whether it was done once that is known: see pipe_forget */
    PGresult **answer; /* NULL, or where its answer goes, when it comes with that to a later one; likewise */
    const struct refusal *refusal; /* what is said of a conflict or a lock not given; NULL: what the server's fault means */
    bool undoes;     /* the transaction, or all since a savepoint: what failed in it is over */
    bool sync;       /* no order, but the end of those that fail together */
};

/* Whom all connections of a store lead to. */
struct pipe_server {
    const char *database;       /* its address; not owned */
    _Atomic int64_t *silent_at; /* ms of the monotonic clock: when it was last found silent; shared by all; 0: never */
};

struct pipe {
    PGconn *db;
    struct pipe_server server;
    struct pipe_order orders[PIPE_MOST]; /* not answered yet, in the order sent */
    int count;
    size_t bytes;       /* of values, since the last wait */
    PGresult *unwanted; /* an answer that nobody waits for any more */
    bool lost;          /* given up: of no more use */
    bool failed;        /* the transaction is, with `fault`, until it or the part of it is undone */
    struct error fault;
};

/* Connects as PQconnectdbParams does, and begins the pipeline. When it fails, pipe_close is to be called as well. */
bool pipe_open(struct pipe *p, const char *const *names, const char *const *values, const struct pipe_server *server,
               struct error *err);
void pipe_close(struct pipe *p);

/* Writes down a prepared statement (`name`) or, without a name, the text `sql`. Values as PQsendQueryPrepared takes them;
 * they need not live longer. False with the fault when the connection is gone. */
struct pipe_statement {
    const char *name, *sql;
    int count;
    const char *const *values;
    size_t bytes; /* of the values, about */
};
bool pipe_send(struct pipe *p, const struct pipe_statement *st, struct pipe_order order, struct error *err);
/* Prepares; *done says whether that is so. */
bool pipe_prepare(struct pipe *p, const char *name, const char *sql, bool *done, struct error *err);
/* `done` or `answer` is about to vanish. */
void pipe_forget(struct pipe *p, const bool *done, PGresult *const *answer);
/* Sends all and waits; the answer to the last statement is the caller's to clear. NULL with the fault when it or one
 * before it failed. */
PGresult *pipe_ask(struct pipe *p, const struct pipe_statement *st, struct pipe_order order, struct error *err);
/* Sends what was put off and waits until it is done. */
bool pipe_settle(struct pipe *p, struct error *err);
/* Sends what was put off, and waits for nothing: the answers are taken with the next ones. Nothing sent later fails
 * with it. */
bool pipe_part(struct pipe *p, struct error *err);
/* Outside of a transaction what failed is over with the answer. */
void pipe_recover(struct pipe *p);
/* The server has closed the connection, or was just found silent: as far as one can see without asking it. */
bool pipe_is_closed(struct pipe *p);
/* For COPY: out of the pipeline, when all is settled, and back in. */
bool pipe_pause(struct pipe *p, struct error *err);
bool pipe_resume(struct pipe *p, struct error *err);
/* While paused: waits until there may be something to read, or room to write. False when the server was given up. */
bool pipe_wait(struct pipe *p, bool write, struct error *err);

/* postgres.c: the first line of what libpq says; fills the error from a result, or from the connection when there is none. Always false. Never tells the
 * address, in which a password may stand. */
struct str postgres_first_line(const char *message);
bool postgres_fault(PGconn *db, const PGresult *result, struct error *err);

#endif
