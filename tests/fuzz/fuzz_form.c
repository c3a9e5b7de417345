/* What browsers send: multipart and urlencoded bodies, targets and cookies. Text that comes out is valid, files lie
 * inside the body, and a refusal says why. */
#include "base/utf8.h"
#include "fuzz.h"
#include "web/request.h"

static void check_pairs(const struct pairs *pairs)
{
    FUZZ_MUST(pairs->count <= REQUEST_MAX_PAIRS);
    for (size_t i = 0; i < pairs->count; i++)
        FUZZ_MUST(utf8_valid(pairs->items[i].name) && utf8_valid(pairs->items[i].value));
}

static void check_files(const struct request *rq)
{
    FUZZ_MUST(rq->file_count <= REQUEST_MAX_FILES);
    for (size_t i = 0; i < rq->file_count; i++) {
        const struct upload *f = &rq->files[i];
        FUZZ_MUST(utf8_valid(f->field) && utf8_valid(f->name) && utf8_valid(f->type));
        FUZZ_MUST(f->content.s >= rq->body.s && f->content.len <= (size_t)(rq->body.s + rq->body.len - f->content.s));
    }
}

static void parse_body(struct str body, struct str type)
{
    auto_arena a = arena_open();
    struct request rq = {.arena = a, .body = body};
    struct error err = {0};
    if (!request_parse_body(&rq, type, &err)) FUZZ_MUST(err.message[0]);
    check_pairs(&rq.form);
    check_files(&rq);
}

static void parse_lines(struct str text)
{
    auto_arena a = arena_open();
    struct request rq = {.arena = a};
    struct error err = {0};
    if (request_parse_target(&rq, text, &err))
        FUZZ_MUST(utf8_valid(rq.path) && rq.path.s[0] == '/');
    else
        FUZZ_MUST(err.message[0]);
    check_pairs(&rq.query);
    request_parse_cookies(a, text, &rq.cookies);
    check_pairs(&rq.cookies);
}

/* The first line is the content type of the rest, so that the boundary varies as well. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = size ? (struct str){(const char *)data, size} : STR("");
    size_t end = str_find(all, STR("\n"), 0);
    struct str body = end == SIZE_MAX ? STR("") : str_slice(all, end + 1, all.len);
    parse_body(body, str_slice(all, 0, end));
    parse_body(all, STR("multipart/form-data; boundary=XX"));
    parse_body(all, STR("application/x-www-form-urlencoded"));
    parse_lines(all);
    return 0;
}
