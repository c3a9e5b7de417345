#include "web/page_sign.h"

#include "office/people.h"
#include "office/signin.h"
#include "web/csrf.h"
#include "web/templates.h"

enum { YEAR_SECONDS = 365 * 24 * 3600, OFFERED_MOST = 200 };

/* Only a path of ours: never //other.host, nor /\other.host, which browsers read the same way. */
static struct str safe_back(struct str back)
{
    bool path = back.len && back.s[0] == '/';
    bool elsewhere = path && back.len > 1 && (back.s[1] == '/' || back.s[1] == '\\');
    return path && !elsewhere && !str_starts(back, STR("/sign-")) ? back : STR("/");
}

/* ---- which office ---- */

/* Of the address, of the last time, or the server's own. */
static struct str named_office(struct request *rq)
{
    struct str named = str_trim(request_form(rq, "office"));
    if (!named.len) named = str_trim(request_query(rq, "office"));
    if (!named.len) named = request_cookie(rq, "office");
    return named.len ? named : app_of(rq)->office->key;
}

/* The office to sign in to, closed ones not. */
static struct app *chosen_app(struct request *rq, struct error *err)
{
    struct office_row row;
    struct app *app = app_of(rq);
    struct conn *c = store_read(app->office->store, err);
    if (!c) return NULL;
    bool ok = offices_find(c, rq->arena, named_office(rq), &row, err);
    store_done(c);
    if (ok && row.closed) ok = error_set(err, ERR_NOT_FOUND, "「%.*s」已经停用", STR_ARG(row.name));
    return ok ? app_take(rq, row.key, err) : NULL;
}

