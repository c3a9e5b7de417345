/* The web's base: what a request is parsed into, routes, HTML written by templates, and a real server on loopback. */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "web/assets.h"
#include "web/csrf.h"
#include "web/http.h"
#include "web/templates.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static void expect(const char *name, struct str got, const char *want)
{
    if (!str_is(got, want)) fail_msg("%s: got “%.*s”, want “%s”", name, STR_ARG(got), want);
}

static void expect_part(const char *name, struct str text, const char *part, bool there)
{
    if (str_contains(text, str_from(part)) != there)
        fail_msg("%s: “%s” is %s in: %.*s", name, part, there ? "not" : "", STR_ARG(text));
}

/* ---- parsing ---- */

static void test_query(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *value; /* value NULL: refused */
    } cases[] = {
        {"a=1&b=2", "b", "2"},
        {"a=1&a=2", "a", "1"},
        {"a", "a", ""},
        {"a=b%3Dc", "a", "b=c"},
        {"q=%E4%BF%A1%E8%AE%BF", "q", "信访"},
        {"q=a+b%2B", "q", "a b+"},
        {"&&a=1&", "a", "1"},
        {"%61=x", "a", "x"},
        {"a==", "a", "="},
        {"", "a", ""},
        {"a=%", "a", NULL},
        {"a=%4", "a", NULL},
        {"a=%zz", "a", NULL},
        {"a=%ff", "a", NULL},
        {"a=%00", "a", NULL},
        {"%c0%af=1", "a", NULL},
        {"a=%41", "a", "A"},
        {"a=x%4", "a", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct pairs pairs = {0};
        struct error err;
        bool ok = request_parse_pairs(arena, str_from(cases[i].text), &pairs, &err);
        if (ok != (cases[i].value != NULL)) fail_msg("%s: %s", cases[i].text, ok ? "accepted" : err.message);
        if (ok) expect(cases[i].text, pairs_get(&pairs, cases[i].name), cases[i].value);
    }
}

