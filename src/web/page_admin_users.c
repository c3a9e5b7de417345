/* Accounts: the list, adding, changing, one-time passwords, disabling. */
#include "office/people.h"
#include "web/admin_view.h"
#include "web/csrf.h"
#include "web/page_admin.h"
#include "web/templates.h"
#include "web/views.h"

enum { ONE_TIME_DIGITS = 16 };

/* What the pages about accounts read first. */
struct book {
    struct org *orgs;
    size_t org_count;
    struct account *accounts;
    size_t account_count;
};

static bool read_book(struct request *rq, struct reply *rp, struct book *b)
{
    struct str office = app_of(rq)->office->key;
    struct conn *c = app_read(rq, rp);
    if (!c) return false;
    bool ok = org_list(c, rq->arena, office, &b->orgs, &b->org_count, &rp->err) &&
              account_list(c, rq->arena, office, &b->accounts, &b->account_count, &rp->err);
    return app_read_end(rq, rp, c, ok);
}

static struct str user_href(struct request *rq, struct str name)
{
    return str_printf(rq->arena, "/admin/users/%.*s", STR_ARG(name));
}

static void crumbs(struct request *rq, struct page *p, struct str title)
{
    struct crumb list[] = {{STR("工作台"), STR("/")}, {STR("账号"), STR("/admin/users")}, {title, STR("")}};
    app_crumbs(rq, p, list, 3);
}

/* ---- the list ---- */

static bool is_locked(struct request *rq, const struct account *acc)
{
    return acc->locked_until > clock_now(&app_of(rq)->office->clock);
}

static struct str state_label(struct request *rq, const struct account *acc)
{
    if (acc->disabled) return STR("已停用");
    if (is_locked(rq, acc)) return STR("已锁定");
    return acc->must_change ? STR("待改密码") : STR("正常");
}

static struct str role_labels(struct request *rq, struct str roles)
{
    struct buf b = buf_in(rq->arena);
    for (struct str name; str_split(&roles, ' ', &name);) {
        const struct role *r = model_role(app_of(rq)->office->model, name);
        if (name.len == 0) continue;
        if (b.len) buf_puts(&b, "、");
        buf_put(&b, r ? r->label : name);
    }
    return buf_str(&b);
}

static struct str org_name(const struct book *b, int64_t id)
{
    for (size_t i = 0; i < b->org_count; i++)
        if (b->orgs[i].id == id) return b->orgs[i].name;
    return STR("");
}

static struct str moment_words(struct request *rq, int64_t ms)
{
    return ms ? views_minute(rq->arena, ms) : STR("");
}

enum { USER_COLUMNS = 7 };

static void fill_users(struct request *rq, const struct book *b, struct table_view *t)
{
    static const struct column_view columns[USER_COLUMNS] = {
        {.label = {"账号", sizeof "账号" - 1}},
        {.label = {"姓名", sizeof "姓名" - 1}},
        {.label = {"职务", sizeof "职务" - 1}, .text = true},
        {.label = {"机构", sizeof "机构" - 1}, .text = true},
        {.label = {"岗位", sizeof "岗位" - 1}, .text = true},
        {.label = {"状态", sizeof "状态" - 1}},
        {.label = {"最近登录", sizeof "最近登录" - 1}},
    };
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, USER_COLUMNS * (b->account_count + 1));
    for (size_t i = 0; i < b->account_count; i++) {
        const struct account *acc = &b->accounts[i];
        struct cell_view *row = &cells[i * USER_COLUMNS];
        row[0] = (struct cell_view){.text = acc->name, .href = user_href(rq, acc->name)};
        row[1].text = acc->person;
        row[2].text = acc->post;
        row[3].text = org_name(b, acc->org);
        row[4].text = role_labels(rq, acc->roles);
        row[5].text = state_label(rq, acc);
        row[6].text = moment_words(rq, acc->last_login_at);
    }
    *t = (struct table_view){.caption = STR("账号"),
                             .columns = columns,
                             .column_count = USER_COLUMNS,
                             .cells = cells,
                             .row_count = b->account_count};
}

