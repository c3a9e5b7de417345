/* The database behind one interface: SQLite in a file, or PostgreSQL.
 *
 * A store is opened with a model: its schema is made or migrated at opening. An office has one writer at a time (with
 * SQLite the whole file has), and reads take a connection each and see one state. Every table of a register is named
 * like the register, its columns like the fields; system tables begin with fz_. Every primary and unique key begins
 * with the office.
 *
 * SQL stands only in src/store/ (constants) and comes from src/formula/ (compiled); the folders above call the functions
 * here and in the headers beside it. Values are always bound. */
#ifndef FAZHI_STORE_STORE_H
#define FAZHI_STORE_STORE_H

#include "base/error.h"
#include "base/value.h"
#include "formula/formula.h"
#include "model/model.h"

struct store;
struct conn; /* a connection: inside a read or a write */

/* `folder` holds the key and, unless `database` is a postgresql:// address, the database file and the attachments. The
 * model must outlive the store. `create`: make a new data folder when there is none; without it a missing one is
 * ERR_NOT_FOUND that says: fazhi init. */
struct store *store_open(const char *folder, const char *database, const struct model *model, bool create,
                         struct error *err);
void store_close(struct store *s);
const struct model *store_model(const struct store *s);
/* All offices write one after another, not only those of one office. */
bool store_has_one_writer(const struct store *s);
enum formula_dialect store_dialect(const struct store *s);
const char *store_folder(const struct store *s); /* attachments, keys, report files */

/* Before serving: makes sure that no other process serves this folder (ERR_CONFLICT). Held until store_close. Commands
 * beside a running server need no lock: the database itself keeps them apart. */
bool store_lock_serving(struct store *s, struct error *err);
/* A copy of everything (database, attachments, key file) in the new folder `to`, while others go on working: a
 * consistent state, whole or not at all. `to` must not exist. It can be used as a data folder as it stands. */
bool store_backup(struct store *s, const char *to, struct error *err);

/* A consistent view for reading; ended by store_done. Several threads may read at once. */
struct conn *store_read(struct store *s, struct error *err);
/* A connection for what one question answers: no view that several answers share. Ended by store_done. */
struct conn *store_glance(struct store *s, struct error *err);
/* The one writer of the office: waits for its turn, begins a transaction. Ended by store_commit (on disk when it returns
 * true; false: nothing of it was saved) or store_rollback. Writers who wait for each other share one way to the disk. */
struct conn *store_write(struct store *s, struct str office, struct error *err);
/* The same for who writes nothing before he knows that it will stand, or calls store_guard first. When he gives up after he
 * has written all the same, nothing is saved of what those did who share the transaction, and they are told so. */
struct conn *store_write_unguarded(struct store *s, struct str office, struct error *err);
/* From here on what is written can be undone. */
bool store_guard(struct conn *c, struct error *err);
/* The same for what takes long (an import): no other writer's commit waits for its end, and who comes after its first
 * seconds is told at once (ERR_BUSY) that it is under way, and how far it is if it tells. */
struct conn *store_write_long(struct store *s, struct str office, struct error *err);
void store_tell_progress(struct conn *c, int64_t done, int64_t total); /* rows */
/* The same without waiting, for what may be left out: *c is NULL when somebody else writes now. False only for a
 * fault. */
bool store_try_write(struct store *s, struct str office, struct conn **c, struct error *err);
/* Takes the database for this process alone, readers of others included, until store_share_again: a very large write is
 * twice as fast so. False, and nothing is different: somebody else has it open, this process serves, or it is a
 * server's database. Neither inside a read nor a write. */
bool store_take_alone(struct store *s);
void store_share_again(struct store *s);
bool store_commit(struct conn *c, struct error *err);
void store_rollback(struct conn *c);

/* A writer who need not wait for the disk: he announces himself when he begins to work towards a write, ends it with
 * store_commit_later, goes on, and is concluded when all that he does for it is done, whether he wrote or not. Between
 * announcement and conclusion he must not end another write of that office with store_commit, and should be quick:
 * those who have written wait for him. */
