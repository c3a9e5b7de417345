/* load: asks an HTTP/1.1 server on this machine over kept connections, as fast as it answers.
 *
 *   load --port P (--path PATH | --paths FILE) [--connections N] [--seconds S] [--warm S] [--count N]
 *        [--body FILE] [--header 'Name: value']… [--from N]
 *
 * One thread and epoll, so that the client takes little of the machine that it measures. Each connection has one
 * request under way. `{n}` in a path or in the body becomes a running number that begins at --from. --paths has a path
 * on each line, asked in turn. Requests begun in the first --warm seconds count for nothing. The answer is one line of
 * JSON: how many, how many a second, and the times from the first byte sent to the last received. An error is a status
 * other than 200 or a connection that broke. It connects to 127.0.0.1 alone. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 10000, MOST_HEADERS = 16, HEAD_ROOM = 16 << 10, READ_ROOM = 256 << 10, DRAIN_SECONDS = 30 };

struct text {
    char *s;
    size_t len, cap;
};

struct options {
    int port, connections;
    double seconds, warm;
    long long count, from; /* count 0: as many as the time allows */
    char **paths;
    size_t path_count;
    const char *body; /* NULL: GET */
    const char *headers[MOST_HEADERS];
    size_t header_count;
};

struct connection {
    int fd;
    struct text out;
    size_t sent;
    char head[HEAD_ROOM]; /* the status line and headers of the answer */
    size_t head_len;
    bool in_body, closing;
    int status;
    size_t body_left;
    double began;
};

struct run {
    struct options o;
    int epoll;
    struct connection *connections;
    char *room;
    double *times; /* seconds, of what counts */
    size_t time_count, time_cap;
    long long next, started, finished, errors, bytes;
    int busy;
    double start, measured_from, last;
    char first_error[200];
};

static void die(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static void *must(void *p)
{
    if (!p) die("no memory");
    return p;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put(struct text *t, const char *s, size_t len)
{
    if (t->len + len > t->cap) {
        t->cap = (t->len + len) * 2;
        t->s = must(realloc(t->s, t->cap));
    }
    memcpy(t->s + t->len, s, len);
    t->len += len;
}

static void puts_to(struct text *t, const char *s)
{
    put(t, s, strlen(s));
}

/* The template with the number in every place of {n}. */
static void put_template(struct text *t, const char *s, long long n)
{
    char number[32];
    int len = snprintf(number, sizeof number, "%lld", n);
    for (const char *at; (at = strstr(s, "{n}")); s = at + 3) {
        put(t, s, (size_t)(at - s));
        put(t, number, (size_t)len);
    }
    puts_to(t, s);
}

/* ---- requests ---- */

static void write_request(struct run *r, struct connection *c)
{
    const struct options *o = &r->o;
    long long n = r->next++;
    struct text body = {0};
    c->out.len = c->sent = 0;
    puts_to(&c->out, o->body ? "POST " : "GET ");
    put_template(&c->out, o->paths[(size_t)(n - o->from) % o->path_count], n);
    puts_to(&c->out, " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (size_t i = 0; i < o->header_count; i++) {
        puts_to(&c->out, o->headers[i]);
        puts_to(&c->out, "\r\n");
    }
    if (o->body) {
        char length[64];
        put_template(&body, o->body, n);
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", body.len);
        puts_to(&c->out, length);
    }
    puts_to(&c->out, "\r\n");
    if (o->body) put(&c->out, body.s, body.len);
    free(body.s);
}

static void failed(struct run *r, const char *what, const char *more, size_t len)
{
    r->errors++;
    if (!r->first_error[0]) snprintf(r->first_error, sizeof r->first_error, "%s %.*s", what, (int)(len > 120 ? 120 : len), more);
}

static void watch(struct run *r, struct connection *c, int how, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(r->epoll, how, c->fd, &e) != 0) die("epoll");
}

static void connect_to_server(struct run *r, struct connection *c)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)r->o.port)};
    int yes = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(r, c, EPOLL_CTL_ADD, EPOLLIN);
}

