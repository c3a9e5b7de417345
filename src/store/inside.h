/* What the files of the store share: connections and what a backend provides. Internal to src/store. */
#ifndef FAZHI_STORE_INSIDE_H
#define FAZHI_STORE_INSIDE_H

#include <pthread.h>

#include "store/heads.h"
#include "store/query.h"
#include "store/words.h"

enum { STATEMENT_CACHE = 256, STATEMENT_BUCKETS = 512 };

struct cached_statement {
    uint64_t hash;
    struct str text; /* malloc'ed */
    void *statement;
    bool in_use;
    uint64_t used_at;
    int16_t next; /* in the same bucket, as in conn's buckets */
};

/* One record whose entry stands in the text index. */
struct words_of {
    struct str office, reg;
    int64_t id;
};

/* New records of a register whose entries in the text index are to be made. */
struct words_range {
    struct str office;
    const struct reg *reg;
    int64_t from, to;
};

struct words_later {
    struct arena *arena; /* made when needed */
    struct words_range *ranges;
    size_t count, cap;
    bool kept; /* old entries were kept by words_keep */
    const struct reg **changed; /* registers of theirs: those of one name are of several offices, with definitions of their own */
    struct str *changed_in;
    size_t changed_count, changed_cap, changed_in_count, changed_in_cap;
    size_t done; /* records whose entries are made by now */
    void (*watch)(void *arg, size_t done, size_t total); /* may be NULL */
    void *watch_arg;
};

/* By how much the number of records in a stage changes with the transaction. */
struct count_change {
    struct str office;
    const struct reg *reg;
    struct str stage;
    int64_t records;
    int depth; /* of the savepoint it was made in */
};

struct counts_later {
    struct arena *arena; /* made when needed */
    struct count_change *list; /* in the order made */
    size_t count, cap;
    size_t turn_from; /* what stands before it is others', who share the transaction */
};

struct office_heads {
    struct str office;
    struct heads heads;
    struct heads before; /* as those before this turn left it */
    struct office_heads *next;
};

/* Asked for ahead; reg NULL: nothing is. */
struct heads_asked {
    struct str office;
    const struct reg *reg;
    int year;
    struct query q;
};

struct heads_kept {
    struct arena *arena; /* made when needed */
    struct heads_asked asked;
    struct office_heads *list;
};

struct conn {
    struct store *store;
    const struct backend *backend;
    void *handle;
    bool writer;
    struct turn *turn; /* whose writes it carries; only of a writer that is in use */
    int savepoints;
    bool guarded;           /* in a shared transaction: a savepoint stands before this writer's part */
    int64_t changes_before; /* total_changes when his part began */
    struct arena *scratch; /* SQL text until the next query_start */
    struct error fault;    /* of the query that failed last */
    struct words_later words;
    struct counts_later counts;
    struct heads_kept heads;
    int64_t inserted, inserted_told; /* records in this transaction; how many when `grown` was last told */
    struct cached_statement cache[STATEMENT_CACHE];
    int cached;
    int16_t buckets[STATEMENT_BUCKETS]; /* 1 + index of the first entry with this hash; 0: none */
    uint64_t tick;
    struct conn *next; /* in the pool */
};

/* Connections that wait to be used again, and how many there are at most. */
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct conn *idle;
    int idle_count, out; /* out: in use */
    int most;            /* idle and in use; 0: no limit */
};

struct store {
    const struct model *model;
    const struct backend *backend;
    char *folder;
    char *database; /* postgresql://…; NULL: the file in the folder */
    int serving_fd; /* the lock of the serving process, -1 without */
    _Atomic int64_t silent_at; /* see postgres_pipe.h */
    struct pool readers, writers;
    pthread_mutex_t turns_lock;
    struct turn *turns;
};

/* How a column is kept. SQLite keeps days and moments as text. */
enum column_kind { COLUMN_INTEGER, COLUMN_TEXT, COLUMN_DATE, COLUMN_MOMENT, COLUMN_KINDS };

struct column {
    struct str name;
    struct str type; /* as the backend's kind_names have it */
};

/* What differs between databases, SQL text included. One constant table for each. */
struct backend {
    enum formula_dialect dialect;
    const char *kind_names[COLUMN_KINDS];
    const char *table_end; /* behind the bracket of create table */
    bool turn_each;        /* each office has its own turn to write; else all have one */
    int most_readers, most_writers; /* connections of one process; 0: no limit */

