#include "office/replay.h"

#include <jansson.h>
#include <string.h>

#include "office/chain.h"
#include "office/entry.h"
#include "office/replay_definitions.h"

enum { DIFFERENCES_MOST = 100 };

/* What the acts say: "register/id" → {head, fields}, "register/id/name" → deadline. */
struct replay {
    struct office *office;
    struct arena *arena;
    struct replay_report *report;
    json_t *records;
    json_t *deadlines;
    json_t *issued; /* definitions: number → what the entry says */
    struct str prev;
    size_t cap;
};

static void differ(struct replay *r, struct str text)
{
    r->report->difference_total++;
    if (r->report->difference_count < DIFFERENCES_MOST)
        ARENA_PUSH(r->arena, r->report->differences, r->report->difference_count, r->cap, text);
}

static char *record_key(struct arena *a, struct str reg, int64_t id)
{
    return str_cstr(a, str_printf(a, "%.*s/%lld", STR_ARG(reg), (long long)id));
}

static char *deadline_key(struct arena *a, const char *record, struct str name)
{
    return str_cstr(a, str_printf(a, "%s/%.*s", record, STR_ARG(name)));
}

static void check_link(struct replay *r, struct arena *a, const struct act_entry *e)
{
    bool whole = e->seq == r->report->acts + 1 && str_eq(e->prev_hash, r->prev) && str_eq(chain_hash(a, e), e->hash);
    if (!whole && !r->report->broken_at) r->report->broken_at = e->seq;
    r->report->acts = e->seq;
    r->prev = str_copy(r->arena, e->hash);
}

static void fold_record(struct replay *r, struct arena *a, const struct act_entry *e, const json_t *changes)
{
    char *key = record_key(a, e->reg, e->record);
    json_t *state = json_object_get(r->records, key);
    if (!state) {
        state = json_object();
        json_object_set_new(state, "fields", json_object());
        json_object_set_new(state, "head", json_object());
        json_object_set_new(state, "created_at", json_integer(e->at));
        json_object_set_new(r->records, key, state);
    }
    const char *name;
    json_t *value, *fields = entry_fields(e, changes);
    json_object_update(json_object_get(state, "head"), json_object_get(changes, "head"));
    json_object_update(json_object_get(state, "fields"), fields);
    json_decref(fields);
    json_object_foreach(json_object_get(changes, "deadlines"), name, value)
        json_object_set_new(r->deadlines, deadline_key(a, key, str_from(name)), entry_deadline(value));
}

static void fold_definitions(struct replay *r, struct arena *a, const struct act_entry *e)
{
    if (!str_is(e->act, "issue_definitions") && !str_is(e->act, "withdraw_definitions")) return;
    json_t *inputs = json_loadb(e->inputs.s, e->inputs.len, 0, NULL);
    json_int_t number = json_integer_value(json_object_get(inputs, "number"));
    json_object_set_new(r->issued, str_cstr(a, str_printf(a, "%lld", (long long)number)), inputs ? inputs : json_null());
}

static bool fold(void *arg, const struct act_entry *e)
{
    struct replay *r = arg;
    auto_arena a = arena_open();
    check_link(r, a, e);
    json_t *changes = json_loadb(e->changes.s, e->changes.len, 0, NULL);
    if (!changes && !r->report->broken_at) r->report->broken_at = e->seq;
    if (changes && e->reg.len) fold_record(r, a, e, changes);
    if (!e->reg.len) fold_definitions(r, a, e);
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(changes, "all_deadlines"), name, value)
        json_object_set_new(r->deadlines, name, entry_deadline(value));
    json_decref(changes);
    return true;
}

/* ---- the tables against that ---- */

static void compare_fields(struct replay *r, const struct record *rec, const char *key, const json_t *fields)
{
    for (size_t i = 0; i < rec->reg->field_count; i++) {
        const struct field *f = &rec->reg->fields[i];
        auto_arena a = arena_open();
        json_t *said = json_object_get(fields, str_cstr(a, f->name));
        json_t *is = chain_json_value(rec->values[i]);
        bool same = said ? json_equal(said, is) : json_is_null(is);
        json_decref(is);
        if (!same)
            differ(r, str_printf(r->arena, "%s（%.*s）：「%.*s」与办理记录不一致", key, STR_ARG(rec->head.number),
                                 STR_ARG(f->label)));
    }
}

