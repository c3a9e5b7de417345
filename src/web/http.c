#include "web/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "store/store.h"
#include "web/assets.h"
#include "web/body.h"
#include "web/guests.h"
#include "web/lane.h"
#include "web/listen.h"
#include "web/strand.h"
#include "web/templates.h"

enum {
    DEFAULT_BODY = 1 << 20,
    DEFAULT_UPLOAD = 32 << 20,
    DEFAULT_WRITERS = 96,
    MOST_ACT = 64 * 1024, /* a body that is read within the time of an act */
    STRANDS = 64,
    STRAND_SECONDS = 15, /* who stood in line so long is told to try again */
    DRAIN_FACTOR = 8,    /* a body this much over its limit is read to the end, so that the browser sees the 413 */
    IDLE_SECONDS = 75,   /* a connection without any traffic is closed */
    MOST_GUESTS = 8192,
    LEAST_GUESTS = 64,
    RESERVED_FILES = 512, /* descriptors for the database, files, and those who are told that all places are taken */
    /* MHD touches all of a connection's memory between two requests: what an idle one costs. Its own refusal of a head
     * that does not fit is English, so ours come well before. */
    CONNECTION_MEMORY = 24 * 1024,
    MOST_TARGET = 6 * 1024,
    MOST_HEADERS = 8 * 1024,
    CLOSE_WAIT_MS = 10000,
};
/* Memory kept at once for answers until their readers, who may be slow, have taken them: beyond it no downloads are
 * begun, beyond twice as much no pages. */
static const size_t answers_most = (size_t)256 << 20;

/* Who works at once on what, and how many requests wait for it: reading, acts, changing something else, what takes long
 * or much memory, and checking passwords, which takes 32 MiB each. */
enum lane_name { LANE_READ, LANE_ACT, LANE_WRITE, LANE_SLOW, LANE_PASSWORD, LANES };

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    struct lane *lanes[LANES];
    struct strand strands[STRANDS];
    struct guests *guests;
    int listen_fd;
    unsigned port;
    atomic_int running;         /* requests not yet answered to the end */
    struct bodies bodies;
    atomic_size_t answer_bytes; /* kept for all their answers, until they are taken */
    atomic_bool closing;
};

/* One request and its reply, from the request line to the last byte sent. */
struct exchange {
    struct http_server *server;
    struct request rq;
    struct reply rp;
    struct buf page;
    const struct route *route;
    struct guest *guest;
    struct body body;
    size_t body_len, body_limit, route_limit, answer_bytes; /* body_len: what came, kept or not */
    bool no_room; /* for the body: err says why */
    bool seen_headers, too_large, too_many, bad_target, other_method;
    bool asking, asked, no_upload; /* may_upload is being asked, was, and said no */
    bool answered;
    atomic_int unfinished; /* of a reply: the handler, and what it promised */
    struct store_promise promise;
    void (*then)(struct request *rq, struct reply *rp, void *arg); /* the rest of the handler, in its strand */
    void *then_arg;
    struct strand *strand;
    struct strand_piece piece;
    struct timespec put; /* into the strand */
    bool lost; /* what was promised was not saved, for the reason in `err` */
    struct error err;
    struct timespec started;
};

/* ---- faults ---- */

static const struct status_text {
    unsigned status;
    const char *title;
} status_texts[] = {
    {400, "请求有误"},   {401, "请先登录"},       {403, "没有权限"}, {404, "没有找到"},   {405, "不支持这种操作"},
    {409, "内容已变动"}, {413, "提交的内容过大"}, {414, "网址过长"}, {422, "不能办理"},   {431, "请求过大"},
    {500, "系统出错了"}, {503, "暂时不能办理"},
};

static struct str status_title(unsigned status)
{
    for (size_t i = 0; i < sizeof status_texts / sizeof status_texts[0]; i++)
        if (status_texts[i].status == status) return str_from(status_texts[i].title);
    return STR("出错了");
}

static struct exchange *exchange_of(struct request *rq)
{
    return (struct exchange *)((char *)rq - offsetof(struct exchange, rq));
}

void http_fault(struct request *rq, struct reply *rp, unsigned status, struct str message)
{
    const struct http_options *o = &exchange_of(rq)->server->options;
    reply_restart(rp, status);
    if (o->fault)
        o->fault(rq, rp, status_title(status), message);
    else
        tmpl_page_plain_error(rp->body, status_title(status), message);
}

