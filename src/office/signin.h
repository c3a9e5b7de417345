/* Signing in: argon2id passwords, lock-out after failures, sessions.
 *
 * Five failures in a row lock the account for 30 minutes; an unknown account takes the same time and gives the same
 * answer as a wrong password, and so does a locked or a disabled one (security checklist S-03). A session ends after 15
 * minutes (of a browser left alone) or 12 hours; its token is 128 random bits and only the token's SM3 is stored
 * (S-04). */
#ifndef FAZHI_OFFICE_SIGNIN_H
#define FAZHI_OFFICE_SIGNIN_H

#include "office/act.h"

/* A password on its way in. Hashing takes about a tenth of a second and 32 MiB: it is made ready before a transaction
 * begins, so that no other writer waits for it. */
struct new_password {
    struct str text;    /* as typed */
    struct str encoded; /* its argon2id hash */
    struct str before;  /* encoded: the account's password when this one was made ready; empty for a new account */
    bool same;          /* as that one */
};

/* `before`: what the account has, encoded; empty when it is new. Texts are kept as given, the hash in the arena. */
bool password_prepare(struct arena *a, struct str text, struct str before, struct new_password *password,
                      struct error *err);
/* Encoded argon2id hash. */
bool password_hash(struct arena *a, struct str password, struct str *encoded, struct error *err);
bool password_matches(struct arena *a, struct str encoded, struct str password);
/* At least 10 characters of three kinds out of four, not the name, no common one (S-02). */
bool password_is_good(struct str password, const struct account *acc, struct error *err);

struct signed_in {
    struct str token; /* for the cookie */
    struct str csrf;  /* for forms */
    bool must_change; /* the password is to be changed first */
};

/* Checks name and password and opens a session. Each try is an entry in the act log. */
bool sign_in(struct office *o, struct arena *a, struct str name, struct str password, struct str remote,
             struct signed_in *in, struct error *err);
/* Who holds this session. ERR_FORBIDDEN when it has ended. */
bool session_check(struct office *o, struct conn *c, struct arena *a, struct str token, struct session *s,
                   struct user *user, struct error *err);
/* Notes that the session, as session_check gave it, is in use, when the last note is over a minute old. A session that
 * has ended meanwhile stays ended. */
bool session_is_noted(const struct office *o, const struct session *s); /* the last note is young enough */
bool session_touch(struct office *o, const struct session *s, struct error *err);
bool sign_out(struct office *o, struct arena *a, const struct user *u, struct str token, struct error *err);

#endif
