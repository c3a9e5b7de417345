#include "web/page_import.h"

#include <stdio.h>

#include "base/sm3.h"
#include "office/seal.h"
#include "paper/faulty.h"
#include "web/import_job.h"
#include "web/import_view.h"
#include "web/page_list.h"
#include "web/templates.h"

enum { FAULTS_SHOWN = 200, WAIT_MS = 2500 };

/* One uploaded sheet, tried. */
struct trial {
    struct request *rq;
    struct reply *rp;
    const struct reg *reg;
    struct str digest; /* of the upload in the attachment store */
    struct str file_name;
    struct str bytes;
    struct sheet_in sheet;
    struct import_column *columns;
    struct str *targets; /* chosen by the person; NULL: as recognised */
    struct import_report report;
};

static const struct reg *import_register(struct request *rq, struct reply *rp)
{
    if (!user_may(&visit_of(rq)->user, MAY_IMPORT)) {
        http_fault(rq, rp, 403, STR("您的岗位不能导入数据"));
        return NULL;
    }
    return page_register(rq, rp);
}

void page_import_list(struct request *rq, struct reply *rp)
{
    const struct model *m = app_of(rq)->office->model;
    const struct user *u = &visit_of(rq)->user;
    if (!user_may(u, MAY_IMPORT)) {
        http_fault(rq, rp, 403, STR("您的岗位不能导入数据"));
        return;
    }
    struct link_view *list = arena_new_array(rq->arena, struct link_view, m->reg_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->reg_count; i++) {
        const struct reg *reg = &m->regs[i];
        bool any = user_may(u, MAY_ACT_ANY) || user_may_act(u, reg, &reg->acts[0], STR("import"));
        if (!user_sees_register(u, reg) || !any) continue;
        const struct chapter *ch = model_chapter(m, reg->chapter);
        list[n++] = (struct link_view){reg->label, str_printf(rq->arena, "/import/%.*s", STR_ARG(reg->name)),
                                       ch ? ch->label : STR("")};
    }
    struct page p = app_page(rq, STR("导入"));
    tmpl_page_import_list(rp->body, &p, list, n);
}

/* ---- the form ---- */

static struct str columns_help(struct request *rq, const struct reg *reg)
{
    struct buf b = buf_in(rq->arena);
    for (size_t i = 0; i < reg->field_count; i++)
        if (!reg->fields[i].derived)
            buf_putf(&b, "%s%.*s%s", b.len ? "、" : "", STR_ARG(reg->fields[i].label),
                     reg->fields[i].required ? "*" : "");
    return buf_str(&b);
}

static void show(struct request *rq, struct reply *rp, const struct reg *reg, struct import_view *v)
{
    struct page p = app_page(rq, str_printf(rq->arena, "导入%.*s", STR_ARG(reg->label)));
    struct crumb crumbs[] = {{STR("导入"), STR("/import")}, {reg->label, STR("")}};
    app_crumbs(rq, &p, crumbs, 2);
    v->token = p.token;
    v->label = reg->label;
    v->action = str_printf(rq->arena, "/import/%.*s", STR_ARG(reg->name));
    v->columns_help = columns_help(rq, reg);
    tmpl_page_import(rp->body, &p, v);
}

void page_import(struct request *rq, struct reply *rp)
{
    const struct reg *reg = import_register(rq, rp);
    struct import_view v = {0};
    if (reg) show(rq, rp, reg, &v);
}

/* ---- the sheet ---- */

/* Whose upload it is, and its name: the attachment store keeps the same bytes once, under the first person's name. */
static struct str upload_setting(const struct trial *t, struct str digest)
{
    return str_printf(t->rq->arena, "import_upload/%.*s/%.*s", STR_ARG(visit_of(t->rq)->user.account.name),
                      STR_ARG(digest));
}

