/* The running office: the store, its clock and the key for private fields; and who is asking.
 *
 * Everything that changes anything goes through office/act.h. */
#ifndef FAZHI_OFFICE_OFFICE_H
#define FAZHI_OFFICE_OFFICE_H

#include <stdatomic.h>

#include "base/date.h"
#include "office/sets.h"
#include "store/offices.h"
#include "store/people.h"
#include "store/store.h"

struct seal;

struct office {
    struct store *store;
    const struct model *model; /* the definitions in force here */
    struct definition_sets *sets; /* where they come from; NULL: only the program's own are used */
    struct definitions_row issued; /* the set in force; number 0: none */
    atomic_bool *noted; /* the log tells of the set in force */
    atomic_int_fast64_t *version; /* store_version when it was last found current */
    struct date opened_on;
    struct clock clock;
    struct seal *seal; /* key for private fields */
    struct str key;    /* the office's key in the database */
    struct office_row info; /* its names and code as they were at opening */
    struct arena *arena;    /* of key and info */
};

/* Opens the office with that key in the database on a store; the empty key: the definitions' own. The set in force there
 * today is taken from `sets` (NULL: the program's own definitions whatever was issued). The key file DIR/key is made when
 * `create`, but never beside records that were sealed with another one: a missing key is ERR_STORE then. ERR_NOT_FOUND
 * when there is no such office; ERR_DEFINITION when the set in force does not fit this program. */
struct office *office_open(struct store *store, struct definition_sets *sets, struct str key, struct clock clock,
                           bool create, struct error *err);
/* Are its name, its state and the set in force still what they were at opening? */
bool office_is_current(const struct office *o, struct conn *c, bool *current, struct error *err);
/* Does not close the store. */
void office_close(struct office *o);

/* Somebody who acts or looks. Lives in the arena it was loaded into. */
struct user {
    struct account account;
    const struct role **roles;
    size_t role_count;
    int64_t *orgs; /* own organisation and all below */
    size_t org_count;
};

/* Fails with ERR_NOT_FOUND when there is no such account and ERR_FORBIDDEN when it is disabled. */
bool user_load(struct office *o, struct conn *c, struct arena *a, struct str name, struct user *user,
               struct error *err);
/* The same for one whose account and organisations were read already. */
bool user_complete(const struct office *o, struct arena *a, struct user *user, struct error *err);
bool user_has_role(const struct user *u, struct str role);

enum permission { MAY_MANAGE_USERS, MAY_IMPORT, MAY_ACT_ANY, MAY_FIX_REPORT, MAY_AUDIT, MAY_RECOMPUTE, MAY_SEE_TREE, MAY_ISSUE };
bool user_may(const struct user *u, enum permission p);
/* May this person see the register at all? */
bool user_sees_register(const struct user *u, const struct reg *reg);
/* Which of its records. */
struct sight user_sight(const struct user *u, const struct reg *reg);
bool user_sees_record(const struct user *u, const struct record *r);
/* May this person unmask the register's private fields (by the act `view`)? */
bool user_may_unmask(const struct user *u, const struct reg *reg);
/* Does one of the person's roles allow the act? act_any roles only at the entrances import and command. */
bool user_may_act(const struct user *u, const struct reg *reg, const struct act *act, struct str entrance);

/* Fills the run parameters that formulas need: office, today. */
struct formula_run office_run(const struct office *o);

#endif
