/* Open deadlines after the holiday data changed: what moves, and moving it in one act of administration. */
#include "office/chain.h"
#include "office/due.h"
#include "office/due_params.h"

static const struct deadline *definition_of(const struct model *m, const struct deadline_row *row)
{
    const struct reg *reg = model_reg(m, row->reg);
    return reg ? reg_deadline(reg, row->name) : NULL;
}

/* Those that ended while their dates were not known for certain are judged anew. */
static bool compute(struct tx *tx, const struct office *o, struct conn *c, struct arena *a, const struct deadline *d,
                    struct deadline_row *row, struct error *err)
{
    struct deadline now = *d;
    int64_t start;
    if (moment_parse(row->start_on, &start) && !due_resolve(tx, o, c, a, d, moment_date(start), &now, err)) return false;
    due_compute(o->model, a, &now, row);
    if (row->state == DEADLINE_MET || row->state == DEADLINE_MISSED) row->state = due_judged(d, row);
    return true;
}

struct movable {
    struct arena *arena;
    struct deadline_row *rows;
    size_t count, cap;
};

static bool take_pending(void *arg, const struct deadline_row *d)
{
    struct movable *list = arg;
    struct str year;
    bool ended = d->state == DEADLINE_MET || d->state == DEADLINE_MISSED;
    if (!ended || !due_is_pending(d, &year)) return true;
    struct deadline_row row = *d;
    struct str *const texts[] = {&row.reg,       &row.name,    &row.start_on, &row.strict_on,    &row.legal_on,
                                 &row.strict_at, &row.warn_on, &row.met_on,   &row.suspended_on, &row.cite,
                                 &row.rule,      &row.length,  &row.roll,     &row.calendar};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = str_copy(list->arena, *texts[i]);
    ARENA_PUSH(list->arena, list->rows, list->count, list->cap, row);
    return true;
}

/* All that run, and those that were met or missed while pending. */
static bool list_movable(struct conn *c, struct arena *a, struct str office, struct deadline_row **rows, size_t *count,
                         struct error *err)
{
    struct movable list = {.arena = a};
    if (!deadline_list_running(c, a, office, &list.rows, &list.count, err)) return false;
    list.cap = list.count;
    if (!deadline_each(c, office, take_pending, &list, err)) return false;
    *rows = list.rows;
    *count = list.count;
    return true;
}

static bool same_dates(const struct deadline_row *x, const struct deadline_row *y)
{
    return str_eq(x->legal_on, y->legal_on) && str_eq(x->strict_on, y->strict_on) && str_eq(x->calendar, y->calendar);
}

/* A date that a citizen was told may only move to their good: the office's own deadline towards a citizen must not
 * get later. A date that was pending was never told as certain. */
static bool would_harm(const struct deadline *d, const struct deadline_row *before, const struct deadline_row *after)
{
    struct str year;
    return d->told && !due_is_pending(before, &year) && str_cmp(after->legal_on, before->legal_on) > 0;
}

bool due_recompute_preview(struct office *o, struct conn *c, struct arena *a, struct due_move **moves, size_t *count,
                           struct error *err)
{
    struct deadline_row *rows;
    size_t n;
    size_t cap = 0;
    *moves = NULL;
    *count = 0;
    if (!list_movable(c, a, o->key, &rows, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const struct deadline *d = definition_of(o->model, &rows[i]);
        if (!d || str_is(rows[i].length, "given")) continue;
        struct deadline_row after = rows[i];
        if (!compute(NULL, o, c, a, d, &after, err)) return false;
        if (same_dates(&rows[i], &after)) continue;
        struct due_move move = {rows[i], after.legal_on, after.strict_on, would_harm(d, &rows[i], &after)};
        ARENA_PUSH(a, *moves, *count, cap, move);
    }
    return true;
}

/* Writes one moved row; the member of the act's changes under register/record/name. */
static bool apply_move(struct tx *tx, const struct due_move *move, struct chain_member *change, struct error *err)
{
    struct deadline_row row = move->before;
    if (!compute(tx, tx->office, tx->conn, tx->arena, definition_of(tx->office->model, &row), &row, err)) return false;
    if (!deadline_put(tx->conn, tx->office->key, &row, err)) return false;
    struct buf json = buf_in(tx->arena);
    chain_put_deadline(&json, &row);
    change->name =
        str_printf(tx->arena, "%.*s/%lld/%.*s", STR_ARG(row.reg), (long long)row.record, STR_ARG(row.name));
    change->json = buf_str(&json);
    return true;
}

static bool append_act(struct tx *tx, struct chain_member *rows, size_t count, struct error *err)
{
    struct buf changes = buf_in(tx->arena);
    buf_puts(&changes, "{\"all_deadlines\":");
    chain_put_object(&changes, rows, count);
    buf_putc(&changes, '}');
    struct act_entry e = {
        .reg = STR(""),
        .act = STR("recompute_deadlines"),
        .actor = tx->user->account.name,
        .at = tx->now,
        .on = date_iso(tx->arena, tx->today),
        .entrance = tx->entrance,
        .inputs = STR("{}"),
        .changes = buf_str(&changes),
    };
    return chain_append(tx, &e, err);
}

static bool recompute(struct tx *tx, size_t *moved, struct error *err)
{
    struct due_move *moves;
    size_t count;
    if (!due_recompute_preview(tx->office, tx->conn, tx->arena, &moves, &count, err)) return false;
    struct chain_member *rows = arena_new_array(tx->arena, struct chain_member, count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].held) continue;
        if (!apply_move(tx, &moves[i], &rows[*moved], err)) return false;
        ++*moved;
    }
    return *moved == 0 || append_act(tx, rows, *moved, err);
}

bool due_recompute(struct office *o, struct arena *a, const struct user *u, struct str entrance, size_t *moved,
                   struct error *err)
{
    *moved = 0;
    if (!user_may(u, MAY_RECOMPUTE)) return error_set(err, ERR_FORBIDDEN, "您的岗位不能重算期限");
    struct tx tx;
    if (!tx_begin_long(&tx, o, a, u, entrance, err)) return false;
    if (recompute(&tx, moved, err)) return tx_commit(&tx, err);
    tx_rollback(&tx);
    return false;
}
