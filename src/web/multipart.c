/* Multipart forms (RFC 7578), read from a body that is whole in memory. Files are slices of the body: nothing is
 * copied. */
#include <strings.h>

#include "base/utf8.h"
#include "web/request.h"

enum { MAX_BOUNDARY = 70, MAX_PART_HEADER = 4096 };

static bool broken(struct error *err)
{
    return error_set(err, ERR_INPUT, "上传的表单残缺不全，请重新提交");
}

static bool same_letters(struct str a, const char *b)
{
    struct str want = str_from(b);
    return a.len == want.len && strncasecmp(a.s, want.s, a.len) == 0;
}

/* Takes the next `; name=value` off `*rest`; the value may be quoted with \" inside. */
static bool next_parameter(struct arena *a, struct str *rest, struct str *name, struct str *value)
{
    size_t semicolon = str_find(*rest, STR(";"), 0);
    if (semicolon == SIZE_MAX) return false;
    struct str t = str_slice(*rest, semicolon + 1, rest->len);
    size_t eq = str_find(t, STR("="), 0);
    if (eq == SIZE_MAX) return false;
    *name = str_trim(str_slice(t, 0, eq));
    t = str_slice(t, eq + 1, t.len);
    if (!t.len || t.s[0] != '"') {
        size_t end = str_find(t, STR(";"), 0);
        *value = str_trim(str_slice(t, 0, end));
        *rest = str_slice(t, end, t.len);
        return true;
    }
    char *s = arena_alloc(a, t.len);
    size_t n = 0, i = 1;
    for (; i < t.len && t.s[i] != '"'; i++) {
        if (t.s[i] == '\\' && i + 1 < t.len && t.s[i + 1] == '"') i++;
        s[n++] = t.s[i];
    }
    *value = (struct str){s, n};
    *rest = str_slice(t, i + 1, t.len);
    return true;
}

static struct str parameter(struct arena *a, struct str header, const char *wanted)
{
    struct str name, value;
    while (next_parameter(a, &header, &name, &value))
        if (same_letters(name, wanted)) return value;
    return (struct str){NULL, 0};
}

/* Browsers write a double quote in a name as %22 and line ends as %0D and %0A, everything else as it is. */
static struct str plain_name(struct arena *a, struct str t)
{
    t = str_replace(a, t, STR("%22"), STR("\""));
    t = str_replace(a, t, STR("%0D"), STR(""));
    return str_replace(a, t, STR("%0A"), STR(" "));
}

struct part_header {
    struct str field, file, type;
    bool is_file;
};

static bool read_header_line(struct request *rq, struct str line, struct part_header *h, struct error *err)
{
    size_t colon = str_find(line, STR(":"), 0);
    if (colon == SIZE_MAX) return broken(err);
    struct str name = str_trim(str_slice(line, 0, colon)), value = str_trim(str_slice(line, colon + 1, line.len));
    if (same_letters(name, "Content-Type")) {
        h->type = value;
    } else if (same_letters(name, "Content-Disposition")) {
        h->field = plain_name(rq->arena, parameter(rq->arena, value, "name"));
        struct str file = parameter(rq->arena, value, "filename");
        h->is_file = file.s != NULL;
        h->file = plain_name(rq->arena, file);
    }
    return true;
}

static bool read_headers(struct request *rq, struct str text, struct part_header *h, struct error *err)
{
    if (!utf8_valid(text)) return error_set(err, ERR_INPUT, "上传文件的名称不是有效的 UTF-8");
    while (text.len) {
        size_t end = str_find(text, STR("\r\n"), 0);
        if (!read_header_line(rq, str_slice(text, 0, end), h, err)) return false;
        text = end == SIZE_MAX ? STR("") : str_slice(text, end + 2, text.len);
    }
    return h->field.len ? true : broken(err);
}

/* Only the last part of the path that some browsers send. */
static struct str base_name(struct str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.s[i - 1] == '/' || name.s[i - 1] == '\\') return str_slice(name, i, name.len);
    return name;
}

static bool add_part(struct request *rq, const struct part_header *h, struct str content, struct error *err)
{
    if (h->is_file) {
        if (rq->file_count >= REQUEST_MAX_FILES)
            return error_set(err, ERR_LIMIT, "一次最多上传 %d 个文件", REQUEST_MAX_FILES);
        struct upload f = {h->field, base_name(h->file), h->type, content};
        ARENA_PUSH(rq->arena, rq->files, rq->file_count, rq->file_cap, f);
        return true;
    }
    if (!utf8_valid(content)) return error_at(err, ERR_INPUT, h->field, "表单里的文字不是有效的 UTF-8");
    if (rq->form.count >= REQUEST_MAX_PAIRS)
        return error_set(err, ERR_LIMIT, "一次提交的项目超过 %d 个", REQUEST_MAX_PAIRS);
    ARENA_PUSH(rq->arena, rq->form.items, rq->form.count, rq->form.cap, ((struct pair){h->field, content}));
    return true;
}

/* One part, from behind its boundary's line to the next boundary. */
static bool read_part(struct request *rq, struct str part, struct error *err)
{
    size_t end = str_find(part, STR("\r\n\r\n"), 0);
    if (end == SIZE_MAX || end > MAX_PART_HEADER) return broken(err);
    struct part_header h = {{0, 0}, {0, 0}, {0, 0}, false};
    return read_headers(rq, str_slice(part, 0, end), &h, err) &&
           add_part(rq, &h, str_slice(part, end + 4, part.len), err);
}

bool request_parse_multipart(struct request *rq, struct str content_type, struct error *err)
{
    struct str boundary = parameter(rq->arena, content_type, "boundary");
    if (!boundary.len || boundary.len > MAX_BOUNDARY) return broken(err);
    struct str first = str_printf(rq->arena, "--%.*s", STR_ARG(boundary));
    struct str between = str_printf(rq->arena, "\r\n--%.*s", STR_ARG(boundary));
    size_t at = str_starts(rq->body, first) ? first.len : str_find(rq->body, between, 0);
    if (at == SIZE_MAX) return broken(err);
    if (at != first.len || !str_starts(rq->body, first)) at += between.len;
    struct str rest = str_slice(rq->body, at, rq->body.len);
    while (!str_starts(rest, STR("--"))) {
        if (!str_starts(rest, STR("\r\n"))) return broken(err);
        size_t end = str_find(rest, between, 2);
        if (end == SIZE_MAX) return broken(err);
        if (!read_part(rq, str_slice(rest, 2, end), err)) return false;
        rest = str_slice(rest, end + between.len, rest.len);
    }
    return true;
}
