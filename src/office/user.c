#include <string.h>

#include "office/office.h"

static void load_roles(const struct model *m, struct arena *a, struct user *u)
{
    size_t cap = 0;
    struct str rest = u->account.roles;
    for (struct str name; str_split(&rest, ' ', &name);) {
        const struct role *role = model_role(m, name);
        if (role) ARENA_PUSH(a, u->roles, u->role_count, cap, role);
    }
}

bool user_complete(const struct office *o, struct arena *a, struct user *user, struct error *err)
{
    if (user->account.disabled)
        return error_set(err, ERR_FORBIDDEN, "账号「%.*s」已停用，请联系系统管理员", STR_ARG(user->account.name));
    load_roles(o->model, a, user);
    return true;
}

bool user_load(struct office *o, struct conn *c, struct arena *a, struct str name, struct user *user, struct error *err)
{
    *user = (struct user){0};
    if (!account_get(c, a, o->key, name, &user->account, err)) return false;
    if (!user_complete(o, a, user, err)) return false;
    if (user->account.org == 0) return true;
    return org_subtree(c, a, o->key, user->account.org, &user->orgs, &user->org_count, err);
}

bool user_has_role(const struct user *u, struct str role)
{
    for (size_t i = 0; i < u->role_count; i++)
        if (str_eq(u->roles[i]->name, role)) return true;
    return false;
}

static bool role_may(const struct role *r, enum permission p)
{
    switch (p) {
    case MAY_MANAGE_USERS: return r->may_manage_users;
    case MAY_IMPORT: return r->may_import;
    case MAY_ACT_ANY: return r->may_act_any;
    case MAY_FIX_REPORT: return r->may_fix_report;
    case MAY_AUDIT: return r->may_audit;
    case MAY_RECOMPUTE: return r->may_recompute;
    case MAY_SEE_TREE: return r->may_see_tree;
    case MAY_ISSUE: return r->may_issue;
    }
    return false;
}

bool user_may(const struct user *u, enum permission p)
{
    for (size_t i = 0; i < u->role_count; i++)
        if (role_may(u->roles[i], p)) return true;
    return false;
}

static bool role_sees(const struct role *r, const struct reg *reg)
{
    return r->all_registers || str_in(reg->name, r->registers, r->register_count);
}

/* Somebody with business in the office, as opposed to the administrators of system and audit, who see no matter. */
static bool has_business(const struct user *u)
{
    for (size_t i = 0; i < u->role_count; i++)
        if (u->roles[i]->all_registers || u->roles[i]->register_count) return true;
    return false;
}

bool user_sees_register(const struct user *u, const struct reg *reg)
{
    if (reg->open && has_business(u)) return true;
    for (size_t i = 0; i < u->role_count; i++)
        if (role_sees(u->roles[i], reg)) return true;
    return false;
}

struct sight user_sight(const struct user *u, const struct reg *reg)
{
    struct sight s = {.all = reg->open && has_business(u), .orgs = u->orgs, .org_count = u->org_count};
    for (size_t i = 0; i < u->role_count; i++)
        if (u->roles[i]->sees_office && role_sees(u->roles[i], reg)) s.all = true;
    if (!user_sees_register(u, reg)) s.org_count = 0;
    return s;
}

static bool sight_holds(const struct sight *s, int64_t org)
{
    for (size_t i = 0; i < s->org_count; i++)
        if (s->orgs[i] == org) return true;
    return false;
}

bool user_sees_record(const struct user *u, const struct record *r)
{
    if (!user_sees_register(u, r->reg)) return false;
    struct sight s = user_sight(u, r->reg);
    if (s.all || sight_holds(&s, r->head.org)) return true;
    for (size_t i = 0; i < r->reg->field_count; i++) {
        const struct field *f = &r->reg->fields[i];
        if (f->assigns && r->values[i].kind == VALUE_INT && sight_holds(&s, r->values[i].i)) return true;
    }
    return false;
}

bool user_may_unmask(const struct user *u, const struct reg *reg)
{
    for (size_t i = 0; i < u->role_count; i++)
        if (str_in(reg->name, u->roles[i]->unmask, u->roles[i]->unmask_count)) return true;
    return false;
}

static bool has_role_of(const struct user *u, const struct act *act)
{
    for (size_t i = 0; i < act->by_count; i++)
        if (user_has_role(u, act->by[i])) return true;
    return act->by_count == 0;
}

bool user_may_act(const struct user *u, const struct reg *reg, const struct act *act, struct str entrance)
{
    if (!user_sees_register(u, reg)) return false;
    if (act->kind == ACT_VIEW) return user_may_unmask(u, reg);
    bool by_hand = str_is(entrance, "page") || str_is(entrance, "api");
    if (!by_hand && user_may(u, MAY_ACT_ANY)) return true;
    if (has_role_of(u, act)) return true;
    /* Whoever does a step may correct what that step filled (act_may_amend looks at each field). */
    for (size_t i = 0; act->kind == ACT_AMEND && i < reg->act_count; i++)
        if (reg->acts[i].kind == ACT_STEP && has_role_of(u, &reg->acts[i])) return true;
    return false;
}