/* With one office in the database nothing is asked. */
static bool put_offices(struct request *rq, struct sign_in_view *v, struct error *err)
{
    struct office_row named, *list;
    size_t count;
    struct str word = named_office(rq);
    struct conn *c = store_read(app_of(rq)->office->store, err);
    if (!c) return false;
    bool ok = offices_are_many(c, &v->many, err);
    if (ok && v->many) ok = offices_list(c, rq->arena, STR(""), OFFERED_MOST + 1, &list, &count, err);
    if (ok && v->many) v->office = offices_find(c, rq->arena, word, &named, err) ? named.name : word;
    store_done(c);
    if (!ok || !v->many || count > OFFERED_MOST) return ok;
    struct str *names = arena_new_array(rq->arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        if (!list[i].closed) names[v->office_count++] = list[i].name;
    v->offices = names;
    return true;
}

static void show_sign_in(struct request *rq, struct reply *rp, struct str name, struct str error, struct str back)
{
    struct sign_in_view v = {.name = name, .error = error, .back = safe_back(back)};
    if (!put_offices(rq, &v, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct page p = app_page(rq, STR("登录"));
    p.user = NULL;
    p.token = request_cookie(rq, "pre");
    if (p.token.len != 64) {
        p.token = csrf_new(rq->arena);
        reply_cookie(rp, "pre", p.token, 0);
    }
    tmpl_page_sign_in(rp->body, &p, &v);
}

void page_sign_in(struct request *rq, struct reply *rp)
{
    if (visit_of(rq)) {
        reply_redirect(rp, safe_back(request_query(rq, "back")));
        return;
    }
    show_sign_in(rq, rp, STR(""), STR(""), request_query(rq, "back"));
}

void page_sign_in_post(struct request *rq, struct reply *rp)
{
    struct signed_in in;
    struct str name = str_trim(request_form(rq, "name"));
    struct str back = request_form(rq, "back");
    /* The token of the form before any session: a cookie of its own, so that nobody signs a victim in. */
    if (!csrf_check(rq, request_cookie(rq, "pre"))) {
        show_sign_in(rq, rp, name, STR("这一页打开得太久，请再登录一次"), back);
        return;
    }
    struct app *app = chosen_app(rq, &rp->err);
    if (!app) {
        rp->status = rp->err.code == ERR_STORE ? 500 : 403;
        show_sign_in(rq, rp, name, str_copy(rq->arena, str_from(rp->err.message)), back);
        return;
    }
    if (!sign_in(app->office, rq->arena, name, request_form(rq, "password"), rq->remote, &in, &rp->err)) {
        rp->status = rp->err.code == ERR_FORBIDDEN ? 403 : rp->err.code == ERR_BUSY ? 503 : 500;
        show_sign_in(rq, rp, name, str_copy(rq->arena, str_from(rp->err.message)), back);
        return;
    }
    struct str key = app->office->key;
    reply_cookie(rp, app_cookie_name(app), str_printf(rq->arena, "%.*s.%.*s", STR_ARG(key), STR_ARG(in.token)), 0);
    reply_cookie(rp, "office", key, YEAR_SECONDS);
    reply_cookie(rp, "pre", STR(""), -1);
    reply_redirect(rp, in.must_change ? STR("/account") : safe_back(back));
}

void page_sign_out(struct request *rq, struct reply *rp)
{
    struct app *app = app_of(rq);
    struct visit *v = visit_of(rq);
    sign_out(app->office, rq->arena, &v->user, v->token, &rp->err);
    reply_cookie(rp, app_cookie_name(app), STR(""), -1);
    reply_redirect(rp, STR("/sign-in"));
}

void page_elder(struct request *rq, struct reply *rp)
{
    bool on = str_is(request_form(rq, "on"), "1");
    reply_cookie(rp, "elder", on ? STR("1") : STR(""), on ? YEAR_SECONDS : -1);
    reply_redirect(rp, safe_back(request_form(rq, "back")));
}

/* ---- own account ---- */

static void show_account(struct request *rq, struct reply *rp, const char *field, struct str error)
{
    struct visit *v = visit_of(rq);
    struct page p = app_page(rq, STR("我的账号"));
    struct field_view fields[] = {
        {.kind = INPUT_PASSWORD, .name = STR("old"), .label = STR("现在的密码"), .required = true},
        {.kind = INPUT_PASSWORD,
         .name = STR("password"),
         .label = STR("新密码"),
         .required = true,
         .help = STR("至少 10 个字符，含大写字母、小写字母、数字、符号中的三种")},
        {.kind = INPUT_PASSWORD, .name = STR("again"), .label = STR("再输一次新密码"), .required = true},
    };
    struct form_fault faults[1];
    struct form_view form = {.action = STR("/account"),
                             .token = p.token,
                             .submit = STR("修改密码"),
                             .fields = fields,
                             .field_count = 3,
                             .faults = faults};
    for (size_t i = 0; field && i < 3; i++) {
        if (!str_is(fields[i].name, field)) continue;
        fields[i].error = error;
        faults[form.fault_count++] = (struct form_fault){fields[i].name, fields[i].label, error};
    }
    tmpl_page_account(rp->body, &p, &v->user.account.name, v->user.account.must_change, &form);
}

void page_account(struct request *rq, struct reply *rp)
{
    show_account(rq, rp, NULL, STR(""));
}

static bool change_password(struct request *rq, struct error *err)
{
    struct app *app = app_of(rq);
    struct visit *v = visit_of(rq);
    struct tx tx;
    struct new_password password;
    if (!password_prepare(rq->arena, request_form(rq, "password"), v->user.account.password, &password, err) ||
        !tx_begin(&tx, app->office, rq->arena, &v->user, STR("page"), err))
        return false;
    if (people_set_password(&tx, v->user.account.name, &password, false, err))
        return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

void page_account_post(struct request *rq, struct reply *rp)
{
    struct app *app = app_of(rq);
    struct visit *v = visit_of(rq);
    if (!password_matches(rq->arena, v->user.account.password, request_form(rq, "old"))) {
        show_account(rq, rp, "old", STR("现在的密码不对"));
        return;
    }
    if (!str_eq(request_form(rq, "password"), request_form(rq, "again"))) {
        show_account(rq, rp, "again", STR("两次输入的新密码不一样"));
        return;
    }
    if (!change_password(rq, &rp->err)) {
        show_account(rq, rp, "password", str_copy(rq->arena, str_from(rp->err.message)));
        return;
    }
    /* Every session of the account has ended, this one too. */
    reply_cookie(rp, app_cookie_name(app), STR(""), -1);
    reply_redirect(rp, STR("/sign-in"));
}
