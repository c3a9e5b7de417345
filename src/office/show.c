#include "office/show.h"

#include "office/inputs.h"

enum { UNMASKED_MS = 15 * 60 * 1000 };

bool shower_open(struct shower *s, struct office *o, struct conn *c, struct arena *a, struct error *err)
{
    *s = (struct shower){.office = o, .conn = c, .arena = a};
    return org_list(c, a, o->key, &s->orgs, &s->org_count, err);
}

struct str show_org(const struct shower *s, int64_t id)
{
    for (size_t i = 0; i < s->org_count; i++)
        if (s->orgs[i].id == id) return s->orgs[i].name;
    return STR("");
}

static struct str show_reference(const struct shower *s, const struct field *f, int64_t id)
{
    struct record target;
    struct error err;
    if (!record_get(s->conn, s->arena, s->office->key, f->target, id, &target, &err)) return STR("");
    return show_title(s, &target);
}

struct str show_value(const struct shower *s, const struct reg *reg, const struct field *f, struct value v,
                      bool unmasked)
{
    if (v.kind == VALUE_NULL) return STR("");
    if (f->private_) {
        struct str plain = field_show(s->arena, f, input_reveal(s->office, s->arena, reg, f, v));
        return unmasked ? plain : field_mask(s->arena, f, plain);
    }
    if (f->type == FIELD_ORG) return show_org(s, v.i);
    if (f->type == FIELD_REF) return show_reference(s, f, v.i);
    return field_show(s->arena, f, v);
}

struct str show_title(const struct shower *s, const struct record *r)
{
    const struct field *f = r->reg->title;
    if (!f) return r->head.number;
    struct value v = r->values[f - r->reg->fields];
    /* A title that is itself a reference would lead on and on: show its record's number. */
    if (f->type == FIELD_REF && v.kind == VALUE_INT) {
        struct record target;
        struct error err;
        if (record_get(s->conn, s->arena, s->office->key, f->target, v.i, &target, &err)) return target.head.number;
    }
    struct str t = f->type == FIELD_REF ? STR("") : show_value(s, r->reg, f, v, false);
    return t.len ? t : r->head.number;
}

struct str show_stage(const struct record *r)
{
    if (r->head.voided) return STR("已作废");
    const struct stage *s = reg_stage(r->reg, r->head.stage);
    return s ? s->label : r->head.stage;
}

bool show_is_unmasked(const struct shower *s, const struct user *user, const struct record *r)
{
    if (!user_may_unmask(user, r->reg)) return false;
    struct act_done done = {.reg = r->reg->name,
                            .record = r->head.id,
                            .actor = user->account.name,
                            .since = clock_now(&s->office->clock) - UNMASKED_MS};
    for (size_t i = 0; i < r->reg->act_count; i++) {
        struct error err;
        bool found;
        done.act = r->reg->acts[i].name;
        if (r->reg->acts[i].kind != ACT_VIEW) continue;
        if (act_was_done(s->conn, s->office->key, &done, &found, &err) && found) return true;
    }
    return false;
}