void page_users(struct request *rq, struct reply *rp)
{
    static const struct pair_view buttons[] = {
        {.label = {"新增账号", sizeof "新增账号" - 1}, .href = {"/admin/users/new", sizeof "/admin/users/new" - 1}}};
    struct book b;
    if (!admin_may(rq, rp, MAY_MANAGE_USERS) || !read_book(rq, rp, &b)) return;
    struct admin_list_view v = {.title = STR("账号"),
                                .help = STR("账号只停用，不删除；账号名不重复使用。"),
                                .buttons = buttons,
                                .button_count = 1,
                                .empty = {.title = STR("还没有账号")}};
    fill_users(rq, &b, &v.table);
    struct page p = app_page(rq, v.title);
    tmpl_page_admin_list(rp->body, &p, &v);
}

/* ---- the form ---- */

enum { USER_FIELDS = 5 };

static bool holds_role(struct str roles, struct str wanted)
{
    for (struct str name; str_split(&roles, ' ', &name);)
        if (str_eq(name, wanted)) return true;
    return false;
}

static const struct option_view *role_options(struct request *rq, struct str roles)
{
    const struct model *m = app_of(rq)->office->model;
    struct option_view *list = arena_new_array(rq->arena, struct option_view, m->role_count + 1);
    for (size_t i = 0; i < m->role_count; i++)
        list[i] = (struct option_view){
            .value = m->roles[i].name, .label = m->roles[i].label, .selected = holds_role(roles, m->roles[i].name)};
    return list;
}

static void make_fields(struct request *rq, const struct book *b, const struct account *acc, bool is_new,
                        struct field_view *f)
{
    f[0] = (struct field_view){.kind = INPUT_TEXT,
                               .name = STR("name"),
                               .label = STR("账号名"),
                               .value = acc->name,
                               .required = is_new,
                               .disabled = !is_new,
                               .help = is_new ? STR("小写字母开头，2 到 32 个小写字母、数字、点、横线")
                                              : STR("账号名不能改")};
    f[1] = (struct field_view){
        .kind = INPUT_TEXT, .name = STR("person"), .label = STR("姓名"), .value = acc->person, .required = true};
    f[2] = (struct field_view){.kind = INPUT_TEXT, .name = STR("post"), .label = STR("职务"), .value = acc->post};
    f[3] = (struct field_view){.kind = INPUT_ORG, .name = STR("org"), .label = STR("机构"), .required = true};
    f[3].option_count = admin_org_options(rq->arena, b->orgs, b->org_count, acc->org, 0, &f[3].options);
    f[4] = (struct field_view){.kind = INPUT_CODE,
                               .name = STR("roles"),
                               .label = STR("岗位"),
                               .multiple = true,
                               .options = role_options(rq, acc->roles),
                               .option_count = app_of(rq)->office->model->role_count,
                               .help = STR("系统管理员、审计管理员不兼任其他岗位")};
}

static const struct pair_view *account_buttons(struct request *rq, const struct account *acc, size_t *count)
{
    struct pair_view *list = arena_new_array(rq->arena, struct pair_view, 3);
    struct str href = user_href(rq, acc->name);
    list[0] =
        (struct pair_view){.label = STR("重置密码"), .href = str_printf(rq->arena, "%.*s/password", STR_ARG(href))};
    *count = 1;
    if (acc->disabled || is_locked(rq, acc))
        list[(*count)++] = (struct pair_view){.label = acc->disabled ? STR("启用") : STR("解锁"),
                                              .href = str_printf(rq->arena, "%.*s/enable", STR_ARG(href))};
    if (!acc->disabled)
        list[(*count)++] =
            (struct pair_view){.label = STR("停用"), .href = str_printf(rq->arena, "%.*s/disable", STR_ARG(href))};
    return list;
}

/* `err` NULL: nothing was refused yet. */
static void show_form(struct request *rq, struct reply *rp, const struct book *b, const struct account *acc,
                      bool is_new, const struct error *err)
{
    struct field_view fields[USER_FIELDS];
    struct admin_form_view v = {.title =
                                    is_new ? STR("新增账号") : str_printf(rq->arena, "账号 %.*s", STR_ARG(acc->name))};
    struct page p = app_page(rq, v.title);
    make_fields(rq, b, acc, is_new, fields);
    struct form_view form = {.action = is_new ? STR("/admin/users/new") : user_href(rq, acc->name),
                             .token = p.token,
                             .submit = is_new ? STR("新增并生成一次性密码") : STR("保存"),
                             .cancel = STR("/admin/users"),
                             .fields = fields,
                             .field_count = USER_FIELDS};
    if (err) admin_put_fault(rq, rp, &form, fields, err);
    if (is_new)
        v.help = STR("保存以后显示一次性密码，本人首次登录须修改。");
    else
        v.buttons = account_buttons(rq, acc, &v.button_count);
    v.form = &form;
    crumbs(rq, &p, v.title);
    tmpl_page_admin_form(rp->body, &p, &v);
}

