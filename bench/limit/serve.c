#include "serve.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_READERS = 64 };

/* One request. */
struct job {
    struct MHD_Connection *connection;
    bool is_act, written, ok;
    struct job *next;
};

struct server {
    const struct engine *engine;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last; /* acts that wait */
    bool ending;
    void *readers[MOST_READERS]; /* idle ones */
    size_t reader_count;
    long long acts, transactions;
};

/* ---- acts ---- */

/* The connection is set aside while its act waits, so that no thread is held and all waiting acts share one commit. */
static void enqueue(struct server *s, struct job *j)
{
    MHD_suspend_connection(j->connection);
    pthread_mutex_lock(&s->lock);
    *s->last = j;
    s->last = &j->next;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

static struct job *take_waiting(struct server *s, size_t *count)
{
    struct job *list = s->first;
    *count = 0;
    for (struct job *j = list; j; j = j->next) (*count)++;
    s->first = NULL;
    s->last = &s->first;
    return list;
}

static void *write_all(void *arg)
{
    struct server *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->first && !s->ending) pthread_cond_wait(&s->wake, &s->lock);
        if (!s->first) break;
        size_t count;
        struct job *list = take_waiting(s, &count);
        pthread_mutex_unlock(&s->lock);
        bool ok = s->engine->write(s->engine->state, count);
        s->acts += (long long)count;
        s->transactions++;
        while (list) {
            struct job *j = list;
            list = j->next;
            j->written = true;
            j->ok = ok;
            MHD_resume_connection(j->connection);
        }
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- reads ---- */

static void *take_reader(struct server *s)
{
    pthread_mutex_lock(&s->lock);
    void *r = s->reader_count ? s->readers[--s->reader_count] : NULL;
    pthread_mutex_unlock(&s->lock);
    return r ? r : s->engine->reader(s->engine->state);
}

static void give_reader(struct server *s, void *r)
{
    pthread_mutex_lock(&s->lock);
    if (s->reader_count == MOST_READERS) die("more readers than threads", NULL);
    s->readers[s->reader_count++] = r;
    pthread_mutex_unlock(&s->lock);
}

static bool read_page(struct server *s, const char *url, struct MHD_Connection *c, struct page *page)
{
    const char *id = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "id");
    if (strncmp(url, "/q/", 3) != 0) return false;
    void *r = take_reader(s);
    page_put(page, "<!doctype html><title>limit</title><table>");
    bool ok = s->engine->read(r, url + 3, id ? strtoll(id, NULL, 10) : 0, page);
    page_put(page, "</table>");
    give_reader(s, r);
    return ok;
}

/* ---- HTTP ---- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, char *text, size_t len,
                              enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(len, text, mode);
    if (!r) return MHD_NO;
    MHD_add_response_header(r, "Content-Type", type);
    enum MHD_Result ok = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **con_cls)
{
    (void)version, (void)data;
    static char yes[] = "{\"ok\":true}", no[] = "{\"ok\":false}";
    struct server *s = cls;
    struct job *j = *con_cls;
    if (!j) {
        j = *con_cls = must(calloc(1, sizeof *j));
        j->connection = c;
        j->is_act = strcmp(method, "POST") == 0;
        return MHD_YES;
    }
    if (*size) {
        *size = 0; /* the body is read to its end, as the product must */
        return MHD_YES;
    }
    if (j->is_act && !j->written && s->engine->write) {
        enqueue(s, j);
        return MHD_YES;
    }
    if (j->is_act)
        return answer(c, j->ok ? 200 : 500, "application/json", j->ok ? yes : no, strlen(j->ok ? yes : no),
                      MHD_RESPMEM_PERSISTENT);
    struct page page = {0};
    bool ok = read_page(s, url, c, &page);
    return answer(c, ok ? 200 : 404, "text/html; charset=utf-8", page.s, page.len, MHD_RESPMEM_MUST_FREE);
}

static void end_request(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)c, (void)why;
    free(*con_cls);
    *con_cls = NULL;
}

static struct MHD_Daemon *start(struct server *s, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = processors < 2 ? 2 : processors > 8 ? 8 : (unsigned)processors; /* as the product */
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                            on_request, s, MHD_OPTION_SOCK_ADDR, &a, MHD_OPTION_THREAD_POOL_SIZE, threads,
                            MHD_OPTION_NOTIFY_COMPLETED, end_request, s, MHD_OPTION_CONNECTION_TIMEOUT, 75u,
                            MHD_OPTION_CONNECTION_LIMIT, 8192u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536,
                            MHD_OPTION_END);
}

void serve(const struct engine *engine, int port)
{
    struct server s = {.engine = engine, .last = &s.first};
    pthread_t writer;
    sigset_t set;
    int got;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.wake, NULL);
    if (pthread_create(&writer, NULL, write_all, &s) != 0) die("no thread", NULL);
    struct MHD_Daemon *d = start(&s, port);
    if (!d) die("cannot listen", NULL);
    printf("ready\n");
    fflush(stdout);
    sigwait(&set, &got);
    pthread_mutex_lock(&s.lock);
    s.ending = true;
    pthread_cond_signal(&s.wake);
    pthread_mutex_unlock(&s.lock);
    pthread_join(writer, NULL);
    MHD_stop_daemon(d);
    printf("%lld acts in %lld transactions\n", s.acts, s.transactions);
}
