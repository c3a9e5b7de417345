#include "web/guests.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/monotonic.h"

enum {
    SURPLUS = 256,       /* let in to be told that all places are taken */
    HEADER_SECONDS = 20, /* from connecting to the end of the headers */
    IDLE_SECONDS = 75,   /* from one answer to the end of the next request's headers */
    GRACE_SECONDS = 20,  /* before a body's or an answer's speed is looked at */
    LEAST_SPEED = 2048,  /* bytes a second */
    SURPLUS_SECONDS = 5,
    CROWDED_SECONDS = 5, /* the longest idleness when nearly all places are taken */
};

struct guest {
    struct guests *list;
    struct guest *next, *before;
    int fd;
    bool surplus, ended;
    enum guest_phase phase;
    time_t since;
    size_t bytes;
    bool noted;     /* taking: */
    uint64_t taken; /* what the connection had taken when the watcher first looked */
};

struct guests {
    pthread_mutex_t lock;
    pthread_cond_t closing_said;
    pthread_t watcher;
    struct guest *first;
    unsigned count, most;
    bool closing, watched;
};

static time_t seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* How much of the answer under way has arrived. What waits in our kernel's buffers has not: it may be megabytes. */
static size_t arrived(struct guest *g)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(g->fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 ||
        length < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
        return g->bytes;
    if (!g->noted) g->taken = info.tcpi_bytes_acked;
    g->noted = true;
    return (size_t)(info.tcpi_bytes_acked - g->taken);
}

/* How long a guest may be in his phase. */
static time_t patience(struct guest *g, bool crowded)
{
    if (g->surplus) return SURPLUS_SECONDS;
    switch (g->phase) {
    case GUEST_NEW: return crowded ? CROWDED_SECONDS : HEADER_SECONDS;
    case GUEST_IDLE: return crowded ? CROWDED_SECONDS : IDLE_SECONDS;
    case GUEST_SENDING: return GRACE_SECONDS + (time_t)(g->bytes / LEAST_SPEED);
    case GUEST_TAKING: return GRACE_SECONDS + (time_t)(arrived(g) / LEAST_SPEED);
    case GUEST_SERVED: break;
    }
    return -1;
}

/* With the lock held, so that no descriptor is closed meanwhile. */
static void look_at_all(struct guests *list)
{
    time_t now = seconds_now();
    bool crowded = list->count > list->most - list->most / 10;
    for (struct guest *g = list->first; g; g = g->next) {
        time_t most = patience(g, crowded);
        if (most < 0 || g->ended || now - g->since <= most) continue;
        g->ended = true;
        /* What he did not take is forgotten: else the kernel would go on offering it. */
        setsockopt(g->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
        shutdown(g->fd, SHUT_RDWR);
    }
}

static void *watch(void *arg)
{
    struct guests *list = arg;
    pthread_mutex_lock(&list->lock);
    while (!list->closing) {
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&list->closing_said, &list->lock, &next);
        if (!list->closing) look_at_all(list);
    }
    pthread_mutex_unlock(&list->lock);
    return NULL;
}

struct guests *guests_open(unsigned most)
{
    struct guests *list = calloc(1, sizeof *list);
    if (!list) return NULL;
    list->most = most;
    pthread_mutex_init(&list->lock, NULL);
    monotonic_cond(&list->closing_said);
    list->watched = pthread_create(&list->watcher, NULL, watch, list) == 0;
    if (list->watched) return list;
    guests_close(list);
    return NULL;
}

void guests_close(struct guests *list)
{
    if (!list) return;
    pthread_mutex_lock(&list->lock);
    list->closing = true;
    pthread_cond_signal(&list->closing_said);
    pthread_mutex_unlock(&list->lock);
    if (list->watched) pthread_join(list->watcher, NULL);
    pthread_cond_destroy(&list->closing_said);
    pthread_mutex_destroy(&list->lock);
    free(list);
}

bool guests_room(struct guests *list)
{
    pthread_mutex_lock(&list->lock);
    bool room = list->count < list->most + SURPLUS;
    pthread_mutex_unlock(&list->lock);
    return room;
}

struct guest *guest_enter(struct guests *list, int fd)
{
    struct guest *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    *g = (struct guest){.list = list, .fd = fd, .since = seconds_now()};
    pthread_mutex_lock(&list->lock);
    g->surplus = list->count >= list->most;
    list->count++;
    g->next = list->first;
    if (g->next) g->next->before = g;
    list->first = g;
    pthread_mutex_unlock(&list->lock);
    return g;
}

void guest_leave(struct guest *g)
{
    if (!g) return;
    struct guests *list = g->list;
    pthread_mutex_lock(&list->lock);
    if (g->before)
        g->before->next = g->next;
    else
        list->first = g->next;
    if (g->next) g->next->before = g->before;
    list->count--;
    pthread_mutex_unlock(&list->lock);
    free(g);
}

void guest_phase(struct guest *g, enum guest_phase phase, size_t bytes)
{
    if (!g) return;
    pthread_mutex_lock(&g->list->lock);
    g->phase = phase;
    g->bytes = bytes;
    g->noted = false;
    g->since = seconds_now();
    pthread_mutex_unlock(&g->list->lock);
}

void guest_sent(struct guest *g, size_t bytes)
{
    if (!g) return;
    pthread_mutex_lock(&g->list->lock);
    g->bytes = bytes;
    pthread_mutex_unlock(&g->list->lock);
}

bool guest_is_surplus(const struct guest *g)
{
    return g && g->surplus;
}
