#include "figures/figure.h"

struct formula_run figure_run(const struct office *o, struct date from, struct date to)
{
    struct formula_run run = office_run(o);
    run.period_from = from;
    run.period_to = to;
    return run;
}

size_t figure_sets(struct office *o, struct arena *a, const struct figure *f, struct formula_set **sets)
{
    return formula_sets(a, f->value, store_dialect(o->store), sets);
}

const struct reg *figure_set_register(const struct office *o, const struct formula_set *set)
{
    return model_reg(o->model, set->reg->name);
}

/* "12件中12件" beside a percentage of few cases: a rate of three cases says little. */
static struct str small_note(struct arena *a, const struct figure_result *r, struct str unit)
{
    if (!r->has_parts || r->numerator.kind != VALUE_INT || r->denominator.kind != VALUE_INT) return STR("");
    if (r->denominator.i <= 0 || r->denominator.i >= FIGURE_SMALL) return STR("");
    if (unit.len == 0 || str_is(unit, "%")) unit = STR("件");
    return str_printf(a, "%lld%.*s中%lld%.*s", (long long)r->denominator.i, STR_ARG(unit), (long long)r->numerator.i,
                      STR_ARG(unit));
}

void figure_result_show(struct arena *a, struct figure_result *r)
{
    r->shown = figure_show(a, r->figure, r->value);
    r->note = small_note(a, r, r->figure->unit);
}

/* Figures being computed: the same plan serves one period after the other. */
struct computing {
    struct conn *conn;
    struct arena *arena;
    const struct figures_wanted *wanted;
    struct formula_plan *plan;
    struct formula_pass *passes;
    size_t pass_count;
    const struct formula **formulas; /* each figure's own, the parts of those that are percentages behind them */
    size_t formula_count;
    size_t *places; /* of the figures in the plan */
};

static void prepare(struct computing *k, struct office *o, const struct figures_wanted *wanted)
{
    struct arena *a = k->arena;
    k->wanted = wanted;
    k->plan = formula_plan_open(a, store_dialect(o->store));
    k->formulas = arena_new_array(a, const struct formula *, 3 * wanted->count + 1);
    k->formula_count = wanted->count;
    k->places = arena_new_array(a, size_t, wanted->count + 1);
    for (size_t i = 0; i < wanted->count; i++) {
        const struct formula *f = k->formulas[i] = wanted->figures[i]->value, *parts[2];
        k->places[i] = formula_plan_add(k->plan, f);
        bool has_parts = formula_percent_parts(f, &parts[0], &parts[1]);
        for (size_t n = 0; has_parts && n < 2; n++) k->formulas[k->formula_count++] = parts[n];
    }
    for (size_t i = 0; i < wanted->formula_count; i++) formula_plan_add(k->plan, wanted->formulas[i]);
    k->pass_count = formula_plan_passes(k->plan, &k->passes);
}

/* The formulas over what the passes gave, many in one statement. */
static bool take_values(struct computing *k, const struct formula *const *formulas, size_t count,
                        const struct formula_run *run, struct value *values, struct error *err)
{
    enum { AT_ONCE = 200 }; /* columns; SQLite takes 2000 */
    struct formula_sql *list = arena_new_array(k->arena, struct formula_sql, count + 1);
    for (size_t i = 0; i < count; i++) list[i] = formula_plan_value(k->plan, formulas[i]);
    for (size_t i = 0; i < count; i += AT_ONCE) {
        size_t n = count - i < AT_ONCE ? count - i : AT_ONCE;
        if (!store_evaluate_all(k->conn, k->arena, list + i, n, run, values + i, err)) return false;
    }
    return true;
}

static bool compute_period(struct computing *k, const struct formula_run *run, struct figure_result *results,
                           struct value *values, struct error *err)
{
    const struct figures_wanted *wanted = k->wanted;
    struct value *taken = arena_new_array(k->arena, struct value, k->formula_count + 1);
    for (size_t i = 0; i < k->pass_count; i++)
        if (!store_run_pass(k->conn, k->arena, k->plan, &k->passes[i], run, err)) return false;
    if (!take_values(k, k->formulas, k->formula_count, run, taken, err) ||
        !take_values(k, wanted->formulas, wanted->formula_count, run, values, err))
        return false;
    const struct value *part = taken + wanted->count;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct formula *parts[2];
        struct figure_result *r = &results[i];
        *r = (struct figure_result){.figure = wanted->figures[i], .value = taken[i]};
        r->has_parts = formula_percent_parts(k->formulas[i], &parts[0], &parts[1]);
        if (r->has_parts) {
            r->numerator = *part++;
            r->denominator = *part++;
        }
        r->records = formula_plan_records(k->plan, k->places[i]);
        figure_result_show(k->arena, r);
    }
    return true;
}

bool figures_compute(struct office *o, struct conn *c, struct arena *a, const struct figures_wanted *wanted,
                     const struct formula_run *run, struct figure_result *results, struct value *values,
                     struct error *err)
{
    struct computing k = {.conn = c, .arena = a};
    prepare(&k, o, wanted);
    return compute_period(&k, run, results, values, err);
}

bool figure_compute_periods(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                            const struct formula_run *runs, size_t count, struct figure_result *results, struct error *err)
{
    struct figures_wanted one = {.figures = &f, .count = 1};
    struct computing k = {.conn = c, .arena = a};
    prepare(&k, o, &one);
    for (size_t i = 0; i < count; i++)
        if (!compute_period(&k, &runs[i], &results[i], NULL, err)) return false;
    return true;
}

bool figure_compute(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                    const struct formula_run *run, struct figure_result *r, struct error *err)
{
    return figure_compute_periods(o, c, a, f, run, 1, r, err);
}

struct list_query figure_set_list(const struct office *o, struct arena *a, const struct formula_set *set,
                                  const struct formula_run *run, struct sight sight)
{
    struct list_query q = {.office = o->key,
                           .reg = figure_set_register(o, set),
                           .sight = sight,
                           .condition = &set->condition,
                           .run = run,
                           .sort_field = set->day,
                           .descending = true};
    if (set->day.len == 0) return q;
    q.sort_from = date_iso(a, set->day_in_period ? run->period_from : set->day_from);
    q.sort_until = date_iso(a, date_add_days(set->day_in_period ? run->period_to : set->day_to, 1));
    return q;
}