unsigned http_status(enum error_code code)
{
    switch (code) {
    case ERR_INPUT: return 400;
    case ERR_REFUSED: return 422;
    case ERR_FORBIDDEN: return 403;
    case ERR_NOT_FOUND: return 404;
    case ERR_CONFLICT: return 409;
    case ERR_LIMIT: return 413;
    case ERR_CALENDAR_UNKNOWN_YEAR: return 422;
    case ERR_BUSY: return 503;
    default: return 500;
    }
}

void http_fault_error(struct request *rq, struct reply *rp, const struct error *err)
{
    http_fault(rq, rp, http_status(err->code), str_from(err->message));
}

void http_asset(struct request *rq, struct reply *rp)
{
    const struct asset *a = asset_find(rq->arg[0]);
    if (!a) {
        http_fault(rq, rp, 404, STR("没有这个文件。"));
        return;
    }
    rp->type = str_from(a->type);
    rp->content = (struct str){(const char *)a->data, a->size};
    rp->cache_forever = str_is(request_query(rq, "v"), a->version);
}

/* ---- reading a request ---- */

struct str request_header(const struct request *rq, const char *name)
{
    if (!rq->connection) return STR("");
    struct str v = str_from(MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, name));
    return utf8_valid(v) ? v : STR("");
}

/* Called with the request line as it came. */
static void *begin_exchange(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct http_server *server = cls;
    struct exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    struct arena *a = arena_open();
    atomic_fetch_add(&server->running, 1);
    clock_gettime(CLOCK_MONOTONIC, &x->started);
    x->server = server;
    x->page = buf_in(a);
    x->rq = (struct request){
        .arena = a, .app = server->options.app, .connection = connection, .secure = server->options.behind_tls};
    x->rp = (struct reply){.arena = a,
                           .status = 200,
                           .type = STR("text/html; charset=utf-8"),
                           .body = &x->page,
                           .secure = server->options.behind_tls};
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->guest = info ? info->socket_context : NULL;
    x->bad_target = !request_parse_target(&x->rq, str_from(uri), &x->err);
    return x;
}

static struct str remote_address(const struct exchange *x)
{
    if (x->server->options.behind_tls) {
        /* The last entry is the one that our own proxy wrote. */
        struct str rest = request_header(&x->rq, "X-Forwarded-For"), part, last = STR("");
        while (str_split(&rest, ',', &part)) last = str_trim(part);
        if (last.len && last.len < INET6_ADDRSTRLEN) return str_copy(x->rq.arena, last);
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->rq.connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr) return STR("");
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *s = info->client_addr;
    const void *raw = s->sa_family == AF_INET6
                          ? (const void *)&((const struct sockaddr_in6 *)(const void *)s)->sin6_addr
                          : (const void *)&((const struct sockaddr_in *)(const void *)s)->sin_addr;
    if (!inet_ntop(s->sa_family, raw, text, sizeof text)) return STR("");
    struct str t = str_from(text);
    if (str_starts(t, STR("::ffff:"))) t = str_slice(t, 7, t.len);
    return str_copy(x->rq.arena, t);
}

/* Notes when the path exists for other methods only. */
static const struct route *find_route(struct exchange *x)
{
    const struct http_options *o = &x->server->options;
    for (size_t i = 0; i < o->route_count; i++) {
        const struct route *r = &o->routes[i];
        if (!http_match(r->pattern, x->rq.path, x->rq.arg, &x->rq.arg_count)) continue;
        if (str_is(x->rq.method, r->method)) return r;
        x->other_method = true;
    }
    return NULL;
}

/* The Content-Length, 0 when there is none; MHD has refused what is no number. */
static size_t announced_length(const struct exchange *x)
{
    int64_t n;
    return str_to_i64(request_header(&x->rq, "Content-Length"), &n) && n > 0 ? (size_t)n : 0;
}

#define too_large_text STR("提交的内容超过了允许的大小，请减小文件后再试。")

/* Who must sign in first is told that, not that the file is too large. */
static void fault_too_large(struct exchange *x)
{
    const struct http_options *o = &x->server->options;
    if (x->no_upload && o->before && !o->before(&x->rq, &x->rp, x->route)) return;
    http_fault(&x->rq, &x->rp, 413, too_large_text);
}

static enum MHD_Result send_reply(struct exchange *x);

