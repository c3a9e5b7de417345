#include "figures/figure.h"

struct formula_run figure_run(const struct office *o, struct date from, struct date to)
{
    struct formula_run run = office_run(o);
    run.period_from = from;
    run.period_to = to;
    return run;
}

static bool evaluate(struct office *o, struct conn *c, struct arena *a, const struct formula *f,
                     const struct formula_run *run, struct value *value, struct error *err)
{
    struct formula_sql sql = formula_to_sql(a, f, store_dialect(o->store), false);
    return store_evaluate(c, a, &sql, run, value, err);
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

bool figure_compute(struct office *o, struct conn *c, struct arena *a, const struct figure *f,
                    const struct formula_run *run, struct figure_result *r, struct error *err)
{
    *r = (struct figure_result){.figure = f};
    if (!evaluate(o, c, a, f->value, run, &r->value, err)) return false;
    const struct formula *numerator, *denominator;
    r->has_parts = formula_percent_parts(f->value, &numerator, &denominator);
    if (r->has_parts && (!evaluate(o, c, a, numerator, run, &r->numerator, err) ||
                         !evaluate(o, c, a, denominator, run, &r->denominator, err)))
        return false;
    struct formula_set *sets;
    size_t count = figure_sets(o, a, f, &sets);
    if (!store_count_sets(c, a, o->key, sets, count, run, &r->records, err)) return false;
    figure_result_show(a, r);
    return true;
}

bool figure_set_records(struct office *o, struct conn *c, struct arena *a, const struct formula_set *set,
                        const struct formula_run *run, struct sight sight, int64_t offset, int64_t limit,
                        struct record_list *list, struct error *err)
{
    struct list_query q = {.office = o->key,
                           .reg = figure_set_register(o, set),
                           .sight = sight,
                           .condition = &set->condition,
                           .run = run,
                           .offset = offset,
                           .limit = limit};
    return record_list(c, a, &q, list, err);
}
