#include "figures/places.h"

int place_digits_below(struct str code)
{
    switch (office_level_of(code)) {
    case LEVEL_PROVINCE: return 4;
    case LEVEL_CITY: return 6;
    case LEVEL_DISTRICT:
    case LEVEL_TOWNSHIP: return 9;
    default: return 2;
    }
}

static struct place_figure shown(struct arena *a, const struct figure *f, const struct place_value *v)
{
    const struct formula *numerator, *denominator;
    struct place_figure p = {.place = v->place};
    p.result = (struct figure_result){
        .figure = f, .value = v->value, .numerator = v->numerator, .denominator = v->denominator};
    p.result.has_parts = formula_percent_parts(f->value, &numerator, &denominator);
    figure_result_show(a, &p.result);
    return p;
}

bool figure_of_places(struct office *o, struct conn *c, struct arena *a, const struct figure *f, struct str code,
                      struct formula_run run, struct places_figure *out, struct error *err)
{
    struct place_value *values;
    size_t count;
    struct formula_sql sql = formula_over_offices(a, f->value, store_dialect(o->store));
    run.tree_from = code;
    run.tree_end = office_code_end(a, code);
    run.tree_digits = place_digits_below(code);
    *out = (struct places_figure){.figure = f};
    if (!offices_evaluate(c, a, &sql, &run, &values, &count, err)) return false;
    out->rows = arena_new_array(a, struct place_figure, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct place_figure p = shown(a, f, &values[i]);
        if (p.place.len)
            out->rows[out->count++] = p;
        else
            out->total = p;
    }
    return true;
}
