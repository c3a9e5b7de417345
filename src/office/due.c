#include "office/due.h"

#include <string.h>

#include "base/buf.h"
#include "office/due_params.h"

/* Deadlines of one record while one act moves them. */
struct motion {
    struct tx *tx;
    struct held *held;
    const struct record *before; /* NULL for a new record */
    const struct record *after;
    const struct act *act;
    struct date on;
    struct errors *faults;
};

static bool fail(struct motion *m, const struct error *err)
{
    errors_add(m->faults, err);
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
    if (!held_show(m->tx, m->held, &err)) return fail(m, &err);
    if (!store_evaluate(m->tx->conn, m->tx->arena, &sql, &run, &v, &err)) return fail(m, &err);
    *holds = v.kind == VALUE_INT && v.i;
    return true;
}

/* The moment at which the act happened, or only its day when nobody said the hour. */
static struct str moment_of_act(struct motion *m)
{
    struct value v = value_of(m->after, m->act->dated);
    if (v.kind == VALUE_TEXT && m->act->dated->type == FIELD_MOMENT) return v.t;
    if (date_cmp(m->on, m->tx->today) == 0) return moment_iso(m->tx->arena, m->tx->now);
    return date_iso(m->tx->arena, m->on);
}

static bool day_of(struct value v, struct date *day)
{
    int64_t ms;
    if (v.kind != VALUE_TEXT || !moment_parse(v.t, &ms)) return false;
    *day = moment_date(ms);
    return true;
}

/* An amendment corrected the day of the act that started this round. */
static struct str start_amended(const struct motion *m, const struct deadline *d, const struct deadline_row *row)
{
    const struct act *a = m->act->kind == ACT_AMEND ? reg_act(m->after->reg, d->start_act) : NULL;
    struct value was = value_of(m->before, a ? a->dated : NULL), is = value_of(m->after, a ? a->dated : NULL);
    struct date day, began;
    bool moved = !value_eq(was, is) && day_of(was, &day) && day_of(value_text(row->start_on), &began);
    return moved && is.kind == VALUE_TEXT && date_cmp(day, began) == 0 ? is.t : STR("");
}

