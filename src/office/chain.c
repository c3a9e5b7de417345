#include "office/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/sm3.h"
#include "office/definitions.h"
#include "office/seal.h"
#include "store/people.h"

struct str chain_canonical(struct arena *a, const json_t *json)
{
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    if (!text) abort(); /* only when out of memory: all strings were checked at the border */
    struct str copy = str_copy(a, str_from(text));
    free(text);
    return copy;
}

json_t *chain_json_text(struct str t)
{
    return json_stringn(t.s ? t.s : "", t.len);
}

bool chain_record(struct tx *tx, struct str what, json_t *details, struct error *err)
{
    struct str text = chain_canonical(tx->arena, details);
    json_decref(details);
    return act_record_admin(tx, what, text, err);
}

/* ---- values ---- */

json_t *chain_json_value(struct value v)
{
    switch (v.kind) {
    case VALUE_INT: return json_integer(v.i);
    case VALUE_REAL: return json_real(v.r);
    case VALUE_TEXT: return json_stringn(v.t.s, v.t.len);
    case VALUE_NULL: break;
    }
    return json_null();
}

static void put_real(struct buf *b, double r)
{
    char text[64];
    json_t *real = json_real(r);
    size_t len = json_dumpb(real, text, sizeof text, JSON_ENCODE_ANY);
    json_decref(real);
    buf_put(b, len && len <= sizeof text ? (struct str){text, len} : STR("null"));
}

void chain_put_value(struct buf *b, struct value v)
{
    switch (v.kind) {
    case VALUE_NULL: buf_puts(b, "null"); break;
    case VALUE_INT: buf_put_i64(b, v.i); break;
    case VALUE_REAL: put_real(b, v.r); break;
    case VALUE_TEXT: buf_put_json(b, v.t); break;
    }
}

/* ---- objects ---- */

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct chain_member *)x)->name, ((const struct chain_member *)y)->name);
}

void chain_put_object(struct buf *b, struct chain_member *members, size_t count)
{
    if (count > 1) qsort(members, count, sizeof *members, by_name);
    buf_putc(b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(b, ',');
        buf_put_json(b, members[i].name);
        buf_putc(b, ':');
        buf_put(b, members[i].json);
    }
    buf_putc(b, '}');
}

/* An object written member by member, by names in order. */
struct object {
    struct buf *b;
    bool begun;
};

static void put_key(struct object *o, const char *key)
{
    buf_puts(o->b, o->begun ? ",\"" : "{\"");
    buf_puts(o->b, key);
    buf_puts(o->b, "\":");
    o->begun = true;
}

static void put_text(struct object *o, const char *key, struct str t)
{
    put_key(o, key);
    buf_put_json(o->b, t);
}

static void put_number(struct object *o, const char *key, int64_t n)
{
    put_key(o, key);
    buf_put_i64(o->b, n);
}

static void put_end(struct object *o)
{
    if (o->begun) buf_putc(o->b, '}');
}

void chain_put_head(struct buf *b, const struct record_head *h, const struct record_head *before)
{
    struct object o = {.b = b};
    if (!before || !str_eq(h->created_on, before->created_on)) put_text(&o, "created_on", h->created_on);
    if (!before || !str_eq(h->number, before->number)) put_text(&o, "number", h->number);
    if (!before || h->org != before->org) put_number(&o, "org", h->org);
    if (!before || !str_eq(h->stage, before->stage)) put_text(&o, "stage", h->stage);
    if (!before || h->version != before->version) put_number(&o, "version", h->version);
    if (!before || h->voided != before->voided) {
        put_key(&o, "voided");
        buf_puts(b, h->voided ? "true" : "false");
    }
    put_end(&o);
}

static void put_full_text(struct object *o, const char *key, struct str t)
{
    if (t.len) put_text(o, key, t);
}

static void put_full_number(struct object *o, const char *key, int64_t n)
{
    if (n) put_number(o, key, n);
}

void chain_put_deadline(struct buf *b, const struct deadline_row *d)
{
    struct object o = {.b = b};
    put_full_text(&o, "calendar", d->calendar);
    put_full_text(&o, "cite", d->cite);
    put_full_number(&o, "deducted", d->deducted);
    put_full_number(&o, "extended", d->extended);
    put_full_text(&o, "legal_on", d->legal_on);
    put_full_text(&o, "length", d->length);
    put_full_text(&o, "met_on", d->met_on);
    put_full_text(&o, "roll", d->roll);
    put_full_text(&o, "rule", d->rule);
    put_full_text(&o, "start_on", d->start_on);
    put_text(&o, "state", deadline_state_name(d->state));
    put_full_text(&o, "strict_at", d->strict_at);
    put_full_text(&o, "strict_on", d->strict_on);
    put_full_text(&o, "suspended_on", d->suspended_on);
    put_full_text(&o, "warn_on", d->warn_on);
    put_end(&o);
}

/* ---- the chain ---- */

struct str chain_hash(struct arena *a, const struct act_entry *e)
{
    struct buf b = buf_in(a);
    struct object o = {.b = &b};
    buf_put(&b, e->prev_hash);
    buf_putc(&b, '\n');
    put_text(&o, "act", e->act);
    put_text(&o, "actor", e->actor);
    put_number(&o, "at", e->at);
    put_text(&o, "changes", e->changes);
    put_text(&o, "entrance", e->entrance);
    put_text(&o, "inputs", e->inputs);
    put_text(&o, "on", e->on);
    put_number(&o, "record", e->record);
    put_text(&o, "register", e->reg);
    put_number(&o, "seq", e->seq);
    put_end(&o);
    return sm3_hex(a, buf_str(&b));
}

bool chain_append(struct tx *tx, struct act_entry *e, struct error *err)
{
    struct chain_end *end = &tx->heads.end;
    if (!heads_end(tx->conn, tx->office->key, &tx->heads, err) || !definitions_note(tx, err)) return false;
    e->seq = end->seq + 1;
    e->prev_hash = str_copy(tx->arena, str_from(end->hash));
    e->hash = chain_hash(tx->arena, e);
    if (!act_append(tx->conn, tx->office->key, e, err)) return false;
    end->seq = e->seq;
    end->moved = true;
    memcpy(end->hash, e->hash.s, sizeof end->hash - 1);
    return true;
}