    bool (*exists)(const struct store *s);
    bool (*connect)(struct conn *c, bool create, struct error *err);
    void (*disconnect)(struct conn *c);
    bool (*begin_read)(struct conn *c, struct error *err);
    bool (*begin_glance)(struct conn *c, struct error *err); /* for one question; NULL: begin_read does */
    /* Begins a write in the office's name and waits until it is the only one. With `busy` it does not wait: *busy says
     * that somebody else writes (and false is returned). */
    bool (*begin_write)(struct conn *c, struct str office, bool *busy, struct error *err);
    bool (*commit)(struct conn *c, struct error *err);
    void (*rollback)(struct conn *c);
    bool (*in_transaction)(struct conn *c); /* false: a grave fault has ended it */
    bool (*broken)(struct conn *c);         /* of no more use */

    void *(*prepare)(struct conn *c, struct str sql); /* NULL: c->fault says why */
    void (*finalize)(void *statement);
    void (*reset)(void *statement);
    bool (*bind)(struct conn *c, void *statement, int at, struct value v);
    void (*stream)(void *statement);            /* before the first step: the rows are many; NULL: it always does */
    /* Runs, in a write, what gives no rows. It may be put off: whoever asks for an answer next is told when it fails, at the
     * latest the commit; with `refusal` when a key was taken already or nothing was changed that must be (NULL: in the
     * database's words). NULL: nothing is ever put off. */
    bool (*later)(struct conn *c, void *statement, const struct refusal *refusal);
    /* Runs what gives rows; they are asked for later, and come with the next answer. NULL: runs when it is asked. */
    bool (*send)(struct conn *c, void *statement);
    bool (*settle)(struct conn *c, struct error *err); /* all that was put off is done; NULL when nothing ever is */
    /* Around a statement that must change one row: then it fails when it changes none. NULL: its count tells. */
    const char *must_before, *must_after;
    int (*step)(struct conn *c, void *statement); /* 1 row, 0 end, -1 fault */
    struct value (*column)(void *statement, int at); /* text lives until the next step */
    int64_t (*changes)(struct conn *c, void *statement);
    int64_t (*total_changes)(struct conn *c); /* all rows written on this connection; NULL: not counted */

    /* The columns of a table; none when there is no such table. */
    bool (*table_columns)(struct conn *c, struct arena *a, struct str table, struct column **list, size_t *count,
                          struct error *err);
    /* In a write: nobody else changes the schema until it ends. NULL: nobody can anyway. */
    bool (*lock_schema)(struct conn *c, struct error *err);

    /* The text index; see words.h for what goes in. */
    bool (*words_make)(struct conn *c, struct error *err);
    /* Makes the entry of a record. Where there is words_keep it has none yet, else one that it has is replaced. */
    bool (*words_put)(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *w,
                      struct error *err);
    /* NULL, or the index can take an entry out only when it is told what it was made of, and that is kept in the
     * transaction when the record changes (of several changes the first counts). words_take_out takes out the entries of
     * at most `most` records of which it was kept, and gives these records; count 0: no more. words_clear empties the
     * index. */
    bool (*words_keep)(struct conn *c, struct str office, struct str reg, int64_t id, const struct words *was,
                       struct error *err);
    bool (*words_take_out)(struct conn *c, struct arena *a, struct words_of *records, size_t most, size_t *count,
                           struct error *err);
    bool (*words_clear)(struct conn *c, struct error *err);
    /* The entries of one office's register are to be made anew: what is there does not count any more. NULL: words_put
     * replaces it. */
    bool (*words_renew)(struct conn *c, struct str office, struct str reg, struct error *err);
    /* A condition on self.id with three `?`: office, register, and the text that words_match gives. */
    const char *words_condition;
    /* The same in front of a register's table, as a walk through the index in the order of f.rowid, which is that of
     * self.id: what stands between "from" and the table, and the condition. Five `?`: office, register, text, and the
     * ids between which it walks. NULL: only words_condition. */
    const char *words_walk_from, *words_walk_where;
    /* The same as words_condition, where few records are asked about; NULL: words_condition does. */
    const char *words_check;
    struct str (*words_match)(struct arena *a, struct str office, struct str reg, const struct word_term *terms,
                              size_t count);

