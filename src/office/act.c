#include "office/act.h"

#include <string.h>

#include "base/buf.h"
#include "office/chain.h"
#include "office/due.h"
#include "office/inputs.h"

/* One act under way. */
struct work {
    struct tx *tx;
    const struct act_request *rq;
    const struct act *act;
    const struct act_input *inputs; /* fields the act takes */
    size_t input_count;
    struct record before;           /* as it was; unused for create */
    struct record after;
    bool *given;                    /* by field: an input named it */
    bool *faulty;                   /* by field: that input was told as a fault */
    struct date on;                 /* the day on which it happened */
    struct errors *faults;
};

static size_t field_index(const struct reg *reg, const struct field *f)
{
    return (size_t)(f - reg->fields);
}

static bool fail(struct work *w, const struct error *err)
{
    errors_add(w->faults, err);
    return false;
}

/* ---- which fields an act takes ---- */

static bool needs_reason(const struct act *act)
{
    return act->kind == ACT_AMEND || act->kind == ACT_VOID || act->kind == ACT_VIEW || act->kind == ACT_NOTE;
}

size_t act_fields(struct arena *a, const struct reg *reg, const struct act *act, struct act_input **inputs)
{
    if (act->kind == ACT_STEP) {
        *inputs = arena_new_array(a, struct act_input, act->input_count);
        if (act->input_count) memcpy(*inputs, act->inputs, act->input_count * sizeof **inputs);
        return act->input_count;
    }
    *inputs = arena_new_array(a, struct act_input, reg->field_count);
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        bool takes = act->kind == ACT_CREATE ? f->at_create : act->kind == ACT_AMEND;
        if (takes && !f->derived)
            (*inputs)[n++] = (struct act_input){
                .field = f, .required = f->required, .initial = act->kind == ACT_CREATE ? f->initial : NULL};
    }
    return n;
}

static const struct act_input *input_of(const struct work *w, struct str name)
{
    for (size_t i = 0; i < w->input_count; i++)
        if (str_eq(w->inputs[i].field->name, name)) return &w->inputs[i];
    return NULL;
}

/* ---- is it allowed at all ---- */

static bool stage_is_final(const struct reg *reg, struct str key)
{
    const struct stage *s = reg_stage(reg, key);
    return s && s->final;
}

static bool stage_allows(const struct record *r, const struct act *act)
{
    if (act->kind != ACT_STEP) return act->kind != ACT_CREATE;
    if (act->from_count == 0) return !stage_is_final(r->reg, r->head.stage);
    for (size_t i = 0; i < act->from_count; i++)
        if (str_eq(act->from[i], r->head.stage)) return true;
    return false;
}

bool act_is_open(const struct user *u, const struct record *r, const struct act *act, struct str entrance)
{
    return !r->head.voided && stage_allows(r, act) && user_may_act(u, r->reg, act, entrance) && user_sees_record(u, r);
}

static bool refuse_stage(struct work *w)
{
    const struct stage *now = reg_stage(w->rq->reg, w->before.head.stage);
    struct buf b = buf_in(w->tx->arena);
    for (size_t i = 0; i < w->act->from_count; i++) {
        const struct stage *s = reg_stage(w->rq->reg, w->act->from[i]);
        buf_putf(&b, "%s「%.*s」", i ? "、" : "", STR_ARG(s ? s->label : w->act->from[i]));
    }
    struct str message = str_printf(w->tx->arena, "这件事项现在处于「%.*s」，不能「%.*s」",
                                    STR_ARG(now ? now->label : w->before.head.stage), STR_ARG(w->act->label));
    struct str remedy = b.len ? str_printf(w->tx->arena, "须先到%.*s", STR_ARG(buf_str(&b)))
                              : STR("事项已经结束，需要改动请用「更正」");
    struct error err;
    error_refuse(&err, message, w->act->cite.rule, w->act->cite.text, remedy);
    return fail(w, &err);
}

