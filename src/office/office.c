#include "office/office.h"

#include <stdlib.h>

#include "base/file.h"
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

struct office *office_open(struct store *store, struct str key, struct clock clock, bool create, struct error *err)
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
    if (load(o, key, err)) o->seal = seal_open(store_folder(store), create, err);
    if (o->seal) return o;
    office_close(o);
    return NULL;
}

void office_close(struct office *o)
{
    if (!o) return;
    seal_close(o->seal);
    arena_close(o->arena);
    free(o);
}

struct formula_run office_run(const struct office *o)
{
    return (struct formula_run){.office = o->key, .today = clock_today(&o->clock)};
}
