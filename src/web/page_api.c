#include "web/page_api.h"

#include <jansson.h>
#include <stdlib.h>

#include "web/list_query.h"
#include "web/place.h"
#include "web/views.h"

static void set_text(json_t *o, const char *key, struct str t)
{
    json_object_set_new(o, key, json_stringn(t.len ? t.s : "", t.len));
}

/* Sends the value and lets go of it. */
static void send(struct reply *rp, unsigned status, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    reply_restart(rp, text ? status : 500);
    rp->type = STR("application/json; charset=utf-8");
    buf_puts(rp->body, text ? text : "{\"errors\":[{\"code\":\"store\"}]}");
    free(text);
    json_decref(value);
}

/* ---- faults ---- */

static const struct {
    enum error_code code;
    const char *name;
    unsigned status;
} codes[] = {
    {ERR_INPUT, "input", 422},         {ERR_DEFINITION, "definition", 500},
    {ERR_REFUSED, "refused", 422},     {ERR_FORBIDDEN, "forbidden", 403},
    {ERR_NOT_FOUND, "not_found", 404}, {ERR_CONFLICT, "conflict", 409},
    {ERR_LIMIT, "limit", 413},         {ERR_CALENDAR_UNKNOWN_YEAR, "calendar_unknown_year", 422},
    {ERR_BUSY, "busy", 503},           {ERR_STORE, "store", 500},
    {ERR_IO, "io", 500},
};
enum { CODES = sizeof codes / sizeof *codes, CODE_OTHER = CODES - 1 };

static size_t code_index(enum error_code code)
{
    for (size_t i = 0; i < CODES; i++)
        if (codes[i].code == code) return i;
    return CODE_OTHER;
}

static void set_part(json_t *o, const char *key, const char *text)
{
    if (text[0]) json_object_set_new(o, key, json_string(text));
}

static json_t *fault_json(const struct error *err)
{
    json_t *o = json_object();
    set_part(o, "code", codes[code_index(err->code)].name);
    set_part(o, "where", err->where);
    set_part(o, "message", err->message);
    set_part(o, "rule", err->rule);
    set_part(o, "cite", err->cite);
    set_part(o, "remedy", err->remedy);
    return o;
}

/* 422 when all faults lie in what was given; else the status of the first other one. A record that an input names and
 * that is not there is a faulty input, not a missing page. */
static unsigned status_of(const struct errors *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct error *e = &faults->items[i];
        bool input = e->where[0] && e->code == ERR_NOT_FOUND;
        unsigned status = input ? 422 : codes[code_index(e->code)].status;
        if (status != 422) return status;
    }
    return faults->count ? 422 : 500;
}

static void send_faults(struct reply *rp, unsigned status, const struct errors *faults)
{
    json_t *list = json_array();
    for (size_t i = 0; i < faults->count; i++) json_array_append_new(list, fault_json(&faults->items[i]));
    send(rp, status, json_pack("{s:o}", "errors", list));
}

static void send_error(struct request *rq, struct reply *rp, unsigned status, const struct error *err)
{
    struct errors faults = errors_in(rq->arena);
    errors_add(&faults, err);
    send_faults(rp, status ? status : status_of(&faults), &faults);
}

static const struct reg *find_register(struct request *rq, struct reply *rp)
{
    const struct reg *reg = model_reg(app_of(rq)->office->model, rq->arg[0]);
    if (reg && user_sees_register(&visit_of(rq)->user, reg)) return reg;
    error_set(&rp->err, ERR_NOT_FOUND, "没有这个台账，或者您的岗位不能查看");
    send_error(rq, rp, 0, &rp->err);
    return NULL;
}

/* ---- reading ---- */

static json_t *record_json(struct request *rq, const struct shower *s, const struct record *r)
{
    json_t *o = json_object();
    json_t *values = json_object();
    json_object_set_new(o, "record", json_integer(r->head.id));
    set_text(o, "number", r->head.number);
    set_text(o, "stage", r->head.stage);
    set_text(o, "stage_label", show_stage(r));
    json_object_set_new(o, "version", json_integer(r->head.version));
    json_object_set_new(o, "voided", json_boolean(r->head.voided));
    for (size_t i = 0; i < r->reg->field_count; i++) {
        const struct field *f = &r->reg->fields[i];
        set_text(values, str_cstr(s->arena, f->name), views_value(rq, s, r->reg, f, r->values[i], false, NULL));
    }
    json_object_set_new(o, "values", values);
    return o;
}

