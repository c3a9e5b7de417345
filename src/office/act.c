#include "office/act_inside.h"

#include <string.h>

#include "base/buf.h"
#include "office/due.h"
#include "office/inputs.h"

size_t work_field_index(const struct work *w, const struct field *f)
{
    return (size_t)(f - w->rq->reg->fields);
}

bool work_fail(struct work *w, const struct error *err)
{
    errors_add(w->faults, err);
    return false;
}

static bool all_about_itself(const struct formula *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!formula_is_about_itself(list[i])) return false;
    return true;
}

bool work_evaluate(struct work *w, const struct formula *const *list, size_t count, struct value *values)
{
    struct formula_run run = office_run(w->tx->office);
    run.self = w->rq->record ? w->rq->record : w->after.head.id;
    struct formula_sql *sql = arena_new_array(w->tx->arena, struct formula_sql, count);
    for (size_t i = 0; i < count; i++)
        sql[i] = formula_to_sql(w->tx->arena, list[i], store_dialect(w->tx->office->store), false);
    struct error err;
    bool in_hand = w->held->now.reg && all_about_itself(list, count);
    bool good = in_hand ? store_evaluate_about(w->tx->conn, w->tx->arena, &w->held->now, sql, count, &run, values, &err)
                        : (!count || held_show(w->tx, w->held, &err)) &&
                              store_evaluate_all(w->tx->conn, w->tx->arena, sql, count, &run, values, &err);
    return good || work_fail(w, &err);
}

/* ---- is it allowed at all ---- */

/* A record may stand in a stage that the definitions no longer have: acts for any stage are its way on. */
static bool stage_allows(const struct record *r, const struct act *act)
{
    if (act->kind != ACT_STEP) return act->kind != ACT_CREATE;
    const struct stage *s = reg_stage(r->reg, r->head.stage);
    return s ? act_leads_from(act, s) : act->from_count == 0;
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
    return work_fail(w, &err);
}

/* The same answer for what is not there and what is not theirs: numbers of records must not be found out by trying. */
static bool not_found(struct work *w)
{
    struct error err;
    error_set(&err, ERR_NOT_FOUND, "没有这条记录，或者您无权查看");
    return work_fail(w, &err);
}