static bool may_begin(const struct run *r)
{
    if (r->o.count) return r->started < r->o.count;
    return now() < r->start + r->o.warm + r->o.seconds;
}

static void send_some(struct run *r, struct connection *c);

static void begin(struct run *r, struct connection *c)
{
    if (!may_begin(r)) return;
    write_request(r, c);
    r->started++;
    r->busy++;
    c->head_len = c->body_left = 0;
    c->in_body = c->closing = false;
    c->began = now();
    send_some(r, c);
}

static void reconnect(struct run *r, struct connection *c)
{
    close(c->fd);
    connect_to_server(r, c);
}

static void broken(struct run *r, struct connection *c)
{
    failed(r, "the connection broke", strerror(errno), 60);
    r->busy--;
    reconnect(r, c);
    if (r->errors < 1000) begin(r, c);
}

static void send_some(struct run *r, struct connection *c)
{
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.s + c->sent, c->out.len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            watch(r, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n <= 0) {
            broken(r, c);
            return;
        }
        c->sent += (size_t)n;
    }
}

/* ---- answers ---- */

static void answered(struct run *r, struct connection *c)
{
    double end = now();
    r->busy--;
    if (c->status != 200) failed(r, "the answer was", c->head, strcspn(c->head, "\r"));
    if (c->began >= r->measured_from) {
        if (r->time_count == r->time_cap) {
            r->time_cap = r->time_cap ? r->time_cap * 2 : 4096;
            r->times = must(realloc(r->times, r->time_cap * sizeof *r->times));
        }
        r->times[r->time_count++] = end - c->began;
        r->last = end;
    }
    r->finished++;
    if (c->closing) reconnect(r, c);
    begin(r, c);
}

static bool read_head(struct connection *c)
{
    bool has_length = false;
    if (sscanf(c->head, "HTTP/1.%*d %d", &c->status) != 1) return false;
    for (char *line = strstr(c->head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            c->body_left = (size_t)strtoull(line + 15, NULL, 10);
            has_length = true;
        } else if (strncasecmp(line, "Connection: close", 17) == 0) {
            c->closing = true;
        }
    }
    return has_length;
}

/* Takes what was received; false when it is no HTTP that we understand. */
static bool take(struct run *r, struct connection *c, const char *data, size_t size)
{
    r->bytes += (long long)size;
    if (!c->in_body) {
        size_t part = size < HEAD_ROOM - 1 - c->head_len ? size : HEAD_ROOM - 1 - c->head_len;
        memcpy(c->head + c->head_len, data, part);
        c->head[c->head_len + part] = '\0';
        char *end = strstr(c->head, "\r\n\r\n");
        if (!end) {
            c->head_len += part;
            return c->head_len < HEAD_ROOM - 1;
        }
        size_t used = (size_t)(end + 4 - c->head) - c->head_len;
        end[2] = '\0';
        c->in_body = true;
        if (!read_head(c)) return false;
        size -= used;
    }
    if (size > c->body_left) return false;
    c->body_left -= size;
    if (c->body_left == 0) answered(r, c);
    return true;
}

static void receive_some(struct run *r, struct connection *c)
{
    ssize_t n = recv(c->fd, r->room, READ_ROOM, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0 || !take(r, c, r->room, (size_t)n)) broken(r, c);
}

static void loop(struct run *r)
{
    struct epoll_event events[256];
    double stop = 0;
    for (int i = 0; i < r->o.connections; i++) begin(r, &r->connections[i]);
    while (r->busy) {
        int n = epoll_wait(r->epoll, events, 256, 1000);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(r, c, EPOLL_CTL_MOD, EPOLLIN);
                send_some(r, c);
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive_some(r, c);
        }
        if (may_begin(r)) continue;
        if (stop == 0) stop = now() + DRAIN_SECONDS;
        if (now() < stop) continue;
        failed(r, "no answer within", "30 s after the end", 18);
        return;
    }
}

