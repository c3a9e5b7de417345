/* Sets of definition files that offices issue for themselves and all below: rows that are only ever added.
 *
 * A set is its files, kept under the SM3 digest of all of them; a row says from which day the issuing office puts which
 * set in force. A row without a digest withdraws: from that day on nothing of this office is in force. */
#ifndef FAZHI_STORE_DEFINITIONS_H
#define FAZHI_STORE_DEFINITIONS_H

#include "store/store.h"

struct definitions_row {
    struct str office;     /* who issued it */
    struct str code;       /* its division code */
    struct str name;       /* its name on that day */
    int64_t number;        /* 1, 2, … of this office */
    struct str valid_from; /* ISO date */
    struct str digest;     /* of the set's files; empty: withdrawn */
    struct str note;
    int64_t issued_at;
    struct str issued_by; /* account */
};

/* Adds it under the next number of its office. In a write of that office. */
bool definitions_put(struct conn *c, struct definitions_row *row, struct error *err);
/* What the office with this code and those above it issued: the nearest first, then by day and number, the newest first.
 * The empty code: what all offices issued. */
bool definitions_list(struct conn *c, struct arena *a, struct str code, struct definitions_row **list, size_t *count,
                      struct error *err);
/* What one office issued, by number. */
bool definitions_of_office(struct conn *c, struct arena *a, struct str office, struct definitions_row **list,
                           size_t *count, struct error *err);
/* The row in force on the day: the nearest office decides as soon as one of its days has come, unless it withdrew. NULL:
 * the definitions of the program. `list` as definitions_list gives it. */
const struct definitions_row *definitions_in_force(const struct definitions_row *list, size_t count, struct date on);

/* Is this row in force for its office on the day, or will it be later? The nearest offices aside. */
bool definitions_counts(const struct definitions_row *list, size_t count, const struct definitions_row *row,
                        struct date on);

/* An office at or below a code, and which set its own log told last (as definitions_note writes it); empty: none. */
struct definitions_standing {
    struct str office, code, name, noted;
};
/* Offices that are not closed, by code, at most `limit`. */
bool definitions_standings(struct conn *c, struct arena *a, struct str code, size_t limit,
                           struct definitions_standing **list, size_t *count, struct error *err);

/* The files of a set, by path. Putting what is there already changes nothing. */
bool definitions_put_files(struct conn *c, struct str office, struct str digest, const struct definition_file *files,
                           size_t count, struct error *err);
bool definitions_files(struct conn *c, struct arena *a, struct str office, struct str digest,
                       struct definition_file **files, size_t *count, struct error *err);

/* Are there records, or running deadlines, at this office or below that only have a place in what these name: the
 * register; a stage; a value of a field; a deadline? */
bool definitions_register_used(struct conn *c, struct str code, const struct reg *reg, bool *used, struct error *err);
bool definitions_stage_used(struct conn *c, struct str code, const struct reg *reg, struct str stage, bool *used,
                            struct error *err);
bool definitions_value_used(struct conn *c, struct str code, const struct reg *reg, const struct field *f,
                            struct str value, bool *used, struct error *err);
bool definitions_deadline_used(struct conn *c, struct str code, const struct reg *reg, struct str name, bool *used,
                               struct error *err);

/* What changes with every set issued and every office made or renamed: servers that hold models and names look at it to
 * see whether theirs still hold. */
bool store_version(struct conn *c, int64_t *version, struct error *err);
bool store_note_version(struct conn *c, struct error *err); /* in a write */

/* The tables of the registers of such a set, beside those of the program's own definitions: tables and columns are the
 * union of all; a field that a set drops keeps its column. A field that stands in the table with another meaning is
 * ERR_DEFINITION with the file. In a write. */
bool store_bring_definitions(struct conn *c, const struct model *m, struct error *err);
/* Was that done since this program's own definitions were last brought in? */
bool store_has_definitions(struct conn *c, const struct model *m, bool *has, struct error *err);
/* The text index of one office, made by the definitions that hold there. In a write; and whether it is needed. */
bool store_bring_words(struct conn *c, struct str office, const struct model *m, struct error *err);
bool store_words_differ(struct conn *c, struct str office, const struct model *m, bool *differ, struct error *err);

#endif
