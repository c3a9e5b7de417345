#include "office/office.h"

#include <stdlib.h>

#include "office/seal.h"

struct office *office_open(struct store *store, struct clock clock, bool create, struct error *err)
{
    struct office *o = calloc(1, sizeof *o);
    if (!o) {
        error_set(err, ERR_STORE, "内存不足");
        return NULL;
    }
    o->store = store;
    o->model = store_model(store);
    o->clock = clock;
    o->key = o->model->office.key;
    o->seal = seal_open(store_folder(store), create, err);
    if (!o->seal) {
        free(o);
        return NULL;
    }
    return o;
}

void office_close(struct office *o)
{
    if (!o) return;
    seal_close(o->seal);
    free(o);
}

struct formula_run office_run(const struct office *o)
{
    return (struct formula_run){.office = o->key, .today = clock_today(&o->clock)};
}