struct store_promise {
    /* What became of it; nothing was saved when `saved` is false. Called once, by any thread, perhaps before
     * store_commit_later has returned; the store does not look at the promise again. */
    void (*told)(struct store_promise *p, bool saved, const struct error *err);
    bool made; /* `told` was or will be called; the rest is the store's own */
    struct store *store;
    struct turn *turn;
    struct store_promise *next;
};

/* `told` has been set, and *p stays where it is until it was concluded and, where it was used, told. */
void store_announce(struct store *s, struct str office, struct store_promise *p);
/* Nothing happens when it was not announced, or is concluded. */
void store_conclude(struct store_promise *p);
/* True: `told` will say what became of it. False: nothing was saved, and `told` is not called. */
bool store_commit_later(struct conn *c, struct store_promise *p, struct error *err);
void store_done(struct conn *c); /* end of a read */

/* Nested part of a write: everything since the savepoint can be undone alone. */
bool store_savepoint(struct conn *c, struct error *err);
bool store_release(struct conn *c, struct error *err);  /* keep; false: it is still there, to be undone */
bool store_undo(struct conn *c, struct error *err);     /* undo to the savepoint and drop it */

/* ---- records ---- */

struct record_head {
    int64_t id;
    struct str number;
    struct str stage;
    struct str created_on;    /* date */
    int64_t org;              /* 0: none */
    int64_t version;          /* counts the acts on the record */
    bool voided;
    int64_t created_at;       /* moment of entry, ms; written by record_insert only */
};

/* A record with its values in the order of reg->fields. */
struct record {
    const struct reg *reg;
    struct record_head head;
    struct value *values;
};

/* Next free id in the office (one sequence for all registers). Only in a write. */
bool record_next_id(struct conn *c, struct str office, int64_t *id, struct error *err);
/* Next {seq} of a register and year. Only in a write. */
bool record_next_seq(struct conn *c, struct str office, const struct reg *reg, int year, int64_t *seq, struct error *err);
/* Notes the last number taken of a register and year, or of all ids (reg NULL). */
bool record_put_seq(struct conn *c, struct str office, const struct reg *reg, int year, int64_t last, struct error *err);
/* ERR_CONFLICT, with RECORD_NUMBER as its place, when there is one of this number already. */
#define RECORD_NUMBER "number"
bool record_insert(struct conn *c, struct str office, const struct record *r, struct error *err);
/* The same for a number that ought to be free. That it is not may be told only by what comes after, at the latest by the
 * commit or the release of the savepoint, and what was done since the savepoint is lost then. */
bool record_insert_later(struct conn *c, struct str office, const struct record *r, struct error *err);
/* Writes what differs between `before`, as the table has it, and `after`; ERR_CONFLICT when the version in the table is
 * not before's any more. The text index follows both when the transaction is committed. */
bool record_update(struct conn *c, struct str office, const struct record *before, const struct record *after,
                   struct error *err);
/* ERR_NOT_FOUND when there is none. Voided records are found. */
bool record_get(struct conn *c, struct arena *a, struct str office, const struct reg *reg, int64_t id,
                struct record *r, struct error *err);
struct sight; /* below, with the lists */
/* Id of the record with this number, title (exact) or source_number, 0 when there is none, -1 when several. Titles and
 * source numbers only of what may be seen: who tries names must not learn whose matters there are. */
bool record_find(struct conn *c, struct str office, const struct reg *reg, struct str what, const struct sight *sight,
                 int64_t *id, struct error *err);
/* Id of the record with this number, 0 when there is none. */
bool record_find_number(struct conn *c, struct str office, const struct reg *reg, struct str number, int64_t *id,
                        struct error *err);
