/* Organisations: the tree, adding, renaming, closing. */
#include "office/people.h"
#include "web/admin_view.h"
#include "web/page_admin.h"
#include "web/templates.h"

enum { DEPTH_MOST = 16 };

/* ---- the tree ---- */

struct tree {
    const struct org *orgs;
    size_t count;
    struct org_node *nodes;
    size_t node_count;
};

static const struct org *find_org(const struct org *orgs, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (orgs[i].id == id) return &orgs[i];
    return NULL;
}

/* The depth bounds the recursion, should the table ever hold a circle. */
static void put_below(struct tree *t, int64_t parent, unsigned depth)
{
    for (size_t i = 0; depth < DEPTH_MOST && i < t->count; i++) {
        if (t->orgs[i].parent != parent || t->node_count == t->count) continue;
        t->nodes[t->node_count++] = (struct org_node){&t->orgs[i], depth};
        put_below(t, t->orgs[i].id, depth + 1);
    }
}

struct org_node *admin_org_tree(struct arena *a, const struct org *orgs, size_t count, size_t *nodes)
{
    struct tree t = {.orgs = orgs, .count = count, .nodes = arena_new_array(a, struct org_node, count + 1)};
    put_below(&t, 0, 0);
    *nodes = t.node_count;
    return t.nodes;
}

static bool is_within(const struct org *orgs, size_t count, int64_t id, int64_t above)
{
    for (unsigned depth = 0; id && depth < DEPTH_MOST; depth++) {
        if (id == above) return true;
        const struct org *o = find_org(orgs, count, id);
        id = o ? o->parent : 0;
    }
    return false;
}

size_t admin_org_options(struct arena *a, const struct org *orgs, size_t count, int64_t chosen, int64_t without,
                         const struct option_view **options)
{
    size_t n, kept = 0;
    struct org_node *nodes = admin_org_tree(a, orgs, count, &n);
    struct option_view *list = arena_new_array(a, struct option_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct org *o = nodes[i].org;
        if (o->closed && o->id != chosen) continue;
        if (without && is_within(orgs, count, o->id, without)) continue;
        list[kept++] = (struct option_view){.value = str_printf(a, "%lld", (long long)o->id),
                                            .label = o->name,
                                            .depth = nodes[i].depth,
                                            .selected = o->id == chosen};
    }
    *options = list;
    return kept;
}

void admin_put_fault(struct request *rq, struct reply *rp, struct form_view *form, struct field_view *fields,
                     const struct error *err)
{
    struct form_fault *fault = arena_new(rq->arena, struct form_fault);
    fault->message = str_copy(rq->arena, str_from(err->message));
    for (size_t i = 0; i < form->field_count; i++) {
        if (!str_is(fields[i].name, err->where)) continue;
        fields[i].error = fault->message;
        fault->name = fields[i].name;
        fault->label = fields[i].label;
    }
    form->faults = fault;
    form->fault_count = 1;
    rp->status = err->code == ERR_INPUT       ? 422
                 : err->code == ERR_CONFLICT  ? 409
                 : err->code == ERR_FORBIDDEN ? 403
                                              : 500;
}

/* ---- the list ---- */

struct orgs {
    struct org *list;
    size_t count;
};

static bool read_orgs(struct request *rq, struct reply *rp, struct orgs *o)
{
    if (!admin_may(rq, rp, MAY_MANAGE_USERS)) return false;
    struct conn *c = app_read(rq, rp);
    if (!c) return false;
    bool ok = org_list(c, rq->arena, app_of(rq)->office->key, &o->list, &o->count, &rp->err);
    return app_read_end(rq, rp, c, ok);
}

/* Ideographic spaces before the link show the depth, as in a select. */
static struct html indented(struct request *rq, const struct org_node *n)
{
    struct buf b = buf_in(rq->arena);
    for (unsigned i = 0; i < n->depth; i++) buf_puts(&b, "　");
    buf_putf(&b, "<a href=\"/admin/orgs/%lld\">", (long long)n->org->id);
    buf_put_html(&b, n->org->name);
    buf_puts(&b, "</a>");
    return html_take(&b, 0);
}

enum { ORG_COLUMNS = 4 };

