#include "office/people.h"

#include <jansson.h>
#include <string.h>

#include "base/utf8.h"
#include "office/chain.h"

enum { NAME_MOST = 32, TEXT_MOST = 60, CODE_MOST = 30 };

static bool name_is_good(struct str t)
{
    if (t.len < 2 || t.len > NAME_MOST || t.s[0] < 'a' || t.s[0] > 'z') return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')) return false;
    }
    return true;
}

static bool text_is_good(struct str t, size_t most)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.s[i] < ' ') return false;
    return utf8_valid(t) && utf8_length(t) <= most;
}

static bool check_person(const struct account *acc, struct error *err)
{
    if (str_trim(acc->person).len == 0) return error_at(err, ERR_INPUT, STR("person"), "请填写姓名");
    if (!text_is_good(acc->person, TEXT_MOST) || !text_is_good(acc->post, TEXT_MOST))
        return error_at(err, ERR_INPUT, STR("person"), "姓名和职务最多 %d 个字，写成一行", TEXT_MOST);
    return true;
}

/* The entry about an account: who, where, which roles; never the password. */
static bool record_account(struct tx *tx, struct str what, const struct account *acc, struct error *err)
{
    json_t *o = json_object();
    json_object_set_new(o, "account", chain_json_text(acc->name));
    json_object_set_new(o, "person", chain_json_text(acc->person));
    json_object_set_new(o, "post", chain_json_text(acc->post));
    json_object_set_new(o, "roles", chain_json_text(acc->roles));
    json_object_set_new(o, "org", json_integer(acc->org));
    json_object_set_new(o, "disabled", json_boolean(acc->disabled));
    return chain_record(tx, what, o, err);
}

static bool is_administrative(const struct role *r)
{
    return r->may_manage_users || r->may_audit;
}

static bool check_roles(const struct tx *tx, struct str roles, struct error *err)
{
    size_t administrative = 0;
    size_t all = 0;
    struct str rest = roles;
    for (struct str name; str_split(&rest, ' ', &name);) {
        if (name.len == 0) continue;
        const struct role *r = model_role(tx->office->model, name);
        if (!r) return error_at(err, ERR_INPUT, STR("roles"), "没有「%.*s」这个岗位", STR_ARG(name));
        all++;
        if (is_administrative(r)) administrative++;
    }
    if (administrative > 1 || (administrative && all > 1))
        return error_at(err, ERR_INPUT, STR("roles"),
                        "系统管理员、审计管理员须由不同的人担任，也不能兼任业务岗位（三员分立）");
    return true;
}

static bool may_manage(const struct tx *tx, struct error *err)
{
    bool owner = str_is(tx->entrance, "command"); /* whoever owns the data folder could write it anyway */
    if (owner || user_may(tx->user, MAY_MANAGE_USERS)) return true;
    return error_set(err, ERR_FORBIDDEN, "只有系统管理员可以管理账号和机构");
}

bool people_add(struct tx *tx, struct account *acc, const struct new_password *password, bool keep_password,
                struct error *err)
{
    struct account other;
    if (!may_manage(tx, err)) return false;
    if (!name_is_good(acc->name))
        return error_at(err, ERR_INPUT, STR("name"),
                        "账号名须以小写字母开头，由 2 到 %d 个小写字母、数字、点、横线组成", NAME_MOST);
    if (!check_person(acc, err)) return false;
    if (account_get(tx->conn, tx->arena, tx->office->key, acc->name, &other, err))
        return error_at(err, ERR_CONFLICT, STR("name"), "账号「%.*s」已经有过，账号名不能重复使用", STR_ARG(acc->name));
    if (err->code != ERR_NOT_FOUND) return false;
    if (!check_roles(tx, acc->roles, err) || !password_is_good(password->text, acc, err)) return false;
    acc->password = password->encoded;
    acc->must_change = !keep_password;
    acc->created_at = acc->password_at = tx->now;
    return account_put(tx->conn, tx->office->key, acc, err) && record_account(tx, STR("add_account"), acc, err);
}

static bool load(struct tx *tx, struct str name, struct account *acc, struct error *err)
{
    if (account_get(tx->conn, tx->arena, tx->office->key, name, acc, err)) return true;
    if (err->code == ERR_NOT_FOUND) error_at(err, ERR_NOT_FOUND, STR("name"), "没有「%.*s」这个账号", STR_ARG(name));
    return false;
}

bool people_change(struct tx *tx, const struct account *acc, struct error *err)
{
    struct account old;
    if (!may_manage(tx, err) || !load(tx, acc->name, &old, err) || !check_person(acc, err) ||
        !check_roles(tx, acc->roles, err))
        return false;
    old.person = acc->person;
    old.post = acc->post;
    old.org = acc->org;
    old.roles = acc->roles;
    return account_put(tx->conn, tx->office->key, &old, err) && record_account(tx, STR("change_account"), &old, err);
}

