#include "office/chain.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/sm3.h"
#include "office/seal.h"
#include "store/people.h"

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

struct str chain_canonical(struct arena *a, const json_t *json)
{
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    if (!text) abort(); /* only when out of memory: all strings were checked at the border */
    struct str copy = str_copy(a, str_from(text));
    free(text);
    return copy;
}

static void put_text(json_t *o, const char *key, struct str t)
{
    json_object_set_new(o, key, json_stringn(t.s ? t.s : "", t.len));
}

json_t *chain_json_head(const struct record_head *h)
{
    json_t *o = json_object();
    put_text(o, "number", h->number);
    put_text(o, "stage", h->stage);
    put_text(o, "created_on", h->created_on);
    json_object_set_new(o, "org", json_integer(h->org));
    json_object_set_new(o, "version", json_integer(h->version));
    json_object_set_new(o, "voided", json_boolean(h->voided));
    return o;
}

json_t *chain_json_deadline(const struct deadline_row *d)
{
    json_t *o = json_object();
    put_text(o, "start_on", d->start_on);
    put_text(o, "strict_on", d->strict_on);
    put_text(o, "legal_on", d->legal_on);
    put_text(o, "strict_at", d->strict_at);
    put_text(o, "warn_on", d->warn_on);
    put_text(o, "state", deadline_state_name(d->state));
    put_text(o, "met_on", d->met_on);
    put_text(o, "suspended_on", d->suspended_on);
    json_object_set_new(o, "deducted", json_integer(d->deducted));
    json_object_set_new(o, "extended", json_integer(d->extended));
    put_text(o, "cite", d->cite);
    put_text(o, "rule", d->rule);
    put_text(o, "length", d->length);
    put_text(o, "roll", d->roll);
    put_text(o, "calendar", d->calendar);
    return o;
}

struct str chain_hash(struct arena *a, const struct act_entry *e)
{
    json_t *o = json_object();
    json_object_set_new(o, "seq", json_integer(e->seq));
    put_text(o, "register", e->reg);
    json_object_set_new(o, "record", json_integer(e->record));
    put_text(o, "act", e->act);
    put_text(o, "actor", e->actor);
    json_object_set_new(o, "at", json_integer(e->at));
    put_text(o, "on", e->on);
    put_text(o, "entrance", e->entrance);
    put_text(o, "inputs", e->inputs);
    put_text(o, "changes", e->changes);
    struct buf b = buf_in(a);
    buf_put(&b, e->prev_hash);
    buf_putc(&b, '\n');
    buf_put(&b, chain_canonical(a, o));
    json_decref(o);
    return sm3_hex(a, buf_str(&b));
}

bool chain_append(struct conn *c, struct arena *a, struct str office, struct act_entry *e, struct error *err)
{
    int64_t last;
    if (!act_last(c, a, office, &last, &e->prev_hash, err)) return false;
    e->seq = last + 1;
    e->hash = chain_hash(a, e);
    return act_append(c, office, e, err) &&
           setting_put(c, office, STR("chain_head"), chain_head(a, e->seq, e->hash), err);
}

struct str chain_head(struct arena *a, int64_t seq, struct str hash)
{
    return str_printf(a, "%lld %.*s", (long long)seq, STR_ARG(hash));
}
