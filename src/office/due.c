#include "office/due.h"

#include <string.h>

#include "base/buf.h"

/* Deadlines of one record while one act moves them. */
struct motion {
    struct tx *tx;
    const struct record *before; /* NULL for a new record */
    const struct record *after;
    const struct act *act;
    struct date on;
    struct deadline_row *rows;   /* of the record, as stored */
    size_t row_count;
    struct errors *faults;
};

static bool fail(struct motion *m, const struct error *err)
{
    errors_add(m->faults, err);
    return false;
}

static bool holds_name(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name)) return true;
    return false;
}

static struct value value_of(const struct record *r, const struct field *f)
{
    return f && r ? r->values[f - r->reg->fields] : value_null();
}

static bool condition_holds(struct motion *m, const struct formula *f, bool *holds)
{
    *holds = true;
    if (!f) return true;
    struct formula_run run = office_run(m->tx->office);
    run.self = m->after->head.id;
    struct formula_sql sql = formula_to_sql(m->tx->arena, f, store_dialect(m->tx->office->store), false);
    struct value v;
    struct error err;
    if (!store_evaluate(m->tx->conn, m->tx->arena, &sql, &run, &v, &err)) return fail(m, &err);
    *holds = v.kind == VALUE_INT && v.i;
    return true;
}

/* Start day (or moment) that this act gives the deadline; empty when it gives none. */
static struct str start_given(struct motion *m, const struct deadline *d)
{
    if (d->start_act.len) return str_eq(d->start_act, m->act->name) ? date_iso(m->tx->arena, m->on) : STR("");
    struct value now = value_of(m->after, d->start);
    if (now.kind != VALUE_TEXT || value_eq(now, value_of(m->before, d->start))) return STR("");
    return now.t;
}

static const struct deadline_version *version_for(const struct deadline *d, struct date start)
{
    for (size_t i = 0; i < d->version_count; i++)
        if (date_cmp(start, d->versions[i].valid_from) >= 0 && date_cmp(start, d->versions[i].valid_until) <= 0)
            return &d->versions[i];
    return NULL;
}

static struct str length_text(struct arena *a, struct period_length l)
{
    static const char *const units[] = {
        [UNIT_DAY] = "days", [UNIT_WORKDAY] = "workdays", [UNIT_MONTH] = "months", [UNIT_YEAR] = "years",
        [UNIT_HOUR] = "hours"};
    return str_printf(a, "%d %s", l.amount, units[l.unit]);
}

static struct str roll_text(enum period_roll roll)
{
    return roll == ROLL_LAW ? STR("law") : roll == ROLL_ANALOGY ? STR("analogy") : STR("none");
}

/* A date written in the paper itself replaces the counted one. */
static void take_given(struct motion *m, const struct deadline *d, struct deadline_row *row)
{
    struct value v = value_of(m->after, d->given);
    if (v.kind != VALUE_TEXT) return;
    due_give(m->tx->arena, d, v.t, row);
}

static void compute(struct motion *m, const struct deadline *d, struct deadline_row *row)
{
    due_compute(m->tx->office->model, m->tx->arena, d, row);
    take_given(m, d, row);
}

/* Starts it, or starts it anew when an amendment moved the start. */
static bool start(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    struct str from = start_given(m, d);
    int64_t ms;
    if (from.len == 0 || !moment_parse(from, &ms)) return true;
    bool holds;
    if (!condition_holds(m, d->when, &holds)) return false;
    const struct deadline_version *v = version_for(d, moment_date(ms));
    if (!holds || !v) return true;
    row->start_on = v->length.unit == UNIT_HOUR ? from : date_iso(m->tx->arena, moment_date(ms));
    row->length = length_text(m->tx->arena, v->length);
    row->roll = roll_text(d->direction == DEADLINE_AT_LEAST ? ROLL_NONE : d->roll);
    row->cite = v->cite.text;
    row->rule = v->cite.rule;
    if (row->state == DEADLINE_STOPPED) row->state = DEADLINE_RUNNING;
    compute(m, d, row);
    if (row->met_on.len) row->state = str_cmp(row->met_on, row->legal_on) <= 0 ? DEADLINE_MET : DEADLINE_MISSED;
    *changed = true;
    return true;
}

static bool extend(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    if (row->state != DEADLINE_RUNNING || !d->extend_by.amount || !str_eq(d->extend_on, m->act->name)) return true;
    struct error err;
    if (row->extended) {
        error_refuse(&err, str_printf(m->tx->arena, "「%.*s」已经延长过一次，不能再次延长", STR_ARG(d->label)),
                     row->rule, row->cite, STR("请在延长后的期限内办结"));
        return fail(m, &err);
    }
    row->extended = d->extend_by.amount;
    compute(m, d, row);
    *changed = true;
    return true;
}

