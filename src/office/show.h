/* Values of records as people read them: codes by label, organisations and referred records by name, private fields
 * masked unless the reader has unmasked them. One place for pages, sheets, JSON and the command line. */
#ifndef FAZHI_OFFICE_SHOW_H
#define FAZHI_OFFICE_SHOW_H

#include "office/office.h"

struct shower {
    struct office *office;
    struct conn *conn;
    struct arena *arena;
    struct org *orgs; /* read once */
    size_t org_count;
};

bool shower_open(struct shower *s, struct office *o, struct conn *c, struct arena *a, struct error *err);
/* Name of an organisation; empty when there is none. */
struct str show_org(const struct shower *s, int64_t id);
/* The value for reading. A reference shows the other record's title (or number when it has none). */
struct str show_value(const struct shower *s, const struct reg *reg, const struct field *f, struct value v,
                      bool unmasked);
/* What names the record: its title field (masked when private), else its number. */
struct str show_title(const struct shower *s, const struct record *r);
/* Label of the record's stage. */
struct str show_stage(const struct record *r);
/* Has `user` unmasked this record (act view) within the last 15 minutes? */
bool show_is_unmasked(const struct shower *s, const struct user *user, const struct record *r);

#endif