static bool check_allowed(struct work *w)
{
    struct error err;
    const struct reg *reg = w->rq->reg;
    if (!user_may_act(w->tx->user, reg, w->act, w->tx->entrance)) {
        error_set(&err, ERR_FORBIDDEN, "您的岗位不能在「%.*s」中办理「%.*s」", STR_ARG(reg->label),
                  STR_ARG(w->act->label));
        return fail(w, &err);
    }
    if (needs_reason(w->act) && str_trim(w->rq->reason).len == 0) {
        error_at(&err, ERR_INPUT, STR("reason"), "请填写%s",
                 w->act->kind == ACT_NOTE ? "备注内容" : "理由");
        return fail(w, &err);
    }
    if (w->act->kind == ACT_CREATE) return true;
    if (!user_sees_record(w->tx->user, &w->before)) {
        error_set(&err, ERR_NOT_FOUND, "没有这条记录，或者您无权查看");
        return fail(w, &err);
    }
    if (w->before.head.voided) {
        error_set(&err, ERR_CONFLICT, "这条记录已经作废，不能再办理");
        return fail(w, &err);
    }
    if (w->rq->version && w->rq->version != w->before.head.version) {
        error_set(&err, ERR_CONFLICT, "您打开页面以后，别人已经办理过这件事项。请刷新后核对，再重新提交");
        return fail(w, &err);
    }
    return stage_allows(&w->before, w->act) ? true : refuse_stage(w);
}

bool act_may_amend(const struct user *u, const struct record *r, const struct field *f, struct str entrance)
{
    if (f->derived) return false;
    if (f->at_create) return user_may_act(u, r->reg, &r->reg->acts[0], entrance);
    if (r->values[f - r->reg->fields].kind == VALUE_NULL) return false;
    for (size_t i = 0; i < r->reg->act_count; i++) {
        const struct act *act = &r->reg->acts[i];
        for (size_t k = 0; act->kind == ACT_STEP && k < act->input_count; k++)
            if (act->inputs[k].field == f && user_may_act(u, r->reg, act, entrance)) return true;
    }
    return false;
}

/* ---- inputs ---- */

static void take_input(struct work *w, const struct input *in)
{
    const struct act_input *ai = input_of(w, in->name);
    if (!ai) {
        errors_addf(w->faults, ERR_INPUT, in->name, "「%.*s」不能在办理「%.*s」时填写", STR_ARG(in->name),
                    STR_ARG(w->act->label));
        return;
    }
    size_t i = field_index(w->rq->reg, ai->field);
    if (w->given[i]) {
        errors_addf(w->faults, ERR_INPUT, in->name, "「%.*s」填写了两次", STR_ARG(ai->field->label));
        return;
    }
    w->given[i] = true;
    if (w->act->kind == ACT_AMEND && !act_may_amend(w->tx->user, &w->before, ai->field, w->tx->entrance)) {
        errors_addf(w->faults, ERR_FORBIDDEN, in->name,
                    "「%.*s」由办理程序填写，您的岗位不能更正它，或者它还没有填写过", STR_ARG(ai->field->label));
        return;
    }
    w->faulty[i] = !input_value(w->tx, w->rq->reg, ai->field, in->text, &w->after.values[i], w->faults);
}

bool act_default(struct tx *tx, const struct reg *reg, const struct act_input *input, int64_t record,
                 struct value *value, struct error *err)
{
    (void)reg;
    *value = value_null();
    if (!input->initial) return true;
    struct formula_run run = office_run(tx->office);
    run.self = record;
    struct formula_sql sql = formula_to_sql(tx->arena, input->initial, store_dialect(tx->office->store), false);
    return store_evaluate(tx->conn, tx->arena, &sql, &run, value, err);
}

static bool fill_defaults(struct work *w)
{
    for (size_t i = 0; i < w->input_count && !w->rq->no_defaults; i++) {
        size_t at = field_index(w->rq->reg, w->inputs[i].field);
        if (w->given[at] || !w->inputs[i].initial || w->after.values[at].kind != VALUE_NULL) continue;
        struct error err;
        if (!act_default(w->tx, w->rq->reg, &w->inputs[i], w->rq->record, &w->after.values[at], &err))
            return fail(w, &err);
    }
    return true;
}