/* Keeps the upload under its digest; the browser only ever names digests, never paths. */
static bool keep_upload(struct trial *t, const struct upload *up, struct error *err)
{
    struct app *app = app_of(t->rq);
    struct conn *c = store_write(app->office->store, app->office->key, err);
    if (!c) return false;
    struct attachment att = {.name = up->name,
                             .type = STR("sheet"),
                             .added_at = clock_now(&app->office->clock),
                             .added_by = visit_of(t->rq)->user.account.name};
    bool ok = attachment_add(c, app->office->key, up->content, &att, err);
    if (ok) t->digest = str_copy(t->rq->arena, att.digest);
    t->file_name = up->name.len ? up->name : STR("sheet");
    t->bytes = up->content;
    ok = ok && setting_put(c, app->office->key, upload_setting(t, t->digest), t->file_name, err);
    if (ok) return store_commit(c, err);
    store_rollback(c);
    return false;
}

/* A kept upload by its digest: only for a person who has sent it. */
static bool load_upload(struct trial *t, struct str digest, struct error *err)
{
    struct attachment att;
    struct str office = app_of(t->rq)->office->key;
    struct conn *c = store_read(app_of(t->rq)->office->store, err);
    if (!c) return false;
    bool ok = setting_get(c, t->rq->arena, office, upload_setting(t, digest), &t->file_name, err);
    if (ok && t->file_name.len == 0) ok = error_set(err, ERR_NOT_FOUND, "上传的文件找不到了，请重新上传");
    ok = ok && attachment_get(c, t->rq->arena, office, digest, &att, &t->bytes, err);
    store_done(c);
    t->digest = digest;
    return ok;
}

/* Choices come with a form, or in the address of the faulty rows. */
static void read_targets(struct trial *t)
{
    const struct pairs *from = str_is(t->rq->method, "POST") ? &t->rq->form : &t->rq->query;
    bool any = false;
    t->targets = arena_new_array(t->rq->arena, struct str, t->sheet.columns + 1);
    for (size_t i = 0; i < t->sheet.columns; i++) {
        char name[32];
        snprintf(name, sizeof name, "m%zu", i);
        t->targets[i] = pairs_get(from, name);
        any = any || t->targets[i].len;
    }
    if (!any) t->targets = NULL;
}

static bool insists(const struct request *rq)
{
    return request_has_form(rq, "again") || request_query(rq, "again").len;
}

static bool try_sheet(struct trial *t, struct error *err)
{
    struct office *o = app_of(t->rq)->office;
    if (!sheet_in_read(t->rq->arena, t->bytes, t->file_name, &t->sheet, err)) return false;
    struct conn *c = store_read(o->store, err);
    bool ok = c && import_map(o, c, t->rq->arena, t->reg, &t->sheet, &t->columns, err);
    if (c) store_done(c);
    if (!ok) return false;
    read_targets(t);
    if (t->targets) import_apply_targets(t->reg, t->columns, t->sheet.columns, t->targets, t->sheet.columns);
    struct import_options options = {
        .dry_run = true, .digest = sm3_hex(t->rq->arena, t->bytes), .again = insists(t->rq)};
    return import_run(o, t->rq->arena, &visit_of(t->rq)->user, STR("import"), t->reg, &t->sheet, t->columns, &options,
                      &t->report, err);
}

/* ---- the result ---- */

static struct str target_of(const struct import_column *c)
{
    switch (c->what) {
    case COLUMN_FIELD: return c->field->name;
    case COLUMN_NUMBER: return STR("number");
    case COLUMN_STAGE: return STR("stage");
    case COLUMN_SKIPPED: return STR("-");
    case COLUMN_UNKNOWN: break;
    }
    return STR("");
}