static bool check_allowed(struct work *w)
{
    struct error err;
    const struct reg *reg = w->rq->reg;
    if (!user_may_act(w->tx->user, reg, w->act, w->tx->entrance)) {
        error_set(&err, ERR_FORBIDDEN, "您的岗位不能在「%.*s」中办理「%.*s」", STR_ARG(reg->label),
                  STR_ARG(w->act->label));
        return work_fail(w, &err);
    }
    if (!work_check_words(w)) return false;
    if (w->act->kind == ACT_CREATE) return true;
    if (!user_sees_record(w->tx->user, &w->before)) return not_found(w);
    if (w->before.head.voided) {
        error_set(&err, ERR_CONFLICT, "这条记录已经作废，不能再办理");
        return work_fail(w, &err);
    }
    if (w->rq->version && w->rq->version != w->before.head.version) {
        error_set(&err, ERR_CONFLICT, "您打开页面以后，别人已经办理过这件事项。请刷新后核对，再重新提交");
        return work_fail(w, &err);
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

static bool read_record(struct work *w)
{
    struct error err;
    struct record r;
    if (!record_get(w->tx->conn, w->tx->arena, w->tx->office->key, w->rq->reg, w->rq->record, &r, &err))
        return err.code == ERR_NOT_FOUND ? not_found(w) : work_fail(w, &err);
    held_take(w->held, w->tx->arena, &r, false);
    return true;
}

static bool load(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    w->given = arena_new_array(w->tx->arena, bool, reg->field_count);
    w->faulty = arena_new_array(w->tx->arena, bool, reg->field_count);
    if (w->act->kind != ACT_CREATE && !w->rq->held && !read_record(w)) return false;
    if (w->act->kind != ACT_CREATE) w->before = w->held->now;
    copy_values(w);
    return true;
}

/* The number by the register's pattern: {mark}, {year}, {seq}, {seq:4}. */
static bool make_number(struct work *w, struct str *number)
{
    const struct reg *reg = w->rq->reg;
    int year = date_ymd(w->on).year;
    int64_t seq;
    struct error err;
    if (!tx_next_seq(w->tx, reg, year, &seq, &err)) return work_fail(w, &err);
    struct buf b = buf_in(w->tx->arena);
    struct str p = reg->number;
    for (size_t i = 0; i < p.len; i++) {
        struct str rest = str_slice(p, i, p.len);
        if (str_starts(rest, STR("{year}"))) {
            buf_put_i64(&b, year);
            i += 5;
        } else if (str_starts(rest, STR("{mark}"))) {
            buf_put(&b, w->tx->office->info.mark);
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

static bool refuse_number(struct work *w)
{
    struct error err;
    error_at(&err, ERR_CONFLICT, STR("number"), "已有编号为「%.*s」的记录", STR_ARG(w->after.head.number));
    return work_fail(w, &err);
}

/* The number it brought, or the next one. Numbers that came by import are passed over where it is asked; else it turns
 * out when the record is written. */
static bool take_number(struct work *w)
{
    struct str *number = &w->after.head.number;
    struct error err;
    *number = str_trim(w->rq->number);
    const bool given = number->len > 0, asks = given || !w->tx->whole || w->tx->careful;
    int64_t taken;
    for (struct str last = STR("");; last = *number) {
        if (!given && !make_number(w, number)) return false;
        if (str_eq(last, *number)) return refuse_number(w); /* a pattern without a running number */
        if (!asks) return true;
        if (!record_find_number(w->tx->conn, w->tx->office->key, w->rq->reg, *number, &taken, &err)) return work_fail(w, &err);
        if (!taken) return true;
        if (given) return refuse_number(w);
    }
}

static bool begin_record(struct work *w)
{
    struct record_head *h = &w->after.head;
    struct error err;
    if (!tx_next_id(w->tx, &h->id, &err)) return work_fail(w, &err);
    h->created_on = date_iso(w->tx->arena, w->on);
    h->created_at = w->tx->now;
    h->org = w->tx->user->account.org;
    h->stage = w->act->to.len ? w->act->to : w->rq->reg->stages[0].key;
    h->version = 1;
    if (!take_number(w)) return false;
    held_take(w->held, w->tx->arena, &w->after, true);
    return true;
}

/* The version counts the acts that changed the record: looking and remarks do not make others' forms old. */
static void change_record(struct work *w)
{
    if (w->act->kind == ACT_VIEW || w->act->kind == ACT_NOTE) return;
    if (w->act->to.len) w->after.head.stage = w->act->to;
    if (w->act->kind == ACT_VOID) w->after.head.voided = true;
    w->after.head.version++;
    held_change(w->held, &w->after);
}

/* Fields to be filled from formulas that do not need each other. */
struct filling {
    const struct field **fields;
    const struct formula **formulas;
    size_t count;
};

static bool fill(struct work *w, struct filling *f)
{
    struct value *values = arena_new_array(w->tx->arena, struct value, f->count);
    if (!work_evaluate(w, f->formulas, f->count, values)) return false;
    for (size_t i = 0; i < f->count; i++) w->after.values[work_field_index(w, f->fields[i])] = values[i];
    f->count = 0;
    held_change(w->held, &w->after);
    return true;
}

/* Must the fields be written before this formula is asked? Through other records it might see them on any way. */
static bool needs(const struct reg *reg, const struct formula *asked, const struct filling *f)
{
    const struct formula_register *other;
    if (f->count == 0) return false;
    if (formula_other_registers(asked, &other, 1) > 0) return true;
    for (size_t i = 0; i < f->count; i++)
        if (formula_reads(asked, &reg->as_formula.fields[f->fields[i] - reg->fields]) != SIZE_MAX) return true;
    return false;
}

static void add_filling(struct filling *f, const struct field *field, const struct formula *formula)
{
    f->fields[f->count] = field;
    f->formulas[f->count++] = formula;
}

/* Sets of the act, from the record as the inputs left it; then derived fields in their order, each from those before.
 */
static bool compute(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    size_t most = w->act->set_count + reg->field_count;
    struct filling f = {.fields = arena_new_array(w->tx->arena, const struct field *, most),
                        .formulas = arena_new_array(w->tx->arena, const struct formula *, most)};
    for (size_t i = 0; i < w->act->set_count; i++) add_filling(&f, w->act->sets[i].field, w->act->sets[i].value);
    if (f.count && !fill(w, &f)) return false;
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *field = &reg->fields[i];
        if (!field->derived) continue;
        if (needs(reg, field->derived, &f) && !fill(w, &f)) return false;
        add_filling(&f, field, field->derived);
    }
    return f.count == 0 || fill(w, &f);
}

/* ---- gates ---- */

static bool changes_fields(const struct act *act)
{
    return act->kind == ACT_CREATE || act->kind == ACT_STEP || act->kind == ACT_AMEND;
}

/* The act's own gates, and for what changes fields those that always hold. */
static bool check_gates(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    size_t own = w->act->require_count;
    size_t count = own + (changes_fields(w->act) ? reg->always_count : 0);
    const struct formula **list = arena_new_array(w->tx->arena, const struct formula *, count);
    struct value *values = arena_new_array(w->tx->arena, struct value, count);
    for (size_t i = 0; i < count; i++) list[i] = i < own ? w->act->require[i].that : reg->always[i - own].that;
    if (!work_evaluate(w, list, count, values)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = i < own ? &w->act->require[i] : &reg->always[i - own];
        struct error err;
        if (values[i].kind == VALUE_INT && values[i].i) continue;
        error_refuse(&err, rule->say, rule->cite.rule, rule->cite.text, rule->remedy);
        errors_add(w->faults, &err);
    }
    return true;
}

/* ---- all of it ---- */

/* All that only reads: most refusals come from here. */
static bool prepare(struct work *w)
{
    if (!load(w) || !check_allowed(w)) return false;
    w->input_count = act_fields(w->tx->arena, w->rq->reg, w->act, (struct act_input **)&w->inputs);
    return work_take_inputs(w);
}

/* What an act took up itself it writes back itself. */
static bool put_down(struct work *w)
{
    struct error err;
    return w->held != &w->own || held_write(w->tx, w->held, &err) || work_fail(w, &err);
}

static bool carry_out(struct work *w, struct act_result *result)
{
    if (w->act->kind == ACT_CREATE) {
        if (!begin_record(w)) return false;
    } else {
        change_record(w);
    }
    size_t faults = w->faults->count;
    if (changes_fields(w->act) && !compute(w)) return false;
    if (!check_gates(w)) return false;
    struct deadline_row *rows = NULL;
    size_t count = 0;
    bool moved = due_after_act(w->tx, w->held, w->act->kind == ACT_CREATE ? NULL : &w->before, w->act, w->on, &rows,
                               &count, w->faults);
    if (!moved || w->faults->count > faults || !put_down(w)) return false;
    int64_t seq = 0;
    if (!work_append(w, rows, count, &seq)) return false;
    const struct record_head *now = &w->after.head;
    *result = (struct act_result){now->id, seq, now->number, now->stage};
    return true;
}

/* Carries it out so that a refusal leaves nothing behind. */
static bool carry_out_or_undo(struct work *w, struct act_result *result)
{
    struct error err;
    struct tx_mark mark;
    if (w->tx->whole) {
        bool done = carry_out(w, result);
        w->tx->spoilt = w->tx->spoilt || !done;
        return done;
    }
    if (!tx_savepoint(w->tx, &mark, &err)) return work_fail(w, &err);
    if (carry_out(w, result)) return tx_release(w->tx, &err) ? true : work_fail(w, &err);
    if (!tx_undo(w->tx, &mark, &err)) work_fail(w, &err);
    return false;
}

bool act_apply(struct tx *tx, const struct act_request *rq, struct act_result *result, struct errors *faults)
{
    const struct act *act = reg_act(rq->reg, rq->act);
    if (!act) {
        errors_addf(faults, ERR_NOT_FOUND, STR(""), "「%.*s」没有「%.*s」这个办理动作", STR_ARG(rq->reg->label),
                    STR_ARG(rq->act));
        return false;
    }
    struct work w = {.tx = tx, .rq = rq, .act = act, .faults = faults};
    w.held = rq->held ? rq->held : &w.own;
    if (act->kind == ACT_CREATE) tx_expect(tx, rq->reg, date_ymd(tx->today).year);
    return prepare(&w) && carry_out_or_undo(&w, result);
}
