#include "web/app.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "office/signin.h"
#include "web/apps.h"
#include "web/csrf.h"
#include "web/import_job.h"
#include "web/page_tree.h"
#include "web/templates.h"

const char *app_cookie_name(const struct app *app)
{
    return app->behind_tls ? "__Host-fazhi" : "fazhi";
}

struct app *app_of(const struct request *rq)
{
    return rq->app;
}

struct held {
    struct app *app;
    struct held *next;
};

struct app *app_take(struct request *rq, struct str key, struct error *err)
{
    struct app *app = apps_get(app_of(rq)->all, key, err);
    if (!app) return NULL;
    struct held *h = arena_new(rq->arena, struct held);
    *h = (struct held){app, rq->held};
    rq->held = h;
    return app;
}

static void after(struct request *rq)
{
    for (struct held *h = rq->held; h; h = h->next) apps_put(h->app);
    rq->held = NULL;
}

struct visit *visit_of(const struct request *rq)
{
    return rq->session;
}

struct conn *app_read(struct request *rq, struct reply *rp)
{
    struct conn *c = store_read(app_of(rq)->office->store, &rp->err);
    if (!c) http_fault_error(rq, rp, &rp->err);
    return c;
}

bool app_read_end(struct request *rq, struct reply *rp, struct conn *c, bool ok)
{
    store_done(c);
    if (!ok) http_fault_error(rq, rp, &rp->err);
    return ok;
}

void app_write(struct request *rq, void (*then)(struct request *rq, struct reply *rp, void *arg), void *arg)
{
    struct office *o = app_of(rq)->office;
    http_then(rq, store_has_one_writer(o->store) ? (const void *)o->store : o, then, arg);
}

struct str app_encode(struct arena *a, struct str t)
{
    struct buf b = buf_in(a);
    html_put_query(&b, t);
    return buf_str(&b);
}

struct str app_url_with(struct request *rq, struct str path, const char *name, struct str value)
{
    struct buf b = buf_in(rq->arena);
    buf_put(&b, path);
    char mark = '?';
    for (size_t i = 0; i < rq->query.count; i++) {
        const struct pair *p = &rq->query.items[i];
        if (str_is(p->name, name) || str_is(p->name, "page") || str_is(p->name, "done") || p->value.len == 0) continue;
        buf_putc(&b, mark);
        html_put_query(&b, p->name);
        buf_putc(&b, '=');
        html_put_query(&b, p->value);
        mark = '&';
    }
    if (value.len) {
        buf_putc(&b, mark);
        buf_puts(&b, name);
        buf_putc(&b, '=');
        html_put_query(&b, value);
    }
    return buf_str(&b);
}

/* ---- the frame ---- */

static bool path_begins(struct str path, const char *with)
{
    size_t n = strlen(with);
    if (!str_starts(path, (struct str){with, n})) return false;
    return path.len == n || path.s[n] == '/' || with[n - 1] == '/';
}

static struct nav_link top_link(const struct request *rq, const char *label, const char *href)
{
    bool current = strcmp(href, "/") == 0 ? str_is(rq->path, "/") : path_begins(rq->path, href);
    return (struct nav_link){.label = str_from(label), .href = str_from(href), .current = current};
}

bool app_has_business(const struct request *rq)
{
    const struct model *m = app_of(rq)->office->model;
    for (size_t i = 0; i < m->reg_count; i++)
        if (user_sees_register(&visit_of(rq)->user, &m->regs[i])) return true;
    return false;
}

static void top_links(struct request *rq, struct page *p, const struct user *u)
{
    struct nav_link *list = arena_new_array(rq->arena, struct nav_link, 14);
    size_t n = 0;
    list[n++] = top_link(rq, "工作台", "/");
    if (tree_is_there(rq)) list[n++] = top_link(rq, "下级单位", "/tree");
    if (app_has_business(rq)) {
        list[n++] = top_link(rq, "搜索", "/search");
        list[n++] = top_link(rq, "年度报告", "/reports");
        list[n++] = top_link(rq, "数字", "/figures");
    }
    if (user_may(u, MAY_IMPORT)) list[n++] = top_link(rq, "导入", "/import");
    list[n++] = top_link(rq, "台账定义", "/definitions");
    if (app_has_business(rq) && app_of(rq)->office->model->parameter_count)
        list[n++] = top_link(rq, "共用参数", "/parameters");
    list[n++] = top_link(rq, "期限计算", "/calculator");
    if (user_may(u, MAY_MANAGE_USERS)) {
        list[n++] = top_link(rq, "账号", "/admin/users");
        list[n++] = top_link(rq, "机构", "/admin/orgs");
    }
    if (user_may(u, MAY_RECOMPUTE)) list[n++] = top_link(rq, "期限重算", "/admin/deadlines");
    if (user_may(u, MAY_AUDIT)) list[n++] = top_link(rq, "操作记录", "/admin/audit");
    p->top = list;
    p->top_count = n;
}

