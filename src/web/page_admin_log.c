/* The act log for the auditor, and deadlines that a new holiday arrangement moves. */
#include "office/due.h"
#include "web/admin_view.h"
#include "web/page_admin.h"
#include "web/templates.h"
#include "web/views.h"

enum { HASH_SHOWN = 12 };

bool admin_may(struct request *rq, struct reply *rp, enum permission p)
{
    if (user_may(&visit_of(rq)->user, p)) return true;
    http_fault(rq, rp, 403, STR("您的岗位没有这项权限"));
    return false;
}

/* ---- the act log ---- */

static const struct {
    const char *name, *label;
} admin_acts[] = {
    {"sign_in", "登录"},
    {"sign_in_failed", "登录未成功"},
    {"sign_out", "退出"},
    {"add_account", "新增账号"},
    {"change_account", "修改账号"},
    {"set_password", "设置密码"},
    {"disable_account", "停用账号"},
    {"enable_account", "启用账号"},
    {"put_org", "修改机构"},
    {"add_office", "新增单位"},
    {"close_office", "停用单位"},
    {"reopen_office", "恢复单位"},
    {"rename_office", "单位改名"},
    {"issue_parameter", "规定参数"},
    {"issue_definitions", "下发定义"},
    {"withdraw_definitions", "撤回下发的定义"},
    {"definitions_in_force", "生效的定义有变"},
    {"fix_report", "报告定稿"},
    {"recompute_deadlines", "重算期限"},
};

static struct str act_label(const struct reg *reg, struct str name)
{
    const struct act *act = reg ? reg_act(reg, name) : NULL;
    if (act) return act->label;
    for (size_t i = 0; i < sizeof admin_acts / sizeof *admin_acts; i++)
        if (str_is(name, admin_acts[i].name)) return str_from(admin_acts[i].label);
    return name;
}

static struct str entrance_label(struct str entrance)
{
    if (str_is(entrance, "page")) return STR("网页");
    if (str_is(entrance, "api")) return STR("接口");
    if (str_is(entrance, "import")) return STR("导入");
    if (str_is(entrance, "command")) return STR("命令行");
    return entrance;
}

/* Which record, by register and number inside the system. What is in it is not the auditor's business. */
static struct str act_object(struct request *rq, const struct reg *reg, const struct act_entry *e)
{
    if (e->reg.len == 0) return STR("");
    struct str label = reg ? reg->label : e->reg;
    return str_printf(rq->arena, "%.*s / %lld", STR_ARG(label), (long long)e->record);
}

enum { AUDIT_COLUMNS = 7 };

static void fill_audit(struct request *rq, const struct act_entry *list, size_t count, struct table_view *t)
{
    static const struct column_view columns[AUDIT_COLUMNS] = {
        {.label = {"序号", sizeof "序号" - 1}, .number = true},
        {.label = {"时间", sizeof "时间" - 1}},
        {.label = {"账号", sizeof "账号" - 1}},
        {.label = {"动作", sizeof "动作" - 1}},
        {.label = {"台账 / 记录", sizeof "台账 / 记录" - 1}},
        {.label = {"入口", sizeof "入口" - 1}},
        {.label = {"杂凑值", sizeof "杂凑值" - 1}},
    };
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, AUDIT_COLUMNS * (count + 1));
    for (size_t i = 0; i < count; i++) {
        const struct act_entry *e = &list[i];
        const struct reg *reg = model_reg(app_of(rq)->office->model, e->reg);
        struct cell_view *row = &cells[i * AUDIT_COLUMNS];
        row[0].text = str_printf(rq->arena, "%lld", (long long)e->seq);
        row[1].text = str_replace(rq->arena, moment_iso(rq->arena, e->at), STR("T"), STR(" "));
        row[2].text = e->actor;
        row[3].text = act_label(reg, e->act);
        row[4].text = act_object(rq, reg, e);
        row[5].text = entrance_label(e->entrance);
        row[6].text = str_slice(e->hash, 0, HASH_SHOWN);
    }
    *t = (struct table_view){.caption = STR("操作记录"),
                             .columns = columns,
                             .column_count = AUDIT_COLUMNS,
                             .cells = cells,
                             .row_count = count};
}

/* Acts of administration in the choice of registers: no register has this name. */
#define ADMINISTRATION "-"

