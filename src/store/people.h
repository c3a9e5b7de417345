/* Accounts, organisations, sessions: the tables of who is who. Changing them is an act of administration; the office
 * layer writes the act, these functions only the rows. */
#ifndef FAZHI_STORE_PEOPLE_H
#define FAZHI_STORE_PEOPLE_H

#include "store/store.h"

struct org {
    int64_t id;
    int64_t parent;   /* 0: the root */
    struct str code;  /* unique in the office */
    struct str name;
    struct str kind;  /* office, department, community, grid, police, justice, lawfirm, mediation, other */
    bool closed;
};

bool org_put(struct conn *c, struct str office, const struct org *o, struct error *err); /* insert or replace by id */
bool org_list(struct conn *c, struct arena *a, struct str office, struct org **list, size_t *count, struct error *err);
/* By code or exact name; id 0 when there is none, -1 when several have the name. */
bool org_find(struct conn *c, struct str office, struct str what, int64_t *id, struct error *err);
/* The organisation and all below it. */
bool org_subtree(struct conn *c, struct arena *a, struct str office, int64_t id, int64_t **ids, size_t *count,
                 struct error *err);

struct account {
    struct str name;       /* sign-in name, never reused */
    struct str person;     /* 姓名 */
    struct str post;       /* 职务 */
    int64_t org;
    struct str roles;      /* names joined by a space */
    struct str password;   /* encoded argon2id hash; empty: cannot sign in */
    bool disabled;
    bool must_change;      /* password must be changed at the next sign-in */
    int64_t failures;      /* since the last success */
    int64_t locked_until;  /* ms; 0: not locked */
    int64_t created_at;
    int64_t password_at;
    int64_t last_login_at;
    struct str prefs;      /* small settings, JSON */
};

bool account_put(struct conn *c, struct str office, const struct account *acc, struct error *err);
/* ERR_NOT_FOUND when there is none. */
bool account_get(struct conn *c, struct arena *a, struct str office, struct str name, struct account *acc,
                 struct error *err);
bool account_list(struct conn *c, struct arena *a, struct str office, struct account **list, size_t *count,
                  struct error *err);

struct session {
    struct str digest;     /* SM3 of the cookie's token: the token itself is never stored */
    struct str account;
    struct str csrf;
    int64_t created_at;
    int64_t seen_at;
};
bool session_put(struct conn *c, struct str office, const struct session *s, struct error *err);
/* Sets seen_at where the session still is: one that has ended does not come back. */
bool session_seen(struct conn *c, struct str office, const struct session *s, struct error *err);
/* With the account, and its organisation and all below that. ERR_NOT_FOUND when there is none. */
bool session_find(struct conn *c, struct arena *a, struct str office, struct str digest, struct session *s,
                  struct account *acc, int64_t **orgs, size_t *org_count, struct error *err);
bool session_delete(struct conn *c, struct str office, struct str digest, struct error *err);
bool session_delete_of(struct conn *c, struct str office, struct str account, struct error *err);
bool session_purge(struct conn *c, struct str office, int64_t seen_before, struct error *err);

/* Small named texts: remembered import mappings, fixed reports, marks of what was loaded. */
bool setting_put(struct conn *c, struct str office, struct str name, struct str value, struct error *err);
bool setting_get(struct conn *c, struct arena *a, struct str office, struct str name, struct str *value,
                 struct error *err); /* empty when there is none */

/* Fixed reports (定稿). */
struct fixed_report {
    int64_t id;
    struct str report;     /* name */
    struct str period;     /* 2024 */
    int64_t seq;           /* position of the act log its figures were taken at */
    int64_t fixed_at;
    struct str fixed_by;
    struct str figures;    /* JSON: [{name,value,records}…] */
    struct str text;       /* the plain text as fixed */
    struct str definitions; /* digest of the definitions */
};
bool fixed_report_put(struct conn *c, struct str office, struct fixed_report *r, struct error *err); /* sets id */
bool fixed_report_list(struct conn *c, struct arena *a, struct str office, struct str report, struct str period,
                       struct fixed_report **list, size_t *count, struct error *err); /* newest first */

/* Attachments: the file's bytes live in DIR/attachments/<first two>/<digest>, named by SM3. */
struct attachment {
    struct str digest;     /* hex SM3 */
    struct str name;       /* as uploaded */
    struct str type;       /* told from the content */
    int64_t size;
    int64_t added_at;
    struct str added_by;
    char hex[65];          /* what `digest` of a new one points to, so copy it before the struct goes */
};
/* Fills digest and size, and type when it is empty. Large files take long: it is for before the write begins. */
void attachment_look(struct attachment *att, struct str bytes);
/* Stores the bytes (fsync) and the row; the same bytes twice are one file and keep the first name. Looks at it when
 * nobody has. */
bool attachment_add(struct conn *c, struct str office, struct str bytes, struct attachment *att, struct error *err);
bool attachment_get(struct conn *c, struct arena *a, struct str office, struct str digest, struct attachment *att,
                    struct str *bytes, struct error *err); /* bytes NULL: only the row; verifies the digest */

#endif