/* `next` is what ?page= takes for the rows that follow; the last page has none. `more`: there are more than `total`. */
static json_t *list_json(struct request *rq, const struct shower *s, const struct list_request *list,
                         const struct record_list *rows, struct error *err)
{
    struct list_place last;
    json_t *array = json_array();
    for (size_t i = 0; i < rows->count; i++) json_array_append_new(array, record_json(rq, s, &rows->rows[i]));
    json_t *o = json_pack("{s:I,s:b,s:o}", "total", (json_int_t)rows->total, "more", rows->more, "rows", array);
    if (!rows->after || rows->count == 0) return o;
    if (!list_place_of(rq->arena, &list->query, &rows->rows[rows->count - 1], &last, err)) {
        json_decref(o);
        return NULL;
    }
    set_text(o, "next", place_value(rq->arena, LIST_AFTER, &last));
    return o;
}

/* NULL with the error set. A faulty condition is told: an unfiltered list would pass for the answer. */
static json_t *read_list(struct request *rq, struct conn *c, const struct reg *reg, struct error *err)
{
    struct list_request list;
    struct record_list rows;
    struct shower s;
    if (!list_request_read(rq, c, reg, PAGE_ROWS, &list, err)) return NULL;
    if (list.where_error.len) {
        error_at(err, ERR_INPUT, STR("where"), "%.*s", STR_ARG(list.where_error));
        return NULL;
    }
    list.query.run = &list.run;
    if (!shower_open(&s, app_of(rq)->office, c, rq->arena, err) || !record_list(c, rq->arena, &list.query, &rows, err))
        return NULL;
    return list_json(rq, &s, &list, &rows, err);
}

static json_t *read_record(struct request *rq, struct conn *c, const struct reg *reg, struct error *err)
{
    struct office *o = app_of(rq)->office;
    struct record r;
    struct shower s;
    int64_t id;
    bool found = str_to_i64(rq->arg[1], &id) && record_get(c, rq->arena, o->key, reg, id, &r, err) &&
                 user_sees_record(&visit_of(rq)->user, &r);
    if (!found) {
        error_set(err, ERR_NOT_FOUND, "没有这条记录，或者您无权查看");
        return NULL;
    }
    return shower_open(&s, o, c, rq->arena, err) ? record_json(rq, &s, &r) : NULL;
}

static void get(struct request *rq, struct reply *rp,
                json_t *(*read)(struct request *, struct conn *, const struct reg *, struct error *))
{
    const struct reg *reg = find_register(rq, rp);
    if (!reg) return;
    struct conn *c = store_read(app_of(rq)->office->store, &rp->err);
    json_t *value = c ? read(rq, c, reg, &rp->err) : NULL;
    if (c) store_done(c);
    if (value)
        send(rp, 200, value);
    else
        send_error(rq, rp, 0, &rp->err);
}

void page_api_list(struct request *rq, struct reply *rp)
{
    get(rq, rp, read_list);
}

void page_api_record(struct request *rq, struct reply *rp)
{
    get(rq, rp, read_record);
}

/* ---- acts ---- */

static struct str text_of(struct arena *a, const json_t *v)
{
    return str_copy(a, (struct str){json_string_value(v), json_string_length(v)});
}

/* An attachment is a file's digest; taken as text it would fetch a file of somebody else's record. */
static bool may_be_typed(const struct reg *reg, struct str name)
{
    const struct field *f = reg_field(reg, name);
    return !f || f->type != FIELD_ATTACHMENT;
}