static void fill_orgs(struct request *rq, const struct orgs *o, struct table_view *t)
{
    static const struct column_view columns[ORG_COLUMNS] = {
        {.label = {"机构", sizeof "机构" - 1}, .text = true},
        {.label = {"代码", sizeof "代码" - 1}},
        {.label = {"类别", sizeof "类别" - 1}},
        {.label = {"状态", sizeof "状态" - 1}},
    };
    size_t n;
    struct org_node *nodes = admin_org_tree(rq->arena, o->list, o->count, &n);
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, ORG_COLUMNS * (n + 1));
    for (size_t i = 0; i < n; i++) {
        struct cell_view *row = &cells[i * ORG_COLUMNS];
        row[0].html = indented(rq, &nodes[i]);
        row[1].text = nodes[i].org->code;
        row[2].text = nodes[i].org->kind;
        row[3].text = nodes[i].org->closed ? STR("已停用") : STR("正常");
    }
    *t = (struct table_view){
        .caption = STR("机构"), .columns = columns, .column_count = ORG_COLUMNS, .cells = cells, .row_count = n};
}

void page_orgs(struct request *rq, struct reply *rp)
{
    static const struct pair_view buttons[] = {
        {.label = {"新增机构", sizeof "新增机构" - 1}, .href = {"/admin/orgs/new", sizeof "/admin/orgs/new" - 1}}};
    struct orgs o;
    if (!read_orgs(rq, rp, &o)) return;
    struct admin_list_view v = {.title = STR("机构"),
                                .help = STR("机构只停用，不删除：办过的事项仍记在它名下。"),
                                .buttons = buttons,
                                .button_count = 1,
                                .empty = {.title = STR("还没有机构")}};
    fill_orgs(rq, &o, &v.table);
    struct page p = app_page(rq, v.title);
    tmpl_page_admin_list(rp->body, &p, &v);
}

/* ---- the form ---- */

enum { ORG_FIELDS = 5 };

static size_t make_fields(struct request *rq, const struct orgs *o, const struct org *org, struct field_view *f)
{
    bool is_root = org->id && !org->parent;
    f[0] = (struct field_view){
        .kind = INPUT_TEXT, .name = STR("name"), .label = STR("名称"), .value = org->name, .required = true};
    f[1] = (struct field_view){.kind = INPUT_TEXT,
                               .name = STR("code"),
                               .label = STR("代码"),
                               .value = org->code,
                               .required = true,
                               .disabled = org->id != 0,
                               .help = org->id ? STR("代码不能改") : STR("导入时用来对应机构，不能重复")};
    f[2] = (struct field_view){.kind = INPUT_TEXT,
                               .name = STR("kind"),
                               .label = STR("类别"),
                               .value = org->kind,
                               .required = true,
                               .help = STR("例如：内设机构、事业单位、社区、网格、派出所")};
    f[3] = (struct field_view){.kind = INPUT_ORG, .name = STR("parent"), .label = STR("上级机构"), .required = true};
    f[3].option_count = admin_org_options(rq->arena, o->list, o->count, org->parent, org->id, &f[3].options);
    f[4] = (struct field_view){.kind = INPUT_YES_NO,
                               .name = STR("closed"),
                               .label = STR("停用"),
                               .required = true,
                               .value = org->closed ? STR("1") : STR("0"),
                               .help = STR("停用的机构不能再选；下级和在用的账号要先移走")};
    if (is_root) f[3].required = false, f[3].disabled = true;
    return org->id ? ORG_FIELDS : ORG_FIELDS - 1;
}

static struct str org_href(struct request *rq, const struct org *org)
{
    return org->id ? str_printf(rq->arena, "/admin/orgs/%lld", (long long)org->id) : STR("/admin/orgs/new");
}

