#include "web/page_import.h"

#include <stdio.h>

#include <time.h>

#include "base/sheet_file.h"
#include "paper/faulty.h"
#include "store/uploads.h"
#include "web/import_job.h"
#include "web/import_view.h"
#include "web/page_list.h"
#include "web/templates.h"

enum {
    FAULTS_SHOWN = 200,
    WAIT_MS = 2500,
    ROWS_AT_ONCE = 5000, /* more are tried by a job */
};

/* One uploaded sheet, tried. */
struct trial {
    struct request *rq;
    struct reply *rp;
    const struct reg *reg;
    struct str digest;
    struct upload_sheet upload;
    struct sheet_in sheet;
    struct import_column *columns;
    struct str *targets; /* chosen by the person; NULL: as recognised */
    size_t target_count;
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

/* Keeps the upload under its digest; the browser only ever names digests, never paths. Its life is counted by the
 * system's clock: the drill's may stand still. */
static bool keep_upload(struct trial *t, const struct upload *up, struct error *err)
{
    const struct office *o = app_of(t->rq)->office;
    struct str name = up->name.len ? up->name : STR("sheet");
    return upload_keep(o->store, t->rq->arena, o->key, visit_of(t->rq)->user.account.name, name, up->content,
                       (int64_t)time(NULL) * 1000, &t->digest, err);
}

/* A kept upload by its digest, only for a person who has sent it; ended by upload_close. */
static bool open_upload(struct trial *t, struct error *err)
{
    const struct office *o = app_of(t->rq)->office;
    return upload_open(o->store, t->rq->arena, o->key, visit_of(t->rq)->user.account.name, t->digest, &t->upload, err);
}

static bool load_sheet(struct trial *t, struct error *err)
{
    struct arena *a = t->rq->arena;
    struct str read; /* its digest, which the name of the file was made of */
    if (!open_upload(t, err) || !sheet_mapped_read(a, t->upload.mapped, t->upload.name, &t->sheet, &read, err))
        return false;
    return str_eq(read, t->digest) || error_set(err, ERR_STORE, "上传的文件已被改动或损坏，请重新上传");
}

/* Choices come with a form, or in the address of the faulty rows. */
static void read_targets(struct trial *t, size_t columns)
{
    const struct pairs *from = str_is(t->rq->method, "POST") ? &t->rq->form : &t->rq->query;
    bool any = false;
    t->targets = arena_new_array(t->rq->arena, struct str, columns + 1);
    for (size_t i = 0; i < columns; i++) {
        char name[32];
        snprintf(name, sizeof name, "m%zu", i);
        t->targets[i] = pairs_get(from, name);
        any = any || t->targets[i].len;
    }
    t->target_count = columns;
    if (!any) t->targets = NULL;
}

static bool insists(const struct request *rq)
{
    return request_has_form(rq, "again") || request_query(rq, "again").len;
}

static bool map_sheet(struct trial *t, struct error *err)
{
    struct office *o = app_of(t->rq)->office;
    struct conn *c = store_read(o->store, err);
    bool ok = c && import_map(o, c, t->rq->arena, t->reg, &t->sheet, &t->columns, err);
    if (c) store_done(c);
    if (!ok) return false;
    read_targets(t, t->sheet.columns);
    if (t->targets) import_apply_targets(t->reg, t->columns, t->sheet.columns, t->targets, t->sheet.columns);
    return true;
}

static bool try_sheet(struct trial *t, struct error *err)
{
    struct import_options options = {.dry_run = true, .digest = t->digest, .again = insists(t->rq)};
    return import_run(app_of(t->rq)->office, t->rq->arena, &visit_of(t->rq)->user, STR("import"), t->reg, &t->sheet,
                      t->columns, &options, &t->report, err);
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

/* The cells of the first row; NULL when there is none. */
static const struct str *first_row(struct trial *t)
{
    struct sheet_row row;
    bool more;
    struct error ignored;
    bool ok = sheet_rows_next(sheet_rows_open(t->rq->arena, &t->sheet), t->rq->arena, &row, &more, &ignored);
    if (!ok || !more) return NULL;
    for (size_t i = 0; i < t->sheet.columns; i++) row.cells[i] = str_copy(t->rq->arena, row.cells[i]);
    return row.cells;
}

static void put_mapping(struct trial *t, struct import_view *v)
{
    const struct str *first = first_row(t);
    struct mapping_row *rows = arena_new_array(t->rq->arena, struct mapping_row, t->sheet.columns + 1);
    for (size_t i = 0; i < t->sheet.columns; i++) {
        struct str target = target_of(&t->columns[i]);
        rows[i] = (struct mapping_row){.name = str_printf(t->rq->arena, "m%zu", i),
                                       .header = t->sheet.header[i],
                                       .sample = first ? first[i] : STR(""),
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

/* ?digest=…&again=1&m0=…: the choices of this trial, which go on with whatever follows it. */
static struct str chosen_query(const struct trial *t)
{
    struct buf b = buf_in(t->rq->arena);
    buf_putf(&b, "?digest=%.*s%s", STR_ARG(t->digest), insists(t->rq) ? "&again=1" : "");
    for (size_t i = 0; t->targets && i < t->sheet.columns; i++) {
        buf_putf(&b, "&m%zu=", i);
        html_put_query(&b, t->targets[i]);
    }
    return buf_str(&b);
}

static void put_chosen(struct trial *t, struct import_view *v)
{
    struct arena *a = t->rq->arena;
    v->faulty_href = str_printf(a, "/import/%.*s/faulty/%.*s%.*s", STR_ARG(t->reg->name), STR_ARG(t->digest),
                                STR_ARG(chosen_query(t)));
    if (!t->targets) return;
    struct pair_view *list = arena_new_array(a, struct pair_view, t->sheet.columns + 1);
    for (size_t i = 0; i < t->sheet.columns; i++)
        list[i] = (struct pair_view){.label = str_printf(a, "m%zu", i), .value = t->targets[i]};
    v->chosen = list;
    v->chosen_count = t->sheet.columns;
}

static void show_trial(struct trial *t)
{
    struct import_view v = {.tried = true,
                            .digest = t->digest,
                            .file_name = t->upload.name,
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

static bool is_known(const struct trial *t)
{
    for (size_t i = 0; i < t->sheet.columns; i++)
        if (t->columns[i].what == COLUMN_UNKNOWN) return false;
    return true;
}

static struct import_task task_of(const struct trial *t)
{
    return (struct import_task){.app = app_of(t->rq),
                                .office = app_of(t->rq)->office,
                                .reg = t->reg,
                                .account = visit_of(t->rq)->user.account.name,
                                .digest = t->digest,
                                .targets = t->targets,
                                .target_count = t->target_count,
                                .again = insists(t->rq)};
}

/* On to the page of the job; `query` is what that page needs besides. */
static void start(struct trial *t, const struct import_task *task, struct str query)
{
    struct import_jobs *jobs = app_of(t->rq)->jobs;
    int64_t id;
    if (!import_job_start(jobs, task, &id, &t->rp->err)) {
        http_fault_error(t->rq, t->rp, &t->rp->err);
        return;
    }
    import_job_wait(jobs, task->office, id, WAIT_MS);
    reply_redirect(t->rp, str_printf(t->rq->arena, "/import/%.*s/job/%lld%.*s", STR_ARG(t->reg->name), (long long)id,
                                     STR_ARG(query)));
}

/* A large sheet is tried by a job, once all its columns are known. */
static void try_and_show(struct trial *t)
{
    bool large = t->sheet.count > ROWS_AT_ONCE;
    struct import_task task = task_of(t);
    task.dry_run = true;
    if (large && is_known(t))
        start(t, &task, chosen_query(t));
    else if (large || try_sheet(t, &t->rp->err))
        show_trial(t);
    else
        show_error(t);
}

void page_import_try(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp), .digest = request_form(rq, "digest")};
    if (!t.reg) return;
    const struct upload *up = request_file(rq, "file");
    bool ok = up && up->content.len
                  ? keep_upload(&t, up, &rp->err)
                  : t.digest.len || error_set(&rp->err, ERR_INPUT, "请选择要导入的 CSV 或者 XLSX 文件");
    if (ok && load_sheet(&t, &rp->err) && map_sheet(&t, &rp->err))
        try_and_show(&t);
    else
        show_error(&t);
    upload_close(&t.upload);
}

static bool put_faulty(struct trial *t, struct error *err)
{
    struct str content;
    if (!load_sheet(t, err) || !map_sheet(t, err) || !try_sheet(t, err)) return false;
    bool workbook = faulty_wants_xlsx(t->upload.mapped);
    if (workbook && !faulty_xlsx(t->rq->arena, &t->sheet, &t->report, &content, err)) return false;
    if (!workbook) content = import_faulty_rows(t->rq->arena, &t->sheet, &t->report);
    reply_download(t->rp,
                   str_printf(t->rq->arena, "%.*s-有错的行.%s", STR_ARG(t->reg->label), workbook ? "xlsx" : "csv"),
                   workbook ? STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
                            : STR("text/csv; charset=utf-8"),
                   content);
    return true;
}

void page_import_faulty(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp), .digest = rq->arg[1]};
    if (!t.reg) return;
    if (!put_faulty(&t, &rp->err)) http_fault_error(rq, rp, &rp->err);
    upload_close(&t.upload);
}

/* ---- for real ---- */

void page_import_go(struct request *rq, struct reply *rp)
{
    struct trial t = {.rq = rq, .rp = rp, .reg = import_register(rq, rp), .digest = request_form(rq, "digest")};
    if (!t.reg) return;
    if (open_upload(&t, &rp->err)) {
        read_targets(&t, SHEET_MAX_COLUMNS); /* how many there are the job sees */
        struct import_task task = task_of(&t);
        start(&t, &task, STR(""));
    } else {
        show_error(&t);
    }
    upload_close(&t.upload);
}

/* The page of a trial has its sheet and its choices in the address: what can be done with it. */
static void put_trial(struct request *rq, const struct reg *reg, struct job_view *v)
{
    v->digest = request_query(rq, "digest");
    if (v->digest.len == 0) return;
    size_t question = str_find(rq->target, STR("?"), 0);
    v->again = request_query(rq, "again").len > 0;
    v->action = str_printf(rq->arena, "/import/%.*s", STR_ARG(reg->name));
    v->faulty_href = str_printf(rq->arena, "%.*s/faulty/%.*s%.*s", STR_ARG(v->action), STR_ARG(v->digest),
                                STR_ARG(str_slice(rq->target, question, rq->target.len)));
    struct pair_view *list = arena_new_array(rq->arena, struct pair_view, rq->query.count + 1);
    for (size_t i = 0; i < rq->query.count; i++)
        if (str_starts(rq->query.items[i].name, STR("m")))
            list[v->chosen_count++] =
                (struct pair_view){.label = rq->query.items[i].name, .value = rq->query.items[i].value};
    v->chosen = list;
}

void page_import_job(struct request *rq, struct reply *rp)
{
    struct import_progress pr;
    int64_t id;
    const struct reg *reg = import_register(rq, rp);
    if (!reg) return;
    struct app *app = app_of(rq);
    bool mine =
        str_to_i64(rq->arg[1], &id)
            ? import_job_progress(app->jobs, app->office, visit_of(rq)->user.account.name, reg, id, &pr, &rp->err)
            : error_set(&rp->err, ERR_NOT_FOUND, "没有这次导入");
    if (!mine) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    if (!pr.finished) reply_header(rp, "Refresh", STR("10")); /* for browsers without script */
    struct job_view v = {.label = reg->label,
                         .address = rq->target,
                         .at = import_at_words(rq->arena, pr.at),
                         .done = (int64_t)pr.at.done,
                         .total = (int64_t)pr.at.total,
                         .finished = pr.finished,
                         .failed = pr.failed,
                         .summary = str_copy(rq->arena, str_from(pr.summary)),
                         .list_href = str_printf(rq->arena, "/r/%.*s", STR_ARG(reg->name)),
                         .again_href = str_printf(rq->arena, "/import/%.*s", STR_ARG(reg->name))};
    struct page p = app_page(rq, str_printf(rq->arena, "导入%.*s", STR_ARG(reg->label)));
    v.token = p.token;
    put_trial(rq, reg, &v);
    tmpl_page_import_job(rp->body, &p, &v);
}
