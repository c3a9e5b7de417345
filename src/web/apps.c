#include "web/apps.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"

/* Where acts ask it themselves (definitions_still_hold), and are refused meanwhile, looking costs next to nothing. */
enum { LOOK_MS = 1000, LOOK_OFTEN_MS = 50 };

struct entry {
    struct app app;
    size_t users;
    bool retired;    /* in the list no more: closed by the last user */
    uint64_t looked; /* the state of the database that it was last compared with */
};

struct apps {
    pthread_mutex_t lock;
    struct app *own;
    struct entry **list; /* by key */
    size_t count, cap;
    uint64_t state;      /* counts the changes of version or day that were seen */
    int64_t version;
    struct date today;
    int64_t looked_at; /* ms of the monotonic clock; 0: never */
};

struct apps *apps_open(struct app *own)
{
    struct apps *s = calloc(1, sizeof *s);
    if (!s) abort();
    pthread_mutex_init(&s->lock, NULL);
    s->own = own;
    return s;
}

static void destroy(struct entry *e)
{
    office_close(e->app.office);
    free(e);
}

void apps_close(struct apps *s)
{
    for (size_t i = 0; i < s->count; i++) destroy(s->list[i]);
    free(s->list);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* ---- the list, under the lock ---- */

/* Where the key stands or would stand. */
static size_t place_of(const struct apps *s, struct str key, bool *there)
{
    size_t low = 0, high = s->count;
    *there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(s->list[middle]->app.office->key, key);
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

static struct entry *find(const struct apps *s, struct str key)
{
    bool there;
    size_t at = place_of(s, key, &there);
    return there ? s->list[at] : NULL;
}

static void insert(struct apps *s, size_t at, struct entry *e)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 16;
        s->list = realloc(s->list, s->cap * sizeof *s->list);
        if (!s->list) abort();
    }
    memmove(s->list + at + 1, s->list + at, (s->count - at) * sizeof *s->list);
    s->list[at] = e;
    s->count++;
}

/* Takes it out; gives it when nobody uses it any more, to be destroyed without the lock. */
static struct entry *retire(struct apps *s, struct str key)
{
    bool there;
    size_t at = place_of(s, key, &there);
    if (!there) return NULL;
    struct entry *e = s->list[at];
    memmove(s->list + at, s->list + at + 1, (s->count - at - 1) * sizeof *s->list);
    s->count--;
    e->retired = true;
    return e->users ? NULL : e;
}

/* ---- what the database says now ---- */

/* One request a second asks; a database that does not answer tells the request itself. */
static void look(struct apps *s)
{
    struct error ignored;
    int64_t version = 0, now = monotonic_ms() + 1;
    int64_t pause = store_has_one_writer(s->own->office->store) ? LOOK_OFTEN_MS : LOOK_MS;
    pthread_mutex_lock(&s->lock);
    bool due = !s->looked_at || now - s->looked_at >= pause;
    if (due) s->looked_at = now;
    pthread_mutex_unlock(&s->lock);
    if (!due) return;
    struct conn *c = store_read(s->own->office->store, &ignored);
    bool ok = c && store_version(c, &version, &ignored);
    if (c) store_done(c);
    if (!ok) return;
    struct date today = clock_today(&s->own->office->clock);
    pthread_mutex_lock(&s->lock);
    if (version != s->version || date_cmp(today, s->today) != 0) s->state++;
    s->version = version;
    s->today = today;
    pthread_mutex_unlock(&s->lock);
}

void apps_look_again(struct apps *s)
{
    pthread_mutex_lock(&s->lock);
    s->looked_at = 0;
    pthread_mutex_unlock(&s->lock);
}

static bool is_current(const struct office *o, bool *current, struct error *err)
{
    struct conn *c = store_read(o->store, err);
    if (!c) return false;
    bool ok = office_is_current(o, c, current, err);
    store_done(c);
    return ok;
}

/* ---- taking and giving back ---- */

static struct entry *make(const struct apps *s, struct str key, uint64_t state, struct error *err)
{
    const struct office *own = s->own->office;
    struct entry *e = calloc(1, sizeof *e);
    if (!e) abort();
    e->app = *s->own;
    e->looked = state;
    e->app.office = office_open(own->store, s->own->sets, key, own->clock, false, err);
    if (e->app.office && !e->app.office->info.closed) return e;
    if (e->app.office) error_set(err, ERR_NOT_FOUND, "这个单位已经停用");
    destroy(e);
    return NULL;
}

/* The entry that is held, when it still holds. False for a fault. */
static bool refresh(struct apps *s, struct entry *e, uint64_t state, bool *current, struct error *err)
{
    if (!is_current(e->app.office, current, err)) return false;
    pthread_mutex_lock(&s->lock);
    if (*current && e->looked < state) e->looked = state;
    pthread_mutex_unlock(&s->lock);
    return true;
}

/* In place of what stands there; another thread may have been as fast: then its entry is taken. */
static struct app *put_in(struct apps *s, struct str key, struct entry *made)
{
    struct entry *gone = NULL;
    bool there;
    pthread_mutex_lock(&s->lock);
    struct entry *is = find(s, key);
    if (is && is->looked >= made->looked) {
        gone = made;
        made = is;
    } else {
        gone = retire(s, key);
        insert(s, place_of(s, key, &there), made);
    }
    made->users++;
    pthread_mutex_unlock(&s->lock);
    if (gone) destroy(gone);
    return &made->app;
}

static void drop_stale(struct apps *s, struct str key, uint64_t state)
{
    pthread_mutex_lock(&s->lock);
    struct entry *is = find(s, key), *gone = is && is->looked < state ? retire(s, key) : NULL;
    pthread_mutex_unlock(&s->lock);
    if (gone) destroy(gone);
}

struct app *apps_get(struct apps *s, struct str key, struct error *err)
{
    if (key.len == 0) {
        error_set(err, ERR_NOT_FOUND, "没有写明单位");
        return NULL;
    }
    look(s);
    pthread_mutex_lock(&s->lock);
    uint64_t state = s->state;
    struct entry *e = find(s, key);
    if (e) e->users++;
    bool current = e && e->looked == state;
    pthread_mutex_unlock(&s->lock);
    if (current) return &e->app;
    bool ok = !e || refresh(s, e, state, &current, err);
    if (ok && current) return &e->app;
    if (e) apps_put(&e->app);
    struct entry *made = ok ? make(s, key, state, err) : NULL; /* reads the database, so without the lock */
    if (made) return put_in(s, key, made);
    if (ok) drop_stale(s, key, state);
    return NULL;
}

static struct entry *entry_of(struct app *app)
{
    return (struct entry *)((char *)app - offsetof(struct entry, app));
}

void apps_hold(struct app *app)
{
    struct apps *s = app->all;
    if (app == s->own) return;
    pthread_mutex_lock(&s->lock);
    entry_of(app)->users++;
    pthread_mutex_unlock(&s->lock);
}

void apps_put(struct app *app)
{
    struct apps *s = app->all;
    if (app == s->own) return;
    struct entry *e = entry_of(app);
    pthread_mutex_lock(&s->lock);
    bool last = --e->users == 0 && e->retired;
    pthread_mutex_unlock(&s->lock);
    if (last) destroy(e);
}
