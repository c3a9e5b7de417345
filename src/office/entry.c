#include "office/entry.h"

#include <string.h>

#include "base/buf.h"
#include "office/act_inside.h"
#include "office/chain.h"

/* ---- reading ---- */

/* The reason of an act stands among its inputs, so a field of that name is told among the others. */
static const char reason_name[] = "reason";

static bool is_kept(const json_t *kept, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(kept, i, one) if (strcmp(json_string_value(one), name) == 0) return true;
    return false;
}

json_t *entry_fields(const struct act_entry *e, const json_t *changes)
{
    json_t *all = json_object_get(changes, "fields");
    if (all) return json_incref(all);
    const char *name;
    json_t *value, *fields = json_object(), *inputs = json_loadb(e->inputs.s, e->inputs.len, 0, NULL);
    json_object_foreach(inputs, name, value)
    {
        if (strcmp(name, reason_name) != 0 && !is_kept(json_object_get(changes, "kept"), name))
            json_object_set(fields, name, value);
    }
    json_decref(inputs);
    json_object_update(fields, json_object_get(changes, "others"));
    return fields;
}

static bool is_empty(const json_t *v)
{
    return (json_is_string(v) && json_string_length(v) == 0) || (json_is_integer(v) && json_integer_value(v) == 0);
}

json_t *entry_deadline(const json_t *said)
{
    const char *name;
    json_t *value, *d = json_object();
    json_object_foreach((json_t *)(uintptr_t)said, name, value) if (!is_empty(value)) json_object_set(d, name, value);
    return d;
}

/* ---- writing ---- */

static struct str value_json(struct work *w, struct value v)
{
    struct buf b = buf_in(w->tx->arena);
    chain_put_value(&b, v);
    return buf_str(&b);
}

static struct chain_member field_member(struct work *w, size_t i)
{
    return (struct chain_member){w->rq->reg->fields[i].name, value_json(w, w->after.values[i])};
}

static bool changed(const struct work *w, size_t i)
{
    struct value was = w->before.values ? w->before.values[i] : value_null();
    return !value_eq(was, w->after.values[i]);
}

/* Was it said by an input? A field that was left empty says nothing. */
static bool is_said(const struct work *w, size_t i)
{
    return w->given[i] && (w->after.values[i].kind != VALUE_NULL || changed(w, i));
}

static struct str inputs_json(struct work *w)
{
    struct chain_member *list = arena_new_array(w->tx->arena, struct chain_member, w->rq->reg->field_count + 1);
    struct str reason = str_trim(w->rq->reason);
    size_t n = 0;
    for (size_t i = 0; i < w->rq->reg->field_count; i++)
        if (is_said(w, i)) list[n++] = field_member(w, i);
    if (reason.len) list[n++] = (struct chain_member){str_from(reason_name), value_json(w, value_text(reason))};
    struct buf b = buf_in(w->tx->arena);
    chain_put_object(&b, list, n);
    return buf_str(&b);
}

static struct str others_json(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    struct chain_member *list = arena_new_array(w->tx->arena, struct chain_member, reg->field_count);
    size_t n = 0;
    for (size_t i = 0; i < reg->field_count; i++)
        if (changed(w, i) && (!is_said(w, i) || str_is(reg->fields[i].name, reason_name))) list[n++] = field_member(w, i);
    struct buf b = buf_in(w->tx->arena);
    if (n) chain_put_object(&b, list, n);
    return buf_str(&b);
}

static struct str kept_json(struct work *w)
{
    const struct reg *reg = w->rq->reg;
    struct buf b = buf_in(w->tx->arena);
    for (size_t i = 0; i < reg->field_count; i++) {
        if (!is_said(w, i) || changed(w, i)) continue;
        buf_putc(&b, b.len ? ',' : '[');
        buf_put_json(&b, reg->fields[i].name);
    }
    if (b.len) buf_putc(&b, ']');
    return buf_str(&b);
}

static struct str deadlines_json(struct work *w, const struct deadline_row *rows, size_t count)
{
    struct chain_member *list = arena_new_array(w->tx->arena, struct chain_member, count);
    struct buf b = buf_in(w->tx->arena);
    for (size_t i = 0; i < count; i++) {
        struct buf json = buf_in(w->tx->arena);
        chain_put_deadline(&json, &rows[i]);
        list[i] = (struct chain_member){rows[i].name, buf_str(&json)};
    }
    if (count) chain_put_object(&b, list, count);
    return buf_str(&b);
}

static struct str head_json(struct work *w)
{
    struct buf b = buf_in(w->tx->arena);
    chain_put_head(&b, &w->after.head, w->act->kind == ACT_CREATE ? NULL : &w->before.head);
    return buf_str(&b);
}

static struct str changes_json(struct work *w, const struct deadline_row *rows, size_t count)
{
    const struct chain_member parts[] = {{STR("deadlines"), deadlines_json(w, rows, count)},
                                         {STR("head"), head_json(w)},
                                         {STR("kept"), kept_json(w)},
                                         {STR("others"), others_json(w)}};
    struct chain_member some[4];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++)
        if (parts[i].json.len) some[n++] = parts[i];
    struct buf b = buf_in(w->tx->arena);
    chain_put_object(&b, some, n);
    return buf_str(&b);
}

bool work_append(struct work *w, const struct deadline_row *rows, size_t count, int64_t *seq)
{
    struct act_entry e = {
        .reg = w->rq->reg->name,
        .record = w->after.head.id,
        .act = w->act->name,
        .actor = w->tx->user->account.name,
        .at = w->tx->now,
        .on = date_iso(w->tx->arena, w->on),
        .entrance = w->tx->entrance,
        .inputs = inputs_json(w),
        .changes = changes_json(w, rows, count),
    };
    struct error err;
    if (!chain_append(w->tx, &e, &err)) return work_fail(w, &err);
    *seq = e.seq;
    return true;
}
