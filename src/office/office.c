#include "office/office.h"

#include <stdlib.h>

#include "base/file.h"
#include "office/seal.h"

/* A new key beside old records would hide the loss of the old one, with which all their private fields are lost. */
static bool key_may_be_made(struct store *store, struct error *err)
{
    auto_arena a = arena_open();
    int64_t acts;
    struct str hash;
    if (file_exists(str_cstr(a, str_printf(a, "%s/key", store_folder(store))))) return true;
    struct conn *c = store_read(store, err);
    if (!c) return false;
    bool ok = act_last(c, a, store_model(store)->office.key, &acts, &hash, err);
    store_done(c);
    if (!ok || acts == 0) return ok;
    return error_set(err, ERR_STORE, "缺少密钥文件 %s/key：请从备份恢复这个文件，没有它无法读取隐私信息",
                     store_folder(store));
}

struct office *office_open(struct store *store, struct clock clock, bool create, struct error *err)
{
    if (!key_may_be_made(store, err)) return NULL;
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
