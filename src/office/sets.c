#include "office/sets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "model/overlay.h"

/* One that was loaded, or did not fit: then it has no model, and is remembered so that it is not tried at every look. */
struct set {
    char *digest;
    struct model *model;
    struct error fault;
    size_t users;
    struct set *next;
};

struct definition_sets {
    struct store *store;
    pthread_mutex_t lock;
    struct set *list;
};

struct definition_sets *definition_sets_open(struct store *store)
{
    struct definition_sets *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void drop(struct set *set)
{
    model_close(set->model);
    free(set->digest);
    free(set);
}

void definition_sets_close(struct definition_sets *s)
{
    if (!s) return;
    while (s->list) {
        struct set *set = s->list;
        s->list = set->next;
        drop(set);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* ---- loading ---- */

static bool read_files(struct definition_sets *s, struct arena *a, const struct definitions_row *row,
                       struct definition_file **files, size_t *count, struct error *err)
{
    struct conn *c = store_read(s->store, err);
    if (!c) return false;
    bool ok = definitions_files(c, a, row->office, row->digest, files, count, err);
    store_done(c);
    if (!ok) return false;
    return str_eq(definition_files_digest(a, *files, *count), row->digest) ||
           error_set(err, ERR_STORE, "「%.*s」下发的第 %lld 份定义与它的摘要不符，文件被改动过：请从备份恢复",
                     STR_ARG(row->name), (long long)row->number);
}

static struct model *load(struct definition_sets *s, struct arena *a, const struct definitions_row *row,
                          struct error *err)
{
    struct definition_file *files;
    size_t count;
    struct errors faults = errors_in(a);
    if (!read_files(s, a, row, &files, &count, err)) return NULL;
    struct model *m = overlay_load(store_model(s->store), files, count, &faults);
    if (!m)
        error_at(err, ERR_DEFINITION, str_from(faults.items[0].where),
                 "「%.*s」下发的第 %lld 份定义与本程序的定义不相容：%s。请由它重新下发或者撤回，或者换回原来的程序",
                 STR_ARG(row->name), (long long)row->number, faults.items[0].message);
    return m;
}

/* Its tables are made when it is issued; a program with other definitions of its own, or another database, makes them
 * when it first uses the set. */
static bool bring(struct definition_sets *s, const struct model *m, struct error *err)
{
    bool has = false;
    struct conn *c = store_read(s->store, err);
    bool ok = c && store_has_definitions(c, m, &has, err);
    if (c) store_done(c);
    if (!ok || has) return ok;
    c = store_write(s->store, store_model(s->store)->office.key, err);
    if (!c) return false;
    if (store_bring_definitions(c, m, err)) return store_commit(c, err);
    store_rollback(c);
    return false;
}

/* False for a fault that may pass: then nothing is remembered. */
static bool make(struct definition_sets *s, const struct definitions_row *row, struct set **made, struct error *err)
{
    auto_arena a = arena_open();
    struct set *set = calloc(1, sizeof *set);
    if (!set) abort();
    set->model = load(s, a, row, &set->fault);
    set->digest = strdup(str_cstr(a, row->digest));
    if (!set->digest) abort();
    if (set->model && !bring(s, set->model, &set->fault)) {
        model_close(set->model);
        set->model = NULL;
    }
    if (set->model || set->fault.code == ERR_DEFINITION) {
        *made = set;
        return true;
    }
    *err = set->fault;
    drop(set);
    return false;
}

/* ---- taking ---- */

static struct set *find(struct definition_sets *s, const struct definitions_row *row, struct error *err)
{
    struct set *set = s->list;
    while (set && !str_is(row->digest, set->digest)) set = set->next;
    if (set || !make(s, row, &set, err)) return set;
    set->next = s->list;
    s->list = set;
    return set;
}

const struct model *definition_sets_take(struct definition_sets *s, const struct definitions_row *row,
                                         struct error *err)
{
    pthread_mutex_lock(&s->lock);
    struct set *set = find(s, row, err);
    const struct model *m = set ? set->model : NULL;
    if (m) set->users++;
    if (set && !m) *err = set->fault;
    pthread_mutex_unlock(&s->lock);
    return m;
}

void definition_sets_give(struct definition_sets *s, const struct model *model)
{
    pthread_mutex_lock(&s->lock);
    for (struct set **at = &s->list; *at; at = &(*at)->next) {
        struct set *set = *at;
        if (set->model != model) continue;
        if (--set->users == 0) {
            *at = set->next;
            drop(set);
        }
        break;
    }
    pthread_mutex_unlock(&s->lock);
}
