/* Organisations, accounts and sessions. */
#include "store/people.h"

#include "store/inside.h"

/* ---- organisations ---- */

bool org_put(struct conn *c, struct str office, const struct org *o, struct error *err)
{
    auto_query q = query_start(
        c, "insert into \"fz_org\" (\"office\", \"id\", \"parent\", \"code\", \"name\", \"kind\", \"closed\") "
           "values (?, ?, ?, ?, ?, ?, ?) on conflict (\"office\", \"id\") do update set \"parent\" = excluded.\"parent\", "
           "\"code\" = excluded.\"code\", \"name\" = excluded.\"name\", \"kind\" = excluded.\"kind\", "
           "\"closed\" = excluded.\"closed\"");
    query_bind_str(&q, office);
    query_bind_i64(&q, o->id);
    query_bind_i64(&q, o->parent);
    query_bind_str(&q, o->code);
    query_bind_str(&q, o->name);
    query_bind_str(&q, o->kind);
    query_bind_bool(&q, o->closed);
    return query_run(&q, NULL, err);
}

bool org_list(struct conn *c, struct arena *a, struct str office, struct org **list, size_t *count, struct error *err)
{
    auto_query q = query_start(c, "select \"id\", \"parent\", \"code\", \"name\", \"kind\", \"closed\" from \"fz_org\" "
                                  "where \"office\" = ? order by \"id\"");
    query_bind_str(&q, office);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) {
        struct org o = {
            .id = query_i64(&q, 0),
            .parent = query_i64(&q, 1),
            .code = query_str(&q, a, 2),
            .name = query_str(&q, a, 3),
            .kind = query_str(&q, a, 4),
            .closed = query_bool(&q, 5),
        };
        ARENA_PUSH(a, *list, *count, cap, o);
    }
    return query_finish(&q, err);
}

/* A code goes before a name. */
bool org_find(struct conn *c, struct str office, struct str what, int64_t *id, struct error *err)
{
    auto_query q = query_start(c, "select \"id\", 1 as rank from \"fz_org\" where \"office\" = ? and \"code\" = ? union all "
                                  "select \"id\", 2 from \"fz_org\" where \"office\" = ? and \"name\" = ? order by rank");
    query_bind_str(&q, office);
    query_bind_str(&q, what);
    query_bind_str(&q, office);
    query_bind_str(&q, what);
    int64_t rank = 0;
    *id = 0;
    while (query_row(&q)) {
        if (*id && query_i64(&q, 1) != rank) break;
        *id = *id ? -1 : query_i64(&q, 0);
        rank = query_i64(&q, 1);
    }
    return query_finish(&q, err);
}

/* `union` (not `union all`) ends even if somebody made a ring of parents. */
#define BELOW(first)                                                                                                   \
    "with recursive below(id) as (" first " union select o.\"id\" from \"fz_org\" as o join below on "                 \
    "o.\"parent\" = below.id where o.\"office\" = ?) select id from below order by id"

static bool take_ids(struct query *q, struct arena *a, int64_t **ids, size_t *count, struct error *err)
{
    size_t cap = 0;
    *ids = NULL;
    *count = 0;
    while (query_row(q)) ARENA_PUSH(a, *ids, *count, cap, query_i64(q, 0));
    return query_finish(q, err);
}

bool org_subtree(struct conn *c, struct arena *a, struct str office, int64_t id, int64_t **ids, size_t *count,
                 struct error *err)
{
    auto_query q = query_start(c, BELOW("select \"id\" from \"fz_org\" where \"office\" = ? and \"id\" = ?"));
    query_bind_str(&q, office);
    query_bind_i64(&q, id);
    query_bind_str(&q, office);
    return take_ids(&q, a, ids, count, err);
}

/* ---- accounts ---- */

