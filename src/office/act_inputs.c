/* What a person gave an act: taken into the record, all faults told at once. */
#include <string.h>

#include "base/utf8.h"
#include "office/act_inside.h"
#include "office/inputs.h"

enum { REASON_MOST = 1000, NUMBER_MOST = 60 };

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

/* ---- reason and number ---- */

static bool has_control(struct str t, bool lines)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.s[i];
        if (c == 0x7f || (c < ' ' && !(lines && (c == '\n' || c == '\r' || c == '\t')))) return true;
    }
    return false;
}

static bool text_is_good(struct str t, size_t most, bool lines)
{
    return utf8_valid(t) && utf8_length(t) <= most && !has_control(t, lines);
}

bool work_check_words(struct work *w)
{
    struct error err;
    bool needs =
        w->act->kind == ACT_AMEND || w->act->kind == ACT_VOID || w->act->kind == ACT_VIEW || w->act->kind == ACT_NOTE;
    const char *what = w->act->kind == ACT_NOTE ? "备注内容" : "理由";
    if (needs && str_trim(w->rq->reason).len == 0) {
        error_at(&err, ERR_INPUT, STR("reason"), "请填写%s", what);
        return work_fail(w, &err);
    }
    if (!text_is_good(w->rq->reason, REASON_MOST, true)) {
        error_at(&err, ERR_INPUT, STR("reason"), "%s最多 %d 个字，不能有不能识别的字符", what, REASON_MOST);
        return work_fail(w, &err);
    }
    if (!text_is_good(str_trim(w->rq->number), NUMBER_MOST, false)) {
        error_at(&err, ERR_INPUT, STR("number"), "编号最多 %d 个字，写成一行，不能有不能识别的字符", NUMBER_MOST);
        return work_fail(w, &err);
    }
    return true;
}

/* ---- single inputs ---- */

/* Sealing the same text again gives another seal: a private text that was only given again stays as it is. */
static bool is_same_private(struct work *w, const struct field *f, struct str typed)
{
    struct value was = w->before.values ? w->before.values[work_field_index(w, f)] : value_null();
    if (!f->private_ || was.kind != VALUE_TEXT) return false;
    struct value plain = input_reveal(w->tx->office, w->tx->arena, w->rq->reg, f, was);
    return plain.t.len && str_eq(plain.t, str_trim(typed));
}

static void take_input(struct work *w, const struct input *in)
{
    const struct act_input *ai = input_of(w, in->name);
    if (!ai) {
        struct str name = utf8_valid(in->name) ? in->name : STR("?");
        errors_addf(w->faults, ERR_INPUT, name, "「%.*s」不能在办理「%.*s」时填写", STR_ARG(name),
                    STR_ARG(w->act->label));
        return;
    }
    size_t i = work_field_index(w, ai->field);
    if (w->given[i]) {
        errors_addf(w->faults, ERR_INPUT, in->name, "「%.*s」填写了两次", STR_ARG(ai->field->label));
        return;
    }
    w->given[i] = true;
    if (!in->ready && !utf8_valid(in->text)) {
        errors_addf(w->faults, ERR_INPUT, in->name, "「%.*s」里有不能识别的字符", STR_ARG(ai->field->label));
        w->faulty[i] = true;
        return;
    }
    if (w->act->kind == ACT_AMEND && !act_may_amend(w->tx->user, &w->before, ai->field, w->tx->entrance)) {
        errors_addf(w->faults, ERR_FORBIDDEN, in->name,
                    "「%.*s」由办理程序填写，您的岗位不能更正它，或者它还没有填写过", STR_ARG(ai->field->label));
        w->faulty[i] = true;
        return;
    }
    if (is_same_private(w, ai->field, in->text)) return;
    if (in->ready) {
        w->after.values[i] = in->value;
        return;
    }
    w->faulty[i] = !input_value(w->tx, w->rq->reg, ai->field, in->text, &w->after.values[i], w->faults);
}

bool act_default(struct tx *tx, const struct act_input *input, int64_t record, struct value *value, struct error *err)
{
    *value = value_null();
    if (!input->initial) return true;
    struct formula_run run = office_run(tx->office);
    run.self = record;
    struct formula_sql sql = formula_to_sql(tx->arena, input->initial, store_dialect(tx->office->store), false);
    return store_evaluate(tx->conn, tx->arena, &sql, &run, value, err);
}

static bool wants_default(const struct work *w, const struct act_input *input)
{
    size_t at = work_field_index(w, input->field);
    return input->initial && !w->given[at] && w->after.values[at].kind == VALUE_NULL;
}