static struct act_filter read_filter(const struct request *rq)
{
    struct date day;
    struct act_filter f = {.actor = str_trim(request_query(rq, "q")),
                           .reg = request_query(rq, "register"),
                           .entrance = request_query(rq, "entrance")};
    f.administration = str_is(f.reg, ADMINISTRATION);
    if (date_parse(request_query(rq, "from"), &day)) f.from = moment_of_date(day);
    if (date_parse(request_query(rq, "to"), &day)) f.until = moment_of_date(date_add_days(day, 1));
    return f;
}

static const struct option_view *register_options(struct request *rq, struct str chosen, size_t *count)
{
    const struct model *m = app_of(rq)->office->model;
    struct option_view *list = arena_new_array(rq->arena, struct option_view, m->reg_count + 1);
    list[0] = (struct option_view){.value = STR(ADMINISTRATION), .label = STR("（登录和管理）")};
    for (size_t i = 0; i < m->reg_count; i++)
        list[1 + i] = (struct option_view){.value = m->regs[i].name, .label = m->regs[i].label};
    *count = m->reg_count + 1;
    for (size_t i = 0; i < *count; i++) list[i].selected = str_eq(list[i].value, chosen);
    return list;
}

static const struct option_view *entrance_options(struct request *rq, struct str chosen, size_t *count)
{
    static const char *const names[] = {"page", "api", "import", "command"};
    *count = sizeof names / sizeof *names;
    struct option_view *list = arena_new_array(rq->arena, struct option_view, *count);
    for (size_t i = 0; i < *count; i++) {
        struct str name = str_from(names[i]);
        list[i] = (struct option_view){.value = name, .label = entrance_label(name), .selected = str_eq(name, chosen)};
    }
    return list;
}

static struct filter_view audit_filter(struct request *rq, const struct act_filter *f)
{
    enum { FIELDS = 4 };
    struct field_view *fields = arena_new_array(rq->arena, struct field_view, FIELDS);
    fields[0] = (struct field_view){.kind = INPUT_CODE, .name = STR("register"), .label = STR("台账")};
    fields[0].options = register_options(rq, f->reg, &fields[0].option_count);
    fields[1] = (struct field_view){.kind = INPUT_CODE, .name = STR("entrance"), .label = STR("入口")};
    fields[1].options = entrance_options(rq, f->entrance, &fields[1].option_count);
    fields[2] = (struct field_view){
        .kind = INPUT_DATE, .name = STR("from"), .label = STR("自"), .value = request_query(rq, "from")};
    fields[3] = (struct field_view){
        .kind = INPUT_DATE, .name = STR("to"), .label = STR("至"), .value = request_query(rq, "to")};
    return (struct filter_view){
        .action = rq->path, .search = f->actor, .search_hint = STR("账号名"), .fields = fields, .field_count = FIELDS};
}

void page_audit(struct request *rq, struct reply *rp)
{
    struct act_entry *list;
    size_t count;
    int64_t total, offset = views_offset(rq, PAGE_ROWS);
    if (!admin_may(rq, rp, MAY_AUDIT)) return;
    struct act_filter chosen = read_filter(rq);
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool ok = act_list_newest(c, rq->arena, app_of(rq)->office->key, &chosen, offset, PAGE_ROWS, &list, &count, &total,
                              &rp->err);
    if (!app_read_end(rq, rp, c, ok)) return;
    struct pager_view pager = views_pager(rq, offset, (int64_t)count, PAGE_ROWS, total);
    struct filter_view filter = audit_filter(rq, &chosen);
    struct admin_list_view v = {
        .title = STR("操作记录"),
        .help = STR("每次办理、登录和管理操作都记一条，新的在前；各条的杂凑值前后相连，改动、删除都会被发现。"),
        .filter = &filter,
        .pager = &pager,
        .empty = {.title = STR("没有符合条件的操作记录")}};
    fill_audit(rq, list, count, &v.table);
    struct page p = app_page(rq, v.title);
    tmpl_page_admin_list(rp->body, &p, &v);
}

/* ---- recomputing deadlines ---- */

enum { MOVE_COLUMNS = 5 };

/* The date before or after, with the earlier one that it was moved from. */
static struct str dates(struct request *rq, struct str legal, struct str strict)
{
    if (strict.len == 0 || str_eq(legal, strict)) return views_day(rq, legal);
    return str_printf(rq->arena, "%.*s（按日计算为%.*s）", STR_ARG(views_day(rq, legal)), STR_ARG(strict));
}

static struct str outcome(struct request *rq, const struct due_move *m)
{
    struct str year;
    if (m->held) return STR("保持原日：已告知当事人，改晚对当事人不利");
    if (due_is_pending(&m->before, &year))
        return str_printf(rq->arena, "将改：%.*s年放假安排已公布，原日期是最早可能的日期", STR_ARG(year));
    bool same = str_eq(m->legal_on, m->before.legal_on) && str_eq(m->strict_on, m->before.strict_on);
    return same ? STR("日期不变，改按现在的放假安排核定") : STR("将改");
}