/* ---- the outcome ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const struct run *r, double q)
{
    if (!r->time_count) return 0;
    size_t at = (size_t)(q * (double)r->time_count);
    return r->times[at < r->time_count ? at : r->time_count - 1] * 1e3;
}

static void print(struct run *r)
{
    double seconds = r->last - r->measured_from;
    if (r->time_count) qsort(r->times, r->time_count, sizeof *r->times, by_size);
    for (char *p = r->first_error; *p; p++)
        if (*p == '"' || *p == '\\' || (unsigned char)*p < 32) *p = ' ';
    printf("{\"requests\":%lld,\"measured\":%zu,\"errors\":%lld,\"seconds\":%.3f,\"rate\":%.1f,\"p50_ms\":%.3f,"
           "\"p99_ms\":%.3f,\"max_ms\":%.3f,\"bytes\":%lld,\"first_error\":\"%s\"}\n",
           r->finished, r->time_count, r->errors, seconds, seconds > 0 ? (double)r->time_count / seconds : 0,
           quantile(r, 0.5), quantile(r, 0.99), quantile(r, 1), r->bytes, r->first_error);
}

static char *read_file(const char *path)
{
    struct text t = {0};
    char part[65536];
    FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!f) die(path);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) put(&t, part, n);
    fclose(f);
    put(&t, "", 1);
    return t.s;
}

static void read_paths(struct options *o, char *text)
{
    for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text)) {
        o->paths = must(realloc(o->paths, (o->path_count + 1) * sizeof *o->paths));
        o->paths[o->path_count++] = line;
    }
}

static void read_options(struct options *o, int argc, char **argv)
{
    static const struct option known[] = {
        {"port", 1, 0, 'p'},  {"path", 1, 0, 'P'},  {"paths", 1, 0, 'F'}, {"connections", 1, 0, 'c'},
        {"seconds", 1, 0, 's'}, {"warm", 1, 0, 'w'}, {"count", 1, 0, 'n'}, {"body", 1, 0, 'b'},
        {"header", 1, 0, 'h'}, {"from", 1, 0, 'f'}, {0, 0, 0, 0}};
    *o = (struct options){.connections = 1, .seconds = 3, .from = 1};
    for (int k; (k = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (k) {
        case 'p': o->port = (int)strtol(optarg, NULL, 10); break;
        case 'P': read_paths(o, must(strdup(optarg))); break;
        case 'F': read_paths(o, read_file(optarg)); break;
        case 'c': o->connections = (int)strtol(optarg, NULL, 10); break;
        case 's': o->seconds = strtod(optarg, NULL); break;
        case 'w': o->warm = strtod(optarg, NULL); break;
        case 'n': o->count = strtoll(optarg, NULL, 10); break;
        case 'b': o->body = read_file(optarg); break;
        case 'f': o->from = strtoll(optarg, NULL, 10); break;
        case 'h':
            if (o->header_count == MOST_HEADERS) die("too many headers");
            o->headers[o->header_count++] = optarg;
            break;
        default: exit(2);
        }
    }
    if (!o->port || !o->path_count || o->connections < 1 || o->connections > MOST_CONNECTIONS)
        die("wants --port, --path or --paths, and 1 to 10000 --connections");
}

int main(int argc, char **argv)
{
    struct run r = {0};
    read_options(&r.o, argc, argv);
    r.next = r.o.from;
    r.epoll = epoll_create1(EPOLL_CLOEXEC);
    r.room = must(malloc(READ_ROOM));
    r.connections = must(calloc((size_t)r.o.connections, sizeof *r.connections));
    for (int i = 0; i < r.o.connections; i++) connect_to_server(&r, &r.connections[i]);
    r.start = now();
    r.measured_from = r.last = r.start + r.o.warm;
    loop(&r);
    print(&r);
    return 0;
}
