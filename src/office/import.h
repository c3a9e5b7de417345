/* Sheets from outside become records, by acts.
 *
 * Each row makes a record and then plays the procedure as far as its cells carry it (docs/definitions.md, "Import");
 * every gate holds. All or nothing: one faulty cell and nothing enters. A row whose natural key is already there is
 * recognised: it plays on from where its record stands. What the record began with, what it holds and what it was told
 * before is left alone; another cell that no act took, and a stage that it never came to, are faults there as in a new
 * row. The same file twice is told by its digest. */
#ifndef FAZHI_OFFICE_IMPORT_H
#define FAZHI_OFFICE_IMPORT_H

#include "base/sheet_in.h"
#include "office/act.h"

struct import_fault {
    size_t line;       /* of the file; 0: the header */
    struct str column; /* header of the column; empty when it is about the row */
    struct str value;
    struct str why; /* with article and remedy */
};

struct import_report {
    size_t rows;
    size_t created;
    size_t advanced; /* known rows that played on */
    size_t repeated; /* known rows with nothing new */
    struct import_fault *faults;
    size_t fault_count;
    bool committed;
    bool same_file; /* this very file was imported before (then nothing was done) */
};

/* One column of the sheet and the field it fills (NULL: left out). */
struct import_column {
    struct str header;
    const struct field *field;
    enum { COLUMN_FIELD, COLUMN_NUMBER, COLUMN_STAGE, COLUMN_SKIPPED, COLUMN_UNKNOWN } what;
};

/* Header → fields: by label, by name, and by the mapping remembered for this header (setting). */
bool import_map(struct office *o, struct conn *c, struct arena *a, const struct reg *reg, const struct sheet_in *sheet,
                struct import_column **columns, struct error *err);
/* Remembers a person's mapping for this header. `columns` in the order of the sheet. */
bool import_remember(struct tx *tx, const struct reg *reg, const struct sheet_in *sheet,
                     const struct import_column *columns, struct error *err);

/* How far an import is: rows played, then, in the commit, entries made in the text index. */
struct import_at {
    enum { IMPORT_ROWS, IMPORT_WORDS } phase;
    size_t done, total;
};
/* 正在导入：300 / 1000 行 */
struct str import_at_words(struct arena *a, struct import_at at);

struct import_options {
    bool dry_run;
    bool again;                                        /* take the file although it was imported before */
    struct str digest;                                 /* SM3 of the file */
    void (*progress)(void *arg, struct import_at at);  /* may be NULL; one call after the other, from any thread */
    void *progress_arg;
    /* Writes what is to be saved together with the records, just before they are; may be NULL. False undoes all. */
    bool (*saving)(void *arg, struct tx *tx, const struct import_report *report, struct error *err);
    void *saving_arg;
};

/* False only when it could not run at all (err); faults of rows stand in the report. */
bool import_run(struct office *o, struct arena *a, const struct user *u, struct str entrance, const struct reg *reg,
                const struct sheet_in *sheet, const struct import_column *columns, const struct import_options *options,
                struct import_report *report, struct error *err);

/* The sheet again with a column 原因 behind, only the rows that have faults: as CSV text. */
struct str import_faulty_rows(struct arena *a, const struct sheet_in *sheet, const struct import_report *report);

#endif