bool people_prepare_password(struct office *o, struct arena *a, struct str name, struct str text,
                             struct new_password *password, struct error *err)
{
    struct account acc = {0};
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    bool ok = account_get(c, a, o->key, name, &acc, err) || err->code == ERR_NOT_FOUND;
    store_done(c);
    return ok && password_prepare(a, text, acc.password, password, err);
}

bool people_set_password(struct tx *tx, struct str name, const struct new_password *password, bool must_change,
                         struct error *err)
{
    struct account acc;
    bool own = tx->user && str_eq(tx->user->account.name, name);
    if ((!own && !may_manage(tx, err)) || !load(tx, name, &acc, err)) return false;
    if (!password_is_good(password->text, &acc, err)) return false;
    if (!str_eq(acc.password, password->before))
        return error_at(err, ERR_CONFLICT, STR("password"), "密码刚刚被改过，请重新办理");
    if (password->same) return error_at(err, ERR_INPUT, STR("password"), "新密码不能和原来的一样");
    acc.password = password->encoded;
    acc.must_change = must_change;
    acc.password_at = tx->now;
    acc.failures = 0;
    acc.locked_until = 0;
    return account_put(tx->conn, tx->office->key, &acc, err) &&
           session_delete_of(tx->conn, tx->office->key, name, err) &&
           record_account(tx, STR("set_password"), &acc, err);
}

bool people_set_disabled(struct tx *tx, struct str name, bool disabled, struct error *err)
{
    struct account acc;
    if (!may_manage(tx, err) || !load(tx, name, &acc, err)) return false;
    if (disabled && tx->user && str_eq(tx->user->account.name, name))
        return error_set(err, ERR_CONFLICT, "不能停用自己的账号，请由另一位系统管理员办理");
    acc.disabled = disabled;
    acc.failures = 0;
    acc.locked_until = 0;
    return account_put(tx->conn, tx->office->key, &acc, err) &&
           session_delete_of(tx->conn, tx->office->key, name, err) &&
           record_account(tx, disabled ? STR("disable_account") : STR("enable_account"), &acc, err);
}

static bool holds_id(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id) return true;
    return false;
}

/* The parent is there and not below the unit itself: the tree stays a tree. */
static bool check_parent(struct tx *tx, const struct org *org, const struct org *list, size_t count, struct error *err)
{
    int64_t *below;
    size_t n;
    if (org->parent == 0) return true;
    bool there = false;
    for (size_t i = 0; i < count; i++) there = there || list[i].id == org->parent;
    if (!there) return error_at(err, ERR_INPUT, STR("parent"), "没有这个上级单位");
    if (!org_subtree(tx->conn, tx->arena, tx->office->key, org->id, &below, &n, err)) return false;
    if (org->parent == org->id || holds_id(below, n, org->parent))
        return error_at(err, ERR_INPUT, STR("parent"), "上级单位不能是自己或者自己的下级");
    return true;
}

static bool check_org(struct tx *tx, const struct org *org, struct error *err)
{
    struct org *list;
    size_t count;
    if (org->code.len == 0 || !text_is_good(org->code, CODE_MOST))
        return error_at(err, ERR_INPUT, STR("code"), "单位代码须有 1 到 %d 个字", CODE_MOST);
    if (str_trim(org->name).len == 0 || !text_is_good(org->name, TEXT_MOST))
        return error_at(err, ERR_INPUT, STR("name"), "单位名称须有 1 到 %d 个字", TEXT_MOST);
    if (!text_is_good(org->kind, CODE_MOST)) return error_at(err, ERR_INPUT, STR("kind"), "单位类型不对");
    if (!org_list(tx->conn, tx->arena, tx->office->key, &list, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (list[i].id != org->id && str_eq(list[i].code, org->code))
            return error_at(err, ERR_CONFLICT, STR("code"), "代码「%.*s」已由「%.*s」使用", STR_ARG(org->code),
                            STR_ARG(list[i].name));
    return check_parent(tx, org, list, count, err);
}

bool people_put_org(struct tx *tx, const struct org *org, struct error *err)
{
    if (!may_manage(tx, err) || !check_org(tx, org, err) || !org_put(tx->conn, tx->office->key, org, err)) return false;
    memset(tx->heads.orgs, 0, sizeof tx->heads.orgs);
    json_t *o = json_object();
    json_object_set_new(o, "code", chain_json_text(org->code));
    json_object_set_new(o, "name", chain_json_text(org->name));
    json_object_set_new(o, "kind", chain_json_text(org->kind));
    json_object_set_new(o, "parent", json_integer(org->parent));
    json_object_set_new(o, "id", json_integer(org->id));
    json_object_set_new(o, "closed", json_boolean(org->closed));
    return chain_record(tx, STR("put_org"), o, err);
}
