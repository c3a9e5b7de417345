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

static bool value_of(struct conn *c, struct arena *a, struct formula_plan *plan, const struct formula *f,
                     const struct formula_run *run, struct value *value, struct error *err)
{
    struct formula_sql sql = formula_plan_value(plan, f);
    return store_evaluate(c, a, &sql, run, value, err);
}

static bool take_result(struct conn *c, struct arena *a, struct formula_plan *plan, const struct formula_run *run,
                        struct figure_result *r, struct error *err)
{
    const struct formula *f = r->figure->value, *numerator, *denominator;
    if (!value_of(c, a, plan, f, run, &r->value, err)) return false;
    r->has_parts = formula_percent_parts(f, &numerator, &denominator);
    if (r->has_parts && (!value_of(c, a, plan, numerator, run, &r->numerator, err) ||
                         !value_of(c, a, plan, denominator, run, &r->denominator, err)))
        return false;
    r->records = formula_plan_records(plan, f);
    figure_result_show(a, r);
    return true;
}

bool figures_compute(struct office *o, struct conn *c, struct arena *a, const struct figures_wanted *wanted,
                     const struct formula_run *run, struct figure_result *results, struct value *values,
                     struct error *err)
{
    struct formula_plan *plan = formula_plan_open(a, store_dialect(o->store));
    for (size_t i = 0; i < wanted->count; i++) formula_plan_add(plan, wanted->figures[i]->value);
    for (size_t i = 0; i < wanted->formula_count; i++) formula_plan_add(plan, wanted->formulas[i]);
    if (!run_passes(c, a, plan, run, err)) return false;
    for (size_t i = 0; i < wanted->count; i++) {
        results[i] = (struct figure_result){.figure = wanted->figures[i]};
        if (!take_result(c, a, plan, run, &results[i], err)) return false;
    }
    for (size_t i = 0; i < wanted->formula_count; i++)
        if (!value_of(c, a, plan, wanted->formulas[i], run, &values[i], err)) return false;
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
