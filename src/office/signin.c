#include "office/signin.h"

#include <argon2.h>
#include <ctype.h>
#include <string.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include "base/sm3.h"
#include "base/utf8.h"
#include "office/chain.h"
#include "office/seal.h"

enum {
    ARGON_PASSES = 2,
    ARGON_KIB = 32 * 1024,
    SALT_BYTES = 16,
    HASH_BYTES = 32,
    ENCODED_MOST = 256,
    FAILURES_MOST = 5,
    LOCK_MS = 30 * 60 * 1000,
    IDLE_MS = 15 * 60 * 1000,
    LIFE_MS = 12 * 3600 * 1000,
    TOUCH_MS = 60 * 1000,
    TOUCH_LATE_MS = 10 * 60 * 1000,
    TOKEN_BYTES = 16,
    NAME_LOGGED = 64,
    PASSWORD_LEAST = 10,
    PASSWORD_MOST = 128,
};

bool password_hash(struct arena *a, struct str password, struct str *encoded, struct error *err)
{
    struct str salt = random_hex(a, SALT_BYTES / 2);
    char text[ENCODED_MOST];
    int rc = argon2id_hash_encoded(ARGON_PASSES, ARGON_KIB, 1, password.s, password.len, salt.s, salt.len, HASH_BYTES,
                                   text, sizeof text);
    if (rc != ARGON2_OK) return error_set(err, ERR_STORE, "密码无法加密保存：%s", argon2_error_message(rc));
    *encoded = str_copy(a, str_from(text));
    return true;
}

bool password_matches(struct arena *a, struct str encoded, struct str password)
{
    if (encoded.len == 0) return false;
    return argon2id_verify(str_cstr(a, encoded), password.s ? password.s : "", password.len) == ARGON2_OK;
}

bool password_prepare(struct arena *a, struct str text, struct str before, struct new_password *password,
                      struct error *err)
{
    *password = (struct new_password){.text = text, .before = before};
    if (text.len > PASSWORD_MOST) return true; /* password_is_good refuses it: not worth a hash */
    password->same = password_matches(a, before, text);
    return password_hash(a, text, &password->encoded, err);
}

static int kinds_of_characters(struct str t)
{
    bool small = false, upper = false, digit = false, other = false;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.s[i];
        if (islower(c))
            small = true;
        else if (isupper(c))
            upper = true;
        else if (isdigit(c))
            digit = true;
        else
            other = true;
    }
    return small + upper + digit + other;
}

static char *lower(struct arena *a, struct str t)
{
    char *low = str_cstr(a, t);
    for (char *c = low; *c; c++) *c = (char)tolower((unsigned char)*c);
    return low;
}

static bool is_common(struct str t)
{
    static const char *const common[] = {"password", "passw0rd", "p@ssw0rd", "qwerty", "123456", "abc123",
                                         "admin",    "iloveyou", "woaini",   "888888", "666666"};
    auto_arena a = arena_open();
    char *low = lower(a, t);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strstr(low, common[i])) return true;
    return false;
}

bool password_is_good(struct str password, const struct account *acc, struct error *err)
{
    struct str where = STR("password");
    auto_arena a = arena_open();
    if (!utf8_valid(password)) return error_at(err, ERR_INPUT, where, "密码里有不能识别的字符");
    if (utf8_length(password) < PASSWORD_LEAST || password.len > PASSWORD_MOST)
        return error_at(err, ERR_INPUT, where, "密码须有 %d 到 %d 个字符", PASSWORD_LEAST, PASSWORD_MOST);
    if (kinds_of_characters(password) < 3)
        return error_at(err, ERR_INPUT, where, "密码须含大写字母、小写字母、数字、符号中的至少三种");
    if (acc->name.len && strstr(lower(a, password), lower(a, acc->name)))
        return error_at(err, ERR_INPUT, where, "密码不能含有账号名");
    if (is_common(password)) return error_at(err, ERR_INPUT, where, "密码太常见，容易被猜到，请换一个");
    return true;
}

/* What was typed at the door is anything: it is cut, and left out when it is no text. */
static void set_logged(json_t *o, const char *key, struct str t)
{
    struct str cut = utf8_valid(t) ? str_slice(t, 0, utf8_cut(t, NAME_LOGGED)) : STR("?");
    json_object_set_new(o, key, json_stringn(cut.s ? cut.s : "", cut.len));
}

static struct str details(struct arena *a, struct str name, struct str remote, const char *outcome)
{
    json_t *o = json_object();
    set_logged(o, "account", name);
    set_logged(o, "address", remote);
    json_object_set_new(o, "outcome", json_string(outcome));
    struct str text = chain_canonical(a, o);
    json_decref(o);
    return text;
}

/* One answer for a wrong password, an unknown account, a disabled and a locked one: whoever tries learns nothing. */
static bool refuse(struct error *err)
{
    return error_set(err, ERR_FORBIDDEN,
                     "账号或者密码不对。连续 %d 次不对，账号锁定 30 分钟；已锁定的请过后再试，或者请系统管理员解锁",
                     FAILURES_MOST);
}

/* The password was looked at outside the transaction, since that takes long: only what it was compared with counts, and
 * the account as it is now. Tries at the same time can't overwrite each other's count. */