/* Whoever recomputes need not see every record: others stand there by their place in the system alone. */
static void put_record(struct request *rq, struct conn *c, const struct deadline_row *d, struct cell_view *cells)
{
    const struct model *m = app_of(rq)->office->model;
    const struct reg *reg = model_reg(m, d->reg);
    const struct deadline *due = reg ? reg_deadline(reg, d->name) : NULL;
    struct record r;
    struct error err;
    struct str label = reg ? reg->label : d->reg;
    cells[0].text = str_printf(rq->arena, "%.*s / %lld", STR_ARG(label), (long long)d->record);
    cells[1].text = due ? due->label : d->name;
    if (!reg || !record_get(c, rq->arena, app_of(rq)->office->key, reg, d->record, &r, &err)) return;
    cells[0].text = str_printf(rq->arena, "%.*s %.*s", STR_ARG(label), STR_ARG(r.head.number));
    if (user_sees_record(&visit_of(rq)->user, &r)) cells[0].href = views_record_href(rq->arena, reg, d->record);
}

static size_t fill_moves(struct request *rq, struct conn *c, const struct due_move *moves, size_t count,
                         struct table_view *t)
{
    static const struct column_view columns[MOVE_COLUMNS] = {
        {.label = {"记录", sizeof "记录" - 1}, .text = true},
        {.label = {"期限", sizeof "期限" - 1}, .text = true},
        {.label = {"现在的到期日", sizeof "现在的到期日" - 1}, .text = true},
        {.label = {"重算的到期日", sizeof "重算的到期日" - 1}, .text = true},
        {.label = {"处理", sizeof "处理" - 1}, .text = true},
    };
    size_t movable = 0;
    struct cell_view *cells = arena_new_array(rq->arena, struct cell_view, MOVE_COLUMNS * (count + 1));
    for (size_t i = 0; i < count; i++) {
        struct cell_view *row = &cells[i * MOVE_COLUMNS];
        put_record(rq, c, &moves[i].before, row);
        row[2].text = dates(rq, moves[i].before.legal_on, moves[i].before.strict_on);
        row[3].text = dates(rq, moves[i].legal_on, moves[i].strict_on);
        row[4].text = outcome(rq, &moves[i]);
        if (!moves[i].held) movable++;
    }
    *t = (struct table_view){.caption = STR("重算后会变的期限"),
                             .columns = columns,
                             .column_count = MOVE_COLUMNS,
                             .cells = cells,
                             .row_count = count};
    return movable;
}

void page_deadlines(struct request *rq, struct reply *rp)
{
    struct due_move *moves;
    size_t count;
    if (!admin_may(rq, rp, MAY_RECOMPUTE)) return;
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    struct admin_list_view v = {
        .title = STR("期限重算"),
        .help = STR("放假安排公布或更正以后，正在计算的期限按新的安排重算。已经告知当事人的到期日，"
                    "改晚对当事人不利的，保持不变。"),
        .empty = {.title = STR("没有需要改的期限"), .text = STR("所有正在计算的期限都和现在的放假安排一致。")}};
    bool ok = due_recompute_preview(app_of(rq)->office, c, rq->arena, &moves, &count, &rp->err);
    size_t movable = ok ? fill_moves(rq, c, moves, count, &v.table) : 0;
    if (!app_read_end(rq, rp, c, ok)) return;
    struct page p = app_page(rq, v.title);
    struct confirm_view apply = {
        .action = STR("/admin/deadlines"),
        .token = p.token,
        .submit = STR("重算期限"),
        .text = str_printf(rq->arena, "将改动 %zu 个期限，保持 %zu 个。改动记入操作记录。", movable, count - movable)};
    if (movable) v.confirm = &apply;
    tmpl_page_admin_list(rp->body, &p, &v);
}

void page_deadlines_post(struct request *rq, struct reply *rp)
{
    size_t moved;
    if (!admin_may(rq, rp, MAY_RECOMPUTE)) return;
    if (!due_recompute(app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), &moved, &rp->err)) {
        http_fault_error(rq, rp, &rp->err);
        return;
    }
    struct str done = app_encode(rq->arena, str_printf(rq->arena, "已重算，改动了 %zu 个期限", moved));
    reply_redirect(rp, str_printf(rq->arena, "/admin/deadlines?done=%.*s", STR_ARG(done)));
}
