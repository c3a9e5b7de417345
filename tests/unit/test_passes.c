/* Passes of figures over a large register, and lists of what is overdue in it: by the ways that SQLite is told they give
 * the same as by none. */
#include "store_world.h"

enum { LARGE = 7000 }; /* records: more than a register has that is read as it comes */

static const char *const stage_names[] = {"registered", "accepted", "closed", "retired"};
static const struct str deadline_names[] = {{"reply", 5}, {"check", 5}};
static const struct date first_day = {19723}; /* 2024-01-01 */

/* ---- the register as formulas see it ---- */

static const struct formula_register *find_register(const void *context, struct str name)
{
    const struct world *w = context;
    return str_is(name, "matter") ? &w->regs[0].as_formula : NULL;
}

/* Any key is a code. */
static bool find_code(const void *context, const struct formula_codes *codes, struct str key, struct str *label)
{
    (void)context;
    (void)codes;
    *label = key;
    return true;
}

static size_t list_codes(const void *context, const struct formula_codes *codes, struct str *keys, size_t room)
{
    (void)context;
    (void)codes;
    (void)keys;
    (void)room;
    return 0;
}

static struct formula_field formula_field(const char *name, enum formula_type type)
{
    static const char any;
    struct formula_field f = {.name = str_from(name), .label = str_from(name), .type = type};
    if (type == FT_CODE) f.codes = (const struct formula_codes *)(const void *)&any;
    return f;
}

static void expose(struct world *w)
{
    struct formula_field *f = arena_new_array(w->arena, struct formula_field, 7);
    f[0] = formula_field("stage", FT_CODE);
    f[1] = formula_field("kind", FT_CODE);
    f[2] = formula_field("order", FT_MONEY);
    f[3] = formula_field("happened_on", FT_DATE);
    f[4] = formula_field("body", FT_TEXT);
    f[5] = formula_field("department", FT_ORG);
    f[6] = formula_field("created_on", FT_DATE);
    w->regs[0].as_formula = (struct formula_register){.name = STR("matter"), .label = STR("matter"), .fields = f,
                                                      .field_count = 7, .deadlines = deadline_names,
                                                      .deadline_count = 2, .deadline_labels = deadline_names};
    w->model.schema = (struct formula_schema){w, find_register, find_code, list_codes, NULL};
}

/* ---- records ---- */

static unsigned mixed(int64_t id)
{
    unsigned n = (unsigned)id * 2654435761u;
    return n ^ n >> 15;
}

static struct record some(struct world *w, int64_t id)
{
    unsigned n = mixed(id);
    struct record r = matter(w, id, "题", n & 1 ? "物业收费" : "夜间噪声", n >> 3 & 7);
    r.head.stage = str_from(stage_names[(n >> 16) % 3 + (n % 97 == 0)]);
    r.head.voided = n % 11 == 0;
    r.values[KIND] = (n >> 12) % 4 == 0 ? value_null() : (n >> 12) % 4 == 1 ? TEXT("noise") : TEXT("fee");
    r.values[COST] = n % 5 == 0 ? value_null() : value_int((n >> 10) % 2000);
    r.values[HAPPENED] = n % 13 == 0 ? value_null() : value_text(date_iso(w->arena, date_add_days(first_day, (int)(n % 700))));
    r.values[UNIT] = (n >> 18) % 3 ? value_null() : value_int((n >> 6) % 8);
    return r;
}

static void add_deadline(struct world *w, struct conn *c, int64_t record, const char *name, unsigned n)
{
    struct deadline_row d = {.reg = STR("matter"), .record = record, .name = str_from(name), .state = n % 5,
                             .start_on = STR("2024-01-01"), .cite = STR("x"), .rule = STR("x"), .length = STR("1 day"),
                             .roll = STR("law"), .calendar = STR("national")};
    if (n % 7) d.legal_on = date_iso(w->arena, date_add_days(first_day, (int)(n % 800)));
    OK(deadline_put(c, OFFICE, &d, &err));
}