static void check_required(struct work *w)
{
    for (size_t i = 0; i < w->input_count; i++) {
        const struct field *f = w->inputs[i].field;
        size_t at = field_index(w->rq->reg, f);
        if (w->inputs[i].required && !w->faulty[at] && w->after.values[at].kind == VALUE_NULL)
            errors_addf(w->faults, ERR_INPUT, f->name, "请填写「%.*s」", STR_ARG(f->label));
    }
}

static void check_unique(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        if (!f->unique || !w->given[i] || w->after.values[i].kind == VALUE_NULL) continue;
        bool taken;
        struct error err;
        if (!record_value_taken(w->tx->conn, w->tx->office->key, reg, f, w->after.values[i], w->rq->record, &taken,
                                &err))
            fail(w, &err);
        else if (taken)
            errors_addf(w->faults, ERR_INPUT, f->name, "已有别的记录用了同样的「%.*s」", STR_ARG(f->label));
    }
}

/* The day on which it happened: the input named by `dated`, else the day of entry. */
static void find_day(struct work *w)
{
    w->on = w->tx->today;
    const struct field *f = w->act->dated;
    if (!f) return;
    struct value v = w->after.values[field_index(w->rq->reg, f)];
    int64_t ms;
    if (v.kind != VALUE_TEXT || !moment_parse(v.t, &ms)) return;
    w->on = moment_date(ms);
    if (date_cmp(w->on, w->tx->today) > 0)
        errors_addf(w->faults, ERR_INPUT, f->name, "「%.*s」不能晚于今天", STR_ARG(f->label));
}

static bool take_inputs(struct work *w)
{
    size_t faults = w->faults->count;
    for (size_t i = 0; i < w->rq->input_count; i++) take_input(w, &w->rq->inputs[i]);
    if (!fill_defaults(w)) return false;
    check_required(w);
    check_unique(w);
    find_day(w);
    return w->faults->count == faults;
}

/* ---- the record ---- */

static void copy_values(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    w->after = w->before;
    w->after.reg = reg;
    w->after.values = arena_new_array(w->tx->arena, struct value, reg->field_count);
    if (w->before.values && reg->field_count)
        memcpy(w->after.values, w->before.values, reg->field_count * sizeof *w->after.values);
}

static bool load(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    w->given = arena_new_array(w->tx->arena, bool, reg->field_count);
    w->faulty = arena_new_array(w->tx->arena, bool, reg->field_count);
    if (w->act->kind != ACT_CREATE) {
        struct error err;
        if (!record_get(w->tx->conn, w->tx->arena, w->tx->office->key, reg, w->rq->record, &w->before, &err))
            return fail(w, &err);
    }
    copy_values(w);
    return true;
}

/* The number by the register's pattern: {year}, {seq}, {seq:4}. */
static bool make_number(struct work *w, struct str *number)
{
    const struct reg *reg = w->rq->reg;
    int year = date_ymd(w->on).year;
    int64_t seq;
    struct error err;
    if (!record_next_seq(w->tx->conn, w->tx->office->key, reg, year, &seq, &err)) return fail(w, &err);
    struct buf b = buf_in(w->tx->arena);
    struct str p = reg->number;
    for (size_t i = 0; i < p.len; i++) {
        struct str rest = str_slice(p, i, p.len);
        if (str_starts(rest, STR("{year}"))) {
            buf_put_i64(&b, year);
            i += 5;
        } else if (str_starts(rest, STR("{seq}"))) {
            buf_put_i64(&b, seq);
            i += 4;
        } else if (str_starts(rest, STR("{seq:")) && rest.len > 6) {
            buf_putf(&b, "%0*lld", rest.s[5] - '0', (long long)seq);
            i += 6;
        } else {
            buf_putc(&b, p.s[i]);
        }
    }
    *number = buf_str(&b);
    return true;
}