    /* The transaction has put many rows into the register: its size is to be learnt anew. NULL: it does not matter. */
    bool (*grown)(struct conn *c, const struct reg *reg, struct error *err);

    /* Many rows into one table; nothing else runs on the connection between begin and end. `good` false: given up, for
     * a reason already told. False with the error in the end when not all of it was taken. */
    void *(*bulk_begin)(struct conn *c, struct str table, const struct column *columns, size_t count,
                        struct error *err);
    bool (*bulk_row)(void *bulk, const struct value *values, size_t count, struct error *err);
    bool (*bulk_end)(void *bulk, bool good, struct error *err);

    /* The bytes of attachments: in the folder or in the database. Putting what is there already changes nothing. */
    bool (*files_make)(struct conn *c, struct error *err); /* NULL: nothing to make */
    bool (*file_put)(struct conn *c, struct str office, struct str digest, struct str bytes, struct error *err);
    bool (*file_get)(struct conn *c, struct arena *a, struct str office, struct str digest, struct str *bytes,
                     struct error *err);
    /* The same as file_map of base/file.h does it. NULL: they lie in the database. */
    bool (*file_map)(struct conn *c, struct str office, struct str digest, struct str *bytes, struct error *err);
    bool (*file_remove)(struct conn *c, struct str office, struct str digest, struct error *err);

    /* Keeps everybody else out of the database, readers too, and writes faster so; on false lets them in again. False when
     * somebody has it open. NULL: can't. */
    bool (*alone)(struct conn *c, bool on);

    /* A consistent copy of the whole database, written to disk, in the folder `to`. NULL: copied row by row. */
    bool (*copy)(struct conn *c, const char *to, struct error *err);
};

extern const struct backend backend_sqlite;
extern const struct backend backend_postgres;

/* A malloc'ed copy. */
bool text_keep(struct str text, struct str *kept);
/* Runs constant SQL without values. In a write it may be put off, like what query_run runs. */
bool conn_execute(struct conn *c, const char *sql, struct error *err);
/* In a write: what was put off is done now; false with the fault when some of it failed. */
bool conn_settle(struct conn *c, struct error *err);

/* ---- pool.c ---- */

struct conn *conn_open(struct store *s, bool writer, bool create, struct error *err);
void conn_close(struct conn *c);
void pool_open(struct pool *p, int most);
void pool_close(struct pool *p);
/* A connection for reading or writing; waits a while when all are in use. */
struct conn *pool_take(struct store *s, bool writer, struct error *err);
void pool_give(struct conn *c); /* a broken one is closed */
void pool_empty(struct pool *p); /* closes those that wait to be used */

/* ---- turns.c ---- */

void turns_open(struct store *s);
void turns_close(struct store *s);
/* For a backend: another server kept the office for longer than one waits. */
void turn_kept_elsewhere(struct conn *c);

/* migrate.c: tables that all offices share (ends with NULL); all others are each office's own. */
extern const char *const schema_shared_tables[];
/* Is there a schema, and is it that of the model? In a read. */
bool schema_look(struct conn *c, bool *made, bool *current, struct error *err);
/* Brings the schema up to the model, in the write that c is in. */
bool schema_migrate(struct conn *c, struct error *err);

/* SQL of a table with $i, $t, $d for the backend's types. */
void sql_put_typed(struct buf *sql, const struct backend *b, const char *text);

/* migrate_register.c: how a field's column is kept, and the migration for one register. `shared`: with other definitions
 * that hold beside these. */
enum column_kind field_column_kind(const struct field *f);
bool register_migrate(struct conn *c, struct arena *a, const struct reg *reg, bool shared, struct error *err);
/* Its indexes, brought from what was remembered (text: what this gave before; "" before it was remembered) to what the
 * definitions want. */
bool register_bring_indexes(struct conn *c, struct arena *a, const struct reg *reg, struct str had, struct str *has,
                            struct error *err);
/* A column for a field of which only is known what fz_column remembers of its type. */
bool column_bring(struct conn *c, struct str table, struct str name, struct str type, struct error *err);
/* Makes those that are missing. */
bool register_add_indexes(struct conn *c, struct arena *a, const struct reg *reg, struct error *err);

/* ---- attachments.c: in the folder DIR/attachments ---- */