/* Start day (or moment) that this act gives the deadline; empty when it gives none. */
static struct str start_given(struct motion *m, const struct deadline *d, const struct deadline_row *row)
{
    if (d->start_act.len)
        return str_eq(d->start_act, m->act->name) ? moment_of_act(m) : start_amended(m, d, row);
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

static bool is_open(const struct deadline_row *row)
{
    return row->state == DEADLINE_RUNNING || row->state == DEADLINE_SUSPENDED;
}

static const struct deadline_version *version_of(const struct deadline *d, const struct deadline_row *row)
{
    int64_t ms;
    return moment_parse(row->start_on, &ms) ? version_for(d, moment_date(ms)) : NULL;
}

/* In which units its time is counted, also while a given date stands in its place. */
static enum period_unit unit_of(const struct deadline *d, const struct deadline_row *row)
{
    struct period_length length;
    if (period_length_parse(row->length, &length)) return length.unit;
    const struct deadline_version *v = version_of(d, row);
    return v ? v->length.unit : UNIT_DAY;
}

/* A date written in the paper itself replaces the counted one, as long as it stands there. */
static void compute(struct motion *m, const struct deadline *d, struct deadline_row *row)
{
    const struct model *model = m->tx->office->model;
    struct value given = value_of(m->after, d->given);
    const struct deadline_version *v = version_of(d, row);
    if (given.kind == VALUE_TEXT) {
        due_compute_given(model, m->tx->arena, d, unit_of(d, row), given.t, row);
        return;
    }
    if (str_is(row->length, "given") && v) row->length = period_length_text(m->tx->arena, v->length);
    due_compute(model, m->tx->arena, d, row);
}

/* ---- start ---- */

/* An amendment took the start away, or the condition of the new start does not hold: there never was this deadline. */
static void unmake(struct deadline_row *row, bool *changed)
{
    if (row->start_on.len == 0) return;
    row->start_on = STR("");
    row->state = DEADLINE_STOPPED;
    *changed = true;
}

static bool start_taken_away(const struct motion *m, const struct deadline *d)
{
    return d->start && value_of(m->after, d->start).kind == VALUE_NULL &&
           value_of(m->before, d->start).kind != VALUE_NULL;
}

/* A step that starts it once more begins a new round; an amendment moves the one that was. */
static void begin_round(struct motion *m, struct deadline_row *row)
{
    if (m->act->kind == ACT_AMEND && row->start_on.len) return;
    row->state = DEADLINE_RUNNING;
    row->met_on = row->suspended_on = row->calendar = STR("");
    row->deducted = row->extended = 0;
}

/* Starts it, or starts it anew when an amendment moved the start. */
static bool start(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    bool amends = m->act->kind == ACT_AMEND;
    struct str from = start_given(m, d, row);
    int64_t ms;
    if (amends && start_taken_away(m, d)) unmake(row, changed);
    if (from.len == 0 || !moment_parse(from, &ms)) return true;
    bool holds;
    if (!condition_holds(m, d->when, &holds)) return false;
    const struct deadline_version *v = version_for(d, moment_date(ms));
    if (!holds || !v) {
        if (amends) unmake(row, changed);
        return true;
    }
    begin_round(m, row);
    row->start_on = v->length.unit == UNIT_HOUR ? from : date_iso(m->tx->arena, moment_date(ms));
    row->length = period_length_text(m->tx->arena, v->length);
    row->roll = str_from(period_roll_words[d->direction == DEADLINE_AT_LEAST ? ROLL_NONE : d->roll]);
    row->cite = v->cite.text;
    row->rule = v->cite.rule;
    row->strict_at = STR("");
    compute(m, d, row);
    *changed = true;
    return true;
}

/* ---- extension and suspension ---- */

static bool extend(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    if (!is_open(row) || !d->extend_by.amount || !str_eq(d->extend_on, m->act->name)) return true;
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

/* What a suspension from its day to `until` takes out. One that began after the last day takes out nothing: time that
 * is over can't stand still. */
static void deduct(struct motion *m, const struct deadline *d, struct deadline_row *row, struct date until)
{
    struct date from, began;
    int64_t ms;
    bool known = date_parse(row->suspended_on, &from) && moment_parse(row->start_on, &ms);
    bool over = str_cmp(row->suspended_on, row->legal_on) > 0;
    row->suspended_on = STR("");
    if (!known || over) return;
    began = moment_date(ms);
    due_deduct(m->tx->office->model, m->tx->arena, unit_of(d, row), date_cmp(began, from) > 0 ? began : from, until,
               row);
}

static void suspend_or_resume(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    if (row->state == DEADLINE_RUNNING && d->suspend_from.len && str_eq(d->suspend_from, m->act->name)) {
        row->state = DEADLINE_SUSPENDED;
        row->suspended_on = date_iso(m->tx->arena, m->on);
        *changed = true;
    } else if (row->state == DEADLINE_SUSPENDED && d->suspend_to.len && str_eq(d->suspend_to, m->act->name)) {
        deduct(m, d, row, m->on);
        row->state = DEADLINE_RUNNING;
        compute(m, d, row);
        *changed = true;
    }
}

/* ---- amendments of the days on which something happened ---- */

/* The day of the act named so, before and after; false when the act has no such field or the day is missing. */
static bool days_of_act(const struct motion *m, struct str act, struct date *was, struct date *is)
{
    const struct act *a = act.len ? reg_act(m->after->reg, act) : NULL;
    return a && a->dated && m->before && day_of(value_of(m->before, a->dated), was) &&
           day_of(value_of(m->after, a->dated), is);
}

static void amend_met(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    for (size_t i = 0; row->met_on.len && i < d->until_count; i++) {
        struct date was, is;
        if (!days_of_act(m, d->until[i], &was, &is) || date_cmp(was, is) == 0) continue;
        if (!str_eq(date_iso(m->tx->arena, was), row->met_on)) continue;
        row->met_on = date_iso(m->tx->arena, is);
        *changed = true;
        return;
    }
}

/* The days of the last suspension were corrected: the difference goes into what it took out. */
static void amend_suspension(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    struct date from_was, from_is, to_was, to_is;
    if (!days_of_act(m, d->suspend_from, &from_was, &from_is)) return;
    if (row->state == DEADLINE_SUSPENDED) {
        *changed = *changed || date_cmp(from_was, from_is) != 0;
        row->suspended_on = date_iso(m->tx->arena, from_is);
        return;
    }
    if (!row->deducted || !days_of_act(m, d->suspend_to, &to_was, &to_is)) return;
    if (date_cmp(from_was, from_is) == 0 && date_cmp(to_was, to_is) == 0) return;
    const struct model *model = m->tx->office->model;
    struct deadline_row old = *row, new = *row;
    old.deducted = new.deducted = 0;
    due_deduct(model, m->tx->arena, unit_of(d, row), from_was, to_was, &old);
    due_deduct(model, m->tx->arena, unit_of(d, row), from_is, to_is, &new);
    row->deducted += new.deducted - old.deducted;
    if (row->deducted < 0) row->deducted = 0;
    compute(m, d, row);
    *changed = true;
}

/* ---- its end ---- */

/* The moment of the until-act when it is known, for periods of hours; else its day. */
static struct str moment_met(struct motion *m, const struct deadline *d, const struct deadline_row *row)
{
    if (str_in(m->act->name, d->until, d->until_count)) return moment_of_act(m);
    for (size_t i = 0; i < d->until_count; i++) {
        const struct act *a = reg_act(m->after->reg, d->until[i]);
        struct value v = a ? value_of(m->after, a->dated) : value_null();
        struct date day;
        if (day_of(v, &day) && str_eq(date_iso(m->tx->arena, day), row->met_on)) return v.t;
    }
    return row->met_on;
}

static void judge(struct motion *m, const struct deadline *d, struct deadline_row *row)
{
    if (row->met_on.len == 0 || row->state == DEADLINE_STOPPED) return;
    struct str met = moment_met(m, d, row);
    bool by_hour = row->strict_at.len && met.len == row->strict_at.len;
    row->state = by_hour ? (str_cmp(met, row->strict_at) <= 0 ? DEADLINE_MET : DEADLINE_MISSED) : due_judged(d, row);
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
                 row->rule, row->cite, str_printf(a, "最早%.*s可以办理", STR_ARG(date_iso(a, date_add_days(last, 1)))));
    return fail(m, &err);
}

/* Whether the least time has passed can't be known before the holidays are. */
static bool unknown_year(struct motion *m, const struct deadline *d, const struct deadline_row *row, struct str year)
{
    struct arena *a = m->tx->arena;
    struct error err;
    error_refuse(&err,
                 str_printf(a, "「%.*s」跨入的%.*s年还没有放假安排，算不出最早可以「%.*s」的日期", STR_ARG(d->label),
                            STR_ARG(year), STR_ARG(m->act->label)),
                 row->rule, row->cite, str_printf(a, "请先录入%.*s年放假安排，再重算期限", STR_ARG(year)));
    return fail(m, &err);
}

static bool meet(struct motion *m, const struct deadline *d, struct deadline_row *row)
{
    struct str on = date_iso(m->tx->arena, m->on);
    struct str year;
    if (d->direction == DEADLINE_AT_LEAST && str_cmp(on, row->strict_on) <= 0) return too_early(m, d, row);
    if (d->direction == DEADLINE_AT_LEAST && due_is_pending(row, &year)) return unknown_year(m, d, row, year);
    if (row->state == DEADLINE_SUSPENDED) {
        deduct(m, d, row, m->on);
        compute(m, d, row);
    }
    row->met_on = on;
    row->state = DEADLINE_MET;
    judge(m, d, row);
    return true;
}

static bool meet_or_stop(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    if (!is_open(row)) return true;
    bool step = m->act->kind == ACT_STEP || m->act->kind == ACT_CREATE;
    if (step && str_in(m->act->name, d->until, d->until_count)) {
        *changed = true;
        return meet(m, d, row);
    }
    /* In a closed or voided matter nobody could meet it any more: it must not stay open for ever. */
    const struct stage *s = reg_stage(m->after->reg, m->after->head.stage);
    if (str_in(m->act->name, d->stop, d->stop_count) || m->after->head.voided || (s && s->final)) {
        row->state = DEADLINE_STOPPED;
        *changed = true;
    }
    return true;
}

static struct deadline_row row_in_hand(const struct motion *m, size_t i)
{
    const struct deadline_row *row = &m->held->deadlines[i].row;
    if (row->name.len) return *row;
    return (struct deadline_row){
        .reg = m->after->reg->name, .record = m->after->head.id, .name = m->after->reg->deadlines[i].name};
}

static bool given_changed(struct motion *m, const struct deadline *d)
{
    return d->given && !value_eq(value_of(m->after, d->given), value_of(m->before, d->given));
}

/* The deadline as offices above set it, for the start that it has or that this act gives it. */
static bool resolve(struct motion *m, const struct deadline *d, const struct deadline_row *row, struct deadline *now)
{
    struct error err;
    struct date day;
    struct str from = start_given(m, d, row);
    *now = *d;
    if (!day_of(value_text(from.len ? from : row->start_on), &day)) return true;
    return due_resolve(m->tx, m->tx->office, m->tx->conn, m->tx->arena, d, day, now, &err) || fail(m, &err);
}

/* All that this act does to one deadline. */
static bool move(struct motion *m, const struct deadline *d, struct deadline_row *row, bool *changed)
{
    *changed = false;
    if (!start(m, d, row, changed)) return false;
    if (row->start_on.len == 0) return true;
    if (!*changed && given_changed(m, d)) {
        compute(m, d, row);
        *changed = true;
    }
    if (m->act->kind == ACT_AMEND) {
        amend_met(m, d, row, changed);
        amend_suspension(m, d, row, changed);
        if (*changed) judge(m, d, row);
    }
    if (!extend(m, d, row, changed)) return false;
    suspend_or_resume(m, d, row, changed);
    return meet_or_stop(m, d, row, changed);
}

bool due_after_act(struct tx *tx, struct held *held, const struct record *before, const struct act *act, struct date on,
                   struct deadline_row **changed, size_t *count, struct errors *faults)
{
    const struct reg *reg = held->now.reg;
    struct motion m = {.tx = tx, .held = held, .before = before, .after = &held->now, .act = act, .on = on, .faults = faults};
    *count = 0;
    *changed = NULL;
    if (reg->deadline_count == 0) return true;
    struct error err;
    if (!held_know_deadlines(tx, held, &err)) return fail(&m, &err);
    *changed = arena_new_array(tx->arena, struct deadline_row, reg->deadline_count);
    for (size_t i = 0; i < reg->deadline_count; i++) {
        struct deadline_row row = row_in_hand(&m, i);
        struct deadline d;
        bool moved;
        if (!resolve(&m, &reg->deadlines[i], &row, &d)) return false;
        if (!move(&m, &d, &row, &moved)) return false;
        if (!moved) continue;
        held->deadlines[i] = (struct held_deadline){row, true};
        (*changed)[(*count)++] = row;
    }
    return true;
}

bool due_in_force(const struct office *o, struct conn *c, struct arena *a, const struct deadline *d, struct date day,
                  struct deadline *now, struct error *err)
{
    return due_resolve(NULL, o, c, a, d, day, now, err);
}
