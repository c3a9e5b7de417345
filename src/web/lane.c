#include "web/lane.h"

#include <pthread.h>
#include <stdlib.h>

/* Enough for the deepest page with room to spare; only what is touched takes memory. */
enum { STACK_BYTES = 1024 * 1024 };

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t put;
    void (*work)(void *piece);
    pthread_t *threads;
    unsigned started, most_threads, idle;
    void **ring; /* what waits, from `first` on */
    size_t first, count, room;
    bool closing;
};

struct lane *lane_open(unsigned threads, size_t most_waiting, void (*work)(void *piece))
{
    struct lane *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->threads = calloc(threads, sizeof *l->threads);
    l->ring = calloc(most_waiting, sizeof *l->ring);
    l->most_threads = threads;
    l->room = most_waiting;
    l->work = work;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->put, NULL);
    if (l->threads && l->ring) return l;
    lane_close(l);
    return NULL;
}

/* With the lock held: NULL when the lane closes and nothing is left. */
static void *next_piece(struct lane *l)
{
    l->idle++;
    while (l->count == 0 && !l->closing) pthread_cond_wait(&l->put, &l->lock);
    l->idle--;
    if (l->count == 0) return NULL;
    void *piece = l->ring[l->first];
    l->first = (l->first + 1) % l->room;
    l->count--;
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

bool lane_put(struct lane *l, void *piece)
{
    pthread_mutex_lock(&l->lock);
    if (l->count >= l->idle && l->started < l->most_threads && !l->closing) start_thread(l);
    bool taken = l->count < l->room && l->started && !l->closing;
    if (taken) {
        l->ring[(l->first + l->count) % l->room] = piece;
        l->count++;
        pthread_cond_signal(&l->put);
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