static struct str chosen_roles(struct request *rq)
{
    struct buf b = buf_in(rq->arena);
    for (size_t i = 0; i < rq->form.count; i++) {
        if (!str_is(rq->form.items[i].name, "roles") || rq->form.items[i].value.len == 0) continue;
        if (b.len) buf_putc(&b, ' ');
        buf_put(&b, rq->form.items[i].value);
    }
    return buf_str(&b);
}

/* Takes over what was typed, so that a refused form shows it again; then checks what people.h leaves to its callers. */
static bool read_form(struct request *rq, const struct book *b, struct account *acc, struct error *err)
{
    struct str old_roles = acc->roles;
    acc->person = str_trim(request_form(rq, "person"));
    acc->post = str_trim(request_form(rq, "post"));
    acc->roles = chosen_roles(rq);
    if (!str_to_i64(request_form(rq, "org"), &acc->org)) acc->org = 0;
    if (str_is(acc->name, "new"))
        return error_at(err, ERR_INPUT, STR("name"), "账号名不能用 new"); /* an address of ours */
    if (acc->person.len == 0) return error_at(err, ERR_INPUT, STR("person"), "请填写姓名");
    if (org_name(b, acc->org).len == 0) return error_at(err, ERR_INPUT, STR("org"), "请选择机构");
    /* An administrator who takes the role from themselves could not give it back. */
    bool own = str_eq(acc->name, visit_of(rq)->user.account.name);
    if (own && !str_eq(old_roles, acc->roles))
        return error_at(err, ERR_INPUT, STR("roles"), "不能改自己的岗位，请另一位系统管理员办理");
    return true;
}

static struct account *find_account(struct request *rq, struct reply *rp, struct book *b)
{
    if (!admin_may(rq, rp, MAY_MANAGE_USERS) || !read_book(rq, rp, b)) return NULL;
    for (size_t i = 0; i < b->account_count; i++)
        if (str_eq(b->accounts[i].name, rq->arg[0])) return &b->accounts[i];
    http_fault(rq, rp, 404, STR("没有这个账号"));
    return NULL;
}

/* ---- changing ---- */

static void show_password(struct request *rq, struct reply *rp, struct str title, const struct account *acc,
                          struct str password)
{
    struct page p = app_page(rq, title);
    struct admin_password_view v = {title, acc->name, acc->person, password};
    crumbs(rq, &p, title);
    tmpl_page_admin_password(rp->body, &p, &v);
}

static struct str one_time_password(struct request *rq)
{
    return str_printf(rq->arena, "Fz-%.*s", STR_ARG(str_slice(csrf_new(rq->arena), 0, ONE_TIME_DIGITS)));
}

static bool end(struct tx *tx, bool good, struct error *err)
{
    if (good) return tx_commit(tx, err);
    tx_rollback(tx);
    return false;
}

static bool begin(struct request *rq, struct tx *tx, struct error *err)
{
    return tx_begin(tx, app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), err);
}

void page_user_new(struct request *rq, struct reply *rp)
{
    struct book b;
    struct account acc = {0};
    if (!admin_may(rq, rp, MAY_MANAGE_USERS) || !read_book(rq, rp, &b)) return;
    show_form(rq, rp, &b, &acc, true, NULL);
}

void page_user_new_post(struct request *rq, struct reply *rp)
{
    struct book b;
    struct account acc = {.name = str_trim(request_form(rq, "name"))};
    struct tx tx;
    if (!admin_may(rq, rp, MAY_MANAGE_USERS) || !read_book(rq, rp, &b)) return;
    struct new_password password;
    bool done = read_form(rq, &b, &acc, &rp->err) &&
                password_prepare(rq->arena, one_time_password(rq), STR(""), &password, &rp->err) &&
                begin(rq, &tx, &rp->err) && end(&tx, people_add(&tx, &acc, &password, false, &rp->err), &rp->err);
    if (done)
        show_password(rq, rp, STR("账号已新增"), &acc, password.text);
    else
        show_form(rq, rp, &b, &acc, true, &rp->err);
}

