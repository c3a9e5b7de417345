#include "web/request.h"

#include <strings.h>

#include "base/utf8.h"

struct str pairs_get(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (str_is(pairs->items[i].name, name)) return pairs->items[i].value;
    return STR("");
}

struct str request_query(const struct request *rq, const char *name)
{
    return pairs_get(&rq->query, name);
}

struct str request_form(const struct request *rq, const char *name)
{
    return pairs_get(&rq->form, name);
}

struct str request_cookie(const struct request *rq, const char *name)
{
    return pairs_get(&rq->cookies, name);
}

bool request_has_form(const struct request *rq, const char *name)
{
    for (size_t i = 0; i < rq->form.count; i++)
        if (str_is(rq->form.items[i].name, name)) return true;
    return false;
}

const struct upload *request_file(const struct request *rq, const char *field)
{
    for (size_t i = 0; i < rq->file_count; i++) {
        const struct upload *f = &rq->files[i];
        if (str_is(f->field, field) && (f->name.len || f->content.len)) return f;
    }
    return NULL;
}

bool request_same_origin(const struct request *rq)
{
    struct str site = request_header(rq, "Sec-Fetch-Site");
    if (site.len) return str_is(site, "same-origin") || str_is(site, "none");
    struct str origin = request_header(rq, "Origin"), host = request_header(rq, "Host");
    if (!origin.len) return true;
    size_t at = str_find(origin, STR("://"), 0);
    return at != SIZE_MAX && str_eq(str_slice(origin, at + 3, origin.len), host);
}

/* ---- parsing ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool request_decode(struct arena *a, struct str t, bool plus, struct str *out, struct error *err)
{
    char *s = arena_alloc(a, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.s[i];
        if (c == '+' && plus) c = ' ';
        if (c == '%') {
            int high = i + 2 < t.len ? hex_value(t.s[i + 1]) : -1;
            int low = high >= 0 ? hex_value(t.s[i + 2]) : -1;
            if (low < 0) return error_set(err, ERR_INPUT, "网址或表单里有残缺的百分号编码");
            c = (char)(high * 16 + low);
            i += 2;
        }
        s[n++] = c;
    }
    *out = (struct str){s, n};
    if (!utf8_valid(*out)) return error_set(err, ERR_INPUT, "网址或表单里的文字不是有效的 UTF-8");
    return true;
}

static bool add_pair(struct arena *a, struct pairs *out, struct str name, struct str value, struct error *err)
{
    if (out->count >= REQUEST_MAX_PAIRS)
        return error_set(err, ERR_LIMIT, "一次提交的项目超过 %d 个", REQUEST_MAX_PAIRS);
    ARENA_PUSH(a, out->items, out->count, out->cap, ((struct pair){name, value}));
    return true;
}

bool request_parse_pairs(struct arena *a, struct str text, struct pairs *out, struct error *err)
{
    struct str part;
    while (str_split(&text, '&', &part)) {
        if (!part.len) continue;
        size_t eq = str_find(part, STR("="), 0);
        struct str name = str_slice(part, 0, eq), value = eq == SIZE_MAX ? STR("") : str_slice(part, eq + 1, part.len);
        if (!request_decode(a, name, true, &name, err) || !request_decode(a, value, true, &value, err)) return false;
        if (!add_pair(a, out, name, value, err)) return false;
    }
    return true;
}

void request_parse_cookies(struct arena *a, struct str header, struct pairs *out)
{
    struct str part;
    struct error ignored;
    while (str_split(&header, ';', &part)) {
        part = str_trim(part);
        size_t eq = str_find(part, STR("="), 0);
        if (eq == SIZE_MAX || eq == 0 || !utf8_valid(part)) continue;
        struct str value;
        if (!request_decode(a, str_slice(part, eq + 1, part.len), false, &value, &ignored)) continue;
        if (!add_pair(a, out, str_slice(part, 0, eq), value, &ignored)) return;
    }
}

bool request_parse_target(struct request *rq, struct str target, struct error *err)
{
    size_t q = str_find(target, STR("?"), 0);
    struct str query = q == SIZE_MAX ? STR("") : str_slice(target, q + 1, target.len);
    rq->target = str_copy(rq->arena, target);
    if (!request_decode(rq->arena, str_slice(target, 0, q), false, &rq->path, err)) return false;
    if (!rq->path.len || rq->path.s[0] != '/') return error_set(err, ERR_INPUT, "网址的路径应以“/”开头");
    return request_parse_pairs(rq->arena, query, &rq->query, err);
}

/* The media type without its parameters, compared without case. */
static bool type_is(struct str content_type, const char *type)
{
    struct str t = str_trim(str_slice(content_type, 0, str_find(content_type, STR(";"), 0)));
    struct str want = str_from(type);
    return t.len == want.len && strncasecmp(t.s, want.s, t.len) == 0;
}

bool request_parse_body(struct request *rq, struct str content_type, struct error *err)
{
    if (type_is(content_type, "application/x-www-form-urlencoded"))
        return request_parse_pairs(rq->arena, rq->body, &rq->form, err);
    if (type_is(content_type, "multipart/form-data")) return request_parse_multipart(rq, content_type, err);
    return true;
}
