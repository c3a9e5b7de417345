/* Running the passes of figures.
 *
 * PostgreSQL finds its way by itself. SQLite keeps no statistics here and joins row by row, so in a large register it is
 * told two things: to read an index that holds all columns of the pass instead of the wide rows, and to take the states of
 * all deadlines in one walk through their index (fz_states) instead of looking each up. The values are the same. */
#include "store/inside.h"
#include "store/orders.h"

enum {
    LARGE = 5000,           /* records, from which on it pays to look for a way */
    PART_OF_ALL = 4,        /* looking up so many deadlines costs as much as walking through all of the office */
    HIGHEST_ID = 1 << 26,   /* fz_states keeps a byte for each id */
};

struct way_maker {
    struct conn *conn;
    struct arena *arena;
    struct formula_plan *plan;
    struct formula_pass *pass;
    const struct formula_run *run;
    const struct reg *reg;
    struct formula_way way;
};

static bool one_number(struct way_maker *m, const struct formula_sql *sql, int64_t *n, struct error *err)
{
    struct value v;
    if (!store_select_row(m->conn, m->arena, sql, m->run, &v, 1, err)) return false;
    *n = v.kind == VALUE_INT ? v.i : 0;
    return true;
}

static bool highest_id(struct way_maker *m, int64_t *id, struct error *err)
{
    auto_query q = query_start(m->conn, "select max(\"id\") from %T where \"office\" = ?", m->reg);
    query_bind_str(&q, m->run->office);
    *id = query_row(&q) ? query_i64(&q, 0) : 0;
    return query_finish(&q, err);
}

static bool states_pay(struct way_maker *m, bool *pay, struct error *err)
{
    int64_t all, read, highest;
    *pay = false;
    if (m->pass->deadline_count == 0 || m->pass->days) return true;
    if (!counts_of_office(m->conn, m->run->office, &all, err)) return false;
    int64_t most = all / PART_OF_ALL;
    struct formula_sql size = formula_pass_size(m->plan, m->pass, most);
    if (!one_number(m, &size, &read, err) || !highest_id(m, &highest, err)) return false;
    *pay = read >= most && highest < HIGHEST_ID;
    return true;
}

static bool take_states(struct way_maker *m, struct error *err)
{
    bool pay = m->pass->states;
    if (!pay && !states_pay(m, &pay, err)) return false;
    if (pay && !m->pass->states) {
        struct formula_sql sql = formula_pass_states(m->plan, m->pass);
        struct value *states = arena_new_array(m->arena, struct value, m->pass->deadline_count);
        if (!store_select_row(m->conn, m->arena, &sql, m->run, states, m->pass->deadline_count, err)) return false;
        m->pass->states = states;
    }
    m->way.states = m->pass->states;
    return true;
}

/* The index of the stages has the register's own order behind each stage: it serves a pass that takes all rows, or those
 * of some days of this order. Not where reals are added: their sum depends, in its last digit, on the order. */
static void choose_index(struct way_maker *m)
{
    const struct formula_pass *pass = m->pass;
    struct order own;
    if (pass->adds_reals) return;
    if (!stage_index_holds(m->reg, pass->columns, pass->column_count) || !order_of(m->reg, STR(""), false, &own)) return;
    if (pass->lead && !str_eq(pass->lead->name, own.keys[0].column)) return;
    m->way.index = lookup_index(m->arena, m->reg, STR("stage"), true);
    m->way.by_stage = pass->lead != NULL;
}

bool store_run_pass(struct conn *c, struct arena *a, struct formula_plan *plan, struct formula_pass *pass,
                    const struct formula_run *run, struct error *err)
{
    struct way_maker m = {.conn = c, .arena = a, .plan = plan, .pass = pass, .run = run};
    int64_t records = 0;
    m.reg = model_reg(c->store->model, pass->reg->name);
    bool asks = c->backend->dialect == DIALECT_SQLITE && m.reg;
    if (asks && !counts_sum(c, run->office, m.reg, NULL, 0, &records, err)) return false;
    if (records >= LARGE) {
        choose_index(&m);
        if (!take_states(&m, err)) return false;
    }
    struct formula_sql sql = formula_pass_sql(plan, pass, &m.way);
    return store_select_row(c, a, &sql, run, pass->values, pass->count, err);
}
