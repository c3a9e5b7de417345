#include "web/page_parameters.h"

#include "office/parameters.h"
#include "web/admin_view.h"
#include "web/page_admin.h"
#include "web/page_figure.h"
#include "web/templates.h"

enum { LIST_COLUMNS = 4, HISTORY_COLUMNS = 4, FIELDS = 3 };

/* ---- what is in force ---- */

static struct str office_name(struct conn *c, struct arena *a, struct str key)
{
    struct office_row row;
    struct error ignored;
    return offices_get(c, a, key, &row, &ignored) ? row.name : key;
}

static bool fill_row(struct request *rq, struct conn *c, const struct parameter_kind *kind, struct cell_view *row,
                     struct error *err)
{
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    struct parameter_row *list;
    size_t count;
    if (!parameter_list(c, a, o->info.code, kind->name, &list, &count, err)) return false;
    const struct parameter_row *now = parameter_in_force(list, count, clock_today(&o->clock));
    row[0] = (struct cell_view){.text = kind->label, .href = str_printf(a, "/parameters/%.*s", STR_ARG(kind->name))};
    row[1].text = parameter_show(a, kind, now ? now->value : kind->otherwise);
    row[2].text = now ? office_name(c, a, now->office) : STR("定义文件");
    row[3].text = now ? now->cite : kind->cite.text;
    return true;
}

static bool fill_list(struct request *rq, struct conn *c, struct table_view *t, struct error *err)
{
    static const struct column_view columns[LIST_COLUMNS] = {
        {.label = {"参数", sizeof "参数" - 1}, .text = true},
        {.label = {"现在的值", sizeof "现在的值" - 1}, .number = true},
        {.label = {"规定者", sizeof "规定者" - 1}},
        {.label = {"依据", sizeof "依据" - 1}, .text = true},
    };
    const struct model *m = app_of(rq)->office->model;
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, LIST_COLUMNS * (m->parameter_count + 1));
    for (size_t i = 0; i < m->parameter_count; i++)
        if (!fill_row(rq, c, &m->parameters[i], &cells[i * LIST_COLUMNS], err)) return false;
    *t = (struct table_view){.caption = STR("共用参数"),
                             .columns = columns,
                             .column_count = LIST_COLUMNS,
                             .cells = cells,
                             .row_count = m->parameter_count};
    return true;
}

