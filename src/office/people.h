/* Accounts and organisations: changing them, each time with an entry in the act log. */
#ifndef FAZHI_OFFICE_PEOPLE_H
#define FAZHI_OFFICE_PEOPLE_H

#include "base/sheet_in.h"
#include "office/act.h"
#include "office/signin.h"

/* Adds an account (name [a-z][a-z0-9_.-]*, never used before) with a password, which must be changed at the first
 * sign-in unless `keep_password`. Roles must exist; the administrators' roles cannot be joined with business roles or
 * with each other (三员分立). `u` NULL: the command line of whoever owns the data folder. */
bool people_add(struct tx *tx, struct account *acc, const struct new_password *password, bool keep_password,
                struct error *err);
/* Changes person, post, organisation, roles. */
bool people_change(struct tx *tx, const struct account *acc, struct error *err);
/* Makes a new password of an account ready for people_set_password: call it before the transaction begins. An unknown
 * account is refused there. */
bool people_prepare_password(struct office *o, struct arena *a, struct str name, struct str text,
                             struct new_password *password, struct error *err);
/* Sets the password; by the person (old password given, checked) or by an administrator (must be changed then). Ends
 * the account's sessions. ERR_CONFLICT when it was changed since this one was made ready. */
bool people_set_password(struct tx *tx, struct str name, const struct new_password *password, bool must_change,
                         struct error *err);
/* Disables (or enables, also unlocks) and ends the sessions. */
bool people_set_disabled(struct tx *tx, struct str name, bool disabled, struct error *err);

bool people_put_org(struct tx *tx, const struct org *org, struct error *err);

/* Organisations (code,name,kind,parent) and accounts (name,person,post,org,roles) from sheets; rows that are there
 * already are left alone. All accounts get `password`, with one hash. */
bool people_import_orgs(struct tx *tx, const struct sheet_in *sheet, struct errors *faults);
bool people_import_accounts(struct tx *tx, const struct sheet_in *sheet, const struct new_password *password,
                            struct errors *faults);

#endif