void page_user(struct request *rq, struct reply *rp)
{
    struct book b;
    struct account *acc = find_account(rq, rp, &b);
    if (acc) show_form(rq, rp, &b, acc, false, NULL);
}

static void to_list(struct request *rq, struct reply *rp, const char *what, const struct account *acc)
{
    struct str done = app_encode(rq->arena, str_printf(rq->arena, "%s：%.*s", what, STR_ARG(acc->name)));
    reply_redirect(rp, str_printf(rq->arena, "/admin/users?done=%.*s", STR_ARG(done)));
}

void page_user_post(struct request *rq, struct reply *rp)
{
    struct book b;
    struct tx tx;
    struct account *acc = find_account(rq, rp, &b);
    if (!acc) return;
    bool done = read_form(rq, &b, acc, &rp->err) && begin(rq, &tx, &rp->err) &&
                end(&tx, people_change(&tx, acc, &rp->err), &rp->err);
    if (done)
        to_list(rq, rp, "账号已修改", acc);
    else
        show_form(rq, rp, &b, acc, false, &rp->err);
}

/* ---- password, disable, enable ---- */

static const struct deed {
    const char *name, *title, *text, *done;
    bool danger;
} deeds[] = {
    {"password", "重置密码", "将生成一次性密码，原密码作废，这个账号的登录全部退出。", "密码已重置", true},
    {"disable", "停用账号", "停用以后不能登录，正在进行的登录全部退出。办过的事项不受影响，以后可以启用。",
     "账号已停用", true},
    {"enable", "启用账号", "启用（解锁）以后，可以用原来的密码登录。", "账号已启用", false},
};

/* NULL after the error page. */
static const struct deed *find_deed(struct request *rq, struct reply *rp, const struct account *acc)
{
    const struct deed *d = NULL;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (str_is(rq->arg[1], deeds[i].name)) d = &deeds[i];
    if (!d) {
        http_fault(rq, rp, 404, STR("没有这个操作"));
        return NULL;
    }
    bool own = str_eq(acc->name, visit_of(rq)->user.account.name);
    if (own && d->danger) {
        http_fault(rq, rp, 409, STR("不能停用自己的账号，也不能重置自己的密码；改密码请到「我的账号」"));
        return NULL;
    }
    return d;
}

void page_user_do(struct request *rq, struct reply *rp)
{
    struct book b;
    const struct account *acc = find_account(rq, rp, &b);
    const struct deed *d = acc ? find_deed(rq, rp, acc) : NULL;
    if (!d) return;
    struct pair_view facts[] = {{.label = STR("账号"), .value = acc->name},
                                {.label = STR("姓名"), .value = acc->person},
                                {.label = STR("机构"), .value = org_name(&b, acc->org)},
                                {.label = STR("状态"), .value = state_label(rq, acc)}};
    struct page p = app_page(rq, str_from(d->title));
    struct confirm_view v = {.title = p.title,
                             .text = str_from(d->text),
                             .token = p.token,
                             .submit = p.title,
                             .action = str_printf(rq->arena, "%.*s/%s", STR_ARG(user_href(rq, acc->name)), d->name),
                             .cancel = user_href(rq, acc->name),
                             .danger = d->danger,
                             .facts = facts,
                             .fact_count = 4};
    crumbs(rq, &p, p.title);
    tmpl_page_confirm(rp->body, &p, &v);
}

void page_user_do_post(struct request *rq, struct reply *rp)
{
    struct book b;
    struct tx tx;
    const struct account *acc = find_account(rq, rp, &b);
    const struct deed *d = acc ? find_deed(rq, rp, acc) : NULL;
    if (!d) return;
    bool reset = str_is(rq->arg[1], "password"), disable = str_is(rq->arg[1], "disable"), done = false;
    struct new_password password = {.text = one_time_password(rq)};
    bool ready = !reset || people_prepare_password(app_of(rq)->office, rq->arena, acc->name, password.text, &password,
                                                   &rp->err);
    if (ready && begin(rq, &tx, &rp->err)) {
        bool good = reset ? people_set_password(&tx, acc->name, &password, true, &rp->err)
                          : people_set_disabled(&tx, acc->name, disable, &rp->err);
        done = end(&tx, good, &rp->err);
    }
    if (!done)
        http_fault_error(rq, rp, &rp->err);
    else if (reset)
        show_password(rq, rp, str_from(d->done), acc, password.text);
    else
        to_list(rq, rp, d->done, acc);
}