static void show_form(struct request *rq, struct reply *rp, const struct orgs *o, const struct org *org,
                      const struct error *err)
{
    struct field_view fields[ORG_FIELDS];
    struct admin_form_view v = {.title = org->id ? STR("修改机构") : STR("新增机构")};
    struct page p = app_page(rq, v.title);
    struct form_view form = {.action = org_href(rq, org),
                             .token = p.token,
                             .submit = STR("保存"),
                             .cancel = STR("/admin/orgs"),
                             .fields = fields,
                             .field_count = make_fields(rq, o, org, fields)};
    if (err) admin_put_fault(rq, rp, &form, fields, err);
    v.form = &form;
    struct crumb crumbs[] = {{STR("工作台"), STR("/")}, {STR("机构"), STR("/admin/orgs")}, {v.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 3);
    tmpl_page_admin_form(rp->body, &p, &v);
}

static void read_form(struct request *rq, struct org *org)
{
    bool is_root = org->id && !org->parent;
    org->name = str_trim(request_form(rq, "name"));
    org->kind = str_trim(request_form(rq, "kind"));
    org->closed = org->id && str_is(request_form(rq, "closed"), "1");
    if (!org->id) org->code = str_trim(request_form(rq, "code"));
    if (!is_root && !str_to_i64(request_form(rq, "parent"), &org->parent)) org->parent = 0;
}

static bool is_taken(const struct orgs *o, struct str code)
{
    for (size_t i = 0; i < o->count; i++)
        if (str_eq(o->list[i].code, code)) return true;
    return false;
}

static bool check_form(const struct orgs *o, const struct org *org, bool is_root, struct error *err)
{
    const struct org *parent = find_org(o->list, o->count, org->parent);
    if (org->name.len == 0) return error_at(err, ERR_INPUT, STR("name"), "请填写名称");
    if (org->code.len == 0) return error_at(err, ERR_INPUT, STR("code"), "请填写代码");
    if (!org->id && is_taken(o, org->code))
        return error_at(err, ERR_CONFLICT, STR("code"), "代码「%.*s」已经有机构用了", STR_ARG(org->code));
    if (org->kind.len == 0) return error_at(err, ERR_INPUT, STR("kind"), "请填写类别");
    if (is_root && org->closed) return error_at(err, ERR_INPUT, STR("closed"), "最上级的机构不能停用");
    if (!is_root && !parent) return error_at(err, ERR_INPUT, STR("parent"), "请选择上级机构");
    if (org->id && parent && is_within(o->list, o->count, parent->id, org->id))
        return error_at(err, ERR_INPUT, STR("parent"), "上级机构不能是它自己或者它的下级");
    if (parent && parent->closed && !org->closed) return error_at(err, ERR_INPUT, STR("parent"), "上级机构已停用");
    return true;
}

/* Before closing: nothing and nobody is left in it. */
static bool is_empty(struct tx *tx, const struct orgs *o, const struct org *org, struct error *err)
{
    struct account *accounts;
    size_t count;
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].parent == org->id && !o->list[i].closed)
            return error_at(err, ERR_INPUT, STR("closed"), "下级机构「%.*s」还没有停用", STR_ARG(o->list[i].name));
    if (!account_list(tx->conn, tx->arena, tx->office->key, &accounts, &count, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (accounts[i].org == org->id && !accounts[i].disabled)
            return error_at(err, ERR_INPUT, STR("closed"), "账号「%.*s」还在这个机构", STR_ARG(accounts[i].name));
    return true;
}

/* Reads the organisations again inside the write: the check must hold when the row is written. */
static bool put(struct tx *tx, struct org *org, bool is_root, struct error *err)
{
    struct orgs o;
    struct str office = tx->office->key;
    if (!org_list(tx->conn, tx->arena, office, &o.list, &o.count, err) || !check_form(&o, org, is_root, err))
        return false;
    if (org->closed && !is_empty(tx, &o, org, err)) return false;
    if (!org->id && !tx_next_id(tx, &org->id, err)) return false;
    return people_put_org(tx, org, err);
}

static void save(struct request *rq, struct reply *rp, const struct orgs *o, struct org *org)
{
    struct tx tx;
    struct org kept;
    bool is_root = org->id && !org->parent, done = false;
    read_form(rq, org);
    kept = *org; /* without the new id, for the form of a refused try */
    if (tx_begin(&tx, app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), &rp->err)) {
        done = put(&tx, org, is_root, &rp->err);
        if (done)
            done = tx_commit(&tx, &rp->err);
        else
            tx_rollback(&tx);
    }
    if (!done) {
        show_form(rq, rp, o, &kept, &rp->err);
        return;
    }
    struct str words = app_encode(rq->arena, str_printf(rq->arena, "机构已保存：%.*s", STR_ARG(org->name)));
    reply_redirect(rp, str_printf(rq->arena, "/admin/orgs?done=%.*s", STR_ARG(words)));
}

void page_org_new(struct request *rq, struct reply *rp)
{
    struct orgs o;
    struct org org = {0};
    if (read_orgs(rq, rp, &o)) show_form(rq, rp, &o, &org, NULL);
}

void page_org_new_post(struct request *rq, struct reply *rp)
{
    struct orgs o;
    struct org org = {0};
    if (read_orgs(rq, rp, &o)) save(rq, rp, &o, &org);
}

/* A copy: the list keeps what is stored. False after the error page. */
static bool load(struct request *rq, struct reply *rp, struct orgs *o, struct org *org)
{
    int64_t id;
    if (!read_orgs(rq, rp, o)) return false;
    const struct org *found = str_to_i64(rq->arg[0], &id) ? find_org(o->list, o->count, id) : NULL;
    if (found)
        *org = *found;
    else
        http_fault(rq, rp, 404, STR("没有这个机构"));
    return found;
}

void page_org(struct request *rq, struct reply *rp)
{
    struct orgs o;
    struct org org;
    if (load(rq, rp, &o, &org)) show_form(rq, rp, &o, &org, NULL);
}

void page_org_post(struct request *rq, struct reply *rp)
{
    struct orgs o;
    struct org org;
    if (load(rq, rp, &o, &org)) save(rq, rp, &o, &org);
}
