/* Common definitions: what an office issues for itself and all below. Each issue and each withdrawal is an entry in its
 * act log; each office notes in its own log, before its first act under them, which set is in force. */
#ifndef FAZHI_OFFICE_DEFINITIONS_H
#define FAZHI_OFFICE_DEFINITIONS_H

#include "office/act.h"

enum { DEFINITIONS_NOTE_MOST = 200, DEFINITIONS_FILES_MOST = 1000 };

/* May this person issue definitions? Only offices above the township level do. */
bool definitions_may_issue(const struct office *o, const struct user *u);

/* Everything that speaks against these files as the office's set, without changing anything: faults of the files together
 * with the program's own (as `fazhi check` tells them), and what records here and below stand in that they would take
 * away. The model, to be closed by the caller; NULL with the faults. */
struct model *definitions_check(struct office *o, const struct definition_file *files, size_t count,
                                struct errors *faults);

struct definitions_order {
    const struct definition_file *files; /* NULL: withdraw what is in force */
    size_t count;
    struct date valid_from; /* not before today */
    struct str note;
};
/* Checks, makes the tables, keeps the files and puts them in force from a day on, or withdraws; in a write of its own. All
 * faults are told, and with any of them nothing is stored. */
bool definitions_issue(struct office *o, struct arena *a, const struct user *u, struct str entrance,
                       const struct definitions_order *order, struct definitions_row *row, struct errors *faults);

/* Files of a row of definitions_list with the program's own beside them, by path. A withdrawal has the program's alone. */
bool definitions_effective(const struct office *o, struct conn *c, struct arena *a, const struct definitions_row *row,
                           struct definition_file **files, size_t *count, struct error *err);

/* Which row is in force at the office with this code; `all` as definitions_list gives it for the empty code. NULL: the
 * program's own. */
const struct definitions_row *definitions_at(struct arena *a, const struct definitions_row *all, size_t count,
                                             struct str code, struct date on);
/* Does what an office's log told last name this row (NULL: none)? */
bool definitions_are_noted(struct arena *a, struct str noted, const struct definitions_row *row);

/* At opening: sets o->noted when the log tells already what is in force. */
bool definitions_noted(struct office *o, struct conn *c, struct error *err);
/* When a write begins: are name and definitions still those in force? Where all write through one connection this is
 * asked each time, so that no act is done by a set that was superseded; else a server learns it within a second. ERR_BUSY
 * when they are not: the next request finds the new ones. */
bool definitions_still_hold(struct tx *tx, struct error *err);
/* Before an act is appended: notes in the log that another set is in force than at the last act. */
bool definitions_note(struct tx *tx, struct error *err);

#endif