static int set_up_large(void **state)
{
    if (set_up(state)) return 1;
    struct world *w = *state;
    expose(w);
    w->matter[COST].counted = true;
    open_again(w);
    struct conn *c = begin_write(w);
    for (int64_t i = 1; i <= LARGE; i++) {
        struct record r = some(w, i);
        unsigned n = mixed(i + LARGE);
        OK(record_insert(c, OFFICE, &r, &err));
        if (n % 3) add_deadline(w, c, i, "reply", n >> 4);
        if (n % 4 == 0) add_deadline(w, c, i, "check", n >> 7);
    }
    OK(store_commit(c, &err));
    return 0;
}

/* ---- both ways ---- */

static const char *const formulas[] = {
    "count(matter where happened_on in period)",
    "count(matter where happened_on in period and stage != closed)",
    "count(matter where happened_on in period and stage = retired)",
    "count(matter where happened_on in period and kind = noise)",
    "count distinct(matter.kind where happened_on in period)",
    "sum(matter.order where happened_on in period and stage = closed)",
    "percent(count(matter where happened_on in period and met(reply)), count(matter where happened_on in period and "
    "(met(reply) or overdue(reply))))",
    "count(matter where happened_on in period and not met(reply) and overdue(check))",
    "count(matter where stage = accepted and not overdue(reply))",
    "min(matter.happened_on where kind is empty)",
};
/* These read what the index does not hold, add reals, or ask for days of deadlines. */
static const char *const wide[] = {
    "count(matter where happened_on in period and body contains '噪声' and met(check))",
    "average(matter.order where happened_on in period)",
    "count(matter where happened_on in period and due(reply) > happened_on)",
};

static struct formula_plan *plan_of(struct world *w, const char *const *texts, size_t count)
{
    struct formula_plan *plan = formula_plan_open(w->arena, store_dialect(w->store));
    struct formula_context ctx = {.schema = &w->model.schema, .has_period = true};
    for (size_t i = 0; i < count; i++) {
        struct error err;
        struct formula *f = formula_parse(w->arena, str_from(texts[i]), &ctx, FT_NONE, &err);
        if (!f) fail_msg("%s: %s %s", texts[i], err.message, err.where);
        formula_plan_add(plan, f);
    }
    return plan;
}

static struct formula_run run_of(const char *from, const char *to)
{
    struct formula_run run = {.office = OFFICE, .today = date_add_days(first_day, 400)};
    assert_true(date_parse(str_from(from), &run.period_from) && date_parse(str_from(to), &run.period_to));
    return run;
}

/* PostgreSQL adds reals in whatever order. */
static bool equal(struct world *w, struct value a, struct value b)
{
    bool loose = store_dialect(w->store) == DIALECT_POSTGRES && a.kind == VALUE_REAL && b.kind == VALUE_REAL;
    return loose ? a.r - b.r < 1e-6 && b.r - a.r < 1e-6 : value_eq(a, b);
}

static void same_by_both_ways(struct world *w, struct formula_plan *plan, const struct formula_run *run, bool asks_states)
{
    struct formula_pass *passes;
    struct conn *c = begin_read(w);
    size_t count = formula_plan_passes(plan, &passes);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        struct formula_pass *pass = &passes[i];
        struct formula_sql plain = formula_pass_sql(plan, pass, &(struct formula_way){.by_stage = false});
        struct value *expected = arena_new_array(w->arena, struct value, pass->count);
        OK(store_select_row(c, w->arena, &plain, run, expected, pass->count, &err));
        OK(store_run_pass(c, w->arena, plan, pass, run, &err));
        for (size_t k = 0; k < pass->count; k++)
            if (!equal(w, expected[k], pass->values[k]))
                fail_msg("pass %zu, column %zu: %d, by no way %d", i, k, (int)pass->values[k].i, (int)expected[k].i);
        bool states = pass->states && store_dialect(w->store) == DIALECT_SQLITE;
        if (pass->lead && store_dialect(w->store) == DIALECT_SQLITE) assert_int_equal(states, asks_states);
    }
    store_done(c);
}

static void ways_give_the_same(void **state)
{
    struct world *w = *state;
    struct formula_run years = run_of("2024-01-01", "2025-12-31"), days = run_of("2024-03-01", "2024-03-03");
    struct formula_run none = run_of("2030-01-01", "2030-12-31");
    size_t count = sizeof formulas / sizeof *formulas;
    same_by_both_ways(w, plan_of(w, formulas, count), &years, true);
    same_by_both_ways(w, plan_of(w, formulas, count), &days, false);
    same_by_both_ways(w, plan_of(w, formulas, count), &none, false);
    same_by_both_ways(w, plan_of(w, wide, 1), &years, true);
    same_by_both_ways(w, plan_of(w, wide, 2), &years, true);
    same_by_both_ways(w, plan_of(w, wide, 3), &years, false);
}

