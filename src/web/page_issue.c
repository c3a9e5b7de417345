/* Issuing definitions from the browser: a ZIP of the folder is uploaded, checked and shown, and goes along in the form
 * that confirms it, so that nothing is kept before that. */
#include "base/base64.h"
#include "base/zip_in.h"
#include "model/compare.h"
#include "model/overlay.h"
#include "office/definitions.h"
#include "web/apps.h"
#include "web/page_admin.h"
#include "web/page_issued.h"
#include "web/templates.h"

enum { FIELDS = 3, FAULT_COLUMNS = 2, ZIP_MOST = 4 << 20, FILE_MOST = 1 << 20, ALL_MOST = 16 << 20 };

#define COLUMN(words, ...) {.label = {words, sizeof words - 1}, __VA_ARGS__}

struct issuing {
    struct request *rq;
    struct reply *rp;
    struct str zip;
    struct definition_file *files;
    size_t count;
    struct definitions_order order;
    struct errors faults;
};

static bool may_issue(struct request *rq, struct reply *rp)
{
    if (definitions_may_issue(app_of(rq)->office, &visit_of(rq)->user)) return true;
    http_fault(rq, rp, 404, STR("没有这个网页"));
    return false;
}

/* ---- what was uploaded ---- */

static struct str first_part(struct str path)
{
    size_t slash = str_find(path, STR("/"), 0);
    return slash == SIZE_MAX ? STR("") : str_slice(path, 0, slash);
}

static bool is_known_folder(struct str name)
{
    static const char *const folders[] = {"codes", "registers", "figures", "reports", "calendar"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (str_is(name, folders[i])) return true;
    return false;
}

/* People put the folder itself into the archive: then every path begins with its name. */
static size_t common_length(const struct zip_in_file *files, size_t count)
{
    struct str first = count ? first_part(files[0].path) : STR("");
    for (size_t i = 1; i < count && first.len; i++)
        if (!str_eq(first_part(files[i].path), first)) first = STR("");
    return first.len && !is_known_folder(first) ? first.len + 1 : 0;
}

static bool read_zip(struct issuing *x, struct error *err)
{
    static const struct zip_in_limits limits = {DEFINITIONS_FILES_MOST, FILE_MOST, ALL_MOST};
    struct zip_in_file *files;
    struct arena *a = x->rq->arena;
    const struct upload *upload = request_file(x->rq, "zip");
    if (upload)
        x->zip = upload->content;
    else if (!base64_decode(a, request_form(x->rq, "kept"), &x->zip) || !x->zip.len)
        return error_at(err, ERR_INPUT, STR("zip"), "请选择 ZIP 文件");
    if (x->zip.len > ZIP_MOST) return error_at(err, ERR_LIMIT, STR("zip"), "文件太大，最多 %d 兆字节", ZIP_MOST >> 20);
    if (!zip_in_read(a, x->zip, &limits, &files, &x->count, err))
        return error_at(err, ERR_INPUT, STR("zip"), "%s", str_cstr(a, str_from(err->message)));
    size_t cut = common_length(files, x->count);
    x->files = arena_new_array(a, struct definition_file, x->count + 1);
    for (size_t i = 0; i < x->count; i++)
        x->files[i] = (struct definition_file){str_slice(files[i].path, cut, files[i].path.len), files[i].bytes};
    return true;
}

static bool read_form(struct issuing *x, struct error *err)
{
    if (!date_parse(str_trim(request_form(x->rq, "valid_from")), &x->order.valid_from))
        return error_at(err, ERR_INPUT, STR("valid_from"), "请填写日期，如 2026-01-01");
    x->order.note = str_trim(request_form(x->rq, "note"));
    if (!x->order.note.len) return error_at(err, ERR_INPUT, STR("note"), "请写明改了什么，依据什么文件");
    if (!read_zip(x, err)) return false;
    x->order.files = x->files;
    x->order.count = x->count;
    return true;
}

/* ---- pages ---- */

static void make_fields(struct request *rq, struct field_view *f)
{
    struct str day = request_form(rq, "valid_from");
    if (!day.len) day = date_iso(rq->arena, clock_today(&app_of(rq)->office->clock));
    f[0] = (struct field_view){.kind = INPUT_ATTACHMENT,
                               .name = STR("zip"),
                               .label = STR("定义文件（ZIP）"),
                               .required = true,
                               .help = STR("把文件夹打成 ZIP；里面是 registers、codes、figures、reports 等文件夹，与程序自带的同名的文件顶替它")};
    f[1] = (struct field_view){
        .kind = INPUT_DATE, .name = STR("valid_from"), .label = STR("自何日起"), .value = day, .required = true};
    f[2] = (struct field_view){.kind = INPUT_TEXT,
                               .name = STR("note"),
                               .label = STR("说明"),
                               .value = request_form(rq, "note"),
                               .required = true,
                               .help = STR("改了什么，依据什么文件")};
}

static struct table_view faults_table(struct request *rq, const struct errors *faults)
{
    static const struct column_view columns[FAULT_COLUMNS] = {COLUMN("位置", .text = true), COLUMN("错误", .text = true)};
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, FAULT_COLUMNS * (faults->count + 1));
    for (size_t i = 0; i < faults->count; i++) {
        cells[FAULT_COLUMNS * i].text = str_copy(rq->arena, str_from(faults->items[i].where));
        cells[FAULT_COLUMNS * i + 1].text = str_copy(rq->arena, str_from(faults->items[i].message));
    }
    return (struct table_view){.caption = STR("错误"),
                               .columns = columns,
                               .column_count = FAULT_COLUMNS,
                               .cells = cells,
                               .row_count = faults->count};
}