static bool same_json(const struct buf *text, const json_t *said)
{
    json_t *is = json_loadb(text->s, text->len, 0, NULL);
    bool same = json_equal(is, said);
    json_decref(is);
    return same;
}

static bool same_head(struct arena *a, const struct record_head *h, const json_t *said)
{
    struct buf b = buf_in(a);
    chain_put_head(&b, h, NULL);
    return same_json(&b, said);
}

static bool same_deadline(struct arena *a, const struct deadline_row *d, const json_t *said)
{
    struct buf b = buf_in(a);
    chain_put_deadline(&b, d);
    return same_json(&b, said);
}

static bool compare_record(void *arg, const struct record *rec)
{
    struct replay *r = arg;
    auto_arena a = arena_open();
    char *key = record_key(a, rec->reg->name, rec->head.id);
    json_t *state = json_object_get(r->records, key);
    if (!state) {
        differ(r,
               str_printf(r->arena, "%s（%.*s）：表中有这条记录，但没有任何办理记录", key, STR_ARG(rec->head.number)));
        return true;
    }
    bool same_moment = json_integer_value(json_object_get(state, "created_at")) == rec->head.created_at;
    if (!same_moment || !same_head(a, &rec->head, json_object_get(state, "head")))
        differ(r, str_printf(r->arena, "%s（%.*s）：编号、阶段、单位、登记时间或者版本与办理记录不一致", key,
                             STR_ARG(rec->head.number)));
    compare_fields(r, rec, key, json_object_get(state, "fields"));
    json_object_del(r->records, key);
    r->report->records++;
    return true;
}

static bool compare_deadline(void *arg, const struct deadline_row *d)
{
    struct replay *r = arg;
    auto_arena a = arena_open();
    char *key = deadline_key(a, record_key(a, d->reg, d->record), d->name);
    if (!same_deadline(a, d, json_object_get(r->deadlines, key)))
        differ(r, str_printf(r->arena, "%s：期限与办理记录不一致", key));
    json_object_del(r->deadlines, key);
    r->report->deadlines++;
    return true;
}

static void report_missing(struct replay *r, json_t *left, const char *what)
{
    const char *key;
    json_t *value;
    json_object_foreach(left, key, value) differ(r, str_printf(r->arena, "%s：办理记录中有，但%s中没有", key, what));
}

/* The head noted at the last act must be the log's end: else entries were cut off. */
static bool check_head(struct replay *r, struct conn *c, struct error *err)
{
    struct str noted;
    if (!setting_get(c, r->arena, r->office->key, STR("chain_head"), &noted, err)) return false;
    if (noted.len && !str_eq(noted, chain_head(r->arena, r->report->acts, r->prev)))
        differ(r, STR("办理记录的末尾与记下的链尾不一致：末尾的记录可能被删去"));
    return true;
}

static void differ_too(void *arg, struct str text)
{
    differ(arg, text);
}

static bool read_all(struct replay *r, struct conn *c, struct error *err)
{
    const struct model *m = r->office->model;
    if (!act_each(c, r->office->key, 0, fold, r, err)) return false;
    for (size_t i = 0; i < m->reg_count; i++)
        if (!record_each(c, r->office->key, &m->regs[i], compare_record, r, err)) return false;
    if (!deadline_each(c, r->office->key, compare_deadline, r, err)) return false;
    if (!check_head(r, c, err) || !replay_definitions(r->office, c, r->arena, r->issued, differ_too, r, err)) return false;
    report_missing(r, r->records, "表");
    report_missing(r, r->deadlines, "期限表");
    r->report->head = r->prev;
    return true;
}

bool replay_check(struct office *o, struct arena *a, struct replay_report *report, struct error *err)
{
    *report = (struct replay_report){0};
    struct replay r = {.office = o,
                       .arena = a,
                       .report = report,
                       .records = json_object(),
                       .deadlines = json_object(),
                       .issued = json_object(),
                       .prev = STR("")};
    struct conn *c = store_read(o->store, err);
    bool ok = c && read_all(&r, c, err);
    if (c) store_done(c);
    json_decref(r.records);
    json_decref(r.deadlines);
    json_decref(r.issued);
    return ok;
}
