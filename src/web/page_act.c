#include "web/page_act.h"

#include "web/form.h"
#include "web/page_list.h"
#include "web/page_record.h"
#include "web/templates.h"
#include "web/views.h"
#include "web/work_view.h"

/* One visit to an act's form. */
struct acting {
    struct request *rq;
    struct reply *rp;
    const struct reg *reg;
    const struct act *act;
    struct record record;
    bool existing;
    struct act_form form;
    struct act_page_view view;
    struct form_view form_view;
    struct act_request wanted;
    struct errors faults;
};

static bool needs_reason(const struct act *act)
{
    return act->kind == ACT_AMEND || act->kind == ACT_VOID || act->kind == ACT_VIEW || act->kind == ACT_NOTE;
}

/* Finds register, record and act of the address; the error page is written when something is missing. */
static bool find(struct acting *x, struct conn *c)
{
    x->reg = page_register(x->rq, x->rp);
    if (!x->reg) return false;
    x->existing = x->rq->arg_count > 1;
    x->act = x->existing ? reg_act(x->reg, x->rq->arg[2]) : &x->reg->acts[0];
    if (x->existing && !page_load_record(x->rq, x->rp, c, &x->record)) return false;
    const struct user *u = &visit_of(x->rq)->user;
    if (!x->act || (x->existing && x->act->kind == ACT_CREATE)) {
        http_fault(x->rq, x->rp, 404, STR("没有这个办理动作"));
        return false;
    }
    if (!user_may_act(u, x->reg, x->act, STR("page"))) {
        http_fault(x->rq, x->rp, 403, str_printf(x->rq->arena, "您的岗位不能办理「%.*s」", STR_ARG(x->act->label)));
        return false;
    }
    return true;
}

static void put_rules(struct acting *x)
{
    size_t n = x->act->require_count + x->reg->always_count;
    struct rule_view *list = arena_new_array(x->rq->arena, struct rule_view, n + 1);
    bool changes = x->act->kind == ACT_CREATE || x->act->kind == ACT_STEP || x->act->kind == ACT_AMEND;
    for (size_t i = 0; changes && i < n; i++) {
        const struct rule *r =
            i < x->act->require_count ? &x->act->require[i] : &x->reg->always[i - x->act->require_count];
        list[x->view.rule_count++] = (struct rule_view){r->say, r->cite.text, r->remedy};
    }
    x->view.rules = list;
}

/* A form that could only be refused is not shown. A form sent all the same goes to the engine, which says why, so that
 * nothing typed is lost. */
static bool fits_stage(struct acting *x)
{
    if (!x->existing || act_is_open(&visit_of(x->rq)->user, &x->record, x->act, STR("page"))) return true;
    http_fault(x->rq, x->rp, 409,
               str_printf(x->rq->arena, "现在的阶段是「%.*s」，不能办理「%.*s」", STR_ARG(show_stage(&x->record)),
                          STR_ARG(x->act->label)));
    return false;
}

/* The reason is a field of the form before all others. */
static void put_reason(struct acting *x, bool typed)
{
    if (!needs_reason(x->act)) return;
    struct field_view *all = arena_new_array(x->rq->arena, struct field_view, x->form.field_count + 1);
    all[0] = (struct field_view){.kind = INPUT_LONG_TEXT,
                                 .name = STR("reason"),
                                 .required = true,
                                 .label = x->act->kind == ACT_NOTE ? STR("备注内容") : STR("理由"),
                                 .value = typed ? request_form(x->rq, "reason") : STR("")};
    for (size_t i = 0; i < x->form.field_count; i++) all[i + 1] = x->form.fields[i];
    x->form.fields = all;
    x->form.field_count++;
}

/* What can hardly be taken back asks once more: a box after all fields, without which the act isn't done. */
static void put_second_look(struct acting *x)
{
    static const struct option_view box[] = {
        {.value = {"1", 1}, .label = {"已核对，确认办理", sizeof "已核对，确认办理" - 1}}};
    if (!x->act->confirm) return;
    struct field_view *all = arena_new_array(x->rq->arena, struct field_view, x->form.field_count + 1);
    for (size_t i = 0; i < x->form.field_count; i++) all[i] = x->form.fields[i];
    all[x->form.field_count++] = (struct field_view){.kind = INPUT_CODE,
                                                     .multiple = true,
                                                     .required = true,
                                                     .name = STR("confirmed"),
                                                     .label = STR("再核对一次"),
                                                     .options = box,
                                                     .option_count = 1,
                                                     .help = STR("这一步办理以后不能退回")};
    x->form.fields = all;
}

static bool is_confirmed(const struct acting *x, struct errors *faults)
{
    if (!x->act->confirm || str_is(request_form(x->rq, "confirmed"), "1")) return true;
    errors_addf(faults, ERR_INPUT, STR("confirmed"), "请核对填写的内容，勾选“已核对，确认办理”");
    return false;
}

static void put_form(struct acting *x)
{
    struct arena *a = x->rq->arena;
    struct pair_view *hidden = arena_new(a, struct pair_view);
    *hidden =
        (struct pair_view){.label = STR("version"), .value = str_printf(a, "%lld", (long long)x->record.head.version)};
    struct str base = str_printf(a, "/r/%.*s", STR_ARG(x->reg->name));
    struct str record = views_record_href(a, x->reg, x->record.head.id);
    x->form_view.token = visit_of(x->rq)->session.csrf;
    x->form_view.action = x->existing ? str_printf(a, "%.*s/act/%.*s", STR_ARG(record), STR_ARG(x->act->name))
                                      : str_printf(a, "%.*s/new", STR_ARG(base));
    x->form_view.submit = x->act->label;
    x->form_view.cancel = x->existing ? record : base;
    x->form_view.fields = x->form.fields;
    x->form_view.field_count = x->form.field_count;
    x->form_view.hidden = hidden;
    x->form_view.hidden_count = x->existing ? 1 : 0;
    x->form_view.upload = x->form.upload;
    x->view.form = &x->form_view;
}

