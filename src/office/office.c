#include "office/office.h"

#include <stdlib.h>

#include "base/file.h"
#include "office/definitions.h"
#include "office/seal.h"

/* A new key beside old records would hide the loss of the old one, with which all their private fields are lost. */
static bool key_may_be_made(struct store *store, struct conn *c, struct error *err)
{
    auto_arena a = arena_open();
    bool any;
    if (file_exists(str_cstr(a, str_printf(a, "%s/key", store_folder(store))))) return true;
    if (!offices_have_acts(c, &any, err)) return false;
    return !any || error_set(err, ERR_STORE, "缺少密钥文件 %s/key：请从备份恢复这个文件，没有它无法读取隐私信息",
                             store_folder(store));
}

static bool load(struct office *o, struct str key, struct error *err)
{
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    if (key.len == 0) key = o->model->office.key;
    bool ok = key_may_be_made(o->store, c, err) && offices_get(c, o->arena, key, &o->info, err);
    store_done(c);
    o->key = o->info.key;
    if (!ok && err->code == ERR_NOT_FOUND && str_eq(key, o->model->office.key))
        error_set(err, ERR_NOT_FOUND, "数据库里没有定义文件的单位「%.*s」，请用 --office 写明单位", STR_ARG(o->model->office.name));
    return ok;
}

/* ---- definitions ---- */

static bool set_in_force(const struct office *o, struct conn *c, struct arena *a, struct definitions_row *row,
                         struct error *err)
{
    struct definitions_row *list;
    size_t count;
    *row = (struct definitions_row){0};
    if (!definitions_list(c, a, o->info.code, &list, &count, err)) return false;
    const struct definitions_row *found = definitions_in_force(list, count, clock_today(&o->clock));
    if (found) *row = *found;
    return true;
}

/* Offices of one database may have text indexes made by different definitions. */
static bool bring_words(struct office *o, struct error *err)
{
    bool differ = false;
    struct conn *c = store_read(o->store, err);
    bool ok = c && store_words_differ(c, o->key, o->model, &differ, err);
    if (c) store_done(c);
    if (!ok || !differ) return ok;
    c = store_write_long(o->store, o->key, err);
    if (!c) return false;
    if (store_bring_words(c, o->key, o->model, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

static bool take_definitions(struct office *o, struct definition_sets *sets, struct error *err)
{
    if (!sets) return true;
    struct conn *c = store_read(o->store, err);
    bool ok = c && set_in_force(o, c, o->arena, &o->issued, err);
    int64_t version = 0;
    ok = ok && store_version(c, &version, err) && definitions_noted(o, c, err);
    if (c) store_done(c);
    if (!ok) return false;
    atomic_store(o->version, version);
    const struct model *m = o->issued.number ? definition_sets_take(sets, &o->issued, err) : o->model;
    if (!m) return false;
    o->model = m;
    o->sets = sets;
    return bring_words(o, err);
}

static bool same_info(const struct office_row *a, const struct office_row *b)
{
    return str_eq(a->code, b->code) && str_eq(a->name, b->name) && str_eq(a->full_name, b->full_name) &&
           str_eq(a->mark, b->mark) && a->closed == b->closed;
}

bool office_is_current(const struct office *o, struct conn *c, bool *current, struct error *err)
{
    auto_arena a = arena_open();
    struct office_row info;
    struct definitions_row row;
    if (!offices_get(c, a, o->key, &info, err) || !set_in_force(o, c, a, &row, err)) return false;
    *current = same_info(&info, &o->info) && row.number == o->issued.number && str_eq(row.office, o->issued.office);
    return true;
}

/* ---- opening ---- */

struct office *office_open(struct store *store, struct definition_sets *sets, struct str key, struct clock clock,
                           bool create, struct error *err)
{
    struct office *o = calloc(1, sizeof *o);
    if (!o) {
        error_set(err, ERR_STORE, "内存不足");
        return NULL;
    }
    o->store = store;
    o->model = store_model(store);
    o->clock = clock;
    o->arena = arena_open();
    o->noted = arena_new(o->arena, atomic_bool);
    o->version = arena_new(o->arena, atomic_int_fast64_t);
    o->opened_on = clock_today(&o->clock);
    if (load(o, key, err) && take_definitions(o, sets, err)) o->seal = seal_open(store_folder(store), create, err);
    if (o->seal) return o;
    office_close(o);
    return NULL;
}

void office_close(struct office *o)
{
    if (!o) return;
    seal_close(o->seal);
    if (o->model != store_model(o->store)) definition_sets_give(o->sets, o->model);
    arena_close(o->arena);
    free(o);
}

struct formula_run office_run(const struct office *o)
{
    return (struct formula_run){.office = o->key, .today = clock_today(&o->clock)};
}