/* The states taken for the year serve its months. */
static void a_plan_serves_several_periods(void **state)
{
    struct world *w = *state;
    const char *const all[] = {formulas[1], formulas[7], formulas[8], wide[0], wide[1]};
    struct formula_plan *plan = plan_of(w, all, sizeof all / sizeof *all);
    struct formula_run runs[] = {run_of("2024-01-01", "2025-12-31"), run_of("2024-02-01", "2024-02-29"),
                                 run_of("2025-11-01", "2025-11-30")};
    struct formula_pass *passes;
    struct conn *c = begin_read(w);
    size_t count = formula_plan_passes(plan, &passes);
    for (size_t r = 0; r < 3; r++)
        for (size_t i = 0; i < count; i++) {
            struct formula_sql plain = formula_pass_sql(plan, &passes[i], &(struct formula_way){.by_stage = false});
            struct value *expected = arena_new_array(w->arena, struct value, passes[i].count);
            OK(store_select_row(c, w->arena, &plain, &runs[r], expected, passes[i].count, &err));
            OK(store_run_pass(c, w->arena, plan, &passes[i], &runs[r], &err));
            for (size_t k = 0; k < passes[i].count; k++)
                if (!equal(w, expected[k], passes[i].values[k]))
                    fail_msg("period %zu, pass %zu, column %zu: %d, by no way %d (kinds %d %d)", r, i, k, (int)passes[i].values[k].i,
                             (int)expected[k].i, passes[i].values[k].kind, expected[k].kind);
        }
    store_done(c);
}

/* ---- lists ---- */

static void ids_of(struct world *w, const struct formula_sql *condition, const char *sort, struct record_list *list)
{
    struct formula_run run = run_of("2024-01-01", "2025-12-31");
    struct list_query q = {.sight = everything, .condition = condition, .run = &run, .sort_field = str_from(sort),
                           .limit = LARGE, .count_most = LARGE};
    int64_t total = found(w, q, list);
    assert_int_equal(total, list->count);
}

/* What must be overdue is looked for among the overdue deadlines: the same records as among all. */
static void overdue_records_are_found_by_their_deadlines(void **state)
{
    struct world *w = *state;
    static const char *const conditions[] = {"overdue(reply)", "kind = fee and overdue(check)",
                                             "overdue(reply) and overdue(check) and stage != closed"};
    static const char *const others[] = {"not overdue(reply)", "overdue(reply) or kind = fee", "met(reply)"};
    struct formula_context ctx = {.schema = &w->model.schema, .self = &w->regs[0].as_formula};
    for (size_t i = 0; i < 3; i++) {
        struct error err;
        struct formula *f = formula_parse(w->arena, str_from(conditions[i]), &ctx, FT_BOOL, &err);
        struct formula_sql sql = formula_to_sql(w->arena, f, store_dialect(w->store), true), plain = sql;
        assert_true(sql.overdue.len > 0);
        plain.overdue = STR("");
        struct record_list by_deadlines, by_rows;
        ids_of(w, &sql, i == 1 ? "kind" : "", &by_deadlines);
        ids_of(w, &plain, i == 1 ? "kind" : "", &by_rows);
        assert_true(by_rows.count > 0 && by_rows.count < LARGE);
        assert_int_equal(by_deadlines.count, by_rows.count);
        for (size_t k = 0; k < by_rows.count; k++)
            assert_int_equal(by_deadlines.rows[k].head.id, by_rows.rows[k].head.id);
        f = formula_parse(w->arena, str_from(others[i]), &ctx, FT_BOOL, &err);
        assert_int_equal(formula_to_sql(w->arena, f, store_dialect(w->store), true).overdue.len, 0);
    }
}

static const struct CMUnitTest pass_tests[] = {
    cmocka_unit_test(overdue_records_are_found_by_their_deadlines),
    cmocka_unit_test(ways_give_the_same),
    cmocka_unit_test(a_plan_serves_several_periods),
};

int main(void)
{
    return cmocka_run_group_tests_name("passes", pass_tests, set_up_large, tear_down);
}