static bool begin_record(struct work *w)
{
    struct record_head *h = &w->after.head;
    struct error err;
    if (!record_next_id(w->tx->conn, w->tx->office->key, &h->id, &err)) return fail(w, &err);
    h->number = str_trim(w->rq->number);
    if (h->number.len == 0 && !make_number(w, &h->number)) return false;
    h->created_on = date_iso(w->tx->arena, w->on);
    h->created_at = w->tx->now;
    h->org = w->tx->user->account.org;
    h->stage = w->act->to.len ? w->act->to : w->rq->reg->stages[0].key;
    h->version = 1;
    return record_insert(w->tx->conn, w->tx->office->key, &w->after, &err) ? true : fail(w, &err);
}

static bool change_record(struct work *w)
{
    struct error err;
    if (w->act->to.len) w->after.head.stage = w->act->to;
    if (w->act->kind == ACT_VOID) w->after.head.voided = true;
    w->after.head.version++;
    return record_update(w->tx->conn, w->tx->office->key, &w->after, &err) ? true : fail(w, &err);
}

static bool evaluate(struct work *w, const struct formula *f, struct value *value)
{
    struct formula_run run = office_run(w->tx->office);
    run.self = w->after.head.id;
    struct formula_sql sql = formula_to_sql(w->tx->arena, f, store_dialect(w->tx->office->store), false);
    struct error err;
    return store_evaluate(w->tx->conn, w->tx->arena, &sql, &run, value, &err) ? true : fail(w, &err);
}

/* Sets of the act, then derived fields, from the record as the inputs left it. Writes again when any changed. */
static bool compute(struct work *w)
{
    bool changed = false;
    for (size_t i = 0; i < w->act->set_count; i++) {
        struct value *v = &w->after.values[field_index(w->rq->reg, w->act->sets[i].field)];
        if (!evaluate(w, w->act->sets[i].value, v)) return false;
        changed = true;
    }
    struct error err;
    if (changed) {
        w->after.head.version++;
        if (!record_update(w->tx->conn, w->tx->office->key, &w->after, &err)) return fail(w, &err);
        changed = false;
    }
    for (size_t i = 0; i < w->rq->reg->field_count; i++) {
        const struct field *f = &w->rq->reg->fields[i];
        if (!f->derived) continue;
        struct value v;
        if (!evaluate(w, f->derived, &v)) return false;
        changed = changed || !value_eq(v, w->after.values[i]);
        w->after.values[i] = v;
    }
    if (!changed) return true;
    w->after.head.version++;
    return record_update(w->tx->conn, w->tx->office->key, &w->after, &err) ? true : fail(w, &err);
}

/* ---- gates ---- */

static void check_rules(struct work *w, const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct value v;
        if (!evaluate(w, rules[i].that, &v)) return;
        if (v.kind == VALUE_INT && v.i) continue;
        struct error err;
        error_refuse(&err, rules[i].say, rules[i].cite.rule, rules[i].cite.text, rules[i].remedy);
        errors_add(w->faults, &err);
    }
}

/* ---- the entry in the log ---- */

static json_t *inputs_json(struct work *w)
{
    json_t *o = json_object();
    for (size_t i = 0; i < w->rq->reg->field_count; i++) {
        if (!w->given[i]) continue;
        char *name = str_cstr(w->tx->arena, w->rq->reg->fields[i].name);
        json_object_set_new(o, name, chain_json_value(w->after.values[i]));
    }
    struct str reason = str_trim(w->rq->reason);
    if (reason.len) json_object_set_new(o, "reason", json_stringn(reason.s, reason.len));
    return o;
}

static json_t *head_json(const struct record_head *h)
{
    json_t *o = json_object();
    json_object_set_new(o, "number", chain_json_value(value_text(h->number)));
    json_object_set_new(o, "stage", chain_json_value(value_text(h->stage)));
    json_object_set_new(o, "created_on", chain_json_value(value_text(h->created_on)));
    json_object_set_new(o, "org", json_integer(h->org));
    json_object_set_new(o, "version", json_integer(h->version));
    json_object_set_new(o, "voided", json_boolean(h->voided));
    return o;
}