static void test_too_many_pairs(void **state)
{
    (void)state;
    struct buf b = buf_in(arena);
    for (int i = 0; i <= REQUEST_MAX_PAIRS; i++) buf_puts(&b, "a=1&");
    struct pairs pairs = {0};
    struct error err;
    assert_false(request_parse_pairs(arena, buf_str(&b), &pairs, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

static void test_cookies(void **state)
{
    (void)state;
    struct pairs c = {0};
    request_parse_cookies(arena, STR("session=abc123; other=%E4%BF%A1;bad=%zz; =x; lonely; last=1=2"), &c);
    expect("session", pairs_get(&c, "session"), "abc123");
    expect("other", pairs_get(&c, "other"), "信");
    expect("bad", pairs_get(&c, "bad"), "");
    expect("last", pairs_get(&c, "last"), "1=2");
    assert_int_equal(c.count, 3);
}

static struct request parse_multipart(const char *type, struct str body, bool *ok, struct error *err)
{
    struct request rq = {.arena = arena, .body = body};
    *ok = request_parse_body(&rq, str_from(type), err);
    return rq;
}

#define FORM "multipart/form-data; boundary=XX"

static void test_multipart(void **state)
{
    (void)state;
    static const char body[] =
        "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n两行\r\n文字\r\n"
        "--XX\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\tmp\\材料%22一%22.pdf\"\r\n"
        "Content-Type: application/pdf\r\n\r\n\x00\xff\r\n--XY\r\n--XX\r\n"
        "Content-Disposition: form-data; name=\"empty\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n";
    struct error err = {0};
    bool ok;
    struct request rq = parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"XX\"",
                                        (struct str){body, sizeof body - 1}, &ok, &err);
    if (!ok) fail_msg("%s", err.message);
    expect("title", request_form(&rq, "title"), "两行\r\n文字");
    const struct upload *f = request_file(&rq, "f");
    assert_non_null(f);
    expect("file name", f->name, "材料\"一\".pdf");
    expect("file type", f->type, "application/pdf");
    assert_int_equal(f->content.len, 8);
    assert_memory_equal(f->content.s, "\x00\xff\r\n--XY", 8);
    assert_int_equal(rq.file_count, 2);
    assert_null(request_file(&rq, "empty"));
}

static void test_multipart_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *body;
    } cases[] = {
        {"no boundary", "multipart/form-data", "--XX--"},
        {"other boundary", "multipart/form-data; boundary=YY", "--XX--"},
        {"not closed", FORM, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"},
        {"no blank line", FORM, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n--XX--"},
        {"no name", FORM, "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--"},
        {"text not UTF-8", FORM, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--"},
        {"name not UTF-8", FORM, "--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--XX--"},
        {"no line end", FORM, "--XXContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--"},
        {"header without colon", FORM, "--XX\r\nnothing\r\n\r\n1\r\n--XX--"},
        {"empty", FORM, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};
        bool ok;
        parse_multipart(cases[i].type, str_from(cases[i].body), &ok, &err);
        if (ok) fail_msg("%s: accepted", cases[i].name);
        if (!err.message[0]) fail_msg("%s: no message", cases[i].name);
    }
}

static void test_routes(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool fits;
        const char *first, *second;
    } cases[] = {
        {"/", "/", true, NULL, NULL},
        {"/", "/a", false, NULL, NULL},
        {"/r/:register", "/r/petition", true, "petition", NULL},
        {"/r/:register", "/r/", false, NULL, NULL},
        {"/r/:register", "/r", false, NULL, NULL},
        {"/r/:register", "/r/a/b", false, NULL, NULL},
        {"/r/:register/:n", "/r/a/跃信〔2024〕1号", true, "a", "跃信〔2024〕1号"},
        {"/r/new", "/r/new", true, NULL, NULL},
        {"/r/new", "/r/news", false, NULL, NULL},
        {"/x/*", "/x/a/b", true, "a/b", NULL},
        {"/x/*", "/y/a", false, NULL, NULL},
        {"/a/b", "/a/b/", false, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str arg[REQUEST_MAX_ARGS];
        size_t n;
        bool fits = http_match(cases[i].pattern, str_from(cases[i].path), arg, &n);
        if (fits != cases[i].fits) fail_msg("%s on %s: %d", cases[i].pattern, cases[i].path, fits);
        if (!fits) continue;
        assert_int_equal(n, (cases[i].first != NULL) + (cases[i].second != NULL));
        if (cases[i].first) expect(cases[i].pattern, arg[0], cases[i].first);
        if (cases[i].second) expect(cases[i].pattern, arg[1], cases[i].second);
    }
}

/* ---- HTML ---- */

static void test_escaping(void **state)
{
    (void)state;
    struct buf b = buf_in(arena);
    const struct field_view f = {.kind = INPUT_TEXT,
                                 .name = STR("n"),
                                 .label = STR("<b>名称</b>"),
                                 .value = STR("\"><script>alert('1')</script>&"),
                                 .error = STR("<i>")};
    tmpl_field(&b, &f);
    expect_part("value", buf_str(&b), "value=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\"", true);
    expect_part("label", buf_str(&b), "&lt;b&gt;名称", true);
    expect_part("no tag", buf_str(&b), "<script", false);
    expect_part("no tag", buf_str(&b), "<i>", false);
}

static void test_long_text_keeps_first_line(void **state)
{
    (void)state;
    struct buf b = buf_in(arena);
    tmpl_field(&b,
               &(struct field_view){.kind = INPUT_LONG_TEXT, .name = STR("n"), .value = STR("  a\n  b</textarea>")});
    expect_part("textarea", buf_str(&b), ">\n  a\n  b&lt;/textarea&gt;</textarea>", true);
}

static void test_links(void **state)
{
    (void)state;
    static const struct {
        const char *link;
        bool allowed;
    } cases[] = {
        {"/r/petition?a=b:c", true},
        {"https://a.cn/", true},
        {"HTTP://a.cn", true},
        {"?q=x:y", true},
        {"#f-a", true},
        {"mailto:a@b.cn", true},
        {"javascript:alert(1)", false},
        {" javascript:x", false},
        {"java\nscript:x", false},
        {"data:text/html,x", false},
        {"JAVASCRIPT:x", false},
        {"vbscript:x", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf b = buf_in(arena);
        tmpl_cell(&b, &(struct cell_view){.text = STR("x"), .href = str_from(cases[i].link)});
        bool blocked = str_contains(buf_str(&b), STR("href=\"#\""));
        if (blocked == cases[i].allowed) fail_msg("%s: %.*s", cases[i].link, STR_ARG(buf_str(&b)));
    }
}

static void test_layout_keeps_body(void **state)
{
    (void)state;
    struct buf b = buf_in(arena);
    const struct page p = {.title = STR("a<b"), .office = STR("街道")};
    tmpl_page_error(&b, &p, &(struct fault_view){.title = STR("没有找到"), .message = STR("<x>")});
    expect_part("title", buf_str(&b), "<title>a&lt;b — 街道</title>", true);
    expect_part("body", buf_str(&b), "<h1>没有找到</h1>", true);
    expect_part("body", buf_str(&b), "&lt;x&gt;", true);
    assert_true(str_starts(buf_str(&b), STR("<!DOCTYPE html>")));
}

static void test_query_part(void **state)
{
    (void)state;
    struct buf b = buf_in(arena);
    html_put_query(&b, STR("a/b?c=信&~"));
    expect("encoded", buf_str(&b), "a%2Fb%3Fc%3D%E4%BF%A1%26~");
}

static void test_tokens(void **state)
{
    (void)state;
    struct str a = csrf_new(arena), b = csrf_new(arena);
    assert_int_equal(a.len, 64);
    assert_false(csrf_same(a, b));
    assert_true(csrf_same(a, str_copy(arena, a)));
    assert_false(csrf_same(a, str_slice(a, 0, 63)));
    struct request rq = {.arena = arena};
    assert_false(csrf_check(&rq, STR("")));
    ARENA_PUSH(arena, rq.form.items, rq.form.count, rq.form.cap, ((struct pair){STR("_token"), a}));
    assert_true(csrf_check(&rq, a));
    assert_false(csrf_check(&rq, b));
}

/* ---- a real server ---- */

static void page_home(struct request *rq, struct reply *rp)
{
    (void)rq;
    reply_cookie(rp, "session", STR("a;b"), 60);
    buf_puts(rp->body, "<p>首页</p>");
}

static void page_echo(struct request *rq, struct reply *rp)
{
    rp->type = STR("text/plain; charset=utf-8");
    const struct upload *f = request_file(rq, "f");
    buf_putf(rp->body, "arg=%.*s q=%.*s form=%.*s cookie=%.*s file=%zu remote=%.*s", STR_ARG(rq->arg[0]),
             STR_ARG(request_query(rq, "q")), STR_ARG(request_form(rq, "t")), STR_ARG(request_cookie(rq, "c")),
             f ? f->content.len : 0, STR_ARG(rq->remote));
}

static void page_token(struct request *rq, struct reply *rp)
{
    buf_puts(rp->body, csrf_check(rq, STR("abc")) ? "taken" : "refused");
}

static void page_away(struct request *rq, struct reply *rp)
{
    (void)rq;
    reply_redirect(rp, STR("/r/信?a=1\r\nX: y"));
}

static void page_slow(struct request *rq, struct reply *rp)
{
    (void)rq;
    const struct timespec pause = {.tv_nsec = 300 * 1000 * 1000};
    nanosleep(&pause, NULL);
    buf_puts(rp->body, "finished");
}

static bool before(struct request *rq, struct reply *rp, const struct route *route)
{
    if ((route->flags & ROUTE_PUBLIC) || request_cookie(rq, "c").len) return true;
    http_fault(rq, rp, 403, STR("没有登录"));
    return false;
}

static bool may_upload(struct request *rq)
{
    return !request_cookie(rq, "stranger").len;
}

static const struct route routes[] = {
    {"GET", "/", page_home, ROUTE_PUBLIC},
    {"GET", "/assets/:name", http_asset, ROUTE_PUBLIC},
    {"GET", "/away", page_away, ROUTE_PUBLIC},
    {"GET", "/slow", page_slow, ROUTE_PUBLIC},
    {"GET", "/echo/:a", page_echo, ROUTE_PUBLIC},
    {"POST", "/echo/:a", page_echo, ROUTE_PUBLIC},
    {"POST", "/upload/:a", page_echo, ROUTE_PUBLIC | ROUTE_UPLOAD},
    {"POST", "/token", page_token, ROUTE_PUBLIC},
    {"GET", "/inside", page_home, 0},
    {"POST", "/inside", page_echo, ROUTE_UPLOAD},
};

static struct http_server *server;
static unsigned port;

static int start_server(void **state)
{
    (void)state;
    struct error err;
    struct http_options o = {.listen = "127.0.0.1:0",
                             .routes = routes,
                             .route_count = COUNT(routes),
                             .may_upload = may_upload,
                             .before = before,
                             .max_body = 4096,
                             .max_upload = 65536};
    server = http_open(&o, &err);
    if (!server) fail_msg("%s", err.message);
    port = http_port(server);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    http_close(server);
    server = NULL;
    return 0;
}

/* Sends the bytes and gives all that comes back until the server closes. */
static struct str exchange(struct arena *a, struct str request)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct buf b = buf_in(a);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
        for (size_t sent = 0; sent < request.len;) {
            ssize_t n = send(fd, request.s + sent, request.len - sent, MSG_NOSIGNAL);
            if (n <= 0) break;
            sent += (size_t)n;
        }
        char piece[4096];
        ssize_t n;
        while ((n = recv(fd, piece, sizeof piece, 0)) > 0) buf_put(&b, (struct str){piece, (size_t)n});
    }
    close(fd);
    return buf_str(&b);
}

static struct str get(const char *method, const char *target, const char *headers)
{
    return exchange(arena, str_printf(arena, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s\r\n", method,
                                      target, headers));
}

static struct str post_with(const char *headers, const char *target, const char *type, struct str body)
{
    struct buf b = buf_in(arena);
    buf_putf(&b,
             "POST %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
             target, headers, type, body.len);
    buf_put(&b, body);
    return exchange(arena, buf_str(&b));
}

static struct str post(const char *target, const char *type, struct str body)
{
    return post_with("", target, type, body);
}

static void expect_status(const char *name, struct str reply, int status)
{
    struct str want = str_printf(arena, "HTTP/1.1 %d ", status);
    if (!str_starts(reply, want)) fail_msg("%s: want %d, got: %.*s", name, status, STR_ARG(str_slice(reply, 0, 300)));
}

static struct str body_of(struct str reply)
{
    size_t at = str_find(reply, STR("\r\n\r\n"), 0);
    return at == SIZE_MAX ? STR("") : str_slice(reply, at + 4, reply.len);
}

static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        const char *name, *method, *target;
        int status;
        const char *part;
    } cases[] = {
        {"home", "GET", "/", 200, "<p>首页</p>"},
        {"not there", "GET", "/nothing", 404, "<h1>没有找到</h1>"},
        {"wrong method", "DELETE", "/echo/x", 405, "<h1>不支持这种操作</h1>"},
        {"path not UTF-8", "GET", "/echo/%ff", 400, "<h1>请求有误</h1>"},
        {"query not UTF-8", "GET", "/echo/x?q=%c3%28", 400, "UTF-8"},
        {"raw bytes", "GET", "/echo/x?q=\xff", 400, ""},
        {"NUL", "GET", "/echo/x?q=a%00b", 400, ""},
        {"broken escape", "GET", "/echo/%4", 400, "百分号"},
        {"argument and query", "GET", "/echo/%E4%BF%A1?q=a+b", 200,
         "arg=信 q=a b form= cookie= file=0 remote=127.0.0.1"},
        {"closed", "GET", "/inside", 403, "没有登录"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str r = get(cases[i].method, cases[i].target, "");
        expect_status(cases[i].name, r, cases[i].status);
        expect_part(cases[i].name, body_of(r), cases[i].part, true);
    }
    expect_status("open", get("GET", "/inside", "Cookie: c=1\r\n"), 200);
}

static void test_headers(void **state)
{
    (void)state;
    struct str r = get("GET", "/", "");
    expect_part("cookie", r, "Set-Cookie: session=a%3Bb; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n", true);
    expect_part("csp", r, "Content-Security-Policy: default-src 'self';", true);
    expect_part("frames", r, "frame-ancestors 'none'", true);
    expect_part("sniffing", r, "X-Content-Type-Options: nosniff\r\n", true);
    expect_part("referrer", r, "Referrer-Policy: same-origin\r\n", true);
    expect_part("cache", r, "Cache-Control: no-store\r\n", true);
    struct str missing = get("GET", "/nothing", "");
    expect_part("csp of errors", missing, "Content-Security-Policy:", true);
}

static void test_redirect(void **state)
{
    (void)state;
    struct str r = get("GET", "/away", "");
    expect_status("redirect", r, 303);
    expect_part("location", r, "Location: /r/%E4%BF%A1?a=1%0D%0AX:%20y\r\n", true);
}

static void test_head(void **state)
{
    (void)state;
    struct str r = get("HEAD", "/", "");
    expect_status("head", r, 200);
    expect("no body", body_of(r), "");
    expect_part("length", r, "Content-Length: 13\r\n", true);
}

static void test_assets(void **state)
{
    (void)state;
    struct str address = asset_address("style.css");
    struct str r = get("GET", str_cstr(arena, address), "");
    expect_status("style", r, 200);
    expect_part("kept", r, "immutable", true);
    expect_part("type", r, "Content-Type: text/css; charset=utf-8\r\n", true);
    assert_int_equal(body_of(r).len, asset_find(STR("style.css"))->size);
    expect_part("old version", get("GET", "/assets/style.css?v=0", ""), "no-store", true);
    expect_status("no such asset", get("GET", "/assets/..%2Fmeson.build", ""), 404);
}

static void test_bodies(void **state)
{
    (void)state;
    char *large = arena_alloc(arena, 300000);
    memset(large, 'a', 300000);
    const char *form = "application/x-www-form-urlencoded";
    expect_part("form", post("/echo/x", form, STR("t=%E5%8A%9E+a&u=")), "form=办 a ", true);
    expect_status("form not UTF-8", post("/echo/x", form, STR("t=%ff")), 400);
    expect_status("too large", post("/echo/x", form, (struct str){large, 4097}), 413);
    expect_status("as large as allowed", post("/echo/x", form, (struct str){large, 4096}), 200);
    expect_status("far too large", post("/echo/x", form, (struct str){large, 300000}), 413);
    expect_status("larger for files", post("/upload/x", form, (struct str){large, 60000}), 200);
    expect_status("too large for files", post("/upload/x", form, (struct str){large, 70000}), 413);
    expect_status("broken multipart", post("/upload/x", FORM, STR("--XX\r\n")), 400);
    struct str file = str_printf(
        arena, "--XX\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n%.*s\r\n--XX--", 50000, large);
    expect_part("file", post("/upload/x", FORM, file), "file=50000", true);
}

/* Who may not upload sends as much as any form, and hears from `before` when that was too much. */
static void test_upload_refused(void **state)
{
    (void)state;
    static const char stranger[] = "Cookie: stranger=1\r\n", form[] = "application/x-www-form-urlencoded";
    char *large = arena_alloc(arena, 60000);
    memset(large, 'a', 60000);
    expect_status("small", post_with(stranger, "/upload/x", form, (struct str){large, 4096}), 200);
    expect_status("larger", post_with(stranger, "/upload/x", form, (struct str){large, 4097}), 413);
    expect_status("far larger", post_with(stranger, "/upload/x", form, (struct str){large, 60000}), 413);
    struct str r = post_with(stranger, "/inside", form, (struct str){large, 4097});
    expect_status("nobody is signed in", r, 403);
    expect_part("nobody is signed in", body_of(r), "没有登录", true);
    expect_status("others as before", post("/upload/x", form, (struct str){large, 60000}), 200);
}

static void test_chunked(void **state)
{
    (void)state;
    static const char head[] = "POST /echo/x HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
                               "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    struct str r = exchange(arena, str_printf(arena, "%s3\r\nt=a\r\n2\r\nbc\r\n0\r\n\r\n", head));
    expect_part("chunked", r, "form=abc ", true);
    struct buf b = buf_in(arena);
    buf_puts(&b, head);
    for (int i = 0; i < 6; i++) buf_putf(&b, "3e8\r\n%01000d\r\n", 0);
    buf_puts(&b, "0\r\n\r\n");
    expect_status("chunked and too large", exchange(arena, buf_str(&b)), 413);
}

static void *fetch_slow(void *cls)
{
    struct arena *a = cls;
    struct str *r = arena_new(a, struct str);
    *r = exchange(a, STR("GET /slow HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    return r;
}

/* A request that runs when the server is told to stop is answered to its end. */
static void test_graceful_stop(void **state)
{
    (void)state;
    auto_arena own = arena_open();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, fetch_slow, own), 0);
    const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
    nanosleep(&pause, NULL);
    http_close(server);
    server = NULL;
    void *result;
    pthread_join(thread, &result);
    expect_part("slow page", *(struct str *)result, "finished", true);
    expect("closed", get("GET", "/", ""), "");
    start_server(NULL);
}

/* A right token is not enough when the browser says that another site sent the form. */
static void test_foreign_forms(void **state)
{
    (void)state;
    static const struct {
        const char *headers, *want;
    } cases[] = {
        {"X-Token: abc\r\n", "taken"},
        {"X-Token: abd\r\n", "refused"},
        {"", "refused"},
        {"X-Token: abc\r\nOrigin: http://test\r\n", "taken"},
        {"X-Token: abc\r\nOrigin: http://test.evil\r\n", "refused"},
        {"X-Token: abc\r\nOrigin: null\r\n", "refused"},
        {"X-Token: abc\r\nSec-Fetch-Site: same-origin\r\n", "taken"},
        {"X-Token: abc\r\nSec-Fetch-Site: cross-site\r\n", "refused"},
        {"X-Token: abc\r\nSec-Fetch-Site: same-site\r\n", "refused"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str r = get("POST", "/token", cases[i].headers);
        expect_status(cases[i].headers, r, 200);
        expect(cases[i].headers, body_of(r), cases[i].want);
    }
}

static void test_listen_faults(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "8080", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1", "nowhere.invalid:80", ""};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = {0};
        struct http_options o = {.listen = bad[i], .routes = routes, .route_count = COUNT(routes)};
        if (http_open(&o, &err)) fail_msg("%s: accepted", bad[i]);
        assert_int_equal(err.code, ERR_INPUT);
    }
    struct error err = {0};
    struct http_options taken = {.listen = str_cstr(arena, str_printf(arena, "127.0.0.1:%u", port)), .routes = routes};
    assert_null(http_open(&taken, &err));
    assert_int_equal(err.code, ERR_IO);
}

#define WITH_ARENA(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest plain[] = {
        WITH_ARENA(test_query),
        WITH_ARENA(test_too_many_pairs),
        WITH_ARENA(test_cookies),
        WITH_ARENA(test_multipart),
        WITH_ARENA(test_multipart_refused),
        WITH_ARENA(test_routes),
        WITH_ARENA(test_escaping),
        WITH_ARENA(test_long_text_keeps_first_line),
        WITH_ARENA(test_links),
        WITH_ARENA(test_layout_keeps_body),
        WITH_ARENA(test_query_part),
        WITH_ARENA(test_tokens),
    };
    const struct CMUnitTest served[] = {
        WITH_ARENA(test_statuses),      WITH_ARENA(test_headers),        WITH_ARENA(test_redirect),
        WITH_ARENA(test_head),          WITH_ARENA(test_assets),         WITH_ARENA(test_bodies),
        WITH_ARENA(test_chunked),       WITH_ARENA(test_upload_refused), WITH_ARENA(test_graceful_stop),
        WITH_ARENA(test_foreign_forms), WITH_ARENA(test_listen_faults),
    };
    int failed = cmocka_run_group_tests_name("web", plain, NULL, NULL);
    return failed + cmocka_run_group_tests_name("http", served, start_server, stop_server);
}
