/* Offices of one database: adding them, one by one or from a sheet of division codes, and closing them. Each change is
 * an entry in the act log of the office that it is about. */
#ifndef FAZHI_OFFICE_OFFICES_H
#define FAZHI_OFFICE_OFFICES_H

#include "base/sheet_in.h"
#include "office/act.h"

/* 省 市 区（县） 街道（乡镇); the code's level for people. */
struct str office_level_label(struct str code);

/* Adds an office in a write of its own. `base` lends store and clock. Of the row only code and name are needed: the key
 * then is o<code>, the full name is made from the names of the divisions above and from `kind` (街道, 镇 …), the mark
 * is the name without its kind. What was filled in is in *row afterwards. ERR_CONFLICT: key or code are taken. */
bool office_add(const struct office *base, struct arena *a, const struct user *u, struct str entrance, struct str kind,
                struct office_row *row, struct error *err);

/* Closes an office (or opens it again): nobody signs in any more, its sessions end; its records stay. */
bool office_set_closed(const struct office *base, struct arena *a, const struct user *u, struct str entrance,
                       struct office_row *row, bool closed, struct error *err);

/* Gives an office another name; what is empty in the row stays as it is. Running servers show it within a second. */
bool office_rename(const struct office *base, struct arena *a, const struct user *u, struct str entrance,
                   struct office_row *row, struct str name, struct str full_name, struct str mark, struct error *err);

struct office_import_report {
    size_t offices, known; /* made now; there already */
    size_t orgs;           /* communities made now */
};
/* A sheet with the columns code and name, and kind if there is one: rows of 2, 4, 6 and 9 digits become offices, rows
 * of 12 organisations of the office above them. Parents stand before what is below them, as lists of divisions do. What
 * is there already is left alone, so that a sheet that failed half-way can be given again: each office is a write of
 * its own. */
bool office_import(const struct office *base, const struct user *u, struct str entrance, const struct sheet_in *sheet,
                   struct office_import_report *report, struct errors *faults);

#endif