static void show(struct request *rq, struct reply *rp, struct issue_view *v)
{
    struct page p = app_page(rq, v->title);
    struct crumb crumbs[] = {{STR("台账定义"), STR("/definitions")},
                             {STR("下发的定义"), STR("/definitions/issued")},
                             {v->title, STR("")}};
    app_crumbs(rq, &p, crumbs, 3);
    tmpl_page_issue(rp->body, &p, v);
}

static void show_form(struct request *rq, struct reply *rp, const struct errors *faults, const struct error *fault)
{
    struct field_view fields[FIELDS];
    struct form_view form = {.action = STR("/definitions/issue"),
                             .token = visit_of(rq)->session.csrf,
                             .submit = STR("检查"),
                             .cancel = STR("/definitions/issued"),
                             .fields = fields,
                             .field_count = FIELDS,
                             .upload = true};
    struct issue_view v = {
        .title = STR("下发定义"),
        .help = str_printf(rq->arena, "对%.*s和全部下级单位生效。上传以后先整个检查，给出会改变什么，确认以后才下发。",
                           STR_ARG(app_of(rq)->office->info.name)),
        .form = &form};
    make_fields(rq, fields);
    if (fault) admin_put_fault(rq, rp, &form, fields, fault);
    if (faults) {
        v.faults = faults_table(rq, faults);
        rp->status = 422;
    }
    show(rq, rp, &v);
}

void page_issue(struct request *rq, struct reply *rp)
{
    if (may_issue(rq, rp)) show_form(rq, rp, NULL, NULL);
}

