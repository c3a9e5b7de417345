#include "office/inputs.h"

#include <string.h>

#include "base/utf8.h"
#include "office/seal.h"

static bool fault(struct errors *faults, const struct field *f, const char *what, struct str typed)
{
    auto_arena a = arena_open();
    struct str message = str_replace(a, str_from(what), STR("%"), typed);
    errors_addf(faults, ERR_INPUT, f->name, "%.*s：%.*s", STR_ARG(f->label), STR_ARG(message));
    return false;
}

static bool find_record(struct tx *tx, const struct field *f, struct str typed, struct value *value,
                        struct errors *faults)
{
    struct error err;
    int64_t id;
    struct sight sight = user_sight(tx->user, f->target);
    if (!record_find(tx->conn, tx->office->key, f->target, typed, &sight, &id, &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (id == 0) return fault(faults, f, "找不到「%」，请填写编号、名称或者来源编号", typed);
    if (id < 0) return fault(faults, f, "有几条记录都叫「%」，请改填编号", typed);
    struct record r; /* found by its number it may be a voided one */
    if (!record_get(tx->conn, tx->arena, tx->office->key, f->target, id, &r, &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (r.head.voided) return fault(faults, f, "「%」已经作废，不能引用", typed);
    *value = value_int(id);
    return true;
}

/* A file that was stored before, by its digest. */
static bool find_attachment(struct tx *tx, const struct field *f, struct str typed, struct errors *faults)
{
    struct attachment att;
    struct error err;
    if (attachment_get(tx->conn, tx->arena, tx->office->key, typed, &att, NULL, &err)) return true;
    if (err.code == ERR_NOT_FOUND) return fault(faults, f, "没有这个附件，请重新上传文件", typed);
    errors_add(faults, &err);
    return false;
}

static struct org_seen *place_of_org(struct tx *tx, struct str typed)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < typed.len; i++) h = (h ^ (unsigned char)typed.s[i]) * 16777619u;
    return &tx->heads.orgs[h % ORGS_SEEN];
}

/* The organisation by code or name. Only what was found is remembered. */
static bool look_up_org(struct tx *tx, struct str typed, int64_t *id, struct error *err)
{
    struct org_seen *seen = place_of_org(tx, typed);
    if (seen->id && str_eq((struct str){seen->text, seen->len}, typed)) {
        *id = seen->id;
        return true;
    }
    if (!org_find(tx->conn, tx->office->key, typed, id, err)) return false;
    if (*id > 0 && typed.len <= sizeof seen->text) {
        memcpy(seen->text, typed.s, typed.len);
        seen->len = typed.len;
        seen->id = *id;
    }
    return true;
}

static bool find_org(struct tx *tx, const struct field *f, struct str typed, struct value *value, struct errors *faults)
{
    struct error err;
    int64_t id;
    if (!look_up_org(tx, typed, &id, &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (id == 0) return fault(faults, f, "没有叫「%」的单位，请填写单位名称或者代码", typed);
    if (id < 0) return fault(faults, f, "有几个单位都叫「%」，请改填代码", typed);
    *value = value_int(id);
    return true;
}

static struct str seal_place(struct arena *a, const struct reg *reg, const struct field *f)
{
    return str_printf(a, "%.*s/%.*s", STR_ARG(reg->name), STR_ARG(f->name));
}

static struct value sealed(const struct office *o, struct arena *a, const struct reg *reg, const struct field *f,
                           struct value v)
{
    if (!f->private_ || v.kind != VALUE_TEXT) return v;
    return value_text(seal_text(o->seal, a, seal_place(a, reg, f), v.t));
}

static bool is_looked_up(const struct field *f)
{
    return f->type == FIELD_REF || f->type == FIELD_ORG || f->type == FIELD_ATTACHMENT;
}

void act_read_inputs(const struct office *o, struct arena *a, const struct reg *reg, struct input *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct input *in = &inputs[i];
        const struct field *f = reg_field(reg, in->name);
        struct error err;
        if (!f || is_looked_up(f) || !utf8_valid(in->text)) continue;
        in->ready = field_parse(a, f, str_trim(in->text), &in->value, &err);
        if (in->ready) in->value = sealed(o, a, reg, f, in->value);
    }
}

bool input_value(struct tx *tx, const struct reg *reg, const struct field *f, struct str typed, struct value *value,
                 struct errors *faults)
{
    struct error err = {0};
    if (!field_parse(tx->arena, f, str_trim(typed), value, &err)) {
        errors_add(faults, &err);
        return false;
    }
    if (value->kind != VALUE_TEXT) return true;
    if (f->type == FIELD_REF) return find_record(tx, f, value->t, value, faults);
    if (f->type == FIELD_ORG) return find_org(tx, f, value->t, value, faults);
    if (f->type == FIELD_ATTACHMENT) return find_attachment(tx, f, value->t, faults);
    *value = sealed(tx->office, tx->arena, reg, f, *value);
    return true;
}

struct value input_reveal(const struct office *o, struct arena *a, const struct reg *reg, const struct field *f,
                          struct value value)
{
    if (!f->private_ || value.kind != VALUE_TEXT) return value;
    struct str plain;
    if (!seal_reveal(o->seal, a, seal_place(a, reg, f), value.t, &plain)) return value_text(STR(""));
    return value_text(plain);
}