static const struct option_view *target_options(struct trial *t, struct str chosen, size_t *count)
{
    struct option_view *list = arena_new_array(t->rq->arena, struct option_view, t->reg->field_count + 4);
    size_t n = 0;
    list[n++] = (struct option_view){.value = STR("-"), .label = STR("（不导入这一列）")};
    list[n++] = (struct option_view){.value = STR("number"), .label = STR("编号")};
    list[n++] = (struct option_view){.value = STR("stage"), .label = STR("阶段")};
    for (size_t i = 0; i < t->reg->field_count; i++)
        if (!t->reg->fields[i].derived)
            list[n++] = (struct option_view){.value = t->reg->fields[i].name, .label = t->reg->fields[i].label};
    for (size_t i = 0; i < n; i++) list[i].selected = str_eq(list[i].value, chosen);
    *count = n;
    return list;
}

static void put_mapping(struct trial *t, struct import_view *v)
{
    struct mapping_row *rows = arena_new_array(t->rq->arena, struct mapping_row, t->sheet.columns + 1);
    for (size_t i = 0; i < t->sheet.columns; i++) {
        struct str target = target_of(&t->columns[i]);
        rows[i] = (struct mapping_row){.name = str_printf(t->rq->arena, "m%zu", i),
                                       .header = t->sheet.header[i],
                                       .sample = t->sheet.count ? t->sheet.rows[0].cells[i] : STR(""),
                                       .unknown = target.len == 0};
        rows[i].options = target_options(t, target, &rows[i].option_count);
        v->unknown = v->unknown || rows[i].unknown;
    }
    v->mapping = rows;
    v->mapping_count = t->sheet.columns;
}

static void put_faults(struct trial *t, struct import_view *v)
{
    size_t n = t->report.fault_count < FAULTS_SHOWN ? t->report.fault_count : FAULTS_SHOWN;
    struct fault_row *rows = arena_new_array(t->rq->arena, struct fault_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct import_fault *f = &t->report.faults[i];
        rows[i] = (struct fault_row){f->line ? str_printf(t->rq->arena, "第%zu行", f->line) : STR("表头"), f->column,
                                     f->value, f->why};
    }
    v->faults = rows;
    v->fault_count = n;
    v->fault_total = (int64_t)t->report.fault_count;
}

/* The choices of this trial go on with whatever follows it: the import itself and the download of faulty rows. */
static void put_chosen(struct trial *t, struct import_view *v)
{
    struct arena *a = t->rq->arena;
    struct buf href = buf_in(a);
    buf_putf(&href, "/import/%.*s/faulty/%.*s%s", STR_ARG(t->reg->name), STR_ARG(t->digest),
             v->again ? "?again=1" : "");
    if (t->targets) {
        struct pair_view *list = arena_new_array(a, struct pair_view, t->sheet.columns + 1);
        for (size_t i = 0; i < t->sheet.columns; i++) {
            list[i] = (struct pair_view){.label = str_printf(a, "m%zu", i), .value = t->targets[i]};
            buf_putf(&href, "%c%.*s=", i || v->again ? '&' : '?', STR_ARG(list[i].label));
            html_put_query(&href, t->targets[i]);
        }
        v->chosen = list;
        v->chosen_count = t->sheet.columns;
    }
    v->faulty_href = buf_str(&href);
}

static void show_trial(struct trial *t)
{
    struct import_view v = {.tried = true,
                            .digest = t->digest,
                            .file_name = t->file_name,
                            .same_file = t->report.same_file,
                            .again = insists(t->rq)};
    put_mapping(t, &v);
    put_faults(t, &v);
    put_chosen(t, &v);
    v.ready = t->report.fault_count == 0 && !t->report.same_file;
    v.summary =
        str_printf(t->rq->arena, "试导入 %zu 行：可以新增 %zu 件，续办 %zu 件，已有 %zu 件；错误 %zu 处",
                   t->report.rows, t->report.created, t->report.advanced, t->report.repeated, t->report.fault_count);
    if (t->report.same_file) v.summary = STR("这个文件已经导入过。确实要再导入一次，请点“仍要导入”。");
    show(t->rq, t->rp, t->reg, &v);
}