/* What it changes against what is in force here now. */
static void confirm(struct issuing *x)
{
    struct request *rq = x->rq;
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    struct definition_change *changes;
    size_t count;
    struct definition_file *all = overlay_files(a, store_model(o->store), x->files, x->count, &count);
    count = definition_changes(a, o->model->files, o->model->file_count, all, count, &changes);
    struct pair_view hidden[] = {{.label = STR("kept"), .value = base64_encode(a, x->zip)},
                                 {.label = STR("valid_from"), .value = date_iso(a, x->order.valid_from)},
                                 {.label = STR("note"), .value = x->order.note},
                                 {.label = STR("confirmed"), .value = STR("1")}};
    struct form_view form = {.action = STR("/definitions/issue"),
                             .token = visit_of(rq)->session.csrf,
                             .submit = STR("下发"),
                             .cancel = STR("/definitions/issue"),
                             .hidden = hidden,
                             .hidden_count = sizeof hidden / sizeof *hidden,
                             .upload = true};
    struct issue_view v = {.title = STR("下发定义：核对"),
                           .help = str_printf(a, "没有错误：%zu 个文件，%.*s 起生效。说明：%.*s", x->count,
                                              STR_ARG(date_iso(a, x->order.valid_from)), STR_ARG(x->order.note)),
                           .changes = issued_changes(rq, changes, count),
                           .changes_note = str_printf(a, "和本单位现在生效的定义相比，%zu 处不同。", count),
                           .form = &form};
    show(rq, x->rp, &v);
}

static void done(struct request *rq, struct reply *rp, const char *what)
{
    apps_look_again(app_of(rq)->all);
    reply_redirect(rp, str_printf(rq->arena, "/definitions/issued?done=%.*s",
                                  STR_ARG(app_encode(rq->arena, str_from(what)))));
}

void page_issue_post(struct request *rq, struct reply *rp)
{
    struct issuing x = {.rq = rq, .rp = rp, .faults = errors_in(rq->arena)};
    struct definitions_row row;
    struct office *o = app_of(rq)->office;
    if (!may_issue(rq, rp)) return;
    if (!read_form(&x, &rp->err)) {
        show_form(rq, rp, NULL, &rp->err);
        return;
    }
    if (!request_form(rq, "confirmed").len) {
        struct model *m = definitions_check(o, x.files, x.count, &x.faults);
        model_close(m);
        if (m)
            confirm(&x);
        else
            show_form(rq, rp, &x.faults, NULL);
        return;
    }
    if (definitions_issue(o, rq->arena, &visit_of(rq)->user, STR("page"), &x.order, &row, &x.faults))
        done(rq, rp, "已下发");
    else
        show_form(rq, rp, &x.faults, NULL);
}

/* ---- withdrawing ---- */

void page_withdraw(struct request *rq, struct reply *rp)
{
    struct arena *a = rq->arena;
    const struct office *o = app_of(rq)->office;
    if (!may_issue(rq, rp)) return;
    struct page p = app_page(rq, STR("撤回下发的定义"));
    struct pair_view facts[] = {{.label = STR("现在生效的"), .value = issued_in_force(rq).words},
                                {.label = STR("撤回以后"), .value = STR("用上级下发的；上级没有下发的，用程序自带的")}};
    struct pair_view hidden[] = {{.label = STR("confirmed"), .value = STR("1")}};
    struct confirm_view v = {.title = str_printf(a, "撤回%.*s下发的定义", STR_ARG(o->info.name)),
                             .text = STR("今天起对本单位和全部下级单位不再生效，记入办理记录；已有记录要用到的台账、阶段、代码不能撤回。"),
                             .action = STR("/definitions/withdraw"),
                             .token = p.token,
                             .submit = STR("撤回"),
                             .cancel = STR("/definitions/issued"),
                             .facts = facts,
                             .fact_count = sizeof facts / sizeof *facts,
                             .hidden = hidden,
                             .hidden_count = 1};
    tmpl_page_confirm(rp->body, &p, &v);
}

void page_withdraw_post(struct request *rq, struct reply *rp)
{
    struct errors faults = errors_in(rq->arena);
    struct definitions_row row;
    struct office *o = app_of(rq)->office;
    struct definitions_order order = {.valid_from = clock_today(&o->clock)};
    if (!may_issue(rq, rp)) return;
    if (definitions_issue(o, rq->arena, &visit_of(rq)->user, STR("page"), &order, &row, &faults)) {
        done(rq, rp, "已撤回");
        return;
    }
    struct issue_view v = {.title = STR("撤回下发的定义"), .faults = faults_table(rq, &faults)};
    rp->status = 422;
    show(rq, rp, &v);
}
