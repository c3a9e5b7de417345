#include "web/apps.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct apps {
    pthread_mutex_t lock;
    struct app *own;
    struct app **list; /* by key */
    size_t count, cap;
};

struct apps *apps_open(struct app *own)
{
    struct apps *s = calloc(1, sizeof *s);
    if (!s) abort();
    pthread_mutex_init(&s->lock, NULL);
    s->own = own;
    return s;
}

void apps_close(struct apps *s)
{
    for (size_t i = 0; i < s->count; i++) {
        office_close(s->list[i]->office);
        free(s->list[i]);
    }
    free(s->list);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* Where the key stands or would stand. */
static size_t place_of(const struct apps *s, struct str key, bool *there)
{
    size_t low = 0, high = s->count;
    *there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(s->list[middle]->office->key, key);
        if (order == 0) {
            *there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct app *make(const struct apps *s, struct str key, struct error *err)
{
    const struct office *own = s->own->office;
    struct app *app = calloc(1, sizeof *app);
    if (!app) abort();
    *app = *s->own;
    app->office = office_open(own->store, key, own->clock, false, err);
    if (app->office && !app->office->info.closed) return app;
    if (app->office) error_set(err, ERR_NOT_FOUND, "这个单位已经停用");
    office_close(app->office);
    free(app);
    return NULL;
}

static void keep(struct apps *s, size_t at, struct app *app)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 16;
        s->list = realloc(s->list, s->cap * sizeof *s->list);
        if (!s->list) abort();
    }
    memmove(s->list + at + 1, s->list + at, (s->count - at) * sizeof *s->list);
    s->list[at] = app;
    s->count++;
}

static struct app *find(struct apps *s, struct str key)
{
    bool there;
    pthread_mutex_lock(&s->lock);
    size_t at = place_of(s, key, &there);
    struct app *app = there ? s->list[at] : NULL;
    pthread_mutex_unlock(&s->lock);
    return app;
}

struct app *apps_get(struct apps *s, struct str key, struct error *err)
{
    if (key.len == 0) {
        error_set(err, ERR_NOT_FOUND, "没有写明单位");
        return NULL;
    }
    if (str_eq(key, s->own->office->key)) return s->own;
    struct app *app = find(s, key);
    if (app) return app;
    struct app *made = make(s, key, err); /* reads the database, so without the lock */
    if (!made) return NULL;
    bool there;
    pthread_mutex_lock(&s->lock);
    size_t at = place_of(s, key, &there);
    if (!there) keep(s, at, made);
    app = s->list[at];
    pthread_mutex_unlock(&s->lock);
    if (app == made) return app;
    office_close(made->office);
    free(made);
    return app;
}