/* What was typed is to be mended, unless it is not the typing: somebody was faster, or nothing can be saved just now. */
static unsigned status_of(const struct errors *faults)
{
    unsigned status = 422;
    for (size_t i = 0; i < faults->count; i++) {
        unsigned s = http_status(faults->items[i].code);
        if (s == 409 || s >= 500) status = s;
    }
    return status;
}

static bool show(struct acting *x, struct conn *c, const struct errors *faults)
{
    struct arena *a = x->rq->arena;
    struct shower s;
    struct refusal_view *refusals;
    if (!shower_open(&s, app_of(x->rq)->office, c, a, &x->rp->err)) return false;
    put_reason(x, faults != NULL);
    put_second_look(x);
    if (faults) {
        act_form_faults(x->rq, &x->form, faults, &x->form_view, &refusals, &x->view.refusal_count);
        x->view.refusals = refusals;
        x->rp->status = status_of(faults);
    }
    put_form(x);
    put_rules(x);
    x->view.title = x->existing ? x->act->label : str_printf(a, "新增%.*s", STR_ARG(x->reg->label));
    x->view.help = x->act->help.len ? x->act->help : x->existing ? STR("") : x->reg->help;
    x->view.cite = x->act->cite.text;
    if (x->existing) {
        x->view.record_title =
            str_printf(a, "%.*s　%.*s", STR_ARG(x->record.head.number), STR_ARG(show_title(&s, &x->record)));
        x->view.record_href = views_record_href(a, x->reg, x->record.head.id);
    }
    struct page p = app_page(x->rq, x->view.title);
    struct crumb crumbs[] = {{STR("工作台"), STR("/")},
                             {x->reg->label, str_printf(a, "/r/%.*s", STR_ARG(x->reg->name))},
                             {x->view.title, STR("")}};
    app_crumbs(x->rq, &p, crumbs, 3);
    tmpl_page_act(x->rp->body, &p, &x->view);
    return true;
}

static bool build(struct acting *x, struct conn *c, bool typed)
{
    x->form = (struct act_form){.reg = x->reg, .act = x->act, .record = x->existing ? &x->record : NULL};
    return act_form_build(x->rq, c, &x->form, typed, &x->rp->err);
}

static void get(struct request *rq, struct reply *rp)
{
    struct acting x = {.rq = rq, .rp = rp};
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    if (find(&x, c) && fits_stage(&x) && !(build(&x, c, false) && show(&x, c, NULL)))
        http_fault_error(rq, rp, &rp->err);
    store_done(c);
}

/* ---- doing it ---- */

/* What the act will be asked to do. */
static bool prepare(struct acting *x)
{
    x->wanted = (struct act_request){.reg = x->reg,
                                     .record = x->record.head.id,
                                     .act = x->act->name,
                                     .reason = request_form(x->rq, "reason"),
                                     .no_defaults = true};
    str_to_i64(request_form(x->rq, "version"), &x->wanted.version);
    struct input *inputs;
    if (!act_form_inputs(x->rq, &x->form, &inputs, &x->wanted.input_count, &x->rp->err)) {
        errors_add(&x->faults, &x->rp->err);
        return false;
    }
    act_read_inputs(app_of(x->rq)->office, x->rq->arena, x->reg, inputs, x->wanted.input_count);
    x->wanted.inputs = inputs;
    return is_confirmed(x, &x->faults);
}

/* The form as it was filled in, with what is wrong. */
static void show_faults(struct acting *x)
{
    struct conn *c = store_read(app_of(x->rq)->office->store, &x->rp->err);
    bool shown = c && show(x, c, &x->faults);
    /* Where the form can't be shown again, what became of the act is still to be said. */
    if (!shown && x->faults.count) x->rp->err = x->faults.items[0];
    if (!shown) http_fault_error(x->rq, x->rp, &x->rp->err);
    if (c) store_done(c);
}

static void carry_out(struct request *rq, struct reply *rp, void *arg)
{
    struct acting *x = arg;
    struct act_result result;
    if (!act_do(app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("page"), &x->wanted, &result, &x->faults,
                rq->promise)) {
        show_faults(x);
        return;
    }
    struct str done = app_encode(rq->arena, str_printf(rq->arena, "已办理：%.*s", STR_ARG(x->act->label)));
    reply_redirect(rp, str_printf(rq->arena, "%.*s?done=%.*s", STR_ARG(views_record_href(rq->arena, x->reg, result.record)),
                                  STR_ARG(done)));
}

static void post(struct request *rq, struct reply *rp)
{
    struct acting *x = arena_new(rq->arena, struct acting);
    *x = (struct acting){.rq = rq, .rp = rp, .faults = errors_in(rq->arena)};
    struct conn *c = app_read(rq, rp);
    if (!c) return;
    bool found = find(x, c);
    bool ok = found && build(x, c, true);
    store_done(c); /* the write must not wait behind our own read */
    if (found && !ok)
        http_fault_error(rq, rp, &rp->err);
    else if (found && prepare(x))
        app_write(rq, carry_out, x);
    else if (found)
        show_faults(x);
}

void page_new(struct request *rq, struct reply *rp)
{
    get(rq, rp);
}

void page_new_post(struct request *rq, struct reply *rp)
{
    post(rq, rp);
}

void page_act(struct request *rq, struct reply *rp)
{
    get(rq, rp);
}

void page_act_post(struct request *rq, struct reply *rp)
{
    post(rq, rp);
}