static void chapter_links(struct request *rq, struct page *p, const struct user *u)
{
    const struct model *m = app_of(rq)->office->model;
    struct nav_chapter *chapters = arena_new_array(rq->arena, struct nav_chapter, m->chapter_count);
    for (size_t i = 0; i < m->chapter_count; i++) {
        struct nav_chapter *ch = &chapters[p->chapter_count];
        struct nav_link *links = arena_new_array(rq->arena, struct nav_link, m->reg_count + 1);
        size_t n = 0;
        for (size_t k = 0; k < m->reg_count; k++) {
            const struct reg *reg = &m->regs[k];
            if (!str_eq(reg->chapter, m->chapters[i].key) || !user_sees_register(u, reg)) continue;
            char *href = str_cstr(rq->arena, str_printf(rq->arena, "/r/%.*s", STR_ARG(reg->name)));
            links[n] = (struct nav_link){.label = reg->label, .href = str_from(href), .current = path_begins(rq->path, href)};
            ch->open = ch->open || links[n].current;
            n++;
        }
        if (n == 0) continue;
        ch->label = m->chapters[i].label;
        ch->links = links;
        ch->link_count = n;
        p->chapter_count++;
    }
    p->chapters = chapters;
}

static const struct user_view *user_view(struct request *rq, const struct user *u)
{
    struct user_view *v = arena_new(rq->arena, struct user_view);
    v->name = u->account.person;
    v->place = u->account.post;
    if (v->place.len == 0 && u->role_count) v->place = u->roles[0]->label;
    return v;
}

static struct str today_words(struct request *rq)
{
    struct date d = clock_today(&app_of(rq)->office->clock);
    return str_printf(rq->arena, "%.*s %.*s", STR_ARG(date_chinese(rq->arena, d)), STR_ARG(date_weekday_name(d)));
}

/* What was just done, said after a redirect of ours; a link from elsewhere can't put its words there. Old browsers don't
 * tell where a request comes from. */
static void put_flash(struct request *rq, struct page *p)
{
    struct str done = request_query(rq, "done"), site = request_header(rq, "Sec-Fetch-Site");
    if (done.len == 0 || (site.len && !str_is(site, "same-origin"))) return;
    struct flash *f = arena_new(rq->arena, struct flash);
    *f = (struct flash){FLASH_DONE, done};
    p->flashes = f;
    p->flash_count = 1;
}

struct page app_page(struct request *rq, struct str title)
{
    struct app *app = app_of(rq);
    struct visit *visit = visit_of(rq);
    struct page p = {.title = title,
                     .office = app->office->info.name,
                     .version = STR("0.1.0"),
                     .today = today_words(rq),
                     .search = str_is(rq->path, "/search") ? request_query(rq, "q") : STR(""),
                     .address = str_is(rq->method, "GET") ? rq->target : STR("/"),
                     .elder = str_is(request_cookie(rq, "elder"), "1")};
    put_flash(rq, &p);
    if (!visit) return p;
    p.token = visit->session.csrf;
    p.user = user_view(rq, &visit->user);
    top_links(rq, &p, &visit->user);
    chapter_links(rq, &p, &visit->user);
    return p;
}

void app_crumbs(struct request *rq, struct page *p, const struct crumb *crumbs, size_t count)
{
    struct crumb *copy = arena_new_array(rq->arena, struct crumb, count);
    memcpy(copy, crumbs, count * sizeof *copy);
    p->crumbs = copy;
    p->crumb_count = count;
}

/* ---- hooks ---- */

/* Office and token of the cookie; false when it holds none. */
static bool split_cookie(struct request *rq, struct app **app, struct str *token, struct error *err)
{
    struct app *any = app_of(rq);
    struct str cookie = request_cookie(rq, app_cookie_name(any));
    size_t dot = str_find(cookie, STR("."), 0);
    if (dot == SIZE_MAX) return error_set(err, ERR_FORBIDDEN, "请先登录");
    *token = str_slice(cookie, dot + 1, cookie.len);
    *app = app_take(rq, str_slice(cookie, 0, dot), err);
    return *app || err->code != ERR_NOT_FOUND ? *app != NULL : error_set(err, ERR_FORBIDDEN, "请先登录");
}

/* The session of the cookie, when there is one that still holds; the request then belongs to its office. A session is
 * looked for only in the office that the cookie names: with another name in front of the token there is none. */
static struct visit *find_visit(struct request *rq, struct error *err)
{
    struct app *app = NULL;
    struct visit *v = arena_new(rq->arena, struct visit);
    if (!split_cookie(rq, &app, &v->token, err)) return NULL;
    if (rq->promise) store_announce(app->office->store, app->office->key, rq->promise);
    struct conn *c = store_glance(app->office->store, err);
    bool ok = c && session_check(app->office, c, rq->arena, v->token, &v->session, &v->user, err);
    if (c) store_done(c);
    if (!ok) return NULL;
    rq->app = app;
    return v;
}

/* Nobody unknown makes the server keep more than a form. */
static bool may_upload(struct request *rq)
{
    struct error err;
    return find_visit(rq, &err) != NULL;
}