#define ACCOUNT_COLUMNS_OF(t)                                                                                          \
    t "\"name\", " t "\"person\", " t "\"post\", " t "\"org\", " t "\"roles\", " t "\"password\", " t "\"disabled\", "    \
    t "\"must_change\", " t "\"failures\", " t "\"locked_until\", " t "\"created_at\", " t "\"password_at\", "           \
    t "\"last_login_at\", " t "\"prefs\""
#define ACCOUNT_COLUMNS ACCOUNT_COLUMNS_OF("")
enum { ACCOUNT_COLUMN_COUNT = 14 };

bool account_put(struct conn *c, struct str office, const struct account *acc, struct error *err)
{
    auto_query q = query_start(
        c, "insert into \"fz_account\" (\"office\", " ACCOUNT_COLUMNS ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
           "on conflict (\"office\", \"name\") do update set \"person\" = excluded.\"person\", \"post\" = excluded.\"post\", "
           "\"org\" = excluded.\"org\", \"roles\" = excluded.\"roles\", \"password\" = excluded.\"password\", "
           "\"disabled\" = excluded.\"disabled\", \"must_change\" = excluded.\"must_change\", "
           "\"failures\" = excluded.\"failures\", \"locked_until\" = excluded.\"locked_until\", "
           "\"created_at\" = excluded.\"created_at\", \"password_at\" = excluded.\"password_at\", "
           "\"last_login_at\" = excluded.\"last_login_at\", \"prefs\" = excluded.\"prefs\"");
    query_bind_str(&q, office);
    query_bind_str(&q, acc->name);
    query_bind_str(&q, acc->person);
    query_bind_str(&q, acc->post);
    query_bind_i64(&q, acc->org);
    query_bind_str(&q, acc->roles);
    query_bind_str(&q, acc->password);
    query_bind_bool(&q, acc->disabled);
    query_bind_bool(&q, acc->must_change);
    query_bind_i64(&q, acc->failures);
    query_bind_i64(&q, acc->locked_until);
    query_bind_i64(&q, acc->created_at);
    query_bind_i64(&q, acc->password_at);
    query_bind_i64(&q, acc->last_login_at);
    query_bind_str(&q, acc->prefs);
    return query_run(&q, NULL, err);
}

static struct account take_account(struct query *q, struct arena *a)
{
    return (struct account){
        .name = query_str(q, a, 0),
        .person = query_str(q, a, 1),
        .post = query_str(q, a, 2),
        .org = query_i64(q, 3),
        .roles = query_str(q, a, 4),
        .password = query_str(q, a, 5),
        .disabled = query_bool(q, 6),
        .must_change = query_bool(q, 7),
        .failures = query_i64(q, 8),
        .locked_until = query_i64(q, 9),
        .created_at = query_i64(q, 10),
        .password_at = query_i64(q, 11),
        .last_login_at = query_i64(q, 12),
        .prefs = query_str(q, a, 13),
    };
}

