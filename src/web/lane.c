#include "web/lane.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/monotonic.h"

enum {
    STACK_BYTES = 1024 * 1024, /* enough for the deepest page with room to spare; only what is touched takes memory */
    PATIENCE_MS = 20,          /* what has waited so long is taken though enough are at work: they seem to be held up */
};

struct waiting {
    void *piece;
    int64_t since;
};

/* Of the idle threads one at most watches the piece that has waited longest; the others sleep until they are called. */
struct lane {
    pthread_mutex_t lock;
    pthread_cond_t put;
    void (*work)(void *piece);
    pthread_t *threads;
    unsigned started, most_threads, at_once, idle, busy;
    bool watched;
    struct waiting *ring; /* what waits, from `first` on */
    size_t first, count, room;
    bool closing;
};

struct lane *lane_open(unsigned threads, unsigned at_once, size_t most_waiting, void (*work)(void *piece))
{
    struct lane *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->threads = calloc(threads, sizeof *l->threads);
    l->ring = calloc(most_waiting, sizeof *l->ring);
    l->most_threads = threads;
    l->at_once = at_once;
    l->room = most_waiting;
    l->work = work;
    pthread_mutex_init(&l->lock, NULL);
    monotonic_cond(&l->put);
    if (l->threads && l->ring) return l;
    lane_close(l);
    return NULL;
}

/* When patience with the piece that has waited longest ends. */
static int64_t limit_of_first(const struct lane *l)
{
    return l->ring[l->first].since + PATIENCE_MS;
}

static bool may_take(const struct lane *l)
{
    if (l->closing || l->busy < l->at_once) return true;
    return monotonic_ms() >= limit_of_first(l);
}

/* With the lock held. */
static void wait_for_piece(struct lane *l)
{
    if (l->count == 0 || l->watched) {
        pthread_cond_wait(&l->put, &l->lock);
        return;
    }
    struct timespec limit = monotonic_timespec(limit_of_first(l));
    l->watched = true;
    pthread_cond_timedwait(&l->put, &l->lock, &limit);
    l->watched = false;
}

/* With the lock held: NULL when the lane closes and nothing is left. */
static void *next_piece(struct lane *l)
{
    l->idle++;
    while (l->count == 0 ? !l->closing : !may_take(l)) wait_for_piece(l);
    l->idle--;
    if (l->count == 0) return NULL;
    void *piece = l->ring[l->first].piece;
    l->first = (l->first + 1) % l->room;
    l->count--;
    l->busy++;
    if (l->count && l->idle && !l->watched) pthread_cond_signal(&l->put);
    return piece;
}

static void *run(void *arg)
{
    struct lane *l = arg;
    pthread_mutex_lock(&l->lock);
    for (void *piece; (piece = next_piece(l));) {
        pthread_mutex_unlock(&l->lock);
        l->work(piece);
        pthread_mutex_lock(&l->lock);
        l->busy--;
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* With the lock held. */
static void start_thread(struct lane *l)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (pthread_create(&l->threads[l->started], &attributes, run, l) == 0) l->started++;
    pthread_attr_destroy(&attributes);
}

/* Are the idle threads too few for one more piece? When enough are at work, one is to watch over it. */
static bool needs_thread(const struct lane *l)
{
    size_t room = l->busy < l->at_once ? l->at_once - l->busy : 1;
    size_t wanted = l->count + 1 < room ? l->count + 1 : room;
    return l->idle < wanted && l->started < l->most_threads && !l->closing;
}

bool lane_put(struct lane *l, void *piece)
{
    pthread_mutex_lock(&l->lock);
    if (needs_thread(l)) start_thread(l);
    bool taken = l->count < l->room && l->started && !l->closing;
    if (taken) {
        struct waiting *w = &l->ring[(l->first + l->count) % l->room];
        w->piece = piece;
        w->since = monotonic_ms();
        l->count++;
        if (l->idle && (l->busy < l->at_once || !l->watched)) pthread_cond_signal(&l->put);
    }
    pthread_mutex_unlock(&l->lock);
    return taken;
}

void lane_end(struct lane *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->closing = true;
    pthread_cond_broadcast(&l->put);
    pthread_mutex_unlock(&l->lock);
    for (unsigned i = 0; i < l->started; i++) pthread_join(l->threads[i], NULL);
    l->started = 0;
}

void lane_close(struct lane *l)
{
    if (!l) return;
    lane_end(l);
    pthread_cond_destroy(&l->put);
    pthread_mutex_destroy(&l->lock);
    free(l->threads);
    free(l->ring);
    free(l);
}