static bool to_sign_in(struct request *rq, struct reply *rp)
{
    struct str back = str_is(rq->method, "GET") ? rq->target : STR("/");
    reply_redirect(rp, str_printf(rq->arena, "/sign-in?back=%.*s", STR_ARG(app_encode(rq->arena, back))));
    return false;
}

static bool is_session_page(const struct request *rq)
{
    return str_is(rq->path, "/account") || str_is(rq->path, "/sign-out") || str_is(rq->path, "/elder");
}

/* That is a write of its own, which a request announced for another can't make. */
static void note_use(struct request *rq, const struct visit *v)
{
    struct error err;
    struct office *o = app_of(rq)->office;
    if (session_is_noted(o, &v->session)) return;
    if (rq->promise) store_conclude(rq->promise);
    rq->promise = NULL;
    session_touch(o, &v->session, &err);
}

/* Without a session a page bears the name of the server's own office, as it is now. */
static void show_own_office(struct request *rq)
{
    struct error ignored;
    if (rq->promise) store_conclude(rq->promise); /* nothing is written for it */
    rq->promise = NULL;
    struct app *own = app_take(rq, app_of(rq)->office->key, &ignored);
    if (own) rq->app = own;
}

static bool before(struct request *rq, struct reply *rp, const struct route *route)
{
    struct error err;
    struct visit *v = find_visit(rq, &err);
    rq->session = v;
    if (!v) show_own_office(rq);
    if (!v && route->flags & ROUTE_PUBLIC) return true;
    if (!v && http_status(err.code) >= 500) { /* nothing is known about the session: the database is away */
        http_fault_error(rq, rp, &err);
        return false;
    }
    if (!v && route->flags & ROUTE_API) {
        http_fault(rq, rp, 401, str_copy(rq->arena, str_from(err.message)));
        return false;
    }
    if (!v) return to_sign_in(rq, rp);
    if (str_is(rq->method, "POST") && !(route->flags & ROUTE_PUBLIC) && !csrf_check(rq, v->session.csrf)) {
        http_fault(rq, rp, 403, STR("这一页打开得太久，或者不是从本系统提交的。请返回刷新后再提交。"));
        return false;
    }
    note_use(rq, v);
    if (v->user.account.must_change && route->flags & ROUTE_API) {
        http_fault(rq, rp, 403, STR("请先登录网页修改密码"));
        return false;
    }
    if (v->user.account.must_change && !is_session_page(rq) && !(route->flags & ROUTE_PUBLIC)) {
        reply_redirect(rp, STR("/account"));
        return false;
    }
    return true;
}

/* Programs get their faults as JSON too, whoever finds them. */
static void fault_json(struct reply *rp, struct str message)
{
    json_t *root = json_pack("{s:[{s:s%}]}", "errors", "message", message.s ? message.s : "", message.len);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    rp->type = STR("application/json; charset=utf-8");
    buf_puts(rp->body, text ? text : "{\"errors\":[]}");
    free(text);
    json_decref(root);
}

static void fault(struct request *rq, struct reply *rp, struct str title, struct str message)
{
    if (path_begins(rq->path, "/api/")) {
        fault_json(rp, message);
        return;
    }
    if (!visit_of(rq)) {
        tmpl_page_plain_error(rp->body, title, message);
        return;
    }
    struct page p = app_page(rq, title);
    struct fault_view v = {.title = title, .message = message, .back = STR("/"), .back_label = STR("回到工作台")};
    tmpl_page_error(rp->body, &p, &v);
}

/* ---- serving ---- */

static bool is_loopback(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "localhost:", 10) == 0 || strncmp(listen, "[::1]", 5) == 0;
}

bool web_serve(struct office *o, struct definition_sets *sets, const struct web_options *options, struct error *err)
{
    if (!is_loopback(options->listen) && !options->behind_tls && !options->insecure)
        return error_set(err, ERR_INPUT,
                         "不能不加密地监听 %s：请在前面放 TLS 代理并加 --behind-tls，或者只监听 127.0.0.1"
                         "（隔离的试用网络可以加 --insecure）",
                         options->listen);
    struct app app = {.office = o, .sets = sets, .behind_tls = options->behind_tls, .jobs = import_jobs_open()};
    app.all = apps_open(&app);
    struct http_options http = {.listen = options->listen,
                                .behind_tls = options->behind_tls,
                                .access_log = options->access_log,
                                .writers = options->writers,
                                .max_sheet = options->max_sheet,
                                .folder = store_folder(o->store),
                                .routes = app_routes,
                                .route_count = app_route_count,
                                .app = &app,
                                .may_upload = may_upload,
                                .before = before,
                                .after = after,
                                .fault = fault};
    http_hold_signals();
    struct http_server *server = http_open(&http, err);
    if (!server) {
        import_jobs_close(app.jobs);
        apps_close(app.all);
        return false;
    }
    printf("fazhi 已启动：http://%.*s:%u/\n", (int)(strrchr(options->listen, ':') - options->listen), options->listen,
           http_port(server));
    fflush(stdout);
    http_wait_for_signal();
    http_close(server);
    import_jobs_close(app.jobs);
    apps_close(app.all);
    return true;
}