/* Id of a live record whose fields named by reg->natural_key have these values (order of the key), 0 when none. */
bool record_find_by_key(struct conn *c, struct str office, const struct reg *reg, const struct value *values,
                        int64_t *id, struct error *err);
/* Is there another live record with this value in this field? */
bool record_value_taken(struct conn *c, struct str office, const struct reg *reg, const struct field *f,
                        struct value value, int64_t except_id, bool *taken, struct error *err);

/* The text index is written when the transaction is committed, after many records for minutes: `watch` is then told how many
 * of about how many entries are made, perhaps by another thread, while the committing one waits. Ends with the transaction. */
void store_watch_words(struct conn *c, void (*watch)(void *arg, size_t done, size_t total), void *arg);

/* ---- lists ---- */

/* What may be seen: all, or the records of these organisations (own org or a field that assigns). */
struct sight {
    bool all;
    const int64_t *orgs;
    size_t org_count;
};

/* Where a page of a list begins. A place is what the order sees of the row at the page's edge, so a page is found in an
 * index, however deep it lies, and stays where it is while records come and go. */
enum { LIST_KEYS_MOST = 6, LIST_TEXT_CHARS = 32 };
struct list_place {
    struct value values[LIST_KEYS_MOST];
    size_t count;
};
enum list_from { LIST_FIRST, LIST_AFTER, LIST_BEFORE, LIST_LAST };

/* Totals are counted to here; beyond it there is only "more". */
enum { LIST_COUNT_MOST = 1000, LIST_COUNT_ALL = INT32_MAX };

/* Voided records are in no list and in no count. */
struct list_query {
    struct str office;
    const struct reg *reg;
    struct sight sight;
    const struct str *stages;               /* in one of these; count 0: in any */
    size_t stage_count;
    const struct field *field;              /* NULL, or a field that must have this value: a code, a reference */
    struct value is;
    const struct formula_sql *condition;    /* alias self; NULL for none; several conditions: and them before */
    const struct formula_run *run;          /* values for the condition */
    const struct formula_sql *condition2;   /* a second condition, and-ed (set of a figure + filter) */
    struct str search;                      /* text looked for in number and the searched fields; all words must be found */
    struct str sort_field;                  /* a field's or built-in name; empty: the register's default (of a search: the newest first) */
    bool descending;                        /* empties count as smallest */
    struct str sort_from, sort_until;       /* ISO days between which the condition keeps the first column of the order:
                                             * from <= x < until; "": open. Where the walk begins and ends. */
    enum list_from from;
    struct list_place place;                /* for LIST_AFTER and LIST_BEFORE; one that does not fit is ERR_INPUT */
    int64_t limit;                          /* rows; 0: only count */
    int64_t count_most;                     /* count to here; 0: LIST_COUNT_MOST; -1: don't; LIST_COUNT_ALL */
};

struct record_list {
    struct record *rows;
    size_t count;
    int64_t total;       /* that the conditions let pass, the page aside */
    bool more;           /* than `total`, which was as far as it was counted */
    bool before, after;  /* are there rows before the first and after the last of these? */
};
bool record_list(struct conn *c, struct arena *a, const struct list_query *q, struct record_list *list,
                 struct error *err);
/* All that `q` asks for, in its order, a part at a time, however long the list: until `each` returns false. limit 0: all
 * of it. `page` lives for the call only. */
bool record_list_each(struct conn *c, const struct list_query *q,
                      bool (*each)(void *arg, struct arena *page, const struct record_list *part), void *arg,
                      struct error *err);
/* The place of a row in the order of `q`: pages after or before it begin there. */
bool list_place_of(struct arena *a, const struct list_query *q, const struct record *r, struct list_place *place,
                   struct error *err);
/* Is this a column (a field, number, stage) that lists are sorted by, however long they are? */
bool list_sorts_by(const struct reg *reg, struct str column);