/* Answered before its body came: nothing that could wait may be asked here. */
static enum MHD_Result refuse(struct exchange *x, unsigned status, struct str message)
{
    http_fault(&x->rq, &x->rp, status, message);
    return send_reply(x);
}

static enum MHD_Result add_length(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    *(size_t *)cls += strlen(name) + (value ? strlen(value) : 0) + 4;
    return MHD_YES;
}

static size_t headers_length(const struct exchange *x)
{
    size_t length = 0;
    MHD_get_connection_values(x->rq.connection, MHD_HEADER_KIND, add_length, &length);
    return length;
}

static enum MHD_Result take_headers(struct exchange *x, const char *method)
{
    const struct http_options *o = &x->server->options;
    guest_phase(x->guest, GUEST_SENDING, 0);
    x->seen_headers = true;
    x->rq.method = str_is(str_from(method), "HEAD") ? STR("GET") : str_copy(x->rq.arena, str_from(method));
    if (guest_is_surplus(x->guest)) return refuse(x, 503, STR("现在访问的人太多，请过一会儿再试。"));
    if (x->rq.target.len > MOST_TARGET) return refuse(x, 414, STR("网址太长，请从首页重新进入，或者减少筛选条件。"));
    if (headers_length(x) > MOST_HEADERS) return refuse(x, 431, STR("浏览器发来的请求头太长，请清除本站的 Cookie 后再试。"));
    x->rq.remote = remote_address(x);
    request_parse_cookies(x->rq.arena, request_header(&x->rq, "Cookie"), &x->rq.cookies);
    if (!x->bad_target) x->route = find_route(x);
    bool upload = x->route && (x->route->flags & (ROUTE_UPLOAD | ROUTE_SHEET));
    x->asked = !upload || !o->may_upload;
    bool sheet = x->route && (x->route->flags & ROUTE_SHEET);
    x->route_limit = sheet ? o->max_sheet : upload ? o->max_upload : o->max_body;
    x->body_limit = x->asked ? x->route_limit : o->max_body;
    size_t length = announced_length(x);
    x->too_large = length > x->route_limit;
    if (length / DRAIN_FACTOR <= x->route_limit) return MHD_YES;
    return refuse(x, 413, too_large_text);
}

static bool would_be_too_large(const struct exchange *x, size_t size)
{
    return size > x->body_limit - x->body_len;
}

/* What is not wanted is read and forgotten, so that the browser sees the answer. False ends the connection: a body
 * without announced length that goes far over its limit. */
static bool take_body(struct exchange *x, const char *data, size_t size)
{
    x->too_large = x->too_large || would_be_too_large(x, size);
    bool keep = !x->too_large && !x->no_room;
    if (keep && !body_add(&x->body, &x->server->bodies, x->body_limit, (struct str){data, size}, &x->err)) {
        x->no_room = true;
        keep = false;
    }
    if (!keep) body_drop(&x->body, &x->server->bodies);
    x->body_len += size;
    guest_sent(x->guest, x->body_len);
    return keep || x->body_len / DRAIN_FACTOR <= x->route_limit;
}

/* ---- answering ---- */

static bool read_body(struct exchange *x)
{
    return body_whole(&x->body, &x->rq.body, &x->err) &&
           (!x->body_len || request_parse_body(&x->rq, request_header(&x->rq, "Content-Type"), &x->err));
}

#define too_many_text STR("现在办理的人太多，没有保存，请过几秒再试。")

static void dispatch(struct exchange *x)
{
    const struct http_options *o = &x->server->options;
    if (x->too_large)
        fault_too_large(x);
    else if (x->too_many)
        http_fault(&x->rq, &x->rp, 503, too_many_text);
    else if (x->no_room)
        http_fault_error(&x->rq, &x->rp, &x->err);
    else if (x->bad_target)
        http_fault_error(&x->rq, &x->rp, &x->err);
    else if (!x->route && x->other_method)
        http_fault(&x->rq, &x->rp, 405, STR("这个网址不能这样提交。"));
    else if (!x->route)
        http_fault(&x->rq, &x->rp, 404, STR("没有这个页面，请检查网址，或从首页重新进入。"));
    else if (!read_body(x))
        http_fault_error(&x->rq, &x->rp, &x->err);
    else if (x->route->flags & ROUTE_QUICK || !o->before || o->before(&x->rq, &x->rp, x->route))
        x->route->handle(&x->rq, &x->rp);
}