static json_t *fields_json(struct work *w)
{
    json_t *o = json_object();
    for (size_t i = 0; i < w->rq->reg->field_count; i++) {
        struct value was = w->before.values ? w->before.values[i] : value_null();
        if (value_eq(was, w->after.values[i])) continue;
        char *name = str_cstr(w->tx->arena, w->rq->reg->fields[i].name);
        json_object_set_new(o, name, chain_json_value(w->after.values[i]));
    }
    return o;
}

static json_t *deadlines_json(struct work *w, const struct deadline_row *rows, size_t count)
{
    json_t *o = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(o, str_cstr(w->tx->arena, rows[i].name), chain_json_deadline(&rows[i]));
    return o;
}

static bool append(struct work *w, const struct deadline_row *rows, size_t count, int64_t *seq)
{
    struct arena *a = w->tx->arena;
    json_t *inputs = inputs_json(w);
    json_t *changes = json_object();
    json_object_set_new(changes, "head", head_json(&w->after.head));
    json_object_set_new(changes, "fields", fields_json(w));
    json_object_set_new(changes, "deadlines", deadlines_json(w, rows, count));
    struct act_entry e = {
        .reg = w->rq->reg->name,
        .record = w->after.head.id,
        .act = w->act->name,
        .actor = w->tx->user->account.name,
        .at = w->tx->now,
        .on = date_iso(a, w->on),
        .entrance = w->tx->entrance,
        .inputs = chain_canonical(a, inputs),
        .changes = chain_canonical(a, changes),
    };
    json_decref(inputs);
    json_decref(changes);
    struct error err;
    if (!chain_append(w->tx->conn, a, w->tx->office->key, &e, &err)) return fail(w, &err);
    *seq = e.seq;
    return true;
}

/* ---- all of it ---- */

static bool changes_fields(const struct act *act)
{
    return act->kind == ACT_CREATE || act->kind == ACT_STEP || act->kind == ACT_AMEND;
}

static bool run(struct work *w, struct act_result *result)
{
    if (!load(w) || !check_allowed(w)) return false;
    w->input_count = act_fields(w->tx->arena, w->rq->reg, w->act, (struct act_input **)&w->inputs);
    if (!take_inputs(w)) return false;
    if (!(w->act->kind == ACT_CREATE ? begin_record(w) : change_record(w))) return false;
    if (changes_fields(w->act)) {
        size_t faults = w->faults->count;
        if (!compute(w)) return false;
        check_rules(w, w->act->require, w->act->require_count);
        check_rules(w, w->rq->reg->always, w->rq->reg->always_count);
        if (w->faults->count > faults) return false;
    }
    struct deadline_row *rows = NULL;
    size_t count = 0;
    if (!due_after_act(w->tx, w->act->kind == ACT_CREATE ? NULL : &w->before, &w->after, w->act, w->on, &rows, &count,
                       w->faults))
        return false;
    int64_t seq;
    if (!append(w, rows, count, &seq)) return false;
    *result = (struct act_result){w->after.head.id, seq, w->after.head.number, w->after.head.stage};
    return true;
}

bool act_apply(struct tx *tx, const struct act_request *rq, struct act_result *result, struct errors *faults)
{
    const struct act *act = reg_act(rq->reg, rq->act);
    struct error err;
    if (!act) {
        errors_addf(faults, ERR_NOT_FOUND, STR(""), "「%.*s」没有「%.*s」这个办理动作", STR_ARG(rq->reg->label),
                    STR_ARG(rq->act));
        return false;
    }
    struct work w = {.tx = tx, .rq = rq, .act = act, .faults = faults};
    if (!store_savepoint(tx->conn, &err)) return fail(&w, &err);
    if (run(&w, result)) return store_release(tx->conn, &err) ? true : fail(&w, &err);
    if (!store_undo(tx->conn, &err)) fail(&w, &err);
    return false;
}