bool account_get(struct conn *c, struct arena *a, struct str office, struct str name, struct account *acc,
                 struct error *err)
{
    auto_query q = query_start(c, "select " ACCOUNT_COLUMNS " from \"fz_account\" where \"office\" = ? and \"name\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, name);
    bool found = query_row(&q);
    if (found) *acc = take_account(&q, a);
    if (!query_finish(&q, err)) return false;
    return found || error_set(err, ERR_NOT_FOUND, "没有这个账号");
}

bool account_list(struct conn *c, struct arena *a, struct str office, struct account **list, size_t *count,
                  struct error *err)
{
    auto_query q = query_start(c, "select " ACCOUNT_COLUMNS " from \"fz_account\" where \"office\" = ? order by \"name\"");
    query_bind_str(&q, office);
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    while (query_row(&q)) ARENA_PUSH(a, *list, *count, cap, take_account(&q, a));
    return query_finish(&q, err);
}

/* ---- sessions ---- */

bool session_put(struct conn *c, struct str office, const struct session *s, struct error *err)
{
    auto_query q = query_start(
        c, "insert into \"fz_session\" (\"office\", \"digest\", \"account\", \"csrf\", \"created_at\", \"seen_at\") "
           "values (?, ?, ?, ?, ?, ?) on conflict (\"office\", \"digest\") do update set "
           "\"account\" = excluded.\"account\", \"csrf\" = excluded.\"csrf\", \"created_at\" = excluded.\"created_at\", "
           "\"seen_at\" = excluded.\"seen_at\"");
    query_bind_str(&q, office);
    query_bind_str(&q, s->digest);
    query_bind_str(&q, s->account);
    query_bind_str(&q, s->csrf);
    query_bind_i64(&q, s->created_at);
    query_bind_i64(&q, s->seen_at);
    return query_run(&q, NULL, err);
}

bool session_seen(struct conn *c, struct str office, const struct session *s, struct error *err)
{
    auto_query q = query_start(c, "update \"fz_session\" set \"seen_at\" = ? where \"office\" = ? and \"digest\" = ?");
    query_bind_i64(&q, s->seen_at);
    query_bind_str(&q, office);
    query_bind_str(&q, s->digest);
    return query_run(&q, NULL, err);
}

static struct query start_session(struct conn *c, struct str office, struct str digest)
{
    struct query q = query_start(c, "select " ACCOUNT_COLUMNS_OF("a.") ", s.\"digest\", s.\"account\", s.\"csrf\", "
                                    "s.\"created_at\", s.\"seen_at\" from \"fz_session\" as s join \"fz_account\" as a "
                                    "on a.\"office\" = s.\"office\" and a.\"name\" = s.\"account\" "
                                    "where s.\"office\" = ? and s.\"digest\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    return q;
}

static struct query start_session_orgs(struct conn *c, struct str office, struct str digest)
{
    struct query q = query_start(c, BELOW("select o.\"id\" from \"fz_session\" as s join \"fz_account\" as a on "
                                          "a.\"office\" = s.\"office\" and a.\"name\" = s.\"account\" join \"fz_org\" as o "
                                          "on o.\"office\" = a.\"office\" and o.\"id\" = a.\"org\" "
                                          "where s.\"office\" = ? and s.\"digest\" = ?"));
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    query_bind_str(&q, office);
    return q;
}

bool session_find(struct conn *c, struct arena *a, struct str office, struct str digest, struct session *s,
                  struct account *acc, int64_t **orgs, size_t *org_count, struct error *err)
{
    auto_query q = start_session(c, office, digest);
    query_send(&q);
    auto_query below = start_session_orgs(c, office, digest);
    query_send(&below);
    bool found = query_row(&q);
    if (found) {
        const int at = ACCOUNT_COLUMN_COUNT;
        *acc = take_account(&q, a);
        *s = (struct session){
            .digest = query_str(&q, a, at),
            .account = query_str(&q, a, at + 1),
            .csrf = query_str(&q, a, at + 2),
            .created_at = query_i64(&q, at + 3),
            .seen_at = query_i64(&q, at + 4),
        };
    }
    if (!query_finish(&q, err) || !take_ids(&below, a, orgs, org_count, err)) return false;
    return found || error_set(err, ERR_NOT_FOUND, "登录已失效，请重新登录");
}

bool session_delete(struct conn *c, struct str office, struct str digest, struct error *err)
{
    auto_query q = query_start(c, "delete from \"fz_session\" where \"office\" = ? and \"digest\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, digest);
    return query_run(&q, NULL, err);
}

bool session_delete_of(struct conn *c, struct str office, struct str account, struct error *err)
{
    auto_query q = query_start(c, "delete from \"fz_session\" where \"office\" = ? and \"account\" = ?");
    query_bind_str(&q, office);
    query_bind_str(&q, account);
    return query_run(&q, NULL, err);
}

bool session_purge(struct conn *c, struct str office, int64_t seen_before, struct error *err)
{
    auto_query q = query_start(c, "delete from \"fz_session\" where \"office\" = ? and \"seen_at\" < ?");
    query_bind_str(&q, office);
    query_bind_i64(&q, seen_before);
    return query_run(&q, NULL, err);
}