static const struct {
    const char *name, *value;
} fixed_headers[] = {
    {"Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                                "form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

static void add_headers(const struct exchange *x, struct MHD_Response *r)
{
    char value[4096];
    for (size_t i = 0; i < sizeof fixed_headers / sizeof fixed_headers[0]; i++)
        MHD_add_response_header(r, fixed_headers[i].name, fixed_headers[i].value);
    if (x->server->options.behind_tls) MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
    MHD_add_response_header(r, "Cache-Control",
                            x->rp.cache_forever ? "public, max-age=31536000, immutable" : "no-store");
    if (x->rp.type.len) {
        snprintf(value, sizeof value, "%.*s", STR_ARG(x->rp.type));
        MHD_add_response_header(r, "Content-Type", value);
    }
    for (size_t i = 0; i < x->rp.headers.count; i++) {
        const struct pair *h = &x->rp.headers.items[i];
        MHD_add_response_header(r, str_cstr(x->rq.arena, h->name), str_cstr(x->rq.arena, h->value));
    }
    if (x->rp.status == 503) MHD_add_response_header(r, "Retry-After", "5");
    if (atomic_load(&x->server->closing) || guest_is_surplus(x->guest)) MHD_add_response_header(r, "Connection", "close");
}

static enum MHD_Result send_reply(struct exchange *x)
{
    struct str content = x->rp.content.s ? x->rp.content : buf_str(&x->page);
    /* The content lives in the arena or in the program until end_exchange, so it is not copied. */
    struct MHD_Response *r =
        MHD_create_response_from_buffer(content.len, (void *)(uintptr_t)content.s, MHD_RESPMEM_PERSISTENT);
    if (!r) return MHD_NO;
    add_headers(x, r);
    guest_phase(x->guest, GUEST_TAKING, content.len);
    enum MHD_Result ok = MHD_queue_response(x->rq.connection, x->rp.status, r);
    MHD_destroy_response(r);
    return ok;
}

/* ---- who works on it ---- */

/* What never waits is done by the thread that moves the bytes. */
static bool is_quick(const struct exchange *x)
{
    return !x->too_large && (x->bad_target || !x->route || x->route->flags & ROUTE_QUICK);
}

/* Their attachments are put on disk before the act. */
static bool has_files(const struct exchange *x)
{
    return str_starts(request_header(&x->rq, "Content-Type"), STR("multipart/"));
}

static enum lane_name lane_of(const struct exchange *x)
{
    unsigned flags = x->route ? x->route->flags : 0;
    if (flags & ROUTE_PASSWORD && str_is(x->rq.method, "POST")) return LANE_PASSWORD;
    if (flags & ROUTE_SLOW) return LANE_SLOW;
    if (flags & ROUTE_ACT && x->body_len <= MOST_ACT && !has_files(x)) return LANE_ACT;
    return str_is(x->rq.method, "GET") ? LANE_READ : LANE_WRITE;
}

/* No more work for answers that nobody takes. */
static bool too_many_answers(const struct exchange *x)
{
    bool large = x->route && x->route->flags & ROUTE_SLOW;
    return atomic_load(&x->server->answer_bytes) > (large ? answers_most : 2 * answers_most);
}

/* The last of handler and promise sends the reply. The exchange may be gone after this. */
static void finish_part(struct exchange *x)
{
    if (atomic_fetch_sub(&x->unfinished, 1) != 1) return;
    if (x->lost) http_fault_error(&x->rq, &x->rp, &x->err);
    x->answered = true;
    x->answer_bytes = arena_size(x->rq.arena);
    atomic_fetch_add(&x->server->answer_bytes, x->answer_bytes);
    MHD_resume_connection(x->rq.connection);
}

static void told(struct store_promise *p, bool saved, const struct error *err)
{
    struct exchange *x = (struct exchange *)((char *)p - offsetof(struct exchange, promise));
    x->lost = !saved;
    if (!saved) x->err = *err;
    finish_part(x);
}

static void conclude(struct exchange *x)
{
    store_conclude(&x->promise);
    if (!x->promise.made) finish_part(x);
    finish_part(x);
}

static void run_then(struct strand_piece *piece)
{
    struct exchange *x = (struct exchange *)((char *)piece - offsetof(struct exchange, piece));
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - x->put.tv_sec > STRAND_SECONDS)
        http_fault(&x->rq, &x->rp, 503, too_many_text);
    else
        x->then(&x->rq, &x->rp, x->then_arg);
    conclude(x);
}

void http_then(struct request *rq, const void *line, void (*then)(struct request *rq, struct reply *rp, void *arg), void *arg)
{
    struct exchange *x = exchange_of(rq);
    if (!rq->promise) {
        then(rq, &x->rp, arg);
        return;
    }
    x->strand = &x->server->strands[((uintptr_t)line >> 4) % STRANDS];
    x->then = then;
    x->then_arg = arg;
}

static void answer(struct exchange *x)
{
    atomic_store(&x->unfinished, 2);
    x->promise.told = told;
    if (lane_of(x) == LANE_ACT) x->rq.promise = &x->promise;
    if (too_many_answers(x))
        http_fault(&x->rq, &x->rp, 503, STR("现在下载的人太多，请过一会儿再试。"));
    else
        dispatch(x);
    if (!x->then) {
        conclude(x);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &x->put);
    strand_put(x->strand, &x->piece, run_then); /* the exchange may be gone after this */
}

/* In a lane's thread, while the connection is suspended. */
static void work(void *piece)
{
    struct exchange *x = piece;
    const struct http_options *o = &x->server->options;
    if (!x->asking) {
        answer(x);
        return;
    }
    x->no_upload = !o->may_upload(&x->rq);
    if (!x->no_upload) x->body_limit = x->route_limit;
    x->asking = false;
    x->asked = true;
    MHD_resume_connection(x->rq.connection); /* the exchange may be gone after this */
}

/* MHD calls on_request again when the connection has been resumed. */
static enum MHD_Result hand_over(struct exchange *x)
{
    struct lane *lane = x->server->lanes[x->asking ? LANE_READ : lane_of(x)];
    MHD_suspend_connection(x->rq.connection);
    if (lane_put(lane, x)) return MHD_YES;
    x->too_many = true;
    x->asked = true;
    if (!x->asking) {
        http_fault(&x->rq, &x->rp, 503, too_many_text);
        x->answered = true;
    }
    x->asking = false;
    MHD_resume_connection(x->rq.connection);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **con_cls)
{
    (void)cls, (void)connection, (void)url, (void)version;
    struct exchange *x = *con_cls;
    if (!x) return MHD_NO;
    if (!x->seen_headers) return take_headers(x, method);
    if (*size) {
        x->asking = !x->asked && would_be_too_large(x, *size);
        if (x->asking) return hand_over(x);
        bool ok = take_body(x, data, *size);
        *size = 0;
        return ok ? MHD_YES : MHD_NO;
    }
    if (x->answered) return send_reply(x);
    guest_phase(x->guest, GUEST_SERVED, 0);
    if (!is_quick(x)) return hand_over(x);
    dispatch(x);
    return send_reply(x);
}

static void log_access(const struct exchange *x)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double ms = (double)(now.tv_sec - x->started.tv_sec) * 1e3 + (double)(now.tv_nsec - x->started.tv_nsec) / 1e6;
    /* The path may hold anything that was decoded: keep the log one line an entry. */
    struct buf path = buf_in(x->rq.arena);
    for (size_t i = 0; i < x->rq.path.len; i++) {
        unsigned char c = (unsigned char)x->rq.path.s[i];
        buf_putc(&path, c < 32 || c == 127 ? '?' : (char)c);
    }
    fprintf(x->server->options.access_log, "%.*s %.*s %u %.1f ms\n", STR_ARG(x->rq.method), STR_ARG(buf_str(&path)),
            x->rp.status, ms);
}

