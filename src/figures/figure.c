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

/* Runs the plan's passes, so that its values are there. */
static bool run_passes(struct conn *c, struct arena *a, struct formula_plan *plan, const struct formula_run *run,
                       struct error *err)
{
    struct formula_pass *passes;
    size_t count = formula_plan_passes(plan, &passes);
    for (size_t i = 0; i < count; i++)
        if (!store_select_row(c, a, &passes[i].sql, run, passes[i].values, passes[i].count, err)) return false;
    return true;
}

/* The formulas over what the passes gave, many in one statement. */
static bool take_values(struct conn *c, struct arena *a, const struct formula_plan *plan,
                        const struct formula *const *formulas, size_t count, const struct formula_run *run,
                        struct value *values, struct error *err)
{
    enum { AT_ONCE = 200 }; /* columns; SQLite takes 2000 */
    struct formula_sql *list = arena_new_array(a, struct formula_sql, count + 1);
    for (size_t i = 0; i < count; i++) list[i] = formula_plan_value(plan, formulas[i]);
    for (size_t i = 0; i < count; i += AT_ONCE) {
        size_t n = count - i < AT_ONCE ? count - i : AT_ONCE;
        if (!store_evaluate_all(c, a, list + i, n, run, values + i, err)) return false;
    }
    return true;
}

bool figures_compute(struct office *o, struct conn *c, struct arena *a, const struct figures_wanted *wanted,
                     const struct formula_run *run, struct figure_result *results, struct value *values,
                     struct error *err)
{
    struct formula_plan *plan = formula_plan_open(a, store_dialect(o->store));
    /* Each figure's own formula, the parts of those that are percentages behind them. */
    const struct formula **formulas = arena_new_array(a, const struct formula *, 3 * wanted->count + 1);
    size_t *places = arena_new_array(a, size_t, wanted->count + 1);
    size_t count = wanted->count;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct formula *f = formulas[i] = wanted->figures[i]->value, *parts[2];
        places[i] = formula_plan_add(plan, f);
        results[i] = (struct figure_result){.figure = wanted->figures[i]};
        results[i].has_parts = formula_percent_parts(f, &parts[0], &parts[1]);
        for (size_t k = 0; results[i].has_parts && k < 2; k++) formulas[count++] = parts[k];
    }
    for (size_t i = 0; i < wanted->formula_count; i++) formula_plan_add(plan, wanted->formulas[i]);
    struct value *taken = arena_new_array(a, struct value, count + 1);
    if (!run_passes(c, a, plan, run, err) || !take_values(c, a, plan, formulas, count, run, taken, err) ||
        !take_values(c, a, plan, wanted->formulas, wanted->formula_count, run, values, err))
        return false;
    const struct value *part = taken + wanted->count;
    for (size_t i = 0; i < wanted->count; i++) {
        struct figure_result *r = &results[i];
        r->value = taken[i];
        if (r->has_parts) {
            r->numerator = *part++;
            r->denominator = *part++;
        }
        r->records = formula_plan_records(plan, places[i]);
        figure_result_show(a, r);
    }
    return true;
}

bool figure_compute(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                    const struct formula_run *run, struct figure_result *r, struct error *err)
{
    struct figures_wanted one = {.figures = &f, .count = 1};
    return figures_compute(o, c, a, &one, run, r, NULL, err);
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