static void show_error(struct trial *t)
{
    struct import_view v = {.error = error_line(t->rq->arena, &t->rp->err)};
    t->rp->status = 422;
    show(t->rq, t->rp, t->reg, &v);
}

void page_import_try(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp)};
    if (!t.reg) return;
    const struct upload *up = request_file(rq, "file");
    bool ok = up && up->content.len            ? keep_upload(&t, up, &rp->err)
              : request_form(rq, "digest").len ? load_upload(&t, request_form(rq, "digest"), &rp->err)
                                               : error_set(&rp->err, ERR_INPUT, "请选择要导入的 CSV 或者 XLSX 文件");
    if (ok && try_sheet(&t, &rp->err))
        show_trial(&t);
    else
        show_error(&t);
}

void page_import_faulty(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp)};
    if (!t.reg) return;
    if (!load_upload(&t, rq->arg[1], &rp->err) || !try_sheet(&t, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct str content;
    bool workbook = faulty_wants_xlsx(t.bytes);
    if (workbook && !faulty_xlsx(rq->arena, &t.sheet, &t.report, &content, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    if (!workbook) content = import_faulty_rows(rq->arena, &t.sheet, &t.report);
    reply_download(rp, str_printf(rq->arena, "%.*s-有错的行.%s", STR_ARG(t.reg->label), workbook ? "xlsx" : "csv"),
                   workbook ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
                            : STR("text/csv; charset=utf-8"),
                   content);
}

/* ---- for real ---- */

void page_import_go(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp)};
    if (!t.reg) return;
    if (!load_upload(&t, request_form(rq, "digest"), &rp->err) ||
        !sheet_in_read(rq->arena, t.bytes, t.file_name, &t.sheet, &rp->err)) {
        show_error(&t);
        return;
    }
    read_targets(&t);
    struct import_task task = {.app = app_of(rq),
                               .office = app_of(rq)->office,
                               .reg = t.reg,
                               .account = visit_of(rq)->user.account.name,
                               .file_name = t.file_name,
                               .bytes = t.bytes,
                               .targets = t.targets,
                               .target_count = t.sheet.columns,
                               .again = insists(rq)};
    int64_t id;
    if (!import_job_start(app_of(rq)->jobs, &task, &id, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    import_job_wait(app_of(rq)->jobs, task.office, id, WAIT_MS);
    reply_redirect(rp, str_printf(rq->arena, "/import/%.*s/job/%lld", STR_ARG(t.reg->name), (long long)id));
}

void page_import_job(struct request *rq, struct reply *rp)
{
    struct import_progress pr;
    int64_t id;
    const struct reg *reg = import_register(rq, rp);
    if (!reg) return;
    struct app *app = app_of(rq);
    bool mine = str_to_i64(rq->arg[1], &id) ? import_job_progress(app->jobs, app->office, visit_of(rq)->user.account.name,
                                                                  reg, id, &pr, &rp->err)
                                            : error_set(&rp->err, ERR_NOT_FOUND, "没有这次导入");
    if (!mine) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    if (!pr.finished) reply_header(rp, "Refresh", STR("10")); /* for browsers without script */
    struct job_view v = {.label = reg->label,
                         .address = rq->path,
                         .at = import_at_words(rq->arena, pr.at),
                         .done = (int64_t)pr.at.done,
                         .total = (int64_t)pr.at.total,
                         .finished = pr.finished,
                         .failed = pr.failed,
                         .summary = str_copy(rq->arena, str_from(pr.summary)),
                         .list_href = str_printf(rq->arena, "/r/%.*s", STR_ARG(reg->name)),
                         .again_href = str_printf(rq->arena, "/import/%.*s", STR_ARG(reg->name))};
    struct page p = app_page(rq, str_printf(rq->arena, "导入%.*s", STR_ARG(reg->label)));
    tmpl_page_import_job(rp->body, &p, &v);
}