/* Runs a whole statement that a formula's compiler made; the values of its one row. */
bool store_select_row(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                      struct value *values, size_t count, struct error *err);
/* Runs a pass of a plan: fills its values. It may be run again for another period in the same read. */
bool store_run_pass(struct conn *c, struct arena *a, struct formula_plan *plan, struct formula_pass *pass,
                    const struct formula_run *run, struct error *err);
/* Runs a formula as a scalar ("select …"). */
bool store_evaluate(struct conn *c, struct arena *a, const struct formula_sql *sql, const struct formula_run *run,
                    struct value *value, struct error *err);
/* The same for several formulas in one statement, about the same record and moment. */
bool store_evaluate_all(struct conn *c, struct arena *a, const struct formula_sql *list, size_t count,
                        const struct formula_run *run, struct value *values, struct error *err);
/* The same about a record as it is given here, which the table may have otherwise or not at all; only for formulas that
 * formula_is_about_itself. run->self is its id. */
bool store_evaluate_about(struct conn *c, struct arena *a, const struct record *r, const struct formula_sql *list,
                          size_t count, const struct formula_run *run, struct value *values, struct error *err);

/* ---- acts ---- */

struct act_entry {
    int64_t seq;           /* position in the office's act log, from 1 without gaps */
    struct str reg;        /* name; empty for acts of administration (accounts, organisations, definitions, reports) */
    int64_t record;
    struct str act;
    struct str actor;      /* account name */
    int64_t at;            /* moment of entry, ms */
    struct str on;         /* day on which it happened, ISO date */
    struct str entrance;   /* page, api, import, command */
    struct str inputs;     /* canonical JSON: what was given */
    struct str changes;    /* canonical JSON: what became of the record and its deadlines */
    struct str prev_hash;  /* hex SM3 */
    struct str hash;
};

/* Appends; seq is to be the last + 1, which the caller knows. ERR_CONFLICT when it is taken. */
bool act_append(struct conn *c, struct str office, const struct act_entry *e, struct error *err);
/* Last seq and hash; 0 and empty when there is none. */
bool act_last(struct conn *c, struct arena *a, struct str office, int64_t *seq, struct str *hash, struct error *err);
/* Has this person done this act on this record since then? */
struct act_done {
    struct str reg, act, actor;
    int64_t record;
    int64_t since; /* moment, ms */
};
bool act_was_done(struct conn *c, struct str office, const struct act_done *what, bool *done, struct error *err);
/* Acts of one record in order. */
bool act_list_of_record(struct conn *c, struct arena *a, struct str office, struct str reg, int64_t record,
                        struct act_entry **list, size_t *count, struct error *err);
/* Calls `each` for every act with seq > after, in order, until it returns false. The entry's text lives for the call. */
bool act_each(struct conn *c, struct str office, int64_t after, bool (*each)(void *arg, const struct act_entry *e),
              void *arg, struct error *err);
/* Which acts to list; what is left zero does not filter. */
struct act_filter {
    struct str actor;
    struct str reg;      /* a register's name */
    bool administration; /* only acts that belong to no register */
    struct str entrance;
    int64_t from, until; /* moments of entry, ms: from <= at < until */
};
/* The newest acts first, of administration too; for the audit page. */
bool act_list_newest(struct conn *c, struct arena *a, struct str office, const struct act_filter *filter, int64_t offset,
                     int64_t limit, struct act_entry **list, size_t *count, int64_t *total, struct error *err);
/* How often each register's records were changed or made after this position: for "what has changed since". Acts that
 * change nothing (looking at private fields, remarks) do not count. */
bool act_changed_since(struct conn *c, struct arena *a, struct str office, const struct model *m, int64_t seq,
                       struct str **regs, int64_t **counts, size_t *count, struct error *err);

/* ---- deadlines ---- */

enum deadline_state { DEADLINE_RUNNING, DEADLINE_SUSPENDED, DEADLINE_MET, DEADLINE_MISSED, DEADLINE_STOPPED };