static bool fill_defaults(struct work *w)
{
    if (w->rq->no_defaults) return true;
    const struct formula **list = arena_new_array(w->tx->arena, const struct formula *, w->input_count);
    size_t *at = arena_new_array(w->tx->arena, size_t, w->input_count);
    struct value *values = arena_new_array(w->tx->arena, struct value, w->input_count);
    size_t n = 0;
    for (size_t i = 0; i < w->input_count; i++) {
        if (!wants_default(w, &w->inputs[i])) continue;
        at[n] = work_field_index(w, w->inputs[i].field);
        list[n++] = w->inputs[i].initial;
    }
    if (!work_evaluate(w, list, n, values)) return false;
    for (size_t i = 0; i < n; i++) w->after.values[at[i]] = values[i];
    return true;
}

/* ---- all of them together ---- */

static bool some_step_requires(const struct reg *reg, const struct field *f)
{
    for (size_t i = 0; i < reg->act_count; i++) {
        const struct act *act = &reg->acts[i];
        for (size_t k = 0; act->kind == ACT_STEP && k < act->input_count; k++)
            if (act->inputs[k].field == f && act->inputs[k].required) return true;
    }
    return false;
}

/* An amendment must not empty what an act had to fill, and is not asked for what was never there. */
static bool is_required(const struct work *w, const struct act_input *input, size_t at)
{
    if (w->act->kind != ACT_AMEND) return input->required;
    return w->given[at] && w->before.values[at].kind != VALUE_NULL &&
           (input->required || some_step_requires(w->rq->reg, input->field));
}

static void check_required(struct work *w)
{
    for (size_t i = 0; i < w->input_count; i++) {
        const struct field *f = w->inputs[i].field;
        size_t at = work_field_index(w, f);
        if (!w->faulty[at] && w->after.values[at].kind == VALUE_NULL && is_required(w, &w->inputs[i], at))
            errors_addf(w->faults, ERR_INPUT, f->name, "请填写「%.*s」", STR_ARG(f->label));
    }
}

static bool is_changed(const struct work *w, size_t at)
{
    return !value_eq(w->before.values ? w->before.values[at] : value_null(), w->after.values[at]);
}

static void check_unique(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct field *f = &reg->fields[i];
        if (!f->unique || !is_changed(w, i) || w->after.values[i].kind == VALUE_NULL) continue;
        bool taken;
        struct error err;
        if (!record_value_taken(w->tx->conn, w->tx->office->key, reg, f, w->after.values[i], w->rq->record, &taken,
                                &err))
            work_fail(w, &err);
        else if (taken)
            errors_addf(w->faults, ERR_INPUT, f->name, "已有别的记录用了同样的「%.*s」", STR_ARG(f->label));
    }
}

/* ---- the day ---- */

static bool is_in_future(const struct work *w, const struct field *f, struct date *day)
{
    struct value v = w->after.values[work_field_index(w, f)];
    int64_t ms;
    if (v.kind != VALUE_TEXT || !moment_parse(v.t, &ms)) return false;
    *day = moment_date(ms);
    return date_cmp(*day, w->tx->today) > 0;
}

static void check_past(struct work *w, const struct field *f, struct date *day)
{
    if (is_in_future(w, f, day)) errors_addf(w->faults, ERR_INPUT, f->name, "「%.*s」不能晚于今天", STR_ARG(f->label));
}

static bool dates_an_act(const struct reg *reg, const struct field *f)
{
    for (size_t i = 0; i < reg->act_count; i++)
        if (reg->acts[i].dated == f) return true;
    return false;
}

/* The day on which it happened: the input named by `dated`, else the day of entry. What an amendment says about the day
 * of an earlier act must lie in the past as well. */
static void find_day(struct work *w)
{
    w->on = w->tx->today;
    if (w->act->dated) check_past(w, w->act->dated, &w->on);
    for (size_t i = 0; w->act->kind == ACT_AMEND && i < w->rq->reg->field_count; i++) {
        const struct field *f = &w->rq->reg->fields[i];
        struct date unused;
        if (!w->faulty[i] && is_changed(w, i) && dates_an_act(w->rq->reg, f)) check_past(w, f, &unused);
    }
}

bool work_take_inputs(struct work *w)
{
    size_t faults = w->faults->count;
    for (size_t i = 0; i < w->rq->input_count; i++) take_input(w, &w->rq->inputs[i]);
    if (!fill_defaults(w)) return false;
    check_required(w);
    check_unique(w);
    find_day(w);
    return w->faults->count == faults;
}