/* Units between suspension and resumption, in the deadline's own kind of day. */
static bool deduct(struct motion *m, struct deadline_row *row)
{
    struct date from;
    struct period_length length;
    if (!date_parse(row->suspended_on, &from) || !period_length_parse(row->length, &length)) return true;
    int n = m->on.day - from.day;
    struct error err;
    if (length.unit == UNIT_WORKDAY &&
        !calendar_count_workdays(m->tx->office->model->calendar, from, m->on, &n, &err))
        return fail(m, &err);
    row->deducted += n > 0 ? n : 0;
    return true;
}

static bool suspend_or_resume(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    if (row->state == DEADLINE_RUNNING && d->suspend_from.len && str_eq(d->suspend_from, m->act->name)) {
        row->state = DEADLINE_SUSPENDED;
        row->suspended_on = date_iso(m->tx->arena, m->on);
        *changed = true;
    } else if (row->state == DEADLINE_SUSPENDED && d->suspend_to.len && str_eq(d->suspend_to, m->act->name)) {
        if (!deduct(m, row)) return false;
        row->state = DEADLINE_RUNNING;
        row->suspended_on = STR("");
        compute(m, d, row);
        *changed = true;
    }
    return true;
}

static bool too_early(struct motion *m, const struct deadline *d, const struct deadline_row *row)
{
    struct arena *a = m->tx->arena;
    struct date last;
    date_parse(row->strict_on, &last);
    struct period_length length;
    struct str words = period_length_parse(row->length, &length) ? period_length_words(a, length) : STR("");
    struct error err;
    error_refuse(&err,
                 str_printf(a, "「%.*s」不少于%.*s，自%.*s起算，现在还不能「%.*s」", STR_ARG(d->label), STR_ARG(words),
                            STR_ARG(row->start_on), STR_ARG(m->act->label)),
                 row->rule, row->cite,
                 str_printf(a, "最早%.*s可以办理", STR_ARG(date_iso(a, date_add_days(last, 1)))));
    return fail(m, &err);
}

static bool meet_or_stop(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    bool open = row->state == DEADLINE_RUNNING || row->state == DEADLINE_SUSPENDED;
    if (!open) return true;
    struct str on = date_iso(m->tx->arena, m->on);
    bool step = m->act->kind == ACT_STEP || m->act->kind == ACT_CREATE;
    if (step && holds_name(d->until, d->until_count, m->act->name)) {
        bool early = str_cmp(on, row->strict_on) <= 0;
        if (d->direction == DEADLINE_AT_LEAST && early) return too_early(m, d, row);
        row->met_on = on;
        row->state = d->direction == DEADLINE_AT_LEAST || str_cmp(on, row->legal_on) <= 0 ? DEADLINE_MET
                                                                                          : DEADLINE_MISSED;
        *changed = true;
        return true;
    }
    /* In a closed or voided matter nobody could meet it any more: it must not stay open for ever. */
    const struct stage *s = reg_stage(m->after->reg, m->after->head.stage);
    if (holds_name(d->stop, d->stop_count, m->act->name) || m->after->head.voided || (s && s->final)) {
        row->state = DEADLINE_STOPPED;
        *changed = true;
    }
    return true;
}

static struct deadline_row stored_row(const struct motion *m, const struct deadline *d)
{
    for (size_t i = 0; i < m->row_count; i++)
        if (str_eq(m->rows[i].name, d->name)) return m->rows[i];
    return (struct deadline_row){.reg = m->after->reg->name, .record = m->after->head.id, .name = d->name};
}

static bool given_changed(struct motion *m, const struct deadline *d)
{
    return d->given && !value_eq(value_of(m->after, d->given), value_of(m->before, d->given));
}

/* All that this act does to one deadline. */
static bool move(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    *changed = false;
    if (!start(m, d, row, changed)) return false;
    if (row->start_on.len == 0) return true;
    if (!*changed && given_changed(m, d)) {
        take_given(m, d, row);
        *changed = true;
    }
    return extend(m, d, row, changed) && suspend_or_resume(m, d, row, changed) && meet_or_stop(m, d, row, changed);
}

bool due_after_act(struct tx *tx, const struct record *before, const struct record *after, const struct act *act,
                   struct date on, struct deadline_row **changed, size_t *count, struct errors *faults)
{
    struct motion m = {.tx = tx, .before = before, .after = after, .act = act, .on = on, .faults = faults};
    *count = 0;
    *changed = NULL;
    if (after->reg->deadline_count == 0) return true;
    struct error err;
    if (!deadline_list_of_record(tx->conn, tx->arena, tx->office->key, after->reg->name, after->head.id, &m.rows,
                                 &m.row_count, &err))
        return fail(&m, &err);
    *changed = arena_new_array(tx->arena, struct deadline_row, after->reg->deadline_count);
    for (size_t i = 0; i < after->reg->deadline_count; i++) {
        struct deadline_row row = stored_row(&m, &after->reg->deadlines[i]);
        bool moved;
        if (!move(&m, &after->reg->deadlines[i], &row, &moved)) return false;
        if (!moved) continue;
        if (!deadline_put(tx->conn, tx->office->key, &row, &err)) return fail(&m, &err);
        (*changed)[(*count)++] = row;
    }
    return true;
}