struct deadline_row {
    struct str reg;
    int64_t record;
    struct str name;
    struct str start_on;      /* ISO dates; "" when not set */
    struct str strict_on;     /* not moved for holidays */
    struct str legal_on;      /* moved */
    struct str strict_at;     /* moment, only for periods of hours */
    struct str warn_on;
    enum deadline_state state;
    struct str met_on;
    struct str suspended_on;
    int64_t deducted;         /* units taken out by suspensions */
    int64_t extended;         /* units added */
    struct str cite;          /* as it stood when it started */
    struct str rule;
    struct str length;        /* "15 days" as it stood */
    struct str roll;          /* law, analogy, none */
    struct str calendar;      /* which calendars it was counted with: national, national+guangxi */
};

/* running suspended met missed stopped */
struct str deadline_state_name(enum deadline_state s);
bool deadline_state_parse(struct str name, enum deadline_state *s);

/* Inserts or replaces. */
bool deadline_put(struct conn *c, struct str office, const struct deadline_row *d, struct error *err);
/* The record's deadlines, by start and name. */
bool deadline_list_of_record(struct conn *c, struct arena *a, struct str office, struct str reg, int64_t record,
                             struct deadline_row **list, size_t *count, struct error *err);

/* The earliest running deadline of each of these records; one without has an empty name. A right that lapsed before
 * `today` (ISO) is none. */
bool deadline_list_next(struct conn *c, struct arena *a, struct str office, const struct reg *reg, struct str today,
                        const int64_t *records, size_t count, struct deadline_row *next, struct error *err);

/* The open (running) deadlines of several registers, each with the person's sight of it; without the rights that lapsed:
 * there is nothing to do about them. */
struct seen_register {
    const struct reg *reg;
    struct sight sight;
};
struct deadline_query {
    struct str office;
    const struct seen_register *regs;
    size_t reg_count;
    struct str today; /* ISO */
    enum list_from from;
    struct list_place place; /* for LIST_AFTER and LIST_BEFORE; one that does not fit is ERR_INPUT */
    int64_t limit;
};
struct due_item { /* an open deadline with its record's head and title */
    struct deadline_row deadline;
    struct record_head head;
    struct str title;
};
struct due_list {
    struct due_item *items;
    size_t count;
    bool before, after; /* are there any before the first and after the last of these? */
};
/* By legal_on, earliest first (those without a day before them). */
bool deadline_list_open(struct conn *c, struct arena *a, const struct deadline_query *q, struct due_list *list,
                        struct error *err);
struct list_place deadline_place_of(const struct due_item *item);
/* How many there are on or before each of these days, "" for all, which comes last. At most LIST_COUNT_MOST are counted:
 * a count that reaches it means "as many or more". */
bool deadline_count_open(struct conn *c, const struct deadline_query *q, const struct str *days, size_t day_count,
                         int64_t *counts, struct error *err);
/* Every deadline in state running or suspended, for recomputation. */
bool deadline_list_running(struct conn *c, struct arena *a, struct str office, struct deadline_row **list,
                           size_t *count, struct error *err);
/* Every deadline of the office, for replay. */
bool deadline_each(struct conn *c, struct str office, bool (*each)(void *arg, const struct deadline_row *d), void *arg,
                   struct error *err);

/* Every record of a register, voided ones too, in order of id; for replay. */
bool record_each(struct conn *c, struct str office, const struct reg *reg,
                 bool (*each)(void *arg, const struct record *r), void *arg, struct error *err);
/* How many live records each stage has. `known` false: the person sees only some of the register, and more of it than
 * is counted for a page. */
bool record_count_by_stage(struct conn *c, struct arena *a, struct str office, const struct reg *reg,
                           struct sight sight, struct str **stages, int64_t **counts, size_t *count, bool *known,
                           struct error *err);
/* Counts the live records of each stage anew: after rows came into the tables in another way than by the functions
 * above. */
bool record_recount(struct conn *c, const struct reg *reg, struct error *err);

#endif