static bool judge(struct tx *tx, struct str name, const struct account *seen, bool matches, bool *good,
                  struct account *acc, struct error *err)
{
    *good = false;
    if (!seen) return true;
    if (!account_get(tx->conn, tx->arena, tx->office->key, name, acc, err)) return false;
    if (acc->locked_until > tx->now) return true;
    *good = matches && !acc->disabled && str_eq(acc->password, seen->password);
    if (*good) {
        acc->failures = 0;
        acc->locked_until = 0;
        acc->last_login_at = tx->now;
    } else if (++acc->failures >= FAILURES_MOST) {
        acc->failures = 0;
        acc->locked_until = tx->now + LOCK_MS;
    }
    return account_put(tx->conn, tx->office->key, acc, err);
}

static bool open_session(struct tx *tx, const struct account *acc, struct signed_in *in, struct error *err)
{
    in->token = random_hex(tx->arena, TOKEN_BYTES);
    in->csrf = random_hex(tx->arena, TOKEN_BYTES);
    in->must_change = acc->must_change;
    struct session s = {sm3_hex(tx->arena, in->token), acc->name, in->csrf, tx->now, tx->now};
    return session_purge(tx->conn, tx->office->key, tx->now - LIFE_MS, err) &&
           session_put(tx->conn, tx->office->key, &s, err);
}

/* Outcome, session and entry in the log, in one transaction. */
static bool try_in(struct tx *tx, struct str name, struct str remote, const struct account *seen, bool matches,
                   bool *good, struct signed_in *in, struct error *err)
{
    struct account acc = {0};
    return judge(tx, name, seen, matches, good, &acc, err) && (!*good || open_session(tx, &acc, in, err)) &&
           act_record_admin(tx, *good ? STR("sign_in") : STR("sign_in_failed"),
                            details(tx->arena, name, remote, *good ? "ok" : "refused"), err);
}

static bool busy(struct office *o, struct error *err)
{
    tx_explain_busy(o, err);
    return false;
}

bool sign_in(struct office *o, struct arena *a, struct str name, struct str password, struct str remote,
             struct signed_in *in, struct error *err)
{
    struct account seen;
    struct tx tx;
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    if (!utf8_valid(name)) name = STR("?"); /* no account is called so */
    bool known = account_get(c, a, o->key, name, &seen, err);
    store_done(c);
    if (!known && err->code != ERR_NOT_FOUND) return false;
    /* An unknown account costs the same time: hash the password all the same. */
    struct str unused;
    bool fits = password.len <= PASSWORD_MOST;
    if (fits && (!known || seen.password.len == 0)) password_hash(a, password, &unused, err);
    bool matches = fits && known && password_matches(a, seen.password, password);
    bool good;
    struct user actor = {.account = {.name = known ? seen.name : STR("?")}};
    if (!tx_begin(&tx, o, a, &actor, STR("page"), err)) return busy(o, err);
    if (!try_in(&tx, name, remote, known ? &seen : NULL, matches, &good, in, err)) {
        tx_rollback(&tx);
        return busy(o, err);
    }
    if (!tx_commit(&tx, err)) return busy(o, err);
    return good || refuse(err);
}

bool session_check(struct office *o, struct conn *c, struct arena *a, struct str token, struct session *s,
                   struct user *user, struct error *err)
{
    if (token.len != 32) return error_set(err, ERR_FORBIDDEN, "请先登录");
    *user = (struct user){0};
    if (!session_find(c, a, o->key, sm3_hex(a, token), s, &user->account, &user->orgs, &user->org_count, err))
        return err->code == ERR_NOT_FOUND ? error_set(err, ERR_FORBIDDEN, "请先登录") : false;
    int64_t now = clock_now(&o->clock);
    if (now - s->seen_at > IDLE_MS || now - s->created_at > LIFE_MS)
        return error_set(err, ERR_FORBIDDEN, "长时间没有操作，已退出，请重新登录");
    return user_complete(o, a, user, err);
}

bool session_is_noted(const struct office *o, const struct session *s)
{
    return clock_now(&o->clock) - s->seen_at < TOUCH_MS;
}

bool session_touch(struct office *o, const struct session *s, struct error *err)
{
    struct session now = *s;
    struct conn *c;
    now.seen_at = clock_now(&o->clock);
    int64_t since = now.seen_at - s->seen_at;
    if (session_is_noted(o, s)) return true;
    /* A page need not wait for a writer to be noted, unless the session would seem to be idle. */
    bool late = since > TOUCH_LATE_MS;
    bool ok = late ? (c = store_write(o->store, o->key, err)) != NULL : store_try_write(o->store, o->key, &c, err);
    if (!ok || !c) return ok;
    if (session_seen(c, o->key, &now, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

bool sign_out(struct office *o, struct arena *a, const struct user *u, struct str token, struct error *err)
{
    struct tx tx;
    if (!tx_begin(&tx, o, a, u, STR("page"), err)) return false;
    if (session_delete(tx.conn, o->key, sm3_hex(a, token), err) &&
        act_record_admin(&tx, STR("sign_out"), STR("{}"), err))
        return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}