extern const size_t largest_attachment; /* bytes */
bool folder_file_put(struct conn *c, struct str office, struct str digest, struct str bytes, struct error *err);
bool folder_file_map(struct conn *c, struct str office, struct str digest, struct str *bytes, struct error *err);
bool folder_file_remove(struct conn *c, struct str office, struct str digest, struct error *err);
bool folder_file_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct str *bytes,
                     struct error *err);

/* ---- record_row.c, record_words.c ---- */

enum { RECORD_HEAD_COLUMNS = 8 };
/* id, number, … voided, under the alias self. */
void record_put_head(struct buf *sql);
/* The same and every field, under the alias self, for a select. */
void record_put_columns(struct buf *sql, const struct reg *reg);
/* The row of such a select, copied into the arena. */
void record_take_row(struct query *q, struct arena *a, const struct reg *reg, struct record *r);
/* The head from the eight columns of record_put_columns that begin at `from`. */
void record_take_head(struct query *q, struct arena *a, int from, struct record_head *head);
/* All rows that are left, and ends the query. Leaves list->total alone. */
bool record_take_rows(struct query *q, struct arena *a, const struct reg *reg, struct record_list *list,
                      struct error *err);
/* The text index is brought up to date with the records once, before the transaction is committed: the same record may
 * change often in it, and every savepoint makes SQLite's index write out what it holds. words_later notes a new record,
 * words_change one that changes; words_catch_up reads those that were noted and writes their entries. A record that was
 * undone is not there, and what was kept of an old entry is undone with the change: a savepoint needs nothing. */
void words_later(struct conn *c, struct str office, const struct reg *reg, int64_t id);
bool words_change(struct conn *c, struct str office, const struct record *before, const struct record *after,
                  struct error *err);
bool words_catch_up(struct conn *c, struct error *err);
void words_forget(struct conn *c); /* the transaction is undone */
void words_later_close(struct conn *c);
/* Is the field's text in the index? */
bool words_hold(const struct field *f);
/* What the text index of a register is made of: when it differs from what was remembered, it is made anew. */
struct str register_words(struct arena *a, const struct reg *reg);
/* Makes the text index of one office's records, of all offices' when the name is empty. */
bool register_index_words(struct conn *c, const struct reg *reg, struct str office, struct error *err);

/* deadlines.c: the index that open deadlines are walked through. */
bool deadline_bring_index(struct conn *c, struct error *err);

/* ---- counts.c ---- */

/* More (or fewer) live records in a stage: noted, and written by counts_catch_up before the commit. */
void counts_add(struct conn *c, struct str office, const struct reg *reg, struct str stage, int64_t records);
bool counts_catch_up(struct conn *c, struct error *err);
/* What is noted follows the savepoints: undone or kept from this depth on. */
void counts_undo(struct conn *c, int depth);
void counts_release(struct conn *c, int depth);
/* Another writer goes on in the same transaction; what he noted is undone. */
void counts_turn(struct conn *c);
void counts_undo_turn(struct conn *c);
void counts_forget(struct conn *c); /* the transaction is undone */
void counts_close(struct conn *c);
/* Live records in these stages; of all when stage_count is 0. */
bool counts_sum(struct conn *c, struct str office, const struct reg *reg, const struct str *stages, size_t stage_count,
                int64_t *total, struct error *err);

/* Live records of all registers. */
bool counts_of_office(struct conn *c, struct str office, int64_t *total, struct error *err);

/* ---- heads.c ---- */

/* Writes what was left, before the commit. */
bool heads_catch_up(struct conn *c, struct error *err);
/* Another writer goes on in the same transaction; what he left is undone. */
void heads_turn(struct conn *c);
void heads_undo_turn(struct conn *c);
void heads_forget(struct conn *c); /* the transaction is undone */
void heads_close(struct conn *c);

/* ---- sight.c ---- */

/* " and (…)": the records of `reg` (alias self) that may be seen, with a `?` for each value; nothing for all. */
void sight_put(struct buf *sql, const struct reg *reg, const struct sight *sight);
void sight_bind(struct query *q, const struct reg *reg, const struct sight *sight);
/* The same way by way, for a sight that is not all: what one way lets see stands in one index. */
size_t sight_ways(const struct reg *reg);
struct str sight_column(const struct reg *reg, size_t way);
void sight_put_way(struct buf *sql, const struct reg *reg, const struct sight *sight, size_t way);
void sight_bind_way(struct query *q, const struct sight *sight);

#endif