void page_parameters(struct request *rq, struct reply *rp)
{
    struct admin_list_view v = {
        .title = STR("共用参数"),
        .help = STR("数字和规则里用到的标准。离本单位最近的上级规定的值有效；没有规定的，按定义文件。"),
        .empty = {.title = STR("定义文件里没有参数")}};
    if (!page_business(rq, rp)) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool ok = fill_list(rq, c, &v.table, &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    struct page p = app_page(rq, v.title);
    tmpl_page_admin_list(rp->body, &p, &v);
}

/* ---- one parameter ---- */

static const struct parameter_kind *find_kind(struct request *rq, struct reply *rp)
{
    const struct parameter_kind *kind = model_parameter(app_of(rq)->office->model, rq->arg[0]);
    if (!page_business(rq, rp)) return NULL;
    if (!kind) http_fault(rq, rp, 404, STR("没有这个参数"));
    return kind;
}

static bool load_history(struct request *rq, const struct parameter_kind *kind, struct table_view *t, struct error *err)
{
    static const struct column_view columns[HISTORY_COLUMNS] = {
        {.label = {"规定者", sizeof "规定者" - 1}},
        {.label = {"自何日起", sizeof "自何日起" - 1}},
        {.label = {"值", sizeof "值" - 1}, .number = true},
        {.label = {"依据", sizeof "依据" - 1}, .text = true},
    };
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    struct parameter_row *list;
    size_t count;
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    bool ok = parameter_list(c, a, o->info.code, kind->name, &list, &count, err);
    struct cell_view *cells = arena_new_array(a, struct cell_view, HISTORY_COLUMNS * (ok ? count + 1 : 1));
    for (size_t i = 0; ok && i < count; i++) {
        struct cell_view *row = &cells[i * HISTORY_COLUMNS];
        row[0].text = office_name(c, a, list[i].office);
        row[1].text = list[i].valid_from;
        row[2].text = parameter_show(a, kind, list[i].value);
        row[3].text = list[i].cite;
    }
    store_done(c);
    if (ok)
        *t = (struct table_view){.caption = STR("规定过的值"),
                                 .columns = columns,
                                 .column_count = HISTORY_COLUMNS,
                                 .cells = cells,
                                 .row_count = count};
    return ok;
}

static const struct pair_view *make_facts(struct request *rq, const struct parameter_kind *kind, size_t *count)
{
    struct pair_view *facts = arena_new_array(rq->arena, struct pair_view, 3);
    size_t n = 0;
    facts[n++] =
        (struct pair_view){.label = STR("定义文件的值"), .value = parameter_show(rq->arena, kind, kind->otherwise)};
    if (kind->help.len) facts[n++] = (struct pair_view){.label = STR("说明"), .value = kind->help, .wide = true};
    if (kind->cite.text.len)
        facts[n++] = (struct pair_view){
            .label = kind->cite.verified ? STR("依据") : STR("参考口径"), .value = kind->cite.text, .wide = true};
    *count = n;
    return facts;
}

/* What was typed, or where one begins: in force from today. */
static void make_fields(struct request *rq, const struct parameter_kind *kind, struct field_view *f)
{
    struct str day = request_form(rq, "valid_from");
    if (!day.len) day = date_iso(rq->arena, clock_today(&app_of(rq)->office->clock));
    f[0] = (struct field_view){.kind = kind->type == FIELD_INTEGER ? INPUT_INTEGER : INPUT_DECIMAL,
                               .name = STR("value"),
                               .label = STR("值"),
                               .unit = kind->unit,
                               .value = request_form(rq, "value"),
                               .required = true};
    f[1] = (struct field_view){.kind = INPUT_DATE,
                               .name = STR("valid_from"),
                               .label = STR("自何日起"),
                               .value = day,
                               .required = true,
                               .help = STR("统计期末日在这一天以后的数字按新值计算")};
    f[2] = (struct field_view){.kind = INPUT_TEXT,
                               .name = STR("cite"),
                               .label = STR("依据的文件"),
                               .value = request_form(rq, "cite"),
                               .required = true};
}

static void show(struct request *rq, struct reply *rp, const struct parameter_kind *kind, const struct error *fault)
{
    struct field_view fields[FIELDS];
    struct parameter_view v = {.title = kind->label};
    struct error err;
    if (!load_history(rq, kind, &v.history, &err)) {
        http_fault_error(rq, rp, &err);
        return;
    }
    struct page p = app_page(rq, v.title);
    struct form_view form = {.action = rq->path,
                             .token = p.token,
                             .submit = STR("下一步：核对"),
                             .cancel = STR("/parameters"),
                             .fields = fields,
                             .field_count = FIELDS};
    make_fields(rq, kind, fields);
    if (fault) admin_put_fault(rq, rp, &form, fields, fault);
    v.facts = make_facts(rq, kind, &v.fact_count);
    if (parameter_may_issue(app_of(rq)->office, &visit_of(rq)->user, kind)) v.form = &form;
    struct crumb crumbs[] = {{STR("共用参数"), STR("/parameters")}, {v.title, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    tmpl_page_parameter(rp->body, &p, &v);
}

void page_parameter(struct request *rq, struct reply *rp)
{
    const struct parameter_kind *kind = find_kind(rq, rp);
    if (kind) show(rq, rp, kind, NULL);
}

/* ---- setting it ---- */

struct issue {
    int64_t value;
    struct date from;
    struct str cite;
};

static bool read_form(struct request *rq, const struct parameter_kind *kind, struct issue *in, struct error *err)
{
    in->cite = str_trim(request_form(rq, "cite"));
    if (!parameter_parse(rq->arena, kind, str_trim(request_form(rq, "value")), &in->value, err))
        return error_at(err, ERR_INPUT, STR("value"), "%s", str_cstr(rq->arena, str_from(err->message)));
    if (!date_parse(str_trim(request_form(rq, "valid_from")), &in->from))
        return error_at(err, ERR_INPUT, STR("valid_from"), "请填写日期，如 2026-01-01");
    return in->cite.len || error_at(err, ERR_INPUT, STR("cite"), "请写明依据的文件");
}

static void confirm(struct request *rq, struct reply *rp, const struct parameter_kind *kind, const struct issue *in)
{
    struct arena *a = rq->arena;
    struct page p = app_page(rq, STR("规定参数"));
    struct pair_view facts[] = {
        {.label = kind->label, .value = parameter_show(a, kind, in->value)},
        {.label = STR("自何日起"), .value = date_chinese(a, in->from)},
        {.label = STR("依据的文件"), .value = in->cite},
        {.label = STR("适用于"), .value = str_printf(a, "%.*s和全部下级单位", STR_ARG(app_of(rq)->office->info.name))}};
    struct pair_view hidden[] = {{.label = STR("value"), .value = request_form(rq, "value")},
                                 {.label = STR("valid_from"), .value = date_iso(a, in->from)},
                                 {.label = STR("cite"), .value = in->cite},
                                 {.label = STR("confirmed"), .value = STR("1")}};
    struct confirm_view v = {.title = str_printf(a, "规定「%.*s」", STR_ARG(kind->label)),
                             .text = STR("确定以后立即生效，记入办理记录。下级单位更近的规定仍然优先。"),
                             .action = rq->path,
                             .token = p.token,
                             .submit = STR("确定"),
                             .cancel = rq->path,
                             .facts = facts,
                             .fact_count = sizeof facts / sizeof *facts,
                             .hidden = hidden,
                             .hidden_count = sizeof hidden / sizeof *hidden};
    tmpl_page_confirm(rp->body, &p, &v);
}

static bool issue(struct request *rq, const struct parameter_kind *kind, const struct issue *in, struct error *err)
{
    struct tx tx;
    if (!tx_begin(&tx, app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), err)) return false;
    if (parameter_issue(&tx, kind, in->value, in->from, in->cite, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}

void page_parameter_post(struct request *rq, struct reply *rp)
{
    struct issue in;
    const struct parameter_kind *kind = find_kind(rq, rp);
    if (!kind) return;
    if (!parameter_may_issue(app_of(rq)->office, &visit_of(rq)->user, kind)) {
        http_fault(rq, rp, 403, STR("您的岗位不能规定这个参数"));
        return;
    }
    bool ok = read_form(rq, kind, &in, &rp->err);
    if (ok && !request_form(rq, "confirmed").len) {
        confirm(rq, rp, kind, &in);
        return;
    }
    if (!ok || !issue(rq, kind, &in, &rp->err)) {
        show(rq, rp, kind, &rp->err);
        return;
    }
    reply_redirect(
        rp, str_printf(rq->arena, "%.*s?done=%.*s", STR_ARG(rq->path), STR_ARG(app_encode(rq->arena, STR("已规定")))));
}