static void end_exchange(void *cls, struct MHD_Connection *connection, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection, (void)why;
    struct exchange *x = *con_cls;
    if (!x) return;
    if (x->server->options.access_log && x->seen_headers) log_access(x);
    guest_phase(x->guest, GUEST_IDLE, 0);
    body_drop(&x->body, &x->server->bodies);
    atomic_fetch_sub(&x->server->answer_bytes, x->answer_bytes);
    if (x->server->options.after) x->server->options.after(&x->rq);
    atomic_fetch_sub(&x->server->running, 1);
    arena_close(x->rq.arena);
    free(x);
    *con_cls = NULL;
}

/* ---- the server ---- */

static void on_connection(void *cls, struct MHD_Connection *connection, void **guest,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *s = cls;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        guest_leave(*guest);
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *guest = info ? guest_enter(s->guests, info->connect_fd) : NULL;
}

static enum MHD_Result may_enter(void *cls, const struct sockaddr *address, socklen_t length)
{
    (void)address, (void)length;
    return guests_room(((struct http_server *)cls)->guests) ? MHD_YES : MHD_NO;
}

/* As many descriptors as we may have: each connection takes one. */
static unsigned most_guests(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return LEAST_GUESTS;
    if (limit.rlim_cur < limit.rlim_max) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
    }
    if (limit.rlim_cur >= MOST_GUESTS + RESERVED_FILES) return MOST_GUESTS;
    return limit.rlim_cur > RESERVED_FILES + LEAST_GUESTS ? (unsigned)limit.rlim_cur - RESERVED_FILES : LEAST_GUESTS;
}