static void read_inputs(const struct office *o, struct arena *a, json_t *object, struct act_request *out,
                        struct errors *faults)
{
    const char *key;
    json_t *v;
    struct input *list = arena_new_array(a, struct input, json_object_size(object) + 1);
    json_object_foreach(object, key, v)
    {
        struct str name = str_copy(a, str_from(key));
        if (!may_be_typed(out->reg, name))
            errors_addf(faults, ERR_INPUT, name, "附件只能在页面上传");
        else if (json_is_string(v))
            list[out->input_count++] = (struct input){.name = name, .text = text_of(a, v)};
        else if (json_is_integer(v))
            list[out->input_count++] = (struct input){.name = name, .text = str_printf(a, "%lld", (long long)json_integer_value(v))};
        else if (json_is_null(v))
            list[out->input_count++] = (struct input){.name = name, .text = STR("")};
        else
            errors_addf(faults, ERR_INPUT, name, "值要写成文本，例如 \"2024-03-01\"");
    }
    act_read_inputs(o, a, out->reg, list, out->input_count);
    out->inputs = list;
}

/* Takes the parts that there are; a part that is not known is a fault, since it would be lost silently. */
static void read_parts(const struct office *o, struct arena *a, json_t *root, struct act_request *out, struct errors *faults)
{
    const char *key;
    json_t *v;
    json_object_foreach(root, key, v)
    {
        struct str name = str_from(key);
        if (str_is(name, "inputs") && json_is_object(v))
            read_inputs(o, a, v, out, faults);
        else if (str_is(name, "reason") && json_is_string(v))
            out->reason = text_of(a, v);
        else if (str_is(name, "version") && json_is_integer(v))
            out->version = json_integer_value(v);
        else
            errors_addf(faults, ERR_INPUT, name, "请求只能有 inputs（对象）、reason（文本）、version（整数）");
    }
}

/* False when the body is no JSON object. */
static bool read_body(struct request *rq, struct act_request *out, struct errors *faults)
{
    json_error_t e;
    json_t *root = json_loadb(rq->body.len ? rq->body.s : "", rq->body.len, JSON_REJECT_DUPLICATES, &e);
    bool good = json_is_object(root);
    if (good)
        read_parts(app_of(rq)->office, rq->arena, root, out, faults);
    else
        errors_addf(faults, ERR_INPUT, STR(""), "请求内容不是 JSON 对象（第%d行）", root ? 1 : e.line);
    json_decref(root);
    return good;
}

static void carry_out(struct request *rq, struct reply *rp, void *arg)
{
    const struct act_request *what = arg;
    struct errors faults = errors_in(rq->arena);
    struct act_result result;
    if (!act_do(app_of(rq)->office, rq->arena, &visit_of(rq)->user, STR("api"), what, &result, &faults, rq->promise)) {
        send_faults(rp, status_of(&faults), &faults);
        return;
    }
    json_t *o = json_object();
    json_object_set_new(o, "record", json_integer(result.record));
    set_text(o, "number", result.number);
    set_text(o, "stage", result.stage);
    json_object_set_new(o, "seq", json_integer(result.seq));
    send(rp, 200, o);
}

static void act(struct request *rq, struct reply *rp, const struct act_request *wanted)
{
    struct errors faults = errors_in(rq->arena);
    struct act_request *what = arena_new(rq->arena, struct act_request);
    *what = *wanted;
    bool good = read_body(rq, what, &faults);
    if (good && faults.count == 0)
        app_write(rq, carry_out, what);
    else
        send_faults(rp, good ? status_of(&faults) : 400, &faults);
}

void page_api_create(struct request *rq, struct reply *rp)
{
    struct act_request what = {.reg = find_register(rq, rp)};
    if (!what.reg) return;
    what.act = what.reg->acts[0].name;
    act(rq, rp, &what);
}

void page_api_act(struct request *rq, struct reply *rp)
{
    struct act_request what = {.reg = find_register(rq, rp)};
    if (!what.reg) return;
    const struct act *a = reg_act(what.reg, rq->arg[2]);
    if (!a || a->kind == ACT_CREATE || !str_to_i64(rq->arg[1], &what.record) || what.record < 1) {
        error_set(&rp->err, ERR_NOT_FOUND, "没有这条记录或者这个办理动作");
        send_error(rq, rp, 0, &rp->err);
        return;
    }
    what.act = a->name;
    act(rq, rp, &what);
}
