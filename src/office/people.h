/* Accounts and organisations: changing them, each time with an entry in the act log. */
#ifndef FAZHI_OFFICE_PEOPLE_H
#define FAZHI_OFFICE_PEOPLE_H

#include "base/sheet_in.h"
#include "office/act.h"

/* Adds an account (name [a-z][a-z0-9_.-]*, never used before) with a password, which must be changed at the first
 * sign-in unless `keep_password`. Roles must exist; the administrators' roles cannot be joined with business roles or
 * with each other (三员分立). `u` NULL: the command line of whoever owns the data folder. */
bool people_add(struct tx *tx, struct account *acc, struct str password, bool keep_password, struct error *err);
/* Changes person, post, organisation, roles. */
bool people_change(struct tx *tx, const struct account *acc, struct error *err);
/* Sets the password; by the person (old password given, checked) or by an administrator (must be changed then). Ends
 * the account's sessions. */
bool people_set_password(struct tx *tx, struct str name, struct str password, bool must_change, struct error *err);
/* Disables (or enables, also unlocks) and ends the sessions. */
bool people_set_disabled(struct tx *tx, struct str name, bool disabled, struct error *err);

bool people_put_org(struct tx *tx, const struct org *org, struct error *err);

/* Organisations (code,name,kind,parent) and accounts (name,person,post,org,roles) from sheets; rows that are there
 * already are left alone. Accounts get `password`. */
bool people_import_orgs(struct tx *tx, const struct sheet_in *sheet, struct errors *faults);
bool people_import_accounts(struct tx *tx, const struct sheet_in *sheet, struct str password, struct errors *faults);

#endif