static unsigned between(unsigned least, long n, unsigned most)
{
    return n < (long)least ? least : n > (long)most ? most : (unsigned)n;
}

static bool open_lanes(struct http_server *s, long processors)
{
    unsigned writers = s->options.writers ? s->options.writers : DEFAULT_WRITERS;
    const struct {
        unsigned threads, at_once; /* 0: all */
        size_t waiting;
    } sizes[LANES] = {
        [LANE_READ] = {between(8, processors * 4, 64), 0, 1024},
        [LANE_ACT] = {writers, s->options.acts ? s->options.acts : between(2, processors, 64), 1024},
        [LANE_WRITE] = {writers, 0, 1024},
        [LANE_SLOW] = {between(2, processors, 16), 0, 64},
        [LANE_PASSWORD] = {between(2, processors, 16), 0, 256},
    };
    for (size_t i = 0; i < LANES; i++) {
        unsigned at_once = sizes[i].at_once ? sizes[i].at_once : sizes[i].threads;
        if (!(s->lanes[i] = lane_open(sizes[i].threads, at_once, sizes[i].waiting, work))) return false;
    }
    return true;
}

/* Few threads move the bytes. MHD's own limit counts by thread and is never reached: may_enter decides. */
static bool start(struct http_server *s)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned most = most_guests();
    s->guests = guests_open(most);
    for (size_t i = 0; i < STRANDS; i++) strand_open(&s->strands[i]);
    if (!s->guests || !open_lanes(s, processors)) return false;
    unsigned threads = between(2, processors, 8);
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, may_enter, s, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_URI_LOG_CALLBACK,
        begin_exchange, s, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, 2 * most * threads,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
    return s->daemon != NULL;
}

static void free_server(struct http_server *s)
{
    for (size_t i = 0; i < LANES; i++) lane_close(s->lanes[i]);
    for (size_t i = 0; i < STRANDS; i++) strand_close(&s->strands[i]);
    guests_close(s->guests);
    free(s);
}

struct http_server *http_open(const struct http_options *options, struct error *err)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->options = *options;
    if (!s->options.max_body) s->options.max_body = DEFAULT_BODY;
    if (!s->options.max_upload) s->options.max_upload = DEFAULT_UPLOAD;
    if (!s->options.max_sheet) s->options.max_sheet = s->options.max_upload;
    s->bodies.folder = s->options.folder;
    s->listen_fd = listen_open(options->listen, &s->port, err);
    if (s->listen_fd < 0) {
        free(s);
        return NULL;
    }
    if (start(s)) return s;
    error_set(err, ERR_IO, "网页服务没有启动成功");
    close(s->listen_fd);
    free_server(s);
    return NULL;
}

unsigned http_port(const struct http_server *server)
{
    return server->port;
}

void http_close(struct http_server *s)
{
    if (!s) return;
    atomic_store(&s->closing, true);
    MHD_quiesce_daemon(s->daemon);
    close(s->listen_fd);
    const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
    for (int waited = 0; atomic_load(&s->running) > 0 && waited < CLOSE_WAIT_MS; waited += 5) nanosleep(&pause, NULL);
    for (size_t i = 0; i < LANES; i++) lane_end(s->lanes[i]);
    MHD_stop_daemon(s->daemon);
    free_server(s);
}

static sigset_t stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void http_hold_signals(void)
{
    sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN); /* a browser that goes away while it is answered */
}

int http_wait_for_signal(void)
{
    sigset_t set = stop_signals();
    int got = 0;
    while (sigwait(&set, &got) != 0) continue;
    return got;
}
